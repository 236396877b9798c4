//! The charts of a comparison.

use super::svg::{Axis, Drawing};
use crate::compare::document::{Comparison, Range, Row};
use crate::i18n::Lang;
use std::collections::BTreeMap;

/// A size to draw for: wide screens and paper, or narrow screens.
#[derive(Debug, Clone, Copy)]
struct Frame {
    class: &'static str,
    width: f64,
    height: f64,
    left: f64,
}

const FRAMES: [Frame; 2] = [
    Frame { class: "chart wide", width: 760.0, height: 400.0, left: 64.0 },
    Frame { class: "chart narrow", width: 360.0, height: 340.0, left: 52.0 },
];
const RIGHT: f64 = 24.0;
const TOP: f64 = 34.0;
const BOTTOM: f64 = 46.0;
const MARK: f64 = 5.0;
/// Numbers nearer than this would lie on each other.
const APART: f64 = 15.0;

/// Scenarios with the same choices but one, in order of how many vehicles they have.
type Series = Vec<Vec<usize>>;

/// What a curve is of: of a row, where it is known.
pub type Measure<'a> = &'a dyn Fn(&Row) -> Option<Range>;

/// The curve over the number of vehicles, with the band between plan and bound; one drawing a size.
#[must_use]
pub fn curve(comparison: &Comparison, series: &Series, of: Measure, name: &str, label: &str, lang: Lang) -> String {
    FRAMES.iter().map(|frame| draw_curve(comparison, series, of, (name, label), *frame, lang)).collect()
}

fn draw_curve(
    comparison: &Comparison,
    series: &Series,
    of: Measure,
    (name, label): (&str, &str),
    frame: Frame,
    lang: Lang,
) -> String {
    let rows = &comparison.scenarios;
    let known = |k: usize| Some((count(&rows[k]), of(&rows[k])?));
    let values = || series.iter().flatten().filter_map(|&k| known(k));
    let y = Axis::new(values().flat_map(|(_, r)| [r.at_least, r.at_most]), (frame.height - BOTTOM, TOP), 5.0, true);
    let (least, most) = values().fold((f64::INFINITY, 0.0_f64), |(l, m), (n, _)| (l.min(n), m.max(n)));
    let places = (frame.left + 24.0, frame.width - RIGHT - 24.0);
    let x = Axis { range: (least, if most > least { most } else { least + 1.0 }), places, ticks: Vec::new() };
    let mut drawing = Drawing::default();
    drawing.grid(&y, (frame.left, frame.width - RIGHT), name, decimals(&y), lang);
    let mut tick = least;
    while tick <= most {
        drawing.text("tick", (x.at(tick), frame.height - BOTTOM + 20.0), "middle", &lang.number(tick, 0));
        tick += 1.0;
    }
    let below = lang.pick("véhicules", "vehicles");
    drawing.text("axis", ((places.0 + places.1) / 2.0, frame.height - 6.0), "middle", below);
    let mut numbers: Vec<(f64, f64, usize)> = Vec::new();
    for (s, own) in series.iter().enumerate() {
        let points: Vec<(f64, Range, usize)> =
            own.iter().filter_map(|&k| known(k).map(|(n, r)| (x.at(n), r, k))).collect();
        let low: Vec<(f64, f64)> = points.iter().map(|(x, r, _)| (*x, y.at(r.at_least))).collect();
        let mut band = low.clone();
        band.extend(points.iter().rev().map(|(x, r, _)| (*x, y.at(r.at_most))));
        drawing.shape("band", &band);
        drawing.through("curve", &low);
        for (at, range, k) in points {
            let (from, to) = (y.at(range.at_least), y.at(range.at_most));
            drawing.line("whisker", (at, from), (at, to));
            drawing.line("whisker", (at - 7.0, to), (at + 7.0, to));
            drawing.mark(s, (at, from), MARK);
            numbers.push((at, from, k));
        }
    }
    number(&mut drawing, numbers, frame.width - RIGHT);
    drawing.finish(frame.class, (frame.width, frame.height), label)
}

/// Cost against additional people: the plans, those that no other beats joined.
#[must_use]
pub fn frontier(comparison: &Comparison, name: &str, below: &str, label: &str, lang: Lang) -> String {
    let point = |k: usize, row: &Row| Some((row.figures.as_ref()?.cost?, row.figures.as_ref()?.additional, k));
    let points: Vec<(f64, f64, usize)> =
        comparison.scenarios.iter().enumerate().filter_map(|(k, row)| point(k, row)).collect();
    let mut sorted = points.clone();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.total_cmp(&a.1)));
    let mut best: Vec<(f64, f64)> = Vec::new();
    for &(cost, people, _) in &sorted {
        if best.last().is_none_or(|last| people > last.1) {
            best.push((cost, people));
        }
    }
    let draw = |frame: &Frame| {
        let y = Axis::new(points.iter().map(|p| p.1), (frame.height - BOTTOM, TOP), 5.0, true);
        let count = if frame.width > 500.0 { 6.0 } else { 3.0 };
        let places = (frame.left + 12.0, frame.width - RIGHT - 12.0);
        let x = Axis::new(points.iter().map(|p| p.0), places, count, false);
        let mut drawing = Drawing::default();
        drawing.grid(&y, (frame.left, frame.width - RIGHT), name, decimals(&y), lang);
        for &tick in &x.ticks {
            drawing.text("tick", (x.at(tick), frame.height - BOTTOM + 20.0), "middle", &lang.number(tick, 0));
        }
        drawing.text("axis", ((places.0 + places.1) / 2.0, frame.height - 6.0), "middle", below);
        // A step: between two plans there is nothing to be had for the money.
        let mut steps: Vec<(f64, f64)> = Vec::new();
        for &(cost, people) in &best {
            let (at, up) = (x.at(cost), y.at(people));
            if let Some(&(_, before)) = steps.last() {
                steps.push((at, before));
            }
            steps.push((at, up));
        }
        drawing.through("frontier", &steps);
        let marks: Vec<(f64, f64, usize)> = points.iter().map(|&(c, p, k)| (x.at(c), y.at(p), k)).collect();
        for &(at, up, k) in &marks {
            let on = best.iter().any(|b| b.0.total_cmp(&points[position(&points, k)].0).is_eq());
            drawing.mark(if on { 0 } else { 1 }, (at, up), MARK);
        }
        number(&mut drawing, marks, frame.width - RIGHT);
        drawing.finish(frame.class, (frame.width, frame.height), label)
    };
    FRAMES.iter().map(draw).collect()
}

fn position(points: &[(f64, f64, usize)], k: usize) -> usize {
    points.iter().position(|p| p.2 == k).unwrap_or(0)
}

/// Numbers the marks as the tables do, each beside its own and off the others.
fn number(drawing: &mut Drawing, mut marks: Vec<(f64, f64, usize)>, right: f64) {
    marks.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let mut columns: BTreeMap<i64, f64> = BTreeMap::new();
    for (x, y, k) in marks {
        #[allow(clippy::cast_possible_truncation)]
        let column = (x / APART).round() as i64;
        let free = columns.get(&column).map_or(y, |last: &f64| y.max(last + APART));
        columns.insert(column, free);
        let (at, anchor) = if x + 26.0 > right { (x - 10.0, "end") } else { (x + 10.0, "start") };
        drawing.text("number", (at, free + 4.0), anchor, &(k + 1).to_string());
    }
}

#[allow(clippy::cast_precision_loss)]
fn count(row: &Row) -> f64 {
    row.vehicles.iter().map(|k| k.count).sum::<usize>() as f64
}

fn decimals(axis: &Axis) -> usize {
    usize::from(axis.range.1 - axis.range.0 < 4.0)
}

/// Which scenarios are joined: those that differ in the number of vehicles along one axis only. `choices` are those of the
/// scenarios; the axis with most values that changes the fleet makes the curve.
#[must_use]
pub fn series(comparison: &Comparison, choices: &[Vec<usize>]) -> Series {
    let rows = &comparison.scenarios;
    let axes = choices.iter().map(Vec::len).max().unwrap_or(0);
    // An axis along which the number of vehicles grows wherever it is followed.
    let grows = |axis: usize| {
        let pairs = || (0..rows.len()).flat_map(|a| (0..rows.len()).map(move |b| (a, b)));
        let along = |&(a, b): &(usize, usize)| {
            let other = |k: usize| choices[k].iter().enumerate().filter(|(x, _)| *x != axis).map(|(_, c)| *c);
            choices[a].get(axis) < choices[b].get(axis) && other(a).eq(other(b))
        };
        let counted = |k: usize| !rows[k].vehicles.is_empty();
        let own: Vec<(usize, usize)> = pairs().filter(along).filter(|&(a, b)| counted(a) && counted(b)).collect();
        let all = own.iter().all(|&(a, b)| count(&rows[a]) < count(&rows[b]));
        (!own.is_empty() && all).then_some(own.len())
    };
    let axis = (0..axes).filter_map(|axis| Some((grows(axis)?, std::cmp::Reverse(axis)))).max().map(|(_, axis)| axis.0);
    let mut out: BTreeMap<Vec<usize>, Vec<usize>> = BTreeMap::new();
    for (k, choice) in choices.iter().enumerate() {
        let mut key = choice.clone();
        match axis {
            Some(axis) if axis < key.len() => key[axis] = 0,
            _ => key.push(k),
        }
        out.entry(key).or_default().push(k);
    }
    let mut series: Series = out.into_values().collect();
    for own in &mut series {
        own.sort_by(|&a, &b| count(&rows[a]).total_cmp(&count(&rows[b])));
    }
    series
}
