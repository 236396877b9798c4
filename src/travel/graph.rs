//! Shortest paths over a road graph, without a server.

use super::Table;
use crate::domain::{CommuneId, Scenario};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};
use std::io::Read;
use thiserror::Error;

/// What can be wrong with a road graph.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum RoadGraphError {
    /// A line that cannot be read.
    #[error("{file}, line {line}: {what}")]
    Line {
        /// Which of the two files.
        file: String,
        /// 1-based line.
        line: u64,
        /// What is wrong.
        what: String,
    },
    /// A commune that has no node.
    #[error("commune {code} has no node in the road graph")]
    NoNode {
        /// INSEE code.
        code: String,
    },
    /// A commune no road leads to.
    #[error("no road joins {from} and {to}")]
    Unreachable {
        /// INSEE code of the hub.
        from: String,
        /// INSEE code of the commune.
        to: String,
    },
}

/// Roads as an undirected graph. An edge weighs `seconds << 32 | metres`, so that adding
/// weights adds both and comparing them compares seconds first: one pass of Dijkstra gives the
/// quickest path and its length.
#[derive(Debug, Clone)]
pub struct RoadGraph {
    /// By node, where its ways begin in `ways`; one more at the end.
    first: Vec<usize>,
    /// The other end and the weight of each way; an edge is one from both of its ends.
    ways: Vec<(usize, u64)>,
    commune: FxHashMap<String, usize>,
}

#[derive(serde::Deserialize)]
struct NodeRow {
    id: u64,
    commune: String,
}

#[derive(serde::Deserialize)]
struct EdgeRow {
    a: u64,
    b: u64,
    metres: u32,
    seconds: u32,
}

impl RoadGraph {
    /// Reads a graph from its two CSV tables: nodes (`id`, `commune`: the INSEE code where the
    /// node stands for a commune, else empty) and edges (`a`, `b`, `metres`, `seconds`, both
    /// directions). Other columns are allowed.
    ///
    /// # Errors
    /// [`RoadGraphError::Line`] for a line that cannot be read or that names an unknown node.
    pub fn read(nodes: impl Read, edges: impl Read) -> Result<Self, RoadGraphError> {
        let mut by_id = FxHashMap::default();
        let mut commune = FxHashMap::default();
        for row in rows::<NodeRow>(nodes, "nodes") {
            let (line, row) = row?;
            let index = by_id.len();
            if by_id.insert(row.id, index).is_some() {
                return Err(line_error("nodes", line, format!("node {} appears twice", row.id)));
            }
            if !row.commune.is_empty() {
                commune.insert(row.commune, index);
            }
        }
        let mut ways = Vec::new();
        for row in rows::<EdgeRow>(edges, "edges") {
            let (line, row) = row?;
            let node = |id: u64| {
                by_id.get(&id).copied().ok_or_else(|| line_error("edges", line, format!("unknown node {id}")))
            };
            let weight = u64::from(row.seconds) << 32 | u64::from(row.metres);
            let (a, b) = (node(row.a)?, node(row.b)?);
            ways.extend([(a, b, weight), (b, a, weight)]);
        }
        ways.sort_unstable();
        let first = (0..=by_id.len()).map(|n| ways.partition_point(|way| way.0 < n)).collect();
        let ways = ways.into_iter().map(|(_, to, weight)| (to, weight)).collect();
        Ok(Self { first, ways, commune })
    }

    /// Weight of the quickest path from a node to each, `None` without one, by Dijkstra's algorithm.
    fn quickest(&self, from: usize) -> Vec<Option<u64>> {
        let mut best = vec![u64::MAX; self.first.len() - 1];
        best[from] = 0;
        let mut open = BinaryHeap::from([Reverse((0, from))]);
        while let Some(Reverse((cost, node))) = open.pop() {
            if cost > best[node] {
                continue;
            }
            for &(to, weight) in &self.ways[self.first[node]..self.first[node + 1]] {
                if cost + weight < best[to] {
                    best[to] = cost + weight;
                    open.push(Reverse((best[to], to)));
                }
            }
        }
        best.into_iter().map(|cost| (cost < u64::MAX).then_some(cost)).collect()
    }

    /// The table of a scenario: from each commune with a site, a base, a care point or an
    /// imaging site to all communes. Parallel over hubs; `O(hubs · edges · log nodes)`.
    ///
    /// # Errors
    /// [`RoadGraphError::NoNode`] or [`RoadGraphError::Unreachable`] for the first commune, in
    /// order, that the graph does not reach.
    pub fn table(&self, scenario: &Scenario) -> Result<Table, RoadGraphError> {
        let hubs: BTreeSet<CommuneId> = scenario
            .sites
            .iter()
            .map(|s| s.commune)
            .chain(scenario.vehicles.iter().map(|v| v.base))
            .chain(scenario.care_points.iter().chain(&scenario.imaging_sites).map(|c| c.commune))
            .collect();
        self.table_of(scenario, hubs.into_iter().collect())
    }

    /// The same for hubs of one's choice.
    ///
    /// # Errors
    /// As [`RoadGraph::table`].
    pub fn table_of(&self, scenario: &Scenario, hubs: Vec<CommuneId>) -> Result<Table, RoadGraphError> {
        let nodes: Vec<usize> = scenario
            .communes
            .iter()
            .map(|c| self.commune.get(&c.code).copied().ok_or(RoadGraphError::NoNode { code: c.code.clone() }))
            .collect::<Result<_, _>>()?;
        let rows: Vec<Vec<Option<(u32, u32)>>> = hubs
            .par_iter()
            .map(|hub| {
                let found = self.quickest(nodes[hub.index()]);
                nodes
                    .iter()
                    .zip(&scenario.communes)
                    .map(|(&node, commune)| match found[node] {
                        #[allow(clippy::cast_possible_truncation)]
                        Some(cost) => Ok(Some(((cost >> 32) as u32, cost as u32))),
                        None if commune.in_scope => Err(RoadGraphError::Unreachable {
                            from: scenario.communes[hub.index()].code.clone(),
                            to: commune.code.clone(),
                        }),
                        None => Ok(None),
                    })
                    .collect()
            })
            .collect::<Result<_, _>>()?;
        Ok(Table::new(scenario.communes.len(), hubs, rows.into_iter().flatten().collect(), None, scenario.travel.door))
    }
}

fn line_error(file: &str, line: u64, what: String) -> RoadGraphError {
    RoadGraphError::Line { file: file.into(), line, what }
}

fn rows<T: serde::de::DeserializeOwned>(
    reader: impl Read,
    file: &'static str,
) -> impl Iterator<Item = Result<(u64, T), RoadGraphError>> {
    let mut line = 1;
    csv::Reader::from_reader(reader).into_deserialize().map(move |row| {
        line += 1;
        row.map(|r| (line, r)).map_err(|e| line_error(file, line, e.to_string()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quickest_way_is_not_the_shortest() {
        let nodes = "id,commune\n7,59001\n8,\n9,59002\n5,59003\n";
        let edges = "a,b,metres,seconds\n7,9,100,60\n9,8,300,20\n8,7,300,20\n8,9,400,20\n";
        let graph = RoadGraph::read(nodes.as_bytes(), edges.as_bytes()).unwrap();
        let cost = |seconds: u64, metres: u64| Some(seconds << 32 | metres);
        assert_eq!(graph.quickest(0), [cost(0, 0), cost(20, 300), cost(40, 600), None]);
        assert_eq!(graph.quickest(2)[0], cost(40, 600));
    }

    #[test]
    fn an_unknown_node_is_named_with_its_line() {
        let error = RoadGraph::read("id,commune\n1,59001\n".as_bytes(), "a,b,metres,seconds\n1,2,10,1\n".as_bytes());
        assert_eq!(
            error.unwrap_err(),
            RoadGraphError::Line { file: "edges".into(), line: 2, what: "unknown node 2".into() }
        );
    }
}
