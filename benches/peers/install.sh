#!/bin/sh
# Installs the routing engines that `cargo bench --bench peers` compares ours with, under the target folder. Run it as
# often as you like: what is there already is left alone.
set -eu

pyvrp=0.14.1
ortools=9.15.6755
pyvroom=1.15.2
vrp_cli=1.25.0

cd "$(dirname "$0")/../.."
peers="${CARGO_TARGET_DIR:-target}/peers"
mkdir -p "$peers"

. scripts/debian.sh
want python3 python3
python3 -c 'import ensurepip' >/dev/null 2>&1 || missing="$missing python3-venv"
install_missing

python="$peers/venv/bin/python"
if ! "$python" -m pip --version >/dev/null 2>&1; then
    rm -rf "$peers/venv"
    python3 -m venv "$peers/venv"
fi
"$python" - "$pyvrp" "$ortools" "$pyvroom" <<'PYTHON' 2>/dev/null || "$python" -m pip install --quiet --disable-pip-version-check "pyvrp==$pyvrp" "ortools==$ortools" "pyvroom==$pyvroom"
import sys
from importlib.metadata import version
sys.exit([version("pyvrp"), version("ortools"), version("pyvroom")] != sys.argv[1:])
PYTHON

if [ "$("$peers/bin/vrp-cli" --version 2>/dev/null)" != "Vehicle Routing Problem Solver $vrp_cli" ]; then
    cargo install vrp-cli --version "$vrp_cli" --locked --root "$peers" --target-dir "$peers/build"
    rm -rf "$peers/build"
fi
echo "routing engines: PyVRP $pyvrp, OR-Tools $ortools, VROOM $pyvroom, vrp-cli $vrp_cli"
