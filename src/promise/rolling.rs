//! Indicator A of a whole scenario: rolling access by commune, and for groups of communes.

use super::access::{Access, Wait, access};
use super::clock::{Clock, ClockKind, midnight};
use super::offers::Offer;
use super::times::Times;
use crate::domain::{CommuneId, Scenario};
use crate::travel::Table;
use chrono::{Days, NaiveDate};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// What is promised.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Promise {
    /// Access time by car at most, minutes.
    pub minutes: f64,
    /// Hours of the clock until something is open, at most.
    pub hours: u32,
}

/// The 48 hours and 30 minutes of the programme.
impl Default for Promise {
    fn default() -> Self {
        Self { minutes: 30.0, hours: 48 }
    }
}

/// Rolling access of the communes of a scenario on one clock, in their order. `O(communes · offers)`.
#[must_use]
pub fn rolling(
    scenario: &Scenario,
    travel: &Table,
    offers: &[Offer],
    promise: Promise,
    kind: ClockKind,
) -> Vec<Access> {
    let (first, after) = dates(scenario);
    let clock = Clock::new(kind, &scenario.calendar, first, after);
    let period = (midnight(first), midnight(after));
    let hours = 3600 * i64::from(promise.hours);
    let near = |commune: CommuneId| -> Vec<usize> {
        let minutes = |offer: &Offer| travel.access_minutes(scenario, commune, offer.commune);
        (0..offers.len()).filter(|&k| minutes(&offers[k]).is_some_and(|m| m <= promise.minutes)).collect()
    };
    let near: Vec<Vec<usize>> = (0..scenario.communes.len()).into_par_iter().map(|i| near(CommuneId::new(i))).collect();
    // Communes with the same reach have the same access.
    let mut known: BTreeMap<&[usize], Access> = near.iter().map(|own| (own.as_slice(), Access::default())).collect();
    for (own, found) in &mut known {
        let spans = own.iter().flat_map(|&k| offers[k].open.spans().iter().copied());
        *found = access(&Times::new(spans.collect()), period, hours, &clock);
    }
    near.iter().map(|own| known[own.as_slice()]).collect()
}

/// The first date of the horizon, and the one after its last.
fn dates(scenario: &Scenario) -> (NaiveDate, NaiveDate) {
    let start = scenario.horizon.start;
    (start, start + Days::new(7 * u64::from(scenario.horizon.weeks)))
}

/// Rolling access of a group of communes.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct GroupAccess {
    /// Residents of the group.
    pub residents: f64,
    /// Share of the time in which they are answered, weighted by residents; `None` where the horizon is too
    /// short to say.
    pub share: Option<f64>,
    /// Residents who are answered all the time.
    pub always: f64,
    /// Residents who never are.
    pub never: f64,
    /// The longest wait, and the commune, the first of equal ones.
    pub longest: Option<(CommuneId, Wait)>,
}

/// The access of some communes together.
#[must_use]
pub fn together(scenario: &Scenario, all: &[Access], communes: impl Iterator<Item = CommuneId>) -> GroupAccess {
    let mut out = GroupAccess::default();
    let (mut answered, mut known) = (0.0, true);
    for id in communes {
        let (residents, own) = (f64::from(scenario.communes[id.index()].population.0), all[id.index()]);
        out.residents += residents;
        if own.answered == own.evaluated {
            out.always += residents;
        }
        if own.answered == 0 {
            out.never += residents;
        }
        match own.share() {
            Some(share) => answered += residents * share,
            None => known = false,
        }
        if let Some(wait) = own.longest
            && residents > 0.0
            && out.longest.is_none_or(|(_, longest)| wait.seconds > longest.seconds)
        {
            out.longest = Some((id, wait));
        }
    }
    out.share = (known && out.residents > 0.0).then(|| answered / out.residents);
    out
}
