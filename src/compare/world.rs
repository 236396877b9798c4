//! The same scenario under other assumptions.

use crate::domain::{PoolSource, Scenario};
use crate::travel::Table;

/// Factors on what is assumed; 1 leaves it as it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct World {
    /// On `u0`.
    pub uptake: f64,
    /// On the half-distance of uptake.
    pub half_distance: f64,
    /// On the share of those who come that would have gone to a fixed place: `b`, and `1 − additional_share`.
    pub additionality: f64,
    /// On speed, of cars and vehicles alike.
    pub speed: f64,
    /// On the share of women who take part already.
    pub participation: f64,
}

impl Default for World {
    fn default() -> Self {
        Self { uptake: 1.0, half_distance: 1.0, additionality: 1.0, speed: 1.0, participation: 1.0 }
    }
}

impl World {
    /// The scenario as it would be. Shares stay between 0 and 1.
    #[must_use]
    pub fn of(&self, scenario: &Scenario) -> Scenario {
        let mut out = scenario.clone();
        for pool in out.services.iter_mut().filter_map(|s| s.pool.as_mut()) {
            pool.uptake = (pool.uptake * self.uptake).min(1.0);
            pool.half_minutes *= self.half_distance;
            if let Some(rule) = &mut pool.additionality {
                rule.b = (rule.b * self.additionality).min(1.0);
            }
            if let PoolSource::WomenDue { participation } = &mut pool.source {
                *participation = (*participation * self.participation).min(1.0);
            }
        }
        for commune in &mut out.communes {
            let taken = |share: f64, factor: f64| (share * factor).min(1.0);
            commune.participation = commune.participation.map(|share| taken(share, self.participation));
            commune.additional_share = commune.additional_share.map(|g| 1.0 - taken(1.0 - g, self.additionality));
        }
        out
    }

    /// The trips as they would be.
    #[must_use]
    pub fn table(&self, table: &Table) -> Option<Table> {
        (self.speed.to_bits() != 1.0_f64.to_bits()).then(|| table.at_speed(self.speed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{LoadOptions, load};
    use crate::demand::Demand;
    use crate::domain::{CommuneId, PositionId, ServiceId};
    use std::path::Path;

    #[test]
    fn assumptions_change_what_they_are_about() {
        let loaded = load(Path::new("config/nord.toml"), &LoadOptions::default()).unwrap();
        let (scenario, table) = (&loaded.scenario, loaded.road_graph.table(&loaded.scenario).unwrap());
        let demand = |world: World| {
            let table = world.table(&table).unwrap_or_else(|| table.clone());
            Demand::new(&world.of(scenario), &table).of(ServiceId(0)).unwrap().clone()
        };
        let usual = demand(World::default());
        assert_eq!(usual, Demand::new(scenario, &table).of(ServiceId(0)).unwrap().clone());
        let sum = |of: &[f64]| of.iter().sum::<f64>();
        let reached = |d: &crate::demand::ServiceDemand| d.reach.iter().flatten().map(|r| r.uptake).sum::<f64>();
        let more = demand(World { uptake: 1.2, ..World::default() });
        assert!((reached(&more) / reached(&usual) - 1.2).abs() < 1e-9);
        assert!(reached(&demand(World { half_distance: 1.2, ..World::default() })) > reached(&usual));
        assert!(reached(&demand(World { speed: 0.8, ..World::default() })) < reached(&usual));
        let fewer = demand(World { additionality: 1.1, ..World::default() });
        assert!(sum(&fewer.additional) < sum(&usual.additional));
        let (due, was) = (demand(World { participation: 1.2, ..World::default() }).due, usual.due);
        let (due, was) = (due.iter().sum::<u32>(), was.iter().sum::<u32>());
        // 1 − 1.2 × 0.465 of the women, where it was 1 − 0.465.
        assert!((f64::from(due) / f64::from(was) - 0.442 / 0.535).abs() < 0.01, "{due} of {was}");
        let far = (0..100).map(CommuneId::new).find_map(|c| table.car(scenario.sites[0].position, PositionId::from(c)));
        let slow = table.at_speed(0.5);
        let slower =
            (0..100).map(CommuneId::new).find_map(|c| slow.car(scenario.sites[0].position, PositionId::from(c)));
        let (far, slower) = (far.unwrap(), slower.unwrap());
        let door = scenario.travel.door;
        assert_eq!((slower.seconds - door).0, 2 * (far.seconds - door).0);
    }
}
