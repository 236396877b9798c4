//! Violations, and how they speak.

use super::codes::Rule;
use super::view::Moment;
use crate::i18n::{Lang, Text};
use rustc_hash::FxHashMap;

/// A rule that a plan breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The stable code, as in [`super::CODES`].
    pub code: &'static str,
    /// The rule.
    pub rule: Rule,
    /// Where: the identity of a visit, `VEHICLE DATE` for a tour, the identifier of a vehicle for
    /// its week, `not_served`, or `plan`.
    pub where_: String,
    /// What is wrong, with numbers, and how to mend it.
    pub message: Text,
    /// How many it stands for: more than 1 for those of a rule that are not told one by one.
    pub times: usize,
}

/// Violations of a rule that are told one by one.
const TOLD: usize = 100;

/// Collects violations, and what is told besides.
#[derive(Debug, Default)]
pub(super) struct Log {
    violations: Lines,
    /// What would break a rule, and is a fact.
    notes: Lines,
}

/// The first lines of each rule, and how many there are.
#[derive(Debug, Default)]
struct Lines {
    told: Vec<Violation>,
    counts: FxHashMap<Rule, usize>,
}

impl Lines {
    /// In the order of the rules.
    fn finish(mut self) -> Vec<Violation> {
        for (rule, count) in self.counts.into_iter().filter(|(_, count)| *count > TOLD) {
            let more = count - TOLD;
            let message = Text::new(
                format!("… et {more} fois de plus ; rien d'autre n'est montré"),
                format!("… and {more} times more; nothing else is shown"),
            );
            self.told.push(Violation { code: rule.code(), rule, where_: "plan".into(), message, times: more });
        }
        self.told.sort_by_key(|v| v.rule);
        self.told
    }
}

impl Log {
    pub fn add(&mut self, rule: Rule, at: impl Into<String>, fr: String, en: String) {
        self.add_unless(false, rule, at, fr, en);
    }

    /// A violation, or, where it is a fact, a note.
    pub fn add_unless(&mut self, fact: bool, rule: Rule, at: impl Into<String>, fr: String, en: String) {
        let lines = if fact { &mut self.notes } else { &mut self.violations };
        let count = lines.counts.entry(rule).or_default();
        *count += 1;
        if *count <= TOLD {
            lines.told.push(Violation {
                code: rule.code(),
                rule,
                where_: at.into(),
                message: Text { fr, en },
                times: 1,
            });
        }
    }

    /// Violations and notes in the order of the rules; of a rule that is broken very often, how often.
    pub fn finish(self) -> (Vec<Violation>, Vec<Violation>) {
        (self.violations.finish(), self.notes.finish())
    }
}

/// A time of day in both languages, seconds shown where there are any.
pub(super) fn clock(local: i64) -> Text {
    let seconds = i32::try_from(local.clamp(0, 86_400)).unwrap_or_default();
    let more = seconds % 60;
    let (mut fr, mut en) = (Lang::Fr.clock(seconds), Lang::En.clock(seconds));
    if more != 0 {
        fr = format!("{fr}\u{a0}min\u{a0}{more:02}\u{a0}s");
        en = format!("{en}:{more:02}");
    }
    Text { fr, en }
}

/// A span of the day in both languages.
pub(super) fn hours(from: i64, to: i64) -> Text {
    let (from, to) = (clock(from), clock(to));
    Text { fr: format!("{}–{}", from.fr, to.fr), en: format!("{}–{}", from.en, to.en) }
}

/// The same from instants.
pub(super) fn between(from: Moment, to: Moment) -> Text {
    hours(from.local, to.local)
}

/// A length of time, alike in both languages: `9 h 05 min`, `12 min 30 s`.
pub(super) fn length(seconds: i64) -> String {
    let sign = if seconds < 0 { "−" } else { "" };
    let all = seconds.unsigned_abs();
    let (h, m, s) = (all / 3600, all % 3600 / 60, all % 60);
    let head = if h > 0 { format!("{h}\u{a0}h\u{a0}{m:02}\u{a0}min") } else { format!("{m}\u{a0}min") };
    if s > 0 { format!("{sign}{head}\u{a0}{s:02}\u{a0}s") } else { format!("{sign}{head}") }
}

/// A number of the plan in both languages, with four decimals.
pub(super) fn number(value: f64) -> Text {
    if !value.is_finite() {
        return Text::new(value.to_string(), value.to_string());
    }
    Text { fr: Lang::Fr.number(value, 4), en: Lang::En.number(value, 4) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_read_as_people_write() {
        assert_eq!(length(32_700), "9\u{a0}h\u{a0}05\u{a0}min");
        assert_eq!(length(-750), "−12\u{a0}min\u{a0}30\u{a0}s");
        assert_eq!(clock(30_150).en, "08:22:30");
    }
}
