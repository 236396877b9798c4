//! Where trips come from.

use super::table::{Table, Trip};
use crate::domain::{PositionId, Scenario};
use std::collections::BTreeSet;

/// Somewhere that trips come from: a road graph, a server, a file, or your own.
///
/// ```
/// use std::path::Path;
/// use tournee::config::{LoadOptions, load};
/// use tournee::domain::{PositionId, Scenario};
/// use tournee::travel::{Source, Table, Trip};
///
/// /// As the crow flies, at 50 km/h.
/// struct Crow;
///
/// impl Source for Crow {
///     type Error = std::convert::Infallible;
///
///     fn trips(&self, scenario: &Scenario, from: &[PositionId], to: &[PositionId]) -> Result<Vec<Trip>, Self::Error> {
///         let metres = |a: PositionId, b: PositionId| {
///             let [a, b] = [a, b].map(|p| scenario.positions[p.index()]);
///             let (north, east) = (b.lat - a.lat, (b.lon - a.lon) * a.lat.to_radians().cos());
///             111_320.0 * north.hypot(east)
///         };
///         let trip = |metres: f64| Some(((metres * 3.6 / 50.0) as u32, metres as u32));
///         Ok(from.iter().flat_map(|&a| to.iter().map(move |&b| trip(metres(a, b)))).collect())
///     }
/// }
///
/// let loaded = load(Path::new("config/nord.toml"), &LoadOptions::default()).expect("a scenario");
/// let Ok(table) = Table::of(&loaded.scenario, &Crow);
/// let base = loaded.scenario.vehicles[0].base;
/// let leg = table.car(base, loaded.scenario.sites[0].position).expect("no water in between");
/// assert!(leg.seconds.minutes() > 10.0);
/// ```
pub trait Source {
    /// What can go wrong.
    type Error;

    /// Trips by car between positions of a scenario, `from.len() × to.len()`, row = from: whole seconds of driving
    /// without the door-to-door share, and metres; `None` where there is no way. Directed.
    ///
    /// # Errors
    /// Whatever keeps it from answering for all of them.
    fn trips(&self, scenario: &Scenario, from: &[PositionId], to: &[PositionId]) -> Result<Vec<Trip>, Self::Error>;
}

impl Table {
    /// The table of a scenario from any source: from each hub to each commune in scope and each hub, and back. Of other
    /// communes it knows no trips.
    ///
    /// # Errors
    /// Those of the source.
    pub fn of<S: Source>(scenario: &Scenario, source: &S) -> Result<Self, S::Error> {
        let hubs = Self::hubs_of(scenario);
        let scope = (0..scenario.communes.len()).filter(|&i| scenario.communes[i].in_scope).map(PositionId::new);
        let asked: Vec<PositionId> = scope.chain(hubs.iter().copied()).collect::<BTreeSet<_>>().into_iter().collect();
        let others: Vec<PositionId> = asked.iter().copied().filter(|p| hubs.binary_search(p).is_err()).collect();
        let there = source.trips(scenario, &hubs, &asked)?;
        let back = source.trips(scenario, &others, &hubs)?;
        let n = scenario.positions.len();
        let (mut from_hub, mut to_hub) = (vec![None; hubs.len() * n], vec![None; hubs.len() * n]);
        for (h, row) in there.chunks(asked.len()).enumerate() {
            for (to, trip) in asked.iter().zip(row) {
                from_hub[h * n + to.index()] = *trip;
                if let Ok(other) = hubs.binary_search(to) {
                    to_hub[other * n + hubs[h].index()] = *trip;
                }
            }
        }
        for (from, row) in others.iter().zip(back.chunks(hubs.len())) {
            for (h, trip) in row.iter().enumerate() {
                to_hub[h * n + from.index()] = *trip;
            }
        }
        Ok(Self::new(n, hubs, from_hub, Some(to_hub), scenario.travel.door))
    }
}

/// What a position is called in tables of trips: the INSEE code of its commune, or, where it is not at the town hall, the
/// identifier of the first site, care point or imaging site that stands there.
#[must_use]
pub fn place_code(scenario: &Scenario, position: PositionId) -> &str {
    let commune = scenario.positions[position.index()].commune;
    if PositionId::from(commune) == position {
        return &scenario.communes[commune.index()].code;
    }
    let sites = scenario.sites.iter().map(|s| (s.position, &s.id));
    let points = scenario.care_points.iter().chain(&scenario.imaging_sites).map(|p| (p.position, &p.id));
    sites.chain(points).find(|(at, _)| *at == position).map_or("", |(_, id)| id)
}
