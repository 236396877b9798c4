//! The region's week, smaller or larger: size 3 is eight times size 0.

use rand::SeedableRng as _;
use rand::seq::SliceRandom as _;
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeSet;
use tournee::domain::{CommuneId, Scenario, SiteId};

/// Seed of all samples.
const SEED: u64 = 1;
/// Where the second to the eighth vehicle is based: Amiens, Saint-Quentin, Dunkerque,
/// Boulogne-sur-Mer, Cambrai, Beauvais, Maubeuge.
const BASES: [&str; 7] = ["80021", "02691", "59183", "62160", "59122", "60057", "59392"];

/// An eighth of 0 to `count`, a quarter, half or all; sorted.
fn part(count: usize, step: usize) -> BTreeSet<usize> {
    let mut all: Vec<usize> = (0..count).collect();
    all.shuffle(&mut ChaCha8Rng::seed_from_u64(SEED));
    all.truncate(count >> (3 - step));
    all.into_iter().collect()
}

/// Keeps part of the communes. Those with a site, a base or a place of care stay as places on the
/// road where they are not in the sample, and nobody there is invited. How many are in it.
pub fn communes(scenario: &mut Scenario, step: usize) -> usize {
    let sample = part(scenario.communes.len(), step);
    let used: BTreeSet<CommuneId> = places(scenario).into_iter().map(|place| *place).collect();
    let mut kept = Vec::new();
    let mut new = vec![None; scenario.communes.len()];
    for (i, mut commune) in std::mem::take(&mut scenario.communes).into_iter().enumerate() {
        commune.in_scope &= sample.contains(&i);
        if sample.contains(&i) || used.contains(&CommuneId::new(i)) {
            new[i] = Some(CommuneId::new(kept.len()));
            kept.push(commune);
        }
    }
    scenario.communes = kept;
    for place in places(scenario) {
        *place = new[place.index()].expect("places stay");
    }
    for visit in &mut scenario.past {
        visit.invitations.retain_mut(|line| new[line.commune.index()].map(|commune| line.commune = commune).is_some());
    }
    sample.len()
}

/// Communes of sites, bases and places of care.
fn places(scenario: &mut Scenario) -> Vec<&mut CommuneId> {
    let care = scenario.care_points.iter_mut().chain(&mut scenario.imaging_sites).map(|c| &mut c.commune);
    let bases = scenario.vehicles.iter_mut().map(|v| &mut v.base);
    scenario.sites.iter_mut().map(|s| &mut s.commune).chain(bases).chain(care).collect()
}

/// Keeps part of the sites. How many.
pub fn sites(scenario: &mut Scenario, step: usize) -> usize {
    let sample = part(scenario.sites.len(), step);
    let place = |site: SiteId| sample.iter().position(|&j| j == site.index()).map(SiteId::new);
    for visit in &mut scenario.past {
        visit.site = visit.site.and_then(place);
    }
    let mut at = 0..;
    scenario.sites.retain(|_| at.next().is_some_and(|j| sample.contains(&j)));
    sample.len()
}

/// The truck alone, and others like it. How many.
pub fn trucks(scenario: &mut Scenario, step: usize) -> usize {
    alike(scenario, "nord-sante-truck", 1 << step)
}

/// The van with the general practitioner alone, and others like it. How many.
pub fn vans(scenario: &mut Scenario, step: usize) -> usize {
    alike(scenario, "van-medecine-generale", 1 << step)
}

fn alike(scenario: &mut Scenario, id: &str, count: usize) -> usize {
    scenario.vehicles.retain(|vehicle| vehicle.id == id);
    let first = scenario.vehicles[0].clone();
    for code in &BASES[..count - 1] {
        let mut vehicle = first.clone();
        vehicle.id = format!("{id}-{code}");
        let base = scenario.communes.iter().position(|commune| commune.code == *code);
        vehicle.base = CommuneId::new(base.expect("the region has the town"));
        scenario.vehicles.push(vehicle);
    }
    count
}

/// More weeks. How many.
pub fn weeks(scenario: &mut Scenario, step: usize) -> usize {
    scenario.horizon.weeks = 1 << step;
    1 << step
}
