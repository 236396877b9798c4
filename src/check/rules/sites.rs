//! Rule 7: site fit, dates, spacing, maximum stays.

use crate::check::codes::Rule;
use crate::check::log::Log;
use crate::check::stays::joined;
use crate::check::view::{TourView, View, VisitView};
use crate::domain::{PastVisit, Site, SiteId, Vehicle, VehicleId};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// The site takes the vehicle's kind and offers what the vehicle needs.
pub(in crate::check) fn fit(view: &View, log: &mut Log) {
    for visit in &view.visits {
        let Some((vehicle, site)) = visit.pair() else { continue };
        let (vehicle, site) = (view.vehicle(vehicle), &view.scenario.sites[site.index()]);
        if !site.vehicle_kinds.contains(&vehicle.kind) {
            let (kind, kinds) = (&vehicle.kind, site.vehicle_kinds.join(", "));
            log.add_unless(
                view.has_begun(visit),
                Rule::SiteFit,
                &visit.visit.id,
                format!("{} ne reçoit pas « {kind} » (seulement : {kinds}) ; choisissez un autre site", site.id),
                format!("{} does not take “{kind}” (only: {kinds}); choose another site", site.id),
            );
        }
        let needs = [
            (vehicle.needs.power, site.power, "une alimentation électrique", "mains power"),
            (vehicle.needs.level_ground, site.level_ground, "un sol plat", "level ground"),
            (vehicle.needs.ramp_access, site.ramp_access, "un accès pour la rampe", "access for a ramp"),
            (vehicle.needs.network, site.network, "un réseau mobile", "a mobile network"),
        ];
        for (_, _, fr, en) in needs.into_iter().filter(|(needed, offered, ..)| *needed && !*offered) {
            log.add_unless(
                view.has_begun(visit),
                Rule::SiteFit,
                &visit.visit.id,
                format!("{} n'offre pas {fr}, qu'il faut à {} ; choisissez un autre site", site.id, vehicle.name),
                format!("{} lacks {en}, which {} needs; choose another site", site.id, vehicle.name),
            );
        }
    }
}

/// The date of a visit lies in the site's availability, on one of its weekdays, and is not blocked; so does
/// every later date on which a vehicle stands there, up to the one on which it goes on.
pub(in crate::check) fn dates(view: &View, log: &mut Log) {
    for visit in &view.visits {
        let Some(site) = visit.site.map(|s| &view.scenario.sites[s.index()]) else { continue };
        let date = visit.visit.date;
        let Some((fr, en)) = closed(site, date) else { continue };
        log.add_unless(
            view.has_begun(visit),
            Rule::SiteDates,
            &visit.visit.id,
            format!("{} le {date} : {fr} ; choisissez un autre jour ou un autre site", site.id),
            format!("{} on {date}: {en}; choose another day or another site", site.id),
        );
    }
    for tour in &view.tours {
        occupied(view, tour, log);
    }
}

/// The dates after a night out, without those of visits there, which are judged as such.
fn occupied(view: &View, tour: &TourView, log: &mut Log) {
    let next = tour.next.map(|k| &view.tours[k]).filter(|next| joined(tour, next));
    let (Some(id), Some(next)) = (tour.sleeps, next) else { return };
    let (site, to) = (&view.scenario.sites[id.index()], next.tour.date);
    let visited = |date| view.visits.iter().any(|v| v.pair() == tour.vehicle.zip(Some(id)) && v.visit.date == date);
    let stands = tour.tour.date.iter_days().skip(1).take_while(|date| *date <= to);
    let found = stands.filter(|date| !visited(*date)).find_map(|date| Some((date, closed(site, date)?)));
    let Some((date, (fr, en))) = found else { return };
    let (with_fr, with_en) =
        if date == to { <_>::default() } else { (format!(" en passant par le {date}"), format!(" over {date}")) };
    log.add(
        Rule::SiteDates,
        &tour.name,
        format!("le véhicule reste à {} jusqu'au {to}{with_fr}, {fr} ; dormez ailleurs ou rentrez à la base", site.id),
        format!("the vehicle stays at {} until {to}{with_en}, {en}; sleep elsewhere or return to the base", site.id),
    );
}

/// Why a site may not be used on a date, in both languages.
fn closed(site: &Site, date: NaiveDate) -> Option<(&'static str, &'static str)> {
    let (first, last) = site.available;
    if first.is_some_and(|f| date < f) || last.is_some_and(|l| date > l) {
        Some(("hors de la période de disponibilité du site", "outside the dates on which the site is available"))
    } else if !site.weekdays.contains(date) {
        Some(("un jour de semaine où le site ne peut servir", "a weekday on which the site may not be used"))
    } else if site.blocked.contains(date) {
        Some(("une date où le site est bloqué", "a date on which the site is blocked"))
    } else {
        None
    }
}

/// By the day of the visit, the lead time of a permit still to be had is over; not judged where
/// planning has no date.
pub(in crate::check) fn permit(view: &View, log: &mut Log) {
    let Some(now) = view.scenario.now else { return };
    for visit in &view.visits {
        let Some((site, day)) = visit.site.zip(visit.day) else { continue };
        let place = &view.scenario.sites[site.index()];
        let ahead = (view.scenario.horizon.date(day) - now).num_days();
        let lead = place.permit_lead_days;
        // A visit that was published has its permit.
        let revision = view.plan.revision.as_ref();
        let told = revision.is_some_and(|r| {
            r.published.iter().any(|old| old.site == visit.visit.site && old.date == visit.visit.date)
        });
        if lead == 0 || told || ahead >= i64::from(lead) {
            continue;
        }
        log.add(
            Rule::Permit,
            &visit.visit.id,
            format!(
                "le permis de {} demande {lead} jours à compter du {now}, la visite est dans {ahead} jours ; choisissez un \
                 autre site ou une date plus lointaine",
                place.id
            ),
            format!(
                "the permit of {} takes {lead} days from {now}, the visit is {ahead} days ahead; choose another site or \
                 a later date",
                place.id
            ),
        );
    }
}

/// Two stays of one kind of vehicle at a site start at least `spacing_weeks` ISO weeks apart:
/// the larger of the two vehicles' in the plan, the visiting vehicle's against the past. A stay
/// starts with its first visit. Past visits from the start of the horizon on are not looked at.
pub(in crate::check) fn spacing(view: &View, log: &mut Log) {
    let horizon = view.scenario.horizon;
    for (site, visits) in by_site(view) {
        for (k, &(visit, vehicle)) in visits.iter().enumerate() {
            let week = horizon.week_of(visit.visit.date);
            for &(other, with) in &visits[..k] {
                let weeks = vehicle.spacing_weeks.max(with.spacing_weeks);
                let apart = week - horizon.week_of(other.visit.date);
                if with.kind == vehicle.kind && apart.abs() < i64::from(weeks) {
                    let facts = view.has_begun(visit) && view.has_begun(other);
                    too_close(view, log, (site, visit, facts), &other.visit.id, apart.abs(), weeks);
                }
            }
            let past = view.scenario.past.iter().filter(|p| p.site == Some(site) && p.date < horizon.start);
            for past in past.filter(|p| counts_for(view, p, vehicle)) {
                let apart = week - horizon.week_of(past.date);
                if apart.abs() < i64::from(vehicle.spacing_weeks) {
                    let fact = view.has_begun(visit);
                    too_close(view, log, (site, visit, fact), &past.id, apart.abs(), vehicle.spacing_weeks);
                }
            }
        }
    }
}

/// The first visits of the stays in the horizon.
fn stays<'v, 'a>(view: &'v View<'a>) -> impl Iterator<Item = &'v VisitView<'a>> {
    let first = view.stays.iter().filter_map(|stay| stay.first());
    first.map(|&k| &view.visits[k]).filter(|v| v.day.is_some())
}

type Stays<'v> = BTreeMap<SiteId, Vec<(&'v VisitView<'v>, &'v Vehicle)>>;

fn by_site<'v>(view: &'v View) -> Stays<'v> {
    let mut sites: Stays = BTreeMap::new();
    for visit in stays(view) {
        if let Some((vehicle, site)) = visit.pair() {
            sites.entry(site).or_default().push((visit, view.vehicle(vehicle)));
        }
    }
    for visits in sites.values_mut() {
        visits.sort_by_key(|(v, _)| (v.visit.date, v.span.from.utc));
    }
    sites
}

/// A past visit counts for the kind of its vehicle; that of a vehicle no longer in the fleet,
/// for every kind some vehicle of which offers one of the services it invited to.
fn counts_for(view: &View, past: &PastVisit, vehicle: &Vehicle) -> bool {
    let fleet = &view.scenario.vehicles;
    if let Some(known) = fleet.iter().find(|v| v.id == past.vehicle) {
        return known.kind == vehicle.kind;
    }
    let offered = |line: &crate::domain::PastInvitation| {
        let mut same = fleet.iter().filter(|v| v.kind == vehicle.kind);
        same.any(|v| v.offers.iter().any(|o| o.service == line.service))
    };
    past.invitations.iter().any(offered)
}

fn too_close(
    view: &View,
    log: &mut Log,
    (site, visit, fact): (SiteId, &VisitView, bool),
    other: &str,
    apart: i64,
    weeks: u32,
) {
    let site = &view.scenario.sites[site.index()].id;
    log.add_unless(
        fact,
        Rule::Spacing,
        &visit.visit.id,
        format!("{apart} semaines depuis la visite {other} à {site}, il en faut {weeks} ; choisissez un autre site ou une autre semaine"),
        format!("{apart} weeks from visit {other} at {site} where {weeks} are due; choose another site or week"),
    );
}

/// A vehicle stays at a site at most `max_stays_per_site` times in the horizon.
pub(in crate::check) fn max_stays(view: &View, log: &mut Log) {
    let mut by_pair: BTreeMap<(VehicleId, SiteId), Vec<&VisitView>> = BTreeMap::new();
    for visit in stays(view) {
        if let Some(pair) = visit.pair() {
            by_pair.entry(pair).or_default().push(visit);
        }
    }
    for ((vehicle, site), visits) in by_pair {
        let Some(limit) = view.vehicle(vehicle).max_stays_per_site else { continue };
        let count = visits.len();
        if u32::try_from(count).unwrap_or(u32::MAX) <= limit {
            continue;
        }
        let site = &view.scenario.sites[site.index()].id;
        let last = visits.iter().max_by_key(|v| (v.visit.date, v.span.from.utc)).map_or("", |v| v.visit.id.as_str());
        log.add(
            Rule::MaxStays,
            last,
            format!("{count} passages à {site} pour {limit} permis ; retirez-en"),
            format!("{count} stays at {site} where {limit} are allowed; drop some"),
        );
    }
}
