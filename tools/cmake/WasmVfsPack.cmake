# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# wasm_vfs_pack(): packing as a step of a build. Part of the installed CMake package, and there with
# add_subdirectory() and FetchContent too. Tested by tests/examples (docs/examples/cmake).
#
#   wasm_vfs_pack(<target>
#     [MODULE <file>]                   a finished module; then <target> is a new target
#     [DIR HOST[::GUEST] …]             as `wasm-vfs pack --dir`, HOST relative to the current source directory
#     [FILE HOST[::GUEST] …]            as `--file`, the same
#     [OPTIONS <option> …]              any other options of `wasm-vfs pack`, which runs in the current binary directory
#     [OUTPUT <file>])                  default: <target>.packed.wasm in the current binary directory
#
# Without MODULE, <target> is an executable of the project, and the packed module is built by the target
# <target>-packed. Both are part of `all`. The module is packed again when an option, the module, a packed
# file, the list of files in a packed directory, or wasm-vfs itself has changed. With Ninja the target's
# bytes and time stay as they are when nothing else comes out, so that nothing behind it is built again.
function(wasm_vfs_pack target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "MODULE;OUTPUT" "DIR;FILE;OPTIONS")
  if(arg_UNPARSED_ARGUMENTS OR arg_KEYWORDS_MISSING_VALUES)
    message(FATAL_ERROR "wasm_vfs_pack(${target}): what is this: ${arg_UNPARSED_ARGUMENTS} ${arg_KEYWORDS_MISSING_VALUES}")
  endif()
  if(NOT arg_MODULE AND NOT TARGET ${target})
    message(FATAL_ERROR "wasm_vfs_pack(${target}): there is no such target; name an executable, or give MODULE <file>")
  endif()

  set(packed "${target}")
  if(NOT arg_MODULE)
    set(arg_MODULE "$<TARGET_FILE:${target}>")
    set(packed "${target}-packed")
  elseif(NOT arg_MODULE MATCHES "^\\$<")
    cmake_path(ABSOLUTE_PATH arg_MODULE BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}")
  endif()
  if(NOT arg_OUTPUT)
    set(arg_OUTPUT "${target}.packed.wasm")
  endif()
  cmake_path(ABSOLUTE_PATH arg_OUTPUT BASE_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}")
  set(depfile "${CMAKE_CURRENT_BINARY_DIR}/${packed}.d")

  # CMake takes relative paths in a depfile for relative to the binary directory, so that is where the command
  # runs, and HOST becomes absolute. A GUEST that is not given follows from HOST as it is written here.
  set(sources)
  foreach(source IN LISTS arg_DIR)
    if(NOT source MATCHES "::" AND NOT IS_ABSOLUTE "${source}" AND NOT source MATCHES "(^|/)\\.\\.(/|$)")
      string(APPEND source "::/${source}")
    endif()
    cmake_path(ABSOLUTE_PATH source BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}")
    list(APPEND sources --dir "${source}")
  endforeach()
  foreach(source IN LISTS arg_FILE)
    cmake_path(ABSOLUTE_PATH source BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}")
    list(APPEND sources --file "${source}")
  endforeach()
  # Ninja looks at the output's time after the command, Make only at the next run, where an output that
  # stayed older than its input would be packed again and again.
  set(if_changed)
  set(forget)
  if(CMAKE_GENERATOR MATCHES "Ninja")
    set(if_changed --if-changed)
  elseif(CMAKE_GENERATOR MATCHES "Makefiles")
    # CMake adds what a new depfile says to what it knew, so that a file that was removed would lead to a pack
    # in each build from then on; without this file it reads the depfile anew.
    set(forget COMMAND "${CMAKE_COMMAND}" -E rm -f
      "${CMAKE_CURRENT_BINARY_DIR}/CMakeFiles/${packed}.dir/compiler_depend.internal")
  endif()

  add_custom_command(OUTPUT "${arg_OUTPUT}"
    COMMAND wasm-vfs::wasm-vfs pack "${arg_MODULE}" ${sources} ${arg_OPTIONS}
      -o "${arg_OUTPUT}" --depfile "${depfile}" ${if_changed} --quiet
    ${forget}
    DEPENDS "${arg_MODULE}" "$<TARGET_FILE:wasm-vfs::wasm-vfs>"
    DEPFILE "${depfile}"
    COMMENT "Packing ${target}"
    VERBATIM)
  add_custom_target(${packed} ALL DEPENDS "${arg_OUTPUT}")
endfunction()
