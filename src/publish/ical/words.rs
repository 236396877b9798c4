//! The sentences of a calendar.

use super::{Calendar, Edition, Event, Stamp, Status, TOMBSTONE_DAYS, Transparency};
use crate::domain::{PermitStatus, Site, SiteStatus};
use crate::i18n::Lang;
use crate::plan::{Revision, Visit, VisitService, second_of_day};
use crate::publish::lookup::Lookup;
use chrono::{DateTime, Days, FixedOffset};

/// Finds the words for a plan's things in the edition's language.
pub(super) struct Words<'a> {
    pub lookup: &'a Lookup<'a>,
    pub edition: Edition<'a>,
    /// What the plan changes of an earlier one.
    pub revision: Option<&'a Revision>,
}

impl<'a> Words<'a> {
    /// The revision of a visit's events.
    pub fn stamp(&self, visit: &str) -> Stamp {
        let own = self.revision.and_then(|revision| revision.sequences.get(visit)).copied().unwrap_or_default();
        let revised = own.at.map_or(self.edition.revision, |at| at.to_utc());
        Stamp { sequence: own.number, revised }
    }

    /// Visits that were cancelled, and not too long ago.
    pub fn cancelled(&self) -> Vec<&'a Visit> {
        let Some(revision) = self.revision else { return Vec::new() };
        let today = revision.now.map(|now| second_of_day(now).0);
        let fresh = |visit: &Visit| today.is_none_or(|today| today <= visit.date + Days::new(TOMBSTONE_DAYS));
        revision.cancelled.iter().map(|c| &c.visit).filter(|visit| fresh(visit)).collect()
    }

    /// An event of a visit that does not take place.
    pub fn off(&self, event: Event) -> Event {
        let summary = format!("{} – {}", self.lang().pick("ANNULÉ", "CANCELLED"), event.summary);
        Event { status: Status::Cancelled, transparency: Transparency::Transparent, summary, ..event }
    }

    pub fn lang(&self) -> Lang {
        self.edition.lang
    }

    pub fn crew_calendar(&self, vehicle: &str) -> String {
        format!("{} – {}", self.lookup.vehicle_name(vehicle), self.lang().pick("équipe", "crew"))
    }

    pub fn commune_calendar(&self, commune: &str) -> String {
        format!("{} – {commune}", self.lookup.scenario.title)
    }

    pub fn whole_calendar(&self) -> String {
        format!("{} – {}", self.lookup.scenario.title, self.lang().pick("toutes les visites", "all visits"))
    }

    /// A calendar with these events, the scenario's labels in its description.
    pub fn calendar(&self, name: String, events: Vec<Event>) -> Calendar {
        Calendar {
            domain: self.lookup.scenario.domain.clone(),
            name,
            description: self.labels().join("\n"),
            language: self.lang().pick("FR", "EN"),
            revised: events.iter().map(|event| event.stamp.revised).fold(self.edition.revision, DateTime::max),
            url: self.edition.url.map(str::to_owned),
            events,
        }
    }

    /// What must be said wherever figures are shown.
    pub fn labels(&self) -> Vec<&str> {
        self.lookup.scenario.labels.iter().map(|label| label.get(self.lang())).collect()
    }

    /// A time of day in Paris.
    pub fn clock(&self, at: DateTime<FixedOffset>) -> String {
        self.lang().clock(second_of_day(at).1.0)
    }

    /// "Nord Santé Truck – Fourmies".
    pub fn visit_summary(&self, visit: &Visit) -> String {
        let vehicle = self.lookup.vehicle_name(&visit.vehicle);
        format!("{vehicle} – {}", self.lookup.commune_name(&visit.commune))
    }

    /// Site, address, commune; the commune only where the address does not end with it.
    pub fn visit_location(&self, visit: &Visit) -> String {
        let commune = self.lookup.commune_name(&visit.commune);
        let site = self.lookup.site(&visit.site);
        let address = site.map_or("", |s| s.address.trim());
        let mut parts = vec![self.lookup.site_name(&visit.site)];
        if !address.is_empty() {
            parts.push(address);
        }
        if !address.to_lowercase().ends_with(&commune.to_lowercase()) {
            parts.push(commune);
        }
        parts.dedup();
        parts.join(", ")
    }

    pub fn visit_position(&self, visit: &Visit) -> Option<(f64, f64)> {
        self.lookup.site(&visit.site).map(|s| (s.lat, s.lon))
    }

    /// The opening hours of a visit, the appointments it offers, and what is not certain.
    pub fn visit_lines(&self, visit: &Visit) -> Vec<String> {
        let mut lines = vec![self.hours(visit)];
        for offered in visit.services.iter().filter(|s| s.appointments > 0) {
            let name = self.lookup.service_name(&offered.service, self.lang());
            let count = offered.appointments;
            let plural = if count > 1 { "s" } else { "" };
            lines.push(match self.lang() {
                Lang::Fr => format!("{name} : {count} rendez-vous."),
                Lang::En => format!("{name}: {count} appointment{plural}."),
            });
        }
        if self.visit_status(visit) == Status::Tentative {
            let (fr, en) = ("Emplacement à confirmer par la mairie.", "The town hall has yet to confirm the site.");
            lines.push(self.lang().pick(fr, en).to_owned());
        }
        lines
    }

    /// Where people can go on to after a visit, on the clock of each service's rule.
    pub fn follow_up(&self, visit: &Visit) -> Vec<String> {
        let lang = self.lang();
        let line = |offered: &VisitService| {
            let service = self.lookup.scenario.services.iter().find(|s| s.id == offered.service)?;
            let rule = service.follow_up.as_ref()?;
            let followed = offered.followed(rule.clock)?;
            let name = service.name.get(lang);
            let hours = rule.reach.hours;
            Some(match (&followed.nearest, lang) {
                (None, Lang::Fr) => format!("Suite ({name}) : aucun lieu ouvert sous {hours} h."),
                (None, Lang::En) => format!("Follow-up ({name}): nothing is open within {hours} h."),
                (Some(point), _) => {
                    let (place, minutes) = (&point.name, lang.number(point.minutes, 0));
                    let (date, at) = (point.opens.format("%d/%m"), self.clock(point.opens));
                    match lang {
                        Lang::Fr => format!("Suite ({name}) : {place}, à {minutes} min, ouvert le {date} à {at}."),
                        Lang::En => format!("Follow-up ({name}): {place}, {minutes} min away, open {date} at {at}."),
                    }
                }
            })
        };
        visit.services.iter().filter_map(line).collect()
    }

    fn hours(&self, visit: &Visit) -> String {
        let (from, to, and) = match self.lang() {
            Lang::Fr => ("de ", " à ", " et "),
            Lang::En => ("", "–", " and "),
        };
        let spans: Vec<String> =
            visit.sessions.iter().map(|s| format!("{from}{}{to}{}", self.clock(s.open), self.clock(s.close))).collect();
        format!("{} {}.", self.lang().pick("Ouvert", "Open"), spans.join(and))
    }

    /// A visit is tentative while the town hall has not agreed to its site.
    pub fn visit_status(&self, visit: &Visit) -> Status {
        let awaited = |s: &Site| {
            s.status == SiteStatus::Candidate || matches!(s.permit, PermitStatus::Requested | PermitStatus::None)
        };
        if self.lookup.site(&visit.site).is_some_and(awaited) { Status::Tentative } else { Status::Confirmed }
    }
}
