//! Shadow prices: nothing is ever gained beyond them, on the root's bound.

use super::{EXACT, best, week};
use crate::common::World;
use tournee::demand::Demand;
use tournee::domain::{Scenario, Window};
use tournee::optimise::{Ask, Outcome, ShadowPrice, Solution, solve_for};
use tournee::units::Seconds;

fn priced(world: &World) -> Solution {
    let demand = Demand::new(&world.scenario, &world.travel);
    let ask = Ask { prices: true, ..Ask::default() };
    let (outcome, _) = solve_for(&world.scenario, &world.travel, &demand, EXACT, ask, &|| false, &mut |_| ()).unwrap();
    let Outcome::Plan(solution) = outcome else { panic!("{outcome:?}") };
    solution
}

/// No plan of a changed scenario scores more than the root's bound and the price of the change.
fn covers(world: &World, bound: f64, price: f64, change: impl Fn(&mut Scenario)) {
    let mut changed = world.clone();
    change(&mut changed.scenario);
    let score = best(&changed.scenario, &changed.travel, EXACT).score;
    assert!(score <= bound + price + 1e-6, "{score} is more than {bound} + {price}");
}

#[test]
fn nothing_is_gained_beyond_its_price() {
    let world = week(|s| {
        // Mondays and Tuesdays only, so that a day more is worth something.
        for vehicle in &mut s.vehicles {
            vehicle.shifts.iter_mut().skip(2).for_each(|shift| *shift = None);
        }
    });
    let solution = priced(&world);
    let bound = solution.statistics.root_bound;
    assert_eq!(solution.shadow_prices.len(), 2);
    for (v, ShadowPrice { day, shift_hour, appointment, .. }) in solution.shadow_prices.iter().copied().enumerate() {
        let (day, hour, appointment) = (day.unwrap(), shift_hour.unwrap(), appointment.unwrap());
        assert!(day > 0.0 && hour >= 0.0 && appointment >= 0.0, "{day} {hour} {appointment}");
        let monday = world.scenario.vehicles[v].shifts[0];
        covers(&world, bound, day, |s| s.vehicles[v].shifts[2] = monday);
        for (from, to) in [(3600, 0), (0, 3600)] {
            covers(&world, bound, hour, |s| {
                for shift in s.vehicles[v].shifts.iter_mut().flatten() {
                    *shift = Window { from: shift.from - Seconds(from), to: shift.to + Seconds(to) };
                }
            });
        }
        covers(&world, bound, appointment, |s| {
            let offers = s.vehicles[v].offers.clone();
            for offer in offers {
                let length = &mut s.services[offer.service.index()].appointment;
                *length = Seconds(3600 / (3600 / length.0 + 1));
            }
        });
    }
}

#[test]
fn a_vehicle_that_stays_at_home_has_no_prices() {
    let world = week(|s| s.vehicles[0].shifts = [None; 7]);
    let prices = priced(&world).shadow_prices;
    assert_eq!((prices[0].day, prices[0].shift_hour, prices[0].appointment), (None, None, None));
    assert!(prices[1].day.is_some());
}

#[test]
fn prices_are_not_worked_out_unless_asked_for() {
    let world = week(|_| ());
    let demand = Demand::new(&world.scenario, &world.travel);
    let answer = solve_for(&world.scenario, &world.travel, &demand, EXACT, Ask::default(), &|| false, &mut |_| ());
    let Outcome::Plan(solution) = answer.unwrap().0 else { panic!() };
    assert!(solution.shadow_prices.is_empty() && solution.left_out.iter().all(|l| l.at_most.is_none()));
}
