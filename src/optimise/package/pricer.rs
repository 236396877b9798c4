//! The best package within a budget, by column generation over fills.

use super::mix::Mix;
use super::{Budget, Candidate, Catchment, Package, Prices};

/// The best fill at fixed prices of the two budgets.
#[derive(Debug, Clone, Default)]
pub(super) struct Fill {
    pub(super) invited: f64,
    pub(super) expected: f64,
    pub(super) value: f64,
    pub(super) package: Package,
}

/// Prices packages of one catchment, one budget after another.
///
/// A visit's best package is a convex combination of fills, each the best at some prices of the
/// two budgets: a linear program with three rows, whose columns are fills. Fills are generated at
/// its duals until none improves it. Every fill serves every budget, so that the next budget
/// starts from all those known.
pub struct Pricer<'a> {
    catchment: &'a Catchment,
    prices: &'a Prices<'a>,
    /// Whether fills keep whom they invite: without, only values are wanted.
    keep: bool,
    /// Per group, the candidates by rising cost per contact at the prices tried last.
    orders: Vec<Vec<u32>>,
    keys: Vec<f64>,
    /// Fills known; the first is nobody.
    fills: Vec<Fill>,
    /// Prices of an appointment and of an invitation found last, 0 each at first.
    pub last: (f64, f64),
}

impl<'a> Pricer<'a> {
    /// Nothing priced yet.
    #[must_use]
    pub fn new(catchment: &'a Catchment, prices: &'a Prices<'a>, keep: bool) -> Self {
        let orders =
            catchment.groups.iter().map(|g| (0..u32::try_from(g.candidates.len()).unwrap_or(0)).collect()).collect();
        Self { catchment, prices, keep, orders, keys: Vec::new(), fills: vec![Fill::default()], last: (0.0, 0.0) }
    }

    /// Begins with the fill at these prices of an appointment and of an invitation.
    pub fn start_from(&mut self, prices: (f64, f64)) {
        self.last = prices;
    }

    /// Best fill when an appointment costs `theta` and an invitation `phi`. `O(n log n)` in the
    /// communes of the catchment at first, `O(n)` when their order is almost the one before.
    fn fill(&mut self, theta: f64, phi: f64) -> Fill {
        let mut out = Fill::default();
        let (prices, keep) = (self.prices, self.keep);
        let plain = theta == 0.0 && prices.due.is_empty();
        for (group, order) in self.catchment.groups.iter().zip(&mut self.orders) {
            let steps = prices.steps(group.territory);
            if steps.first().is_none_or(|s| s.0 <= 0.0) {
                continue;
            }
            let cost = |c: &Candidate| prices.due(c.commune) + theta * c.uptake + phi;
            if !plain {
                self.keys.clear();
                self.keys.extend(group.candidates.iter().map(|c| cost(c) / c.worth));
                sort_by_key(order, &self.keys);
            }
            let mut step = 0;
            let mut room = steps[0].1;
            let mut used_in_step = 0.0;
            let close = |step: usize, used: &mut f64, out: &mut Fill| {
                if keep && *used > 0.0 {
                    out.package.contacts.push((group.territory, steps[step].2, *used));
                }
                *used = 0.0;
            };
            let sequence = (0..order.len()).map(|k| if plain { k } else { order[k] as usize });
            'communes: for candidate in sequence.map(|k| &group.candidates[k]) {
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
                            note(&mut out, candidate, invited, prices, keep);
                            step = step.min(steps.len() - 1);
                            break 'communes;
                        }
                        room = steps[step].1;
                    }
                }
                note(&mut out, candidate, invited, prices, keep);
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
        if budget.seats() <= 0.0 || self.catchment.groups.is_empty() {
            return (0.0, Package::default());
        }
        if self.fills.len() == 1 {
            let (theta, phi) = self.last;
            let first = self.fill(theta, phi);
            self.fills.push(first);
        }
        let mut bound = f64::INFINITY;
        let mut mix = Mix::new(budget);
        for _ in 0..MOST_FILLS {
            mix.improve(&self.fills);
            let (theta, phi) = (mix.prices[0].max(0.0), mix.prices[1].max(0.0));
            let fill = self.fill(theta, phi);
            let net = fill.value - theta * fill.expected - phi * fill.invited;
            let here = theta * budget.seats() + phi * budget.invitations() + net;
            if here < bound {
                bound = here;
                self.last = (theta, phi);
            }
            if bound - mix.value <= 1e-10 * (1.0 + bound.abs()) {
                break;
            }
            self.fills.push(fill);
        }
        let package = if self.keep { mix.package(&self.fills) } else { Package::default() };
        (bound.max(0.0), package)
    }
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

fn note(out: &mut Fill, candidate: &Candidate, invited: f64, prices: &Prices, keep: bool) {
    if invited <= 0.0 {
        return;
    }
    out.invited += invited;
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
        for group in &catchment.groups {
            let balance = lp.add_row(0.0, f64::INFINITY, &[]);
            for &(rate, width, _) in prices.steps(group.territory) {
                lp.add_column(rate, 0.0, width, &[(balance, -1.0)]);
            }
            for c in &group.candidates {
                let entries = [(seats, c.uptake), (letters, 1.0), (balance, c.worth)];
                lp.add_column(-prices.due(c.commune), 0.0, c.limit, &entries);
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
        ) {
            let mut next = 0;
            let mut due = Vec::new();
            let groups: Vec<Group> = groups.iter().enumerate().map(|(z, list)| {
                let mut candidates: Vec<Candidate> = list.iter().map(|&(uptake, share, limit, price)| {
                    due.push(if price_due { price } else { 0.0 });
                    next += 1;
                    Candidate { commune: CommuneId(next - 1), uptake, worth: share * uptake, limit }
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
            let catchment = Catchment { groups };
            let prices = Prices { steps: &steps, own: &[], due: &due };
            // One budget after another: what is remembered must not matter.
            let mut pricer = Pricer::new(&catchment, &prices, true);
            for appointments in [appointments / 2, appointments + 3, appointments] {
            let budget = Budget::new(f64::from(appointments), (kappa * f64::from(appointments)).floor() as u32);
            let optimum = by_simplex(&catchment, &prices, budget);
            let (bound, package) = pricer.best(budget);
            prop_assert!((bound - optimum).abs() < 1e-6 * (1.0 + optimum), "bound {bound}, simplex {optimum}");
            if due.is_empty() {
                let (expected, best) = Curve::new(&catchment, &prices).at(budget.invitations());
                if expected <= budget.seats() {
                    prop_assert!((best - optimum).abs() < 1e-6 * (1.0 + optimum), "curve {best}, simplex {optimum}");
                }
            }
            let reached = value(&prices, &package);
            prop_assert!((reached - optimum).abs() < 1e-6 * (1.0 + optimum), "package {reached}, simplex {optimum}");
            prop_assert!(package.invitations.iter().map(|p| p.1).sum::<f64>() <= budget.invitations() + 1e-6);
            let uptake = |c: CommuneId| catchment.groups.iter().flat_map(|g| &g.candidates)
                .find(|k| k.commune == c).unwrap().uptake;
            let seats: f64 = package.invitations.iter().map(|&(c, x)| uptake(c) * x).sum();
            prop_assert!(seats <= budget.seats() + 1e-6);
            }
        }
    }
}
