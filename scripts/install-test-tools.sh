#!/bin/sh
# Installs what tests need: the calendar readers that tests/publishing/foreign.rs compares our calendars with, the routing
# server that tests/command/osrm.rs asks, and the spreadsheet and the browser in which tests/command/compare.rs opens
# comparisons.
# Run it as often as you like: what is there already is left alone. Python and node packages go
# under the target folder; Debian packages (khal, node, npm, venv) are installed when this runs as
# root, and asked for when it does not.
set -eu

icalendar=7.3.0
vobject=0.9.9
icaljs=2.2.1
puppeteer=25.16.0
axe=4.14.1

cd "$(dirname "$0")/.."
tools="${CARGO_TARGET_DIR:-target}/tools"
mkdir -p "$tools"

. scripts/debian.sh
want python3 python3
want npm npm
want node nodejs
want khal khal
want soffice libreoffice-calc-nogui
want chromium chromium
python3 -c 'import ensurepip' >/dev/null 2>&1 || missing="$missing python3-venv"

# npm verifies what it downloads against these.
[ -e /etc/ssl/certs/ca-certificates.crt ] || missing="$missing ca-certificates"
install_missing

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

installed() {
    sed -n 's/^ *"version": "\([^"]*\)".*/\1/p' "$tools/node_modules/$1/package.json" 2>/dev/null | head -n 1
}
if [ "$(installed ical.js)" != "$icaljs" ] || [ "$(installed puppeteer-core)" != "$puppeteer" ] || [ "$(installed axe-core)" != "$axe" ]; then
    npm install --loglevel=error --no-audit --no-fund --prefix "$tools" "ical.js@$icaljs" "puppeteer-core@$puppeteer" "axe-core@$axe"
fi

echo "calendar readers: icalendar $icalendar, vobject $vobject, ical.js $icaljs, $(khal --version 2>/dev/null | head -n 1)"
echo "spreadsheet and browser: $(soffice --headless --version 2>/dev/null | head -n 1), $(chromium --version 2>/dev/null), axe-core $axe"

scripts/osrm.sh
echo "routing server: OSRM in $tools/osrm"
