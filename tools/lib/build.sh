# Sourced: configures and builds a preset of CMakePresets.json.

# build_preset PRESET [TARGET...]: into build/PRESET. CMake runs when there is nothing yet, when the presets changed, and
# when packages are needed that were not the last time (what it did not find then, it may find now); for everything else
# ninja runs it by itself.
build_preset() {
    local preset=$1 folder=$root/build/$1 log input inputs=("$root/CMakePresets.json")
    shift
    for input in "${needed_lists[@]}"; do inputs+=("$root/tools/packages/$input.txt"); done
    if ! is_configured; then
        say "configuring $preset"
        log=$(log_of "configure-$preset")
        cmake -S "$root" --preset "$preset" >"$log" 2>&1 || {
            tail -n 40 "$log" >&2
            die "cmake could not configure $preset"
        }
        for input in "${inputs[@]}"; do touch "$folder/.configured-$(basename "$input")"; done
    fi
    say "building $preset"
    ninja -C "$folder" --quiet -j "$(nproc)" "$@" >&2 || die "the build of $preset failed"
}

# Whether build.ninja is there, and CMake ran after each of `inputs` was changed; of build_preset().
is_configured() {
    local input
    [ -f "$folder/build.ninja" ] || return 1
    for input in "${inputs[@]}"; do
        [ "$folder/.configured-$(basename "$input")" -nt "$input" ] || return 1
    done
}
