//! Grids: which scenarios are compared.

use super::codes::Code;
use super::edit::{Edit, Edits, leads, selects, vehicles};
use super::lower::monday_of_week;
use super::problem::{Problem, Problems};
use super::raw_grid::{RawGrid, RawSensitivity, RawVariant};
use super::schema::{Schema, validate_with};
use super::source::{beside, tidy};
use super::tree::{self, Content, Node};
use crate::i18n::nearest;
use crate::i18n::{Text, slug};
use chrono::NaiveDate;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Scenarios of a grid, at most.
pub const MOST_SCENARIOS: usize = 200;

/// The scenarios to compare.
#[derive(Debug, Clone)]
pub struct Grid {
    /// Short name; the scenario's when absent.
    pub name: Option<String>,
    /// Title; the scenario's when absent.
    pub title: Option<Text>,
    /// The scenario that all are made from.
    pub scenario: PathBuf,
    /// First Monday, instead of the scenario's.
    pub start: Option<NaiveDate>,
    /// Number of weeks, instead of the scenario's.
    pub weeks: Option<u32>,
    /// Gap at which each is solved.
    pub gap: Option<f64>,
    /// Service whose additional people are counted.
    pub service: Option<String>,
    /// What must be said wherever figures are shown.
    pub labels: Vec<Text>,
    /// How far off assumptions may be.
    pub sensitivity: Option<Shares>,
    /// Every combination of a variant and a value of each axis.
    pub scenarios: Vec<GridScenario>,
}

/// How far off assumptions may be, as parts of themselves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shares {
    /// Uptake.
    pub uptake: f64,
    /// Half-distance of uptake.
    pub half_distance: f64,
    /// Additionality.
    pub additionality: f64,
    /// Speed on the roads.
    pub speed: f64,
    /// Participation.
    pub participation: f64,
    /// Whether all are tried together, too.
    pub together: bool,
    /// Gap at which scenarios are then solved.
    pub gap: f64,
}

/// One scenario of a grid.
#[derive(Debug, Clone)]
pub struct GridScenario {
    /// Identifier, fit for a file name.
    pub id: String,
    /// Which value of each axis it has; of the first, which variant.
    pub choice: Vec<usize>,
    /// Name of its variant, where it has one.
    pub variant: Option<Text>,
    /// Whether the number of vehicles is one of the things that differ.
    pub by_fleet: bool,
    /// What else differs, in words.
    pub parts: Vec<Text>,
    /// Its changes to the scenario.
    pub edits: Edits,
}

/// A choice that is made for every scenario.
type Axis = Vec<Choice>;

/// One of its values.
struct Choice {
    /// Its part of the identifier.
    id: String,
    /// What it is called, where it has a name of its own.
    name: Option<Text>,
    /// What it changes.
    edits: Vec<Edit>,
}

/// Reads a grid: a TOML file of one, or a scenario; `more` is what the command line adds, as TOML, with the name it has
/// where something is wrong with it.
///
/// # Errors
/// Everything that is wrong with the grid; what is wrong with one of its scenarios shows when that is loaded.
pub fn grid(path: &Path, more: Option<(&str, &str)>) -> Result<Grid, Problems> {
    let mut problems = Problems::new();
    let grid = try_grid(path, more, &mut problems);
    let problems = problems.finish();
    grid.filter(|_| !problems.has_errors()).ok_or(problems)
}

fn try_grid(path: &Path, more: Option<(&str, &str)>, problems: &mut Problems) -> Option<Grid> {
    let (file, _) = tree::read(path, problems)?;
    let of_grid = file.child("scenario").is_some();
    let mut tree = if of_grid {
        file
    } else {
        let mut tree = file.with(Content::Table(BTreeMap::new()));
        tree.put("scenario", file.with(Content::Scalar(path.display().to_string().into())));
        tree
    };
    if let Some((name, text)) = more {
        tree.overlay(tree::of_text(name, text, problems)?);
    }
    let raw: RawGrid = validate_with(&tree, Schema::Grid, problems)?;
    let at = tree.child("scenario").unwrap_or(&tree);
    let scenario = if of_grid { beside(&at.folder, &raw.scenario) } else { tidy(path) };
    let (mut base, _) = tree::read(&scenario, problems)?;
    let overlay = tree.child("overlay").cloned();
    Edits { overlay: overlay.clone(), list: Vec::new() }.apply(&mut base);
    known_names(&tree, &base, problems);
    let mut axes: Vec<Axis> = vec![variants(&raw, &tree)];
    axes.extend(own_axes(&tree));
    let count = axes.iter().filter(|a| !a.is_empty()).fold(1_usize, |n, axis| n.saturating_mul(axis.len()));
    if count > MOST_SCENARIOS {
        let problem = Problem::new(
            Code::GridSize,
            format!("la grille a {count} scénarios ; au plus {MOST_SCENARIOS}"),
            format!("the grid has {count} scenarios; {MOST_SCENARIOS} at most"),
        );
        problems.push(tree.place(problem));
        return None;
    }
    let start = raw.week.as_deref().and_then(monday_of_week);
    if raw.week.is_some() && start.is_none() {
        let problem = Problem::new(Code::Week, "cette semaine n'est pas dans l'année", "the year has no such week");
        problems.push(tree.at("week").place(problem).column("week"));
    }
    let title = match (&raw.title_fr, &raw.title_en) {
        (None, None) => None,
        (fr, en) => {
            let either = fr.as_ref().or(en.as_ref()).map_or("", String::as_str);
            Some(Text::new(fr.as_deref().unwrap_or(either), en.as_deref().unwrap_or(either)))
        }
    };
    Some(Grid {
        name: raw.name.clone(),
        title,
        scenario,
        start,
        weeks: raw.weeks,
        gap: raw.gap,
        service: raw.service.clone(),
        labels: raw.labels.iter().map(|l| Text::new(&l.fr, &l.en)).collect(),
        sensitivity: raw.sensitivity.as_ref().map(shares),
        scenarios: product(&raw, &axes, overlay.as_ref()),
    })
}

fn shares(raw: &RawSensitivity) -> Shares {
    Shares {
        uptake: raw.uptake,
        half_distance: raw.half_distance,
        additionality: raw.additionality,
        speed: raw.speed,
        participation: raw.participation,
        together: raw.together,
        gap: raw.gap,
    }
}

/// The named combinations.
fn variants(raw: &RawGrid, tree: &Node) -> Axis {
    let one = |(k, v): (usize, &RawVariant)| {
        let name = |own: &Option<String>| own.clone().unwrap_or_else(|| v.id.clone());
        let name = Some(Text::new(name(&v.name_fr), name(&v.name_en)));
        Choice { id: v.id.clone(), name, edits: of_variant(v, tree.at(&format!("variant/{k}"))) }
    };
    raw.variants.iter().enumerate().map(one).collect()
}

/// The axes that are written as such, in a fixed order.
fn own_axes(tree: &Node) -> Vec<Axis> {
    let mut axes = Vec::new();
    let table = |key: &str| match tree.child(key).map(|node| &node.content) {
        Some(Content::Table(table)) => table.iter().collect::<Vec<_>>(),
        _ => Vec::new(),
    };
    for (of, values) in table("fleet") {
        let one = |node: &Node| {
            let count = whole(node);
            Choice { id: format!("{of}-{count}"), name: None, edits: vec![Edit::Fleet(of.clone(), count)] }
        };
        axes.push(items(values).map(one).collect());
    }
    for (key, fr, en) in [("base", "base", "base"), ("shift", "équipe", "shift")] {
        for (of, values) in table(key) {
            let one = |node: &Node| {
                let text = shown(node);
                let name = Text::new(format!("{fr} {of} : {text}"), format!("{en} {of}: {text}"));
                let edit = if key == "base" { Edit::Base } else { Edit::Shift };
                Choice { id: format!("{of}-{text}"), name: Some(name), edits: vec![edit(of.clone(), node.clone())] }
            };
            axes.push(items(values).map(one).collect());
        }
    }
    if let Some(values) = tree.child("saturdays") {
        let one = |node: &Node| {
            let works = node.content.is_true();
            let (fr, en, id) = if works {
                ("avec samedis", "Saturdays worked", "saturdays")
            } else {
                ("sans samedis", "no Saturdays", "no-saturdays")
            };
            let edits = vec![Edit::Saturdays(works, node.clone())];
            Choice { id: id.to_owned(), name: Some(Text::new(fr, en)), edits }
        };
        axes.push(items(values).map(one).collect());
    }
    for (path, values) in table("vary") {
        let one = |node: &Node| {
            let text = shown(node);
            let name = Text::new(format!("{path} = {text}"), format!("{path} = {text}"));
            let edits = vec![Edit::Set(path.clone(), node.clone())];
            Choice { id: format!("{path}-{text}"), name: Some(name), edits }
        };
        axes.push(items(values).map(one).collect());
    }
    axes
}

/// Every combination, the last axis the quickest.
fn product(raw: &RawGrid, axes: &[Axis], overlay: Option<&Node>) -> Vec<GridScenario> {
    let mut all: Vec<Vec<usize>> = vec![Vec::new()];
    for axis in axes {
        let choices = 0..axis.len().max(1);
        all = all.iter().flat_map(|start| choices.clone().map(move |k| [&start[..], &[k]].concat())).collect();
    }
    let mut out: Vec<GridScenario> = Vec::new();
    for choice in all {
        let chosen: Vec<&Choice> = axes.iter().zip(&choice).filter_map(|(axis, &k)| axis.get(k)).collect();
        let list: Vec<Edit> = chosen.iter().flat_map(|c| c.edits.clone()).collect();
        let ids: Vec<&str> = chosen.iter().map(|c| c.id.as_str()).collect();
        let named = usize::from(!raw.variants.is_empty());
        let variant = chosen[..named].iter().find_map(|c| c.name.clone());
        let by_fleet = chosen[named..].iter().flat_map(|c| &c.edits).any(|edit| matches!(edit, Edit::Fleet(..)));
        let parts = chosen[named..].iter().filter_map(|c| c.name.clone()).collect();
        let mut id = slug(&ids.join("-"));
        if id.is_empty() {
            id = "scenario".into();
        }
        if out.iter().any(|other| other.id == id) {
            id = format!("{id}-{}", out.len() + 1);
        }
        let edits = Edits { overlay: overlay.cloned(), list };
        out.push(GridScenario { id, choice, variant, by_fleet, parts, edits });
    }
    out
}

fn of_variant(raw: &RawVariant, node: &Node) -> Vec<Edit> {
    let mut list = Vec::new();
    let at = |key: &str, of: &str| node.child(key).and_then(|table| table.child(of)).unwrap_or(node).clone();
    list.extend(raw.fleet.iter().map(|(of, count)| Edit::Fleet(of.clone(), *count as usize)));
    list.extend(raw.base.keys().map(|of| Edit::Base(of.clone(), at("base", of))));
    list.extend(raw.shift.keys().map(|of| Edit::Shift(of.clone(), at("shift", of))));
    list.extend(raw.saturdays.map(|works| Edit::Saturdays(works, node.at("saturdays").clone())));
    list.extend(raw.set.keys().map(|path| Edit::Set(path.clone(), at("set", path))));
    list
}

/// Vehicles that are selected, and paths that are set, must be there: in the scenario, or as copies of what is.
fn known_names(tree: &Node, base: &Node, problems: &mut Problems) {
    let all = vehicles(base);
    let copied = |of: &str| {
        let original = of.rsplit_once('-').filter(|(_, k)| k.parse::<usize>().is_ok_and(|k| k > 1));
        original.is_some_and(|(id, _)| all.iter().any(|v| v.text("id") == Some(id)))
    };
    let mut selectors: Vec<(&String, &Node)> = Vec::new();
    let mut paths: Vec<(&String, &Node)> = Vec::new();
    let variants = tree.child("variant").into_iter().flat_map(items);
    for table in std::iter::once(tree).chain(variants) {
        let inside = |key: &str| match table.child(key).map(|node| &node.content) {
            Some(Content::Table(entries)) => entries.iter().collect(),
            _ => Vec::new(),
        };
        ["fleet", "base", "shift"].into_iter().for_each(|key| selectors.extend(inside(key)));
        ["vary", "set"].into_iter().for_each(|key| paths.extend(inside(key)));
    }
    for (of, node) in selectors {
        if all.iter().any(|v| selects(all, of, v)) || copied(of) {
            continue;
        }
        let mut problem = Problem::new(
            Code::GridVehicle,
            format!("le scénario n'a ni véhicule ni genre de véhicule « {of} »"),
            format!("the scenario has no vehicle \"{of}\", nor a kind of that name"),
        );
        let names = all.iter().flat_map(|v| [v.text("id"), v.text("kind")]).flatten();
        if let Some(near) = nearest(of, names) {
            problem = problem.help(format!("vouliez-vous dire « {near} » ?"), format!("did you mean \"{near}\"?"));
        }
        problems.push(node.place_at_key(problem).column(of.as_str()));
    }
    for (path, node) in paths {
        if !leads(base, path) && !path.split('.').nth(1).is_some_and(&copied) {
            let problem = Problem::new(
                Code::GridKey,
                format!("`{path}` ne mène à aucune clé du scénario"),
                format!("`{path}` leads to no key of the scenario"),
            );
            problems.push(node.place_at_key(problem).column(path.as_str()));
        }
    }
}

fn items(node: &Node) -> impl Iterator<Item = &Node> {
    match &node.content {
        Content::Array(items) => items.iter(),
        _ => [].iter(),
    }
}

fn whole(node: &Node) -> usize {
    match &node.content {
        Content::Scalar(value) => value.as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or(0),
        _ => 0,
    }
}

/// A value as people write it.
fn shown(node: &Node) -> String {
    match node.to_json() {
        Value::String(text) => text,
        other => other.to_string(),
    }
}
