//! `tournee manual`: the manual pages, in both languages, for whoever packages the program.

use super::args::ManualArgs;
use super::{Context, ExitStatus, Failure, files, help, output};
use crate::i18n::Lang;
use crate::write::{OutputFile, write_files};
use clap::Command;
use clap_mangen::Man;

/// Headings that clap writes otherwise than manual pages do (man-pages(7)): clap's, the English one, the French one.
const HEADINGS: &[(&str, &str, &str)] = &[
    (".SH NAME\n", ".SH NAME\n", ".SH NOM\n"),
    (".SH Commands\n", ".SH COMMANDS\n", ""),
    (".SH Commandes\n", "", ".SH COMMANDES\n"),
    (".SH EXTRA\n", ".SH NOTES\n", ".SH NOTES\n"),
];

/// Writes `man1/` (English) and `fr/man1/` (French) below a folder: a page of the program and one of each command.
pub(super) fn run(context: Context, args: &ManualArgs) -> Result<ExitStatus, Failure> {
    files::prepare(&args.folder)?;
    let mut pages = Vec::new();
    for (lang, folder) in [(Lang::En, "man1"), (Lang::Fr, "fr/man1")] {
        let mut command = help::command(lang);
        // With what all commands have in common.
        command.build();
        pages.push(page(command.clone(), folder, lang)?);
        for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
            // Clap wants names that last as long as the program.
            let name: &'static str = Box::leak(format!("tournee-{}", sub.get_name()).into_boxed_str());
            let called = format!("tournee {}", sub.get_name());
            pages.push(page(sub.clone().name(name).bin_name(called), folder, lang)?);
        }
    }
    write_files(&args.folder, &pages)?;
    let (count, shown) = (pages.len(), args.folder.display());
    output::talk(&match context.lang {
        Lang::Fr => format!("{count} pages de manuel écrites dans {shown}."),
        Lang::En => format!("{count} manual pages written to {shown}."),
    });
    Ok(ExitStatus::Done)
}

fn page(command: Command, folder: &str, lang: Lang) -> Result<OutputFile, Failure> {
    let path = format!("{folder}/{}.1", command.get_name());
    let mut bytes = Vec::new();
    Man::new(command)
        .source(concat!("tournee ", env!("CARGO_PKG_VERSION")))
        .manual("tournee")
        .render(&mut bytes)
        .map_err(|error| Failure::internal(error.to_string()))?;
    let text = String::from_utf8(bytes).map_err(|error| Failure::internal(error.to_string()))?;
    let text = HEADINGS.iter().fold(text, |text, (of_clap, en, fr)| text.replace(of_clap, lang.pick(fr, en)));
    Ok(OutputFile { path, bytes: text.into_bytes() })
}
