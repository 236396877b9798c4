//! The file itself: version, inputs, horizon, identifiers.

use crate::check::codes::Rule;
use crate::check::log::Log;
use crate::check::view::{Place, View};
use crate::plan::{SCHEMA_VERSION, Stop};
use chrono::NaiveDate;
use std::collections::HashSet;

/// The version is the one read here.
pub(in crate::check) fn schema(view: &View, log: &mut Log) {
    let is = view.plan.schema_version;
    if is != SCHEMA_VERSION {
        log.add(
            Rule::Schema,
            "plan",
            format!("schema_version {is} au lieu de {SCHEMA_VERSION} ; refaites le plan avec cette version"),
            format!("schema_version {is}, not {SCHEMA_VERSION}; make the plan again with this version"),
        );
    }
}

/// The plan was made for the scenario's inputs.
pub(in crate::check) fn hash(view: &View, log: &mut Log) {
    let (is, due) = (&view.plan.scenario.hash, &view.scenario.input_hash);
    if is != due {
        let short = |hash: &str| hash.chars().take(12).collect::<String>();
        let (is, due) = (short(is), short(due));
        log.add(
            Rule::Hash,
            "plan",
            format!("le plan a été fait pour d'autres données ({is}…, ici {due}…) ; donnez les siennes ou refaites-le"),
            format!("the plan was made for other inputs ({is}…, here {due}…); give its own or make it again"),
        );
    }
}

/// The plan's weeks and zone are the scenario's, and its tours and visits lie in them.
pub(in crate::check) fn horizon(view: &View, log: &mut Log) {
    let (is, due) = (&view.plan.horizon, view.scenario.horizon);
    if is.start != due.start || is.weeks != due.weeks || is.zone != "Europe/Paris" {
        let (start, weeks, zone) = (is.start, is.weeks, &is.zone);
        let (from, count) = (due.start, due.weeks);
        log.add(
            Rule::Horizon,
            "plan",
            format!(
                "{weeks} semaines du {start} ({zone}) au lieu de {count} du {from} (Europe/Paris) ; planifiez les mêmes"
            ),
            format!("{weeks} weeks from {start} ({zone}), not {count} from {from} (Europe/Paris); plan the same ones"),
        );
    }
    let mut outside = |place: &str, date: NaiveDate| {
        let (from, to) = (due.start, due.last());
        log.add(
            Rule::Horizon,
            place,
            format!("le {date} n'est pas entre le {from} et le {to} ; corrigez la date"),
            format!("{date} is not between {from} and {to}; mend the date"),
        );
    };
    for tour in view.tours.iter().filter(|t| t.day.is_none()) {
        outside(&tour.name, tour.tour.date);
    }
    for visit in view.visits.iter().filter(|v| v.day.is_none()) {
        outside(&visit.visit.id, visit.visit.date);
    }
}

/// Collects identifiers that are not in the scenario.
struct Unknown<'l> {
    log: &'l mut Log,
    place: String,
}

impl Unknown<'_> {
    fn check(&mut self, known: bool, fr: &str, en: &str, id: &str) {
        if !known {
            self.log.add(
                Rule::Ids,
                &self.place,
                format!("{fr} « {id} » n'existe pas dans le scénario ; corrigez l'identifiant"),
                format!("{en} “{id}” is not in the scenario; mend the identifier"),
            );
        }
    }
}

/// Vehicles, sites, communes and services are known; a site's commune is its own.
pub(in crate::check) fn ids(view: &View, log: &mut Log) {
    for tour in &view.tours {
        let mut unknown = Unknown { log, place: tour.name.clone() };
        unknown.check(tour.vehicle.is_some(), "le véhicule", "vehicle", &tour.tour.vehicle);
        for (site, stated) in [(tour.woke, &tour.tour.night_before), (tour.sleeps, &tour.tour.night_after)] {
            if let Some(id) = stated {
                unknown.check(site.is_some(), "le site", "site", id);
            }
        }
        for (leg, stated) in tour.legs.iter().zip(&tour.tour.legs) {
            for (place, stop) in [(leg.from, &stated.from), (leg.to, &stated.to)] {
                if let Stop::Site(id) = stop {
                    unknown.check(place.is_some(), "le site", "site", id);
                }
            }
        }
    }
    for (k, visit) in view.visits.iter().enumerate() {
        let mut unknown = Unknown { log, place: visit.visit.id.clone() };
        unknown.check(visit.vehicle.is_some(), "le véhicule", "vehicle", &visit.visit.vehicle);
        unknown.check(visit.site.is_some(), "le site", "site", &visit.visit.site);
        for entry in view.offered.iter().filter(|o| o.visit == k) {
            unknown.check(entry.service.is_some(), "le service", "service", &entry.stated.service);
            for line in &entry.lines {
                unknown.check(line.commune.is_some(), "la commune", "commune", &line.stated.commune);
            }
        }
        if let Some(site) = visit.site {
            own_commune(view, site.index(), &visit.visit.id, &visit.visit.commune, log);
        }
    }
    for left in &view.plan.not_served {
        let site = view.scenario.sites.iter().position(|s| s.id == left.site);
        let mut unknown = Unknown { log, place: "not_served".into() };
        unknown.check(site.is_some(), "le site", "site", &left.site);
        if let Some(site) = site {
            own_commune(view, site, "not_served", &left.commune, log);
        }
    }
}

fn own_commune(view: &View, site: usize, place: &str, stated: &str, log: &mut Log) {
    let site = &view.scenario.sites[site];
    let own = &view.scenario.communes[site.commune.index()].code;
    if own != stated {
        let id = &site.id;
        log.add(
            Rule::Ids,
            place,
            format!("{id} est dans la commune {own}, non {stated} ; corrigez la commune"),
            format!("{id} is in commune {own}, not {stated}; mend the commune"),
        );
    }
}

/// Visits have an identity each, no past visit's, and every visit has its stop in a tour of
/// its vehicle and date, every stop its visit.
pub(in crate::check) fn identities(view: &View, log: &mut Log) {
    let past = view.scenario.past.iter().filter(|p| p.date < view.scenario.horizon.start);
    let mut seen: HashSet<&str> = past.map(|p| p.id.as_str()).collect();
    for visit in &view.visits {
        let id = visit.visit.id.as_str();
        if id.is_empty() || !seen.insert(id) {
            log.add(
                Rule::Ids,
                id,
                format!("l'identifiant de visite « {id} » est vide ou déjà pris ; donnez-en un autre"),
                format!("the visit identifier “{id}” is empty or taken already; give another"),
            );
        }
        if visit.stop.is_none() && visit.pair().is_some() {
            log.add(
                Rule::Ids,
                id,
                "la visite n'a d'arrêt dans aucune tournée de son véhicule ce jour-là ; ajoutez-le".into(),
                "the visit has no stop in a tour of its vehicle on that day; add it".into(),
            );
        }
    }
    for &(tour, leg) in &view.empty_stops {
        let tour = &view.tours[tour];
        let Some(Place::Site(site)) = tour.legs[leg].to else { continue };
        let site = &view.scenario.sites[site.index()].id;
        log.add(
            Rule::Ids,
            &tour.name,
            format!("l'arrêt à {site} n'a pas de visite ; ajoutez-la ou retirez l'arrêt"),
            format!("the stop at {site} has no visit; add it or take the stop out"),
        );
    }
}
