//! Files are written whole or not at all.

use crate::tools;
use std::path::Path;
use std::process::Command;
use tournee::write::{OutputFile, WriteError, write_files};

fn file(path: &str, bytes: &[u8]) -> OutputFile {
    OutputFile { path: path.into(), bytes: bytes.to_vec() }
}

/// All that is in a folder, folders with a `/` at the end.
fn listing(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().display().to_string();
            names.push(if path.is_dir() { format!("{name}/") } else { name });
            if path.is_dir() {
                open.push(path);
            }
        }
    }
    names.sort();
    names
}

#[test]
fn files_are_made_and_replaced_and_others_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("other.txt"), "mine").unwrap();
    let out = folder.path().join("new/out");
    write_files(&out, &[file("plan.json", b"old"), file("calendars/a.ics", b"a")]).unwrap();
    write_files(&out, &[file("plan.json", b"new")]).unwrap();
    write_files(folder.path(), &[]).unwrap();
    assert_eq!(std::fs::read(out.join("plan.json")).unwrap(), b"new");
    let all = ["new/", "new/out/", "new/out/calendars/", "new/out/calendars/a.ics", "new/out/plan.json", "other.txt"];
    assert_eq!(listing(folder.path()), all);
}

#[cfg(unix)]
#[test]
fn a_new_file_may_be_read_by_those_who_may_read_any_new_file() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("usual"), "").unwrap();
    write_files(folder.path(), &[file("ours", b"")]).unwrap();
    let mode = |name| std::fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
    assert_eq!(mode("ours"), mode("usual"));
}

#[test]
fn a_path_out_of_the_folder_or_given_twice_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for path in ["../a", "/a", "", ".", "b/../../a"] {
        let error = write_files(folder.path(), &[file("good", b""), file(path, b"")]).unwrap_err();
        assert!(matches!(&error, WriteError::Path { path: p } if p == path), "{path}: {error}");
    }
    let error = write_files(folder.path(), &[file("a", b"1"), file("a", b"2")]).unwrap_err();
    assert!(matches!(error, WriteError::Path { .. }));
    assert_eq!(listing(folder.path()), [""; 0]);
}

#[test]
fn a_file_where_a_folder_is_needed_stops_everything() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("calendars"), "a file").unwrap();
    let files = [file("plan.json", b"{}"), file("new/b", b""), file("calendars/a.ics", b"a")];
    let error = write_files(folder.path(), &files).unwrap_err();
    assert!(matches!(&error, WriteError::Folder { path, .. } if path.ends_with("calendars")), "{error}");
    assert_eq!(listing(folder.path()), ["calendars"]);
}

#[test]
fn a_folder_where_a_file_is_to_go_stops_everything() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("visits.csv")).unwrap();
    let error = write_files(folder.path(), &[file("plan.json", b"{}"), file("visits.csv", b"")]).unwrap_err();
    assert!(matches!(&error, WriteError::Write { path, .. } if path.ends_with("visits.csv")), "{error}");
    assert_eq!(listing(folder.path()), ["visits.csv/"]);
}

/// A folder on a file system of 256 KiB. The test of this name runs itself again in a mount
/// namespace of its own, where the file system goes away with the process; there it is given
/// the folder, here it has nothing left to do.
#[cfg(target_os = "linux")]
fn small_disk(test: &str) -> Option<std::path::PathBuf> {
    if let Some(folder) = std::env::var_os("TOURNEE_SMALL_DISK") {
        return Some(folder.into());
    }
    let folder = tempfile::tempdir().unwrap();
    let run = |command: &str| {
        Command::new("unshare")
            .args(["--mount", "--map-root-user", "sh", "-c", command, "sh"])
            .arg(folder.path())
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", &format!("write::{test}")])
            .env("TOURNEE_SMALL_DISK", folder.path())
            .output()
    };
    let mount = "mount -t tmpfs -o size=256k tmpfs \"$1\"";
    if !run(mount).is_ok_and(|r| r.status.success()) {
        tools::skipped("no small disk could be mounted: needs unshare and mount, as root or in a user namespace");
        return None;
    }
    let run = run(&format!("{mount} && shift && exec \"$@\"")).unwrap();
    let out = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{out}{}", String::from_utf8_lossy(&run.stderr));
    assert!(out.contains("1 passed"), "{out}");
    None
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_the_old_files_whole() {
    let Some(folder) = small_disk("a_full_disk_leaves_the_old_files_whole") else { return };
    let old = [file("plan.json", b"old"), file("visits.csv", b"old")];
    write_files(&folder, &old).unwrap();
    let files = [file("plan.json", b"new"), file("calendars/all.ics", &[b'x'; 400_000]), file("visits.csv", b"new")];
    let error = write_files(&folder, &files).unwrap_err();
    let WriteError::Write { path, source } = &error else { panic!("{error}") };
    assert!(path.ends_with("all.ics"), "{error}");
    assert_eq!(source.kind(), std::io::ErrorKind::StorageFull);
    assert_eq!(listing(&folder), ["plan.json", "visits.csv"]);
    for name in ["plan.json", "visits.csv"] {
        assert_eq!(std::fs::read(folder.join(name)).unwrap(), b"old", "{name}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let Some(folder) = small_disk("a_folder_that_cannot_be_written_is_named") else { return };
    write_files(&folder, &[file("plan.json", b"old")]).unwrap();
    let remount = Command::new("mount").args(["-o", "remount,ro"]).arg(&folder).status().unwrap();
    assert!(remount.success());
    let error = write_files(&folder, &[file("plan.json", b"new")]).unwrap_err();
    assert!(matches!(&error, WriteError::Write { path, .. } if path.ends_with("plan.json")), "{error}");
    let error = write_files(&folder.join("out"), &[file("plan.json", b"new")]).unwrap_err();
    assert!(matches!(&error, WriteError::Folder { path, .. } if path.ends_with("out")), "{error}");
    assert_eq!(std::fs::read(folder.join("plan.json")).unwrap(), b"old");
    assert_eq!(listing(&folder), ["plan.json"]);
}
