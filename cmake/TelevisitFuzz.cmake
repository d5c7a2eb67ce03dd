# televisit_add_fuzzer(<name> SOURCES <file>... [INCLUDES <folder>...] [LIBRARIES <target>...])
#
# A libFuzzer program of one file, <name>.cpp, and what it tests, which is compiled again because it must be instrumented. In
# corpus/<name>/ beside it lie its seeds and the inputs of past bugs; <name>.dict, where there is one, holds words that it
# may try. Made with the preset `fuzz` alone, where the target `fuzzers` is all of them. Each is one CTest test, which runs
# the corpus and then a few seconds more; tools/fuzz runs them for longer.
if(TELEVISIT_FUZZ)
  file(WRITE "${PROJECT_BINARY_DIR}/fuzzers.txt" "")
endif()

function(televisit_add_fuzzer name)
  if(NOT TELEVISIT_FUZZ)
    return()
  endif()
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;INCLUDES;LIBRARIES")
  add_executable(${name} EXCLUDE_FROM_ALL ${name}.cpp ${arg_SOURCES})
  target_include_directories(${name} PRIVATE ${arg_INCLUDES})
  target_link_libraries(${name} PRIVATE televisit_options ${arg_LIBRARIES})
  set(sanitizers -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all)
  target_compile_options(${name} PRIVATE ${sanitizers} -g1 -O1)
  target_link_options(${name} PRIVATE ${sanitizers})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/fuzzers")
  if(NOT TARGET fuzzers)
    add_custom_target(fuzzers)
  endif()
  add_dependencies(fuzzers ${name})
  add_test(NAME ${name}
    COMMAND "${PROJECT_SOURCE_DIR}/tools/lib/run-fuzzer" $<TARGET_FILE:${name}> "${CMAKE_CURRENT_SOURCE_DIR}" 5)
  set_tests_properties(${name} PROPERTIES LABELS fuzz TIMEOUT 600)
  file(APPEND "${PROJECT_BINARY_DIR}/fuzzers.txt" "${name} ${CMAKE_CURRENT_SOURCE_DIR}\n")
endfunction()
