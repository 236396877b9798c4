//! Changes to what was published.
//!
//! A kind of vehicle has so many published visits at a site. Those that a plan makes as they were are *kept*;
//! the others it makes there are *fresh*. Fresh visits stand for published ones that are not kept, as long as there
//! are any: those are moved; what is left over is cancelled, or added. That makes `max(fresh, published − kept)`
//! changes of the site: as many as there are when identities are then given out so that as few as can be change (model.md
//! section 9).

use super::duty::{Duties, Duty};
use super::search::Tour;
use crate::domain::{Scenario, SiteId};
use std::collections::BTreeMap;

/// A kind of vehicle, by its position in [`Duties::kinds`], and a site.
pub type Place = (usize, SiteId);

/// What was published, and what changing it costs.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// Whether anything was published at all: without it nothing is a change.
    pub any: bool,
    /// Price of a change.
    pub price: f64,
    /// Most changes.
    pub most: Option<u32>,
    /// Published visits.
    pub published: BTreeMap<Place, u32>,
}

impl Changes {
    /// Those of a scenario.
    #[must_use]
    pub fn new(scenario: &Scenario, duties: &Duties) -> Self {
        let Some(known) = &scenario.published else { return Self::default() };
        let mut published: BTreeMap<Place, u32> = BTreeMap::new();
        for visit in &known.visits {
            let kind = &scenario.vehicles[visit.vehicle.index()].kind;
            if let Some(kind) = duties.kinds.iter().position(|k| k == kind) {
                *published.entry((kind, visit.site)).or_default() += 1;
            }
        }
        Self { any: true, price: scenario.prices.change_price, most: known.max_changes, published }
    }

    /// Whether a visit of a duty to a local site is one that was published.
    #[must_use]
    pub fn kept(duty: &Duty, site: usize) -> bool {
        duty.published.contains(&site)
    }

    /// Where a visit of a duty counts, if any visit was published there.
    #[must_use]
    pub fn place(&self, duty: &Duty, site: usize) -> Option<Place> {
        let place = (duty.kind, duty.roads.sites[site]);
        self.published.contains_key(&place).then_some(place)
    }

    /// How many changes some tours make.
    #[must_use]
    pub fn count<'t>(&self, tours: impl Iterator<Item = (&'t Duty, &'t Tour)>) -> u32 {
        // By place: fresh visits, and kept ones.
        let mut made: BTreeMap<Place, (u32, u32)> = BTreeMap::new();
        let mut added = 0;
        for (duty, stop) in tours.flat_map(|(duty, tour)| tour.stops.iter().map(move |stop| (duty, stop))) {
            match self.place(duty, stop.site) {
                Some(place) if Self::kept(duty, stop.site) => made.entry(place).or_default().1 += 1,
                Some(place) => made.entry(place).or_default().0 += 1,
                None if self.any => added += 1,
                None => {}
            }
        }
        let changed = |(place, published): (&Place, &u32)| {
            let (fresh, kept) = made.get(place).copied().unwrap_or_default();
            fresh.max(published.saturating_sub(kept))
        };
        added + self.published.iter().map(changed).sum::<u32>()
    }
}
