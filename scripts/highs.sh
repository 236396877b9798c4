#!/bin/sh
# Lays out HiGHS, the solver, as a ready shared library (from a Python wheel; it needs no Python), so that the build
# need not compile it for minutes. Where the wheel cannot be had, it says so, and the build compiles the bundled
# sources. Run it as often as you like: what is there already is left alone.
set -eu

highs=1.15.1

cd "$(dirname "$0")/.."
place="${CARGO_TARGET_DIR:-target}/tools/highs"
stamp="$place/ready-$highs"
[ -e "$stamp" ] && exit 0

# bundled REASON: goes on without the wheel.
bundled() {
    rm -rf "$place"
    echo "HiGHS $highs cannot be had ready-made ($1): it will be built from its sources, which takes minutes." >&2
    exit 0
}

case "$(uname -s) $(uname -m)" in
    "Linux x86_64") hash=17f30d23ef37488467732b45f141146f7c287826a576b4514ae39a8cc4068b28 ;;
    *) bundled "no wheel is known for $(uname -s) on $(uname -m)" ;;
esac

rm -rf "$place"
mkdir -p "$place"
python3 -m venv --without-pip "$place/venv" 2>/dev/null && rm -rf "$place/venv" || bundled "python3 is missing"
pip="python3 -m pip"
if ! $pip --version >/dev/null 2>&1; then
    # Debian's python3 has no pip, but brings one for virtual environments.
    python3 -m venv "$place/venv" >/dev/null 2>&1 || bundled "python3-venv is missing"
    pip="$place/venv/bin/python -m pip"
fi

echo "highsbox==$highs --hash=sha256:$hash" >"$place/wanted.txt"
why=$($pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes \
    --dest "$place" --requirement "$place/wanted.txt" 2>&1) || bundled "$(echo "$why" | grep -v '^$' | tail -n 1)"

python3 -m zipfile -e "$place"/highsbox-*.whl "$place"
found=$(echo "$place"/highsbox-*.data/purelib/highsbox/highs_dist)
mv "$found/include" "$found/lib" "$place/"
rm -rf "$place"/highsbox-* "$place/venv" "$place/wanted.txt" "$place/lib/pkgconfig" "$place/lib/cmake"
rm -f "$place"/lib/libopenblas.so # for interior points, which are not used
mkdir -p "$place/lib/pkgconfig"
# The wheel's own names the folder it was built in.
cat >"$place/lib/pkgconfig/highs.pc" <<PC
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
: >"$stamp"
