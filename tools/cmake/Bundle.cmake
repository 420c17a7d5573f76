# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Installs the shared libraries that the installed command needs into ${bundle_dir}, and what their packages say of
# copyright into ${licenses_dir}. Left out is glibc, which every machine has and which must be the machine's own.
set(root "$ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}")
set(system_libraries "/(ld-linux.*|lib(c|m|dl|rt|pthread)\\.so.*)$")
file(GET_RUNTIME_DEPENDENCIES EXECUTABLES "${root}/bin/wasm-vfs"
  RESOLVED_DEPENDENCIES_VAR libraries
  POST_EXCLUDE_REGEXES "${system_libraries}")
foreach(library IN LISTS libraries)
  get_filename_component(name "${library}" NAME)
  file(REAL_PATH "${library}" file)
  # One file under the name by which it is looked for: archives, wheels and npm packages need no symlinks then.
  configure_file("${file}" "${root}/${bundle_dir}/${name}" COPYONLY)
  file(CHMOD "${root}/${bundle_dir}/${name}"
    PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
  if(CMAKE_INSTALL_DO_STRIP)
    execute_process(COMMAND strip --strip-unneeded "${root}/${bundle_dir}/${name}" COMMAND_ERROR_IS_FATAL ANY)
  endif()
  # The package may have it in /lib, and the machine a symlink from there to /usr/lib; or the other way round.
  string(REGEX REPLACE "^/usr/" "/" owned "${file}")
  execute_process(COMMAND dpkg-query -S "*${owned}" OUTPUT_VARIABLE owner ERROR_QUIET)
  string(REGEX REPLACE "[:,].*" "" owner "${owner}")
  if(NOT owner OR NOT EXISTS "/usr/share/doc/${owner}/copyright")
    message(FATAL_ERROR "${file}: no Debian package says what its licence is; it cannot be bundled")
  endif()
  configure_file("/usr/share/doc/${owner}/copyright" "${root}/${licenses_dir}/${name}.txt" COPYONLY)
endforeach()
