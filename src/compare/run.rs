//! Many solves: several at a time, each after the one it begins with, what is known already not again.

use super::solve::{Solved, Task, key, solve};
use crate::optimise::Progress;
use crate::travel::Table;
use rayon::ThreadPoolBuilder;
use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// What a run of solves needs from outside.
pub struct Desk<'a> {
    /// Solves at a time.
    pub at_a_time: usize,
    /// Threads of each.
    pub threads: usize,
    /// Whether to stop; what was not finished then goes on another time.
    pub stop: &'a (dyn Fn() -> bool + Sync),
    /// What is known under a key from an earlier run.
    pub kept: &'a (dyn Fn(&str) -> Option<Solved> + Sync),
    /// Keeps what is finished.
    pub keep: &'a (dyn Fn(&str, &Solved) + Sync),
    /// Told how the work goes.
    pub tell: &'a (dyn Fn(News) + Sync),
}

/// How the work goes.
#[derive(Debug, Clone, Copy)]
pub enum News<'a> {
    /// A task has got so far.
    Going(&'a str, Progress),
    /// So many of so many tasks are done, this one last.
    Done(usize, usize, &'a str),
}

/// What becomes of the tasks while threads work on them.
struct State {
    given: Vec<Option<Arc<Solved>>>,
    taken: Vec<bool>,
    done: usize,
}

/// Solves tasks, whose order does not matter but for ties: a task begins with the columns of the one it is like, which must
/// come before it, and waits for that one. What comes out is the same however many are solved at a time, unless a limit of time
/// cuts one short. `given` is what is known of the first ones. `None` for those that were not begun when `stop` said so.
pub fn run(tasks: &[Task], given: Vec<Option<Arc<Solved>>>, desk: &Desk) -> Vec<Option<Arc<Solved>>> {
    let keys = keys(tasks);
    // Of equal tasks the first is solved.
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    let same: Vec<usize> = keys.iter().enumerate().map(|(k, key)| *first.entry(key).or_insert(k)).collect();
    let mut given = given;
    given.resize(tasks.len(), None);
    let own: Vec<usize> = (0..tasks.len()).filter(|&k| same[k] == k && given[k].is_none()).collect();
    let state = Mutex::new(State { given, taken: vec![false; tasks.len()], done: 0 });
    let changed = Condvar::new();
    let work = || {
        let pool = ThreadPoolBuilder::new().num_threads(desk.threads.max(1)).build();
        while let Some(k) = next(&own, (tasks, &same), desk, &state, &changed) {
            let earlier = tasks[k].like.map(|like| same[like]);
            let before = earlier.and_then(|at| Some((at, lock(&state).given[at].clone()?)));
            let work = || {
                (desk.kept)(&keys[k]).unwrap_or_else(|| {
                    let mut tell = |now| (desk.tell)(News::Going(&tasks[k].name, now));
                    let before = before.as_ref().map(|(at, solved)| (&tasks[*at], &**solved));
                    let solved = solve(&tasks[k], before, desk.stop, &mut tell);
                    if solved.finished() {
                        (desk.keep)(&keys[k], &solved);
                    }
                    solved
                })
            };
            let solved = match &pool {
                Ok(pool) => pool.install(work),
                Err(_) => work(),
            };
            let mut state = lock(&state);
            state.given[k] = Some(Arc::new(solved));
            state.done += 1;
            (desk.tell)(News::Done(state.done, own.len(), &tasks[k].name));
            drop(state);
            changed.notify_all();
        }
        changed.notify_all();
    };
    std::thread::scope(|scope| {
        for _ in 0..desk.at_a_time.clamp(1, own.len().max(1)) {
            scope.spawn(work);
        }
    });
    let state = state.into_inner().unwrap_or_else(PoisonError::into_inner);
    same.iter().map(|&k| state.given[k].clone()).collect()
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes the first task that waits for nothing; waits while all do, and says when there are no more.
fn next(
    own: &[usize],
    (tasks, same): (&[Task], &[usize]),
    desk: &Desk,
    state: &Mutex<State>,
    changed: &Condvar,
) -> Option<usize> {
    let mut state = lock(state);
    loop {
        if (desk.stop)() || own.iter().all(|&k| state.taken[k]) {
            return None;
        }
        let ready = |k: usize| tasks[k].like.is_none_or(|like| state.given[same[like]].is_some());
        if let Some(&k) = own.iter().find(|&&k| !state.taken[k] && ready(k)) {
            state.taken[k] = true;
            return Some(k);
        }
        state = changed.wait(state).unwrap_or_else(PoisonError::into_inner);
    }
}

/// The key of each task: its own, and that of the one it begins with.
fn keys(tasks: &[Task]) -> Vec<String> {
    let mut tables: Vec<(*const Table, [u8; 32])> = Vec::new();
    let mut keys: Vec<String> = Vec::new();
    for task in tasks {
        let at = Arc::as_ptr(&task.table);
        let known = tables.iter().find(|(table, _)| *table == at).map(|(_, digest)| *digest);
        let digest = known.unwrap_or_else(|| {
            let digest = task.table.digest();
            tables.push((at, digest));
            digest
        });
        keys.push(key(task, &digest, task.like.map(|like| keys[like].as_str())));
    }
    keys
}
