# The libraries we build on, each as one target. All come from Debian's or Ubuntu's packages;
# ci/lib/packages names them.

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(CURL 7.68 REQUIRED)
find_package(JPEG REQUIRED)
find_package(PNG REQUIRED)
find_package(ZLIB REQUIRED)
find_package(cJSON REQUIRED)
pkg_check_modules(NETTLE REQUIRED IMPORTED_TARGET nettle)
find_package(OpenSSL 3 REQUIRED)
if(AILAB_TESTS)
    pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET cmocka)
endif()

# Neither ships a pkg-config file or a CMake package that works alone.
function(ailab_plain_library target header library)
    string(MAKE_C_IDENTIFIER "${target}" id)
    find_path(${id}_INCLUDE_DIR "${header}" REQUIRED)
    find_library(${id}_LIBRARY "${library}" REQUIRED)
    add_library(${target} INTERFACE)
    target_include_directories(${target} SYSTEM INTERFACE "${${id}_INCLUDE_DIR}")
    target_link_libraries(${target} INTERFACE "${${id}_LIBRARY}")
    mark_as_advanced(${id}_INCLUDE_DIR ${id}_LIBRARY)
endfunction()

ailab_plain_library(ailab_dep_civetweb civetweb.h civetweb)
ailab_plain_library(ailab_dep_modpbase64 modp_b64.h modpbase64)
