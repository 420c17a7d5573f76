# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# What goes into which package; cpack reads this once for each of them. See Package.cmake.
list(GET CPACK_INSTALL_CMAKE_PROJECTS 0 build_dir)
set(CPACK_INSTALL_CMAKE_PROJECTS "${build_dir};wasm-vfs;command;/;${build_dir};wasm-vfs;notices;/")
if(CPACK_GENERATOR STREQUAL "DEB")
  set(CPACK_PACKAGING_INSTALL_PREFIX "/usr")
else()
  list(APPEND CPACK_INSTALL_CMAKE_PROJECTS "${build_dir}" wasm-vfs bundle /)
endif()
