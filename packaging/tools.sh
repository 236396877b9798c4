#!/bin/sh
# Installs what `make dist` needs besides a build: cargo-deb, cargo-about and cargo-cyclonedx (crates), maturin (PyPI),
# buildah, lintian and a C++ compiler (Debian). Run it as often as you like: what is there already is left alone.
set -eu

cd "$(dirname "$0")/.."
tools="${CARGO_TARGET_DIR:-target}/tools"
. scripts/debian.sh
want cmake cmake
want make make
want c++ g++
want buildah buildah
want lintian lintian
want git git
install_missing

# crate NAME VERSION [FEATURES]: a command of cargo's.
crate() {
    "$tools/cargo/bin/$1" "${1#cargo-}" --version 2>/dev/null | grep -q "$2" ||
        cargo install --quiet --locked --root "$tools/cargo" --target-dir "$tools/cargo/build" --features "${3:-}" "$1@$2"
}
crate cargo-deb 3.8.0
crate cargo-about 0.9.3 cli
crate cargo-cyclonedx 0.5.9

maturin=1.16.0
hash=837db2f4d93d4899c3ac393fb3cc9eebf35b6002336e5d574f4a4fb6c49fe283
python="$tools/dist-venv/bin/python"
"$python" -m pip --version >/dev/null 2>&1 || python3 -m venv "$tools/dist-venv"
"$tools/dist-venv/bin/maturin" --version 2>/dev/null | grep -q "$maturin" || {
    echo "maturin==$maturin --hash=sha256:$hash" >"$tools/dist-venv/wanted.txt"
    "$python" -m pip install --quiet --disable-pip-version-check --only-binary=:all: --require-hashes \
        --requirement "$tools/dist-venv/wanted.txt"
}
