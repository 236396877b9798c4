//! The road graph: the shipped one, or one of the scenario's own.

use super::codes::Code;
use super::problem::{Problem, Problems};
use super::sheet::Input;
use crate::travel::{RoadGraph, RoadGraphError};
use flate2::read::GzDecoder;
use std::io::Read;

// The roads of Hauts-de-France travel inside the program, so that a plan needs no other file
// than the tables a coordinator edits.
const NODES: &[u8] = include_bytes!("../../routes/hauts-de-france/road-nodes.csv.gz");
const EDGES: &[u8] = include_bytes!("../../routes/hauts-de-france/road-edges.csv.gz");

/// Where the two tables of a graph come from.
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
    let mut bytes = |input: &Option<Input>, embedded: &[u8], role: &'static str| {
        let found = match input {
            Some(input) => input.read(problems)?,
            None => embedded.to_vec(),
        };
        gathered.push((role, found.clone()));
        Some(found)
    };
    let nodes = bytes(&files.nodes, NODES, "road-nodes");
    let edges = bytes(&files.edges, EDGES, "road-edges");
    let (nodes, edges) = (nodes?, edges?);
    match RoadGraph::read(plain(&nodes), plain(&edges)) {
        Ok(graph) => Some(graph),
        Err(error) => {
            problems.push(unreadable(&error, files));
            None
        }
    }
}

/// Unpacks what is packed (gzip's magic number); leaves the rest.
fn plain(bytes: &[u8]) -> Box<dyn Read + '_> {
    if bytes.starts_with(&[0x1f, 0x8b]) { Box::new(GzDecoder::new(bytes)) } else { Box::new(bytes) }
}

fn unreadable(error: &RoadGraphError, files: &RoadFiles) -> Problem {
    let RoadGraphError::Line { file, line, what } = error else {
        return Problem::new(Code::RoadLine, error.to_string(), error.to_string());
    };
    let input = if file == "nodes" { &files.nodes } else { &files.edges };
    let name = input.as_ref().map_or_else(|| format!("road-{file}.csv.gz"), |i| i.path.display().to_string());
    let mut problem = Problem::new(
        Code::RoadLine,
        format!("ligne {line} du réseau routier : {what}"),
        format!("line {line} of the road graph: {what}"),
    )
    .in_file(name);
    problem.position = usize::try_from(*line).ok().map(|line| (line, 1));
    problem
}
