//! Indicator A of a whole plan: rolling access by commune, and for groups of communes.

use super::access::{Access, Wait, access};
use super::clock::{Clock, midnight};
use super::offers::{Offer, fixed, visits};
use super::times::Times;
use crate::domain::{ClockKind, CommuneId, PromiseMode, PromisedTo, Reach, Scenario, Service, ServiceId};
use crate::plan::Plan;
use crate::travel::Table;
use crate::units::Seconds;
use chrono::{Days, NaiveDate};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Days after the horizon in which fixed points are known to open.
const BEYOND: u64 = 14;

/// The time in which promises are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// The first date of the horizon.
    pub first: NaiveDate,
    /// The date after its last.
    pub after: NaiveDate,
    /// The last date on which fixed points are known to open: two weeks later, or the last for which the
    /// public holidays are known.
    pub known: NaiveDate,
}

impl Period {
    /// That of a scenario.
    #[must_use]
    pub fn of(scenario: &Scenario) -> Self {
        let first = scenario.horizon.start;
        let after = first + Days::new(7 * u64::from(scenario.horizon.weeks));
        let last = after - Days::new(1);
        Self { first, after, known: (last + Days::new(BEYOND)).min(scenario.calendar.valid.1).max(last) }
    }

    /// The horizon, in seconds since the Unix epoch.
    #[must_use]
    pub fn span(self) -> (i64, i64) {
        (midnight(self.first), midnight(self.after))
    }

    /// A clock that is known as long as the fixed points are.
    #[must_use]
    pub fn clock(self, scenario: &Scenario, kind: ClockKind) -> Clock {
        Clock::new(kind, &scenario.calendar, self.first, self.known)
    }
}

/// Rolling access to one service on one clock.
#[derive(Debug, Clone, PartialEq)]
pub struct Rolling {
    /// The service.
    pub service: ServiceId,
    /// The clock.
    pub clock: ClockKind,
    /// What is promised.
    pub reach: Reach,
    /// By commune, with the visits of the plan alone.
    pub alone: Vec<Access>,
    /// By commune, with the fixed points as well.
    pub with_fixed: Vec<Access>,
}

/// Rolling access to the services of a scenario with a plan, on both clocks.
/// `O(services · communes · (visits + fixed points))`.
#[must_use]
pub fn rolling(scenario: &Scenario, travel: &Table, plan: &Plan) -> Vec<Rolling> {
    (0..scenario.services.len()).flat_map(|k| of_service(scenario, travel, plan, ServiceId::new(k))).collect()
}

/// Rolling access to one service, on both clocks.
fn of_service(scenario: &Scenario, travel: &Table, plan: &Plan, id: ServiceId) -> Vec<Rolling> {
    let period = Period::of(scenario);
    let service = &scenario.services[id.index()];
    let reach = service.promise.reach;
    let mut offers = visits(scenario, plan, service);
    let own = offers.len();
    offers.extend(fixed(scenario, service, (period.first, period.known)));
    let near = nearby(scenario, travel, &offers, reach.access);
    let measure = |kind: ClockKind, only: usize| {
        let clock = period.clock(scenario, kind);
        // Communes with the same reach have the same access.
        let cut: Vec<&[usize]> = near.iter().map(|all| &all[..all.partition_point(|&o| o < only)]).collect();
        let mut known: BTreeMap<&[usize], Access> = cut.iter().map(|&all| (all, Access::default())).collect();
        known.par_iter_mut().for_each(|(all, found)| {
            let spans = all.iter().flat_map(|&o| offers[o].open.spans().iter().copied());
            *found = access(&Times::new(spans.collect()), period.span(), reach.seconds(), &clock);
        });
        cut.iter().map(|all| known[all]).collect()
    };
    let one = |clock| Rolling {
        service: id,
        clock,
        reach,
        alone: measure(clock, own),
        with_fixed: measure(clock, offers.len()),
    };
    ClockKind::ALL.map(one).into()
}

/// What the promises that a plan does not keep cost in its score, where they are soft constraints:
/// `weight · residents · unanswered time ÷ time judged` (model.md section 5).
#[must_use]
#[allow(clippy::cast_precision_loss)]
pub fn penalty(scenario: &Scenario, travel: &Table, plan: &Plan) -> f64 {
    let mut total = 0.0;
    for (k, service) in scenario.services.iter().enumerate() {
        let PromiseMode::Soft(weight) = service.promise.mode else { continue };
        let all = of_service(scenario, travel, plan, ServiceId::new(k));
        let Some(of) = all.into_iter().find(|of| of.clock == service.promise.clock) else { continue };
        for commune in promised_to(scenario, travel, service) {
            let residents = f64::from(scenario.communes[commune.index()].population.0);
            total += of.with_fixed[commune.index()].share().map_or(0.0, |share| weight * residents * (1.0 - share));
        }
    }
    total
}

/// The communes that a promise is a constraint for, in their order.
#[must_use]
pub fn promised_to(scenario: &Scenario, travel: &Table, service: &Service) -> Vec<CommuneId> {
    let scope = (0..scenario.communes.len()).filter(|&i| scenario.communes[i].in_scope).map(CommuneId::new);
    let period = Period::of(scenario);
    match &service.promise.to {
        PromisedTo::All => scope.collect(),
        PromisedTo::Listed(list) => list.clone(),
        PromisedTo::Unreached => {
            let points = fixed(scenario, service, (period.first, period.known));
            let near = nearby(scenario, travel, &points, service.promise.reach.access);
            scope.filter(|commune| near[commune.index()].is_empty()).collect()
        }
    }
}

/// The offers within reach of each commune of the scenario, in their order.
#[must_use]
pub fn nearby(scenario: &Scenario, travel: &Table, offers: &[Offer], most: Seconds) -> Vec<Vec<usize>> {
    let near = |commune: CommuneId| -> Vec<usize> {
        let reaches = |offer: &Offer| travel.access(scenario, commune, offer.at).is_some_and(|a| a <= most);
        (0..offers.len()).filter(|&k| reaches(&offers[k])).collect()
    };
    (0..scenario.communes.len()).into_par_iter().map(|i| near(CommuneId::new(i))).collect()
}

/// Rolling access of a group of communes.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct GroupAccess {
    /// Residents of the group.
    pub residents: u64,
    /// Share of the time in which they are answered, weighted by residents; `None` where the horizon is too
    /// short to say, or nobody lives there.
    pub share: Option<f64>,
    /// Residents who are answered all the time.
    pub always: u64,
    /// Residents who never are.
    pub never: u64,
    /// The longest wait, and the commune, the first of equal ones.
    pub longest: Option<(CommuneId, Wait)>,
}

/// The access of some communes together.
#[must_use]
#[allow(clippy::cast_precision_loss)]
pub fn together(scenario: &Scenario, all: &[Access], communes: impl Iterator<Item = CommuneId>) -> GroupAccess {
    let mut out = GroupAccess::default();
    let (mut answered, mut known) = (0.0, true);
    for id in communes {
        let (residents, own) = (u64::from(scenario.communes[id.index()].population.0), all[id.index()]);
        if residents == 0 {
            continue;
        }
        out.residents += residents;
        match own.share() {
            Some(share) => {
                answered += residents as f64 * share;
                out.always += if own.answered == own.evaluated { residents } else { 0 };
                out.never += if own.answered == 0 { residents } else { 0 };
            }
            None => known = false,
        }
        if let Some(wait) = own.longest
            && out.longest.is_none_or(|(_, longest)| wait.seconds > longest.seconds)
        {
            out.longest = Some((id, wait));
        }
    }
    out.share = (known && out.residents > 0).then(|| answered / out.residents as f64);
    out
}
