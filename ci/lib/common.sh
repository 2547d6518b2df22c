# shellcheck shell=bash
# Shared by the scripts in ci/: messages, packages, configure and build. A script sets -euo pipefail
# and sources this file. Nothing here knows of tests or benchmarks.

AILAB_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# Exit codes of every script: 0 good, 1 a finding, 2 wrong usage, 3 could not run.
say() { printf '%s\n' "$*" >&2; }
step() { printf '== %s\n' "$*" >&2; }
die() {
    local code=$1
    shift
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit "$code"
}

# --help prints the comment at the top of the script, from the second line to the first line that is
# no comment: so the two cannot differ.
print_help() { sed -n '2,${ /^#/!q; s/^# \{0,1\}//; p; }' "$1"; }
usage_error() { die 2 "$1 (see $(basename "$0") --help)"; }

jobs_count() { nproc 2>/dev/null || echo 2; }

# --- packages -------------------------------------------------------------------------------

package_installed() {
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null || true)" = installed ]
}

package_available() { apt-cache show --no-all-versions "$1" >/dev/null 2>&1; }

# The lines of the named groups that nothing installed satisfies: "name" or "name|alternative".
missing_packages() {
    local group names rest wanted=" $* " name found
    while read -r group names rest; do
        [[ -z $group || $group = \#* || $wanted != *" $group "* ]] && continue
        found=
        for name in ${names//|/ }; do
            if package_installed "$name"; then found=1; fi
        done
        [ -n "$found" ] || printf '%s\n' "$names"
    done <"$AILAB_ROOT/ci/lib/packages" | sort -u
}

# A command as root, by sudo when we are not; without a terminal sudo must not ask.
as_root() {
    local by=()
    if [ "$(id -u)" -ne 0 ]; then
        by=(sudo)
        [ -t 0 ] || by=(sudo -n)
    fi
    "${by[@]}" "$@" </dev/null >&2
}

apt_get() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq \
        -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@"
}

# Of each line of names, the first that the package sources of this machine have; the first name
# where they have none, perhaps because their lists were never fetched.
choose_packages() {
    local names name choice
    for names in "$@"; do
        choice=
        for name in ${names//|/ }; do
            if [ -z "$choice" ] && package_available "$name"; then choice=$name; fi
        done
        printf '%s\n' "${choice:-${names%%|*}}"
    done | sort -u
}

# names_elsewhere MANAGER GROUP...: sets `chosen`, what the groups need under the names that dnf or apk know,
# and `nameless`, what has none. Without a manager the names are Debian's.
names_elsewhere() {
    local manager=$1 group names rest debian fedora alpine own
    local -A known=()
    shift
    local wanted=" $* "
    chosen=() nameless=()
    while read -r group debian fedora alpine rest; do
        if [ "$group" = elsewhere ] && [ "$manager" = dnf ]; then known[$debian]=$fedora; fi
        if [ "$group" = elsewhere ] && [ "$manager" = apk ]; then known[$debian]=$alpine; fi
    done <"$AILAB_ROOT/ci/lib/packages"
    while read -r group names rest; do
        [[ -z $group || $group = \#* || $wanted != *" $group "* ]] && continue
        own=${names%%|*}
        [ -z "$manager" ] || own=${known[$own]:--}
        if [ "$own" = - ]; then
            nameless+=("${names%%|*} ($rest)")
        else
            mapfile -t -O "${#chosen[@]}" chosen < <(tr ',' '\n' <<<"$own")
        fi
    done <"$AILAB_ROOT/ci/lib/packages"
    mapfile -t chosen < <(printf '%s\n' "${chosen[@]}" | sort -u)
}

# lacking MANAGER NAME...: those that are not installed.
lacking() {
    local manager=$1 name query=(rpm -q --whatprovides)
    shift
    [ "$manager" != apk ] || query=(apk info --installed)
    for name in "$@"; do
        "${query[@]}" "$name" >/dev/null 2>&1 || printf '%s\n' "$name"
    done
}

# need_packages where Debian's tools are not: by dnf or apk; elsewhere it lists the needs.
need_packages_elsewhere() {
    local manager='' name install=() chosen=() nameless=()
    for name in apk dnf; do
        if command -v "$name" >/dev/null; then manager=$name; fi
    done
    names_elsewhere "$manager" "$@"
    if [ -z "$manager" ]; then
        say "this system has neither apt-get nor dnf nor apk: the script takes what is installed.
It needs, by Debian's names: ${chosen[*]}"
        return 0
    fi
    for name in "${nameless[@]}"; do
        say "$manager has no package for $name: the script takes it if it is installed by other means"
    done
    mapfile -t chosen < <(lacking "$manager" "${chosen[@]}")
    [ ${#chosen[@]} -gt 0 ] || return 0
    install=(dnf install -y "${chosen[@]}")
    [ "$manager" = dnf ] || install=(apk add "${chosen[@]}")
    if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
        die 3 "packages are missing, and only root can install them (there is no sudo). As root:
  ${install[*]}
Or set AILAB_INSTALL=0 if you have the programs from elsewhere."
    fi
    step "installing: ${chosen[*]}"
    as_root "${install[@]}" ||
        die 3 "the packages could not be installed (the words above say why). By hand, as root:
  ${install[*]}"
}

# need_packages GROUP...: installs missing packages; when none is missing, it calls no package manager.
# AILAB_INSTALL=0 takes the machine as it is.
need_packages() {
    local missing chosen
    [ "${AILAB_INSTALL:-1}" != 0 ] || return 0
    if ! command -v dpkg-query >/dev/null; then
        need_packages_elsewhere "$@"
        return 0
    fi
    mapfile -t missing < <(missing_packages "$@")
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
        mapfile -t chosen < <(choose_packages "${missing[@]}")
        die 3 "packages are missing, and only root can install them (there is no sudo). As root:
  apt-get update && apt-get install -y --no-install-recommends ${chosen[*]}
Or set AILAB_INSTALL=0 if you have the programs from elsewhere."
    fi
    step "installing: ${missing[*]}"
    apt_get update || say "apt-get update failed; trying with the package lists that are here"
    mapfile -t chosen < <(choose_packages "${missing[@]}")
    apt_get install -y --no-install-recommends "${chosen[@]}" ||
        die 3 "the packages could not be installed (the words above say why). By hand, as root:
  apt-get update && apt-get install -y --no-install-recommends ${chosen[*]}"
}

# --- build ----------------------------------------------------------------------------------

build_dir() { if [ "$1" = release ]; then echo "$AILAB_ROOT/build"; else echo "$AILAB_ROOT/build-$1"; fi; }

# configure PRESET: quiet unless it fails. A folder that was configured for another place, because
# the tree was copied or mounted elsewhere, is started anew: CMake would refuse it.
configure() {
    local preset=$1 dir log home
    dir=$(build_dir "$preset")
    if [ -f "$dir/CMakeCache.txt" ]; then
        home=$(sed -n 's/^CMAKE_HOME_DIRECTORY:INTERNAL=//p' "$dir/CMakeCache.txt")
        [ "$home" = "$AILAB_ROOT" ] || rm -rf "$dir"
    fi
    mkdir -p "$dir"
    log=$dir/configure.log
    if [ -z "${CMAKE_C_COMPILER_LAUNCHER:-}" ] && command -v ccache >/dev/null; then
        export CMAKE_C_COMPILER_LAUNCHER=ccache
    fi
    if ! (cd "$AILAB_ROOT" && cmake --preset "$preset") >"$log" 2>&1; then
        cat "$log" >&2
        return 1
    fi
}

# tell_progress SECONDS: reads ninja's output, and says that often how far it is.
tell_progress() {
    local line said=$SECONDS
    while IFS= read -r line; do
        if [[ $line =~ ^\[([0-9]+)/([0-9]+)\] ]] && ((SECONDS - said >= $1)); then
            say "   ${BASH_REMATCH[1]} of ${BASH_REMATCH[2]} steps"
            said=$SECONDS
        fi
    done
}

# build PRESET [TARGET...]: how far it is now and then; ninja's own output only when it fails.
build() {
    local preset=$1 dir log targets=()
    shift
    [ $# -eq 0 ] || targets=(--target "$@")
    dir=$(build_dir "$preset")
    log=$dir/build.log
    if ! cmake --build "$dir" --parallel "$(jobs_count)" "${targets[@]}" 2>&1 | tee "$log" |
        tell_progress 20; then
        grep -v '^\[[0-9]*/[0-9]*\] \(Building\|Linking\|Generating\)' "$log" >&2 || true
        say "the whole output: $log"
        return 1
    fi
}

# Clang before 18 and a kernel with many random address bits do not go together: its sanitizers
# find their memory taken. Where it is allowed, run without address randomisation.
steady_addresses() {
    (steady_exec "$@")
}

# The same in the place of the shell that calls it: who kills the shell kills the program.
steady_exec() {
    if setarch "$(uname -m)" -R true 2>/dev/null; then
        exec setarch "$(uname -m)" -R "$@"
    else
        exec "$@"
    fi
}

# npm_install PACKAGE@VERSION...: leaves the folder with these in npm_folder. It lies in the user's cache, and appears
# under its name only when it is whole.
npm_install() {
    local cache new
    cache=${XDG_CACHE_HOME:-$HOME/.cache}/ailab-mock
    npm_folder=$cache/$(IFS=_ && printf '%s' "$*" | tr -c 'a-z0-9.\n' -)
    [ ! -d "$npm_folder" ] || return 0
    step "npm: $* into $npm_folder"
    mkdir -p "$cache"
    new=$(mktemp -d "$cache/new.XXXXXX")
    if ! npm install --prefix "$new" --ignore-scripts --no-audit --no-fund --loglevel error "$@" </dev/null >&2; then
        rm -rf "$new"
        die 3 "npm could not install $* (the words above say why)"
    fi
    # Another run may have been faster.
    mv -T "$new" "$npm_folder" 2>/dev/null || rm -rf "$new"
}
