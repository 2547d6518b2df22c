#!/bin/sh
# An installation is usable: the header compiles alone, and the example builds and runs against the
# installed library, found by pkg-config and by CMake.
# usage: install.sh BUILD_DIRECTORY CLIENT_DIRECTORY C_COMPILER [SANITIZERS]
set -eu
# shellcheck source=../../ci/testing/install.sh
. "$(dirname "$0")/../../ci/testing/install.sh"
install_components ailab client client_dev

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
"$compiler" -std=c11 $flags $include "$source/examples/minimal.c" -o "$folder/minimal" $libraries
try "$folder/minimal"

check_links "$folder/minimal" libailab yes

build_by_cmake ailab ailab::ailab "$source/examples/minimal.c"
check_links "$folder/made/program" libailab yes
try "$folder/made/program"
build_by_cmake ailab ailab::ailab "$source/examples/minimal.c" ON
check_links "$folder/made/program" libailab no
try "$folder/made/program"
echo "install.sh: header, pkg-config and CMake package work, with both libraries"
