//! Invitation packages: whom one visit invites, and what that is worth at given prices.
//!
//! A package of a visit at site `j` with `a` appointments is a vector `x` of invitations with
//!
//! ```text
//! Σ u_i x_i ≤ a,   Σ x_i ≤ κ a,   0 ≤ x_i ≤ share · due_i,   w_zs ≤ width_zs,
//! Σ_s w_zs = Σ_{i in z} p_i g_i u_i x_i
//! ```
//!
//! and its value is `Σ (weight · slope_zs − μ_zs) w_zs − Σ δ_i x_i`, where `μ` prices the value
//! steps and `δ` the people due. [`Pricer`] maximises it exactly: the two budgets are priced by
//! `θ` (appointments) and `φ` (invitations), the value of a territory at fixed `(θ, φ)` is a
//! merge of two sorted lists, and the best package is a convex combination of such fills, found
//! by column generation on a program of three rows.

use crate::demand::ServiceDemand;
use crate::domain::{CommuneId, Scenario, SiteId, TerritoryId};

/// A commune as one site sees it.
#[derive(Debug, Clone, Copy)]
pub struct Candidate {
    /// The commune.
    pub commune: CommuneId,
    /// `u`: attendance per invitation.
    pub uptake: f64,
    /// `p g u`: worth per invitation, positive.
    pub worth: f64,
    /// Most invitations of one visit.
    pub limit: f64,
}

/// The candidates of one territory, by falling worth.
#[derive(Debug, Clone)]
pub struct Group {
    /// The territory.
    pub territory: TerritoryId,
    /// Its communes in reach.
    pub candidates: Vec<Candidate>,
}

/// What one site can draw on, for one service.
#[derive(Debug, Clone, Default)]
pub struct Catchment {
    /// By territory.
    pub groups: Vec<Group>,
}

impl Catchment {
    /// The catchment of a site.
    #[must_use]
    pub fn new(scenario: &Scenario, demand: &ServiceDemand, site: SiteId) -> Self {
        let mut groups: Vec<Group> = Vec::new();
        for reach in &demand.reach[site.index()] {
            let worth = demand.worth[reach.commune.index()] * reach.uptake;
            let limit = demand.stay_limit(reach.commune).min(f64::from(demand.due[reach.commune.index()]));
            if worth <= 0.0 || limit <= 0.0 {
                continue;
            }
            let territory = scenario.communes[reach.commune.index()].territory;
            let candidate = Candidate { commune: reach.commune, uptake: reach.uptake, worth, limit };
            match groups.iter_mut().find(|g| g.territory == territory) {
                Some(group) => group.candidates.push(candidate),
                None => groups.push(Group { territory, candidates: vec![candidate] }),
            }
        }
        for group in &mut groups {
            group.candidates.sort_by(|a, b| b.worth.total_cmp(&a.worth).then(a.commune.cmp(&b.commune)));
        }
        Self { groups }
    }
}

/// What a contact within a value step is worth net of its price, the step's width, and its place.
pub type Rate = (f64, f64, usize);

/// Prices of the master, as packages see them.
pub struct Prices<'a> {
    /// `weight · slope − μ` and width of each open step of each territory, by falling rate;
    /// the position in the territory's own steps comes third.
    pub steps: &'a [Vec<Rate>],
    /// The same where they differ at the site, by territory.
    pub own: &'a [(TerritoryId, Vec<Rate>)],
    /// `δ` of each commune; empty when no due row is priced.
    pub due: &'a [f64],
}

impl Prices<'_> {
    fn steps(&self, territory: TerritoryId) -> &[Rate] {
        let own = self.own.iter().find(|(z, _)| *z == territory);
        own.map_or(&self.steps[territory.index()], |(_, rates)| rates)
    }

    fn due(&self, commune: CommuneId) -> f64 {
        self.due.get(commune.index()).copied().unwrap_or(0.0)
    }
}

/// A package: what one visit invites.
#[derive(Debug, Clone, Default)]
pub struct Package {
    /// Invitations by commune, sorted, positive.
    pub invitations: Vec<(CommuneId, f64)>,
    /// Contacts by territory and value step, sorted, positive.
    pub contacts: Vec<(TerritoryId, usize, f64)>,
}

/// Limits of one stay: what packages may use, and what tells one sort of stay from another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Budget {
    /// Bits of a non-negative number, which are in its order.
    seats: u64,
    invitations: u32,
}

impl Budget {
    /// Expected attendance (appointments, overbooked, less the reserve; not negative) and
    /// invitations, at most.
    #[must_use]
    pub fn new(seats: f64, invitations: u32) -> Self {
        Self { seats: seats.max(0.0).to_bits(), invitations }
    }

    /// Expected attendance, at most.
    #[must_use]
    pub fn seats(self) -> f64 {
        f64::from_bits(self.seats)
    }

    /// Invitations, at most.
    #[must_use]
    pub fn invitations(self) -> f64 {
        f64::from(self.invitations)
    }

    /// Both together: of the visits of one stay.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self::new(self.seats() + other.seats(), self.invitations + other.invitations)
    }
}

/// The best fill at fixed prices of the two budgets.
#[derive(Debug, Clone, Default)]
struct Fill {
    invited: f64,
    expected: f64,
    value: f64,
    package: Package,
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

/// A column of the program over fills.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Part {
    /// A fill, by its number.
    Fill(usize),
    /// Appointments, or invitations, that are left.
    Left(usize),
}

/// The best convex combination of fills within a budget: a primal simplex method on three rows.
struct Mix {
    budget: [f64; 3],
    basis: [Part; 3],
    /// How much of each part of the basis.
    amounts: [f64; 3],
    /// Prices of an appointment, of an invitation, and what the visit is worth beyond them.
    prices: [f64; 3],
    value: f64,
}

impl Mix {
    /// Nobody, everything left.
    fn new(budget: Budget) -> Self {
        let budget = [budget.seats(), budget.invitations(), 1.0];
        Self {
            budget,
            basis: [Part::Left(0), Part::Left(1), Part::Fill(0)],
            amounts: budget,
            prices: [0.0; 3],
            value: 0.0,
        }
    }

    /// Best combination of all fills known.
    fn improve(&mut self, fills: &[Fill]) {
        // More pivots than a program of three rows ever takes; one too few only loosens prices.
        for _ in 0..50 + fills.len() {
            let inverse = inverse(self.basis.map(|part| column(part, fills).0));
            let worth = self.basis.map(|part| column(part, fills).1);
            self.amounts = inverse.map(|row| dot(row, self.budget).max(0.0));
            self.prices = [0, 1, 2].map(|k| (0..3).map(|r| worth[r] * inverse[r][k]).sum());
            self.value = dot(self.amounts, worth);
            let gain = |part: Part| {
                let (used, value) = column(part, fills);
                value - dot(self.prices, used)
            };
            let parts = (0..fills.len()).map(Part::Fill).chain([Part::Left(0), Part::Left(1)]);
            let Some((entering, best)) = parts.map(|p| (p, gain(p))).max_by(|a, b| a.1.total_cmp(&b.1)) else { return };
            if best <= 1e-11 * (1.0 + self.value.abs()) {
                return;
            }
            let rates = inverse.map(|row| dot(row, column(entering, fills).0));
            let ratio = |r: &usize| self.amounts[*r] / rates[*r];
            let Some(leaving) = (0..3).filter(|&r| rates[r] > 1e-9).min_by(|a, b| ratio(a).total_cmp(&ratio(b))) else {
                return;
            };
            self.basis[leaving] = entering;
        }
    }

    fn package(&self, fills: &[Fill]) -> Package {
        let mut invitations = std::collections::BTreeMap::new();
        let mut contacts = std::collections::BTreeMap::new();
        for (part, &amount) in self.basis.iter().zip(&self.amounts) {
            let Part::Fill(k) = *part else { continue };
            for &(commune, people) in &fills[k].package.invitations {
                *invitations.entry(commune).or_insert(0.0) += amount * people;
            }
            for &(z, s, people) in &fills[k].package.contacts {
                *contacts.entry((z, s)).or_insert(0.0) += amount * people;
            }
        }
        Package {
            invitations: invitations.into_iter().filter(|&(_, v)| v > 1e-12).collect(),
            contacts: contacts.into_iter().filter(|&(_, v)| v > 1e-12).map(|((z, s), v)| (z, s, v)).collect(),
        }
    }
}

/// What a part uses of the three rows, and its value.
fn column(part: Part, fills: &[Fill]) -> ([f64; 3], f64) {
    match part {
        Part::Fill(k) => ([fills[k].expected, fills[k].invited, 1.0], fills[k].value),
        Part::Left(0) => ([1.0, 0.0, 0.0], 0.0),
        Part::Left(_) => ([0.0, 1.0, 0.0], 0.0),
    }
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// Inverse of the matrix with these columns, by rows.
fn inverse([a, b, c]: [[f64; 3]; 3]) -> [[f64; 3]; 3] {
    let cross =
        |u: [f64; 3], v: [f64; 3]| [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
    let rows = [cross(b, c), cross(c, a), cross(a, b)];
    let determinant = dot(a, rows[0]);
    rows.map(|row| row.map(|x| x / determinant))
}

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

/// The best value at every number of invitations, when neither an appointment nor a person due
/// has a price: the segments of all territories by falling value per invitation.
#[derive(Debug, Clone, Default)]
pub struct Curve {
    /// After each segment: invitations, expected attendance, value.
    points: Vec<(f64, f64, f64)>,
}

impl Curve {
    /// The curve of a catchment. `O(n log n)`.
    #[must_use]
    pub fn new(catchment: &Catchment, prices: &Prices) -> Self {
        let mut segments: Vec<(f64, f64, f64)> = Vec::new();
        for group in &catchment.groups {
            let mut steps = prices.steps(group.territory).iter().take_while(|s| s.0 > 0.0);
            let Some(&(mut rate, mut room, _)) = steps.next() else { continue };
            'group: for c in &group.candidates {
                let mut left = c.limit;
                while left > 0.0 {
                    let take = left.min(room / c.worth);
                    segments.push((rate * c.worth, take, c.uptake));
                    left -= take;
                    room -= take * c.worth;
                    if left > 0.0 {
                        let Some(&(next, width, _)) = steps.next() else { break 'group };
                        (rate, room) = (next, width);
                    }
                }
            }
        }
        segments.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut points = Vec::with_capacity(segments.len() + 1);
        let mut at = (0.0, 0.0, 0.0);
        points.push(at);
        for (density, amount, uptake) in segments {
            at = (at.0 + amount, at.1 + uptake * amount, at.2 + density * amount);
            points.push(at);
        }
        Self { points }
    }

    /// Expected attendance and value of the best package with so many invitations.
    #[must_use]
    pub fn at(&self, invitations: f64) -> (f64, f64) {
        let after = self.points.partition_point(|p| p.0 < invitations);
        if after == 0 {
            return (0.0, 0.0);
        }
        let Some(b) = self.points.get(after) else {
            return self.points.last().map_or((0.0, 0.0), |p| (p.1, p.2));
        };
        let a = self.points[after - 1];
        let share = (invitations - a.0) / (b.0 - a.0);
        (a.1 + share * (b.1 - a.1), a.2 + share * (b.2 - a.2))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
