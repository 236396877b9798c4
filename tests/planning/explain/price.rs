//! The price of a visit: two solves, what is gained there and what is lost where.

use super::{EXACT, at_desk, best, must, week};
use tournee::demand::Demand;
use tournee::domain::Scenario;
use tournee::explain::{Answer, Balance, Price, balance, explain, planned, survey};
use tournee::optimise::assemble;
use tournee::plan::Plan;

/// The truck goes out on one day only, so that any other site costs something.
fn one_day(scenario: &mut Scenario) {
    for shift in scenario.vehicles[0].shifts.iter_mut().skip(1) {
        *shift = None;
    }
}

fn adds_up(balance: &Balance, before: &Plan, after: &Plan) {
    let territories: f64 = balance.territories.iter().map(|t| t.score).sum();
    let sum = territories - balance.driving - balance.nights + balance.weekdays;
    assert!((sum - balance.score).abs() < 1e-9, "{sum} is not {}", balance.score);
    assert!((after.score - before.score - balance.score).abs() < 1e-12);
}

fn price(kind: &str, letter: &str, change: impl Fn(&mut Scenario)) -> Option<Price> {
    let world = week(change);
    let case = at_desk(&world, EXACT, |desk| explain(desk, &must(kind, letter), false)).unwrap();
    match case.answer {
        Answer::Priced(price) => Some(price),
        Answer::InThePlan => None,
        Answer::Forbidden => panic!("{letter} is forbidden: {:?}", case.reasons),
    }
}

#[test]
fn a_visit_costs_what_the_two_solves_say() {
    let mut priced = 0;
    for letter in ["B", "C", "D", "E"] {
        let Some(price) = price("truck", letter, one_day) else { continue };
        priced += 1;
        assert!(price.with_it.score <= price.without.score + 1e-6, "{price:?}");
        let loss = price.without.score - price.with_it.score;
        assert!(price.loss_at_least <= loss + 1e-6 && loss <= price.loss_at_most + 1e-6, "{price:?}");
        assert!(price.loss_at_most - price.loss_at_least < 1e-4, "solved exactly: {price:?}");
        assert!(!price.plan_is_beaten);
        let there = &price.balance.there[0];
        assert!(there.expected > 0.0 && there.expected_additional <= there.expected, "{there:?}");
        assert!(price.balance.appeared.iter().any(|v| v.site == format!("site-{letter}")), "{price:?}");
        let sum: f64 = price.balance.territories.iter().map(|t| t.score).sum();
        let all = sum - price.balance.driving - price.balance.nights + price.balance.weekdays;
        assert!((all - price.balance.score).abs() < 1e-9);
        assert!((price.balance.score - (price.with_it.score - price.plan.score)).abs() < 1e-9);
    }
    assert_eq!(priced, 3, "the truck makes one visit");
}

#[test]
fn the_other_vehicles_tours_stay_as_they_are() {
    let world = week(one_day);
    let of_van = |plan: &Plan| plan.visits.iter().filter(|v| v.vehicle == "van").cloned().collect::<Vec<_>>();
    let solved = at_desk(&world, EXACT, |desk| desk.solve(desk.scenario, "truck", Some(&must("truck", "B")), false));
    let plan = solved.unwrap().unwrap().plan;
    assert_eq!(of_van(&plan), of_van(&world.plan));
    assert!(plan.visits.iter().any(|v| v.vehicle == "truck" && v.site == "site-B"));
    let demand = Demand::new(&world.scenario, &world.travel);
    adds_up(&balance(&world.scenario, &demand, &world.plan, &plan, &Default::default()), &world.plan, &plan);
}

#[test]
fn a_plan_reads_back_as_it_was_written() {
    let world = week(|_| ());
    let demand = Demand::new(&world.scenario, &world.travel);
    let visits = planned(&world.scenario, &world.plan);
    let again = assemble(&world.scenario, &world.travel, &demand, &visits, Some(world.plan.upper_bound));
    assert_eq!(again, Plan { solver: None, not_served: Vec::new(), shadow_prices: Vec::new(), ..world.plan });
}

#[test]
fn a_plan_that_is_not_the_best_is_told_so() {
    let mut world = week(one_day);
    let other = if world.plan.visits.iter().any(|v| v.site == "site-B" && v.vehicle == "truck") { "C" } else { "B" };
    // The plan with another visit forced in is worse; asked about a third one.
    let worse = at_desk(&world, EXACT, |desk| desk.solve(desk.scenario, "truck", Some(&must("truck", other)), false));
    world.plan = worse.unwrap().unwrap().plan;
    let asked = ["D", "E"].iter().find(|l| !world.plan.visits.iter().any(|v| v.site == format!("site-{l}")));
    let case = at_desk(&world, EXACT, |desk| explain(desk, &must("truck", asked.unwrap()), false)).unwrap();
    let Answer::Priced(price) = case.answer else { panic!("{case:?}") };
    assert!(price.plan_is_beaten && price.without.score > price.plan.score, "{price:?}");
}

#[test]
fn the_survey_has_every_site_once() {
    let world = week(|s| {
        one_day(s);
        s.sites[0].vehicle_kinds = vec!["van".into()];
    });
    let kinds = ["truck".to_owned(), "van".to_owned()];
    let found = at_desk(&world, EXACT, |desk| survey(desk, &kinds, 10)).unwrap();
    let truck: Vec<&str> = found
        .forbidden
        .iter()
        .filter(|g| g.vehicle_kind == "truck")
        .flat_map(|g| &g.sites)
        .chain(found.priced.iter().filter(|p| p.vehicle_kind == "truck").map(|p| &p.site))
        .map(String::as_str)
        .collect();
    let visited = world.plan.visits.iter().filter(|v| v.vehicle == "truck").count();
    assert_eq!(truck.len() + visited, 4, "{found:?}");
    assert_eq!(found.forbidden.iter().find(|g| g.vehicle_kind == "truck").unwrap().rules, "R7-site-fit");
    for line in &found.priced {
        let with = line.with_it.expect("the site is possible, and few are");
        assert!(with.score <= found.without[&line.vehicle_kind].score + 1e-6);
        if let Some(most) = line.score_at_most {
            assert!(with.score <= most + 1e-6 && line.reduced_value <= 0.0, "{line:?}");
        }
    }
}

#[test]
fn the_best_plan_is_found_again() {
    let world = week(|_| ());
    assert!((best(&world.scenario, &world.travel, EXACT).score - world.plan.score).abs() < 1e-9);
    let free = at_desk(&world, EXACT, |desk| desk.solve(desk.scenario, "truck", None, false)).unwrap().unwrap();
    assert!((free.figures.score - world.plan.score).abs() < 1e-6, "a part is planned as in the whole");
}
