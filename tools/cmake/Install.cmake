# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# `cmake --install`, in components:
#   command  the command, its manual page and completions, and a CMake package for those who run it:
#            find_package(wasm-vfs REQUIRED)
#            wasm_vfs_pack(app DIR static)        # see WasmVfsPack.cmake
#   library  the libraries with their headers, for programs that pack by themselves:
#            find_package(wasm-vfs REQUIRED COMPONENTS library)
#            target_link_libraries(program PRIVATE wasm-vfs::pack)
#   bundle   the shared libraries that the command needs, but for glibc's, in lib/wasm-vfs, where the
#            command's run path finds them: what makes an archive work on any machine. Only packages
#            have it (Package.cmake).
# Tested by tests/package.
include(CMakePackageConfigHelpers)

foreach(library IN LISTS WASM_VFS_LIBRARIES ITEMS options warnings)
  set_target_properties(wasm_vfs_${library} PROPERTIES EXPORT_NAME ${library})
  install(TARGETS wasm_vfs_${library} EXPORT wasm-vfs-library
    ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT library)
endforeach()
install(DIRECTORY "${PROJECT_SOURCE_DIR}/lib/" COMPONENT library
  DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/wasm-vfs" FILES_MATCHING PATTERN "*.h"
  PATTERN spin EXCLUDE)  # only the command needs it

file(RELATIVE_PATH bundle_from_command "/${CMAKE_INSTALL_BINDIR}" "/${CMAKE_INSTALL_LIBDIR}/wasm-vfs")
set_target_properties(wasm-vfs PROPERTIES INSTALL_RPATH "$ORIGIN/${bundle_from_command}")
install(TARGETS wasm-vfs EXPORT wasm-vfs-command
  RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT command)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/wasm-vfs")
foreach(component command library)
  install(EXPORT wasm-vfs-${component} NAMESPACE wasm-vfs:: FILE wasm-vfs-${component}.cmake
    DESTINATION "${package_dir}" COMPONENT ${component})
endforeach()
configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/wasm-vfs-config.cmake.in"
  "${PROJECT_BINARY_DIR}/wasm-vfs-config.cmake" INSTALL_DESTINATION "${package_dir}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/wasm-vfs-config-version.cmake"
  COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)  # a project for wasm32 finds the command too
install(FILES
  "${PROJECT_BINARY_DIR}/wasm-vfs-config.cmake"
  "${PROJECT_BINARY_DIR}/wasm-vfs-config-version.cmake"
  "${CMAKE_CURRENT_LIST_DIR}/WasmVfsPack.cmake"
  DESTINATION "${package_dir}" COMPONENT command)
install(FILES
  "${CMAKE_CURRENT_LIST_DIR}/FindBinaryen.cmake"
  "${CMAKE_CURRENT_LIST_DIR}/FindxxHash.cmake"
  "${CMAKE_CURRENT_LIST_DIR}/FindZstd.cmake"
  DESTINATION "${package_dir}" COMPONENT library)

# What the command says of itself, in other forms: no list of options is kept twice.
set(generated_dir "${PROJECT_BINARY_DIR}/generated")
file(MAKE_DIRECTORY "${generated_dir}")
if(CMAKE_CROSSCOMPILING AND NOT CMAKE_CROSSCOMPILING_EMULATOR)
  message(STATUS "wasm-vfs cannot run on this machine: no manual page, no completions")
else()
  set(pages "${generated_dir}/wasm-vfs.1")
  add_custom_command(OUTPUT "${generated_dir}/wasm-vfs.1"
    COMMAND "${PROJECT_SOURCE_DIR}/tools/man-page" $<TARGET_FILE:wasm-vfs> > "${generated_dir}/wasm-vfs.1"
    DEPENDS wasm-vfs "${PROJECT_SOURCE_DIR}/tools/man-page" VERBATIM)
  install(FILES "${generated_dir}/wasm-vfs.1"
    DESTINATION "${CMAKE_INSTALL_MANDIR}/man1" COMPONENT command)
  foreach(completion
      bash:bash-completion/completions/wasm-vfs
      zsh:zsh/site-functions/_wasm-vfs
      fish:fish/vendor_completions.d/wasm-vfs.fish)
    string(REPLACE ":" ";" completion "${completion}")
    list(POP_FRONT completion shell)
    cmake_path(GET completion PARENT_PATH directory)
    cmake_path(GET completion FILENAME name)
    add_custom_command(OUTPUT "${generated_dir}/${shell}/${name}"
      COMMAND "${CMAKE_COMMAND}" -E make_directory "${generated_dir}/${shell}"
      COMMAND wasm-vfs completion ${shell} > "${generated_dir}/${shell}/${name}"
      DEPENDS wasm-vfs VERBATIM)
    list(APPEND pages "${generated_dir}/${shell}/${name}")
    install(FILES "${generated_dir}/${shell}/${name}"
      DESTINATION "${CMAKE_INSTALL_DATADIR}/${directory}" COMPONENT command)
  endforeach()
  add_custom_target(documentation ALL DEPENDS ${pages})
endif()
install(FILES "${PROJECT_SOURCE_DIR}/README.md" "${PROJECT_SOURCE_DIR}/docs/CHANGELOG.md"
  DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT command)
