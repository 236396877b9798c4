//! What a little more of each vehicle would be worth, at most.
//!
//! At the prices of the root the Lagrangian bound holds for any plan that keeps the rows these prices
//! belong to. So it holds for a vehicle with a day more, a longer shift or shorter appointments once
//! its best tours are priced anew: the bound after the change, less the bound before it, is the most
//! that the change could add to the bound.

use super::component::Component;
use super::duty::Duty;
use super::master::Duals;
use super::node::{Generator, Round};
use super::problem::Problem;
use crate::domain::{Scenario, VehicleId, Window};
use crate::units::Seconds;

const HOUR: Seconds = Seconds(3600);
const MIDNIGHT: Seconds = Seconds(24 * 3600);

/// Shadow prices of one vehicle, in the unit of the score; `None` where nothing is known, as for a
/// vehicle that does not go out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShadowPrice {
    /// The vehicle.
    pub vehicle: VehicleId,
    /// Of one more day, like the best of its days without locked visits.
    pub day: Option<f64>,
    /// Of a shift that begins an hour earlier, or ends an hour later, every day: the larger.
    pub shift_hour: Option<f64>,
    /// Of one more appointment an hour and lane.
    pub appointment: Option<f64>,
}

/// Prices of all vehicles, in their order.
pub(super) fn shadow_prices(problem: &Problem, components: &[Component]) -> Vec<ShadowPrice> {
    (0..problem.scenario.vehicles.len())
        .map(VehicleId::new)
        .map(|vehicle| {
            let of_vehicle = |c: &&Component| own(c, vehicle).next().is_some();
            let root = components.iter().find(of_vehicle).and_then(|c| Some((c, c.root_prices()?)));
            let Some((c, round)) = root.filter(|(_, round)| round.bound.is_finite()) else {
                return ShadowPrice { vehicle, day: None, shift_hour: None, appointment: None };
            };
            let price = |change: &dyn Fn(&mut Scenario)| repriced(problem, c, round, vehicle, change);
            let (earlier, later) =
                (price(&|s| shift(s, vehicle, HOUR, Seconds(0))), price(&|s| shift(s, vehicle, Seconds(0), HOUR)));
            ShadowPrice {
                vehicle,
                day: day(c, round, vehicle),
                shift_hour: earlier.into_iter().chain(later).reduce(f64::max),
                appointment: price(&|s| quicker(s, vehicle)),
            }
        })
        .collect()
}

/// The duties of a vehicle in a component, with their positions in its master.
fn own<'c>(c: &'c Component, vehicle: VehicleId) -> impl Iterator<Item = (usize, &'c Duty)> {
    let master = &c.generator.master;
    (0..master.duties.len()).map(|k| (k, master.duty(k))).filter(move |(_, d)| d.vehicle == vehicle)
}

/// A day more of a duty adds its best tour; where nights are spent out, the best rotation as well, and
/// one longer rotation of every length.
fn day(c: &Component, round: &Round, vehicle: VehicleId) -> Option<f64> {
    let free = own(c, vehicle).filter(|(_, duty)| duty.required.is_empty());
    let one = |(k, duty): (usize, &Duty)| {
        let longer: f64 = round.duals.lengths[k].iter().sum();
        round.tops[k].max(0.0) + longer + if duty.nights { round.nights_top.max(0.0) } else { 0.0 }
    };
    free.map(one).reduce(f64::max)
}

/// Shifts of a vehicle that begin so much earlier and end so much later, within the day.
fn shift(scenario: &mut Scenario, vehicle: VehicleId, earlier: Seconds, later: Seconds) {
    for shift in scenario.vehicles[vehicle.index()].shifts.iter_mut().flatten() {
        *shift = Window { from: (shift.from - earlier).max(Seconds(0)), to: (shift.to + later).min(MIDNIGHT) };
    }
}

/// Appointments of all services aboard so short that an hour has one more.
fn quicker(scenario: &mut Scenario, vehicle: VehicleId) {
    let aboard: Vec<usize> = scenario.vehicles[vehicle.index()].offers.iter().map(|o| o.service.index()).collect();
    for service in aboard {
        let length = &mut scenario.services[service].appointment;
        *length = Seconds((HOUR.0 / (HOUR.0 / length.0.max(1) + 1)).max(1));
    }
}

/// By how much the root's bound rises when a vehicle's tours are priced in a changed scenario. The
/// other vehicles' tours stay as they are.
fn repriced(
    problem: &Problem,
    c: &Component,
    round: &Round,
    vehicle: VehicleId,
    change: &dyn Fn(&mut Scenario),
) -> Option<f64> {
    let mut scenario = problem.scenario.clone();
    change(&mut scenario);
    let changed = Problem::new(&scenario, problem.travel, problem.demand);
    // Days may part in another way when a limit on the week begins to bind.
    let before = |duty: &Duty| own(c, vehicle).find(|(_, old)| old.days.contains(&duty.days[0])).map(|(k, _)| k);
    let list = &changed.duties.list;
    // Days of different weeks have the same tours: one of them is priced, for all.
    let mut groups: Vec<(usize, usize, usize)> = Vec::new();
    for (d, duty) in list.iter().enumerate().filter(|(_, duty)| duty.vehicle == vehicle) {
        let Some(from) = before(duty) else { continue };
        let alike = |other: &Duty| {
            (&other.shift, &other.services, &other.open, other.nights || !other.required.is_empty())
                == (&duty.shift, &duty.services, &duty.open, false)
        };
        match groups.iter_mut().find(|(known, own, _)| *own == from && alike(&list[*known])) {
            Some((.., days)) if duty.required.is_empty() => *days += duty.days.len(),
            _ => groups.push((d, from, duty.days.len())),
        }
    }
    let (duties, from): (Vec<usize>, Vec<usize>) = groups.iter().map(|&(d, from, _)| (d, from)).unzip();
    let duals = mapped(&round.duals, &from);
    let mut generator = Generator::new(&changed, duties);
    generator.master.prize_touches_of(&c.generator.master);
    generator.master.prize_caps_of(&c.generator.master);
    let (tops, nights_top) = generator.best(&duals);
    if tops.iter().any(|top| !top.is_finite()) {
        return None;
    }
    let number = |days: usize| f64::from(u32::try_from(days).unwrap_or(u32::MAX));
    let days = |duty: &Duty| number(duty.days.len());
    let after: f64 = tops.iter().zip(&groups).map(|(top, &(.., days))| number(days) * top).sum();
    let old: f64 = own(c, vehicle).map(|(k, duty)| days(duty) * round.tops[k]).sum();
    let (nights, nights_old) = (nights_top.max(round.nights_top).max(0.0), round.nights_top.max(0.0));
    let away: f64 = (0..c.generator.master.duties.len())
        .map(|k| c.generator.master.duty(k))
        .filter(|duty| duty.nights)
        .map(days)
        .sum();
    Some((after - old + away / 2.0 * (nights - nights_old)).max(0.0))
}

/// Duals of the root for duties that take the place of others.
fn mapped(duals: &Duals, from: &[usize]) -> Duals {
    Duals {
        services: duals.services.clone(),
        duties: from.iter().map(|&k| duals.duties[k]).collect(),
        sites: from.iter().map(|&k| duals.sites[k].clone()).collect(),
        stays: from.iter().map(|&k| duals.stays[k].clone()).collect(),
        work: from.iter().map(|&k| duals.work[k]).collect(),
        longer: from.iter().map(|&k| duals.longer[k].clone()).collect(),
        tours: from.iter().map(|&k| duals.tours[k]).collect(),
        large: from.iter().map(|&k| duals.large[k].clone()).collect(),
        crew: from.iter().map(|&k| duals.crew[k].clone()).collect(),
        control: from.iter().map(|&k| duals.control[k]).collect(),
        lengths: from.iter().map(|&k| duals.lengths[k].clone()).collect(),
        touches: duals.touches.clone(),
        caps: duals.caps.clone(),
        single: Vec::new(),
        fixed: 0.0,
        size: 0.0,
    }
}
