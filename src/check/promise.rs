//! The promise of care, computed again: by the gaps between openings, where [`crate::promise`] goes by the
//! times that openings answer.

use super::codes::Rule;
use super::figures::{Figures, compare};
use super::log::Log;
use super::offered;
use super::view::View;
use crate::domain::{
    CarePoint, CareStatus, ClockKind, CommuneId, PositionId, Promise, PromiseMode, PromisedTo, Scenario, ServiceId,
};
use crate::plan::{FollowUpLine, FollowUpPoint, LongestWait, PromiseFigures, RollingFigures, at, instant};
use crate::units::Seconds;
use chrono::{Datelike, Days, NaiveDate};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Days after the horizon in which fixed points are known to open.
const BEYOND: u64 = 14;

/// The dates that matter, and how much of them each clock has run.
pub(super) struct Calendar {
    /// Midnights: that of each date, and that after the last.
    pub(super) midnights: Vec<i64>,
    /// Seconds on working days before each midnight.
    working: Vec<i64>,
    /// Begin and end of the horizon.
    pub(super) horizon: (i64, i64),
    dates: Vec<NaiveDate>,
}

fn midnight(date: NaiveDate) -> i64 {
    instant(date, Seconds(0)).timestamp()
}

impl Calendar {
    pub(super) fn new(scenario: &Scenario) -> Self {
        let last = scenario.horizon.last();
        let known = (last + Days::new(BEYOND)).min(scenario.calendar.valid.1).max(last);
        let dates: Vec<NaiveDate> = scenario.horizon.start.iter_days().take_while(|d| *d <= known).collect();
        let midnights: Vec<i64> = dates.iter().copied().chain(known.succ_opt()).map(midnight).collect();
        let mut working = vec![0];
        for (date, pair) in dates.iter().zip(midnights.windows(2)) {
            let holiday = scenario.calendar.public_holidays.iter().any(|d| d.from <= *date && *date <= d.to);
            let runs = !holiday && date.weekday().num_days_from_monday() < 5;
            working.push(working[working.len() - 1] + if runs { pair[1] - pair[0] } else { 0 });
        }
        let end = midnights[scenario.horizon.days()];
        Self { horizon: (midnights[0], end), midnights, working, dates }
    }

    /// Seconds that a clock runs between two instants.
    pub(super) fn runs(&self, kind: ClockKind, from: i64, to: i64) -> i64 {
        if kind == ClockKind::Calendar {
            return to - from;
        }
        let before = |at: i64| {
            let day = self.midnights.partition_point(|m| *m <= at).clamp(1, self.dates.len()) - 1;
            let whole = self.working[day + 1] - self.working[day];
            self.working[day] + if whole > 0 { (at - self.midnights[day]).clamp(0, whole) } else { 0 }
        };
        before(to) - before(from)
    }

    /// When a fixed point is open.
    pub(super) fn opening(&self, scenario: &Scenario, point: &CarePoint) -> Vec<(i64, i64)> {
        let mut out = Vec::new();
        for (date, pair) in self.dates.iter().zip(self.midnights.windows(2)) {
            if point.status == CareStatus::Planned || scenario.calendar.public_holiday(*date).is_some() {
                continue;
            }
            for hours in &point.hours[date.weekday().num_days_from_monday() as usize] {
                let to = if hours.to.0 == 86_400 { pair[1] } else { instant(*date, hours.to).timestamp() };
                out.push((instant(*date, hours.from).timestamp(), to));
            }
        }
        out
    }
}

/// What is known of one place on one clock: unanswered, evaluated, and the longest wait: its begin, its
/// length and whether it is a least one.
type Measured = (i64, i64, Option<(i64, i64, bool)>);

/// One place, by the gaps between sorted openings.
fn measure(calendar: &Calendar, kind: ClockKind, hours: i64, open: &[(i64, i64)]) -> Measured {
    let (start, end) = calendar.horizon;
    let evaluated = calendar.runs(kind, start, end) - hours;
    if evaluated <= 0 {
        return (0, 0, None);
    }
    let (mut unanswered, mut longest) = (0, None::<(i64, i64, bool)>);
    let mut gap = |from: i64, to: Option<i64>| {
        let before = calendar.runs(kind, start, from);
        if before >= evaluated {
            return;
        }
        let wait = calendar.runs(kind, from, to.unwrap_or(end));
        let late = if to.is_some() { (wait - hours).max(0) } else { i64::MAX };
        unanswered += late.min(evaluated - before);
        if longest.is_none_or(|l| wait > l.1) {
            longest = Some((from, wait, to.is_none()));
        }
    };
    let mut closed = start;
    for &(opens, closes) in open {
        if opens > closed {
            gap(closed, Some(opens));
        }
        closed = closed.max(closes);
    }
    if closed < end {
        gap(closed, None);
    }
    (unanswered, evaluated, longest)
}

/// What offers a service, and when, by commune.
struct Openings {
    mobile: BTreeMap<PositionId, Vec<(i64, i64)>>,
    fixed: BTreeMap<PositionId, Vec<(i64, i64)>>,
}

impl Openings {
    fn new(view: &View, calendar: &Calendar, service: ServiceId) -> Self {
        let id = &view.scenario.services[service.index()].id;
        let mut fixed: BTreeMap<PositionId, Vec<(i64, i64)>> = BTreeMap::new();
        for point in view.scenario.care_points.iter().chain(&view.scenario.imaging_sites) {
            if point.services.contains(id) && point.status != CareStatus::Planned {
                fixed.entry(point.position).or_default().extend(calendar.opening(view.scenario, point));
            }
        }
        Self { mobile: by_visits(view, service), fixed }
    }

    /// The openings within reach of a commune, sorted: of visits, and of fixed points.
    fn near(&self, view: &View, commune: usize, most: Seconds) -> [Vec<(i64, i64)>; 2] {
        [&self.mobile, &self.fixed].map(|offers| {
            let near = |to: &PositionId| {
                let trip = view.travel.car(CommuneId::new(commune), *to);
                trip.is_some_and(|leg| leg.seconds.max(view.scenario.travel.min_access) <= most)
            };
            let mut open: Vec<(i64, i64)> =
                offers.iter().filter(|(to, _)| near(to)).flat_map(|(_, open)| open).copied().collect();
            open.sort_unstable();
            open
        })
    }
}

fn merged([mobile, fixed]: &[Vec<(i64, i64)>; 2]) -> Vec<(i64, i64)> {
    let mut all = [&mobile[..], fixed].concat();
    all.sort_unstable();
    all
}

/// Rolling access to every service on both clocks. `O(services · communes · openings within reach)`.
pub(super) fn promise(view: &View) -> Vec<PromiseFigures> {
    let calendar = Calendar::new(view.scenario);
    let scope: Vec<usize> = (0..view.scenario.communes.len()).filter(|&i| view.scenario.communes[i].in_scope).collect();
    let mut out = Vec::new();
    for (k, service) in view.scenario.services.iter().enumerate() {
        let reach = service.promise.reach;
        let openings = Openings::new(view, &calendar, ServiceId::new(k));
        let hours = 3600 * i64::from(reach.hours);
        // By commune in scope and clock: with visits alone, with fixed points.
        let of = |i: usize| {
            let near = openings.near(view, i, reach.access);
            let both = merged(&near);
            ClockKind::ALL.map(|kind| [&near[0], &both].map(|open| measure(&calendar, kind, hours, open)))
        };
        let all: Vec<_> = scope.par_iter().map(|&i| (i, of(i))).collect();
        for (c, clock) in ClockKind::ALL.into_iter().enumerate() {
            let figures =
                |which: usize| summed(view.scenario, all.iter().map(|(i, measured)| (*i, measured[c][which])));
            out.push(PromiseFigures {
                service: service.id.clone(),
                clock,
                minutes: f64::from(reach.access.0) / 60.0,
                hours: reach.hours,
                residents: scope.iter().map(|&i| u64::from(view.scenario.communes[i].population.0)).sum(),
                vehicles: figures(0),
                with_fixed: figures(1),
            });
        }
    }
    out
}

/// The communes that a promise is a constraint for, each with what is measured on its clock; those of which
/// nothing can be said are left out.
fn bound(view: &View, calendar: &Calendar, service: ServiceId) -> Vec<(usize, Measured)> {
    let scenario = view.scenario;
    let promise = &scenario.services[service.index()].promise;
    let openings = Openings::new(view, calendar, service);
    let hours = 3600 * i64::from(promise.reach.hours);
    let promised = |i: usize| match &promise.to {
        PromisedTo::All => scenario.communes[i].in_scope,
        PromisedTo::Unreached => scenario.communes[i].in_scope && !reached(view, &openings, promise, i),
        PromisedTo::Listed(list) => list.contains(&CommuneId::new(i)),
    };
    let measured = |i: usize| {
        let near = openings.near(view, i, promise.reach.access);
        (i, measure(calendar, promise.clock, hours, &merged(&near)))
    };
    (0..scenario.communes.len()).filter(|&i| promised(i)).map(measured).filter(|(_, m)| m.1 > 0).collect()
}

/// What promises that are not kept cost, where they are soft constraints.
#[allow(clippy::cast_precision_loss)]
pub(super) fn penalty(view: &View) -> f64 {
    let calendar = Calendar::new(view.scenario);
    let mut total = 0.0;
    for (k, service) in view.scenario.services.iter().enumerate() {
        let PromiseMode::Soft(weight) = service.promise.mode else { continue };
        for (i, (unanswered, evaluated, _)) in bound(view, &calendar, ServiceId::new(k)) {
            let residents = f64::from(view.scenario.communes[i].population.0);
            total += weight * residents * unanswered as f64 / evaluated as f64;
        }
    }
    total
}

/// Communes named that are not answered.
pub(super) const NAMED: usize = 5;

/// Hard promises are kept: every commune promised is answered all of the time that is judged.
pub(super) fn kept(view: &View, log: &mut Log) {
    let calendar = Calendar::new(view.scenario);
    for (k, service) in view.scenario.services.iter().enumerate() {
        if service.promise.mode != PromiseMode::Hard {
            continue;
        }
        let broken: Vec<(usize, Measured)> =
            bound(view, &calendar, ServiceId::new(k)).into_iter().filter(|(_, m)| m.0 > 0).collect();
        if broken.is_empty() {
            continue;
        }
        let name = |(i, (unanswered, evaluated, longest)): &(usize, Measured)| {
            let commune = &view.scenario.communes[*i];
            let since = longest.map_or_else(String::new, |(from, ..)| format!(", {}", at(from)));
            format!("{} ({} {unanswered} s / {evaluated} s{since})", commune.name, commune.code)
        };
        let (named, id) = (broken.iter().take(NAMED).map(name).collect::<Vec<_>>().join(", "), &service.id);
        let n = broken.len();
        log.add(
            Rule::PromiseKept,
            id,
            format!("{n} communes ne sont pas toujours servies à temps par « {id} », dont {named} ; ajoutez des visites à leur portée"),
            format!("{n} communes are not always answered in time by \"{id}\", among them {named}; add visits within their reach"),
        );
    }
}

/// Whether a fixed point that offers a service lies within reach of a commune, open or not.
fn reached(view: &View, openings: &Openings, promise: &Promise, commune: usize) -> bool {
    openings.fixed.keys().any(|&to| {
        let trip = view.travel.car(CommuneId::new(commune), to);
        trip.is_some_and(|leg| leg.seconds.max(view.scenario.travel.min_access) <= promise.reach.access)
    })
}

/// When the plan's visits offer a service, by position.
fn by_visits(view: &View, service: ServiceId) -> BTreeMap<PositionId, Vec<(i64, i64)>> {
    let mut out: BTreeMap<PositionId, Vec<(i64, i64)>> = BTreeMap::new();
    for visit in &view.visits {
        let Some(site) = visit.site.filter(|_| offered::appointments(view, visit, service) > 0) else { continue };
        let spans = visit.sessions.iter().map(|s| (s.from.utc, s.to.utc)).filter(|(from, to)| from < to);
        out.entry(view.scenario.sites[site.index()].position).or_default().extend(spans);
    }
    out
}

/// Places together, weighted by their residents.
#[allow(clippy::cast_precision_loss)]
fn summed(scenario: &Scenario, all: impl Iterator<Item = (usize, Measured)>) -> RollingFigures {
    let mut out = RollingFigures::default();
    let (mut people, mut answered, mut known) = (0.0, 0.0, true);
    for (i, (unanswered, evaluated, longest)) in all {
        let residents = scenario.communes[i].population.0;
        if residents == 0 {
            continue;
        }
        people += f64::from(residents);
        if evaluated > 0 {
            answered += f64::from(residents) * (evaluated - unanswered) as f64 / evaluated as f64;
            out.always += if unanswered == 0 { u64::from(residents) } else { 0 };
            out.never += if unanswered == evaluated { u64::from(residents) } else { 0 };
        } else {
            known = false;
        }
        if let Some((from, seconds, at_least)) = longest
            && out.longest.as_ref().is_none_or(|l| seconds > l.seconds)
        {
            let commune = scenario.communes[i].code.clone();
            out.longest = Some(LongestWait { commune, from: at(from), seconds, at_least });
        }
    }
    out.share = (known && people > 0.0).then(|| answered / people);
    out
}

/// The figures of the promise are those computed again.
pub(super) fn figures(view: &View, computed: &Figures, log: &mut Log) {
    let stated = &view.plan.promise;
    let named = |p: &PromiseFigures| (p.service.clone(), p.clock);
    if stated.iter().map(named).collect::<Vec<_>>() != computed.promise.iter().map(named).collect::<Vec<_>>() {
        log.add(
            Rule::Promise,
            "plan",
            "la promesse doit avoir une ligne par service et par horloge, dans l'ordre du scénario ; refaites-les"
                .into(),
            "the promise needs a line a service and clock, in the order of the scenario; make them anew".into(),
        );
        return;
    }
    for (is, due) in stated.iter().zip(&computed.promise) {
        let name = |field: &str| format!("promise.{}.{}.{field}", due.service, due.clock.name());
        let mut number = |field: &str, stated: f64, computed: f64| {
            compare(log, Rule::Promise, &name(field), stated, computed);
        };
        number("minutes", is.minutes, due.minutes);
        number("hours", is.hours.into(), due.hours.into());
        #[allow(clippy::cast_precision_loss)]
        let whole = |n: u64| n as f64;
        number("residents", whole(is.residents), whole(due.residents));
        for (part, is, due) in
            [("vehicles", &is.vehicles, &due.vehicles), ("with_fixed", &is.with_fixed, &due.with_fixed)]
        {
            number(&format!("{part}.share"), is.share.unwrap_or(-1.0), due.share.unwrap_or(-1.0));
            number(&format!("{part}.always"), whole(is.always), whole(due.always));
            number(&format!("{part}.never"), whole(is.never), whole(due.never));
        }
        for (part, is, due) in [
            ("vehicles", &is.vehicles.longest, &due.vehicles.longest),
            ("with_fixed", &is.with_fixed.longest, &due.with_fixed.longest),
        ] {
            if is != due {
                let what = name(&format!("{part}.longest"));
                let shown = |wait: &Option<LongestWait>| match wait {
                    None => "–".to_owned(),
                    Some(w) => format!("{} {} {} s", w.commune, w.from, w.seconds),
                };
                let (is, due) = (shown(is), shown(due));
                log.add(
                    Rule::Promise,
                    "plan",
                    format!("{what} : {is} annoncé, {due} recalculé ; corrigez-le"),
                    format!("{what}: {is} stated, {due} computed; mend it"),
                );
            }
        }
    }
    for (visit, due) in view.plan.visits.iter().zip(&computed.visits) {
        let wrong = visit.services.iter().zip(due).filter(|(is, due)| !alike(&is.follow_up, &due.follow_up));
        for (is, _) in wrong {
            let service = &is.service;
            log.add(
                Rule::Promise,
                &visit.id,
                format!("la suite de soins de « {service} » n'est pas celle qu'on recalcule ; corrigez-la"),
                format!("the follow-up of \"{service}\" is not the one computed again; mend it"),
            );
        }
    }
}

fn alike(stated: &[FollowUpLine], computed: &[FollowUpLine]) -> bool {
    let point = |is: &Option<FollowUpPoint>, due: &Option<FollowUpPoint>| match (is, due) {
        (None, None) => true,
        (Some(is), Some(due)) => {
            let near = (is.minutes - due.minutes).abs() <= 1e-6;
            near && (&is.id, &is.name, is.opens) == (&due.id, &due.name, due.opens)
        }
        _ => false,
    };
    let line = |is: &FollowUpLine, due: &FollowUpLine| {
        (is.clock, is.people, is.followed) == (due.clock, due.people, due.followed) && point(&is.nearest, &due.nearest)
    };
    stated.len() == computed.len() && stated.iter().zip(computed).all(|(is, due)| line(is, due))
}
