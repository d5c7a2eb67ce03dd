# Sourced by the scripts in tools/: where things are, and how they speak. The caller has set `set -euo pipefail`.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

say() {
    if [ -t 2 ]; then printf '\033[1m==> %s\033[0m\n' "$*" >&2; else printf '==> %s\n' "$*" >&2; fi
}
die() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

# log_of NAME: where that step keeps its output.
log_of() {
    mkdir -p "$root/build/logs"
    printf '%s/build/logs/%s.log' "$root" "$1"
}
