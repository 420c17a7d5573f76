# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Binaryen ships no CMake package: find its C API and library, as Debian installs them.
# Defines Binaryen::Binaryen.
find_path(Binaryen_INCLUDE_DIR binaryen-c.h)
find_library(Binaryen_LIBRARY NAMES binaryen PATH_SUFFIXES binaryen)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Binaryen REQUIRED_VARS Binaryen_LIBRARY Binaryen_INCLUDE_DIR)
if(Binaryen_FOUND AND NOT TARGET Binaryen::Binaryen)
  get_filename_component(_binaryen_dir "${Binaryen_LIBRARY}" DIRECTORY)
  add_library(Binaryen::Binaryen UNKNOWN IMPORTED)
  set_target_properties(Binaryen::Binaryen PROPERTIES
    IMPORTED_LOCATION "${Binaryen_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${Binaryen_INCLUDE_DIR}"
    BINARYEN_LIBRARY_DIR "${_binaryen_dir}")
endif()
mark_as_advanced(Binaryen_INCLUDE_DIR Binaryen_LIBRARY)
