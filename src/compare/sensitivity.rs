//! Whether the ranking holds when what is assumed is off.

use super::document::{Range, Row, Sensitivity, WorldRow};
use super::{Order, Session, Task, World};
use crate::config::Shares;
use crate::i18n::{Lang, Text};
use crate::optimise::Settings;
use std::sync::Arc;

/// One assumption that is changed: its name in files, its words, and where its factor goes.
type Assumption = (&'static str, (&'static str, &'static str), f64, fn(&mut World, f64));

/// Solves all scenarios in every other world, and compares the orders that are proved there with those proved here.
pub(super) fn tried(session: &mut Session, order: &Order, shares: &Shares, rows: &[Row]) -> Sensitivity {
    let settings = Settings { gap: shares.gap, ..order.settings };
    let mut asked: Vec<(WorldRow, Vec<Option<usize>>)> = Vec::new();
    for (assumption, factor, name, world) in worlds(shares) {
        let mut tables: Vec<(usize, Arc<crate::travel::Table>)> = Vec::new();
        let tasks = (0..session.cases.len()).map(|k| {
            let case = &session.cases[k];
            let (scenario, table) = case.ground.as_ref().ok()?;
            let like = *session.score[k].first()?;
            let at = Arc::as_ptr(table) as usize;
            let known = tables.iter().find(|(known, _)| *known == at).map(|(_, table)| Arc::clone(table));
            let table = known.unwrap_or_else(|| {
                let there = world.table(table).map_or_else(|| Arc::clone(table), Arc::new);
                tables.push((at, Arc::clone(&there)));
                there
            });
            let name = format!("{}, {}", case.id, name.en);
            let scenario = Arc::new(world.of(scenario));
            Some(session.ask(Task { name, scenario, table, settings, rough: true, like: Some(like) }))
        });
        let tasks: Vec<Option<usize>> = tasks.collect();
        let row = WorldRow {
            assumption: assumption.into(),
            factor,
            name,
            scores: Vec::new(),
            flipped: Vec::new(),
            open: Vec::new(),
        };
        asked.push((row, tasks));
    }
    session.work();
    let here: Vec<Option<Range>> = rows.iter().map(|row| row.score).collect();
    let worlds: Vec<WorldRow> = asked
        .into_iter()
        .map(|(mut row, tasks)| {
            let score = |task: &Option<usize>| {
                let (plan, bound) = session.best(&[(*task)?])?;
                Some(Range { at_least: plan.score, at_most: bound.max(plan.score) })
            };
            row.scores = tasks.iter().map(score).collect();
            judge(&mut row, rows, &here);
            row
        })
        .collect();
    Sensitivity {
        holds: worlds.iter().all(|w| w.flipped.is_empty()),
        proved: worlds.iter().all(|w| w.flipped.is_empty() && w.open.is_empty()),
        worlds,
    }
}

/// Which proved orders are turned round, or proved no longer.
fn judge(row: &mut WorldRow, rows: &[Row], here: &[Option<Range>]) {
    let below =
        |scores: &[Option<Range>], a: usize, b: usize| scores[a].zip(scores[b]).is_some_and(|(a, b)| a.below(b));
    for worse in 0..rows.len() {
        for better in (0..rows.len()).filter(|&better| below(here, worse, better)) {
            let pair = [rows[better].id.clone(), rows[worse].id.clone()];
            if below(&row.scores, better, worse) {
                row.flipped.push(pair);
            } else if !below(&row.scores, worse, better) {
                row.open.push(pair);
            }
        }
    }
}

/// The other worlds: each assumption lower and higher, then all of them together.
fn worlds(shares: &Shares) -> Vec<(&'static str, f64, Text, World)> {
    let all: [Assumption; 5] = [
        ("uptake", ("adhésion", "uptake"), shares.uptake, |w, f| w.uptake = f),
        ("half_distance", ("demi-distance", "half-distance"), shares.half_distance, |w, f| w.half_distance = f),
        (
            "additionality",
            ("part venue de toute façon", "share who would come anyway"),
            shares.additionality,
            |w, f| {
                w.additionality = f;
            },
        ),
        ("speed", ("vitesse", "speed"), shares.speed, |w, f| w.speed = f),
        ("participation", ("participation", "participation"), shares.participation, |w, f| w.participation = f),
    ];
    let tried: Vec<&Assumption> = all.iter().filter(|a| a.2 > 0.0).collect();
    let mut out = Vec::new();
    for (name, words, share, put) in tried.iter().copied() {
        for factor in [1.0 - share, 1.0 + share] {
            let mut world = World::default();
            put(&mut world, factor);
            let sign = if factor < 1.0 { '−' } else { '+' };
            let text = |word: &str, lang: Lang| format!("{word} {sign}{}", lang.percent(*share, 1.0));
            out.push((*name, factor, Text::new(text(words.0, Lang::Fr), text(words.1, Lang::En)), world));
        }
    }
    if shares.together && tried.len() > 1 {
        for (low, fr, en) in [(true, "tout plus bas", "all lower"), (false, "tout plus haut", "all higher")] {
            let mut world = World::default();
            for (_, _, share, put) in tried.iter().copied() {
                put(&mut world, if low { 1.0 - share } else { 1.0 + share });
            }
            out.push(("together", if low { -1.0 } else { 1.0 }, Text::new(fr, en), world));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_that_turns_round_is_told_from_one_that_is_proved_no_longer() {
        let range = |at_least: f64, at_most: f64| Some(Range { at_least, at_most });
        let rows = ["a", "b", "c", "d"].map(|id| Row::new(id, Text::new(id, id), Vec::new()));
        // Proved: b, c and d before a; nothing of b and c; d has no plan in the other world.
        let here = [range(10.0, 11.0), range(20.0, 21.0), range(20.5, 22.0), range(30.0, 30.0)];
        let mut world = WorldRow {
            assumption: "speed".into(),
            factor: 0.9,
            name: Text::new("", ""),
            scores: vec![range(30.0, 31.0), range(20.0, 21.0), range(30.5, 32.0), None],
            flipped: Vec::new(),
            open: Vec::new(),
        };
        judge(&mut world, &rows, &here);
        let pair = |better: &str, worse: &str| [better.to_owned(), worse.to_owned()];
        assert_eq!(world.flipped, [pair("b", "a")]);
        assert_eq!(world.open, [pair("c", "a"), pair("d", "a"), pair("d", "b"), pair("d", "c")]);
        let mut same = WorldRow { scores: here.to_vec(), flipped: Vec::new(), open: Vec::new(), ..world };
        judge(&mut same, &rows, &here);
        assert!(same.flipped.is_empty() && same.open.is_empty());
    }

    #[test]
    fn every_assumption_is_tried_alone_and_all_together() {
        let shares = Shares {
            uptake: 0.2,
            half_distance: 0.0,
            additionality: 0.1,
            speed: 0.1,
            participation: 0.0,
            together: true,
            gap: 0.01,
        };
        let tried = worlds(&shares);
        let names: Vec<&str> = tried.iter().map(|(name, ..)| *name).collect();
        assert_eq!(
            names,
            ["uptake", "uptake", "additionality", "additionality", "speed", "speed", "together", "together"]
        );
        let last = tried.last().unwrap().3;
        assert_eq!((last.uptake, last.additionality, last.speed, last.half_distance), (1.2, 1.1, 1.1, 1.0));
        assert_eq!(tried[0].2.fr, "adhésion −20,0\u{a0}%");
        let alone = worlds(&Shares { together: false, ..shares });
        assert_eq!(alone.len(), 6);
    }
}
