#!/bin/sh
# Lays out HiGHS, the solver, as a ready shared library (from a Python wheel; it needs no Python), so that the build
# need not compile it for minutes. Where the wheel cannot be had, it says so, and the build compiles the bundled
# sources. Run it as often as you like: what is there already is left alone, and what could not be had is asked for
# again after a day.
set -eu

highs=1.15.1

cd "$(dirname "$0")/.."
# Where .cargo/config.toml looks for it, wherever the target folder is.
place=target/tools/highs
[ -e "$place/ready-$highs" ] && exit 0
mkdir -p target/tools

# bundled REASON: goes on without the wheel.
bundled() {
    rm -rf "$place" "$place.new"
    echo "HiGHS $highs cannot be had ready-made ($1): it will be built from its sources, which takes minutes." >&2
    exit 0
}

case "$(uname -s) $(uname -m)" in
    "Linux x86_64") hash=17f30d23ef37488467732b45f141146f7c287826a576b4514ae39a8cc4068b28 ;;
    *) bundled "no wheel is known for $(uname -s) on $(uname -m)" ;;
esac
command -v python3 >/dev/null 2>&1 || bundled "python3 is missing"
command -v pkg-config >/dev/null 2>&1 || bundled "pkg-config is missing"

# A fetch that failed is tried again after a day.
if [ -n "$(find "$place.failed" -mtime -1 2>/dev/null)" ]; then
    bundled "$(cat "$place.failed")"
fi
rm -rf "$place.new"
mkdir -p "$place.new"
pip="python3 -m pip"
if ! $pip --version >/dev/null 2>&1; then
    # Debian's python3 has no pip, but brings one for virtual environments.
    python3 -m venv "$place.new/venv" >/dev/null 2>&1 || bundled "neither pip nor python3-venv is there"
    pip="$place.new/venv/bin/python -m pip"
fi

echo "highsbox==$highs --hash=sha256:$hash" >"$place.new/wanted.txt"
why=$($pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes \
    --dest "$place.new" --requirement "$place.new/wanted.txt" 2>&1) || {
    echo "$why" | grep -v '^$' | tail -n 1 >"$place.failed"
    bundled "$(cat "$place.failed")"
}

python3 -m zipfile -e "$place.new"/highsbox-*.whl "$place.new/wheel"
found=$(echo "$place.new"/wheel/highsbox-*.data/purelib/highsbox/highs_dist)
mv "$found/include" "$found/lib" "$place.new/"
rm -rf "$place.new/wheel" "$place.new"/highsbox-*.whl "$place.new/venv" "$place.new/wanted.txt"
# OpenBLAS is for interior points, which are not used; the files for builds name the folder the wheel was made in.
rm -rf "$place.new"/lib/libopenblas.so "$place.new/lib/pkgconfig" "$place.new/lib/cmake"
mkdir -p "$place.new/lib/pkgconfig"
cat >"$place.new/lib/pkgconfig/highs.pc" <<PC
prefix=\${pcfiledir}/../..
libdir=\${prefix}/lib
includedir=\${prefix}/include/highs

Name: highs
Description: HiGHS, linear and mixed-integer optimisation
URL: https://highs.dev
Version: $highs
Libs: -L\${libdir} -lhighs
Cflags: -I\${includedir}
PC
: >"$place.new/ready-$highs"
rm -rf "$place" "$place.failed"
mv "$place.new" "$place"
# What was built with the bundled sources would go on with them.
if [ -d "${CARGO_TARGET_DIR:-target}/release/build" ]; then
    ${CARGO:-cargo} clean --quiet --release -p highs-sys -p tournee || true
fi
