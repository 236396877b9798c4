#!/bin/sh
# Installs the calendar readers that tests/publish_foreign.rs compares our calendars with.
# Run it as often as you like: what is there already is left alone. Python and node packages go
# under the target folder; Debian's khal is installed when this runs as root, and asked for when
# it does not.
set -eu

icalendar=7.3.0
vobject=0.9.9
icaljs=2.2.1

cd "$(dirname "$0")/.."
tools="${CARGO_TARGET_DIR:-target}/tools"
mkdir -p "$tools"

missing=""
want() { # command, Debian package
    command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}
want python3 python3
want npm npm
want node nodejs
want khal khal
python3 -c 'import ensurepip' >/dev/null 2>&1 || missing="$missing python3-venv"

if [ -n "$missing" ]; then
    if [ "$(id -u)" -ne 0 ]; then
        echo "Missing Debian packages. As root, run:  apt-get install -y$missing" >&2
        exit 1
    fi
    # shellcheck disable=SC2086 # a list of package names
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; } >&2
fi

python="$tools/venv/bin/python"
if ! "$python" -m pip --version >/dev/null 2>&1; then
    rm -rf "$tools/venv"
    python3 -m venv "$tools/venv"
fi
"$python" - "$icalendar" "$vobject" <<'PYTHON' 2>/dev/null || "$python" -m pip install --quiet --disable-pip-version-check "icalendar==$icalendar" "vobject==$vobject"
import sys
from importlib.metadata import version
sys.exit([version("icalendar"), version("vobject")] != sys.argv[1:])
PYTHON

installed=$(sed -n 's/^ *"version": "\([^"]*\)".*/\1/p' "$tools/node_modules/ical.js/package.json" 2>/dev/null | head -n 1)
if [ "$installed" != "$icaljs" ]; then
    npm install --silent --no-audit --no-fund --prefix "$tools" "ical.js@$icaljs"
fi

echo "calendar readers: icalendar $icalendar, vobject $vobject, ical.js $icaljs, $(khal --version 2>/dev/null | head -n 1)"
