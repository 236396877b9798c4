//! The file itself: version, inputs, horizon, identifiers.

use crate::check::codes::Rule;
use crate::check::log::Log;
use crate::check::rules::coverage::FIGURE_SLACK;
use crate::check::view::{Place, View};
use crate::i18n::Text;
use crate::plan::{SCHEMA_VERSION, STOPPED_BY, Stop, named, site_of};
use chrono::NaiveDate;
use std::collections::{HashMap, HashSet};

/// Whole invitations are proved best to this part of the score (model.md section 4).
const PROVED_INVITATIONS: f64 = 1e-4;

/// The version is one read here: this one's, or an earlier one.
pub(in crate::check) fn schema(view: &View, log: &mut Log) {
    let is = view.plan.schema_version;
    if !(1..=SCHEMA_VERSION).contains(&is) {
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

/// The plan has the scenario's name, and says what the scenario says of its figures: estimates and demonstrations.
pub(in crate::check) fn labels(view: &View, log: &mut Log) {
    let (is, due) = (&view.plan.scenario, view.scenario);
    if is.name != due.name {
        let (stated, name) = (&is.name, &due.name);
        log.add(
            Rule::Labels,
            "plan",
            format!("le plan est du scénario « {stated} », non « {name} » ; donnez le sien"),
            format!("the plan is of scenario “{stated}”, not “{name}”; give its own"),
        );
    }
    let mut tell = |text: &Text, fr: &str, en: &str| {
        log.add(Rule::Labels, "plan", format!("« {} » {fr}", text.fr), format!("“{}” {en}", text.en));
    };
    for label in due.labels.iter().filter(|label| !is.labels.contains(label)) {
        tell(
            label,
            "n'est pas dit dans le plan ; remettez cette mention",
            "is not said in the plan; put the label back",
        );
    }
    for label in is.labels.iter().filter(|label| !due.labels.contains(label)) {
        tell(label, "n'est pas du scénario ; retirez cette mention", "is not of the scenario; take the label out");
    }
}

/// The plan is not dated after all its visits; one made anew may be, when the last ones are past, but not after its weeks.
pub(in crate::check) fn planned_on(view: &View, log: &mut Log) {
    let of_visits = view.plan.visits.iter().map(|visit| visit.date).max();
    let last = of_visits.filter(|_| view.plan.revision.is_none()).unwrap_or(view.scenario.horizon.last());
    if let Some(day) = view.plan.planned_on.filter(|day| *day > last) {
        log.add(
            Rule::PlannedOn,
            "plan",
            format!("le plan est daté du {day}, après sa dernière visite ({last}) ; corrigez la date"),
            format!("the plan is dated {day}, after its last visit ({last}); mend the date"),
        );
    }
}

/// Margins are of vehicles there are, one line each, and sites left out are left out; nothing is below nothing, or above the
/// bound.
pub(in crate::check) fn prices(view: &View, log: &mut Log) {
    let plan = view.plan;
    let mut wrong = |fr: String, en: String| log.add(Rule::Prices, "plan", fr, en);
    let mut seen: HashSet<&str> = HashSet::new();
    for prices in &plan.shadow_prices {
        let id = prices.vehicle.as_str();
        let known = view.scenario.vehicles.iter().any(|v| v.id == id);
        if !known || !seen.insert(id) {
            wrong(
                format!("une marge est d'un véhicule inconnu ou répété, « {id} » ; retirez-la"),
                format!("a margin is of an unknown or repeated vehicle, “{id}”; take it out"),
            );
        }
        let values = [prices.day, prices.shift_hour, prices.appointment_per_hour];
        if values.into_iter().flatten().any(|value| !value.is_finite() || value < -FIGURE_SLACK) {
            wrong(
                format!("une marge de « {id} » est négative ou n'est pas un nombre ; retirez-la"),
                format!("a margin of “{id}” is negative or no number; take it out"),
            );
        }
    }
    for left in &plan.not_served {
        let (site, kind) = (&left.site, &left.vehicle_kind);
        let of_kind = |id: &str| view.scenario.vehicles.iter().any(|v| v.id == id && v.kind == *kind);
        if plan.visits.iter().any(|visit| visit.site == *site && of_kind(&visit.vehicle)) {
            wrong(
                format!("« {site} » est dit écarté et reçoit une visite ; retirez-le de not_served"),
                format!("“{site}” is said to be left out and has a visit; take it out of not_served"),
            );
        }
        let over =
            |value: Option<f64>| value.is_some_and(|v| !v.is_finite() || v > plan.upper_bound * (1.0 + 1e-9) + 1e-6);
        let crossed = left.score_with_it.zip(left.score_at_most).is_some_and(|(with, most)| with > most + 1e-6);
        if !left.reduced_value.is_finite() || over(left.score_at_most) || over(left.score_with_it) || crossed {
            wrong(
                format!("les nombres de « {site} », écarté, se contredisent ou passent la borne ; refaites le plan"),
                format!(
                    "the numbers of “{site}”, left out, contradict each other or pass the bound; make the plan again"
                ),
            );
        }
    }
}

/// How the plan was found is said in known words, with numbers that can be.
pub(in crate::check) fn solver(view: &View, log: &mut Log) {
    let mut wrong = |fr: String, en: String| log.add(Rule::Solver, "plan", fr, en);
    if let Some(solver) = &view.plan.solver {
        if !STOPPED_BY.contains(&solver.stopped_by.as_str()) {
            let by = &solver.stopped_by;
            wrong(
                format!("« {by} » n'est pas une raison d'arrêt ; refaites le plan"),
                format!("“{by}” is no reason to stop; make the plan again"),
            );
        }
        if [solver.root_gap, solver.first_gap].iter().any(|gap| gap.is_nan() || *gap < 0.0) {
            wrong(
                "un écart du calcul est négatif ; refaites le plan".into(),
                "a gap of the search is negative; make the plan again".into(),
            );
        }
    }
    let gap = view.plan.invitations_gap;
    let within = gap.is_some_and(|gap| gap <= PROVED_INVITATIONS * (1.0 + 1e-3));
    if gap.is_some_and(|gap| gap.is_nan() || gap < 0.0) || view.plan.invitations_proved && !within {
        wrong(
            "les invitations se disent prouvées sans écart assez petit ; mettez invitations_proved à false".into(),
            "the invitations are said to be proved without a gap small enough; set invitations_proved to false".into(),
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
        if site_of(id).is_some_and(|site| site != visit.visit.site) {
            let site = &visit.visit.site;
            log.add(
                Rule::Ids,
                id,
                format!("cet identifiant n'est pas d'une visite à « {site} » ; rendez à chaque visite le sien"),
                format!("this identifier is not of a visit to “{site}”; give each visit its own back"),
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
    if view.plan.revision.is_none() {
        exchanged(view, log);
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

/// In a first plan no visits stand in each other's places by their names, round and round: their identities were exchanged.
fn exchanged(view: &View, log: &mut Log) {
    let visits = &view.plan.visits;
    let at: HashMap<(&str, &str, NaiveDate), usize> =
        visits.iter().enumerate().map(|(k, v)| ((v.vehicle.as_str(), v.site.as_str(), v.date), k)).collect();
    // The visit that stands where another is named for.
    let next = |k: usize| named(&visits[k].id).and_then(|place| at.get(&place).copied()).filter(|other| *other != k);
    for start in 0..visits.len() {
        let mut k = start;
        let back = (0..visits.len()).any(|_| match next(k) {
            Some(other) => {
                k = other;
                k == start
            }
            None => false,
        });
        if back {
            log.add(
                Rule::Ids,
                &visits[start].id,
                "cet identifiant a été échangé avec celui d'une autre visite ; rendez à chacune le sien".into(),
                "this identifier was exchanged with that of another visit; give each its own back".into(),
            );
        }
    }
}
