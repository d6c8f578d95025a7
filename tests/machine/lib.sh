# Shared by the scripts of this folder: how they speak, and how they install Debian packages.
# Sourced, never run.

say() { printf '%s: %s\n' "${0##*/}" "$*"; }

fail() {
    printf '%s: %s\n' "${0##*/}" "$1" >&2
    shift
    for line in "$@"; do printf '    %s\n' "$line" >&2; done
    exit 1
}

# Installs the packages that are missing. Root on a machine with apt does it; anyone else is told the command.
need_packages() {
    local missing=() package
    for package in "$@"; do
        dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed \
            || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    command -v apt-get >/dev/null \
        || fail "this machine lacks: ${missing[*]}" "Install them with the machine's own package manager, then run this again."
    [ "$(id -u)" -eq 0 ] || fail "this machine lacks: ${missing[*]}. Run:" \
        "sudo apt-get update && sudo apt-get install --yes --no-install-recommends ${missing[*]}"
    say "installing ${missing[*]}"
    # Lock::Timeout: another installation on the machine is waited for, not stumbled over.
    local apt=(apt-get -qq -o DPkg::Lock::Timeout=600)
    DEBIAN_FRONTEND=noninteractive "${apt[@]}" update
    DEBIAN_FRONTEND=noninteractive "${apt[@]}" install --yes --no-install-recommends "${missing[@]}" >/dev/null
}

# Where slow results are kept between runs. Losing it costs time, never correctness.
cache_folder() {
    local folder="${GREENROOM_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/greenroom}"
    mkdir -p "$folder"
    printf '%s' "$folder"
}

engine_answers() { timeout 10 docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }
