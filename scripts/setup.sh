#!/bin/sh
# Installs what a build needs besides Rust. HiGHS, the linear-programming solver, is fetched ready-made
# (scripts/highs.sh), and where it cannot be had, built from its C++ sources (cmake, make, g++). Its C interface is read
# with libclang.
# Run it as often as you like: it touches nothing, not even the network, when nothing is missing.
set -eu

cd "$(dirname "$0")/.."
. scripts/debian.sh

if ! command -v cargo >/dev/null 2>&1; then
    wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
    echo "Rust is missing: install Rust $wanted or later with rustup (https://rustup.rs), then try again." >&2
    exit 1
fi

# any PATTERN...: whether a file matches.
any() {
    for file in "$@"; do
        [ -e "$file" ] && return 0
    done
    return 1
}

# bindgen needs the library and clang's own headers (stddef.h …).
has_libclang() {
    [ -n "${LIBCLANG_PATH:-}" ] && return 0
    any /usr/lib/llvm-*/lib/libclang*.so* /usr/lib/*/libclang*.so* /usr/lib64/libclang*.so* /usr/lib/libclang*.so* &&
        any /usr/lib/llvm-*/lib/clang/*/include/stddef.h /usr/lib/clang/*/include/stddef.h /usr/lib64/clang/*/include/stddef.h
}

# What only the ready-made HiGHS needs is installed where that can be done, named to a user without rights whom something
# else is missing, too, and gone without where it cannot be had.
want pkg-config pkg-config
want python3 python3
python3 -c 'import ensurepip' >/dev/null 2>&1 || missing="$missing python3-venv"
[ -e /etc/ssl/certs/ca-certificates.crt ] || missing="$missing ca-certificates"
useful=$missing
missing=""
want cc gcc
has_libclang || missing="$missing libclang-dev"
if [ "$(id -u)" -ne 0 ]; then
    [ -z "$missing" ] || missing="$missing$useful"
    install_missing
else
    install_missing
    missing=$useful
    (install_missing) || true
    missing=""
fi
scripts/highs.sh
if [ ! -e target/tools/highs/lib/libhighs.so ]; then
    want cmake cmake
    want make make
    want c++ g++
    install_missing
fi
