//! Who is served already: the visits that invite a commune, and the sites that reach it.

use crate::demand::Demand;
use crate::domain::{CommuneId, Scenario, SiteId};
use crate::plan::Plan;
use chrono::NaiveDate;
use serde::Serialize;
use std::collections::BTreeSet;

/// A visit of the plan that is in a commune, or within reach of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub struct ServedBy {
    /// Identity of the visit.
    pub visit: String,
    /// The vehicle.
    pub vehicle: String,
    /// The site.
    pub site: String,
    /// Its day.
    pub date: NaiveDate,
    /// Whether the site is in the commune.
    pub inside: bool,
    /// People of the commune invited, all services together: they are counted by letter.
    pub invited: u32,
}

/// The sites from which people of a commune may be invited, for any service.
#[must_use]
pub fn reaching(demand: &Demand, commune: CommuneId) -> BTreeSet<SiteId> {
    let pools = demand.services.iter().flatten();
    let near = pools.flat_map(|pool| {
        let reaches = |j: &usize| pool.reach[*j].iter().any(|r| r.commune == commune);
        (0..pool.reach.len()).filter(reaches)
    });
    near.map(SiteId::new).collect()
}

/// The visits in a commune or within reach of it, with how many of its people they invite.
#[must_use]
pub fn served_by(scenario: &Scenario, demand: &Demand, plan: &Plan, commune: CommuneId) -> Vec<ServedBy> {
    let near = reaching(demand, commune);
    let code = &scenario.communes[commune.index()].code;
    let one = |visit: &crate::plan::Visit| {
        let site = scenario.sites.iter().position(|s| s.id == visit.site).map(SiteId::new)?;
        let inside = visit.commune == *code;
        let lines = visit.services.iter().flat_map(|s| &s.invitations).filter(|i| i.commune == *code);
        (inside || near.contains(&site)).then(|| ServedBy {
            visit: visit.id.clone(),
            vehicle: visit.vehicle.clone(),
            site: visit.site.clone(),
            date: visit.date,
            inside,
            invited: lines.map(|i| i.people).sum(),
        })
    };
    plan.visits.iter().filter_map(one).collect()
}
