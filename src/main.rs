//! The thin binary: parse, call, exit.
#![forbid(unsafe_code)]

fn main() -> std::process::ExitCode {
    tournee::cli::main(std::env::args_os()).into()
}
