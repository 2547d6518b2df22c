# Sourced by the tests of an installation (client/tests/install.sh, mockserver/tests/install.sh), with
# their arguments: BUILD_DIRECTORY SOURCE_DIRECTORY C_COMPILER [SANITIZERS].
# shellcheck shell=sh disable=SC2034 # the scripts use the names
build=$1 source=$2 compiler=$3 sanitizers=${4:-}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
prefix=$folder/prefix
flags=${sanitizers:+-fsanitize=$sanitizers}

# install_component COMPONENT PACKAGE: installs into $prefix, where pkg-config then finds the package.
install_component() {
    cmake --install "$build" --prefix "$prefix" --component "$1" >"$folder/log"
    PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name "$2.pc")")
    export PKG_CONFIG_PATH
}

# build_by_cmake PACKAGE TARGET FILE: a program of one file that finds the package by CMake. It is
# left in $folder/made/program.
build_by_cmake() {
    mkdir "$folder/program"
    cat >"$folder/program/CMakeLists.txt" <<END
cmake_minimum_required(VERSION 3.22)
project(program LANGUAGES C)
find_package($1 $(pkg-config --modversion "$1") REQUIRED)
add_executable(program "$3")
target_link_libraries(program PRIVATE $2)
END
    if ! cmake -G Ninja -S "$folder/program" -B "$folder/made" "-DCMAKE_PREFIX_PATH=$prefix" \
        "-DCMAKE_C_COMPILER=$compiler" "-DCMAKE_C_FLAGS=$flags" >"$folder/log" 2>&1 ||
        ! cmake --build "$folder/made" >>"$folder/log" 2>&1; then
        cat "$folder/log" >&2
        exit 1
    fi
}
