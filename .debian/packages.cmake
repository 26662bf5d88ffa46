# Debian's packages, one a component: `cpack -G DEB` in the build folder makes them. before.cmake builds the tree anew
# for /usr, so that neither the build's type nor its prefix reach a package; staged.cmake completes each package's files.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME aluno)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "The aluno authors <aluno@example.org>")
set(CPACK_COMPONENTS_ALL libaluno libaluno-dev aluno alunod)
set(CPACK_ALUNO_RELEASE ${PROJECT_BINARY_DIR}/package) # where before.cmake builds
set(CPACK_PROJECT_CONFIG_FILE ${PROJECT_SOURCE_DIR}/.debian/before.cmake)
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/.debian/staged.cmake)
set(CPACK_STRIP_FILES ON)

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${CPACK_ALUNO_RELEASE}/sdk)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)

# aluno_package(NAME SECTION SUMMARY DESCRIPTION [DEPENDENCY...])
function(aluno_package name section summary description)
    string(TOUPPER ${name} upper)
    set(CPACK_DEBIAN_${upper}_PACKAGE_NAME ${name} PARENT_SCOPE)
    set(CPACK_DEBIAN_${upper}_PACKAGE_SECTION ${section} PARENT_SCOPE)
    set(CPACK_COMPONENT_${upper}_DESCRIPTION "${summary}\n${description}" PARENT_SCOPE)
    string(REPLACE ";" ", " dependencies "${ARGN}")
    set(CPACK_DEBIAN_${upper}_PACKAGE_DEPENDS "${dependencies}" PARENT_SCOPE)
endfunction()

aluno_package(libaluno libs "client library of aluno"
    "Calls the service alunod, a school's registry of students, over mutual TLS.\nA retry of a change never changes anything twice.")
aluno_package(libaluno-dev libdevel "client library of aluno, for development"
    "Headers, manual, pkg-config and CMake files, and example programs."
    "libaluno (= ${PROJECT_VERSION})" libnng-dev)
aluno_package(aluno utils "client of aluno, and the school's certificates"
    "A prompt for the school's registrars and a Lua for scripts, both over\nlibaluno; and aluno-certs, which makes and revokes certificates."
    "libaluno (= ${PROJECT_VERSION})" openssl)
aluno_package(alunod net "service of aluno, a school's registry of students"
    "Keeps the students of a school in one SQLite file and answers over mutual TLS\nthose who show a certificate of the school's CA."
    adduser)
set(CPACK_DEBIAN_ALUNOD_PACKAGE_RECOMMENDS aluno)
set(CPACK_DEBIAN_ALUNOD_PACKAGE_SUGGESTS age) # --backup-recipient
set(CPACK_DEBIAN_ALUNO_PACKAGE_SUGGESTS age)  # exportar --para
configure_file(.debian/libaluno/shlibs.in debian/shlibs @ONLY)
set(CPACK_DEBIAN_LIBALUNO_PACKAGE_CONTROL_EXTRA ${PROJECT_SOURCE_DIR}/.debian/libaluno/triggers ${PROJECT_BINARY_DIR}/debian/shlibs)
set(CPACK_DEBIAN_ALUNOD_PACKAGE_CONTROL_EXTRA
    ${PROJECT_SOURCE_DIR}/.debian/alunod/postinst ${PROJECT_SOURCE_DIR}/.debian/alunod/prerm
    ${PROJECT_SOURCE_DIR}/.debian/alunod/postrm ${PROJECT_SOURCE_DIR}/.debian/alunod/conffiles)
include(CPack)
