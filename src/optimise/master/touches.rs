//! A value step of a territory is open to as many rotations as come to the sites that draw on it.
//!
//! `contacts in the step from some sites ≤ width · rotations that visit any of them`. A package takes
//! no more of a step than there is of it, so that half a visit takes half of it at most; but half a
//! rotation with two stays near a territory could take it all. For all sets of sites together the rows
//! say, by Hall's theorem, that the contacts can be shared out among the rotations so that none takes
//! more of the step than there is. Added where violated: the set that is violated most is a minimum cut.

use super::Master;
use crate::domain::{ServiceId, SiteId, TerritoryId};
use crate::optimise::lp::{ColId, LpSolution, RowId};
use crate::optimise::rotation::Rotation;
use petgraph::algo::dinics;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef as _;
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

/// Rows at most.
const MOST_ROWS: usize = 1_000;
/// A row is added where it is exceeded by more than this part of a step.
const VIOLATED: f64 = 0.01;
/// Parts of a contact that flows are counted in.
const PARTS: f64 = 1e9;

/// A value step of a territory.
type Step = (ServiceId, TerritoryId, usize);

/// The sites of a row, with the step they share; without a row where only its price matters.
pub(super) struct TouchRow {
    pub step: Step,
    pub sites: BTreeSet<SiteId>,
    pub row: Option<RowId>,
}

/// The rows, and which of them a site is in.
#[derive(Default)]
pub(super) struct TouchRows {
    list: Vec<TouchRow>,
    by_step: FxHashMap<Step, Vec<usize>>,
    /// By duty of the master, by local site: the places of its rows in the list.
    sets: Vec<Vec<Vec<u32>>>,
}

impl TouchRows {
    pub(super) fn list(&self) -> &[TouchRow] {
        &self.list
    }

    /// The rows that contacts of a visit to a site are in.
    pub(super) fn of(&self, step: Step, site: SiteId) -> impl Iterator<Item = RowId> {
        let rows = self.by_step.get(&step).into_iter().flatten().map(|&at| &self.list[at]);
        rows.filter(move |row| row.sites.contains(&site)).filter_map(|row| row.row)
    }
}

impl Master<'_> {
    /// By local site of a duty: the rows it is in.
    #[must_use]
    pub fn touched_by_site(&self, k: usize) -> &[Vec<u32>] {
        self.touches.sets.get(k).map_or(&[], Vec::as_slice)
    }

    /// What a rotation takes of the rows.
    pub(super) fn touch_entries(&self, rotation: &Rotation, entries: &mut Vec<(RowId, f64)>) {
        let at = |(k, site): (usize, usize)| self.touched_by_site(k).get(site).map_or(&[][..], Vec::as_slice);
        let stops = rotation.stops().map(|(k, stop)| (k, stop.site));
        let touched: BTreeSet<u32> = stops.flat_map(at).copied().collect();
        let rows = touched.into_iter().map(|place| &self.touches.list[place as usize]);
        entries.extend(rows.filter_map(|row| Some((row.row?, -self.width(row.step)))));
    }

    fn width(&self, (service, z, s): Step) -> f64 {
        self.problem.pool(service).steps[z.index()][s].width
    }

    /// Adds the rows that a solution violates most, one a step; how many.
    pub fn separate_touches(&mut self, solution: &LpSolution) -> usize {
        let mut contacts: BTreeMap<Step, BTreeMap<SiteId, f64>> = BTreeMap::new();
        for (slot, package, column) in &self.packages {
            let share = solution.columns[column.0];
            for &(z, s, amount) in package.contacts.iter().filter(|_| share > 1e-9) {
                *contacts.entry((slot.0, z, s)).or_default().entry(slot.1).or_default() += share * amount;
            }
        }
        let sites = |t: usize| {
            let rotation = &self.tours[t].rotation;
            rotation.stops().map(|(k, stop)| self.duty(k).roads.sites[stop.site]).collect::<BTreeSet<SiteId>>()
        };
        let chosen: Vec<(f64, BTreeSet<SiteId>)> =
            self.chosen(solution).into_iter().map(|(t, share)| (share, sites(t))).collect();
        let violated = |(step, contacts): (Step, BTreeMap<SiteId, f64>)| {
            let width = self.width(step);
            let (excess, sites) = (width.is_finite() && contacts.len() > 1)
                .then(|| most_violated(&contacts, &chosen, width))
                .filter(|(excess, _)| *excess > VIOLATED * width)?;
            Some((excess / width, step, sites))
        };
        let mut found: Vec<(f64, Step, BTreeSet<SiteId>)> = contacts.into_iter().filter_map(violated).collect();
        found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        found.truncate(MOST_ROWS.saturating_sub(self.touches.list.len()));
        let added = found.len();
        for (_, step, sites) in found {
            self.add_touch(step, sites);
        }
        added
    }

    /// Gives its rotations the prizes that those of another master have, without the rows.
    pub fn prize_touches_of(&mut self, other: &Master) {
        for row in &other.touches.list {
            self.know_touch(row.step, row.sites.clone(), None);
        }
    }

    fn know_touch(&mut self, step: Step, sites: BTreeSet<SiteId>, row: Option<RowId>) {
        let place = u32::try_from(self.touches.list.len()).expect("there are few rows");
        self.touches.sets.resize_with(self.duties.len(), Vec::new);
        for k in 0..self.duties.len() {
            let duty = self.duty(k);
            let own = &mut self.touches.sets[k];
            own.resize_with(duty.roads.sites.len(), Vec::new);
            if duty.services.contains(&step.0) {
                let inside = duty.roads.sites.iter().zip(own).filter(|(site, _)| sites.contains(site));
                inside.for_each(|(_, rows)| rows.push(place));
            }
        }
        self.touches.by_step.entry(step).or_default().push(self.touches.list.len());
        self.touches.list.push(TouchRow { step, sites, row });
    }

    fn add_touch(&mut self, step: Step, sites: BTreeSet<SiteId>) {
        let width = self.width(step);
        let touches = |rotation: &Rotation| {
            rotation.stops().any(|(k, stop)| {
                let duty = self.duty(k);
                duty.services.contains(&step.0) && sites.contains(&duty.roads.sites[stop.site])
            })
        };
        let tours = self.tours.iter().filter_map(|t| Some((t.column?, &t.rotation)));
        let mut entries: Vec<(ColId, f64)> =
            tours.filter(|(_, rotation)| touches(rotation)).map(|(column, _)| (column, -width)).collect();
        for (_, package, column) in self.packages.iter().filter(|(s, ..)| s.0 == step.0 && sites.contains(&s.1)) {
            let here: f64 = package.contacts.iter().filter(|c| (c.0, c.1) == (step.1, step.2)).map(|c| c.2).sum();
            if here > 0.0 {
                entries.push((*column, here));
            }
        }
        let row = self.lp.add_row(f64::NEG_INFINITY, 0.0, &entries);
        self.know_touch(step, sites, Some(row));
    }
}

/// The set of sites whose contacts exceed `width · rotations that visit any of them` most, and by how
/// much: the sites on the side of the source of a minimum cut between contacts and rotations.
#[allow(clippy::cast_precision_loss)]
fn most_violated(
    contacts: &BTreeMap<SiteId, f64>,
    rotations: &[(f64, BTreeSet<SiteId>)],
    width: f64,
) -> (f64, BTreeSet<SiteId>) {
    let mut graph: DiGraph<Option<SiteId>, u64> = DiGraph::new();
    let (source, sink) = (graph.add_node(None), graph.add_node(None));
    let mut total = 0;
    let mut nodes: BTreeMap<SiteId, NodeIndex> = BTreeMap::new();
    for (&site, &amount) in contacts {
        let node = graph.add_node(Some(site));
        graph.add_edge(source, node, parts(amount));
        total += parts(amount);
        nodes.insert(site, node);
    }
    for (share, sites) in rotations.iter().filter(|(_, sites)| sites.iter().any(|s| nodes.contains_key(s))) {
        let node = graph.add_node(None);
        graph.add_edge(node, sink, parts(share * width));
        for site in sites.iter().filter_map(|site| nodes.get(site)) {
            graph.add_edge(*site, node, u64::MAX / 4);
        }
    }
    let (flow, flows) = dinics(&graph, source, sink);
    let mut inside = vec![false; graph.node_count()];
    let mut next = vec![source];
    while let Some(node) = next.pop() {
        if std::mem::replace(&mut inside[node.index()], true) {
            continue;
        }
        let onward = graph.edges(node).filter(|e| flows[e.id().index()] < *e.weight()).map(|e| e.target());
        let back = graph.edges_directed(node, petgraph::Direction::Incoming);
        next.extend(onward.chain(back.filter(|e| flows[e.id().index()] > 0).map(|e| e.source())));
    }
    let sites = nodes.into_iter().filter(|(_, node)| inside[node.index()]).map(|(site, _)| site).collect();
    ((total - flow) as f64 / PARTS, sites)
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn parts(amount: f64) -> u64 {
    (amount * PARTS) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minimum_cut_names_the_sites() {
        let [a, b, c] = [0, 1, 2].map(SiteId::new);
        let contacts = BTreeMap::from([(a, 2.0), (b, 2.0), (c, 3.0)]);
        // Half a rotation to a and b may take 2 of a step of 4, a whole one to c all of it.
        let rotations = [(0.5, BTreeSet::from([a, b])), (1.0, BTreeSet::from([c]))];
        assert_eq!(most_violated(&contacts, &rotations, 4.0), (2.0, BTreeSet::from([a, b])));
    }
}
