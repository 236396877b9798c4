//! Calendars to subscribe to, after RFC 5545 and RFC 7986.
//!
//! One feed a vehicle for its crew, one a commune for its town hall and its people, and one
//! with all visits. Every file carries its own `VTIMEZONE`: without it some clients read the
//! times as floating, others as UTC.
//!
//! Identity: the UID of an event is the visit's identity, the audience and the part of the
//! visit, at the scenario's domain. A visit keeps its identity when it moves, so that its events survive that. The crew's events and the public's have UIDs of their own, since
//! their texts differ and one person may subscribe to both.
//!
//! Each session of a visit is an event of its own, so that a calendar shows the hours in which
//! somebody can come, and not the break between them.
//!
//! `SEQUENCE` goes up by one with each change of a visit by a plan made anew, and its `DTSTAMP` is the time of that
//! revision; visits that nothing changed keep theirs, so that their events stay the same to the byte. A cancelled
//! visit's events stay, as cancelled, until two weeks after its date.

mod crew;
mod event;
mod line;
mod public;
mod words;

pub use event::{Calendar, Event, Stamp, Status, Transparency};
pub use line::{MAX_OCTETS, escape, fold_into};

use super::lookup::Lookup;
use crate::domain::Scenario;
use crate::i18n::{Lang, file_stem};
use crate::plan::Plan;
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};
use words::Words;

/// One calendar file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// Where it goes, relative to the output folder, with `/`.
    pub path: String,
    /// Its text, CRLF.
    pub text: String,
}

/// What a publication is made with, besides the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edition<'a> {
    /// When the plan was first made; never the time of publishing.
    pub revision: DateTime<Utc>,
    /// Language of the texts.
    pub lang: Lang,
    /// Telephone for the public, where configured.
    pub phone: Option<&'a str>,
    /// Page about the programme, where configured.
    pub url: Option<&'a str>,
}

impl Edition<'_> {
    /// An edition without telephone and page.
    #[must_use]
    pub fn new(revision: DateTime<Utc>, lang: Lang) -> Self {
        Self { revision, lang, phone: None, url: None }
    }
}

/// Days after its date for which a cancelled visit stays in calendars.
const TOMBSTONE_DAYS: u64 = 14;

/// All the feeds of a plan, by path: one a vehicle of the scenario (empty when it stays at its
/// base, since a subscription must not break), one a commune with a visit, and one with all
/// visits.
#[must_use]
pub fn feeds(scenario: &Scenario, plan: &Plan, edition: Edition<'_>) -> Vec<Feed> {
    let lookup = Lookup::new(scenario);
    let words = Words { lookup: &lookup, edition, revision: plan.revision.as_ref() };
    let cancelled = words.cancelled();
    let mut calendars = Calendars::default();

    let planned = plan.visits.iter().map(|v| v.vehicle.as_str()).chain(plan.tours.iter().map(|t| t.vehicle.as_str()));
    let vehicles: BTreeSet<&str> = scenario.vehicles.iter().map(|v| v.id.as_str()).chain(planned).collect();
    for vehicle in vehicles {
        let name = words.crew_calendar(vehicle);
        calendars.add(
            &format!("vehicule-{}", file_stem(vehicle)),
            words.calendar(name, crew::events(&words, plan, &cancelled, vehicle)),
        );
    }

    let mut communes: BTreeMap<&str, Vec<Event>> = BTreeMap::new();
    for visit in &plan.visits {
        communes.entry(&visit.commune).or_default().extend(public::events(&words, visit));
    }
    for visit in &cancelled {
        let events = public::events(&words, visit).map(|event| words.off(event));
        communes.entry(&visit.commune).or_default().extend(events);
    }
    let all = communes.values().flatten().cloned().collect();
    for (code, events) in communes {
        let commune = lookup.commune_name(code);
        let name = words.commune_calendar(commune);
        calendars.add(&format!("commune-{}-{}", file_stem(code), file_stem(commune)), words.calendar(name, events));
    }
    calendars.add("toutes-les-visites", words.calendar(words.whole_calendar(), all));
    calendars.into_feeds()
}

/// Calendars by file name, no two alike even where names do not tell upper from lower case.
#[derive(Default)]
struct Calendars(BTreeMap<String, Calendar>);

impl Calendars {
    fn add(&mut self, stem: &str, calendar: Calendar) {
        let mut name = stem.to_owned();
        let mut copy = 1;
        while self.0.contains_key(&name) {
            copy += 1;
            name = format!("{stem}-{copy}");
        }
        self.0.insert(name, calendar);
    }

    fn into_feeds(self) -> Vec<Feed> {
        self.0
            .into_iter()
            .map(|(name, calendar)| Feed { path: format!("calendars/{name}.ics"), text: calendar.to_text() })
            .collect()
    }
}
