//! Whom to invite, once the visits are chosen: the coverage program of model.md section 4.

use super::lp::{ColId, Lp, LpError, LpSolution, Mip};
use super::problem::Problem;
use super::round::round;
use crate::demand::{ServiceDemand, value_of};
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
    /// Number of its stay: visits of one stay share what a stay may invite of a commune.
    pub stay: usize,
}

/// Invitations of chosen visits.
#[derive(Debug, Clone, Default)]
pub struct Invitations {
    /// Per slot, in their order: invitations by commune, sorted.
    pub people: Vec<Vec<(CommuneId, f64)>>,
    /// Weighted coverage score over all services.
    pub value: f64,
    /// Whether [`Care::Within`] its gap no others are worth more: not where too many invitations
    /// could be part of better ones for an integer program to end soon.
    pub proved: bool,
}

/// One `x_iv` of the program.
pub(super) struct Term {
    slot: usize,
    commune: CommuneId,
    pub(super) territory: TerritoryId,
    pub(super) uptake: f64,
    pub(super) worth: f64,
    pub(super) limit: f64,
}

/// One service's program, ready for any way of solving it.
pub(super) struct Program {
    pub(super) terms: Vec<Term>,
    /// Steps that a territory could reach: territory, width, value.
    steps: Vec<(TerritoryId, f64, f64)>,
    /// `Σ x ≤ limit` over terms.
    pub(super) letters: Vec<(Vec<usize>, f64)>,
    /// `Σ u x ≤ limit`, one per slot, over all its terms.
    pub(super) seats: Vec<(Vec<usize>, f64)>,
    pub(super) territories: BTreeMap<TerritoryId, Vec<usize>>,
}

fn program(problem: &Problem, slots: &[Slot], service: ServiceId, dated: bool) -> Program {
    let demand = problem.pool(service);
    let mut terms = Vec::new();
    let mut by_commune: BTreeMap<CommuneId, Vec<usize>> = BTreeMap::new();
    let mut by_stay: BTreeMap<(usize, CommuneId), Vec<usize>> = BTreeMap::new();
    let mut territories: BTreeMap<TerritoryId, Vec<usize>> = BTreeMap::new();
    let mut letters = Vec::new();
    let mut seats = Vec::new();
    for (k, slot) in slots.iter().enumerate().filter(|(_, s)| s.service == service) {
        let first = terms.len();
        for group in &problem.catchments[service.index()][slot.site.index()].groups {
            for c in &group.candidates {
                by_commune.entry(c.commune).or_default().push(terms.len());
                by_stay.entry((slot.stay, c.commune)).or_default().push(terms.len());
                territories.entry(group.territory).or_default().push(terms.len());
                terms.push(Term {
                    slot: k,
                    commune: c.commune,
                    territory: group.territory,
                    uptake: c.uptake,
                    worth: c.worth,
                    limit: demand.stay_limit(c.commune),
                });
            }
        }
        let own: Vec<usize> = (first..terms.len()).collect();
        let budget = problem.budget(service, slot.appointments);
        letters.push((own.clone(), budget.invitations()));
        seats.push((own, budget.seats()));
    }
    for own in by_stay.into_values().filter(|own| own.len() > 1) {
        let limit = terms[own[0]].limit;
        letters.push((own, limit));
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
        // Of dates with as many due only the last counts, and none before more could be invited than are due.
        let due = |k: usize| demand.due_on(commune, slots[terms[own[k]].slot].day);
        let mut most = 0.0;
        for k in 0..own.len() {
            most += terms[own[k]].limit;
            let last = k + 1 == own.len() || due(k + 1) > due(k);
            if last && most > f64::from(due(k)) {
                letters.push((own[..=k].to_vec(), f64::from(due(k))));
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

/// How far whole invitations are looked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Care {
    /// Rounding: for plans on the way.
    Quick,
    /// An integer program over the invitations at the margin: for the plan that is kept.
    Good,
    /// An integer program over all that could be better: no whole invitations are worth more
    /// than those found by a larger share than this.
    Within(f32),
}

/// Reduced costs of at most this, in contacts before the service's weight, are at the margin.
const MARGIN: f64 = 0.002;
/// Invitations that are free in an integer program, at most.
const MOST_FREE: usize = 250;
/// Relative gap and nodes of an integer program over the margin.
const GOOD: (f32, i32) = (1e-4, 20);

/// The continuous programs of chosen visits, solved; with limits that whole invitations have.
pub struct Continuous<'a> {
    problem: &'a Problem<'a>,
    slots: usize,
    services: Vec<(ServiceId, Relaxed, LpSolution)>,
    /// No whole invitations of the visits are worth more.
    pub value: f64,
}

impl<'a> Continuous<'a> {
    /// Solves the continuous programs of visits on their days (or, not `dated`, as if everybody
    /// due by the end of the horizon were due at once).
    ///
    /// # Errors
    /// When the solver fails; nobody invited is always a point.
    pub fn new(problem: &'a Problem<'a>, slots: &[Slot], dated: bool) -> Result<Self, LpError> {
        let mut solved = Vec::new();
        let mut value = 0.0;
        for service in services(slots) {
            let mut relaxed = relaxed(problem, slots, service, dated);
            let found = relaxed.lp.solve()?;
            value += found.objective;
            solved.push((service, relaxed, found));
        }
        Ok(Self { problem, slots: slots.len(), services: solved, value })
    }

    /// Good whole invitations, or the best. `seconds` limits each integer program.
    ///
    /// # Errors
    /// When the solver fails.
    pub fn whole(&self, care: Care, seconds: f64) -> Result<Invitations, LpError> {
        let mut out = Invitations { people: vec![Vec::new(); self.slots], value: 0.0, proved: true };
        for (service, relaxed, found) in &self.services {
            let demand = self.problem.pool(*service);
            let terms = &relaxed.program.terms;
            let mut people = round(&relaxed.program, demand, &found.columns[..terms.len()]);
            let mut value = relaxed.worth(demand, &people);
            if care != Care::Quick {
                match relaxed.by_program(demand, found, value, care, seconds)? {
                    Some(better) => {
                        let worth = relaxed.worth(demand, &better);
                        if worth > value {
                            (people, value) = (better, worth);
                        }
                    }
                    None => out.proved = false,
                }
            }
            out.value += value;
            for (term, &people) in terms.iter().zip(&people).filter(|(_, people)| **people > 0.0) {
                out.people[term.slot].push((term.commune, people));
            }
        }
        for list in &mut out.people {
            list.sort_by_key(|&(c, _)| c);
        }
        Ok(out)
    }
}

impl Relaxed {
    /// What whole invitations are worth, by themselves and not by the solver's floating ones.
    fn worth(&self, demand: &ServiceDemand, people: &[f64]) -> f64 {
        let received = |own: &[usize]| own.iter().map(|&t| people[t] * self.program.terms[t].worth).sum::<f64>();
        let territories = self.program.territories.iter();
        territories.map(|(z, own)| demand.weight * value_of(&demand.steps[z.index()], received(own))).sum()
    }

    /// Whole invitations worth more than those rounded, by an integer program; `None` when it would be too large, or finds none
    /// in time.
    fn by_program(
        &self,
        demand: &ServiceDemand,
        found: &LpSolution,
        rounded: f64,
        care: Care,
        seconds: f64,
    ) -> Result<Option<Vec<f64>>, LpError> {
        let Self { program, lp, columns, steps } = self;
        let costs = lp.reduced_costs(found);
        let near = |c: ColId, margin: f64| {
            let x = found.columns[c.0];
            costs[c.0].abs() <= margin || (x - x.round()).abs() > 1e-7
        };
        // One invitation more or less whose reduced cost is larger loses more than rounding did.
        let lost = (found.objective - rounded).max(0.0) + 1e-9;
        let few = |margin: &f64| columns.iter().filter(|&&c| near(c, *margin)).count() <= MOST_FREE;
        let margins = [lost, MARGIN * demand.weight, 1e-9];
        let (margin, gap, nodes) = match care {
            Care::Within(gap) if few(&lost) => (lost, gap, i32::MAX),
            Care::Within(_) => return Ok(None),
            _ => match margins.into_iter().find(few) {
                Some(margin) => (margin, GOOD.0, GOOD.1),
                None => return Ok(None),
            },
        };
        let mut mip = Mip::default();
        // A free invitation is a variable; one that is fixed only takes from the limits.
        let variables: Vec<Option<usize>> =
            columns.iter().map(|&c| near(c, margin).then(|| mip.add(0.0, lp.bounds(c).1, true))).collect();
        let fixed = |t: usize| found.columns[columns[t].0].round();
        let row = |own: &[usize], factor: &dyn Fn(usize) -> f64| {
            let free: Vec<(usize, f64)> = own.iter().filter_map(|&t| Some((variables[t]?, factor(t)))).collect();
            let taken: f64 = own.iter().filter(|&&t| variables[t].is_none()).map(|&t| factor(t) * fixed(t)).sum();
            (free, taken)
        };
        for (own, limit) in &program.letters {
            let (free, taken) = row(own, &|_| 1.0);
            mip.at_most(&free, (limit - taken).max(0.0));
        }
        for (own, limit) in &program.seats {
            let (free, taken) = row(own, &|t| program.terms[t].uptake);
            mip.at_most(&free, (limit - taken).max(0.0));
        }
        for (&z, own) in &program.territories {
            let (free, taken) = row(own, &|t| program.terms[t].worth);
            let mut entries: Vec<(usize, f64)> = free.into_iter().map(|(v, f)| (v, -f)).collect();
            entries.extend(
                steps.iter().filter(|s| s.0 == z).map(|&(_, _, width, slope)| (mip.add(slope, width, false), 1.0)),
            );
            mip.at_most(&entries, taken);
        }
        let chosen = match mip.solve(gap, nodes, seconds) {
            Ok(chosen) => chosen,
            Err(error) if matches!(care, Care::Within(_)) => return Err(error),
            Err(_) => return Ok(None),
        };
        Ok(Some(
            (0..program.terms.len()).map(|t| variables[t].map_or_else(|| fixed(t), |v| chosen[v].round())).collect(),
        ))
    }
}
