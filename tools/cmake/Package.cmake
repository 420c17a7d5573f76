# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# cpack: a .deb, whose dependencies are packages, and a .tar.gz, which bundles all but glibc. tools/package calls it
# and makes the npm package and the wheel from the archive. Tested by tests/package.

# Two components that an installation from source does not need: `bundle`, the shared libraries that the command stands
# on; and `notices`, what the libraries that were compiled into it ask to be told with it.
set(licenses_dir "${CMAKE_INSTALL_DOCDIR}/licenses")
install(FILES "${PROJECT_SOURCE_DIR}/tools/packaging/copyright" DESTINATION "${CMAKE_INSTALL_DOCDIR}"
  COMPONENT notices EXCLUDE_FROM_ALL)
foreach(package libcli11-dev libtomlplusplus-dev libxxhash-dev libzstd-dev nlohmann-json3-dev)
  install(FILES "/usr/share/doc/${package}/copyright" DESTINATION "${licenses_dir}" RENAME ${package}.txt
    COMPONENT notices EXCLUDE_FROM_ALL)
endforeach()
install(CODE "set(bundle_dir \"${CMAKE_INSTALL_LIBDIR}/wasm-vfs\")
set(licenses_dir \"${licenses_dir}\")" COMPONENT bundle EXCLUDE_FROM_ALL)
install(SCRIPT "${CMAKE_CURRENT_LIST_DIR}/Bundle.cmake" COMPONENT bundle EXCLUDE_FROM_ALL)

set(CPACK_PACKAGE_NAME "wasm-vfs")
set(CPACK_PACKAGE_VENDOR "the wasm-vfs authors")
set(CPACK_PACKAGE_CONTACT "the wasm-vfs authors <noreply@wasm-vfs.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
  WORLD_READ WORLD_EXECUTE)
set(CPACK_PACKAGE_FILE_NAME "wasm-vfs-${PROJECT_VERSION}-linux-${CMAKE_SYSTEM_PROCESSOR}")
set(CPACK_GENERATOR DEB TGZ)
set(CPACK_PROJECT_CONFIG_FILE "${CMAKE_CURRENT_LIST_DIR}/PackageGenerators.cmake")

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# Binaryen's library has no version of its own, and its functions change: the package must be the one built with.
execute_process(COMMAND dpkg-query -W -f "\${source:Upstream-Version}" binaryen
  OUTPUT_VARIABLE binaryen_version ERROR_QUIET)
if(binaryen_version MATCHES "^[0-9]+")
  math(EXPR next_binaryen "${CMAKE_MATCH_0} + 1")
  set(CPACK_DEBIAN_PACKAGE_DEPENDS "binaryen (>= ${CMAKE_MATCH_0}), binaryen (<< ${next_binaryen}~)")
endif()
include(CPack)
