//! Shortest paths over a road graph, without a server.

use super::source::Source;
use super::table::{Table, Trip};
use crate::domain::{PositionId, Scenario};
use petgraph::Directed;
use petgraph::algo::astar;
use petgraph::csr::Csr;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
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

/// Roads in both directions. An edge weighs `seconds << 32 | metres`, so that adding
/// weights adds both and comparing them compares seconds first: one search gives the
/// quickest path and its length.
#[derive(Debug, Clone)]
pub struct RoadGraph {
    graph: Csr<(), u64, Directed, u32>,
    /// Latitude and longitude of each node, where they are known.
    places: Vec<Option<(f64, f64)>>,
    commune: FxHashMap<String, u32>,
    /// Seconds of the longest edge.
    longest: u32,
}

#[derive(serde::Deserialize)]
struct NodeRow {
    id: u64,
    commune: String,
    lat: Option<f64>,
    lon: Option<f64>,
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
    /// node stands for a commune, else empty; `lat`, `lon` in degrees, needed for paths only) and edges (`a`, `b`,
    /// `metres`, `seconds`, both directions). Other columns are allowed.
    ///
    /// # Errors
    /// [`RoadGraphError::Line`] for a line that cannot be read or that names an unknown node.
    pub fn read(nodes: impl Read, edges: impl Read) -> Result<Self, RoadGraphError> {
        let mut by_id = FxHashMap::default();
        let mut commune = FxHashMap::default();
        let mut places = Vec::new();
        for row in rows::<NodeRow>(nodes, "nodes") {
            let (line, row) = row?;
            let index = u32::try_from(places.len()).map_err(|e| line_error("nodes", line, e.to_string()))?;
            places.push(row.lat.zip(row.lon));
            if by_id.insert(row.id, index).is_some() {
                return Err(line_error("nodes", line, format!("node {} appears twice", row.id)));
            }
            if !row.commune.is_empty() {
                commune.insert(row.commune, index);
            }
        }
        let (mut both, mut longest) = (Vec::new(), 0);
        for row in rows::<EdgeRow>(edges, "edges") {
            let (line, row) = row?;
            let node = |id: u64| {
                by_id.get(&id).copied().ok_or_else(|| line_error("edges", line, format!("unknown node {id}")))
            };
            let (a, b, weight) = (node(row.a)?, node(row.b)?, u64::from(row.seconds) << 32 | u64::from(row.metres));
            both.extend([(a, b, weight), (b, a, weight)]);
            longest = longest.max(row.seconds);
        }
        // Of parallel edges the quickest.
        both.sort_unstable();
        both.dedup_by_key(|edge| (edge.0, edge.1));
        let mut graph = Csr::from_sorted_edges(&both).unwrap_or_default();
        while graph.node_count() < places.len() {
            graph.add_node(());
        }
        Ok(Self { graph, places, commune, longest })
    }

    /// The table of a scenario: from each position with a site, a base, a care point or an
    /// imaging site to all positions. Parallel over hubs; `O(hubs · (edges + seconds of the longest trip))`.
    ///
    /// # Errors
    /// [`RoadGraphError::NoNode`] or [`RoadGraphError::Unreachable`] for the first commune, in
    /// order, that the graph does not reach.
    pub fn table(&self, scenario: &Scenario) -> Result<Table, RoadGraphError> {
        self.table_of(scenario, Table::hubs_of(scenario))
    }

    /// The same for hubs of one's choice.
    ///
    /// # Errors
    /// As [`RoadGraph::table`].
    pub fn table_of(&self, scenario: &Scenario, hubs: Vec<PositionId>) -> Result<Table, RoadGraphError> {
        let all = (0..scenario.positions.len()).map(PositionId::new);
        let nodes: Vec<u32> = all.map(|p| self.node(scenario, p)).collect::<Result<_, _>>()?;
        let rows: Vec<Result<Vec<Trip>, RoadGraphError>> = hubs
            .par_iter()
            .map_init(
                || Search::new(self),
                |search, hub| {
                    let found = search.from(nodes[hub.index()]);
                    let commune = |p: usize| &scenario.communes[scenario.positions[p].commune.index()];
                    let one = |(p, &node): (usize, &u32)| match trip(found[node as usize]) {
                        None if commune(p).in_scope => Err(RoadGraphError::Unreachable {
                            from: commune(hub.index()).code.clone(),
                            to: commune(p).code.clone(),
                        }),
                        trip => Ok(trip),
                    };
                    nodes.iter().enumerate().map(one).collect()
                },
            )
            .collect();
        // The first in order, not the first that was found.
        let rows: Vec<Vec<Trip>> = rows.into_iter().collect::<Result<_, _>>()?;
        let trips = rows.into_iter().flatten().collect();
        Ok(Table::new(scenario.positions.len(), hubs, trips, None, scenario.travel.door))
    }

    fn node(&self, scenario: &Scenario, position: PositionId) -> Result<u32, RoadGraphError> {
        let code = &scenario.communes[scenario.positions[position.index()].commune.index()].code;
        self.commune.get(code).copied().ok_or_else(|| RoadGraphError::NoNode { code: code.clone() })
    }

    /// The quickest path between two positions, as latitudes and longitudes of its nodes, from end to end; `None` where
    /// there is no road, or where the file of nodes does not say where they are.
    #[must_use]
    pub fn path(&self, scenario: &Scenario, from: PositionId, to: PositionId) -> Option<Vec<(f64, f64)>> {
        let (from, to) = (self.node(scenario, from).ok()?, self.node(scenario, to).ok()?);
        let (_, path) = astar(&self.graph, from, |node| node == to, |edge| *edge.weight(), |_| 0)?;
        path.into_iter().map(|node| self.places[node as usize]).collect()
    }
}

impl Source for RoadGraph {
    type Error = RoadGraphError;

    fn trips(&self, scenario: &Scenario, from: &[PositionId], to: &[PositionId]) -> Result<Vec<Trip>, RoadGraphError> {
        let nodes = |positions: &[PositionId]| {
            positions.iter().map(|p| self.node(scenario, *p)).collect::<Result<Vec<u32>, _>>()
        };
        let (from, to) = (nodes(from)?, nodes(to)?);
        let mut search = Search::new(self);
        let mut out = Vec::with_capacity(from.len() * to.len());
        for start in from {
            let found = search.from(start);
            out.extend(to.iter().map(|&node| trip(found[node as usize])));
        }
        Ok(out)
    }
}

/// Seconds and metres of a cost.
#[allow(clippy::cast_possible_truncation)]
fn trip(cost: u64) -> Trip {
    (cost != u64::MAX).then_some(((cost >> 32) as u32, cost as u32))
}

/// Dijkstra's search with a queue of buckets, one a second (Dial 1969, Commun. ACM 12:11, algorithm 360).
struct Search<'g> {
    graph: &'g RoadGraph,
    /// Cost of each node, `u64::MAX` where it has not been reached.
    cost: Vec<u64>,
    /// Nodes reached, with their costs, in the bucket of their seconds modulo the number of buckets: all costs in the
    /// queue lie within the longest edge of each other.
    buckets: Vec<Vec<(u32, u64)>>,
}

impl<'g> Search<'g> {
    fn new(graph: &'g RoadGraph) -> Self {
        let buckets = vec![Vec::new(); graph.longest as usize + 1];
        Self { graph, cost: vec![u64::MAX; graph.places.len()], buckets }
    }

    /// Costs from a node to all others. `O(edges + seconds of the longest path)`.
    fn from(&mut self, start: u32) -> &[u64] {
        self.cost.fill(u64::MAX);
        self.cost[start as usize] = 0;
        self.buckets[0].push((start, 0));
        let (count, mut waiting, mut second) = (self.buckets.len(), 1_usize, 0_usize);
        while waiting > 0 {
            while let Some((node, cost)) = self.buckets[second % count].pop() {
                waiting -= 1;
                if self.cost[node as usize] != cost {
                    continue;
                }
                let ends = self.graph.graph.neighbors_slice(node);
                for (&to, weight) in ends.iter().zip(self.graph.graph.edges_slice(node)) {
                    let sum = cost + weight;
                    if sum < self.cost[to as usize] {
                        self.cost[to as usize] = sum;
                        self.buckets[(sum >> 32) as usize % count].push((to, sum));
                        waiting += 1;
                    }
                }
            }
            second += 1;
        }
        &self.cost
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
    use petgraph::algo::dijkstra;
    use proptest::prelude::*;
    use std::fmt::Write as _;

    #[test]
    fn an_unknown_node_is_named_with_its_line() {
        let error = RoadGraph::read("id,commune\n1,59001\n".as_bytes(), "a,b,metres,seconds\n1,2,10,1\n".as_bytes());
        assert_eq!(
            error.unwrap_err(),
            RoadGraphError::Line { file: "edges".into(), line: 2, what: "unknown node 2".into() }
        );
    }

    proptest! {
        /// The same costs as petgraph's own search, on any graph: with parallel edges, loops, edges of no seconds.
        #[test]
        fn buckets_find_what_a_heap_finds(
            edges in prop::collection::vec((0..12_u32, 0..12_u32, 0..9_u32, 0..9_u32), 0..40),
            start in 0..12_u32,
        ) {
            let mut nodes = String::from("id,commune\n");
            (0..12).for_each(|n| writeln!(nodes, "{n},").unwrap());
            let mut table = String::from("a,b,metres,seconds\n");
            edges.iter().for_each(|(a, b, metres, seconds)| writeln!(table, "{a},{b},{metres},{seconds}").unwrap());
            let graph = RoadGraph::read(nodes.as_bytes(), table.as_bytes()).unwrap();
            let known = dijkstra(&graph.graph, start, None, |edge| *edge.weight());
            let found = Search::new(&graph).from(start).to_vec();
            for node in 0..12_u32 {
                prop_assert_eq!(known.get(&node).copied().unwrap_or(u64::MAX), found[node as usize]);
            }
        }
    }
}
