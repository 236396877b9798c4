//! Invitation packages: whom one visit invites, and what that is worth at given prices.
//!
//! A package of a visit at site `j` with `a` appointments is a vector `x` of invitations with
//!
//! ```text
//! Σ u_i x_i ≤ a,   Σ x_i ≤ κ a,   0 ≤ x_i ≤ share · due_i,   w_zs ≤ width_zs,
//! Σ_s w_zs ≤ Σ_{i in z} p_i g_i u_i x_i,   x_host ≥ h
//! ```
//!
//! and its value is `Σ (weight · slope_zs − μ_zs) w_zs − Σ δ_i x_i`, where `μ` prices the value
//! steps and `δ` the people due; `h` is what rule 12 asks for the commune that hosts the stay ([`Host`]).
//! [`Pricer`] maximises it exactly: the two budgets are priced by `θ` (appointments) and `φ`
//! (invitations), the host by `ψ`; the value of a territory at fixed `(θ, φ, ψ)` is a merge of two
//! sorted lists, and the best package is a convex combination of such fills, found by column
//! generation on a program of four rows.

mod curve;
mod host;
mod mix;
mod pricer;

pub use curve::Curve;
pub use host::{Host, Rates as HostRates};
pub use pricer::Pricer;

use crate::demand::ServiceDemand;
use crate::domain::{CommuneId, Scenario, SiteId, TerritoryId};
use crate::promise::Ends;
use serde::{Deserialize, Serialize};

/// A commune as one site sees it.
#[derive(Debug, Clone, Copy)]
pub struct Candidate {
    /// The commune.
    pub commune: CommuneId,
    /// `u`: attendance per invitation.
    pub uptake: f64,
    /// `p g u`: worth per invitation, positive.
    pub worth: f64,
    /// Most invitations of one visit.
    pub limit: f64,
}

/// The candidates of one territory, by falling worth.
#[derive(Debug, Clone)]
pub struct Group {
    /// The territory.
    pub territory: TerritoryId,
    /// Its communes in reach.
    pub candidates: Vec<Candidate>,
}

/// What one site can draw on, for one service.
#[derive(Debug, Clone, Default)]
pub struct Catchment {
    /// By territory.
    pub groups: Vec<Group>,
    /// The commune of the site, where some of its people must be invited.
    pub host: Option<Host>,
}

impl Catchment {
    /// The catchment of a site; `rule` says who may not be invited for want of follow-up. For `host` see [`Host::new`].
    #[must_use]
    pub fn new(
        scenario: &Scenario,
        demand: &ServiceDemand,
        site: SiteId,
        rule: Option<&Ends>,
        host: Option<Host>,
    ) -> Self {
        let mut groups: Vec<Group> = Vec::new();
        for reach in &demand.reach[site.index()] {
            let worth = demand.worth[reach.commune.index()] * reach.uptake;
            let limit = demand.stay_limit(reach.commune).min(f64::from(demand.due[reach.commune.index()]));
            if worth <= 0.0 || limit <= 0.0 || rule.is_some_and(|rule| !rule.has_point(reach.commune)) {
                continue;
            }
            let territory = scenario.communes[reach.commune.index()].territory;
            let candidate = Candidate { commune: reach.commune, uptake: reach.uptake, worth, limit };
            match groups.iter_mut().find(|g| g.territory == territory) {
                Some(group) => group.candidates.push(candidate),
                None => groups.push(Group { territory, candidates: vec![candidate] }),
            }
        }
        for group in &mut groups {
            group.candidates.sort_by(|a, b| b.worth.total_cmp(&a.worth).then(a.commune.cmp(&b.commune)));
        }
        Self { groups, host }
    }

    /// Its communes: candidates, and the host, which may be worth nothing.
    pub fn communes(&self) -> impl Iterator<Item = CommuneId> + '_ {
        self.groups.iter().flat_map(|g| &g.candidates).map(|c| c.commune).chain(self.host.iter().map(|h| h.commune))
    }

    /// As many people of the host as a stay within a budget must invite, and nobody else.
    #[must_use]
    pub fn host_alone(&self, budget: Budget, prices: &Prices) -> Package {
        let alone = |host: &Host| pricer::alone(host, host.least(budget), prices, true).package;
        self.host.as_ref().map(alone).unwrap_or_default()
    }

    /// How many people of the host a stay within a budget must invite, in any plan.
    #[must_use]
    pub fn least(&self, budget: Budget) -> f64 {
        self.host.as_ref().map_or(0.0, |host| host.least(budget))
    }
}

/// What a contact within a value step is worth net of its price, the step's width, and its place.
pub type Rate = (f64, f64, usize);

/// Prices of the master, as packages see them.
pub struct Prices<'a> {
    /// `weight · slope − μ` and width of each open step of each territory, by falling rate;
    /// the position in the territory's own steps comes third.
    pub steps: &'a [Vec<Rate>],
    /// The same where they differ at the site, by territory.
    pub own: &'a [(TerritoryId, Vec<Rate>)],
    /// `δ` of each commune; empty when no due row is priced.
    pub due: &'a [f64],
}

impl Prices<'_> {
    fn steps(&self, territory: TerritoryId) -> &[Rate] {
        let own = self.own.iter().find(|(z, _)| *z == territory);
        own.map_or(&self.steps[territory.index()], |(_, rates)| rates)
    }

    fn due(&self, commune: CommuneId) -> f64 {
        self.due.get(commune.index()).copied().unwrap_or(0.0)
    }
}

/// A package: what one visit invites.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Package {
    /// Invitations by commune, sorted, positive.
    pub invitations: Vec<(CommuneId, f64)>,
    /// Contacts by territory and value step, sorted, positive.
    pub contacts: Vec<(TerritoryId, usize, f64)>,
}

/// Limits of one stay: what packages may use, and what tells one sort of stay from another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Budget {
    /// Bits of a non-negative number, which are in its order.
    seats: u64,
    invitations: u32,
}

impl Budget {
    /// Expected attendance (appointments, overbooked, less the reserve; not negative) and
    /// invitations, at most.
    #[must_use]
    pub fn new(seats: f64, invitations: u32) -> Self {
        Self { seats: seats.max(0.0).to_bits(), invitations }
    }

    /// Expected attendance, at most.
    #[must_use]
    pub fn seats(self) -> f64 {
        f64::from_bits(self.seats)
    }

    /// Invitations, at most.
    #[must_use]
    pub fn invitations(self) -> f64 {
        f64::from(self.invitations)
    }

    /// Both together: of the visits of one stay.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self::new(self.seats() + other.seats(), self.invitations + other.invitations)
    }
}
