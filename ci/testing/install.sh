# Sourced by the tests of an installation (client/tests/install.sh, mockserver/tests/install.sh), with
# their arguments: BUILD_DIRECTORY SOURCE_DIRECTORY C_COMPILER [SANITIZERS].
# shellcheck shell=sh disable=SC2034 # the scripts use the names
build=$1 source=$2 compiler=$3 sanitizers=${4:-}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
prefix=$folder/prefix
flags=${sanitizers:+-fsanitize=$sanitizers}

# install_components PACKAGE COMPONENT...: installs into $prefix, where pkg-config then finds the package
# and the loader its shared library.
install_components() {
    package=$1
    shift
    for component in "$@"; do
        cmake --install "$build" --prefix "$prefix" --component "$component" >"$folder/log"
    done
    PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name "$package.pc")")
    LD_LIBRARY_PATH=$(dirname "$PKG_CONFIG_PATH")
    export PKG_CONFIG_PATH LD_LIBRARY_PATH
}

# links PROGRAM LIBRARY: whether the program needs the shared library LIBRARY.
links() {
    ldd "$1" | grep -q "$2\.so"
}

# check_links PROGRAM LIBRARY yes|no
check_links() {
    links "$1" "$2" && found=yes || found=no
    [ "$found" = "$3" ] || {
        echo "install.sh: $1 needs $2.so: $found, expected $3" >&2
        exit 1
    }
}

# build_by_cmake PACKAGE TARGET FILE [STATIC]: a program of one file that finds the package by CMake and
# links the shared library or, with ON, the archive. It is left in $folder/made/program.
build_by_cmake() {
    rm -rf "$folder/program" "$folder/made"
    mkdir "$folder/program"
    cat >"$folder/program/CMakeLists.txt" <<END
cmake_minimum_required(VERSION 3.22)
project(program LANGUAGES C)
set($1_USE_STATIC_LIBS ${4:-OFF})
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
