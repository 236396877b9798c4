//! Tells the linker where the solver's library lies when the program runs, and the builder what a build will take.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var_os("CARGO_FEATURE_SYSTEM_HIGHS").is_none() {
        return;
    }
    // The same question as the build script of highs-sys asks, so that both have the same answer.
    match pkg_config::Config::new().atleast_version("1.5.0").cargo_metadata(false).probe("highs") {
        Ok(found) => {
            for folder in found.link_paths {
                let folder = folder.canonicalize().unwrap_or(folder);
                println!("cargo::rustc-link-arg=-Wl,-rpath,{}", folder.display());
            }
        }
        Err(_) => println!(
            "cargo::warning=HiGHS is built from its sources, which takes minutes; `make setup` fetches it ready-made."
        ),
    }
}
