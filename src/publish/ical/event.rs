//! Calendars and events as RFC 5545 and RFC 7986 write them.

use super::line::{escape, fold_into};
use chrono::{DateTime, FixedOffset, TimeZone, Utc};
use chrono_tz::Europe::Paris;
use std::fmt::Write as _;

/// How long a client should wait before it asks again.
const REFRESH: &str = "PT6H";

/// The zone of every local time, with the two rules of the European Union in force since 1996.
const VTIMEZONE: &[&str] = &[
    "BEGIN:VTIMEZONE",
    "TZID:Europe/Paris",
    "X-LIC-LOCATION:Europe/Paris",
    "BEGIN:DAYLIGHT",
    "TZNAME:CEST",
    "TZOFFSETFROM:+0100",
    "TZOFFSETTO:+0200",
    "DTSTART:19960331T020000",
    "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
    "END:DAYLIGHT",
    "BEGIN:STANDARD",
    "TZNAME:CET",
    "TZOFFSETFROM:+0200",
    "TZOFFSETTO:+0100",
    "DTSTART:19961027T030000",
    "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
    "END:STANDARD",
    "END:VTIMEZONE",
];

/// Which published revision an event belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// `SEQUENCE`: how many times the visit has changed since it was first published.
    pub sequence: u32,
    /// `DTSTAMP` and `LAST-MODIFIED`: when it was last changed.
    pub revised: DateTime<Utc>,
}

/// `STATUS` of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Agreed.
    Confirmed,
    /// A town hall has yet to agree.
    Tentative,
    /// It was published, and does not take place.
    Cancelled,
}

/// `TRANSP`: whether the event takes up the subscriber's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transparency {
    /// It does: the crew's own work.
    Opaque,
    /// It does not: an announcement.
    Transparent,
}

/// One `VEVENT`.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Identity, without the calendar's domain; made of the visit's, never of a time or a run.
    pub uid: String,
    /// Revision.
    pub stamp: Stamp,
    /// Status.
    pub status: Status,
    /// Transparency.
    pub transparency: Transparency,
    /// Start.
    pub start: DateTime<FixedOffset>,
    /// End, after the start.
    pub end: DateTime<FixedOffset>,
    /// Short title.
    pub summary: String,
    /// Where, in words.
    pub location: String,
    /// Where, latitude and longitude in degrees.
    pub position: Option<(f64, f64)>,
    /// Categories.
    pub categories: Vec<String>,
    /// Everything else, in lines.
    pub description: String,
    /// A page about it.
    pub url: Option<String>,
}

/// One `VCALENDAR`.
#[derive(Debug, Clone, PartialEq)]
pub struct Calendar {
    /// What its UIDs end in.
    pub domain: String,
    /// The name a client shows.
    pub name: String,
    /// What it holds, and what must be said about it.
    pub description: String,
    /// Upper-case code of its language, for `PRODID`.
    pub language: &'static str,
    /// Revision of the plan it was made from.
    pub revised: DateTime<Utc>,
    /// A page about it.
    pub url: Option<String>,
    /// Events, in any order.
    pub events: Vec<Event>,
}

impl Calendar {
    /// The calendar's text: CRLF lines folded at 75 octets, events by start, then UID.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        let mut line = |text: &str| fold_into(&mut out, text);
        line("BEGIN:VCALENDAR");
        line("VERSION:2.0");
        line(&format!("PRODID:-//tournee//tournee//{}", self.language));
        line("CALSCALE:GREGORIAN");
        line("METHOD:PUBLISH");
        let (name, description) = (escape(&self.name), escape(&self.description));
        line(&format!("NAME:{name}"));
        line(&format!("X-WR-CALNAME:{name}"));
        if !description.is_empty() {
            line(&format!("DESCRIPTION:{description}"));
            line(&format!("X-WR-CALDESC:{description}"));
        }
        if let Some(url) = &self.url {
            line(&format!("URL:{}", uri(url)));
        }
        line(&format!("LAST-MODIFIED:{}", utc(self.revised)));
        line(&format!("REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}"));
        line(&format!("X-PUBLISHED-TTL:{REFRESH}"));
        VTIMEZONE.iter().for_each(|text| line(text));
        let mut events: Vec<&Event> = self.events.iter().collect();
        events.sort_by(|a, b| a.start.cmp(&b.start).then_with(|| a.uid.cmp(&b.uid)));
        events.into_iter().for_each(|event| event.write(&self.domain, &mut line));
        line("END:VCALENDAR");
        out
    }
}

impl Event {
    fn write(&self, domain: &str, line: &mut impl FnMut(&str)) {
        line("BEGIN:VEVENT");
        line(&format!("UID:{}@{domain}", escape(&self.uid)));
        let revised = utc(self.stamp.revised);
        line(&format!("DTSTAMP:{revised}"));
        line(&format!("LAST-MODIFIED:{revised}"));
        line(&format!("SEQUENCE:{}", self.stamp.sequence));
        line(&format!("DTSTART{}", local(self.start)));
        line(&format!("DTEND{}", local(self.end)));
        line(&format!("SUMMARY:{}", escape(&self.summary)));
        if !self.location.is_empty() {
            line(&format!("LOCATION:{}", escape(&self.location)));
        }
        if let Some((lat, lon)) = self.position {
            line(&format!("GEO:{lat:.6};{lon:.6}"));
        }
        if !self.categories.is_empty() {
            let categories: Vec<String> = self.categories.iter().map(|c| escape(c)).collect();
            line(&format!("CATEGORIES:{}", categories.join(",")));
        }
        if !self.description.is_empty() {
            line(&format!("DESCRIPTION:{}", escape(&self.description)));
        }
        if let Some(url) = &self.url {
            line(&format!("URL:{}", uri(url)));
        }
        line(match self.status {
            Status::Confirmed => "STATUS:CONFIRMED",
            Status::Tentative => "STATUS:TENTATIVE",
            Status::Cancelled => "STATUS:CANCELLED",
        });
        line(match self.transparency {
            Transparency::Opaque => "TRANSP:OPAQUE",
            Transparency::Transparent => "TRANSP:TRANSPARENT",
        });
        line("END:VEVENT");
    }
}

fn utc(at: DateTime<Utc>) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

/// Parameter and value of a local time. In the hour that occurs twice each autumn a local time
/// means its first occurrence, but ical.js takes it for the second: there UTC is written.
fn local(at: DateTime<FixedOffset>) -> String {
    let paris = at.with_timezone(&Paris);
    if Paris.from_local_datetime(&paris.naive_local()).single().is_some() {
        format!(";TZID=Europe/Paris:{}", paris.format("%Y%m%dT%H%M%S"))
    } else {
        format!(":{}", utc(at.to_utc()))
    }
}

/// A URI is written as it is, not escaped; what may not stand in one is percent-encoded.
fn uri(url: &str) -> String {
    let mut out = String::with_capacity(url.len());
    for byte in url.trim().bytes() {
        if byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_equal_local_hours_are_written_in_utc() {
        let first: DateTime<FixedOffset> = "2026-10-25T02:30:00+02:00".parse().unwrap();
        let second: DateTime<FixedOffset> = "2026-10-25T02:30:00+01:00".parse().unwrap();
        assert_eq!(local(first), ":20261025T003000Z");
        assert_eq!(local(second), ":20261025T013000Z");
    }

    #[test]
    fn a_time_is_local_whatever_offset_it_is_given_in() {
        let at: DateTime<FixedOffset> = "2026-07-01T06:30:00+00:00".parse().unwrap();
        assert_eq!(local(at), ";TZID=Europe/Paris:20260701T083000");
    }

    #[test]
    fn no_line_break_gets_into_a_uri() {
        assert_eq!(uri("https://a.example/é?x=1,2;3\r\nX:1"), "https://a.example/%C3%A9?x=1,2;3%0D%0AX:1");
    }
}
