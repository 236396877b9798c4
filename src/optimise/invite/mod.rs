//! Whom to invite, once the visits are chosen: the coverage program of model.md section 4.

mod program;
mod relaxed;
mod round;

use super::lp::LpError;
use super::problem::Problem;
use crate::demand::ServiceDemand;
use crate::domain::{CommuneId, DayId, ServiceId, SiteId, VehicleId};
use program::program;
use rayon::prelude::*;
use relaxed::Relaxed;
use round::round;
use std::time::Instant;

/// A chosen visit, for one service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot {
    /// The service.
    pub service: ServiceId,
    /// The site.
    pub site: SiteId,
    /// Its vehicle.
    pub vehicle: VehicleId,
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
    /// No whole invitations of the visits are worth more than `value` and this.
    pub short: f64,
    /// Nor are any of visits like these that are shorter worth more than this; as far as [`Care::Within`] asks.
    pub most: f64,
    /// Whether that is within the gap that was asked for: not where an integer program would not end soon enough.
    pub proved: bool,
}

/// What rounding may hide in a bound.
const SURE: f64 = 1e-9;
/// Gap of an integer program where rounding finds nothing that keeps rules 12 and 13.
const FOUND: f32 = 1e-4;
/// However late it is, an integer program has so many seconds.
pub const LAST_SECONDS: f64 = 0.5;

fn services(slots: &[Slot]) -> Vec<ServiceId> {
    let mut services: Vec<ServiceId> = slots.iter().map(|s| s.service).collect();
    services.sort_unstable();
    services.dedup();
    services
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
    /// The same for the plan that is published: as far as time and nodes allow.
    Final(f32),
}

/// The continuous programs of chosen visits, solved; with limits that whole invitations have.
pub struct Continuous<'a> {
    problem: &'a Problem<'a>,
    slots: usize,
    services: Vec<(ServiceId, Relaxed)>,
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
            let relaxed = Relaxed::new(program(problem, slots, service, dated))?;
            value += relaxed.value;
            solved.push((service, relaxed));
        }
        Ok(Self { problem, slots: slots.len(), services: solved, value })
    }

    /// Good whole invitations, or the best. `seconds` limits all integer programs together, but none to less than
    /// [`LAST_SECONDS`].
    ///
    /// # Errors
    /// When the solver fails.
    pub fn whole(&self, care: Care, seconds: f64) -> Result<Invitations, LpError> {
        let begin = Instant::now();
        let left = || (seconds - begin.elapsed().as_secs_f64()).max(LAST_SECONDS);
        // Services share nobody.
        let whole: Vec<OfService> = (self.services.par_iter())
            .map(|(service, relaxed)| of_service(relaxed, self.problem.pool(*service), care, &left))
            .collect::<Result<_, _>>()?;
        let mut out =
            Invitations { people: vec![Vec::new(); self.slots], value: 0.0, short: 0.0, most: 0.0, proved: true };
        for ((_, relaxed), of_service) in self.services.iter().zip(whole) {
            out.short += of_service.short;
            out.most += of_service.most;
            out.proved &= of_service.proved;
            out.value += of_service.value;
            let terms = relaxed.program.terms.iter().zip(&of_service.people);
            for (term, &people) in terms.filter(|(_, people)| **people > 0.0) {
                out.people[term.slot].push((term.commune, people));
            }
        }
        for list in &mut out.people {
            list.sort_by_key(|&(c, _)| c);
        }
        Ok(out)
    }
}

/// Whole invitations of one service.
struct OfService {
    /// By term of its program.
    people: Vec<f64>,
    /// As in [`Invitations`].
    value: f64,
    short: f64,
    most: f64,
    proved: bool,
}

fn of_service(
    relaxed: &Relaxed,
    demand: &ServiceDemand,
    care: Care,
    left: &(dyn Fn() -> f64 + Sync),
) -> Result<OfService, LpError> {
    let program = &relaxed.program;
    let mut people = round(program, demand, &relaxed.shares);
    if !program.keeps(&people) {
        // From nobody on, the hosts come first.
        people = round(program, demand, &vec![0.0; relaxed.shares.len()]);
    }
    let mut value = if program.keeps(&people) { relaxed.worth(demand, &people) } else { f64::NEG_INFINITY };
    let care = if value == f64::NEG_INFINITY && care == Care::Quick { Care::Good } else { care };
    if matches!(care, Care::Final(_)) && value.is_finite() {
        people = relaxed.by_visit(demand, people, left());
        value = relaxed.worth(demand, &people);
    }
    let mut proved = match care {
        Care::Final(gap) if value.is_finite() && relaxed.value - value <= f64::from(gap) * value.abs() => {
            Some(f64::from(gap))
        }
        _ => None,
    };
    if care != Care::Quick
        && proved.is_none()
        && let Some((better, gap)) = relaxed.by_program(value, care, left(), false)?
    {
        let worth = if program.keeps(&better) { relaxed.worth(demand, &better) } else { f64::NEG_INFINITY };
        if worth > value {
            (people, value) = (better, worth);
        }
        proved = gap;
    }
    if value == f64::NEG_INFINITY
        && let Some((found, gap)) = relaxed.by_program(value, Care::Final(FOUND), left(), false)?
        && program.keeps(&found)
    {
        (value, proved) = (relaxed.worth(demand, &found), gap);
        people = found;
    }
    let within = |value: f64, gap: Option<f64>| {
        let most = (relaxed.value - value).max(0.0) + SURE;
        gap.map_or(most, |gap| most.min(gap * value.abs() + SURE))
    };
    let short = within(value, proved);
    // None were found that keep the rules: there may be some all the same.
    let mut most = if value.is_finite() { value + short } else { relaxed.value + SURE };
    if matches!(care, Care::Within(_)) && !program.fewest_of_shorter.is_empty() {
        let other = relaxed.by_program(value, care, left(), true)?;
        let (worth, gap) = other.map_or((value, None), |(people, gap)| (relaxed.worth(demand, &people), gap));
        most = most.max(worth + within(worth, gap));
    }
    Ok(OfService { people, value, short, most, proved: proved.is_some() })
}
