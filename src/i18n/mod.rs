//! The two languages of the program: French first, English on request.
//!
//! Every sentence a person reads is written once, in both languages, where it arises; the
//! choice between them is made at the last moment, by whoever prints it.

mod coded;
mod names;
mod read;
mod reason;
mod shown;
mod suggest;

pub use coded::About;
pub(crate) use coded::coded;
pub use names::{Meant, Names, file_stem, slug};
pub(crate) use read::digits;
pub use read::{read_date, read_time};
pub use reason::reason;
pub use shown::{is_control, visible};
pub use suggest::nearest;

use crate::units::rounded_up;
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// A language of the program.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Lang {
    /// French, the default.
    #[default]
    Fr,
    /// English.
    En,
}

/// One sentence in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// The French sentence.
    pub fr: String,
    /// The English sentence.
    pub en: String,
}

impl Text {
    /// A sentence from its two versions.
    pub fn new(fr: impl Into<String>, en: impl Into<String>) -> Self {
        Self { fr: fr.into(), en: en.into() }
    }

    /// The sentence in the language asked for.
    #[must_use]
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Fr => &self.fr,
            Lang::En => &self.en,
        }
    }
}

/// Yes or no as people write it in a table, in either language; `None` for anything else.
#[must_use]
pub fn yes_or_no(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "yes" | "oui" | "1" | "true" | "vrai" => Some(true),
        "no" | "non" | "0" | "false" | "faux" => Some(false),
        _ => None,
    }
}

impl Lang {
    /// Chooses between two constant sentences.
    #[must_use]
    pub const fn pick(self, fr: &'static str, en: &'static str) -> &'static str {
        match self {
            Self::Fr => fr,
            Self::En => en,
        }
    }

    /// So many things, by their words for one and for several: French takes none for one, English for several.
    #[must_use]
    pub fn count(self, n: usize, fr: [&str; 2], en: [&str; 2]) -> String {
        #[allow(clippy::cast_precision_loss)]
        let number = self.number(n as f64, 0);
        let word = match self {
            Self::Fr => fr[usize::from(n > 1)],
            Self::En => en[usize::from(n != 1)],
        };
        format!("{number}\u{a0}{word}")
    }

    /// A number with `decimals` decimals: decimal comma and narrow no-break space between
    /// thousands in French, point and comma in English.
    #[must_use]
    pub fn number(self, value: f64, decimals: usize) -> String {
        let plain = format!("{value:.decimals$}");
        // What rounds to nought has no sign.
        let nought = !plain.contains(|c: char| c.is_ascii_digit() && c != '0');
        let plain = if nought { plain.trim_start_matches('-') } else { &plain };
        let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
        let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |d| ("-", d));
        let (group, point) = match self {
            Self::Fr => ("\u{202f}", ','),
            Self::En => (",", '.'),
        };
        let mut out = String::from(sign);
        for (k, digit) in digits.chars().enumerate() {
            if k > 0 && (digits.len() - k).is_multiple_of(3) {
                out.push_str(group);
            }
            out.push(digit);
        }
        if !fraction.is_empty() {
            let _ = write!(out, "{point}{fraction}");
        }
        out
    }

    /// A number that something is at most: rounded up, so that what is shown holds as well.
    #[must_use]
    pub fn at_most(self, value: f64, decimals: usize) -> String {
        self.number(rounded_up(value, decimals), decimals)
    }

    /// A number that something is at least: rounded down.
    #[must_use]
    pub fn at_least(self, value: f64, decimals: usize) -> String {
        self.number(0.0 - rounded_up(-value, decimals), decimals)
    }

    /// A share in per cent with one decimal; `"–"` when the denominator is nil.
    #[must_use]
    pub fn percent(self, part: f64, whole: f64) -> String {
        if whole <= 0.0 {
            return "–".into();
        }
        let number = self.number(100.0 * part / whole, 1);
        match self {
            Self::Fr => format!("{number}\u{a0}%"),
            Self::En => format!("{number}%"),
        }
    }

    /// A gap in per cent, rounded up to two decimals, so that it is never shown smaller than
    /// it is. Values within floating noise (1e-9) of zero are zero.
    #[must_use]
    pub fn gap(self, gap: f64) -> String {
        let hundredths = if gap <= 1e-9 { 0.0 } else { (gap * 1e4).ceil() };
        let number = self.number(hundredths / 100.0, 2);
        match self {
            Self::Fr => format!("{number}\u{a0}%"),
            Self::En => format!("{number}%"),
        }
    }

    /// A time of day from seconds after midnight: `8 h 30` in French, `08:30` in English.
    #[must_use]
    pub fn clock(self, seconds: i32) -> String {
        let (h, m) = (seconds / 3600, seconds % 3600 / 60);
        match self {
            Self::Fr => format!("{h}\u{a0}h\u{a0}{m:02}"),
            Self::En => format!("{h:02}:{m:02}"),
        }
    }

    /// The name of a weekday, 0 = Monday.
    #[must_use]
    pub const fn weekday(self, index: usize) -> &'static str {
        const FR: [&str; 7] = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];
        const EN: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
        match self {
            Self::Fr => FR[index % 7],
            Self::En => EN[index % 7],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_the_language() {
        assert_eq!(Lang::Fr.number(1_234_567.891, 1), "1\u{202f}234\u{202f}567,9");
        assert_eq!(Lang::En.number(-1_234.5, 1), "-1,234.5");
        assert_eq!(Lang::Fr.number(12.0, 0), "12");
        assert_eq!((Lang::Fr.number(-0.001, 2), Lang::En.number(-0.0, 1)), ("0,00".into(), "0.0".into()));
        let weeks = |lang: Lang, n| lang.count(n, ["semaine", "semaines"], ["week", "weeks"]);
        assert_eq!((weeks(Lang::Fr, 0), weeks(Lang::Fr, 2)), ("0\u{a0}semaine".into(), "2\u{a0}semaines".into()));
        assert_eq!((weeks(Lang::En, 0), weeks(Lang::En, 1)), ("0\u{a0}weeks".into(), "1\u{a0}week".into()));
    }

    #[test]
    fn bounds_are_rounded_outwards() {
        assert_eq!((Lang::Fr.at_most(87.724_706, 2), Lang::En.at_least(0.129, 2)), ("87,73".into(), "0.12".into()));
        assert_eq!((Lang::En.at_most(42.1, 2), Lang::En.at_least(42.1, 2)), ("42.10".into(), "42.10".into()));
        assert_eq!((Lang::En.at_most(-0.001, 2), Lang::En.at_least(0.001, 2)), ("0.00".into(), "0.00".into()));
    }

    #[test]
    fn gaps_are_rounded_up() {
        assert_eq!(Lang::En.gap(0.000_001), "0.01%");
        assert_eq!(Lang::En.gap(0.0), "0.00%");
        assert_eq!(Lang::Fr.gap(0.001_01), "0,11\u{a0}%");
    }

    #[test]
    fn clock_reads_as_people_write() {
        assert_eq!(Lang::Fr.clock(8 * 3600 + 1800), "8\u{a0}h\u{a0}30");
        assert_eq!(Lang::En.clock(8 * 3600), "08:00");
    }
}
