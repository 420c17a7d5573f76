# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# toml++'s header. Its CMake package, where a distribution has one, asks for the shared library, which
# throws; used from the header it does not. Defines Tomlplusplus::Tomlplusplus.
find_path(Tomlplusplus_INCLUDE_DIR toml++/toml.h)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Tomlplusplus REQUIRED_VARS Tomlplusplus_INCLUDE_DIR)
if(Tomlplusplus_FOUND AND NOT TARGET Tomlplusplus::Tomlplusplus)
  add_library(Tomlplusplus::Tomlplusplus INTERFACE IMPORTED)
  set_target_properties(Tomlplusplus::Tomlplusplus PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES "${Tomlplusplus_INCLUDE_DIR}")
endif()
mark_as_advanced(Tomlplusplus_INCLUDE_DIR)
