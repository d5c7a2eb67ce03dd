# Compiler and linker settings of every target built here. `televisit_options` is linked privately and never installed.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")

find_program(TELEVISIT_CCACHE ccache)
if(TELEVISIT_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER
    ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
    CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${TELEVISIT_CCACHE})
endif()
find_program(TELEVISIT_MOLD mold)
if(TELEVISIT_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

add_library(televisit_options INTERFACE)
target_compile_options(televisit_options INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Werror -Winvalid-pch -Wno-error=invalid-pch -fpch-preprocess)
if(TELEVISIT_SANITIZER)
  add_compile_options(-fsanitize=${TELEVISIT_SANITIZER} -fno-omit-frame-pointer -fno-sanitize-recover=all -g1)
  add_link_options(-fsanitize=${TELEVISIT_SANITIZER})
endif()
