#!/bin/bash
# dist.sh OUT: makes, of the commit that is checked out, a Debian package, a portable tarball, a Python wheel and a
# container image, with their checksums and the list of what is in them (CycloneDX). The same commit gives the same
# bytes, whatever the folder and the day, as long as the machine's compilers and certificates are the same.
set -euo pipefail
umask 022

cd "$(dirname "$0")/.."
if [ "$(uname -s) $(uname -m)" != "Linux x86_64" ]; then
    echo "Packages can be made on Linux on x86-64 only." >&2
    exit 1
fi
# What the Debian package needs of the system, and what the others hold of it, is that of the machine which makes them.
if [ "$(. /etc/os-release && echo "$ID$VERSION_ID")" != debian12 ]; then
    echo "Packages are made on Debian 12, so that they run there and on what is newer." >&2
    exit 1
fi
mkdir -p "$1"
folder=$(cd "$1" && pwd)
mkdir -p "${CARGO_TARGET_DIR:-target}"
tools="$(cd "${CARGO_TARGET_DIR:-target}" && pwd)/tools"
packaging/tools.sh
export PATH="$tools/cargo/bin:$tools/dist-venv/bin:$PATH"

if [ -n "$(git status --porcelain)" ]; then
    echo "There are changes that are not committed: they are not packed." >&2
fi
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
commit=$(git rev-parse HEAD)

# In a folder of its own, with nothing but what is committed, and flags of its own.
build=$(mktemp -d "${TMPDIR:-/var/tmp}/tournee-dist.XXXXXX")
trap 'rm -rf "$build"' EXIT
git archive HEAD | tar -x -C "$build"
cd "$build"
# All or nothing: the packages are moved when all are there.
out="$build/out"
mkdir "$out"
home=${CARGO_HOME:-$HOME/.cargo}
case "$build$home" in
    *[[:blank:]]*)
        echo "Packages cannot be made below a folder with a blank in its name: $build, $home (TMPDIR, CARGO_HOME)." >&2
        exit 1
        ;;
esac
unset CC CXX RUSTC_WRAPPER "${!CARGO_PROFILE_@}"
unset RUSTFLAGS LDFLAGS CARGO_ENCODED_RUSTFLAGS CARGO_BUILD_RUSTFLAGS
unset CARGO_BUILD_TARGET CARGO_BUILD_TARGET_DIR CARGO_BUILD_BUILD_DIR
export CARGO_TARGET_DIR="$build/target"
export LC_ALL=C.UTF-8 TZ=UTC
export CFLAGS="-ffile-prefix-map=$build=/tournee -ffile-prefix-map=$home=/cargo"
export CXXFLAGS="$CFLAGS"
# HiGHS from its sources, linked statically (--no-default-features): nothing that this machine has ready-made.
export CMAKE_TOOLCHAIN_FILE="$build/packaging/highs.cmake"
remap="--remap-path-prefix=$build=/tournee --remap-path-prefix=$home=/cargo"
target=x86_64-unknown-linux-gnu
static=(--no-default-features --features static-dns)

echo "1. The program in one file, linked statically" >&2
export CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS="$remap -C target-feature=+crt-static"
cargo build --locked --profile dist --target "$target" "${static[@]}"
single="$build/target/$target/dist/tournee"
if readelf -d "$single" | grep -q NEEDED; then
    echo "The program in one file needs libraries of the system." >&2
    exit 1
fi

echo "2. The program for Debian, linked with the system's C and C++ libraries" >&2
RUSTFLAGS="$remap" cargo build --locked --profile dist --no-default-features
program="$build/target/dist/tournee"

echo "3. Manual, completions, licences" >&2
made=packaging/build
mkdir -p "$made/completions"
"$program" manual "$made/manual" --lang en
"$program" completions bash >"$made/completions/tournee.bash"
"$program" completions zsh >"$made/completions/_tournee"
"$program" completions fish >"$made/completions/tournee.fish"
# Of all platforms, as the tools below want them.
cargo fetch --quiet --locked
# Of what the program in one file holds of this system and of Rust.
system_licences=(/usr/share/doc/libc6/copyright /usr/share/doc/libstdc++6/copyright /usr/share/common-licenses/LGPL-2.1
    /usr/share/common-licenses/GPL-3 "$(rustc --print sysroot)/share/doc/rust/COPYRIGHT-library.html")
for file in "${system_licences[@]}"; do
    [ -s "$file" ] || { echo "There is no $file, which belongs into the packages." >&2; exit 1; }
done
highs=$(cargo metadata --locked --format-version 1 | python3 -c '
import json, os, sys
print(next(os.path.dirname(p["manifest_path"]) for p in json.load(sys.stdin)["packages"] if p["name"] == "highs-sys"))')
{
    echo "tournee is licensed under MIT or Apache 2.0. Its packages also hold what follows."
    echo
    echo "The ground of Hauts-de-France (routes/): see DATA.md, or routes/README.md. Roads: (c) OpenStreetMap contributors,"
    echo "ODbL 1.0. Communes, populations, outlines: IGN, INSEE, DILA, Licence Ouverte 2.0. Some positions: GeoNames, CC BY 4.0."
    echo
    echo "Linked statically into the portable program (tarball, wheel, image): glibc, LGPL 2.1 or later, of Debian 12; the"
    echo "sources and packaging/dist.sh of this project link it anew with another. libstdc++ and libgcc: GPL 3 with the GCC"
    echo "runtime library exception. The Rust standard library, MIT or Apache 2.0: (c) The Rust Project Developers. Their texts stand"
    echo "below. The image also holds the certificates of Debian's ca-certificates: Mozilla's, MPL 2.0."
    echo
    echo "--------------------------------------------------------------------------------"
    echo "HiGHS"
    echo
    cat "$highs/HiGHS/LICENSE.txt"
    echo
    cat "$highs/HiGHS/THIRD_PARTY_NOTICES.md"
    for file in "${system_licences[@]}"; do
        echo
        echo "--------------------------------------------------------------------------------"
        echo "$(basename "$(dirname "$file")")/$(basename "$file")"
        echo
        case "$file" in
            *.html) python3 -c 'import html, re, sys; print(html.unescape(re.sub(r"\n\s*\n+", "\n\n", re.sub(r"<[^>]*>", "", sys.stdin.read()))))' <"$file" ;;
            *) cat "$file" ;;
        esac
    done
    cargo about generate --frozen --fail "${static[@]}" --config packaging/about.toml packaging/about.hbs
} >"$made/THIRD-PARTY.txt"
cp routes/README.md "$made/DATA.md"
{
    cat LICENSE-MIT
    echo
    echo "Or, at your choice, the Apache License 2.0: /usr/share/common-licenses/Apache-2.0."
    echo "What the program holds of others: /usr/share/doc/tournee/THIRD-PARTY.txt; the data: /usr/share/tournee/routes/README.md."
} >"$made/copyright"
{
    echo "tournee ($version-1) unstable; urgency=medium"
    echo
    echo "  * Release $version, commit $commit."
    echo
    echo " -- The tournee developers <tournee@localhost>  $(date -u -R -d "@$SOURCE_DATE_EPOCH")"
} >"$made/changelog"

# stamped FOLDER: everything in it is of the commit's time.
stamped() {
    find "$1" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
}

# tarred FOLDER: a tar of it that says nothing of this machine.
tarred() {
    tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX --format=gnu -C "$(dirname "$1")" -c "$(basename "$1")"
}

echo "4. Debian package" >&2
stamped "$build/packaging" && stamped "$build/config" && stamped "$build/routes"
cargo deb --locked --no-build --no-strip --profile dist --output "$out/tournee_${version}_amd64.deb" >/dev/null

echo "5. Tarball" >&2
name="tournee-$version-x86_64-linux"
mkdir -p "$build/tar/$name"
cp "$single" README.md CHANGELOG.md LICENSE-MIT LICENSE-APACHE "$made/THIRD-PARTY.txt" "$made/DATA.md" "$build/tar/$name/"
cp -r "$made/manual" "$made/completions" "$build/tar/$name/"
tarred "$build/tar/$name" | gzip -9 -n >"$out/$name.tar.gz"

echo "6. Python wheel" >&2
cp LICENSE-MIT LICENSE-APACHE "$made/THIRD-PARTY.txt" "$made/DATA.md" packaging/python/
(cd packaging/python && maturin build --quiet --locked --profile dist --target "$target" "${static[@]}" \
    --compatibility manylinux_2_17 --out "$out")

echo "7. Container image" >&2
rootfs="$build/rootfs"
mkdir -p "$rootfs/etc/ssl/certs" "$rootfs/usr/share/doc/tournee" "$rootfs/tmp" "$build/data"
cp "$single" "$rootfs/tournee"
cp /etc/ssl/certs/ca-certificates.crt "$rootfs/etc/ssl/certs/"
cp LICENSE-MIT LICENSE-APACHE "$made/THIRD-PARTY.txt" "$made/DATA.md" "$rootfs/usr/share/doc/tournee/"
chmod 1777 "$rootfs/tmp"
stamped "$rootfs"
stamped "$build/data"
store=(--storage-driver vfs --root "$build/store" --runroot "$build/run")
container=$(buildah "${store[@]}" from scratch)
buildah "${store[@]}" copy --quiet "$container" "$rootfs" / >/dev/null
buildah "${store[@]}" copy --quiet --chown 65532:65532 "$container" "$build/data" /data >/dev/null
buildah "${store[@]}" config --entrypoint '["/tournee"]' --cmd '[]' --user 65532:65532 --workingdir /data --env HOME=/data \
    --label org.opencontainers.image.title=tournee --label "org.opencontainers.image.version=$version" \
    --label "org.opencontainers.image.revision=$commit" --label "org.opencontainers.image.licenses=MIT OR Apache-2.0" "$container"
buildah "${store[@]}" commit --quiet --timestamp "$SOURCE_DATE_EPOCH" --format oci "$container" "tournee:$version" >/dev/null
buildah "${store[@]}" push --quiet "tournee:$version" "oci:$build/image:tournee:$version" >/dev/null
buildah "${store[@]}" rm "$container" >/dev/null
# One image, in the layout of the Open Container Initiative, as podman load and skopeo read it; its layers are compressed.
tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --format=gnu -C "$build/image" \
    -cf "$out/tournee-$version-oci.tar" blobs index.json oci-layout

echo "8. What is in them" >&2
cargo cyclonedx --quiet --format json --target "$target" "${static[@]}" --override-filename "tournee-$version.cdx"
# The root is named by where it was built, which says nothing to anybody.
sed "s#path+file://$build\#\(tournee@\)\{0,1\}#pkg:cargo/tournee@#g" "tournee-$version.cdx.json" |
    python3 packaging/contents.py "$highs/HiGHS/Version.txt" >"$out/tournee-$version.cdx.json"

(cd "$out" && sha256sum -- *.deb *.tar.gz *.tar *.whl *.json >SHA256SUMS)
cp "$out"/* "$folder/"
(cd "$out" && du -k -- * | awk '{ print "   ", $1 " KiB", $2 }') >&2
echo "all in $folder, with SHA256SUMS" >&2
