# Debian packages: `cpack -G DEB` makes one of each component. ci/package configures, builds and tries
# them. What lintian wants beside the installed files comes from ci/debian/.

set(AILAB_PACKAGE_CONTACT "The ailab-mock authors <ailab-mock@example.org>"
    CACHE STRING "Maintainer of the packages, for those who distribute them: NAME <ADDRESS>")
mark_as_advanced(AILAB_PACKAGE_CONTACT)

# ailab_package(COMPONENT PACKAGE SECTION SUMMARY DESCRIPTION DEPENDS CONTROL...): DEPENDS comes in
# addition to the shared libraries that dpkg-shlibdeps finds.
macro(ailab_package component package section summary description depends)
    string(TOUPPER ${component} id)
    list(APPEND CPACK_COMPONENTS_ALL ${component})
    list(APPEND AILAB_PACKAGES ${component}=${package})
    set(CPACK_DEBIAN_${id}_PACKAGE_NAME ${package})
    set(CPACK_DEBIAN_${id}_PACKAGE_SECTION ${section})
    set(CPACK_DEBIAN_${id}_DESCRIPTION "${summary}\n${description}")
    set(CPACK_DEBIAN_${id}_PACKAGE_DEPENDS "${depends}")
    set(CPACK_DEBIAN_${id}_PACKAGE_CONTROL_EXTRA ${ARGN})
endmacro()

# ailab_package_library(OUT PACKAGE LIBRARY): the control files of a package with a shared library. CPack
# would write scripts that call ldconfig, for which Debian has a trigger; it leaves that be where others
# are named, and none is there to be taken.
macro(ailab_package_library out package library)
    set(folder "${PROJECT_BINARY_DIR}/debian/${package}")
    set(${out} "${folder}/shlibs" "${folder}/triggers" "${folder}/none/postinst" "${folder}/none/postrm")
    file(WRITE "${folder}/shlibs"
         "${library} ${PROJECT_VERSION_MAJOR} ${package} (>= ${PROJECT_VERSION})\n")
    file(WRITE "${folder}/triggers" "activate-noawait ldconfig\n")
endmacro()

set(major ${PROJECT_VERSION_MAJOR})
set(same "(= ${PROJECT_VERSION})")
set(about_mock [[
It stands in for one HTTP API, AILabTools' "Change facial expressions", in
tests and in development: offline and free of charge. The project is
unofficial: AILabTools has not made, endorsed or supported it.]])
set(about_client [[
A client of one HTTP API, AILabTools' "Change facial expressions". The project
is unofficial: AILabTools has not made, endorsed or supported it.]])
set(about_programs [[

ailab-mock is the server, ailab a client, and ailab-conformance judges servers
and programs that call the API.]])
set(about_files [[

This package has the header, the archive, and files for CMake and pkg-config.]])
ailab_package_library(client_control libailab${major} libailab)
ailab_package_library(mock_control libailab-mock${major} libailab_mock)

ailab_package(programs ailab-mock devel "mock server of AILabTools' facial expression API"
    "${about_mock}\n${about_programs}" "" "${PROJECT_SOURCE_DIR}/ci/debian/postrm")
ailab_package(client libailab${major} libs "client of AILabTools' facial expression API"
    "${about_client}" "" ${client_control})
ailab_package(client_dev libailab-dev libdevel
    "client of AILabTools' facial expression API - development files"
    "${about_client}\n${about_files}"
    "libailab${major} ${same}, libcurl4-openssl-dev | libcurl-dev, libcjson-dev")
ailab_package(mock libailab-mock${major} libs
    "mock of AILabTools' facial expression API as a library" "${about_mock}" "" ${mock_control})
ailab_package(mock_dev libailab-mock-dev libdevel
    "mock of AILabTools' facial expression API - development files"
    "${about_mock}\n${about_files}"
    "libailab-mock${major} ${same}, libcjson-dev, libcivetweb-dev, libjpeg-dev, libmodpbase64-dev, \
libpng-dev, libssl-dev, nettle-dev, zlib1g-dev")

set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_VENDOR "The ailab-mock authors")
set(CPACK_PACKAGE_CONTACT "${AILAB_PACKAGE_CONTACT}")
set(CPACK_PACKAGING_INSTALL_PREFIX "${CMAKE_INSTALL_PREFIX}")
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

# The date of the changelog is SOURCE_DATE_EPOCH where that is set.
string(TIMESTAMP AILAB_PACKAGE_DATE "%a, %d %b %Y %H:%M:%S +0000" UTC)
configure_file("${PROJECT_SOURCE_DIR}/ci/debian/changelog.in" debian/changelog @ONLY)
configure_file("${PROJECT_SOURCE_DIR}/ci/debian/stage.cmake.in" debian/stage.cmake @ONLY)
set(CPACK_PRE_BUILD_SCRIPTS "${PROJECT_BINARY_DIR}/debian/stage.cmake")
include(CPack)
