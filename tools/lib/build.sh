# Sourced: configures and builds a preset of CMakePresets.json.

# build_preset PRESET [TARGET...]: into build/PRESET. CMake runs only when there is nothing yet or the presets changed;
# for everything else ninja runs it by itself.
build_preset() {
    local preset=$1 folder=$root/build/$1
    shift
    if [ ! -f "$folder/build.ninja" ] || [ "$root/CMakePresets.json" -nt "$folder/build.ninja" ]; then
        say "configuring $preset"
        cmake -S "$root" --preset "$preset" >"$(log_of "configure-$preset")" 2>&1 ||
            { tail -n 40 "$(log_of "configure-$preset")" >&2; die "cmake could not configure $preset"; }
    fi
    say "building $preset"
    ninja -C "$folder" --quiet "$@" || die "the build of $preset failed"
}

log_of() {
    mkdir -p "$root/build/logs"
    printf '%s/build/logs/%s.log' "$root" "$1"
}
