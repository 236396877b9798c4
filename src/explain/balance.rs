//! Two plans side by side: what one gains, and what it loses where.

use crate::demand::{Demand, value_of};
use crate::domain::{Scenario, SiteId};
use crate::plan::{Plan, Visit};
use chrono::NaiveDate;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// A smaller difference is rounding.
const NOTHING: f64 = 1e-9;

/// Score, bound and gap of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub struct Figures {
    /// Score of the plan.
    pub score: f64,
    /// No plan under the same rules, and the same demand, scores more.
    pub upper_bound: f64,
    /// As in `plan.json`.
    pub gap: f64,
}

impl Figures {
    /// Those of a plan.
    #[must_use]
    pub fn of(plan: &Plan) -> Self {
        Self { score: plan.score, upper_bound: plan.upper_bound, gap: plan.gap }
    }
}

/// A visit that only one of two plans has, or that is on another day.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub struct VisitChange {
    /// The vehicle.
    pub vehicle: String,
    /// The site.
    pub site: String,
    /// INSEE code of its commune.
    pub commune: String,
    /// Its day.
    pub date: NaiveDate,
    /// The day it had before; where it was moved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<NaiveDate>,
    /// Expected additional people, by service with a pool.
    pub expected_additional: BTreeMap<String, f64>,
}

/// What visits to the sites asked for bring, by service.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub struct SiteGain {
    /// The service.
    pub service: String,
    /// People expected there.
    pub expected: f64,
    /// Of whom would not have been served otherwise.
    pub expected_additional: f64,
    /// Appointments offered there.
    pub appointments: u32,
}

/// What a territory receives in one plan and in the other.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub struct TerritoryChange {
    /// The service.
    pub service: String,
    /// Code of the territory.
    pub territory: String,
    /// Its name.
    pub name: String,
    /// Weighted contacts before and after.
    pub contacts: (f64, f64),
    /// By how much its part of the score changes.
    pub score: f64,
}

/// Two plans side by side. The changes of the territories, less the prices of driving, nights and promises not
/// kept, plus the weekdays, add up to the change of the score.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub struct Balance {
    /// By how much the score changes.
    pub score: f64,
    /// Visits of the first plan only.
    pub vanished: Vec<VisitChange>,
    /// Visits of the second plan only.
    pub appeared: Vec<VisitChange>,
    /// Visits of both, on other days or by another vehicle of the kind.
    pub moved: Vec<VisitChange>,
    /// What the sites asked for bring.
    pub there: Vec<SiteGain>,
    /// Territories that receive more or less, the largest gains first.
    pub territories: Vec<TerritoryChange>,
    /// By how much the price of driving changes.
    pub driving: f64,
    /// By how much the price of nights out changes.
    pub nights: f64,
    /// By how much what weekdays are worth changes.
    pub weekdays: f64,
    /// By how much the price of promises not kept changes.
    pub promise: f64,
}

/// Compares two plans of one demand; `sites` are those asked for.
#[must_use]
pub fn balance(scenario: &Scenario, demand: &Demand, before: &Plan, after: &Plan, sites: &BTreeSet<SiteId>) -> Balance {
    let (vanished, appeared, moved) = visits(scenario, before, after);
    let asked = |v: &&Visit| sites.iter().any(|s| scenario.sites[s.index()].id == v.site);
    let mut there: BTreeMap<&str, SiteGain> = BTreeMap::new();
    for part in after.visits.iter().filter(asked).flat_map(|v| &v.services) {
        let line = there.entry(&part.service).or_insert_with(|| SiteGain {
            service: part.service.clone(),
            expected: 0.0,
            expected_additional: 0.0,
            appointments: 0,
        });
        line.expected += part.expected;
        line.expected_additional += part.expected_additional;
        line.appointments += part.appointments;
    }
    let (a, b) = (&before.score_parts, &after.score_parts);
    Balance {
        score: after.score - before.score,
        vanished,
        appeared,
        moved,
        there: there.into_values().collect(),
        territories: territories(scenario, demand, before, after),
        driving: b.driving - a.driving,
        nights: b.nights - a.nights,
        weekdays: b.weekdays - a.weekdays,
        promise: b.promise - a.promise,
    }
}

fn change(visit: &Visit, before: Option<NaiveDate>) -> VisitChange {
    let pooled = visit.services.iter().filter(|s| !s.invitations.is_empty());
    VisitChange {
        vehicle: visit.vehicle.clone(),
        site: visit.site.clone(),
        commune: visit.commune.clone(),
        date: visit.date,
        before,
        expected_additional: pooled.map(|s| (s.service.clone(), s.expected_additional)).collect(),
    }
}

/// Visits that vanish, appear and move: those on the same day are the same, then those of the same
/// kind of vehicle at the same site, by date.
fn visits(scenario: &Scenario, before: &Plan, after: &Plan) -> (Vec<VisitChange>, Vec<VisitChange>, Vec<VisitChange>) {
    let kind = |v: &Visit| scenario.vehicles.iter().find(|k| k.id == v.vehicle).map(|k| k.kind.as_str());
    let mut old: Vec<&Visit> = before.visits.iter().collect();
    let mut new: Vec<&Visit> = after.visits.iter().collect();
    old.retain(|a| {
        let same = new.iter().position(|b| (&a.vehicle, &a.site, a.date) == (&b.vehicle, &b.site, b.date));
        same.map(|at| new.remove(at)).is_none()
    });
    let mut moved = Vec::new();
    old.retain(|a| {
        let same = new.iter().position(|b| a.site == b.site && kind(a) == kind(b));
        same.map(|at| moved.push(change(new.remove(at), Some(a.date)))).is_none()
    });
    let all = |list: Vec<&Visit>| list.into_iter().map(|v| change(v, None)).collect();
    (all(old), all(new), moved)
}

/// Contacts by service and territory.
fn contacts(scenario: &Scenario, demand: &Demand, plan: &Plan) -> BTreeMap<(usize, usize), f64> {
    let codes: BTreeMap<&str, usize> =
        scenario.communes.iter().enumerate().map(|(k, c)| (c.code.as_str(), k)).collect();
    let mut out = BTreeMap::new();
    for part in plan.visits.iter().flat_map(|v| &v.services) {
        let Some(service) = scenario.service(&part.service) else { continue };
        let Some(pool) = demand.of(service) else { continue };
        for line in &part.invitations {
            let Some(&i) = codes.get(line.commune.as_str()) else { continue };
            let territory = scenario.communes[i].territory.index();
            *out.entry((service.index(), territory)).or_insert(0.0) += pool.worth[i] * line.expected;
        }
    }
    out
}

fn territories(scenario: &Scenario, demand: &Demand, before: &Plan, after: &Plan) -> Vec<TerritoryChange> {
    let (old, new) = (contacts(scenario, demand, before), contacts(scenario, demand, after));
    let keys: BTreeSet<(usize, usize)> = old.keys().chain(new.keys()).copied().collect();
    let one = |key: (usize, usize)| {
        let (a, b) = (old.get(&key).copied().unwrap_or(0.0), new.get(&key).copied().unwrap_or(0.0));
        let pool = demand.services[key.0].as_ref()?;
        let steps = &pool.steps[key.1];
        let score = pool.weight * (value_of(steps, b) - value_of(steps, a));
        ((a - b).abs() > NOTHING || score.abs() > NOTHING).then(|| TerritoryChange {
            service: scenario.services[key.0].id.clone(),
            territory: scenario.territories[key.1].code.clone(),
            name: scenario.territories[key.1].name.clone(),
            contacts: (a, b),
            score,
        })
    };
    let mut out: Vec<TerritoryChange> = keys.into_iter().filter_map(one).collect();
    out.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.territory.cmp(&b.territory)));
    out
}
