//! `tournee codes` lists every code that the program can print.
//!
//! A code can only come from an enum whose every variant is in the list. What these tests add is
//! that nobody goes round the enums: they read the sources.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the program lists, in a language.
fn listed(lang: &str) -> Vec<Value> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tournee"));
    let out = command.args(["codes", "--format", "json", "--lang", lang]).output().unwrap();
    assert!(out.status.success());
    serde_json::from_slice(&out.stdout).unwrap()
}

fn field<'a>(line: &'a Value, name: &str) -> &'a str {
    line[name].as_str().unwrap_or_else(|| panic!("no {name} in {line}"))
}

/// Every source file, without the tests at its end.
fn sources() -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, out: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, out);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let end = text.find("#[cfg(test)]").unwrap_or(text.len());
                out.push((path, text[..end].to_owned()));
            }
        }
    }
    let mut out = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut out);
    out.sort();
    assert!(out.len() > 100, "{}", out.len());
    out
}

/// What stands between quotation marks on one line, comments left out.
fn literals(text: &str) -> impl Iterator<Item = &str> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(|line| line.split('"').skip(1).step_by(2))
}

/// `CSV-number`, `R7-site-fit`, `table-time`: a prefix in capitals, or `table`, then small words.
fn is_code(text: &str) -> bool {
    let Some((prefix, rest)) = text.split_once('-') else { return false };
    let capitals = prefix.starts_with(|c: char| c.is_ascii_uppercase())
        && prefix.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    let small = rest.starts_with(|c: char| c.is_ascii_lowercase())
        && rest.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    (capitals || prefix == "table") && small
}

#[test]
fn every_code_in_the_sources_is_listed_and_written_once() {
    let listed: BTreeSet<String> = listed("en").iter().map(|l| field(l, "code").to_owned()).collect();
    let mut written: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for (path, text) in sources() {
        for literal in literals(&text).filter(|l| is_code(l)) {
            written.entry(literal.to_owned()).or_default().push(path.clone());
        }
    }
    assert!(written.len() > 100, "{}", written.len());
    for (code, places) in &written {
        assert!(listed.contains(code), "{code} of {places:?} is not in `tournee codes`");
        assert_eq!(places.len(), 1, "{code} is written by hand somewhere: {places:?}");
    }
    for code in listed.iter().filter(|c| is_code(c)) {
        assert!(written.contains_key(code), "{code} is listed, and not found in the sources: mend this test");
    }
}

/// A code in quotation marks where an enum's belongs.
#[test]
fn no_code_is_made_up_on_the_spot() {
    for (path, text) in sources() {
        for made_up in ["code: \"", "\"code\": \"", "code: format!", "error_json(\""] {
            assert!(!text.contains(made_up), "{made_up} in {}", path.display());
        }
    }
}

#[test]
fn every_code_is_explained_in_both_languages_and_unique() {
    let (fr, en) = (listed("fr"), listed("en"));
    assert_eq!(fr.len(), en.len());
    let mut seen = BTreeSet::new();
    for (fr, en) in fr.iter().zip(&en) {
        let code = field(fr, "code");
        assert_eq!(code, field(en, "code"));
        assert!(seen.insert(code), "{code} is there twice");
        for name in ["cause", "mend"] {
            assert!(!field(fr, name).is_empty() && field(fr, name) != field(en, name), "{code}: {name}");
        }
    }
    let kinds: BTreeSet<&str> = en.iter().map(|l| field(l, "kind")).collect();
    assert_eq!(kinds, BTreeSet::from(["error", "failure", "rule", "warning"]));
    // What people read has them all too.
    let out = Command::new(env!("CARGO_BIN_EXE_tournee")).arg("codes").output().unwrap();
    let text = String::from_utf8(out.stdout).unwrap();
    for code in seen {
        assert!(text.contains(&format!("{code}\u{a0}:")), "{code}");
    }
}
