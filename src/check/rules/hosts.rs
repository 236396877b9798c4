//! Rules 12 and 13: the commune that hosts a stay is invited, and nobody by ones and twos.

use crate::check::codes::Rule;
use crate::check::log::Log;
use crate::check::offered::Offered;
use crate::check::pools::{PoolView, whole};
use crate::check::view::{View, VisitView};
use crate::domain::{CommuneId, Service, ServiceId, SiteId, VehicleId};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// A visit of a stay that is free, and what it offers of a service.
type Free<'v, 'a> = (&'v VisitView<'a>, &'v Offered<'a>);

/// A stay whose host must be invited to a service.
struct Hosted<'v> {
    /// First day, vehicle and site: the order in which stays in one commune are served.
    order: (NaiveDate, VehicleId, SiteId),
    commune: usize,
    /// `h`, then `e` of model.md: how many people of the commune must be invited.
    asked: u32,
    /// How many are, by its free visits.
    invited: u64,
    /// Its first free visit.
    visit: &'v VisitView<'v>,
    /// Whether each of its free visits must invite as many as rule 13 wants: not where some have too little room.
    each: bool,
    /// Its free visits.
    visits: Vec<usize>,
}

/// The free visits of a stay with a service, by date.
fn free<'v, 'a>(view: &'v View<'a>, stay: &[usize], service: ServiceId) -> Vec<Free<'v, 'a>> {
    let of_stay = view.offered.iter().filter(|o| o.service == Some(service) && stay.contains(&o.visit));
    let visits = of_stay.map(|o| (&view.visits[o.visit], o));
    let mut list: Vec<Free> =
        visits.filter(|(v, o)| !view.is_fact(v) && v.pair().is_some() && o.appointments > 0).collect();
    list.sort_by_key(|(visit, _)| visit.visit.date);
    list
}

/// People of a commune whom visits of a list invite to a service.
fn invited<'v, 'a: 'v>(offered: impl Iterator<Item = &'v Offered<'a>>, commune: usize) -> u64 {
    let lines = offered.flat_map(|o| &o.lines).filter(|line| line.commune == Some(commune));
    lines.map(|line| u64::from(line.stated.people)).sum()
}

/// Whether a hard rule of follow-up lets people of a commune be invited: it has a point near enough.
fn has_point(view: &View, service: &Service, commune: usize) -> bool {
    let Some(rule) = service.follow_up.as_ref().filter(|rule| rule.hard) else { return true };
    let scenario = view.scenario;
    let mut points = scenario.care_points.iter().chain(&scenario.imaging_sites);
    points.any(|p| {
        let counts = rule.points.contains(&p.kind) || p.services.iter().any(|s| rule.points.contains(s));
        let trip = view.travel.car(CommuneId::new(commune), p.position);
        counts && trip.is_some_and(|leg| leg.seconds.max(scenario.travel.min_access) <= rule.reach.access)
    })
}

/// A stay's `h`, where its host is asked for.
fn hosted<'v>(view: &'v View<'v>, stay: &[usize], service: ServiceId, pool: &PoolView) -> Option<Hosted<'v>> {
    let of_service = &view.scenario.services[service.index()];
    let visits = free(view, stay, service);
    let &(first, _) = visits.first()?;
    let (vehicle, site) = first.pair()?;
    let commune = view.scenario.sites[site.index()].commune.index();
    let uptake = pool.uptake(view.scenario, view.travel, commune, site)?;
    if !view.scenario.communes[commune].in_scope || !has_point(view, of_service, commune) {
        return None;
    }
    let limits = |(_, o): &Free| {
        let seats = f64::from(o.appointments) * of_service.overbooking - f64::from(of_service.reserve);
        // Where nobody may come, nobody is invited.
        let letters = if seats > 0.0 { pool.pool.invitations_per_appointment * f64::from(o.appointments) } else { 0.0 };
        (f64::from(whole(letters)), if uptake > 0.0 { seats.max(0.0) / uptake } else { f64::INFINITY })
    };
    let limits: Vec<(f64, f64)> = visits.iter().map(limits).collect();
    let (letters, seats) = limits.iter().fold((0.0, 0.0), |all, one| (all.0 + one.0, all.1 + one.1));
    let share = whole(pool.pool.host_share * f64::min(letters, seats));
    // Visits invite whole people, each within its own limits.
    let room: u32 = limits.iter().map(|&(letters, seats)| whole(letters.min(seats))).sum();
    let facts = view
        .offered
        .iter()
        .filter(|o| o.service == Some(service) && stay.contains(&o.visit) && view.is_fact(&view.visits[o.visit]));
    let told = u32::try_from(invited(facts, commune)).unwrap_or(u32::MAX);
    let most = whole(pool.pool.max_invited_share * f64::from(pool.due[commune])).saturating_sub(told);
    let twice = 2.0 * f64::from(pool.pool.min_invitations);
    let asked = most.min(share).min(room);
    (asked > 0).then(|| Hosted {
        order: (first.visit.date, vehicle, site),
        commune,
        asked,
        invited: invited(visits.iter().map(|(_, o)| *o), commune),
        visit: first,
        each: limits.len() < 2 || limits.iter().all(|&(letters, seats)| letters.min(seats) >= twice),
        visits: visits.iter().map(|(_, o)| o.visit).collect(),
    })
}

/// The stays whose host must be invited to a service, with `e` of rule 12.
fn all<'v>(view: &'v View<'v>, service: ServiceId, pool: &PoolView) -> Vec<Hosted<'v>> {
    if pool.pool.host_share <= 0.0 {
        return Vec::new();
    }
    let mut list: Vec<Hosted> = view.stays.iter().filter_map(|stay| hosted(view, stay, service, pool)).collect();
    list.sort_by_key(|stay| stay.order);
    // By commune: people whom facts invite, by date; and those whom earlier stays must invite.
    let mut told: BTreeMap<usize, Vec<(NaiveDate, u64)>> = BTreeMap::new();
    let facts = view.offered.iter().filter(|o| o.service == Some(service) && view.is_fact(&view.visits[o.visit]));
    for fact in facts {
        for line in &fact.lines {
            if let Some(commune) = line.commune {
                let date = view.visits[fact.visit].visit.date;
                told.entry(commune).or_default().push((date, u64::from(line.stated.people)));
            }
        }
    }
    let mut before: BTreeMap<usize, u64> = BTreeMap::new();
    let horizon = &view.scenario.horizon;
    for stay in &mut list {
        let Some(first) = horizon.day(stay.order.0) else { continue };
        let told = told.get(&stay.commune).map_or(&[][..], |list| list);
        let left = |day: u32| {
            let by = horizon.start + chrono::Days::new(u64::from(day));
            let taken: u64 = told.iter().filter(|(date, _)| *date <= by).map(|(_, people)| people).sum();
            u64::from(pool.due_after(stay.commune, day)).saturating_sub(taken)
        };
        let days = u32::try_from(horizon.days()).unwrap_or(0);
        let left = (first.0..days).map(left).min().unwrap_or(0);
        let before = before.entry(stay.commune).or_default();
        let asked = u64::from(stay.asked).min(left.saturating_sub(*before));
        stay.asked = u32::try_from(asked).unwrap_or(u32::MAX);
        *before += asked;
    }
    list
}

/// The services with a pool.
fn pools<'v>(view: &'v View) -> impl Iterator<Item = (ServiceId, &'v PoolView)> {
    view.pools.iter().enumerate().filter_map(|(k, pool)| Some((ServiceId::new(k), pool.as_ref()?)))
}

/// Rule 12: a stay invites people of the commune that hosts it. A plan of an earlier version knew nothing of it.
pub(in crate::check) fn host(view: &View, log: &mut Log) {
    for (service, pool) in pools(view) {
        for stay in all(view, service, pool) {
            let (asked, invited) = (stay.asked, stay.invited);
            if invited >= u64::from(asked) {
                continue;
            }
            let (name, id) = (&view.scenario.communes[stay.commune].name, &view.scenario.services[service.index()].id);
            log.add_unless(
                view.plan.schema_version < RULES_12_13,
                Rule::Host,
                &stay.visit.visit.id,
                format!("{invited} personnes de {name}, qui accueille le véhicule, invitées (« {id} ») ; invitez-en {asked} au moins"),
                format!("{invited} people of {name}, which hosts the vehicle, invited (“{id}”); invite {asked} at least"),
            );
        }
    }
}

/// The version of plans from which rules 12 and 13 hold.
const RULES_12_13: u32 = 2;

/// Rule 13: a visit invites nobody of a commune, or as many as are worth a mailing; its host as far as rule 12 asks for.
pub(in crate::check) fn few(view: &View, log: &mut Log) {
    for (service, pool) in pools(view) {
        if pool.pool.min_invitations <= 1 {
            continue;
        }
        let hosted = all(view, service, pool);
        for offered in view.offered.iter().filter(|o| o.service == Some(service)) {
            let visit = &view.visits[offered.visit];
            let stay = hosted.iter().find(|stay| stay.visits.contains(&offered.visit));
            for line in &offered.lines {
                let Some(commune) = line.commune else { continue };
                let share = whole(pool.pool.max_invited_share * f64::from(pool.due[commune]));
                let fewest = pool.pool.min_invitations.min(share);
                let host = stay.filter(|stay| stay.commune == commune);
                let fewest = match host {
                    Some(stay) if !stay.each => 1,
                    Some(stay) if stay.asked > 0 => fewest.min(stay.asked),
                    _ => fewest,
                };
                let people = line.stated.people;
                if people >= fewest || people == 0 {
                    continue;
                }
                let (name, id) = (&view.scenario.communes[commune].name, &offered.stated.service);
                log.add_unless(
                    view.is_fact(visit) || view.plan.schema_version < RULES_12_13,
                    Rule::Few,
                    &visit.visit.id,
                    format!(
                        "{people} personnes de {name} invitées (« {id} ») ; invitez-en {fewest} au moins, ou personne"
                    ),
                    format!("{people} people of {name} invited (“{id}”); invite {fewest} at least, or nobody"),
                );
            }
        }
    }
}
