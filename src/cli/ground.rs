//! What every command starts from: the scenario, its roads, and threads to work with.

use super::{Context, Failure, output, replan};
use crate::config::{LoadOptions, Loaded, load};
use crate::plan::Plan;
use crate::replan::revise;
use crate::travel::Table;
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::path::Path;

/// Loads a scenario; warnings are told, and do not stop anything.
pub(super) fn loaded(context: Context, path: &Path, options: &LoadOptions) -> Result<Loaded, Failure> {
    let loaded = load(path, options).map_err(Failure::problems)?;
    if !loaded.warnings.is_empty() {
        output::talk(&loaded.warnings.render(context.lang, output::talk_colour(), output::talk_width()));
    }
    Ok(loaded)
}

/// Loads the scenario of a plan, with what the plan knows of vehicles and sites where it was made anew.
pub(super) fn loaded_for(context: Context, path: &Path, plan: &Plan, options: &LoadOptions) -> Result<Loaded, Failure> {
    let mut loaded = loaded(context, path, options)?;
    if let Some(revision) = &plan.revision {
        revise(&mut loaded.scenario, revision).map_err(|error| replan::wrong(&error))?;
    }
    Ok(loaded)
}

/// The travel times of a scenario.
pub(super) fn table(loaded: &Loaded) -> Result<Table, Failure> {
    loaded.road_graph.table(&loaded.scenario).map_err(|error| Failure::travel(loaded.road_problem(&error)))
}

/// So many threads, or as many as there are cores.
pub(super) fn pool(threads: Option<usize>) -> Result<ThreadPool, Failure> {
    let threads = threads.or_else(|| std::thread::available_parallelism().ok().map(Into::into)).unwrap_or(1);
    ThreadPoolBuilder::new().num_threads(threads).build().map_err(Failure::internal)
}
