//! Whom to invite, once the visits are chosen: the coverage program of model.md section 4.

use super::lp::{ColId, Lp, LpError, Mip};
use super::problem::Problem;
use crate::domain::{CommuneId, DayId, ServiceId, SiteId, TerritoryId};
use std::collections::BTreeMap;

/// A chosen visit, for one service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot {
    /// The service.
    pub service: ServiceId,
    /// The site.
    pub site: SiteId,
    /// Its day.
    pub day: DayId,
    /// Appointments offered.
    pub appointments: u32,
}

/// Invitations of chosen visits.
#[derive(Debug, Clone, Default)]
pub struct Invitations {
    /// Per slot, in their order: invitations by commune, sorted.
    pub people: Vec<Vec<(CommuneId, f64)>>,
    /// Weighted coverage score over all services.
    pub value: f64,
}

/// One `x_iv` of the program.
struct Term {
    slot: usize,
    commune: CommuneId,
    uptake: f64,
    worth: f64,
    limit: f64,
}

/// One service's program, ready for either solver.
struct Program {
    terms: Vec<Term>,
    /// Steps that a territory could reach: territory, width, value.
    steps: Vec<(TerritoryId, f64, f64)>,
    /// `Σ x ≤ limit` over terms.
    letters: Vec<(Vec<usize>, f64)>,
    /// `Σ u x ≤ limit`.
    seats: Vec<(Vec<usize>, f64)>,
    territories: BTreeMap<TerritoryId, Vec<usize>>,
}

fn program(problem: &Problem, slots: &[Slot], service: ServiceId, dated: bool) -> Program {
    let demand = problem.pool(service);
    let mut terms = Vec::new();
    let mut by_commune: BTreeMap<CommuneId, Vec<usize>> = BTreeMap::new();
    let mut territories: BTreeMap<TerritoryId, Vec<usize>> = BTreeMap::new();
    let mut letters = Vec::new();
    let mut seats = Vec::new();
    for (k, slot) in slots.iter().enumerate().filter(|(_, s)| s.service == service) {
        let first = terms.len();
        for group in &problem.catchments[service.index()][slot.site.index()].groups {
            for c in &group.candidates {
                by_commune.entry(c.commune).or_default().push(terms.len());
                territories.entry(group.territory).or_default().push(terms.len());
                terms.push(Term {
                    slot: k,
                    commune: c.commune,
                    uptake: c.uptake,
                    worth: c.worth,
                    limit: demand.stay_limit(c.commune),
                });
            }
        }
        let own: Vec<usize> = (first..terms.len()).collect();
        let budget = problem.budget(service, slot.appointments);
        letters.push((own.clone(), budget.invitations));
        seats.push((own, budget.appointments));
    }
    let last = DayId::new(problem.scenario.horizon.days() - 1);
    for (commune, mut own) in by_commune {
        own.sort_by_key(|&t| slots[terms[t].slot].day);
        let most: f64 = own.iter().map(|&t| terms[t].limit).sum();
        if most <= f64::from(demand.due[commune.index()]) {
            continue;
        }
        if !dated {
            letters.push((own, f64::from(demand.due_on(commune, last))));
            continue;
        }
        for k in 0..own.len() {
            let day = slots[terms[own[k]].slot].day;
            if own.get(k + 1).is_none_or(|&next| slots[terms[next].slot].day > day) {
                letters.push((own[..=k].to_vec(), f64::from(demand.due_on(commune, day))));
            }
        }
    }
    let steps = territories
        .iter()
        .flat_map(|(&z, own)| {
            let most: f64 = own.iter().map(|&t| terms[t].worth * terms[t].limit).sum();
            let mut below = 0.0;
            demand.steps[z.index()].iter().map_while(move |step| {
                let reached = below < most;
                below += step.width;
                reached.then_some((z, step.width.min(most), demand.weight * step.slope))
            })
        })
        .collect();
    Program { terms, steps, letters, seats, territories }
}

fn services(slots: &[Slot]) -> Vec<ServiceId> {
    let mut services: Vec<ServiceId> = slots.iter().map(|s| s.service).collect();
    services.sort_unstable();
    services.dedup();
    services
}

/// A service's program as the linear solver holds it.
struct Relaxed {
    program: Program,
    lp: Lp,
    /// One column per term.
    columns: Vec<ColId>,
    /// Objective per territory step: column and slope.
    steps: Vec<(TerritoryId, ColId, f64, f64)>,
}

fn relaxed(problem: &Problem, slots: &[Slot], service: ServiceId, dated: bool) -> Relaxed {
    let program = program(problem, slots, service, dated);
    let mut lp = Lp::new();
    let columns: Vec<ColId> = program.terms.iter().map(|t| lp.add_column(0.0, 0.0, t.limit, &[])).collect();
    for (own, limit) in &program.letters {
        lp.add_row(f64::NEG_INFINITY, *limit, &own.iter().map(|&t| (columns[t], 1.0)).collect::<Vec<_>>());
    }
    for (own, limit) in &program.seats {
        let row: Vec<_> = own.iter().map(|&t| (columns[t], program.terms[t].uptake)).collect();
        lp.add_row(f64::NEG_INFINITY, *limit, &row);
    }
    let mut steps = Vec::new();
    for (&z, own) in &program.territories {
        let mut row: Vec<_> = own.iter().map(|&t| (columns[t], -program.terms[t].worth)).collect();
        for &(_, width, slope) in program.steps.iter().filter(|s| s.0 == z) {
            let column = lp.add_column(slope, 0.0, width, &[]);
            steps.push((z, column, width, slope));
            row.push((column, 1.0));
        }
        lp.add_row(f64::NEG_INFINITY, 0.0, &row);
    }
    Relaxed { program, lp, columns, steps }
}

/// The best continuous value of the chosen visits; `dated` counts who is due by the day of each
/// visit, otherwise by the end of the horizon (an upper bound over all days).
///
/// # Errors
/// When the solver fails; the program is never infeasible.
pub fn value(problem: &Problem, slots: &[Slot], dated: bool) -> Result<f64, LpError> {
    let mut total = 0.0;
    for service in services(slots) {
        total += relaxed(problem, slots, service, dated).lp.solve()?.objective;
    }
    Ok(total)
}

/// How far whole invitations are looked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Care {
    /// Invitations whose reduced cost is larger keep their continuous value, which is whole; in
    /// contacts, before the service's weight. Infinite: every invitation is free.
    pub margin: f64,
    /// Relative gap of the integer program.
    pub gap: f32,
    /// Its nodes, at most.
    pub nodes: i32,
}

impl Care {
    /// For plans on the way.
    pub const QUICK: Self = Self { margin: 0.002, gap: 1e-4, nodes: 20 };
    /// For the plan that is kept.
    pub const FINAL: Self = Self { margin: 0.01, gap: 1e-5, nodes: 50 };
    /// To the end.
    pub const EXACT: Self = Self { margin: f64::INFINITY, gap: 0.0, nodes: i32::MAX };
}

/// Good whole invitations of the chosen visits, on their days (or, not `dated`, as if everybody
/// due by the end of the horizon were due at once): the continuous optimum, and an integer
/// program over the invitations near its margin.
///
/// # Errors
/// When the solver finds no point at all; nobody invited is always one.
pub fn whole(problem: &Problem, slots: &[Slot], dated: bool, care: Care) -> Result<Invitations, LpError> {
    let mut out = Invitations { people: vec![Vec::new(); slots.len()], value: 0.0 };
    for service in services(slots) {
        let Relaxed { program, mut lp, columns, steps } = relaxed(problem, slots, service, dated);
        let found = lp.solve()?;
        let costs = lp.reduced_costs(&found);
        let margin = care.margin * problem.pool(service).weight;
        let near = |c: ColId| {
            let x = found.columns[c.0];
            costs[c.0].abs() <= margin || (x - x.round()).abs() > 1e-7
        };
        let mut mip = Mip::default();
        // A free invitation is a variable; one that is fixed only takes from the limits.
        let variables: Vec<Option<usize>> =
            columns.iter().map(|&c| near(c).then(|| mip.add(0.0, lp.bounds(c).1, true))).collect();
        let fixed = |t: usize| found.columns[columns[t].0].round();
        let row = |own: &[usize], factor: &dyn Fn(usize) -> f64| {
            let free: Vec<(usize, f64)> = own.iter().filter_map(|&t| Some((variables[t]?, factor(t)))).collect();
            let taken: f64 = own.iter().filter(|&&t| variables[t].is_none()).map(|&t| factor(t) * fixed(t)).sum();
            (free, taken)
        };
        for (own, limit) in &program.letters {
            let (free, taken) = row(own, &|_| 1.0);
            mip.at_most(&free, limit - taken);
        }
        for (own, limit) in &program.seats {
            let (free, taken) = row(own, &|t| program.terms[t].uptake);
            mip.at_most(&free, limit - taken);
        }
        for (&z, own) in &program.territories {
            let (free, taken) = row(own, &|t| program.terms[t].worth);
            let mut entries: Vec<(usize, f64)> = free.into_iter().map(|(v, f)| (v, -f)).collect();
            entries.extend(
                steps.iter().filter(|s| s.0 == z).map(|&(_, _, width, slope)| (mip.add(slope, width, false), 1.0)),
            );
            mip.at_most(&entries, taken);
        }
        let chosen = mip.solve(care.gap, care.nodes)?;
        let demand = problem.pool(service);
        let mut received: BTreeMap<TerritoryId, f64> = BTreeMap::new();
        for (t, term) in program.terms.iter().enumerate() {
            let people = variables[t].map_or_else(|| fixed(t), |v| chosen[v].round());
            if people > 0.0 {
                out.people[term.slot].push((term.commune, people));
                let z = problem.scenario.communes[term.commune.index()].territory;
                *received.entry(z).or_default() += people * term.worth;
            }
        }
        // The value is that of the whole numbers, not of the solver's floating ones.
        out.value += received
            .iter()
            .map(|(z, &y)| demand.weight * crate::demand::value_of(&demand.steps[z.index()], y))
            .sum::<f64>();
    }
    for list in &mut out.people {
        list.sort_by_key(|&(c, _)| c);
    }
    Ok(out)
}
