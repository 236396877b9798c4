//! The command line: a file per command. Data goes to standard output, talk to standard error.

mod args;
mod args_benchmark;
mod args_compare;
mod benchmark;
mod check;
mod codes;
mod compare;
mod compare_text;
mod detour;
mod english;
mod exit;
mod explain;
mod explain_table;
mod explain_text;
mod failure;
mod failure_code;
mod figures;
mod files;
mod ground;
mod help;
mod infeasible;
mod init;
mod lock;
mod log;
mod manual;
mod margins;
mod names;
mod nothing;
mod output;
mod overview;
mod overview_table;
mod plan;
mod progress;
mod promise;
mod promise_text;
mod replan;
mod replan_text;
mod respond;
mod respond_text;
mod scenarios;
mod schema;
mod source;
mod stop;
mod summary;
mod travel;
mod trips;
mod unkept;
mod usage;
mod value;
mod visits;
mod week;
mod words;

pub use args::Format;
pub use exit::ExitStatus;
pub use failure::Failure;
pub use help::command;

use crate::i18n::Lang;
use args::{Cli, Command};
use clap::FromArgMatches as _;
use failure_code::FailureCode;
use std::ffi::OsString;

/// What every command knows of its surroundings.
#[derive(Debug, Clone, Copy)]
pub struct Context {
    /// Language of everything people read.
    pub lang: Lang,
    /// Form of the data on standard output.
    pub format: Format,
}

/// Runs one command line, program name first.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitStatus {
    refuse_large_files_softly();
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let lang = help::language_of(&arguments);
    let json = help::wants_json(&arguments);
    let parsed = command(lang).try_get_matches_from(arguments).and_then(|m| Cli::from_arg_matches(&m));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => return usage::report(&error, lang, json),
    };
    let context = Context { lang: cli.lang.into(), format: cli.format };
    let result = match cli.command {
        Command::Plan(args) => plan::run(context, &args),
        Command::Check(args) => check::run(context, &args),
        Command::Explain(args) => explain::run(context, &args),
        Command::Promise(args) => promise::run(context, &args),
        Command::Compare(args) => compare::run(context, &args),
        Command::Replan(args) => replan::run(context, &args),
        Command::Respond(args) => respond::run(context, &args),
        Command::Lock(args) => lock::run(context, &args),
        Command::Benchmark(args) => benchmark::run(context, &args),
        Command::Travel(args) => travel::run(context, &args),
        Command::Schema(args) => schema::schema(&args),
        Command::Scenarios => scenarios::run(context),
        Command::Init(args) => init::run(context, &args),
        Command::Codes => codes::run(context),
        Command::Manual(args) => manual::run(context, &args),
        Command::Completions(args) => schema::completions(context, &args),
    };
    result.unwrap_or_else(|failure| failure.report(context))
}

/// Lets a write beyond the size allowed for a file fail, as one on a full disk does, instead of ending the program halfway.
fn refuse_large_files_softly() {
    #[cfg(unix)]
    {
        /// File size limit exceeded; the same number in Linux and BSD.
        const SIGXFSZ: i32 = 25;
        let _ = signal_hook::flag::register(SIGXFSZ, std::sync::Arc::default());
    }
}
