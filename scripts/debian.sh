# Sourced by the other scripts: notes what is missing and installs it.
# shellcheck shell=sh

missing=""

# want COMMAND PACKAGE: the Debian package is missing unless the command is there.
want() {
    command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}

# Installs what is missing; without root, or without apt-get, says what to install and fails.
install_missing() {
    [ -n "$missing" ] || return 0
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "Missing, under their Debian names:$missing" >&2
        echo "Install the like of them with this system's package manager, then try again." >&2
        exit 1
    fi
    if [ "$(id -u)" -ne 0 ]; then
        echo "Missing Debian packages. As root, run:" >&2
        echo "    apt-get update && apt-get install -y --no-install-recommends$missing" >&2
        exit 1
    fi
    echo "installing$missing" >&2
    # shellcheck disable=SC2086 # a list of package names
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; } >&2 || exit 1
    missing=""
}
