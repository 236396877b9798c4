//! A scenario as a general routing engine can be told it: stops with a prize, in options of several lengths.
//!
//! Engines know nothing of pools that visits share, of values that fall, of invitations. So a stop's prize is what its
//! visit would add to a plan, by our own evaluation ([`super::prizes`]). What they are told exactly: who drives what, how
//! long it takes, shifts, hours, set-up and pack-down, visits per day, driving per day, the price of driving, and that a
//! site is visited once in each block of weeks.

use super::prizes::Prizes;
use serde::Serialize;
use std::collections::BTreeMap;
use tournee::domain::{DayId, PositionId, SiteId, VehicleId, Window};
use tournee::optimise::problem::Problem;

/// Stops of a duty in a block of weeks, at least.
const FEWEST: usize = 10;

/// No road.
const FAR: i32 = 10_000_000;

/// How much of the problem an engine is given: more is slower, and need not be better.
#[derive(Debug, Clone, Copy)]
pub struct Tuning {
    /// Stops for each half day of a duty in a block of weeks, those with the best prizes.
    pub stops: usize,
    /// Lengths of sessions in a half day, minutes; the whole half day is one more.
    pub lengths: &'static [i32],
    /// Prizes are whole numbers: so many to one weighted contact. At 72,000, a second of driving costs 1; at much less it
    /// costs nothing.
    pub scale: f64,
    /// Of the prizes of a round, this share is as the round before saw them.
    pub inertia: f64,
}

/// What an adaptor reads; `model.py` says what each field means.
#[derive(Debug, Serialize)]
pub struct Model {
    pub cpu_seconds: f64,
    pub seed: u64,
    pub driving_cost: i64,
    pub seconds: Vec<Vec<Vec<i32>>>,
    pub vehicles: Vec<Vehicle>,
    pub stops: Vec<Stop>,
}

/// A vehicle on one day.
#[derive(Debug, Serialize)]
pub struct Vehicle {
    pub matrix: usize,
    pub start: usize,
    pub end: usize,
    pub open: i32,
    pub close: i32,
    pub driving: i32,
    pub visits: usize,
    /// Its duty and its day, for us.
    #[serde(skip)]
    pub own: (usize, DayId),
}

/// A site in a block of weeks: one of its options, once.
#[derive(Debug, Serialize)]
pub struct Stop {
    pub place: usize,
    pub options: Vec<Choice>,
    #[serde(skip)]
    pub site: SiteId,
}

/// A visit of a certain length.
#[derive(Debug, Clone, Serialize)]
pub struct Choice {
    pub vehicles: Vec<usize>,
    /// From arrival to departure, seconds.
    pub duration: i32,
    /// When the vehicle may arrive (it may wait), seconds after midnight.
    pub from: i32,
    pub to: i32,
    pub prize: i64,
}

/// The block of weeks in which a site is visited once by vehicles of a kind.
fn block(spacing: u32, day: DayId) -> u32 {
    day.0 / 7 / spacing.max(1)
}

impl Model {
    /// The model at some prizes.
    pub fn new(problem: &Problem, prizes: &Prizes, tuning: Tuning, (cpu_seconds, seed): (f64, u64)) -> Self {
        let duties = &problem.duties.list;
        let mut places = Places::default();
        let mut vehicles = Vec::new();
        let mut matrices: Vec<VehicleId> = duties.iter().map(|d| d.vehicle).collect();
        matrices.dedup();
        for (d, duty) in duties.iter().enumerate() {
            let base = places.of(problem.scenario.vehicles[duty.vehicle.index()].base.into());
            vehicles.extend(duty.days.iter().map(|&day| Vehicle {
                matrix: matrices.iter().position(|&v| v == duty.vehicle).expect("every duty's vehicle is there"),
                start: base,
                end: base,
                open: duty.shift.from.0,
                close: duty.shift.to.0,
                driving: duty.drive_limit,
                visits: duty.max_visits,
                own: (d, day),
            }));
        }
        // By kind of vehicle, block and site.
        let mut stops: BTreeMap<(usize, u32, SiteId), Vec<Choice>> = BTreeMap::new();
        for (d, duty) in duties.iter().enumerate() {
            let mut blocks: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
            for (k, vehicle) in vehicles.iter().enumerate().filter(|(_, v)| v.own.0 == d) {
                blocks.entry(block(duty.spacing, vehicle.own.1)).or_default().push(k);
            }
            for (block, own) in blocks {
                let mut best: Vec<(f64, SiteId, Vec<Choice>)> = Vec::new();
                for &j in &duty.open {
                    let options = choices(problem, prizes, (d, j, block), tuning, &own);
                    let trip = duty.drive_price * f64::from(duty.roads.out[j] + duty.roads.back[j]);
                    let prize = |c: &Choice| number(c.prize) / tuning.scale - trip;
                    if let Some(most) = options.iter().map(prize).max_by(f64::total_cmp).filter(|most| *most > 0.0) {
                        best.push((most, duty.roads.sites[j], options));
                    }
                }
                best.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
                let half_days = own.len() * duty.max_visits.min(duty.hours.windows.len());
                for (_, site, options) in best.into_iter().take((tuning.stops * half_days).max(FEWEST)) {
                    stops.entry((duty.kind, block, site)).or_default().extend(options);
                }
            }
        }
        let stops: Vec<Stop> = stops
            .into_iter()
            .map(|((_, _, site), options)| Stop {
                place: places.of(problem.scenario.sites[site.index()].position),
                options,
                site,
            })
            .collect();
        let seconds = matrices.iter().map(|&vehicle| places.seconds(problem, vehicle)).collect();
        let driving_cost = whole(tuning.scale * problem.scenario.prices.driving_price_per_hour / 3600.0);
        Self { cpu_seconds, seed, driving_cost, seconds, vehicles, stops }
    }
}

#[allow(clippy::cast_possible_truncation)]
fn whole(prize: f64) -> i64 {
    prize.round() as i64
}

#[allow(clippy::cast_precision_loss)]
fn number(prize: i64) -> f64 {
    prize as f64
}

/// The visits of several lengths that a duty could make at a site: within each half day, and over the whole day.
fn choices(
    problem: &Problem,
    prizes: &Prizes,
    (d, j, block): (usize, usize, u32),
    tuning: Tuning,
    vehicles: &[usize],
) -> Vec<Choice> {
    let duty = &problem.duties.list[d];
    let (grid, roads) = (duty.hours.grid, &duty.roads);
    let up = |t: i32| (t + grid - 1).div_euclid(grid) * grid;
    let down = |t: i32| t.div_euclid(grid) * grid;
    let first = up(duty.shift.from.0 + roads.out[j] + roads.set_up[j]);
    let last = down(duty.shift.to.0 - roads.back[j] - roads.pack_down[j]);
    let windows: Vec<(i32, i32)> = duty
        .hours
        .windows
        .iter()
        .map(|w| (up(w.from.0.max(first)), down(w.to.0.min(last))))
        .filter(|(from, to)| to - from >= duty.hours.min_session)
        .collect();
    let window = |(from, to)| Window { from: tournee::units::Seconds(from), to: tournee::units::Seconds(to) };
    let mut out = Vec::new();
    let mut add = |sessions: Vec<Window>, latest: i32| {
        let (Some(open), Some(close)) = (sessions.first().map(|s| s.from.0), sessions.last().map(|s| s.to.0)) else {
            return;
        };
        let prize = whole(tuning.scale * prizes.of(problem, (d, j, block), &sessions));
        if prize > 0 {
            out.push(Choice {
                vehicles: vehicles.to_vec(),
                duration: roads.set_up[j] + close - open + roads.pack_down[j],
                from: open - roads.set_up[j],
                to: latest - roads.set_up[j],
                prize,
            });
        }
    };
    let longest = |(from, to): (i32, i32)| (to - from).min(duty.hours.max_session);
    for &(from, to) in &windows {
        // One visit a day: nothing is gained by a shorter one.
        if duty.max_visits > 1 || windows.len() == 1 {
            let whole = longest((from, to));
            let shorter = tuning.lengths.iter().map(|m| m * 60).filter(|&l| l >= duty.hours.min_session && l < whole);
            for length in shorter.chain([whole]) {
                add(vec![window((from, from + length))], to - length);
            }
        }
    }
    if windows.len() > 1 {
        let sessions: Vec<Window> = windows.iter().map(|&w| window((w.0, w.0 + longest(w)))).collect();
        let open = windows[0].0;
        add(sessions, open);
    }
    out
}

/// Places in the order in which they were met.
#[derive(Default)]
struct Places {
    list: Vec<PositionId>,
    known: BTreeMap<PositionId, usize>,
}

impl Places {
    fn of(&mut self, position: PositionId) -> usize {
        *self.known.entry(position).or_insert_with(|| {
            self.list.push(position);
            self.list.len() - 1
        })
    }

    fn seconds(&self, problem: &Problem, vehicle: VehicleId) -> Vec<Vec<i32>> {
        let vehicle = &problem.scenario.vehicles[vehicle.index()];
        let trip = |a: PositionId, b: PositionId| {
            problem.travel.vehicle(vehicle, a, b).map_or(FAR, |leg| leg.seconds.0.min(FAR))
        };
        self.list.iter().map(|&a| self.list.iter().map(|&b| if a == b { 0 } else { trip(a, b) }).collect()).collect()
    }
}

/// The block of a vehicle's day.
pub fn block_of(problem: &Problem, (duty, day): (usize, DayId)) -> u32 {
    block(problem.duties.list[duty].spacing, day)
}
