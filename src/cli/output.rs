//! Standard output and standard error: what they can show, and how they fail.

use super::failure::Failure;
use crate::config::Problems;
use crate::i18n::{Lang, Text, is_control, reason, visible};
use std::io::{self, ErrorKind, IsTerminal as _, Write as _};

/// Width of what is written to something that is not a terminal.
const PAGE: usize = 100;
/// Nothing is made narrower than this.
const NARROWEST: usize = 60;
/// Long lines are hard to read.
const WIDEST: usize = 140;

/// Columns of standard output.
pub(super) fn width() -> usize {
    let columns = if io::stdout().is_terminal() { terminal_size::terminal_size_of(io::stdout()) } else { None };
    columns.map_or(PAGE, |(w, _)| usize::from(w.0)).clamp(NARROWEST, WIDEST)
}

/// Columns of standard error.
pub(super) fn talk_width() -> usize {
    let columns = if io::stderr().is_terminal() { terminal_size::terminal_size_of(io::stderr()) } else { None };
    columns.map_or(PAGE, |(w, _)| usize::from(w.0)).clamp(NARROWEST, WIDEST)
}

/// Whether colour is welcome on a stream: a terminal, and neither `NO_COLOR` nor a dumb one.
fn colour(terminal: bool) -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|v| !v.is_empty());
    terminal && !set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|t| t != "dumb")
}

/// The same for standard error.
pub(super) fn talk_colour() -> bool {
    colour(io::stderr().is_terminal())
}

/// Marks of a text that stands out, and of its end, until it is written: private characters, so that none of a terminal's
/// commands is in a text that goes through [`text`].
const BOLD: char = '\u{f0001}';
const PLAIN: char = '\u{f0002}';

/// Makes a title stand out where that is welcome.
pub(super) fn bold(text: &str) -> String {
    format!("{BOLD}{text}{PLAIN}")
}

/// Writes a text for people to standard output: what commands a terminal is shown as a mark.
pub(super) fn text(text: &str) -> Result<(), Failure> {
    let (bold, plain) = if colour(io::stdout().is_terminal()) { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") };
    data(visible(text).replace(BOLD, bold).replace(PLAIN, plain).as_bytes())
}

/// Writes data to standard output. A reader who has gone away is no error.
pub(super) fn data(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            let why = reason(&error);
            Err(Failure::output(Text::new(
                format!("impossible d'écrire sur la sortie standard : {}", why.fr),
                format!("cannot write to standard output: {}", why.en),
            )))
        }
        _ => Ok(()),
    }
}

/// Writes a JSON document, indented, to standard output.
pub(super) fn json(value: &impl serde::Serialize) -> Result<(), Failure> {
    data(&json_bytes(value)?)
}

fn is_hidden(c: char) -> bool {
    is_control(c) && c != '\n'
}

/// A JSON document as it is written to files: indented, with a newline at its end.
pub(super) fn json_bytes(value: &impl serde::Serialize) -> Result<Vec<u8>, Failure> {
    let mut text = serde_json::to_string_pretty(value).map_err(|e| Failure::internal(e.to_string()))?;
    // JSON's writer leaves some of them as they are.
    if text.contains(is_hidden) {
        text = text.chars().map(|c| if is_hidden(c) { format!("\\u{:04x}", u32::from(c)) } else { c.into() }).collect();
    }
    text.push('\n');
    Ok(text.into_bytes())
}

/// Says something on standard error: what commands a terminal is shown as a mark. Nothing can be done if nobody can be
/// told.
pub(super) fn talk(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{}", visible(text.trim_end()));
}

/// Tells problems on standard error, in colour where that is welcome.
pub(super) fn tell(problems: &Problems, lang: Lang) {
    if !problems.is_empty() {
        // Their texts have no commands but those of the colours.
        let text = problems.render(lang, talk_colour(), talk_width());
        let _ = writeln!(io::stderr().lock(), "{}", text.trim_end());
    }
}

/// Breaks a text into lines, the following ones indented.
pub(super) fn wrap(text: &str, width: usize, indent: usize) -> String {
    if text.contains('\n') {
        return text.split('\n').map(|line| wrap(line, width, indent)).collect::<Vec<_>>().join("\n");
    }
    let mut out = String::new();
    let mut column = 0;
    // French puts a space before these marks, where a line must not end.
    let text = [";", ":", "?", "!", "»", "="]
        .iter()
        .fold(text.to_owned(), |text, mark| text.replace(&format!(" {mark}"), &format!("\u{a0}{mark}")));
    let text = text.replace("« ", "«\u{a0}");
    // No-break spaces stay: only plain ones are places to break.
    for word in text.split(' ') {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > width {
            out.push('\n');
            out.push_str(&" ".repeat(indent));
            column = indent;
        } else if column > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_plain_spaces_only() {
        assert_eq!(wrap("un deux\u{a0}trois quatre", 10, 2), "un\n  deux\u{a0}trois\n  quatre");
        assert_eq!(wrap("abc def ; ghi", 8, 0), "abc\ndef\u{a0};\nghi");
    }
}
