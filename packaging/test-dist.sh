#!/bin/bash
# Makes the packages twice, in two folders, and compares them; then installs each into a clean root, plans the demo week
# with it, checks the plan, and removes it again. As root; about half an hour.
set -euo pipefail

cd "$(dirname "$0")/.."
. scripts/debian.sh
want debootstrap debootstrap
want buildah buildah
install_missing
if [ "$(id -u)" -ne 0 ]; then
    echo "Clean roots can only be made by root." >&2
    exit 1
fi

work=$(mktemp -d "${TMPDIR:-/var/tmp}/tournee-roots.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "${CARGO_TARGET_DIR:-target}"
dist="$(cd "${CARGO_TARGET_DIR:-target}" && pwd)/dist-packages"
rm -rf "$dist"
packaging/dist.sh "$dist/first"
packaging/dist.sh "$dist/second"
diff "$dist/first/SHA256SUMS" "$dist/second/SHA256SUMS"
echo "ok: made twice in two folders, with the same bytes"
packages="$dist/first"
lintian --fail-on error,warning --allow-root "$packages"/*.deb
echo "ok: lintian has nothing to say"

# bootstrap FOLDER PACKAGES: a clean Debian, from where this machine has its packages.
bootstrap() {
    local mirror codename
    codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
    mirror=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' |
        awk -v codename="$codename" '!found && $2 == codename { print $1; found = 1 }')
    if ! debootstrap --variant=minbase ${2:+--include="$2"} "$codename" "$1" ${mirror:+"$mirror"} >"$work/debootstrap.log" 2>&1; then
        tail -n 5 "$work/debootstrap.log" >&2
        echo "A clean Debian could not be made. Where this machine refuses mounts or devices, that is why." >&2
        exit 1
    fi
}

# planned FOLDER: a week as `plan --out` writes it, the same by every package.
planned() {
    for file in plan.json visits.csv invitations.csv calendars/toutes-les-visites.ics; do
        [ -s "$1/$file" ] || { echo "$1 has no $file" >&2; exit 1; }
    done
    [ -e "$work/plan.json" ] || cp "$1/plan.json" "$work/plan.json"
    cmp "$1/plan.json" "$work/plan.json"
}

echo "Debian package" >&2
root="$work/deb"
bootstrap "$root" ""
cp "$packages"/*.deb "$root/tmp/tournee.deb"
chroot "$root" dpkg --install /tmp/tournee.deb
chroot "$root" sh -ec 'cd /tmp; tournee plan nord --out week; tournee check week/plan.json --scenario nord; tournee scenarios | grep nord'
planned "$root/tmp/week"
for file in man/fr/man1/tournee-plan.1 man/man1/tournee.1 doc/tournee/THIRD-PARTY.txt doc/tournee/copyright; do
    [ -s "$root/usr/share/$file" ] || [ -s "$root/usr/share/$file.gz" ] || { echo "no $file" >&2; exit 1; }
done
chroot "$root" dpkg --purge tournee
left=$(find "$root/usr" "$root/etc" -name '*tournee*')
[ -z "$left" ] || { echo "left behind: $left" >&2; exit 1; }
echo "ok: the Debian package is installed, plans, and is removed whole"

echo "tarball, in a root that holds nothing else" >&2
root="$work/tar"
mkdir "$root"
tar -xzf "$packages"/tournee-*-linux.tar.gz -C "$root" --strip-components 1
chroot "$root" /tournee plan nord --out /week
chroot "$root" /tournee check /week/plan.json --scenario nord
planned "$root/week"
echo "ok: the bare program plans in an empty root"

echo "Python wheel" >&2
root="$work/wheel"
bootstrap "$root" "python3-venv,pipx"
cp "$packages"/*.whl "$root/tmp/"
chroot "$root" sh -ec 'cd /tmp; export HOME=/home/user; mkdir -p $HOME; pipx install --pip-args=--no-index ./*.whl; PATH=$HOME/.local/bin:$PATH
    tournee plan nord --out week; tournee check week/plan.json --scenario nord; pipx uninstall tournee; [ ! -e $HOME/.local/bin/tournee ]'
planned "$root/tmp/week"
echo "ok: the wheel is installed by pipx, plans, and is removed"

echo "container image" >&2
store=(--storage-driver vfs --root "$work/store" --runroot "$work/run")
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
container=$(buildah "${store[@]}" from "oci-archive:$(echo "$packages"/tournee-*-oci.tar):tournee:$version")
root=$(buildah "${store[@]}" mount "$container")
# As its configuration says that it is run: user, folder, environment, program.
config=$(buildah "${store[@]}" inspect "$container" | python3 -c '
import json, shlex, sys
c = json.load(sys.stdin)["OCIv1"]["config"]
print("user=" + shlex.quote(c["User"]), "folder=" + shlex.quote(c["WorkingDir"]),
      "environment=(" + shlex.join(c["Env"]) + ")", "entry=(" + shlex.join(c["Entrypoint"]) + ")")')
eval "$config"
[ "$user" = 65532:65532 ] || { echo "the image runs as $user" >&2; exit 1; }
image() { env -i "${environment[@]}" unshare --root="$root" --wd="$folder" --setgid=65532 --setuid=65532 "$@"; }
image "${entry[@]}" plan nord --out week
image "${entry[@]}" check week/plan.json --scenario nord
planned "$root$folder/week"
buildah "${store[@]}" umount "$container" >/dev/null
buildah "${store[@]}" rm "$container" >/dev/null
echo "ok: the image plans, as a user without rights"
# The packages hold HiGHS as built from its sources; the program of `make demo` may hold the ready-made one.
cargo build --release --locked
"${CARGO_TARGET_DIR:-target}/release/tournee" plan nord --out "$work/here" >/dev/null
planned "$work/here"
echo "ok: the same plan by the program built here"
cat "$packages/SHA256SUMS"
