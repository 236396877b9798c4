//! Where a hard rule of follow-up lets visits end, and whom it lets them invite.

use super::access::answers;
use super::clock::Clock;
use super::follow_up::{counts, points};
use super::offers::{Offer, opening};
use super::rolling::{Period, nearby};
use crate::domain::{CommuneId, Scenario, ServiceId, SiteId};
use crate::travel::Table;
use rayon::prelude::*;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// By site: whether a visit there may end.
type Allowed = Arc<Vec<bool>>;

/// The hard rule of a service.
///
/// A visit may end when every commune in scope within the reach of its site that has a point of follow-up near enough has one
/// that is open in time; communes without any point near enough are not invited.
pub struct Ends {
    /// The service.
    pub service: ServiceId,
    open: Vec<Offer>,
    /// By commune: the points near enough.
    near: Vec<Vec<usize>>,
    /// By site: communes in scope within reach that have a point.
    communes: Vec<Vec<CommuneId>>,
    clock: Clock,
    hours: i64,
    /// By which points are open in time.
    known: Mutex<HashMap<Vec<bool>, Allowed>>,
}

impl Ends {
    /// The hard rules of a scenario. `O(sites · communes)` for each.
    #[must_use]
    pub fn hard(scenario: &Scenario, travel: &Table) -> Vec<Self> {
        let period = Period::of(scenario);
        let all = points(scenario);
        let mut out = Vec::new();
        for (k, service) in scenario.services.iter().enumerate() {
            let Some(rule) = service.follow_up.as_ref().filter(|rule| rule.hard) else { continue };
            let counted = all.iter().filter(|point| counts(rule, point));
            let open: Vec<Offer> =
                counted.map(|point| opening(scenario, point, (period.first, period.known))).collect();
            let near = nearby(scenario, travel, &open, rule.reach.access);
            let in_reach = |site: usize| {
                let to = scenario.sites[site].position;
                let reached = |commune: &CommuneId| {
                    travel.access(scenario, *commune, to).is_some_and(|access| access <= scenario.travel.max_access)
                };
                let scope =
                    (0..scenario.communes.len()).filter(|&i| scenario.communes[i].in_scope && !near[i].is_empty());
                scope.map(CommuneId::new).filter(reached).collect()
            };
            out.push(Self {
                service: ServiceId::new(k),
                communes: (0..scenario.sites.len()).into_par_iter().map(in_reach).collect(),
                near,
                open,
                clock: period.clock(scenario, rule.clock),
                hours: rule.reach.seconds(),
                known: Mutex::default(),
            });
        }
        out
    }

    /// Whether a commune has a point of follow-up near enough, whenever it is open.
    #[must_use]
    pub fn has_point(&self, commune: CommuneId) -> bool {
        !self.near[commune.index()].is_empty()
    }

    /// By site: whether a visit may end at an instant, seconds since the Unix epoch.
    ///
    /// # Panics
    /// If another thread has panicked here.
    #[must_use]
    pub fn allowed(&self, end: i64) -> Allowed {
        let in_time = |offer: &Offer| {
            let next = offer.open.spans().iter().find(|span| span.1 > end);
            next.is_some_and(|&span| answers(span, self.hours, &self.clock).0 <= end)
        };
        let pattern: Vec<bool> = self.open.iter().map(in_time).collect();
        let known = || self.known.lock().expect("nobody panics here");
        if let Some(found) = known().get(&pattern) {
            return Arc::clone(found);
        }
        // Not under the lock: a thread that waits for the others may take up work that asks here again.
        let has = |commune: &CommuneId| self.near[commune.index()].iter().any(|&point| pattern[point]);
        let found: Allowed = Arc::new(self.communes.par_iter().map(|communes| communes.iter().all(has)).collect());
        Arc::clone(known().entry(pattern).or_insert(found))
    }

    /// Whether a visit to a site may end at an instant.
    #[must_use]
    pub fn lets(&self, site: SiteId, end: i64) -> bool {
        self.allowed(end)[site.index()]
    }
}
