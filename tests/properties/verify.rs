//! The solver's plan, judged by the enumerator's rules.

use super::joint;
use super::people::{Offer, People};
use super::plans;
use super::promise::Promises;
use super::tours::{self, Choice, Ends, Stop};
use super::world::World;
use tournee::optimise::Solution;
use tournee::optimise::duty::Duty;

/// What is wrong with a plan: broken rules, and a score that is not its own.
pub fn broken(world: &World, people: &[Option<People>], solution: &Solution, duties: &[Duty]) -> Vec<String> {
    let mut faults = Vec::new();
    let grid = world.grid();
    let days = world.vehicle_days();
    let mut chosen: Vec<Option<Choice>> = vec![None; days.len()];
    let mut score = 0.0;
    let mut invited: Vec<Vec<(Offer, Vec<u64>)>> = vec![Vec::new(); people.len()];
    let stays = stays(solution, duties);
    for (tour, stays) in solution.tours.iter().zip(stays) {
        let duty = &duties[tour.placed.duty];
        let (vehicle, day) = (duty.vehicle.index(), tour.placed.day.index());
        let mut stops = Vec::new();
        for ((stop, letters), stay) in tour.placed.tour.stops.iter().zip(&tour.invitations).zip(stays) {
            let site = duty.roads.sites[stop.site].index();
            let time = |step: usize| i32::try_from(step).unwrap() * grid;
            let sessions: Vec<(i32, i32)> = stop.sessions.iter().map(|s| (time(s.0), time(s.1))).collect();
            let counts = tours::appointments(world, vehicle, day, &sessions);
            for (service, letters) in duty.services.iter().zip(letters) {
                let mut list = vec![0; world.scenario.communes.len()];
                for (commune, count) in letters {
                    list[commune.index()] += u64::from(*count);
                }
                let offer = Offer { day, vehicle, site, appointments: counts[service.index()], stay };
                invited[service.index()].push((offer, list));
            }
            stops.push(Stop { site, sessions });
        }
        let name = format!("vehicle {vehicle} day {day} {stops:?}");
        let Some(at) = days.iter().position(|d| *d == (vehicle, day)) else {
            faults.push(format!("day off: {name}"));
            continue;
        };
        if chosen[at].is_some() {
            faults.push(format!("a second tour: {name}"));
        }
        check_tour(world, vehicle, day, &stops, &mut faults);
        let first = !solution.tours.iter().any(|t| {
            let other = t.placed.day.index();
            duties[t.placed.duty].vehicle.index() == vehicle && other / 7 == day / 7 && other < day
        });
        let ends = Ends {
            woke: tour.placed.tour.slept.map(|j| duty.roads.sites[j].index()),
            nights: tour.placed.tour.sleeps as usize,
            control: first && world.control(vehicle) > 0,
        };
        let sleeps = stops.last().filter(|_| ends.nights > 0).map(|s| s.site);
        if sleeps.is_some_and(|site| !world.may_sleep(vehicle, day, site)) {
            faults.push(format!("sleeps where it may not: {name}"));
        }
        match tours::times(world, vehicle, day, ends, &stops) {
            Some((driving, work)) => {
                if driving != tour.placed.tour.driving || work > tour.placed.tour.work {
                    faults.push(format!("drives {driving} s, works {work} s: {name} says {:?}", tour.placed.tour));
                }
                let visits = stops.iter().map(|s| (s.site, Vec::new())).collect();
                let choice = Choice { ends, visits, driving, work, stops };
                score -= plans::price(world, day, &choice);
                chosen[at] = Some(choice);
            }
            None => faults.push(format!("not in time: {name}")),
        }
    }
    for (at, &(vehicle, day)) in days.iter().enumerate() {
        let stops = chosen[at].as_ref().map_or(&[][..], |c| &c.stops[..]);
        if !tours::keeps_locks(world, vehicle, day, stops) {
            faults.push(format!("a lock on vehicle {vehicle} day {day} is not kept"));
        }
    }
    let promises = Promises::new(world);
    let stops: Vec<(usize, usize, &Stop)> = (chosen.iter().zip(&days))
        .filter_map(|(choice, day)| Some((choice.as_ref()?, day)))
        .flat_map(|(choice, &(v, d))| choice.stops.iter().map(move |stop| (v, d, stop)))
        .collect();
    score -= promises.penalty(world, &stops);
    if !promises.keep(world, &stops) {
        faults.push("a hard promise is not kept".into());
    }
    let plan: Vec<Option<&Choice>> = chosen.iter().map(Option::as_ref).collect();
    if !joint::legal(world, &days, &plan) {
        let tours: Vec<_> = plan.iter().map(|c| c.map(|c| (c.work, &c.stops))).collect();
        faults.push(format!("breaks the working week, spacing or stays: {tours:?}"));
    }
    for (people, invited) in people.iter().zip(&invited) {
        let Some(people) = people else { continue };
        let mut contacts = vec![0.0; world.scenario.territories.len()];
        for (offer, letters) in invited {
            if !people.fits(offer, letters)
                || letters.iter().zip(&people.near[offer.site]).any(|(x, near)| *x > 0 && !near)
            {
                faults.push(format!("cannot invite {letters:?} to {offer:?}"));
            }
            for (sum, add) in contacts.iter_mut().zip(people.contacts(offer.site, letters)) {
                *sum += add;
            }
        }
        if !people.keeps_hosts(invited) {
            faults.push(format!("does not invite hosts, or invites few: {invited:?}"));
        }
        if !people.once(invited) {
            faults.push("invites more people than are due".into());
        }
        score += people.score(&contacts);
    }
    if (score - solution.score).abs() > 1e-6 * score.abs().max(1.0) {
        faults.push(format!("its score is {score}, not {}", solution.score));
    }
    if solution.upper_bound < solution.score - 1e-6 * solution.score.abs().max(1.0) {
        faults.push(format!("bound {} below its own score {}", solution.upper_bound, solution.score));
    }
    faults
}

/// The stay of each visit, numbered from 1: where the vehicle woke the one of the day before goes on.
fn stays(solution: &Solution, duties: &[Duty]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..solution.tours.len()).collect();
    order.sort_by_key(|&k| (duties[solution.tours[k].placed.duty].vehicle, solution.tours[k].placed.day));
    let mut stays = vec![Vec::new(); order.len()];
    let mut next = 0;
    for k in order {
        let tour = &solution.tours[k].placed.tour;
        for stop in &tour.stops {
            if tour.slept != Some(stop.site) {
                next += 1;
            }
            stays[k].push(next);
        }
    }
    stays
}

fn check_tour(world: &World, vehicle: usize, day: usize, stops: &[Stop], faults: &mut Vec<String>) {
    let legal = tours::sessions(world, vehicle, day);
    for (k, stop) in stops.iter().enumerate() {
        if !stop.sessions.iter().all(|s| legal.contains(s)) {
            faults.push(format!("sessions that may not be held: {stop:?}"));
        }
        if stop.sessions.windows(2).any(|w| w[1].0 < w[0].1 + world.grid()) {
            faults.push(format!("sessions without a step between them: {stop:?}"));
        }
        if !world.may_visit(vehicle, day, stop.site) {
            faults.push(format!("vehicle {vehicle} may not visit on day {day}: {stop:?}"));
        }
        if stops[..k].iter().any(|s| s.site == stop.site) {
            faults.push(format!("twice at a site on day {day}: {stop:?}"));
        }
    }
    if stops.is_empty() || stops.len() > world.most_visits(vehicle) {
        faults.push(format!("{} visits on day {day}", stops.len()));
    }
}
