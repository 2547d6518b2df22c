#!/bin/sh
# An installed mock is usable: a test program builds and runs against it, found by pkg-config and by
# CMake.
# usage: install.sh BUILD_DIRECTORY MOCKSERVER_DIRECTORY C_COMPILER [SANITIZERS]
set -eu
build=$1 mockserver=$2 compiler=$3 sanitizers=${4:-}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
prefix=$folder/prefix
flags=${sanitizers:+-fsanitize=$sanitizers}

cmake --install "$build" --prefix "$prefix" --component mock >"$folder/log"
config=$(find "$prefix" -name ailab_mock.pc)
PKG_CONFIG_PATH=$(dirname "$config")
export PKG_CONFIG_PATH

said=$("$prefix/bin/ailab-mock" --version)
[ "$said" = "ailab-mock $(pkg-config --modversion ailab_mock)" ] || {
    echo "install.sh: the installed program says: $said" >&2
    exit 1
}

program=$mockserver/tests/install.c
# shellcheck disable=SC2046,SC2086 # flags are words
"$compiler" -std=c11 -Wall -Wextra -Wpedantic -Werror $flags $(pkg-config --cflags ailab_mock) \
    "$program" -o "$folder/by-pkg-config" $(pkg-config --libs ailab_mock)
"$folder/by-pkg-config"

mkdir "$folder/program"
cat >"$folder/program/CMakeLists.txt" <<END
cmake_minimum_required(VERSION 3.22)
project(program LANGUAGES C)
find_package(ailab_mock $(pkg-config --modversion ailab_mock) REQUIRED)
add_executable(program "$program")
target_link_libraries(program PRIVATE ailab::mock)
END
if ! cmake -G Ninja -S "$folder/program" -B "$folder/made" "-DCMAKE_PREFIX_PATH=$prefix" \
    "-DCMAKE_C_COMPILER=$compiler" "-DCMAKE_C_FLAGS=$flags" >"$folder/log" 2>&1 ||
    ! cmake --build "$folder/made" >>"$folder/log" 2>&1; then
    cat "$folder/log" >&2
    exit 1
fi
"$folder/made/program"
echo "install.sh: program, header, pkg-config and CMake package work"
