# Installs the SDK so that a plugin can be built outside of this tree: find_package(televisit).
include(CMakePackageConfigHelpers)

set(package "${CMAKE_INSTALL_LIBDIR}/cmake/televisit")
set(TELEVISIT_TESTKIT_DIR "${CMAKE_INSTALL_DATADIR}/televisit/testkit")

install(TARGETS televisit_sdk EXPORT televisit FILE_SET HEADERS COMPONENT sdk)
install(EXPORT televisit NAMESPACE televisit:: FILE televisitTargets.cmake DESTINATION "${package}" COMPONENT sdk)

configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/televisitConfig.cmake.in"
  "${PROJECT_BINARY_DIR}/televisitConfig.cmake" INSTALL_DESTINATION "${package}" PATH_VARS TELEVISIT_TESTKIT_DIR)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/televisitConfigVersion.cmake"
  VERSION ${PROJECT_VERSION} COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES
  "${PROJECT_BINARY_DIR}/televisitConfig.cmake"
  "${PROJECT_BINARY_DIR}/televisitConfigVersion.cmake"
  "${PROJECT_SOURCE_DIR}/cmake/TelevisitPlugin.cmake"
  DESTINATION "${package}" COMPONENT sdk)

# The testkit goes out as source: it is compiled with the settings of the plugin that it tests.
install(DIRECTORY "${PROJECT_SOURCE_DIR}/sdk/testkit/" DESTINATION "${TELEVISIT_TESTKIT_DIR}" COMPONENT sdk
  PATTERN tests EXCLUDE)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/sdk/examples" DESTINATION "${CMAKE_INSTALL_DATADIR}/televisit" COMPONENT sdk)
