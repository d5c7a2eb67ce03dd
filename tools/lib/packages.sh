# Sourced: installs the Debian packages of a list in tools/packages/ that are missing.

# missing_packages LIST: those of tools/packages/LIST.txt that are not installed. Asks dpkg each time, which takes a few
# hundredths of a second and, other than a stamp, notices a package that was removed.
missing_packages() {
    local wanted
    mapfile -t wanted < <(sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$root/tools/packages/$1.txt")
    comm -23 <(printf '%s\n' "${wanted[@]}" | sort -u) \
        <(dpkg-query -W -f='${Package} ${db:Status-Status}\n' "${wanted[@]}" 2>/dev/null |
            awk '$2 == "installed" { print $1 }' | sort -u)
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "this needs root, and there is no sudo: run as root: $*"
    fi
}

# The tests start servers of their own. A package that would start one as a service is kept from it while apt runs; an
# administrator's own policy is left alone.
install_packages() {
    command -v apt-get >/dev/null || die "this is not a Debian; install by hand what corresponds to: $*"
    say "installing: $*"
    local log
    log=$(log_of apt)
    as_root env DEBIAN_FRONTEND=noninteractive bash -euo pipefail -c '
        policy=/usr/sbin/policy-rc.d
        if [ ! -e "$policy" ]; then
            printf "#!/bin/sh\nexit 101\n" > "$policy"
            chmod 755 "$policy"
            trap "rm -f $policy" EXIT
        fi
        options=(-qq -o Acquire::Retries=3 -o Dpkg::Use-Pty=0)
        apt-get "${options[@]}" update
        apt-get "${options[@]}" install -y --no-install-recommends "$@"
    ' bash "$@" >"$log" 2>&1 || {
        tail -n 20 "$log" >&2
        die "apt could not install: $*"
    }
}

# need_packages LIST...: sets needed_lists too.
need_packages() {
    local list missing=()
    needed_lists=("$@")
    for list in "$@"; do
        mapfile -t -O "${#missing[@]}" missing < <(missing_packages "$list")
    done
    # A machine may have its own Node.js; only one without gets Debian's.
    if [[ " $* " == *" test "* || " $* " == *" load "* ]]; then
        command -v node >/dev/null || missing+=(nodejs)
        command -v npm >/dev/null || missing+=(npm)
    fi
    [ "${#missing[@]}" = 0 ] || install_packages "${missing[@]}"
}
