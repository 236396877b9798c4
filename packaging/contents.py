"""Adds to a CycloneDX list of crates (standard input) what else is in the packages: the solver, the libraries of this
system and of Rust that the program in one file is linked with, the certificates of the image, and the data."""

import json
import subprocess
import sys


def output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def debian(package: str) -> tuple[str, str]:
    version = output("dpkg-query", "--show", "--showformat=${Version}", package)
    return version, f"pkg:deb/debian/{package}@{version}?arch=amd64&distro=bookworm"


def component(name: str, licence: str, version: str, purl: str | None, holds: str, kind: str = "library") -> dict:
    entry = {
        "type": kind,
        "bom-ref": purl or f"{name}@{version}",
        "name": name,
        "version": version,
        "description": holds,
        "licenses": [{"license": {"name": licence}}],
    }
    return entry | ({"purl": purl} if purl else {})


with open(sys.argv[1], encoding="utf-8") as file:
    parts = dict(line.strip().split("=") for line in file if line.startswith("HIGHS_"))
highs = ".".join(parts[f"HIGHS_{part}"] for part in ("MAJOR", "MINOR", "PATCH"))
rust = output("rustc", "--version").split()[1]
single = "linked into the tarball's, the wheel's and the image's program"
document = json.load(sys.stdin)
released = document["metadata"]["component"]["version"]
document["components"] += [
    component("HiGHS", "MIT", highs, f"pkg:github/ERGO-Code/HiGHS@v{highs}", "linked into every package"),
    component("rust-std", "MIT OR Apache-2.0", rust, None, "linked into every package"),
    component("glibc", "LGPL-2.1-or-later", *debian("libc6"), single),
    component("libstdc++ and libgcc", "GPL-3.0-or-later WITH GCC-exception-3.1", *debian("libstdc++6"), single),
    component("ca-certificates", "MPL-2.0", *debian("ca-certificates"), "in the image", "data"),
    component("ground of Hauts-de-France", "ODbL-1.0, Licence Ouverte 2.0, CC-BY-4.0", released, None, "in every package", "data"),
]
json.dump(document, sys.stdout, indent=2, ensure_ascii=False)
print()
