//! Shortest paths over a road graph, without a server.

use super::Table;
use crate::domain::{CommuneId, Scenario};
use petgraph::algo::dijkstra;
use petgraph::graph::{NodeIndex, UnGraph};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
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
    graph: UnGraph<(), u64>,
    commune: FxHashMap<String, NodeIndex>,
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

/// Seconds and metres from one hub to each commune.
type Row = Vec<Option<(u32, u32)>>;

impl RoadGraph {
    /// Reads a graph from its two CSV tables: nodes (`id`, `commune`: the INSEE code where the
    /// node stands for a commune, else empty) and edges (`a`, `b`, `metres`, `seconds`, both
    /// directions). Other columns are allowed.
    ///
    /// # Errors
    /// [`RoadGraphError::Line`] for a line that cannot be read or that names an unknown node.
    pub fn read(nodes: impl Read, edges: impl Read) -> Result<Self, RoadGraphError> {
        let mut graph = UnGraph::with_capacity(0, 0);
        let mut by_id = FxHashMap::default();
        let mut commune = FxHashMap::default();
        for row in rows::<NodeRow>(nodes, "nodes") {
            let (line, row) = row?;
            let index = graph.add_node(());
            if by_id.insert(row.id, index).is_some() {
                return Err(line_error("nodes", line, format!("node {} appears twice", row.id)));
            }
            if !row.commune.is_empty() {
                commune.insert(row.commune, index);
            }
        }
        for row in rows::<EdgeRow>(edges, "edges") {
            let (line, row) = row?;
            let node = |id: u64| {
                by_id.get(&id).copied().ok_or_else(|| line_error("edges", line, format!("unknown node {id}")))
            };
            graph.add_edge(node(row.a)?, node(row.b)?, u64::from(row.seconds) << 32 | u64::from(row.metres));
        }
        Ok(Self { graph, commune })
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
        let nodes: Vec<NodeIndex> = scenario
            .communes
            .iter()
            .map(|c| self.commune.get(&c.code).copied().ok_or(RoadGraphError::NoNode { code: c.code.clone() }))
            .collect::<Result<_, _>>()?;
        let rows: Vec<Result<Row, RoadGraphError>> = hubs
            .par_iter()
            .map(|hub| {
                let found = dijkstra(&self.graph, nodes[hub.index()], None, |e| *e.weight());
                nodes
                    .iter()
                    .zip(&scenario.communes)
                    .map(|(node, commune)| match found.get(node) {
                        #[allow(clippy::cast_possible_truncation)]
                        Some(cost) => Ok(Some(((cost >> 32) as u32, *cost as u32))),
                        None if commune.in_scope => Err(RoadGraphError::Unreachable {
                            from: scenario.communes[hub.index()].code.clone(),
                            to: commune.code.clone(),
                        }),
                        None => Ok(None),
                    })
                    .collect()
            })
            .collect();
        // The first in order, not the first that was found.
        let rows: Vec<Row> = rows.into_iter().collect::<Result<_, _>>()?;
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
    fn an_unknown_node_is_named_with_its_line() {
        let error = RoadGraph::read("id,commune\n1,59001\n".as_bytes(), "a,b,metres,seconds\n1,2,10,1\n".as_bytes());
        assert_eq!(
            error.unwrap_err(),
            RoadGraphError::Line { file: "edges".into(), line: 2, what: "unknown node 2".into() }
        );
    }
}
