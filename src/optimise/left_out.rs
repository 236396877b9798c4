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
    /// Where prices were asked for: what the best tour through it is worth less than the best of its
    /// duty, at the prices of the root; never positive, and 0 for many sites where they are as good as
    /// each other. Otherwise, and where nights may be spent out, a guess that may be too high: the best
    /// single visit at the duals of the last round, whether or not a day has the time for it, less what the
    /// day is worth.
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
                let value = (duty.shapes.of(duty.uneven[j]).iter())
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
    let proofs = if priced { proofs(problem, components) } else { BTreeMap::new() };
    let mut list: Vec<LeftOut> = best
        .into_iter()
        .map(|((site, kind), guess)| {
            let proof = proofs.get(&(site, kind));
            LeftOut {
                site,
                kind: problem.duties.kinds[kind].clone(),
                value: proof.and_then(|p| p.value).unwrap_or(guess),
                at_most: proof.map(|p| p.most),
            }
        })
        .collect();
    let most = |l: &LeftOut| l.at_most.unwrap_or(f64::NEG_INFINITY);
    list.sort_by(|a, b| most(b).total_cmp(&most(a)).then(b.value.total_cmp(&a.value)).then(a.site.cmp(&b.site)));
    list
}

/// What the prices of the root say of a site.
#[derive(Clone, Copy)]
struct Proof {
    /// No plan with a visit there scores more.
    most: f64,
    /// What the best tour through it is worth less than the best of its duty; `None` where one of the duties
    /// was not looked into.
    value: Option<f64>,
}

/// By site and kind of vehicle: what plans with a visit of the kind there score at most.
///
/// At any prices a plan scores at most the Lagrangian bound less, for each of its tours, what that
/// tour is worth less than the best one of its duty. So one with a visit at the site scores at most
/// the bound less the smallest such loss of a tour through the site, over the duties that may go
/// there. Nights out are not looked into, nor tours where heads have a price: there the loss counts as nil.
fn proofs(problem: &Problem, components: &[Component]) -> BTreeMap<(SiteId, usize), Proof> {
    let all: f64 = components.iter().map(Component::upper_bound).sum();
    let mut out: BTreeMap<(SiteId, usize), Proof> = BTreeMap::new();
    for c in components {
        let Some(round) = c.root_prices().filter(|r| r.bound.is_finite()) else { continue };
        let others = all - c.upper_bound();
        let duties: Vec<&Duty> = (0..c.generator.master.duties.len()).map(|k| c.generator.master.duty(k)).collect();
        let losses: Vec<Option<Vec<f64>>> =
            duties.par_iter().enumerate().map(|(k, duty)| losses(duty, round, k)).collect();
        for (k, duty) in duties.into_iter().enumerate() {
            for &j in &duty.open {
                let loss = losses[k].as_ref().map(|l| l[j]);
                let most = all.min(others + round.bound - loss.unwrap_or(0.0)) - problem.unkept();
                let one = Proof { most, value: loss.map(|loss| 0.0 - loss) };
                let known = out.entry((duty.roads.sites[j], duty.kind)).or_insert(one);
                known.most = known.most.max(most);
                known.value = known.value.zip(one.value).map(|(a, b)| a.max(b));
            }
        }
    }
    out.retain(|_, proof| proof.most.is_finite());
    out
}

/// By local site of a duty: what the best tour through it is worth less than the best of all; `None` where
/// tours are not looked into.
fn losses(duty: &Duty, round: &Round, k: usize) -> Option<Vec<f64>> {
    if duty.nights {
        return None;
    }
    let ground = Ground::whole(duty);
    let through = Search::new(duty, &ground, &round.prizes[k], &[]).through()?;
    let best = round.tops[k] + round.duals.tours[k];
    let slack = 1e-9 * (1.0 + best.abs());
    Some(through.into_iter().map(|value| (best - value - slack).max(0.0)).collect())
}
