//! The sites without a visit, and what a plan with one could score at most.

use super::component::Component;
use super::duty::Duty;
use super::problem::Problem;
use super::search::{Ground, Search};
use super::{ChosenTour, node::Round};
use crate::domain::SiteId;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// A site without a visit by a kind of vehicle.
#[derive(Debug, Clone, PartialEq)]
pub struct LeftOut {
    /// The site.
    pub site: SiteId,
    /// The kind of vehicle.
    pub kind: String,
    /// Value of the best single visit there, less what the day it would take is worth: at the duals
    /// of the last round.
    pub value: f64,
    /// No plan with such a visit scores more; known where prices were asked for.
    pub at_most: Option<f64>,
}

/// The sites left out, best first. With `priced`, what a plan with them could score at most, and in
/// that order.
pub(super) fn left_out(
    problem: &Problem,
    components: &[Component],
    tours: &[ChosenTour],
    priced: bool,
) -> Vec<LeftOut> {
    let mut best: BTreeMap<(SiteId, usize), f64> = BTreeMap::new();
    for c in components {
        let Some(last) = &c.generator.last else { continue };
        for k in 0..c.generator.master.duties.len() {
            let duty = c.generator.master.duty(k);
            let levels = duty.shapes.levels.len();
            for &j in &duty.open {
                let site = duty.roads.sites[j];
                let drive = duty.drive_price * f64::from(duty.roads.out[j] + duty.roads.back[j]);
                let value = duty
                    .shapes
                    .by_start
                    .iter()
                    .flatten()
                    .map(|s| last.prizes[k].visit[j * levels + s.level])
                    .fold(f64::NEG_INFINITY, f64::max);
                let net = value - drive - last.duals.duties[k];
                let entry = best.entry((site, duty.kind)).or_insert(f64::NEG_INFINITY);
                *entry = entry.max(net);
            }
        }
    }
    for t in tours {
        let duty = &problem.duties.list[t.placed.duty];
        for stop in &t.placed.tour.stops {
            best.remove(&(duty.roads.sites[stop.site], duty.kind));
        }
    }
    let most = if priced { at_most(components) } else { BTreeMap::new() };
    let mut list: Vec<LeftOut> = best
        .into_iter()
        .map(|((site, kind), value)| LeftOut {
            site,
            kind: problem.duties.kinds[kind].clone(),
            value,
            at_most: most.get(&(site, kind)).copied(),
        })
        .collect();
    // What is proven says more than the value of a single visit.
    let most = |l: &LeftOut| l.at_most.unwrap_or(f64::NEG_INFINITY);
    list.sort_by(|a, b| most(b).total_cmp(&most(a)).then(b.value.total_cmp(&a.value)).then(a.site.cmp(&b.site)));
    list
}

/// By site and kind of vehicle: no plan with a visit of the kind there scores more.
///
/// At any prices a plan scores at most the Lagrangian bound less, for each of its tours, what that
/// tour is worth less than the best one of its duty. So one with a visit at the site scores at most
/// the bound less the smallest such loss of a tour through the site, over the duties that may go
/// there. Nights out are not looked into: there the loss counts as nil.
fn at_most(components: &[Component]) -> BTreeMap<(SiteId, usize), f64> {
    let all: f64 = components.iter().map(Component::upper_bound).sum();
    let mut out: BTreeMap<(SiteId, usize), f64> = BTreeMap::new();
    for c in components {
        let Some(round) = c.root_prices().filter(|r| r.bound.is_finite()) else { continue };
        let others = all - c.upper_bound();
        let duties: Vec<&Duty> = (0..c.generator.master.duties.len()).map(|k| c.generator.master.duty(k)).collect();
        let losses: Vec<Vec<f64>> = duties.par_iter().enumerate().map(|(k, duty)| losses(duty, round, k)).collect();
        for (k, duty) in duties.into_iter().enumerate() {
            for &j in &duty.open {
                let most = all.min(others + round.bound - losses[k][j]);
                let entry = out.entry((duty.roads.sites[j], duty.kind)).or_insert(f64::NEG_INFINITY);
                *entry = entry.max(most);
            }
        }
    }
    out.retain(|_, most| most.is_finite());
    out
}

/// By local site of a duty: what the best tour through it is worth less than the best of all.
fn losses(duty: &Duty, round: &Round, k: usize) -> Vec<f64> {
    let nil = || vec![0.0; duty.roads.sites.len()];
    if duty.nights {
        return nil();
    }
    let ground = Ground::whole(duty);
    let Some(through) = Search::new(duty, &ground, &round.prizes[k], &[]).through() else { return nil() };
    let best = round.tops[k] + round.duals.tours[k];
    let slack = 1e-9 * (1.0 + best.abs());
    through.into_iter().map(|value| (best - value - slack).max(0.0)).collect()
}
