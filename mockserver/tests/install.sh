#!/bin/sh
# An installed mock is usable: a test program builds and runs against it, found by pkg-config and by
# CMake, with the shared library and with the archive. The programs come with manual pages and
# completions.
# usage: install.sh BUILD_DIRECTORY MOCKSERVER_DIRECTORY C_COMPILER [SANITIZERS]
set -eu
# shellcheck source=../../ci/testing/install.sh
. "$(dirname "$0")/../../ci/testing/install.sh"
install_components ailab_mock programs mock mock_dev

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

check_links "$folder/by-pkg-config" libailab_mock yes

build_by_cmake ailab_mock ailab::mock "$program"
check_links "$folder/made/program" libailab_mock yes
"$folder/made/program"
build_by_cmake ailab_mock ailab::mock "$program" ON
check_links "$folder/made/program" libailab_mock no
"$folder/made/program"

for page in ailab.1 ailab-mock.1 ailab-conformance.1 ailab-conformance-caller.1; do
    [ -s "$prefix/share/man/man1/$page" ] || {
        echo "install.sh: there is no manual page $page" >&2
        exit 1
    }
done
echo "install.sh: programs, header, pkg-config and CMake package work, with both libraries"
