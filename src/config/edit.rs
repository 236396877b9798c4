//! Changes to a scenario as it is written, before it is read: how the scenarios of a grid differ.

use super::tree::{Content, Node};
use serde_json::Value;
use std::collections::BTreeMap;

/// Changes to a scenario, in the order in which they are made. Made by a [`super::Grid`].
#[derive(Debug, Clone, Default)]
pub struct Edits {
    /// A layer of its own over the scenario, as a scenario lies over its `base`.
    pub(super) overlay: Option<Node>,
    pub(super) list: Vec<Edit>,
}

/// One change. A *selector* is the `id` of a vehicle, or a kind of vehicle.
#[derive(Debug, Clone)]
pub(super) enum Edit {
    /// So many vehicles: the first ones there are, and copies of them, named `<id>-2`, `<id>-3` …
    Fleet(String, usize),
    /// The commune of the base.
    Base(String, Node),
    /// The hours of the shift: of `shifts` by weekday, those of Monday to Friday.
    Shift(String, Node),
    /// Whether vehicles work on Saturdays.
    Saturdays(bool, Node),
    /// Any key, by its path; lists of tables by their `id`.
    Set(String, Node),
}

const WORKING_WEEK: [&str; 5] = ["mon", "tue", "wed", "thu", "fri"];

impl Edit {
    /// Fleets change first: what is said of a vehicle holds for copies, too.
    fn rank(&self) -> u8 {
        match self {
            Self::Fleet(..) => 0,
            Self::Saturdays(..) => 1,
            Self::Base(..) | Self::Shift(..) => 2,
            Self::Set(..) => 3,
        }
    }
}

impl Edits {
    /// Makes the changes.
    pub(super) fn apply(&self, tree: &mut Node) {
        if let Some(overlay) = &self.overlay {
            tree.overlay(overlay.clone());
        }
        let mut list: Vec<&Edit> = self.list.iter().collect();
        list.sort_by_key(|edit| edit.rank());
        for edit in list {
            match edit {
                Edit::Fleet(of, count) => fleet(tree, of, *count),
                Edit::Base(of, code) => chosen(tree, of).for_each(|v| v.put("base", code.clone())),
                Edit::Shift(of, hours) => chosen(tree, of).for_each(|v| shift(v, hours)),
                Edit::Saturdays(works, at) => saturdays(tree, *works, at),
                Edit::Set(path, value) => set(tree, path, value),
            }
        }
    }
}

/// The vehicles as they are written.
pub(super) fn vehicles(tree: &Node) -> &[Node] {
    match tree.child("vehicle").map(|node| &node.content) {
        Some(Content::Array(list)) => list,
        _ => &[],
    }
}

/// Whether a vehicle is the one, or of the kind, that is selected.
pub(super) fn selects(all: &[Node], of: &str, vehicle: &Node) -> bool {
    let by_id = all.iter().any(|v| v.text("id") == Some(of));
    vehicle.text(if by_id { "id" } else { "kind" }) == Some(of)
}

fn list_mut(tree: &mut Node) -> Option<&mut Vec<Node>> {
    match tree.child_mut("vehicle").map(|node| &mut node.content) {
        Some(Content::Array(list)) => Some(list),
        _ => None,
    }
}

fn chosen<'t>(tree: &'t mut Node, of: &str) -> impl Iterator<Item = &'t mut Node> {
    let all = vehicles(tree).to_vec();
    let of = of.to_owned();
    list_mut(tree).into_iter().flatten().filter(move |v| selects(&all, &of, v))
}

fn fleet(tree: &mut Node, of: &str, count: usize) {
    let all = vehicles(tree).to_vec();
    let own: Vec<&Node> = all.iter().filter(|v| selects(&all, of, v)).collect();
    let Some(list) = list_mut(tree) else { return };
    let mut kept = 0;
    list.retain(|v| {
        let counts = selects(&all, of, v);
        kept += usize::from(counts);
        !counts || kept <= count
    });
    for k in own.len()..count {
        let Some(original) = own.get(k % own.len().max(1)) else { return };
        let mut copy = (*original).clone();
        let number = k / own.len() + 1;
        for (key, space) in [("id", "-"), ("name", " ")] {
            if let Some(text) = original.text(key) {
                copy.put(key, original.with(Content::Scalar(format!("{text}{space}{number}").into())));
            }
        }
        list.push(copy);
    }
}

fn shift(vehicle: &mut Node, hours: &Node) {
    match vehicle.child_mut("shifts").map(|shifts| &mut shifts.content) {
        Some(Content::Table(days)) => {
            let worked = days.iter_mut().filter(|(day, _)| WORKING_WEEK.contains(&day.as_str()));
            worked.for_each(|(_, span)| *span = hours.clone());
        }
        _ => vehicle.put("shift", hours.clone()),
    }
}

fn saturdays(tree: &mut Node, works: bool, at: &Node) {
    let word = |text: &str| at.with(Content::Scalar(text.into()));
    for vehicle in list_mut(tree).into_iter().flatten() {
        if let Some(Content::Table(days)) = vehicle.child_mut("shifts").map(|shifts| &mut shifts.content) {
            match days.get("fri").or_else(|| days.values().next()).cloned() {
                Some(friday) if works => drop(days.entry("sat".into()).or_insert(friday)),
                _ => drop(days.remove("sat")),
            }
            continue;
        }
        let mut days = match vehicle.child("weekdays").map(|days| &days.content) {
            Some(Content::Array(days)) => days.clone(),
            _ => WORKING_WEEK.map(word).to_vec(),
        };
        days.retain(|day| !matches!(&day.content, Content::Scalar(Value::String(day)) if day == "sat"));
        days.extend(works.then(|| word("sat")));
        vehicle.put("weekdays", at.with(Content::Array(days)));
    }
    let open = |key: &str| tree.child("time")?.child(key).filter(|hours| hours.child("0").is_some()).cloned();
    if works && open("weekend-hours").is_none() {
        let usual = || at.with(Content::Array(["08:00-12:00", "13:30-17:30"].map(word).to_vec()));
        let hours = open("public-hours").unwrap_or_else(usual);
        set(tree, "time.weekend-hours", &hours);
    }
}

/// Puts a value at a path, making the tables on the way.
fn set(tree: &mut Node, path: &str, value: &Node) {
    let (step, rest) = match path.split_once('.') {
        Some((step, rest)) => (step, Some(rest)),
        None => (path, None),
    };
    let Some(rest) = rest else { return tree.put(step, value.clone()) };
    if tree.child(step).is_none() {
        tree.put(step, value.with(Content::Table(BTreeMap::new())));
    }
    let Some(next) = tree.child_mut(step) else { return };
    let (step, after) = rest.split_once('.').unwrap_or((rest, ""));
    match &mut next.content {
        Content::Array(list) => {
            if let Some(one) = list.iter_mut().find(|one| one.text("id") == Some(step)).filter(|_| !after.is_empty()) {
                set(one, after, value);
            }
        }
        _ => set(next, rest, value),
    }
}

/// Whether a path leads somewhere: its lists have an entry of that `id`.
pub(super) fn leads(tree: &Node, path: &str) -> bool {
    let mut node = Some(tree);
    let mut steps = path.split('.').peekable();
    while let (Some(at), Some(step)) = (node, steps.next()) {
        node = match &at.content {
            Content::Array(list) => match list.iter().find(|one| one.text("id") == Some(step)) {
                Some(one) if steps.peek().is_some() => Some(one),
                _ => return false,
            },
            Content::Table(table) => table.get(step),
            Content::Scalar(_) => return false,
        };
    }
    path.split('.').all(|step| !step.is_empty())
}
