//! What every command starts from: the scenario, its trips, and threads to work with.

use super::args::SourceArgs;
use super::{Context, Failure, output, replan, scenarios, source};
use crate::check;
use crate::config::{Code, LoadOptions, Loaded, Problem, load};
use crate::plan::Plan;
use crate::replan::revise;
use crate::travel::Table;
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::path::Path;

/// A scenario with its trips.
pub(super) struct Ground {
    pub loaded: Loaded,
    pub table: Table,
    /// Threads to work with.
    pub pool: ThreadPool,
}

/// Loads a scenario and gets its trips, on so many threads; warnings are told, and do not stop anything.
pub(super) fn ready(
    context: Context,
    path: &Path,
    options: &LoadOptions,
    asked: &SourceArgs,
    threads: Option<usize>,
) -> Result<Ground, Failure> {
    let mut loaded = loaded(context, path, options)?;
    let pool = pool(threads)?;
    let (table, _) = pool.install(|| source::table(context, &mut loaded, asked, false))?;
    Ok(Ground { loaded, table, pool })
}

/// The same for a plan, with what it knows of vehicles and sites where it was made anew.
pub(super) fn ready_for(
    context: Context,
    path: &Path,
    plan: &Plan,
    options: &LoadOptions,
    asked: &SourceArgs,
) -> Result<Ground, Failure> {
    let mut ground = ready(context, path, options, asked, None)?;
    fits(&ground.loaded, plan)?;
    if let Some(revision) = &plan.revision {
        revise(&mut ground.loaded.scenario, revision).map_err(|error| replan::wrong(&error))?;
    }
    Ok(ground)
}

/// Refuses a plan with many times more in it than can be in one of the scenario.
pub(super) fn fits(loaded: &Loaded, plan: &Plan) -> Result<(), Failure> {
    match check::oversized(&loaded.scenario, plan) {
        Some(why) => Err(Failure::problems(Problem::new(Code::PlanFormat, why.fr, why.en).into())),
        None => Ok(()),
    }
}

/// Loads a scenario; warnings are told, and do not stop anything.
pub(super) fn loaded(context: Context, path: &Path, options: &LoadOptions) -> Result<Loaded, Failure> {
    scenarios::known(path)?;
    let loaded = load(path, options).map_err(Failure::problems)?;
    output::tell(&loaded.warnings, context.lang);
    Ok(loaded)
}

/// So many threads, or as many as there are cores.
pub(super) fn pool(threads: Option<usize>) -> Result<ThreadPool, Failure> {
    let threads = threads.or_else(|| std::thread::available_parallelism().ok().map(Into::into)).unwrap_or(1);
    ThreadPoolBuilder::new().num_threads(threads).build().map_err(Failure::internal)
}
