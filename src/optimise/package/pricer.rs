//! The best package within a budget, by column generation over fills.

use super::mix::Mix;
use super::{Budget, Candidate, Catchment, Host, Package, Prices};
use crate::domain::CommuneId;

/// The best fill at fixed prices of the budgets and of the host's people.
#[derive(Debug, Clone, Default)]
pub(super) struct Fill {
    pub(super) invited: f64,
    pub(super) expected: f64,
    /// People of the host.
    pub(super) host: f64,
    pub(super) value: f64,
    pub(super) package: Package,
}

/// Prices packages of one catchment, one budget after another.
///
/// A visit's best package is a convex combination of fills, each the best at some prices of the
/// two budgets and of the host's people: a linear program with four rows, whose columns are fills.
/// Fills are generated at its duals until none improves it. Every fill serves every budget, so that
/// the next budget starts from all those known.
pub struct Pricer<'a> {
    catchment: &'a Catchment,
    prices: &'a Prices<'a>,
    /// Whether fills keep whom they invite: without, only values are wanted.
    keep: bool,
    /// Per group, the candidates by rising cost per contact at the prices tried last.
    orders: Vec<Vec<u32>>,
    keys: Vec<f64>,
    /// Fills known; the first is nobody, the second the host alone, where some of its people must be invited.
    fills: Vec<Fill>,
    /// Fills known at first.
    first: usize,
    /// Prices of an appointment and of an invitation, and the prize of the host's people, found last; 0 each at first.
    pub last: (f64, f64, f64),
}

impl<'a> Pricer<'a> {
    /// Nothing priced yet.
    #[must_use]
    pub fn new(catchment: &'a Catchment, prices: &'a Prices<'a>, keep: bool) -> Self {
        let orders =
            catchment.groups.iter().map(|g| (0..u32::try_from(g.candidates.len()).unwrap_or(0)).collect()).collect();
        let mut fills = vec![Fill::default()];
        fills.extend(catchment.host.iter().map(|host| alone(host, host.limit, prices, keep)));
        let first = fills.len();
        Self { catchment, prices, keep, orders, keys: Vec::new(), fills, first, last: (0.0, 0.0, 0.0) }
    }

    /// Begins with the fill at these prices, as in [`Pricer::last`].
    pub fn start_from(&mut self, prices: (f64, f64, f64)) {
        self.last = prices;
    }

    /// Best fill when an appointment costs `theta`, an invitation `phi`, and a person of the host brings `psi`.
    /// `O(n log n)` in the communes of the catchment at first, `O(n)` when their order is almost the one before.
    fn fill(&mut self, theta: f64, phi: f64, psi: f64) -> Fill {
        // Where the host's people cost less than nothing, all come, whatever they are worth.
        let paid = |host: &&Host| self.prices.due(host.commune) + theta * host.uptake + phi < psi;
        let forced = self.catchment.host.as_ref().filter(paid);
        let mut out = forced.map(|host| alone(host, host.limit, self.prices, self.keep)).unwrap_or_default();
        let forced = forced.map(|host| (host.commune, host.territory, host.limit * host.worth));
        let host = self.catchment.host.as_ref().map(|host| host.commune);
        let (prices, keep) = (self.prices, self.keep);
        let plain = theta == 0.0 && psi == 0.0 && prices.due.is_empty();
        for (group, order) in self.catchment.groups.iter().zip(&mut self.orders) {
            let steps = prices.steps(group.territory);
            if steps.first().is_none_or(|s| s.0 <= 0.0) {
                continue;
            }
            let cost = |c: &Candidate| {
                prices.due(c.commune) + theta * c.uptake + phi - if host == Some(c.commune) { psi } else { 0.0 }
            };
            if !plain {
                self.keys.clear();
                self.keys.extend(group.candidates.iter().map(|c| cost(c) / c.worth));
                sort_by_key(order, &self.keys);
            }
            let mut step = 0;
            let mut room = steps[0].1;
            if let Some((_, _, mut taken)) = forced.filter(|(_, z, _)| *z == group.territory) {
                while step < steps.len() && taken >= room {
                    taken -= room;
                    step += 1;
                    room = steps.get(step).map_or(0.0, |s| s.1);
                }
                if step == steps.len() || steps[step].0 <= 0.0 {
                    continue;
                }
                room -= taken;
            }
            let mut used_in_step = 0.0;
            let close = |step: usize, used: &mut f64, out: &mut Fill| {
                if keep && *used > 0.0 {
                    out.package.contacts.push((group.territory, steps[step].2, *used));
                }
                *used = 0.0;
            };
            let sequence = (0..order.len()).map(|k| if plain { k } else { order[k] as usize });
            let others = |c: &&Candidate| forced.is_none_or(|(commune, ..)| commune != c.commune);
            'communes: for candidate in sequence.map(|k| &group.candidates[k]).filter(others) {
                let per_invitation = cost(candidate);
                let mut left = candidate.limit;
                let mut invited = 0.0;
                while left > 0.0 {
                    let rate = steps[step].0;
                    if rate * candidate.worth <= per_invitation {
                        break;
                    }
                    let take = left.min(room / candidate.worth);
                    invited += take;
                    left -= take;
                    out.value += rate * candidate.worth * take;
                    used_in_step += candidate.worth * take;
                    room -= candidate.worth * take;
                    if left > 0.0 {
                        close(step, &mut used_in_step, &mut out);
                        step += 1;
                        if step >= steps.len() || steps[step].0 <= 0.0 {
                            note(&mut out, (candidate, host), invited, prices, keep);
                            step = step.min(steps.len() - 1);
                            break 'communes;
                        }
                        room = steps[step].1;
                    }
                }
                note(&mut out, (candidate, host), invited, prices, keep);
                // Who comes later costs more per contact.
                if left > 0.0 {
                    break;
                }
            }
            close(step, &mut used_in_step, &mut out);
        }
        if keep {
            out.package.invitations.sort_by_key(|&(c, _)| c);
            out.package.contacts.sort_by_key(|&(z, s, _)| (z, s));
        }
        out
    }

    /// An upper bound on the value of any package within the budget, and the best package where
    /// fills are kept. The bound is the dual function at the prices found, so it holds whatever
    /// their accuracy.
    pub fn best(&mut self, budget: Budget) -> (f64, Package) {
        self.with_host(budget, self.catchment.least(budget))
    }

    /// The same where nobody of the host must be invited: never less.
    pub fn free(&mut self, budget: Budget) -> f64 {
        self.with_host(budget, 0.0).0
    }

    fn with_host(&mut self, budget: Budget, least: f64) -> (f64, Package) {
        if budget.seats() <= 0.0 || self.catchment.groups.is_empty() && least <= 0.0 {
            return (0.0, Package::default());
        }
        if self.fills.len() == self.first {
            let (theta, phi, psi) = self.last;
            let first = self.fill(theta, phi, psi);
            self.fills.push(first);
        }
        let mut bound = f64::INFINITY;
        let mut mix = Mix::new(budget, least);
        for _ in 0..MOST_FILLS {
            mix.improve(&self.fills);
            let psi = if least > 0.0 { (-mix.prices[2]).max(0.0) } else { 0.0 };
            let (theta, phi) = (mix.prices[0].max(0.0), mix.prices[1].max(0.0));
            let fill = self.fill(theta, phi, psi);
            let net = fill.value - theta * fill.expected - phi * fill.invited + psi * fill.host;
            let here = theta * budget.seats() + phi * budget.invitations() - psi * least + net;
            if here < bound {
                bound = here;
                self.last = (theta, phi, psi);
            }
            if bound - mix.value <= 1e-10 * (1.0 + bound.abs()) {
                break;
            }
            self.fills.push(fill);
        }
        let package = if self.keep { mix.package(&self.fills) } else { Package::default() };
        // Nobody is worth nothing, where nobody must be invited.
        (if least > 0.0 { bound } else { bound.max(0.0) }, package)
    }
}

/// So many people of the host, and nobody else.
pub(super) fn alone(host: &Host, people: f64, prices: &Prices, keep: bool) -> Fill {
    let mut out = Fill {
        invited: people,
        expected: host.uptake * people,
        host: people,
        value: -prices.due(host.commune) * people,
        package: Package::default(),
    };
    if keep {
        out.package.invitations.push((host.commune, people));
    }
    let mut left = host.worth * people;
    for &(rate, width, step) in prices.steps(host.territory).iter().take_while(|step| step.0 > 0.0) {
        let contacts = left.min(width);
        if contacts <= 0.0 {
            break;
        }
        out.value += rate * contacts;
        left -= contacts;
        if keep {
            out.package.contacts.push((host.territory, step, contacts));
        }
    }
    out
}

/// Fills tried for one budget, at most: the bound then is that of the best prices so far.
const MOST_FILLS: usize = 100;

/// Sorts positions by rising key, ties by position: by insertion, since they are nearly sorted.
fn sort_by_key(order: &mut [u32], keys: &[f64]) {
    for k in 1..order.len() {
        let moved = order[k];
        let key = keys[moved as usize];
        let mut at = k;
        while at > 0 && (keys[order[at - 1] as usize], order[at - 1]) > (key, moved) {
            order[at] = order[at - 1];
            at -= 1;
        }
        order[at] = moved;
    }
}

fn note(out: &mut Fill, (candidate, host): (&Candidate, Option<CommuneId>), invited: f64, prices: &Prices, keep: bool) {
    if invited <= 0.0 {
        return;
    }
    out.invited += invited;
    if host == Some(candidate.commune) {
        out.host += invited;
    }
    out.expected += candidate.uptake * invited;
    out.value -= prices.due(candidate.commune) * invited;
    if keep {
        out.package.invitations.push((candidate.commune, invited));
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Curve, Group};
    use super::*;
    use crate::domain::{CommuneId, TerritoryId};
    use crate::optimise::lp::Lp;
    use proptest::prelude::*;

    /// The same program, written out for the simplex method.
    fn by_simplex(catchment: &Catchment, prices: &Prices, budget: Budget) -> f64 {
        let mut lp = Lp::new();
        let seats = lp.add_row(f64::NEG_INFINITY, budget.seats(), &[]);
        let letters = lp.add_row(f64::NEG_INFINITY, budget.invitations(), &[]);
        let least = catchment.least(budget);
        for group in &catchment.groups {
            let balance = lp.add_row(0.0, f64::INFINITY, &[]);
            for &(rate, width, _) in prices.steps(group.territory) {
                lp.add_column(rate, 0.0, width, &[(balance, -1.0)]);
            }
            for c in &group.candidates {
                let entries = [(seats, c.uptake), (letters, 1.0), (balance, c.worth)];
                let host = catchment.host.is_some_and(|host| host.commune == c.commune);
                lp.add_column(-prices.due(c.commune), if host { least } else { 0.0 }, c.limit, &entries);
            }
        }
        lp.solve().unwrap().objective
    }

    fn value(prices: &Prices, package: &Package) -> f64 {
        let gain: f64 =
            package.contacts.iter().map(|&(z, s, w)| prices.steps(z).iter().find(|t| t.2 == s).unwrap().0 * w).sum();
        gain - package.invitations.iter().map(|&(c, x)| prices.due(c) * x).sum::<f64>()
    }

    prop_compose! {
        fn commune()(uptake in 0.02..0.5f64, share in 0.1..1.0f64, limit in 1.0..60.0f64, due in 0.0..0.1f64)
            -> (f64, f64, f64, f64) { (uptake, share, limit, due) }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]
        #[test]
        fn agrees_with_the_simplex_method(
            groups in prop::collection::vec(prop::collection::vec(commune(), 1..6), 1..5),
            rates in prop::collection::vec(prop::collection::vec((0.0..1.0f64, 0.5..12.0f64), 1..4), 5),
            appointments in 1u32..40,
            kappa in 1.0..6.0f64,
            price_due in any::<bool>(),
            host in prop::option::of((0usize..30, 0.0..1.0f64)),
        ) {
            let mut next = 0;
            let mut due = Vec::new();
            let groups: Vec<Group> = groups.iter().enumerate().map(|(z, list)| {
                let mut candidates: Vec<Candidate> = list.iter().map(|&(uptake, share, limit, price)| {
                    due.push(if price_due { price } else { 0.0 });
                    next += 1;
                    Candidate { commune: CommuneId(next - 1), uptake, worth: share * uptake, limit: limit.floor() }
                }).collect();
                candidates.sort_by(|a, b| b.worth.total_cmp(&a.worth));
                Group { territory: TerritoryId::new(z), candidates }
            }).collect();
            if !price_due { due.clear(); }
            let steps: Vec<Vec<(f64, f64, usize)>> = rates.iter().map(|list| {
                let mut steps: Vec<(f64, f64, usize)> =
                    list.iter().enumerate().map(|(s, &(rate, width))| (rate, width, s)).collect();
                steps.sort_by(|a, b| b.0.total_cmp(&a.0));
                steps
            }).collect();
            // Some commune hosts the stay; what it must get may be worth less than nothing.
            let all: Vec<(TerritoryId, Candidate)> =
                groups.iter().flat_map(|g| g.candidates.iter().map(|c| (g.territory, *c))).collect();
            let host = host.map(|(k, share)| {
                let (territory, c) = all[k % all.len()];
                if price_due {
                    due[c.commune.index()] *= 5.0;
                }
                Host::drawn(&c, territory, share)
            });
            let catchment = Catchment { groups, host };
            let prices = Prices { steps: &steps, own: &[], due: &due };
            // One budget after another: what is remembered must not matter.
            let mut pricer = Pricer::new(&catchment, &prices, true);
            for appointments in [appointments / 2, appointments + 3, appointments] {
            let budget = Budget::new(f64::from(appointments), (kappa * f64::from(appointments)).floor() as u32);
            let optimum = by_simplex(&catchment, &prices, budget);
            let (bound, package) = pricer.best(budget);
            prop_assert!((bound - optimum).abs() < 1e-6 * (1.0 + optimum.abs()), "bound {bound}, simplex {optimum}");
            if due.is_empty() {
                let (expected, best, of_host) = Curve::new(&catchment, &prices).at(budget.invitations());
                if expected <= budget.seats() && of_host >= catchment.least(budget) {
                    prop_assert!((best - optimum).abs() < 1e-6 * (1.0 + optimum.abs()), "curve {best}, simplex {optimum}");
                }
            }
            let reached = value(&prices, &package);
            prop_assert!((reached - optimum).abs() < 1e-6 * (1.0 + optimum.abs()), "package {reached}, simplex {optimum}");
            prop_assert!(package.invitations.iter().map(|p| p.1).sum::<f64>() <= budget.invitations() + 1e-6);
            let uptake = |c: CommuneId| catchment.groups.iter().flat_map(|g| &g.candidates)
                .find(|k| k.commune == c).unwrap().uptake;
            let seats: f64 = package.invitations.iter().map(|&(c, x)| uptake(c) * x).sum();
            prop_assert!(seats <= budget.seats() + 1e-6);
            let of_host = package.invitations.iter().find(|p| catchment.host.is_some_and(|h| h.commune == p.0));
            prop_assert!(of_host.map_or(0.0, |p| p.1) >= catchment.least(budget) - 1e-6);
            }
        }
    }
}
