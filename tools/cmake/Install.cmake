# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# `cmake --install`: the command, the libraries with their headers, and a CMake package:
#   find_package(wasm-vfs REQUIRED)
#   target_link_libraries(program PRIVATE wasm-vfs::pack)   # all libraries; or wasm-vfs::image …
#   add_custom_command(… COMMAND wasm-vfs::wasm-vfs pack …) # the command
# Tested by tests/install.
include(CMakePackageConfigHelpers)

add_library(wasm_vfs_pack INTERFACE)
set(WASM_VFS_LIBRARIES base wasm image shim splice)
foreach(library IN LISTS WASM_VFS_LIBRARIES)
  target_link_libraries(wasm_vfs_pack INTERFACE wasm_vfs_${library})
endforeach()
foreach(library IN LISTS WASM_VFS_LIBRARIES ITEMS pack options warnings)
  set_target_properties(wasm_vfs_${library} PROPERTIES EXPORT_NAME ${library})
  install(TARGETS wasm_vfs_${library} EXPORT wasm-vfs ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
endforeach()
install(TARGETS wasm-vfs EXPORT wasm-vfs RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/lib/"
  DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/wasm-vfs" FILES_MATCHING PATTERN "*.h"
  PATTERN spin EXCLUDE)  # only the command needs it

set(WASM_VFS_PACKAGE_DIR "${CMAKE_INSTALL_LIBDIR}/cmake/wasm-vfs")
install(EXPORT wasm-vfs NAMESPACE wasm-vfs:: FILE wasm-vfs-targets.cmake
  DESTINATION "${WASM_VFS_PACKAGE_DIR}")
configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/wasm-vfs-config.cmake.in"
  "${PROJECT_BINARY_DIR}/wasm-vfs-config.cmake" INSTALL_DESTINATION "${WASM_VFS_PACKAGE_DIR}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/wasm-vfs-config-version.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES
  "${PROJECT_BINARY_DIR}/wasm-vfs-config.cmake"
  "${PROJECT_BINARY_DIR}/wasm-vfs-config-version.cmake"
  "${CMAKE_CURRENT_LIST_DIR}/FindBinaryen.cmake"
  "${CMAKE_CURRENT_LIST_DIR}/FindxxHash.cmake"
  DESTINATION "${WASM_VFS_PACKAGE_DIR}")
