//! What the crew sees: its whole day.

use super::words::Words;
use super::{Event, Status, Transparency};
use crate::i18n::Lang;
use crate::plan::{Leg, Plan, Stop, Tour, Visit};
use chrono::{DateTime, Datelike as _, FixedOffset, TimeDelta};

/// The tours of one vehicle, `OPAQUE`: trips, set-up, quality control, sessions, break, pack-down,
/// nights out. Every part belongs to a visit and takes its identity: a trip to a site to the visit it
/// leads to, the way back to the visit it leaves, the break to the visit it follows or interrupts; a
/// night, and the pack-down of a vehicle that leaves in the morning, to the visit of the evening. What the crew would
/// have done at the site of a cancelled visit stays, as cancelled.
pub(super) fn events(words: &Words<'_>, plan: &Plan, cancelled: &[&Visit], vehicle: &str) -> Vec<Event> {
    let mut visits: Vec<Crew> =
        plan.visits.iter().filter(|v| v.vehicle == vehicle).map(|v| Crew::new(words, plan, v)).collect();
    visits.sort_by(|a, b| a.visit.arrive.cmp(&b.visit.arrive).then_with(|| a.visit.id.cmp(&b.visit.id)));
    let mut tours: Vec<&Tour> = plan.tours.iter().filter(|t| t.vehicle == vehicle).collect();
    tours.sort_by_key(|t| t.start);
    let mut events: Vec<Event> = visits.iter().flat_map(Crew::at_site).collect();
    for visit in cancelled.iter().filter(|v| v.vehicle == vehicle) {
        let own = Crew { words, visit, woke: false, sleeps: false };
        events.extend(own.at_site().into_iter().map(|event| words.off(event)));
    }
    for (k, tour) in tours.iter().enumerate() {
        let own: Vec<&Crew> = visits.iter().filter(|v| v.visit.date == tour.date).collect();
        events.extend(on_tour(words, tour, &own));
        let next = tours.get(k + 1).filter(|n| n.night_before.is_some() && n.night_before == tour.night_after);
        if let Some((evening, next)) = own.iter().rev().find(|v| v.sleeps).zip(next) {
            events.extend(evening.night(tour, next));
            if !visits.iter().any(|v| v.woke && v.visit.date == next.date) {
                events.extend(evening.leave_in_the_morning(next));
            }
        }
    }
    events
}

/// What lies between the visits of a tour, and at a fixed time in them.
fn on_tour(words: &Words<'_>, tour: &Tour, visits: &[&Crew]) -> Vec<Event> {
    let lang = words.lang();
    let mut events = Vec::new();
    for (k, leg) in tour.legs.iter().enumerate() {
        // A trip without a visit has no identity to be published under.
        if let Some(visit) = visit_of(leg, visits) {
            events.extend(visit.trip(tour, k));
        }
    }
    let during = |at| visits.iter().rev().find(|v| v.visit.arrive <= at).or(visits.first());
    if let Some(pause) = &tour.pause
        && let Some(visit) = during(pause.start)
    {
        events.extend(visit.part("break", lang.pick("Pause", "Break"), pause.start, pause.end));
    }
    if let Some(control) = &tour.quality_control
        && let Some(visit) = during(control.start)
    {
        let name = lang.pick("Contrôle qualité", "Quality control");
        events.extend(visit.part("control", name, control.start, control.end));
    }
    events
}

/// The visit a trip leads to, or the one it comes back from.
fn visit_of<'a, 'b>(leg: &Leg, visits: &[&'a Crew<'b>]) -> Option<&'a Crew<'b>> {
    match &leg.to {
        Stop::Site(site) => visits.iter().find(|v| v.visit.site == *site && v.visit.arrive >= leg.arrive),
        Stop::Base => visits.iter().rev().find(|v| v.visit.leave <= leg.depart),
    }
    .copied()
}

/// Writes the parts of one visit.
struct Crew<'a> {
    words: &'a Words<'a>,
    visit: &'a Visit,
    /// Whether the vehicle spent the night before there.
    woke: bool,
    /// Whether it spends the night after there.
    sleeps: bool,
}

impl<'a> Crew<'a> {
    fn new(words: &'a Words<'a>, plan: &Plan, visit: &'a Visit) -> Self {
        Self { words, visit, woke: plan.woke(visit), sleeps: plan.sleeps(visit) }
    }

    fn at_site(&self) -> Vec<Event> {
        let (lang, visit) = (self.words.lang(), self.visit);
        let mut events = Vec::new();
        let (Some(first), Some(last)) = (visit.sessions.first(), visit.sessions.last()) else { return events };

        // Where it slept it has kept its set-up.
        if !self.woke {
            let ready = visit.arrive + self.lengths().0;
            let name = lang.pick("Installation", "Set up");
            events.extend(self.part("set-up", name, visit.arrive, ready.min(first.open)));
        }
        let name = lang.pick("Ouverture", "Open");
        for (k, session) in visit.sessions.iter().enumerate() {
            let Some(mut event) = self.part(&format!("{}", k + 1), name, session.open, session.close) else { continue };
            let mut lines = self.words.visit_lines(visit);
            lines.extend(self.nights());
            lines.extend(self.words.follow_up(visit));
            lines.extend(self.words.labels().into_iter().map(str::to_owned));
            event.description = lines.join("\n");
            events.push(event);
        }
        let packed = (last.close + self.lengths().1).min(visit.leave);
        events.extend(self.part("pack-down", lang.pick("Repli", "Pack down"), last.close, packed));
        events
    }

    /// What the nights before and after mean for the crew here.
    fn nights(&self) -> Vec<String> {
        let lang = self.words.lang();
        let woke = lang.pick(
            "Le véhicule a passé la nuit ici : il est déjà installé.",
            "The vehicle spent the night here: it is set up already.",
        );
        let sleeps = lang.pick(
            "Le véhicule passe la nuit ici et reste installé.",
            "The vehicle spends the night here and stays set up.",
        );
        [(self.woke, woke), (self.sleeps, sleeps)].into_iter().filter(|n| n.0).map(|n| n.1.to_owned()).collect()
    }

    /// From the end of a tour here to the start of the next one here.
    fn night(&self, tour: &Tour, next: &Tour) -> Option<Event> {
        let (words, lang) = (self.words, self.words.lang());
        let nights = (next.date - tour.date).num_days();
        let name = match (nights, lang) {
            (..=1, Lang::Fr) => "Nuit sur place".to_owned(),
            (..=1, Lang::En) => "Night on site".to_owned(),
            (n, Lang::Fr) => format!("{n} nuits sur place"),
            (n, Lang::En) => format!("{n} nights on site"),
        };
        let mut event = self.part("night", &name, tour.end, next.start)?;
        let base = self.place(tour, &Stop::Base);
        let day = lang.weekday(next.date.weekday().num_days_from_monday() as usize);
        let (date, at) = (next.date.format("%d/%m"), words.clock(next.start));
        event.description = match lang {
            Lang::Fr => format!(
                "Le véhicule ne rentre pas à sa base ({base}) : il reste sur l'emplacement.\nReprise du service {day} {date} à {at}, d'ici."
            ),
            Lang::En => format!(
                "The vehicle does not return to its base ({base}): it stays at the site.\nDuty starts again on {day} {date} at {at}, from here."
            ),
        };
        Some(event)
    }

    /// The vehicle slept here and goes on without opening again.
    fn leave_in_the_morning(&self, next: &Tour) -> Option<Event> {
        let leaves = next.legs.first()?.depart;
        let packed = (next.start + self.lengths().1).min(leaves);
        self.part("pack-down", self.words.lang().pick("Repli", "Pack down"), next.start, packed)
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
            stamp: words.stamp(&visit.id),
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
