#!/bin/sh
# Lays out OSRM (the programs of a Python wheel; they need no Python) and prepares the shipped road network for it.
# Run it as often as you like: what is there already is left alone.
set -eu

osrm=26.10.0

cd "$(dirname "$0")/.."
tools="${CARGO_TARGET_DIR:-target}/tools"
place="$tools/osrm"
stamp="$place/ready-$osrm"
[ -e "$stamp" ] && exit 0

. scripts/debian.sh
want python3 python3
python3 -c 'import ensurepip' >/dev/null 2>&1 || missing="$missing python3-venv"
install_missing

rm -rf "$place"
mkdir -p "$place"
python="$tools/venv/bin/python"
"$python" -m pip --version >/dev/null 2>&1 || python3 -m venv "$tools/venv"

machine=$(uname -m)
fetched=""
for libc in 2_28 2_27 2_31 2_34 2_35 2_17 2_39; do
    if "$python" -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
        --python-version 3.12 --implementation cp --abi abi3 --platform "manylinux_${libc}_$machine" \
        --dest "$place" "osrm-bindings==$osrm" 2>/dev/null; then
        fetched=yes
        break
    fi
done
[ -n "$fetched" ] || { echo "osrm-bindings $osrm is not to be had for $machine" >&2; exit 1; }
"$python" -m zipfile -e "$place"/osrm_bindings-*.whl "$place"
chmod +x "$place"/osrm/bin/*

gzip -dc routes/hauts-de-france/skeleton.osm.gz >"$place/roads.osm"
for step in "extract -p $place/osrm/share/profiles/car.lua $place/roads.osm" "partition $place/roads.osrm" "customize $place/roads.osrm"; do
    # shellcheck disable=SC2086 # a program and its arguments
    "$place"/osrm/bin/osrm-$step >"$place/prepare.log" 2>&1 || { cat "$place/prepare.log" >&2; exit 1; }
done
rm -f "$place"/osrm_bindings-*.whl "$place/roads.osm"
: >"$stamp"
