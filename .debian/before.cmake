# Builds the tree that is packaged: a release for /usr, in the folder `package` of the build's. The time in its archives
# is the changelog's, and paths of the source tree are left out, so that two builds give the same bytes.
get_filename_component(source ${CMAKE_CURRENT_LIST_DIR}/.. ABSOLUTE)
set(build ${CPACK_ALUNO_RELEASE})

execute_process(COMMAND dpkg-parsechangelog -l ${CMAKE_CURRENT_LIST_DIR}/changelog -S Timestamp
    OUTPUT_VARIABLE epoch OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
set(ENV{SOURCE_DATE_EPOCH} ${epoch})

execute_process(COMMAND ${CMAKE_COMMAND} -S ${source} -B ${build} -DCMAKE_INSTALL_PREFIX=/usr -DCMAKE_INSTALL_SYSCONFDIR=/etc
    -DCMAKE_BUILD_TYPE=Release -DCMAKE_SKIP_INSTALL_RPATH=ON -DCMAKE_BUILD_RPATH_USE_ORIGIN=ON
    -DALUNO_TESTS=OFF "-DCMAKE_C_FLAGS=-ffile-prefix-map=${source}=."
    OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} --build ${build} --parallel OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
set(CPACK_INSTALL_CMAKE_PROJECTS "${build};aluno;ALL;/")
