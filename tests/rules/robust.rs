//! Whatever is written in a plan, the checker answers without a panic; and nothing in a good
//! plan can be changed unnoticed.

use crate::common::World;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};
use tournee::plan::Plan;

/// What a number, a text, a list may be replaced by.
#[derive(Debug, Clone)]
enum Change {
    Number(f64),
    Count(u64),
    Text(String),
    /// Puts another place's value here.
    Copy(Index),
    /// Drops, doubles or swaps the entries of a list.
    Drop(Index),
    Double(Index),
    Swap(Index, Index),
}

fn change() -> impl Strategy<Value = Change> {
    let texts = prop::sample::select(vec![
        "",
        "truck",
        "van",
        "bus",
        "base",
        "site-B",
        "site-D",
        "site-E",
        "site-Z",
        "site-E-1",
        "59001",
        "59007",
        "2A004",
        "mammography",
        "primary-care",
        "2026-12-01",
        "2026-12-02",
        "2026-12-13",
        "2026-12-14",
        "0001-01-01",
        "9999-12-31",
        "-262143-01-01",
        "+262142-12-31",
        "2026-12-01T08:00:00+01:00",
        "2026-12-01T08:07:00+01:00",
        "2026-12-02T23:59:59.999+01:00",
        "2026-03-29T02:30:00+02:00",
        "1969-12-31T23:59:60Z",
        "-262143-01-01T00:00:00Z",
        "+262142-12-31T23:59:59Z",
        "+262142-12-31T00:00:00+23:59",
    ]);
    prop_oneof![
        1 => prop::sample::select(vec![0.0, -0.0, -1.0, 0.5, 1e-300, 1e300, -1e300, f64::MAX, 27.67]).prop_map(Change::Number),
        1 => prop::sample::select(vec![0, 1, 2, 59, 3600, 1 << 31, u64::from(u32::MAX), u64::MAX]).prop_map(Change::Count),
        4 => texts.prop_map(|t| Change::Text(t.into())),
        4 => any::<Index>().prop_map(Change::Copy),
        1 => any::<Index>().prop_map(Change::Drop),
        1 => any::<Index>().prop_map(Change::Double),
        1 => any::<(Index, Index)>().prop_map(|(a, b)| Change::Swap(a, b)),
    ]
}

/// JSON pointers to every value.
fn places(value: &Value, at: &str, all: &mut Vec<String>) {
    all.push(at.into());
    match value {
        Value::Array(list) => list.iter().enumerate().for_each(|(k, v)| places(v, &format!("{at}/{k}"), all)),
        Value::Object(map) => map.iter().for_each(|(k, v)| places(v, &format!("{at}/{k}"), all)),
        _ => {}
    }
}

/// Makes the change at a place of the right kind; `None` when there is none.
fn apply(plan: &mut Value, change: &Change, place: Index) -> Option<()> {
    let mut all = Vec::new();
    places(plan, "", &mut all);
    let fits = |at: &&String| {
        let v = plan.pointer(at);
        match change {
            Change::Number(_) | Change::Count(_) => v.is_some_and(Value::is_number),
            Change::Text(_) => v.is_some_and(Value::is_string),
            Change::Copy(_) => v.is_some_and(|v| !v.is_array() && !v.is_object()),
            _ => v.and_then(Value::as_array).is_some_and(|list| !list.is_empty()),
        }
    };
    let fitting: Vec<&String> = all.iter().filter(fits).collect();
    let at = fitting.get(place.index(fitting.len().max(1)))?.as_str();
    let copied = match change {
        Change::Copy(from) => plan.pointer(fitting[from.index(fitting.len())]).cloned(),
        _ => None,
    };
    let value = plan.pointer_mut(at)?;
    match (change, value.as_array_mut()) {
        (Change::Number(n), _) => *value = json!(n),
        (Change::Count(n), _) => *value = json!(n),
        (Change::Text(t), _) => *value = json!(t),
        (Change::Copy(_), _) => *value = copied?,
        (Change::Drop(k), Some(list)) => drop(list.remove(k.index(list.len()))),
        (Change::Double(k), Some(list)) => list.push(list[k.index(list.len())].clone()),
        (Change::Swap(a, b), Some(list)) => {
            let n = list.len();
            list.swap(a.index(n), b.index(n));
        }
        _ => return None,
    }
    Some(())
}

/// Plans to be spoilt: from the base every day, with nights out, with a weekend out.
const WORLDS: [fn(&mut World); 3] = [|_| (), crate::common::nights::away, crate::common::nights::weekend];

fn world(kind: usize) -> World {
    let mut world = World::good();
    WORLDS[kind](&mut world);
    world.refill();
    world
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn the_checker_never_panics(
        kind in 0..WORLDS.len(),
        changes in prop::collection::vec((change(), any::<Index>()), 1..6),
    ) {
        let mut world = world(kind);
        let mut json = serde_json::to_value(&world.plan).expect("a plan");
        for (change, place) in &changes {
            apply(&mut json, change, *place);
        }
        // What the format itself refuses never reaches the checker.
        if let Ok(plan) = serde_json::from_value::<Plan>(json) {
            world.plan = plan;
            let report = world.check();
            prop_assert!(report.violations.iter().all(|v| !v.message.fr.is_empty()));
            world.refill();
        }
    }
}

/// Most of the random plans must be readable, or the property above says nothing.
#[test]
fn random_plans_are_mostly_readable() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let good = serde_json::to_value(World::good().plan).expect("a plan");
    let readable = (0..500).filter(|_| {
        let drawn = (change(), any::<Index>()).new_tree(&mut runner).expect("a value");
        let (change, place) = proptest::strategy::ValueTree::current(&drawn);
        let mut json = good.clone();
        apply(&mut json, &change, place).is_some() && json != good && serde_json::from_value::<Plan>(json).is_ok()
    });
    let count = readable.count();
    assert!(count > 150, "{count} of 500");
}

/// Each number raised by one (a fraction by 0.01), each instant put a minute later, each name
/// changed: the checker notices, but for the few texts that mean nothing to it.
#[test]
fn nothing_can_be_changed_unnoticed() {
    (0..WORLDS.len()).for_each(|kind| nothing_unnoticed(&world(kind)));
}

fn nothing_unnoticed(world: &World) {
    let good = serde_json::to_value(&world.plan).expect("a plan");
    let mut all = Vec::new();
    places(&good, "", &mut all);
    let mut changed = 0;
    for at in all {
        let mut json = good.clone();
        let value = json.pointer_mut(&at).expect("its place");
        match value {
            Value::Number(n) => *value = n.as_u64().map_or(json!(n.as_f64().unwrap_or(0.0) + 0.01), |n| json!(n + 1)),
            Value::String(text) => {
                let later = chrono::DateTime::parse_from_rfc3339(text).map(|t| t + chrono::Duration::minutes(1));
                let next = text.parse::<chrono::NaiveDate>().map(|d| d + chrono::Days::new(1));
                *value = match (later, next) {
                    (Ok(at), _) => json!(at.to_rfc3339()),
                    (_, Ok(date)) => json!(date),
                    _ => json!(format!("{text}x")),
                };
            }
            Value::Bool(b) => *value = json!(!*b),
            _ => continue,
        }
        let Ok(plan) = serde_json::from_value(json) else { continue }; // the format notices itself
        changed += 1;
        let report = tournee::check::check(&world.scenario, &world.travel, &plan);
        let means_nothing = at.starts_with("/visits/") && at.ends_with("/id") && at.matches('/').count() == 3;
        assert_eq!(report.is_good(), means_nothing, "{at}: {:#?}", report.violations);
    }
    assert!(changed > 150, "{changed}");
}
