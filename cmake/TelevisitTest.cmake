# televisit_add_test(<name> SOURCES <file>... LIBRARIES <target>...)
#
# A Catch2 program, run as one CTest test. Test names are sentences; see CONTRIBUTING.md.
function(televisit_add_test name)
  if(NOT TELEVISIT_TESTS)
    return()
  endif()
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBRARIES")
  if(NOT TARGET televisit_catch_main)
    find_package(Catch2 2 REQUIRED)
    add_library(televisit_catch_main STATIC "${PROJECT_SOURCE_DIR}/cmake/catch_main.cpp"
      "${PROJECT_SOURCE_DIR}/cmake/catch_header.cpp")
    target_link_libraries(televisit_catch_main PUBLIC Catch2::Catch2 PRIVATE televisit_options)
    # Tests are built far more often than they run, and half of that is the optimizer's: what they test is optimized, they
    # are not.
    target_compile_options(televisit_catch_main PUBLIC -O0)
    target_precompile_headers(televisit_catch_main PRIVATE <catch2/catch.hpp>)
    # catch_main.cpp needs the header with its main(), and the tests' flags must equal those of the precompiled header.
    set_source_files_properties("${PROJECT_SOURCE_DIR}/cmake/catch_main.cpp" PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
    set_target_properties(televisit_catch_main PROPERTIES POSITION_INDEPENDENT_CODE OFF)
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE televisit_options televisit_catch_main ${arg_LIBRARIES})
  target_precompile_headers(${name} REUSE_FROM televisit_catch_main)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests"
    POSITION_INDEPENDENT_CODE OFF)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT 300 LABELS unit)
endfunction()
