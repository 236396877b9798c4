//! Fleets compared: what is claimed of them, against the best plans of each, enumerated.

use super::choose::people_of;
use super::draw::Instance;
use super::plans::{self, Fleet};
use super::world::World;
use std::sync::Arc;
use tournee::compare::document::{About, Range, Verdict};
use tournee::compare::{Case, Desk, Order, compare};
use tournee::domain::{Costs, PromiseMode, Scenario, ServiceId, UnitCosts, ValueStep};
use tournee::i18n::Text;
use tournee::optimise::Settings;
use tournee::travel::Table;

/// Gaps at which scenarios are solved: so wide that intervals overlap now and then, and none at all.
const GAPS: [f64; 4] = [0.6, 0.2, 0.05, 0.0];

/// What was compared of one instance.
#[derive(Default)]
pub struct Compared {
    /// Scenarios with a plan.
    pub scenarios: usize,
    /// Claims that no plan can do something, about the score and about people.
    pub impossible: [usize; 2],
    /// That nothing changes.
    pub same: usize,
    /// Pairs of which nothing is proved.
    pub open: usize,
    /// Scenarios that are surely dominated.
    pub dominated: usize,
    /// Fleets with one vehicle more.
    pub nested: usize,
    pub faults: Vec<String>,
}

/// Fleets made of the vehicles of an instance: each alone, all of them, all and a copy of the first.
fn fleets(scenario: &Scenario, seed: u64) -> Vec<Scenario> {
    let n = scenario.vehicles.len();
    let with = |list: Vec<usize>| {
        let mut out = scenario.clone();
        out.vehicles = list.iter().map(|&k| scenario.vehicles[k].clone()).collect();
        for (k, vehicle) in out.vehicles.iter_mut().enumerate() {
            if list[..k].contains(&list[k]) {
                vehicle.id += "-2";
            }
            let per_week = f64::from(u32::try_from((seed + list[k] as u64 * 7) % 5).unwrap()) * 100.0;
            vehicle.costs = Some(UnitCosts { per_week, per_km: 0.01, ..UnitCosts::default() });
        }
        out.costs = Some(Costs { currency: "EUR".into(), source: None, per_week: 0.0, per_invitation: 0.0 });
        out
    };
    let mut lists: Vec<Vec<usize>> = (0..n).map(|k| vec![k]).collect();
    if n > 1 {
        lists.push((0..n).collect());
    }
    lists.push((0..n).chain([0]).collect());
    // Whose stays visits of a vehicle that is gone would space is for other tests.
    let known = |s: &Scenario| s.past.iter().all(|p| s.vehicles.iter().any(|v| v.id == p.vehicle));
    lists.into_iter().map(with).filter(known).collect()
}

/// What the score is where additional people of a service are all that counts, as the model says it.
fn people_only(scenario: &Scenario, service: ServiceId) -> Scenario {
    let mut out = scenario.clone();
    for (k, s) in out.services.iter_mut().enumerate() {
        s.weight = f64::from(u8::from(k == service.index()));
        if matches!(s.promise.mode, PromiseMode::Soft(_)) {
            s.promise.mode = PromiseMode::Report;
        }
    }
    out.fairness.steps = vec![ValueStep { up_to: None, slope: 1.0 }];
    out.communes.iter_mut().for_each(|c| c.priority = 1.0);
    let prices = &mut out.prices;
    (prices.driving_price_per_hour, prices.night_price, prices.weekday_price) = (0.0, 0.0, 0.0);
    out
}

/// The best score of a scenario; `None` where it is too large to be enumerated, `Some(None)` where there is no plan.
fn best(scenario: &Scenario, travel: &Table) -> Option<Option<f64>> {
    let world = World { scenario, travel, without: None };
    let mut people = people_of(&world);
    let fleet = Fleet::new(&world)?;
    Some(plans::best(&world, &fleet, &mut people)?.score)
}

/// Compares fleets of an instance, and holds every claim against the enumerated optima.
pub fn check(instance: &Instance, seed: u64) -> Compared {
    let Instance { scenario, travel } = instance;
    let mut out = Compared::default();
    let usual = scenario.locks.is_empty() && scenario.forbidden.is_empty() && scenario.published.is_none();
    let pooled: Vec<usize> = (0..scenario.services.len()).filter(|&k| scenario.services[k].pool.is_some()).collect();
    let Some(&service) = pooled.get(usize::try_from(seed).unwrap() % pooled.len().max(1)).filter(|_| usual) else {
        return out;
    };
    let service = ServiceId::new(service);
    let fleets = fleets(scenario, seed);
    let optima: Option<Vec<[Option<f64>; 2]>> =
        fleets.iter().map(|s| Some([best(s, travel)?, best(&people_only(s, service), travel)?])).collect();
    let Some(optima) = optima else { return out };
    let table = Arc::new(travel.clone());
    let cases: Vec<Case> = fleets
        .iter()
        .enumerate()
        .map(|(k, fleet)| Case {
            id: format!("s{k}"),
            name: Text::new(format!("s{k}"), format!("s{k}")),
            choice: vec![k],
            ground: Ok((Arc::new(fleet.clone()), Arc::clone(&table))),
        })
        .collect();
    let gap = GAPS[usize::try_from(seed / 2).unwrap() % GAPS.len()];
    let order = Order {
        name: "fleets".into(),
        title: Text::new("", ""),
        service,
        people: Text::new("personnes", "people"),
        settings: Settings { gap, time_limit: None, nodes: Some(5_000), seed: 0 },
        variants: false,
        decide: seed.is_multiple_of(2),
        sensitivity: None,
        pairwise: None,
    };
    let desk = Desk {
        at_a_time: 1 + usize::try_from(seed % 3).unwrap(),
        threads: 1,
        stop: &|| false,
        kept: &|_| None,
        keep: &|_, _| {},
        tell: &|_| {},
    };
    let comparison = compare(&cases, &order, &desk).comparison;
    let near = |value: f64| 1e-6 * value.abs().max(1.0);
    let holds =
        |range: Range, value: f64| range.at_least <= value + near(value) && value <= range.at_most + near(value);
    for (k, row) in comparison.scenarios.iter().enumerate() {
        let mut fault = |what: String| out.faults.push(format!("seed {seed}, {}: {what}", row.id));
        match (row.score, optima[k][0]) {
            (Some(range), Some(optimum)) if !holds(range, optimum) => fault(format!("{range:?} without {optimum}")),
            (None, Some(optimum)) => fault(format!("{:?} {:?}, where the best is {optimum}", row.status, row.problems)),
            (Some(range), None) => fault(format!("{range:?}, where there is no plan")),
            _ => out.scenarios += 1,
        }
        if let (Some(range), Some(optimum)) = (row.most_additional, optima[k][1])
            && !holds(range, optimum)
        {
            fault(format!("people {range:?} without {optimum}"));
        }
    }
    let at = |id: &str| id[1..].parse::<usize>().unwrap();
    let optimum = |id: &str, about: About| optima[at(id)][usize::from(about == About::Additional)];
    for s in &comparison.statements {
        let Some((low, high)) = optimum(&s.lesser, s.about).zip(optimum(&s.greater, s.about)) else { continue };
        let wrong = match s.verdict {
            Verdict::CannotReach => low >= high,
            Verdict::Same => (low - high).abs() > near(high),
            Verdict::NotProven => false,
        };
        if wrong {
            out.faults.push(format!("seed {seed}: {} ({low} and {high})", s.text.en));
        }
        match s.verdict {
            Verdict::CannotReach => out.impossible[usize::from(s.about == About::Additional)] += 1,
            Verdict::Same => out.same += 1,
            Verdict::NotProven => out.open += 1,
        }
    }
    for step in &comparison.steps {
        let gain = |about: About| optimum(&step.to, about).zip(optimum(&step.from, about)).map(|(to, from)| to - from);
        if gain(About::Score).is_some_and(|gain| !holds(step.score, gain)) {
            out.faults.push(format!("seed {seed}: {step:?}, where the gain is {:?}", gain(About::Score)));
        }
        if step.additional.zip(gain(About::Additional)).is_some_and(|(range, gain)| !holds(range, gain)) {
            out.faults.push(format!("seed {seed}: {step:?}, where people gained are {:?}", gain(About::Additional)));
        }
        out.nested += usize::from(step.nested);
        // One vehicle more that need not go out: never a worse plan, nor a bound below what the smaller fleet does.
        let row = |id: &str| comparison.scenarios[at(id)].score;
        if step.nested && row(&step.to).zip(row(&step.from)).is_some_and(|(to, from)| to.below(from)) {
            out.faults.push(format!("seed {seed}: {} scores less than {}", step.to, step.from));
        }
        if step.nested && gain(About::Score).is_some_and(|gain| gain < -near(1.0)) {
            out.faults.push(format!("seed {seed}: {} is nested in {} and better", step.from, step.to));
        }
    }
    for d in comparison.dominated.iter().filter(|d| d.surely) {
        out.dominated += 1;
        let pair = optimum(&d.scenario, About::Score).zip(optimum(&d.by, About::Score));
        if pair.is_some_and(|(own, by)| own > by + near(by)) {
            out.faults.push(format!("seed {seed}: {d:?}, but {pair:?}"));
        }
    }
    out
}
