//! All sites that are not in the plan: the forbidden ones by rule, the best of the others by price.

use super::balance::Figures;
use super::desk::{Desk, ExplainError};
use super::reasons::{Reasons, reasons};
use crate::domain::{SiteId, VehicleId};
use crate::optimise::Must;
use crate::plan::NotServed;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Sites that one rule, or the same few rules together, forbid to a kind of vehicle.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub struct Group {
    /// Codes of the rules, joined by `+`.
    pub rules: String,
    /// The kind of vehicle.
    pub vehicle_kind: String,
    /// The sites.
    pub sites: Vec<String>,
}

/// A site that no rule forbids.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub struct Priced {
    /// The site.
    pub site: String,
    /// INSEE code of its commune.
    pub commune: String,
    /// The kind of vehicle.
    pub vehicle_kind: String,
    /// As in `plan.json`.
    pub reduced_value: f64,
    /// No plan with such a visit scores more.
    pub score_at_most: Option<f64>,
    /// The plan with it forced in; for the best ones only. Absent as well where no plan has it.
    pub with_it: Option<Figures>,
    /// Whether it was solved with the visit forced in, to the end.
    pub solved: bool,
}

/// Every site that a kind of vehicle does not visit in the plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub struct Survey {
    /// The plan in question.
    pub plan: Figures,
    /// By kind of vehicle: solved again without anything forced in.
    pub without: BTreeMap<String, Figures>,
    /// Forbidden sites, by rule.
    pub forbidden: Vec<Group>,
    /// The others, best first.
    pub priced: Vec<Priced>,
}

/// Looks at all sites, for some kinds of vehicle; the `most` best are solved with them forced in.
///
/// # Errors
/// See [`ExplainError`].
pub fn survey(desk: &Desk, kinds: &[String], most: usize) -> Result<Survey, ExplainError> {
    let scenario = desk.scenario;
    let mut out =
        Survey { plan: Figures::of(desk.plan), without: BTreeMap::new(), forbidden: Vec::new(), priced: Vec::new() };
    for kind in kinds {
        let Some(free) = desk.solve(scenario, kind, None, true)? else { return Err(ExplainError::Infeasible) };
        out.without.insert(kind.clone(), free.figures);
        let vehicles: Vec<VehicleId> = (0..scenario.vehicles.len())
            .map(VehicleId::new)
            .filter(|v| scenario.vehicles[v.index()].kind == *kind)
            .collect();
        let of_kind = |id: &str| vehicles.iter().any(|v| scenario.vehicles[v.index()].id == id);
        let visited: BTreeSet<&str> =
            desk.plan.visits.iter().filter(|v| of_kind(&v.vehicle)).map(|v| v.site.as_str()).collect();
        let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (k, place) in scenario.sites.iter().enumerate().filter(|(_, s)| !visited.contains(s.id.as_str())) {
            let site = SiteId::new(k);
            let all: Vec<Reasons> = vehicles.iter().map(|&v| reasons(scenario, desk.travel, v, site)).collect();
            if all.iter().all(Reasons::forbidden) {
                let names: BTreeSet<String> = all.iter().map(Reasons::name).collect();
                let name = names.into_iter().collect::<Vec<_>>().join(" / ");
                groups.entry(name).or_default().push(place.id.clone());
                continue;
            }
            let left = free.left_out.iter().find(|l| l.site == site && l.kind == *kind);
            // Where the plan solved again has it, nothing is lost by it.
            out.priced.push(Priced {
                site: place.id.clone(),
                commune: scenario.communes[place.commune.index()].code.clone(),
                vehicle_kind: kind.clone(),
                reduced_value: left.map_or(0.0, |l| l.value),
                score_at_most: left.and_then(|l| l.at_most).map(|most| most + desk.plan_rest(kind)),
                with_it: None,
                solved: false,
            });
        }
        let named = groups.into_iter().map(|(rules, sites)| Group { rules, vehicle_kind: kind.clone(), sites });
        out.forbidden.extend(named);
    }
    let bound = |p: &Priced| p.score_at_most.unwrap_or(f64::NEG_INFINITY);
    out.priced.sort_by(|a, b| {
        let value = b.reduced_value.total_cmp(&a.reduced_value);
        bound(b).total_cmp(&bound(a)).then(value).then_with(|| a.site.cmp(&b.site))
    });
    for line in out.priced.iter_mut().take(most) {
        if (desk.stop)() {
            break;
        }
        match with_it(desk, &line.site, &line.vehicle_kind) {
            Ok(found) => (line.with_it, line.solved) = (found, true),
            Err(ExplainError::NoPlan(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(out)
}

/// The plan with a visit by a kind of vehicle to a site forced in; `None` when there is none.
///
/// # Errors
/// See [`ExplainError`].
pub fn with_it(desk: &Desk, site: &str, kind: &str) -> Result<Option<Figures>, ExplainError> {
    let sites = desk.scenario.sites.iter().position(|s| s.id == site).map(SiteId::new).into_iter().collect();
    let must = Must { kind: kind.to_owned(), sites };
    Ok(desk.solve(desk.scenario, kind, Some(&must), false)?.map(|solved| solved.figures))
}

/// Fills in the scores of the plans with each of the sites left out forced in.
///
/// # Errors
/// See [`ExplainError`].
pub fn force_in(desk: &Desk, not_served: &mut [NotServed]) -> Result<(), ExplainError> {
    for line in not_served {
        if (desk.stop)() {
            break;
        }
        line.score_with_it = match with_it(desk, &line.site, &line.vehicle_kind) {
            Ok(found) => found.map(|figures| figures.score),
            Err(ExplainError::NoPlan(_)) => None,
            Err(error) => return Err(error),
        };
    }
    Ok(())
}
