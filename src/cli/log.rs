//! `--log-json`: score, bound and gap over time, one JSON object a line.

use super::{Failure, output};
use crate::i18n::{Lang, Text, reason};
use crate::optimise::Progress;
use crate::plan::Plan;
use serde::Serialize;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek as _, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// How every line begins: a file that holds something else is not written over.
const BEGINNING: &str = "{\"seconds\":";

/// One line. Only `seconds` differs from one run to the next.
#[derive(Debug, Serialize)]
struct Line<'a> {
    /// Since the log was opened.
    seconds: f64,
    /// Score of the best plan so far.
    incumbent: Option<f64>,
    /// No plan scores more.
    bound: Option<f64>,
    /// As `plan.json` states it: `(bound − score) / max(coverage score, 1)`.
    gap: Option<f64>,
    columns: usize,
    rounds: u64,
    nodes: u64,
    effort: u64,
    /// Why the work ended, on the last line.
    #[serde(skip_serializing_if = "Option::is_none")]
    stopped_by: Option<&'a str>,
}

/// A log that is written while the work goes on: a line for the start, one whenever score or bound
/// change, and one for the end.
pub(super) struct Log {
    out: Box<dyn Write + Send>,
    path: PathBuf,
    begin: Instant,
    /// What was said last, with the best bound there was.
    last: Option<Progress>,
    failed: Option<io::Error>,
}

impl Log {
    /// Opens a log; `-` is standard error. An older log is replaced, any other file is not.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let out: Box<dyn Write + Send> = if path.as_os_str() == "-" {
            Box::new(io::stderr())
        } else {
            Box::new(file(path).map_err(|error| refused(path, &error))?)
        };
        Ok(Self { out, path: path.to_owned(), begin: Instant::now(), last: None, failed: None })
    }

    /// Says how the work stands, if score or bound have changed.
    pub fn update(&mut self, now: Progress) {
        let mut now = now;
        if let Some(last) = &self.last {
            // All bounds hold, so the best does; a search tree may be told with a later, weaker one.
            now.bound = now.bound.min(last.bound);
        }
        // Bits, not numbers: they are the same or they are not.
        let same = |last: &Progress| {
            (last.incumbent.to_bits(), last.bound.to_bits()) == (now.incumbent.to_bits(), now.bound.to_bits())
        };
        if !self.last.as_ref().is_some_and(same) {
            self.write(&now, None);
        }
        self.last = Some(now);
    }

    /// The last line, when there is a plan: the figures of `plan.json`.
    pub fn plan(&mut self, plan: &Plan, stopped_by: &str) {
        let last = self.last.unwrap_or_default();
        let (coverage, bound) = (plan.score_parts.coverage, plan.upper_bound);
        self.write(&Progress { incumbent: plan.score, coverage, bound, ..last }, Some(stopped_by));
    }

    /// The last line, when there is none.
    pub fn end(&mut self, stopped_by: &str) {
        self.write(&self.last.unwrap_or_default(), Some(stopped_by));
    }

    fn write(&mut self, now: &Progress, stopped_by: Option<&str>) {
        let known = |x: f64| x.is_finite().then_some(x);
        let incumbent = known(now.incumbent);
        let line = Line {
            seconds: (self.begin.elapsed().as_secs_f64() * 1000.0).round() / 1000.0,
            incumbent,
            bound: known(now.bound),
            gap: now.gap(),
            columns: now.columns,
            rounds: now.rounds,
            nodes: now.nodes,
            effort: now.effort,
            stopped_by,
        };
        if self.failed.is_some() {
            return;
        }
        let written = serde_json::to_string(&line)
            .map_err(io::Error::other)
            .and_then(|text| writeln!(self.out, "{text}"))
            .and_then(|()| self.out.flush());
        self.failed = written.err();
    }

    /// Whether all of it could be written; if not, says so: the plan is not lost for that.
    pub fn whole(self, lang: Lang) -> bool {
        let Some(error) = self.failed else { return true };
        output::talk(&refused(&self.path, &error).line(lang));
        false
    }
}

fn refused(path: &Path, error: &io::Error) -> Failure {
    let (shown, why) = (path.display(), reason(error));
    let foreign = error.kind() == io::ErrorKind::AlreadyExists;
    Failure::output(if foreign {
        Text::new(
            format!("« {shown} » existe et n'est pas un journal de --log-json : il n'est pas remplacé"),
            format!("\"{shown}\" exists and is no log of --log-json: it is not replaced"),
        )
    } else {
        Text::new(
            format!("impossible d'écrire le journal « {shown} » : {}", why.fr),
            format!("cannot write the log \"{shown}\": {}", why.en),
        )
    })
}

/// A new file, an older log made empty, or a pipe.
fn file(path: &Path) -> io::Result<File> {
    let there = std::fs::metadata(path).ok();
    if there.as_ref().is_some_and(std::fs::Metadata::is_dir) {
        return Err(io::Error::from(io::ErrorKind::IsADirectory));
    }
    if there.is_some_and(|t| !t.is_file()) {
        return OpenOptions::new().write(true).open(path);
    }
    let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
    let mut start = Vec::new();
    Read::by_ref(&mut file).take(BEGINNING.len() as u64).read_to_end(&mut start)?;
    if !start.is_empty() && start != BEGINNING.as_bytes() {
        return Err(io::Error::from(io::ErrorKind::AlreadyExists));
    }
    file.set_len(0)?;
    file.rewind()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_for_every_change_and_none_between() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let mut log = Log::open(&path).ok().unwrap();
        let start = Progress { incumbent: f64::NEG_INFINITY, bound: f64::INFINITY, ..Progress::default() };
        let bound = Progress { bound: 30.0, rounds: 1, ..start };
        let plan = Progress { incumbent: 20.0, coverage: 25.0, rounds: 2, ..bound };
        let again = Progress { rounds: 3, ..plan };
        let weaker = Progress { bound: 31.0, rounds: 4, ..plan };
        for now in [start, bound, plan, again, weaker] {
            log.update(now);
        }
        log.end("time");
        assert!(log.whole(Lang::En));
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<serde_json::Value> = text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
        assert!(text.lines().all(|line| line.starts_with(BEGINNING)), "{text}");
        let shown: Vec<String> =
            lines.iter().map(|l| format!("{} {} {}", l["incumbent"], l["bound"], l["gap"])).collect();
        assert_eq!(shown, ["null null null", "null 30.0 null", "20.0 30.0 0.4", "20.0 30.0 0.4"]);
        assert_eq!((&lines[3]["stopped_by"], &lines[3]["rounds"]), (&"time".into(), &4.into()));
        assert!(lines[2].get("stopped_by").is_none());
    }

    #[test]
    fn nothing_but_a_log_is_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("scenario.toml");
        std::fs::write(&path, "name = \"x\"\n").unwrap();
        assert!(Log::open(&path).is_err() && Log::open(folder.path()).is_err());
        assert!(Log::open(&folder.path().join("none/log")).is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "name = \"x\"\n");
        let log = folder.path().join("log");
        Log::open(&log).ok().unwrap().end("gap");
        Log::open(&log).ok().unwrap().end("gap");
        assert_eq!(std::fs::read_to_string(&log).unwrap().lines().count(), 1);
    }
}
