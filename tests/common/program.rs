//! The program as its users call it, from the project folder.
#![allow(dead_code)]

use std::process::Command;

/// Search nodes of a solve that has no other limit: more than any of the tests needs, so that it ends by its gap, and
/// no result depends on how fast the machine is.
const NODES: &str = "20000";

/// Exit code, standard output, standard error.
pub fn run(arguments: &[&str]) -> (i32, String, String) {
    let out = command(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (out.status.code().unwrap(), text(out.stdout), text(out.stderr))
}

/// The program with its arguments, in the project folder. A solve is limited by its work where nothing else is asked
/// for: without that it would be by the clock.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tournee"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments);
    let solves = matches!(arguments.first(), Some(&("plan" | "explain" | "replan"))) || arguments.contains(&"--detour");
    let limited = ["--time-limit", "--node-limit", "--help"].iter().any(|limit| arguments.contains(limit));
    if solves && !limited {
        command.args(["--node-limit", NODES]);
    }
    command
}
