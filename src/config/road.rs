//! The road graph: the shipped one, or one of the scenario's own.

use super::cells::{count, insee};
use super::codes::Code;
use super::likely;
use super::problem::{Problem, Problems};
use super::sheet::{Input, Layout, Sheet};
use super::source::{LARGEST, at_most, too_large};
use crate::travel::{RoadGraph, RoadGraphError};
use flate2::read::GzDecoder;
use rustc_hash::FxHashSet;
use std::fmt::Write as _;

// The roads of Hauts-de-France travel inside the program, so that a plan needs no other file
// than the tables a coordinator edits.
const NODES: &[u8] = include_bytes!("../../routes/hauts-de-france/road-nodes.csv.gz");
const EDGES: &[u8] = include_bytes!("../../routes/hauts-de-france/road-edges.csv.gz");

const NODE_TABLE: Layout =
    Layout { required: &["id", "commune"], optional: &["lat", "lon"], open: true, needs_rows: true };
const EDGE_TABLE: Layout =
    Layout { required: &["a", "b", "metres", "seconds"], optional: &["kind"], open: true, needs_rows: true };

/// Where the two tables of a graph come from; both or neither.
pub(super) struct RoadFiles {
    pub nodes: Option<Input>,
    pub edges: Option<Input>,
}

/// Reads the graph; the bytes of both tables, as they are, go into `gathered`.
pub(super) fn read(
    files: &RoadFiles,
    gathered: &mut Vec<(&'static str, Vec<u8>)>,
    problems: &mut Problems,
) -> Option<RoadGraph> {
    let (Some(nodes), Some(edges)) = (&files.nodes, &files.edges) else {
        gathered.push(("road-nodes", NODES.to_vec()));
        gathered.push(("road-edges", EDGES.to_vec()));
        let graph = RoadGraph::read(GzDecoder::new(NODES), GzDecoder::new(EDGES));
        return graph.map_err(|error| problems.push(unreadable(&error))).ok();
    };
    let mut sheet = |input: &Input, role: &'static str, layout: Layout| {
        let bytes = input.read(problems)?;
        let text = unpacked(input, &bytes, problems)?;
        gathered.push((role, bytes));
        Sheet::read(&input.path, &text, layout, problems)
    };
    let nodes = sheet(nodes, "road-nodes", NODE_TABLE);
    let edges = sheet(edges, "road-edges", EDGE_TABLE);
    let (nodes, edges) = (nodes?, edges?);
    let before = problems.len();
    let (node_rows, known) = plain_nodes(&nodes, problems);
    let edge_rows = plain_edges(&edges, &known, problems);
    if problems.len() > before {
        return None;
    }
    let graph = RoadGraph::read(node_rows.as_bytes(), edge_rows.as_bytes());
    graph.map_err(|error| problems.push(unreadable(&error))).ok()
}

/// Unpacks what is packed (gzip's magic number); leaves the rest.
pub(super) fn unpacked(input: &Input, bytes: &[u8], problems: &mut Problems) -> Option<Vec<u8>> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Some(bytes.to_vec());
    }
    match at_most(GzDecoder::new(bytes), LARGEST) {
        Ok(Some(text)) => Some(text),
        Ok(None) => {
            problems.push(too_large(&input.path.display().to_string()));
            None
        }
        Err(error) => {
            let problem = Problem::new(
                Code::FileUnreadable,
                format!("le fichier gzip ne se déplie pas : {error}"),
                format!("the gzip file cannot be unpacked: {error}"),
            );
            problems.push(problem.in_file(input.path.display().to_string()));
            None
        }
    }
}

fn plain_nodes(sheet: &Sheet, problems: &mut Problems) -> (String, FxHashSet<u32>) {
    let mut text = String::from("id,commune\n");
    let mut known = FxHashSet::default();
    for row in sheet.rows() {
        let id = row.read("id", None, problems, count);
        let commune = row.read("commune", Some(String::new()), problems, insee);
        let (Some(id), Some(commune)) = (id, commune) else { continue };
        if known.insert(id) {
            let _ = writeln!(text, "{id},{commune}");
        } else {
            let problem = Problem::new(
                Code::Duplicate,
                format!("le nœud {id} est là deux fois"),
                format!("node {id} is there twice"),
            );
            problems.push(row.place("id", problem));
        }
    }
    (text, known)
}

fn plain_edges(sheet: &Sheet, known: &FxHashSet<u32>, problems: &mut Problems) -> String {
    let mut text = String::from("a,b,metres,seconds\n");
    for row in sheet.rows() {
        let mut read = |column: &str| row.read(column, None, problems, count);
        let ends = [("a", read("a")), ("b", read("b"))];
        let (metres, seconds) = (read("metres"), read("seconds"));
        for (column, id) in ends {
            if let Some(id) = id.filter(|id| !known.contains(id)) {
                let problem = Problem::new(
                    Code::RoadLine,
                    format!("il n'y a pas de nœud {id}"),
                    format!("there is no node {id}"),
                );
                problems.push(row.place(column, problem));
            }
        }
        if let ([(_, Some(a)), (_, Some(b))], Some(metres), Some(seconds)) = (ends, metres, seconds) {
            problems.extend(likely::too_fast(metres, seconds).map(|problem| row.place("seconds", problem)));
            let _ = writeln!(text, "{a},{b},{metres},{seconds}");
        }
    }
    text
}

fn unreadable(error: &RoadGraphError) -> Problem {
    Problem::new(Code::RoadLine, format!("le réseau routier ne se lit pas : {error}"), error.to_string())
}
