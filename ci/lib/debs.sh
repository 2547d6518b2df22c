# shellcheck shell=bash
# The Debian packages, for the scripts that need them. Sourced after common.sh; wants the groups build and debs.

# make_debs: builds the preset package, and makes the packages in its folder.
make_debs() {
    local dir
    dir=$(build_dir package)
    configure package
    build package
    rm -f "$dir"/*.deb
    if ! (cd "$dir" && umask 022 && cpack -G DEB >cpack.log 2>&1); then
        cat "$dir/cpack.log" >&2
        return 1
    fi
}
