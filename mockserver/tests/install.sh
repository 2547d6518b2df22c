#!/bin/sh
# An installed mock is usable: a test program builds and runs against it, found by pkg-config and by
# CMake.
# usage: install.sh BUILD_DIRECTORY MOCKSERVER_DIRECTORY C_COMPILER [SANITIZERS]
set -eu
# shellcheck source=../../ci/testing/install.sh
. "$(dirname "$0")/../../ci/testing/install.sh"
install_component mock ailab_mock

said=$("$prefix/bin/ailab-mock" --version)
[ "$said" = "ailab-mock $(pkg-config --modversion ailab_mock)" ] || {
    echo "install.sh: the installed program says: $said" >&2
    exit 1
}

program=$source/tests/install.c
# shellcheck disable=SC2046,SC2086 # flags are words
"$compiler" -std=c11 -Wall -Wextra -Wpedantic -Werror $flags $(pkg-config --cflags ailab_mock) \
    "$program" -o "$folder/by-pkg-config" $(pkg-config --libs ailab_mock)
"$folder/by-pkg-config"

build_by_cmake ailab_mock ailab::mock "$program"
"$folder/made/program"
echo "install.sh: program, header, pkg-config and CMake package work"
