//! From the text of a cell to a value; what cannot be read is reported with its place.

use super::codes::Code;
use super::problem::{Problem, Problems};
use super::raw::MAX_LEAD_DAYS;
use super::sheet::Row;
use crate::domain::{ClosedDates, Weekdays, Window};
use crate::i18n::{Text, digits, read_date, read_time, yes_or_no};
use crate::units::{People, Seconds};
use chrono::NaiveDate;

/// Why a text is not a value.
pub(super) type Fault = (Code, Text);

fn fault(code: Code, fr: impl Into<String>, en: impl Into<String>) -> Fault {
    (code, Text::new(fr, en))
}

impl Row<'_> {
    /// Reads a cell. An empty one is `empty`, or an error where that is `None`.
    pub fn read<T>(
        &self,
        column: &str,
        empty: Option<T>,
        problems: &mut Problems,
        read: impl Fn(&str) -> Result<T, Fault>,
    ) -> Option<T> {
        let text = self.text(column);
        if text.is_empty() {
            if empty.is_none() {
                let problem = Problem::new(
                    Code::MissingValue,
                    format!("la case `{column}` est vide"),
                    format!("the cell `{column}` is empty"),
                );
                problems.push(self.place(column, problem));
            }
            return empty;
        }
        match read(text) {
            Ok(value) => Some(value),
            Err((code, message)) => {
                problems.push(self.place(column, Problem::new(code, message.fr, message.en)));
                None
            }
        }
    }

    /// A text that must not be empty.
    pub fn required(&self, column: &str, problems: &mut Problems) -> Option<String> {
        self.read(column, None, problems, |text| Ok(text.to_owned()))
    }
}

/// A count of people.
pub(super) fn people(text: &str) -> Result<People, Fault> {
    count(text).map(People)
}

/// A whole number that is not negative.
pub(super) fn count(text: &str) -> Result<u32, Fault> {
    let x = number(text)?;
    if x < 0.0 {
        return Err(fault(
            Code::Negative,
            format!("{text} est négatif : un compte ne peut pas l'être"),
            format!("{text} is negative: a count cannot be"),
        ));
    }
    if thousands(text) {
        return Err(fault(
            Code::Number,
            format!("{text} est-il un millier ou une fraction ? Ici, seul un nombre entier est permis"),
            format!("is {text} in thousands or a fraction? Only a whole number is allowed here"),
        ));
    }
    if x.fract() != 0.0 {
        return Err(fault(
            Code::Number,
            format!("{text} n'est pas un nombre entier"),
            format!("{text} is not a whole number"),
        ));
    }
    if x > 1e9 {
        return Err(fault(Code::Range, format!("{text} est trop grand"), format!("{text} is too large")));
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    Ok(x as u32)
}

/// Whether three digits follow a point or comma: `1.280` may be meant for a thousand and more.
fn thousands(text: &str) -> bool {
    text.split_once(['.', ',']).is_some_and(|(_, behind)| digits(behind.trim(), 3, 3).is_some())
}

/// A number between two limits.
pub(super) fn between(text: &str, least: f64, most: f64) -> Result<f64, Fault> {
    let x = number(text)?;
    if (least..=most).contains(&x) {
        return Ok(x);
    }
    Err(fault(
        Code::Range,
        format!("{text} n'est pas entre {least} et {most}"),
        format!("{text} is not between {least} and {most}"),
    ))
}

/// A number: comma or point for decimals, spaces (no-break ones too) between thousands.
pub(super) fn number(text: &str) -> Result<f64, Fault> {
    let plain: String = text
        .chars()
        .filter(|c| !matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}'))
        .map(|c| match c {
            ',' => '.',
            '\u{2212}' => '-',
            other => other,
        })
        .collect();
    let digits = plain.strip_prefix('-').unwrap_or(&plain);
    let shaped = digits.chars().all(|c| c.is_ascii_digit() || c == '.')
        && digits.chars().any(|c| c.is_ascii_digit())
        && digits.matches('.').count() <= 1;
    plain.parse().ok().filter(|_| shaped).ok_or_else(|| {
        fault(Code::Number, format!("« {text} » n'est pas un nombre"), format!("\"{text}\" is not a number"))
    })
}

/// Whole minutes, as seconds.
pub(super) fn minutes(text: &str) -> Result<Seconds, Fault> {
    let n = count(text)?;
    if n > 1440 {
        return Err(fault(
            Code::Range,
            format!("{text} minutes dépassent une journée"),
            format!("{text} minutes exceed a day"),
        ));
    }
    Ok(Seconds::from_minutes(i32::try_from(n).unwrap_or_default()))
}

/// Yes or no, in either language.
pub(super) fn flag(text: &str) -> Result<bool, Fault> {
    yes_or_no(text).ok_or_else(|| {
        fault(
            Code::Choice,
            format!("« {text} » n'est ni yes (oui) ni no (non)"),
            format!("\"{text}\" is neither yes nor no"),
        )
    })
}

/// One of several words.
pub(super) fn choice<T: Copy>(text: &str, options: &[(&str, T)]) -> Result<T, Fault> {
    options.iter().find(|(word, _)| word.eq_ignore_ascii_case(text)).map(|(_, value)| *value).ok_or_else(|| {
        let list: Vec<&str> = options.iter().map(|(word, _)| *word).collect();
        let list = list.join(", ");
        fault(
            Code::Choice,
            format!("« {text} » n'est pas l'une des valeurs permises : {list}"),
            format!("\"{text}\" is not one of the values allowed: {list}"),
        )
    })
}

/// A commune's INSEE code.
pub(super) fn insee(text: &str) -> Result<String, Fault> {
    let code = text.to_uppercase();
    let digits = code.bytes().all(|b| b.is_ascii_digit());
    let corsican = code.len() == 5
        && matches!(&code.as_bytes()[..2], b"2A" | b"2B")
        && code.as_bytes()[2..].iter().all(u8::is_ascii_digit);
    match (code.len(), digits) {
        (5, true) => Ok(code),
        _ if corsican => Ok(code),
        (4, true) => Err(fault(
            Code::LeadingZero,
            format!("le code INSEE {text} a perdu son zéro initial : 0{text}"),
            format!("the INSEE code {text} has lost its leading zero: 0{text}"),
        )),
        _ => Err(fault(
            Code::InseeCode,
            format!("« {text} » n'est pas un code INSEE"),
            format!("\"{text}\" is not an INSEE code"),
        )),
    }
}

/// A date, in the forms of [`read_date`].
pub(super) fn date(text: &str) -> Result<NaiveDate, Fault> {
    read_date(text)
        .ok_or_else(|| fault(Code::Date, format!("« {text} » n'est pas une date"), format!("\"{text}\" is not a date")))
}

/// A date or a period `from..to`.
pub(super) fn period(text: &str) -> Result<(NaiveDate, NaiveDate), Fault> {
    let (from, to) = text.split_once("..").unwrap_or((text, text));
    let (from, to) = (date(from.trim())?, date(to.trim())?);
    if from > to {
        return Err(fault(
            Code::Date,
            format!("la période « {text} » finit avant de commencer"),
            format!("the period \"{text}\" ends before it begins"),
        ));
    }
    Ok((from, to))
}

/// Dates and periods, separated by spaces, commas or semicolons.
pub(super) fn periods(text: &str) -> Result<ClosedDates, Fault> {
    words(text).map(period).collect::<Result<_, _>>().map(ClosedDates)
}

/// Words separated by spaces, commas or semicolons.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', ',', ';']).filter(|w| !w.is_empty())
}

/// Weekdays such as `mon-fri`, `sat` or `lun mar`; English and French abbreviations.
pub(super) fn weekdays(text: &str) -> Result<Weekdays, Fault> {
    let mut set = 0;
    for word in words(text) {
        let (from, to) = word.split_once('-').unwrap_or((word, word));
        let (from, to) = (weekday(from)?, weekday(to)?);
        let mut day = from;
        loop {
            set |= 1 << day;
            if day == to {
                break;
            }
            day = (day + 1) % 7;
        }
    }
    Ok(Weekdays(set))
}

/// Preferred and avoided weekdays of a market, such as `+wed -sat`.
pub(super) fn market_days(text: &str) -> Result<(Weekdays, Weekdays), Fault> {
    let (mut plus, mut minus) = (0, 0);
    for word in words(text) {
        // A spreadsheet may have made a dash of the minus sign.
        let (set, days) = match (word.strip_prefix('+'), word.strip_prefix(['-', '\u{2212}', '\u{2013}'])) {
            (Some(days), _) if !days.is_empty() => (&mut plus, days),
            (_, Some(days)) if !days.is_empty() => (&mut minus, days),
            _ => {
                return Err(fault(
                    Code::MarketDays,
                    format!("« {word} » n'est pas un jour précédé de + ou de -"),
                    format!("\"{word}\" is not a weekday with + or - before it"),
                ));
            }
        };
        *set |= weekdays(days).map_err(|(_, why)| (Code::MarketDays, why))?.0;
    }
    Ok((Weekdays(plus), Weekdays(minus)))
}

/// Days of a permit's lead time.
pub(super) fn lead_days(text: &str) -> Result<u32, Fault> {
    let days = count(text)?;
    if days > MAX_LEAD_DAYS {
        return Err(fault(
            Code::Range,
            format!("{text} jours dépassent {MAX_LEAD_DAYS}"),
            format!("{text} days exceed {MAX_LEAD_DAYS}"),
        ));
    }
    Ok(days)
}

fn weekday(word: &str) -> Result<u8, Fault> {
    const NAMES: [[&str; 2]; 7] = [
        ["monday", "lundi"],
        ["tuesday", "mardi"],
        ["wednesday", "mercredi"],
        ["thursday", "jeudi"],
        ["friday", "vendredi"],
        ["saturday", "samedi"],
        ["sunday", "dimanche"],
    ];
    let word = word.to_lowercase();
    let means = |name: &&str| **name == word || name[..3] == word;
    (0..7).find(|day| NAMES[usize::from(*day)].iter().any(means)).ok_or_else(|| {
        fault(
            Code::Hours,
            format!("« {word} » n'est pas un jour (mon, tue, wed, thu, fri, sat, sun)"),
            format!("\"{word}\" is not a weekday (mon, tue, wed, thu, fri, sat, sun)"),
        )
    })
}

/// A span of the day such as `08:30-12:00` or `8h30-12h`.
pub(super) fn window(text: &str) -> Result<Window, Fault> {
    let unreadable = || {
        fault(
            Code::Hours,
            format!("« {text} » n'est pas une plage horaire telle que 08:30-12:00"),
            format!("\"{text}\" is not a span of hours such as 08:30-12:00"),
        )
    };
    let (from, to) = text.split_once(['-', '–']).ok_or_else(unreadable)?;
    let (from, to) = (read_time(from).ok_or_else(unreadable)?, read_time(to).ok_or_else(unreadable)?);
    if from >= to {
        return Err(fault(
            Code::Hours,
            format!("la plage « {text} » finit avant de commencer"),
            format!("the span \"{text}\" ends before it begins"),
        ));
    }
    Ok(Window { from, to })
}

/// Spans of a day, sorted and disjoint.
pub(super) fn windows(text: &str) -> Result<Vec<Window>, Fault> {
    let spans: Vec<Window> = words(text).map(window).collect::<Result<_, _>>()?;
    in_order(spans, text)
}

fn in_order(mut spans: Vec<Window>, text: &str) -> Result<Vec<Window>, Fault> {
    spans.sort();
    if spans.windows(2).any(|w| w[0].to > w[1].from) {
        return Err(fault(
            Code::Hours,
            format!("les plages de « {text} » se chevauchent"),
            format!("the spans of \"{text}\" overlap"),
        ));
    }
    Ok(spans)
}

/// Opening hours of a week: `mon-fri 08:30-12:00 13:30-17:30; sat 09:00-12:00`.
pub(super) fn opening_hours(text: &str) -> Result<[Vec<Window>; 7], Fault> {
    let mut week: [Vec<Window>; 7] = Default::default();
    for part in text.split(';').map(str::trim).filter(|p| !p.is_empty()) {
        let hour = |w: &str| w.starts_with(|c: char| c.is_ascii_digit());
        let days: Vec<&str> = words(part).take_while(|w| !hour(w)).collect();
        let spans: Vec<&str> = words(part).skip(days.len()).collect();
        if days.is_empty() || spans.is_empty() || !spans.iter().all(|w| hour(w)) {
            return Err(fault(
                Code::Hours,
                format!("« {part} » n'est pas fait de jours puis de plages horaires"),
                format!("\"{part}\" is not made of days and then of hours"),
            ));
        }
        let days = weekdays(&days.join(" "))?;
        let spans = windows(&spans.join(" "))?;
        for (_, day) in week.iter_mut().enumerate().filter(|(k, _)| days.0 >> k & 1 == 1) {
            day.extend(&spans);
            *day = in_order(std::mem::take(day), text)?;
        }
    }
    Ok(week)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_people_type_them() {
        for (text, value) in [("1 234,5", 1234.5), ("1\u{202f}234", 1234.0), ("-0.25", -0.25), ("12,0", 12.0)] {
            assert!((number(text).unwrap() - value).abs() < 1e-12, "{text}");
        }
        for text in ["12O3", "1,234.5", "1e5", "inf", "-", ".", "NaN"] {
            assert_eq!(number(text).unwrap_err().0, Code::Number, "{text}");
        }
        assert_eq!(count("-3").unwrap_err().0, Code::Negative);
        for text in ["1.5", "2.000", "2,000", "1.280", "12.345,0"] {
            assert_eq!(count(text).unwrap_err().0, Code::Number, "{text}");
        }
        assert_eq!((count("2 000").unwrap(), count("12,0").unwrap(), count("7.00").unwrap()), (2000, 12, 7));
    }

    #[test]
    fn codes_keep_their_zeros() {
        assert_eq!(insee("02691").unwrap(), "02691");
        assert_eq!(insee("2a004").unwrap(), "2A004");
        assert_eq!(insee("2691").unwrap_err().0, Code::LeadingZero);
        assert_eq!(insee("59 165").unwrap_err().0, Code::InseeCode);
    }

    #[test]
    fn dates_days_and_hours() {
        assert_eq!(date("07/12/26").unwrap(), date("2026-12-07").unwrap());
        assert_eq!(date("2026-13-01").unwrap_err().0, Code::Date);
        assert_eq!(weekdays("mon-fri sam").unwrap(), Weekdays(0b11_1111));
        assert_eq!(weekdays("sat-mon").unwrap(), Weekdays(0b110_0001));
        assert_eq!(weekdays("Lundi friday").unwrap(), Weekdays(0b1_0001));
        assert_eq!(market_days("+mer -sat,−dim +lun-mar").unwrap(), (Weekdays(0b000_0111), Weekdays(0b110_0000)));
        for text in ["mer", "+", "+lundo", "+ mer"] {
            assert_eq!(market_days(text).unwrap_err().0, Code::MarketDays, "{text}");
        }
        let week = opening_hours("mon-fri 08:30-12:00 13:30-17:30; sat 9h-12h00").unwrap();
        assert_eq!(week.each_ref().map(Vec::len), [2, 2, 2, 2, 2, 1, 0]);
        assert_eq!(week[5][0].from, Seconds::from_minutes(540));
        for text in [
            "mon",
            "08:00-12:00",
            "mon 12:00-08:00",
            "mon 08:00-12:00 11:00-13:00",
            "mon 8-12",
            "mon 08:00-09:00 sat 10:00-11:00",
        ] {
            assert_eq!(opening_hours(text).unwrap_err().0, Code::Hours, "{text}");
        }
        assert_eq!(periods("2026-12-24..2027-01-01, 08/05/2026").unwrap().0.len(), 2);
    }
}
