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

pages=$prefix/share/man
for program in ailab ailab-mock ailab-conformance; do
    for file in "$pages/man1/$program.1" "$prefix/share/bash-completion/completions/$program" \
        "$prefix/share/zsh/vendor-completions/_$program" \
        "$prefix/share/fish/vendor_completions.d/$program.fish"; do
        [ -s "$file" ] || {
            echo "install.sh: there is no $file" >&2
            exit 1
        }
    done
done
if command -v lowdown >"$folder/log" && [ ! -s "$pages/man5/ailab-mock-scenarios.5" ]; then
    echo "install.sh: there is no manual page ailab-mock-scenarios.5" >&2
    exit 1
fi
echo "install.sh: programs, header, pkg-config and CMake package work, with both libraries"
