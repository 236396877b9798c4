//! One cell: what goes into it.

use crate::i18n::visible;
use crate::units::Seconds;
use std::borrow::Cow;

/// First characters that make a spreadsheet run a cell; the full-width ones count in some.
const FORMULA: &[char] = &['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// The text of a cell, with an apostrophe in front where a spreadsheet would run it, and without what commands a terminal.
pub(super) fn guarded(text: &str) -> Cow<'_, str> {
    let text = visible(text);
    if is_formula(&text) && !is_number(&text) { format!("'{text}").into() } else { text }
}

/// Whether a text is a number and its sign.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || matches!(c, ',' | '.'))
}

/// The text of a cell: blanks around it, and the apostrophe that guards it, taken off.
#[must_use]
pub fn plain(cell: &str) -> &str {
    let cell = cell.trim();
    cell.strip_prefix('\'').filter(|rest| is_formula(rest)).unwrap_or(cell)
}

/// Whether a text would be run, or would be once an apostrophe is taken off it: spreadsheets pass over blanks.
fn is_formula(text: &str) -> bool {
    text.trim_start_matches(|c: char| c == '\'' || c.is_whitespace()).starts_with(FORMULA)
}

/// A number with a decimal comma and nothing between thousands.
#[must_use]
pub fn number(value: f64, decimals: usize) -> String {
    let plain = format!("{value:.decimals$}").replace('.', ",");
    let nought = !plain.contains(|c: char| c.is_ascii_digit() && c != '0');
    plain.strip_prefix('-').filter(|_| nought).map(str::to_owned).unwrap_or(plain)
}

/// A time of day as `HH:MM`.
#[must_use]
pub fn time(at: Seconds) -> String {
    format!("{:02}:{:02}", at.0 / 3600, at.0 % 3600 / 60)
}

/// `yes` or `no`.
#[must_use]
pub fn yes(is: bool) -> String {
    if is { "yes" } else { "no" }.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn no_text_from_data_is_a_formula() {
        assert_eq!(guarded("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
        assert_eq!(guarded("@a"), "'@a");
        assert_eq!(guarded(" \u{a0}=1+1"), "' \u{a0}=1+1");
        assert_eq!(guarded("L'Haye"), "L'Haye");
        assert_eq!((guarded("-12,5"), guarded("-12+5")), ("-12,5".into(), "'-12+5".into()));
        assert_eq!(plain("'l'"), "'l'");
    }

    proptest! {
        #[test]
        fn a_guarded_text_reads_back(value in "['=+@a-]{1,3}([=+@a' -]{0,5}[a=])?") {
            let guarded = guarded(&value);
            prop_assert_eq!(plain(&guarded), &value);
        }
    }
}
