//! Puts the shipped scenarios and the ground they run on into the program, and tells the linker where the solver's
//! library lies when the program runs.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    shipped();
    if env::var_os("CARGO_FEATURE_SYSTEM_HIGHS").is_some() {
        solver();
    }
}

/// Writes `shipped.rs`: the path and the bytes of every scenario and table, in the order of paths.
fn shipped() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("set by Cargo"));
    let mut files = Vec::new();
    for folder in ["config", "routes"] {
        println!("cargo::rerun-if-changed={folder}");
        files_below(&root.join(folder), &mut files);
    }
    files.sort();
    let mut text = String::from("[\n");
    for file in files {
        let name = file.strip_prefix(&root).expect("it lies there").to_str().expect("its name is plain");
        let _ = writeln!(text, "    ({name:?}, include_bytes!({:?})),", file.display().to_string());
    }
    text.push(']');
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("set by Cargo"));
    fs::write(out.join("shipped.rs"), text).expect("the build folder can be written");
}

/// What a plan reads: not the schemas, which are built in by themselves, and not what builds the ground.
fn files_below(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            if !path.ends_with("routes/build") {
                files_below(&path, files);
            }
        } else if path.extension().is_some_and(|end| ["toml", "csv", "gz", "geojson", "md"].iter().any(|e| end == *e)) {
            files.push(path);
        }
    }
}

/// Tells where HiGHS was found ready-made, or that it is being built.
fn solver() {
    let folder = env::var_os("PKG_CONFIG_LIBDIR").map(PathBuf::from).unwrap_or_default();
    // A file that is not there counts as changed at every build; scripts/highs.sh cleans what was built without it.
    let found = folder.join("highs.pc");
    if found.exists() {
        println!("cargo::rerun-if-changed={}", found.display());
    }
    // The same question as the build script of highs-sys asks, so that both have the same answer.
    #[cfg(feature = "system-highs")]
    match pkg_config::Config::new().atleast_version("1.5.0").cargo_metadata(false).probe("highs") {
        Ok(found) => {
            for folder in found.link_paths {
                let folder = folder.canonicalize().unwrap_or(folder);
                for argument in ["-rpath", &folder.display().to_string()] {
                    println!("cargo::rustc-link-arg=-Xlinker");
                    println!("cargo::rustc-link-arg={argument}");
                }
            }
        }
        Err(_) => println!(
            "cargo::warning=HiGHS is built from its sources, which takes minutes; `make setup` fetches it ready-made."
        ),
    }
}
