#!/bin/sh
# An installation is usable: the header compiles alone, and the example builds and runs against the
# installed library, found by pkg-config and by CMake.
# usage: install.sh BUILD_DIRECTORY CLIENT_DIRECTORY C_COMPILER [SANITIZERS]
set -eu
build=$1 client=$2 compiler=$3 sanitizers=${4:-}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
prefix=$folder/prefix
flags=${sanitizers:+-fsanitize=$sanitizers}

cmake --install "$build" --prefix "$prefix" --component client >"$folder/log"
config=$(find "$prefix" -name ailab.pc)
library=$(dirname "$(dirname "$config")")
PKG_CONFIG_PATH=$(dirname "$config") LD_LIBRARY_PATH=$library
export PKG_CONFIG_PATH LD_LIBRARY_PATH

# Runs a built example far enough to see the library at work, without a network.
try() {
    status=0
    AILAB_API_KEY='a key' "$1" in out >"$folder/out" 2>&1 || status=$?
    if [ "$status" -ne 1 ] || ! grep -q 'api_key must be printable' "$folder/out"; then
        echo "install.sh: $1 exited $status and said:" >&2
        cat "$folder/out" >&2
        exit 1
    fi
}

echo '#include <ailab.h>' >"$folder/header.c"
cp "$folder/header.c" "$folder/header.cc"
include=$(pkg-config --cflags ailab)
# shellcheck disable=SC2086 # flags are words
"$compiler" -std=c11 -Wall -Wextra -Wpedantic -Werror $include -fsyntax-only "$folder/header.c"
if command -v c++ >"$folder/log"; then
    # shellcheck disable=SC2086
    c++ -std=c++11 -Wall -Wextra -Wpedantic -Werror $include -fsyntax-only "$folder/header.cc"
else
    echo "install.sh: no C++ compiler, the header was checked as C alone"
fi

libraries=$(pkg-config --libs ailab)
# shellcheck disable=SC2086
"$compiler" -std=c11 $flags $include "$client/examples/minimal.c" -o "$folder/minimal" $libraries
try "$folder/minimal"

mkdir "$folder/program"
cat >"$folder/program/CMakeLists.txt" <<END
cmake_minimum_required(VERSION 3.22)
project(program LANGUAGES C)
find_package(ailab $(pkg-config --modversion ailab) REQUIRED)
add_executable(program "$client/examples/minimal.c")
target_link_libraries(program PRIVATE ailab::ailab)
END
if ! cmake -G Ninja -S "$folder/program" -B "$folder/made" "-DCMAKE_PREFIX_PATH=$prefix" \
    "-DCMAKE_C_COMPILER=$compiler" "-DCMAKE_C_FLAGS=$flags" >"$folder/log" 2>&1 ||
    ! cmake --build "$folder/made" >>"$folder/log" 2>&1; then
    cat "$folder/log" >&2
    exit 1
fi
try "$folder/made/program"
echo "install.sh: header, pkg-config and CMake package work"
