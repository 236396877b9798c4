//! What the crew sees: its whole day.

use super::words::Words;
use super::{Event, Status, Transparency};
use crate::i18n::Lang;
use crate::plan::{Leg, Plan, Stop, Tour, Visit};
use chrono::{DateTime, FixedOffset, TimeDelta};

/// The tours of one vehicle, `OPAQUE`: trips, set-up, sessions, break, pack-down. Every part
/// belongs to a visit and takes its identity: a trip to a site to the visit it leads to, the
/// way back to the visit it leaves, the break to the visit it follows or interrupts.
pub(super) fn events(words: &Words<'_>, plan: &Plan, vehicle: &str) -> Vec<Event> {
    let mut visits: Vec<&Visit> = plan.visits.iter().filter(|v| v.vehicle == vehicle).collect();
    visits.sort_by(|a, b| a.arrive.cmp(&b.arrive).then_with(|| a.id.cmp(&b.id)));
    let mut events: Vec<Event> = visits.iter().flat_map(|visit| Crew { words, visit }.at_site()).collect();
    for tour in plan.tours.iter().filter(|t| t.vehicle == vehicle) {
        let own: Vec<&Visit> = visits.iter().copied().filter(|v| v.date == tour.date).collect();
        for (k, leg) in tour.legs.iter().enumerate() {
            // A trip without a visit has no identity to be published under.
            if let Some(visit) = visit_of(leg, &own) {
                events.extend(Crew { words, visit }.trip(tour, k));
            }
        }
        if let Some(pause) = &tour.pause
            && let Some(visit) = own.iter().rev().find(|v| v.arrive <= pause.start).or(own.first())
        {
            let name = words.lang().pick("Pause", "Break");
            events.extend(Crew { words, visit }.part("break", name, pause.start, pause.end));
        }
    }
    events
}

/// The visit a trip leads to, or the one it comes back from.
fn visit_of<'a>(leg: &Leg, visits: &[&'a Visit]) -> Option<&'a Visit> {
    match &leg.to {
        Stop::Site(site) => visits.iter().find(|v| v.site == *site && v.arrive >= leg.arrive),
        Stop::Base => visits.iter().rev().find(|v| v.leave <= leg.depart),
    }
    .copied()
}

/// Writes the parts of one visit.
struct Crew<'a> {
    words: &'a Words<'a>,
    visit: &'a Visit,
}

impl Crew<'_> {
    fn at_site(&self) -> Vec<Event> {
        let (lang, visit) = (self.words.lang(), self.visit);
        let mut events = Vec::new();
        let (Some(first), Some(last)) = (visit.sessions.first(), visit.sessions.last()) else { return events };

        let ready = visit.arrive + self.lengths().0;
        events.extend(self.part("set-up", lang.pick("Installation", "Set up"), visit.arrive, ready.min(first.open)));
        let name = lang.pick("Ouverture", "Open");
        for (k, session) in visit.sessions.iter().enumerate() {
            let Some(mut event) = self.part(&format!("{}", k + 1), name, session.open, session.close) else { continue };
            let labels = self.words.labels().into_iter().map(str::to_owned);
            event.description = self.words.visit_lines(visit).into_iter().chain(labels).collect::<Vec<_>>().join("\n");
            events.push(event);
        }
        let packed = (last.close + self.lengths().1).min(visit.leave);
        events.extend(self.part("pack-down", lang.pick("Repli", "Pack down"), last.close, packed));
        events
    }

    /// Set-up and pack-down time here; for a plan of another scenario, as long as there is room.
    fn lengths(&self) -> (TimeDelta, TimeDelta) {
        let lookup = self.words.lookup;
        match (lookup.vehicle(&self.visit.vehicle), lookup.site(&self.visit.site)) {
            (Some(vehicle), Some(site)) => {
                let seconds = |own: Option<crate::units::Seconds>, usual: crate::units::Seconds| {
                    TimeDelta::seconds(i64::from(own.unwrap_or(usual).0))
                };
                (seconds(site.set_up, vehicle.set_up), seconds(site.pack_down, vehicle.pack_down))
            }
            _ => (TimeDelta::days(1), TimeDelta::days(1)),
        }
    }

    fn trip(&self, tour: &Tour, k: usize) -> Option<Event> {
        let (words, leg) = (self.words, &tour.legs[k]);
        let lang = words.lang();
        let back = leg.to == Stop::Base;
        let (kind, part) = match (back, k) {
            (true, _) => (lang.pick("Retour", "Return"), "return"),
            (false, 0) => (lang.pick("Départ", "Departure"), "drive"),
            (false, _) => (lang.pick("Trajet", "Drive"), "drive"),
        };
        let mut event = self.part(part, kind, leg.depart, leg.arrive)?;
        let (from, to) = (self.place(tour, &leg.from), self.place(tour, &leg.to));
        let kilometres = lang.number(f64::from(leg.metres) / 1000.0, 1);
        let minutes = leg.seconds.div_ceil(60);
        let (depart, arrive) = (words.clock(leg.depart), words.clock(leg.arrive));
        event.summary = match lang {
            Lang::Fr => format!("{kind} : {from} → {to}"),
            Lang::En => format!("{kind}: {from} → {to}"),
        };
        event.description = match lang {
            Lang::Fr => format!("Départ à {depart}, arrivée à {arrive}.\n{kilometres} km, {minutes} min de route."),
            Lang::En => format!("Leave at {depart}, arrive at {arrive}.\n{kilometres} km, {minutes} min of driving."),
        };
        if back {
            let base = words.lookup.base(&tour.vehicle);
            event.location = base.map_or_else(String::new, |c| c.name.clone());
            event.position = base.map(|c| (c.lat, c.lon));
            event.status = Status::Confirmed;
        }
        Some(event)
    }

    fn place(&self, tour: &Tour, stop: &Stop) -> String {
        let lookup = self.words.lookup;
        match stop {
            Stop::Base => lookup.base(&tour.vehicle).map_or("base", |c| &c.name).to_owned(),
            Stop::Site(id) => match lookup.site(id) {
                Some(site) => lookup.scenario.communes[site.commune.index()].name.clone(),
                None => id.clone(),
            },
        }
    }

    /// A part of the visit; `None` when it takes no time.
    fn part(&self, part: &str, name: &str, start: DateTime<FixedOffset>, end: DateTime<FixedOffset>) -> Option<Event> {
        let (words, visit) = (self.words, self.visit);
        (start < end).then(|| Event {
            uid: format!("{}.crew.{part}", visit.id),
            stamp: words.edition.stamp(&visit.id),
            status: words.visit_status(visit),
            transparency: Transparency::Opaque,
            start,
            end,
            summary: format!("{name} – {}", words.lookup.commune_name(&visit.commune)),
            location: words.visit_location(visit),
            position: words.visit_position(visit),
            categories: vec![name.to_owned()],
            description: String::new(),
            url: words.edition.url.map(str::to_owned),
        })
    }
}
