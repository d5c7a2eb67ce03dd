# Targets that gather others, whatever folders come to exist, and what of them is installed:
#
#   server       televisitd, televisitctl and every plugin of plugins/
#   unit_tests   every program made by televisit_add_test()
#
# Call televisit_gather_targets() once; it acts when every folder has been read.
include(GNUInstallDirs)

function(_televisit_targets_below folder type out)
  set(found "")
  get_property(folders DIRECTORY "${folder}" PROPERTY SUBDIRECTORIES)
  foreach(below IN LISTS folders)
    _televisit_targets_below("${below}" "${type}" targets)
    list(APPEND found ${targets})
  endforeach()
  get_property(targets DIRECTORY "${folder}" PROPERTY BUILDSYSTEM_TARGETS)
  foreach(target IN LISTS targets)
    get_target_property(actual ${target} TYPE)
    if(actual STREQUAL type)
      list(APPEND found ${target})
    endif()
  endforeach()
  set(${out} "${found}" PARENT_SCOPE)
endfunction()

function(_televisit_gather_targets)
  _televisit_targets_below("${PROJECT_SOURCE_DIR}/plugins" MODULE_LIBRARY plugins)
  set(programs "")
  foreach(program televisitd televisitctl)
    if(TARGET ${program})
      list(APPEND programs ${program})
    endif()
  endforeach()
  add_custom_target(server DEPENDS ${programs} ${plugins})

  # The daemon looks for plugins in lib/televisit/plugins beside the folder of its program, so not in LIBDIR.
  install(TARGETS ${programs} RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT server)
  install(TARGETS ${plugins} LIBRARY DESTINATION lib/televisit/plugins COMPONENT server)
  install(DIRECTORY "${PROJECT_SOURCE_DIR}/conf" DESTINATION "${CMAKE_INSTALL_DATADIR}/televisit" COMPONENT server)
  install(DIRECTORY "${PROJECT_SOURCE_DIR}/docs/" DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT server)

  set(tests "")
  _televisit_targets_below("${PROJECT_SOURCE_DIR}" EXECUTABLE executables)
  foreach(executable IN LISTS executables)
    get_target_property(folder ${executable} RUNTIME_OUTPUT_DIRECTORY)
    if(folder STREQUAL "${PROJECT_BINARY_DIR}/tests")
      list(APPEND tests ${executable})
    endif()
  endforeach()
  add_custom_target(unit_tests DEPENDS ${tests})
endfunction()

macro(televisit_gather_targets)
  cmake_language(DEFER DIRECTORY "${PROJECT_SOURCE_DIR}" CALL _televisit_gather_targets)
endmacro()
