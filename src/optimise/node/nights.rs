//! Pricing of rotations of several days.

use super::{FIRST_LABELS, Generator, MOST_LABELS};
use crate::domain::{ServiceId, SiteId};
use crate::optimise::duty::{Duty, Nights};
use crate::optimise::master::Duals;
use crate::optimise::package::Budget;
use crate::optimise::problem::Problem;
use crate::optimise::search::{Budgets, Effort, Ground, Layer, NightSearch, Prizes, Rotations};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

impl Generator<'_> {
    /// Looks for rotations of several days, window by window.
    pub(super) fn night_search<T: Send>(
        &self,
        (duals, prizes): (&Duals, &[Prizes]),
        grounds: &[Ground],
        watch_work: bool,
        work: impl Fn(&NightSearch) -> T + Sync,
    ) -> Vec<T> {
        let problem = self.master.problem;
        let values = &self.values;
        let budget = |service, count| problem.budget(service, count);
        let duties: Vec<&Duty> = (0..prizes.len()).map(|k| self.master.duty(k)).collect();
        self.nights
            .par_iter()
            .map(|window| {
                let lengths = &duals.lengths[window.first];
                let layer = |k: usize, (place, nights): (usize, u32), weeks: u32| Layer {
                    k,
                    duty: duties[k],
                    ground: &grounds[k],
                    prizes: &prizes[k],
                    day: duals.duties[k] + duals.tours[k] + if place > 0 { lengths[place - 1] } else { 0.0 },
                    nights,
                    weeks,
                };
                let mut layers = vec![layer(window.first, (0, 0), 0)];
                let then = window.then.iter().enumerate();
                layers.extend(then.map(|(place, &(nights, k, weeks))| layer(k, (place + 1, nights), weeks)));
                let sites = &duties[window.first].roads.sites;
                let stay = |j: usize, budgets: &Budgets| -> f64 {
                    budgets.iter().map(|(s, budget)| values[s].value(problem, sites[j], *budget)).sum()
                };
                // With no host to invite, stays are worth less and less for each appointment, and never less in parts.
                let free = |j: usize, budgets: &Budgets| -> f64 {
                    budgets.iter().map(|(s, budget)| values[s].free_value(problem, sites[j], *budget)).sum()
                };
                let rates = Even::new(problem, layers.iter().map(|l| l.duty));
                let even = |service, count| rates.budget(problem, service, count);
                let price = problem.scenario.prices.night_price;
                let search = NightSearch::new(layers, price, (&budget, &even), (&stay, &free), watch_work);
                work(&search)
            })
            .collect()
    }

    /// The best rotations of several days at some prices.
    pub(super) fn rotations(&self, duals: &Duals, prizes: &[Prizes], exact: bool) -> Vec<Rotations> {
        if let Some(pool) = &self.nights_pool {
            let mut list: Vec<(f64, usize)> =
                pool.iter().map(|&t| (self.rotation_value(t, duals, prizes), t)).filter(|v| v.0 >= 0.0).collect();
            list.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            list.truncate(self.tours_a_round);
            let bound = list.first().map_or(0.0, |best| best.0);
            let list = list.into_iter().map(|(v, t)| (v, self.master.tours[t].rotation.clone())).collect();
            return vec![Rotations { list, bound, complete: true, labels: 0 }];
        }
        let tours = self.tours_a_round;
        let effort = |labels| Effort { tours, labels, threshold: 0.0 };
        self.night_search((duals, prizes), &self.away, false, |search| {
            let mut labels = FIRST_LABELS;
            loop {
                let found = search.run(effort(labels), false);
                // Nothing found and not finished: the bound is loose. Look harder.
                if !exact || !found.list.is_empty() || found.complete || labels >= MOST_LABELS {
                    return found;
                }
                labels *= 4;
            }
        })
    }

    /// Reduced value of a registered rotation of several days at some prices.
    fn rotation_value(&self, at: usize, duals: &Duals, prizes: &[Prizes]) -> f64 {
        let rotation = &self.master.tours[at].rotation;
        let mut value = -self.master.cost(rotation);
        for (k, tour) in &rotation.days {
            let (duty, prizes) = (self.master.duty(*k), &prizes[*k]);
            let levels = duty.shapes.levels.len();
            value -= prizes.hours.price(tour.work) + duals.duties[*k] + duals.tours[*k];
            value -= if tour.control { prizes.with_control } else { prizes.without_control };
            value -= duty.binds_at_sites(tour).map(|bit| prizes.crew[bit]).sum::<f64>();
            // The weekday is in the cost already.
            value +=
                tour.stops.iter().map(|s| prizes.aside[s.site * levels + s.level] - duty.weekday(s.site)).sum::<f64>();
        }
        value -= duals.lengths[rotation.days[0].0].iter().take(rotation.days.len() - 1).sum::<f64>();
        for stay in rotation.stays() {
            let (k, tour) = &rotation.days[stay[0].0];
            value -= prizes[*k].stay[tour.stops[stay[0].1].site];
        }
        let touch = &prizes[rotation.days[0].0].touch;
        value += touch.worth(&touch.behind(rotation.stops().map(|(_, stop)| stop.site)));
        for (service, site, budget) in self.master.slots_of(rotation) {
            value += self.values[&service].value(self.master.problem, site, budget);
        }
        value - duals.single.iter().filter(|(t, _)| *t == at).map(|(_, p)| p).sum::<f64>()
    }
}

/// Where rotations of several days fit, of some duties, which are named by their positions.
pub(super) fn nights_of(problem: &Problem, duties: &[usize]) -> Vec<Nights> {
    let place = |duty: usize| duties.iter().position(|&d| d == duty);
    let here = |window: &Nights| {
        let then = window.then.iter().map(|&(nights, duty, weeks)| Some((nights, place(duty)?, weeks)));
        Some(Nights { first: place(window.first)?, then: then.collect::<Option<_>>()? })
    };
    problem.duties.nights.iter().filter_map(here).collect()
}

/// Budgets at which stays of several days are priced, by service and site, and whether as if no host had to be invited.
pub(super) fn long_stays(problem: &Problem, duties: &[usize]) -> BTreeSet<(ServiceId, SiteId, Budget, bool)> {
    let mut out = BTreeSet::new();
    for window in nights_of(problem, duties) {
        let duty = |k: usize| &problem.duties.list[duties[k]];
        let first = duty(window.first);
        let days: Vec<&Duty> = std::iter::once(window.first).chain(window.then.iter().map(|t| t.1)).map(duty).collect();
        let even = Even::new(problem, days.iter().copied());
        let mut budgets: BTreeSet<(ServiceId, Budget, bool)> = BTreeSet::new();
        match first.services[..] {
            [service] if days.iter().all(|d| d.services == first.services) => {
                let longest = days.iter().filter_map(|d| d.shapes.levels.iter().map(|level| level[0]).max());
                for n in 1..=longest.sum() {
                    budgets.insert((service, even.budget(problem, service, n), true));
                    if problem.scenario.services[service.index()].reserve == 0 {
                        budgets.insert((service, problem.budget(service, n), false));
                    }
                }
            }
            _ => {
                for duty in &days {
                    let counts = duty.shapes.levels.iter().flat_map(|level| duty.services.iter().zip(level));
                    budgets.extend(counts.map(|(s, n)| (*s, even.budget(problem, *s, *n), true)));
                }
            }
        }
        let sites = first.roads.sites.iter().enumerate().filter(|(j, _)| days.iter().any(|d| d.sleep[*j]));
        for (_, &site) in sites {
            let hosted = |service: ServiceId| problem.catchments[service.index()][site.index()].host.is_some();
            out.extend(budgets.iter().map(|&(service, budget, free)| (service, site, budget, free && hosted(service))));
        }
    }
    out
}

/// Budgets in proportion to appointments that are never less than those of visits: by service, the expected attendance of
/// an appointment, and invitations for each expected attendance.
///
/// What a stay is worth then adds up: with as many invitations for an appointment in all visits, what the stay invites can
/// be dealt to them, so that visits by themselves are worth no less, and each appointment more is worth no more than the
/// one before it. Where appointments are held back, or invitations are rounded down, visits differ in that by themselves.
struct Even(BTreeMap<ServiceId, (f64, f64)>);

impl Even {
    fn new<'d>(problem: &Problem, duties: impl Iterator<Item = &'d Duty>) -> Self {
        let mut counts: BTreeMap<ServiceId, BTreeSet<u32>> = BTreeMap::new();
        for duty in duties {
            for level in &duty.shapes.levels {
                for (&service, &count) in duty.services.iter().zip(level) {
                    counts.entry(service).or_default().insert(count);
                }
            }
        }
        let rates = counts.into_iter().filter_map(|(service, counts)| {
            let budgets = counts.iter().map(|&n| (f64::from(n), problem.budget(service, n)));
            let useful: Vec<(f64, Budget)> = budgets.filter(|(_, b)| b.seats() > 0.0).collect();
            // In the proportion of the longest visits, which are those that matter.
            let longest = useful.last()?.1;
            let letters = (longest.invitations() / longest.seats()).max(1e-9);
            let seats = useful.iter().map(|(n, b)| b.seats().max(b.invitations() / letters) / n).fold(0.0, f64::max);
            Some((service, (seats, letters)))
        });
        Self(rates.collect())
    }

    /// Of visits of one stay with so many appointments in all.
    fn budget(&self, problem: &Problem, service: ServiceId, count: u32) -> Budget {
        let Some(&(seats, letters)) = self.0.get(&service) else { return Budget::default() };
        let seats = seats * f64::from(count);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let letters = (letters * seats - 1e-6).ceil().max(0.0) as u32;
        let (even, own) = (Budget::new(seats, letters), problem.budget(service, count));
        // The same but for rounding.
        let same = own.invitations() >= even.invitations() && own.seats() >= even.seats() * (1.0 - 1e-12);
        if same { own } else { even }
    }
}
