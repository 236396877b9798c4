//! What is wrong with the input: coded, placed, in both languages, all at once.

use super::codes::Code;
use super::source::Source;
use crate::i18n::{Lang, Text};
use rustc_hash::FxHashMap;
use serde_json::json;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// Problems shown per file; the others are counted.
const SHOWN_PER_FILE: usize = 50;
/// Problems kept per file, to show the first of them in the order of the lines.
const KEPT_PER_FILE: usize = 5_000;

/// How serious a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The scenario cannot be used.
    Error,
    /// The scenario can be used, but somebody should look.
    Warning,
}

/// The text a problem points into.
#[derive(Debug, Clone)]
pub struct Snippet {
    /// The file.
    pub source: Arc<Source>,
    /// Bytes of its text.
    pub span: Range<usize>,
}

/// One thing that is wrong, and how to mend it.
#[derive(Debug, Clone)]
pub struct Problem {
    /// Its stable code.
    pub code: Code,
    /// How serious it is.
    pub severity: Severity,
    /// The file as the user would name it; empty for the command line.
    pub file: String,
    /// 1-based line and column (in characters).
    pub position: Option<(usize, usize)>,
    /// Column of the table, or key of the TOML file.
    pub column_name: Option<String>,
    /// What is wrong.
    pub message: Text,
    /// How to mend it.
    pub help: Text,
    /// Where it is.
    pub snippet: Option<Snippet>,
}

impl Problem {
    /// A problem of a code, with its severity and its usual mend, at no place yet.
    #[must_use]
    pub fn new(code: Code, fr: impl Into<String>, en: impl Into<String>) -> Self {
        let about = code.about();
        Self {
            code,
            severity: about.severity,
            file: String::new(),
            position: None,
            column_name: None,
            message: Text::new(fr, en),
            help: Text::new(about.mend.0, about.mend.1),
            snippet: None,
        }
    }

    /// Places it in a file, at bytes of its text.
    #[must_use]
    pub fn at(mut self, source: &Arc<Source>, span: Range<usize>) -> Self {
        self.file.clone_from(&source.name);
        self.position = Some(source.position(span.start));
        self.snippet = Some(Snippet { source: Arc::clone(source), span });
        self
    }

    /// Places it in a file as a whole.
    #[must_use]
    pub fn in_file(mut self, name: impl Into<String>) -> Self {
        self.file = name.into();
        self
    }

    /// Names the column of the table, or the key.
    #[must_use]
    pub fn column(mut self, name: impl Into<String>) -> Self {
        self.column_name = Some(name.into());
        self
    }

    /// Replaces the usual mend.
    #[must_use]
    pub fn help(mut self, fr: impl Into<String>, en: impl Into<String>) -> Self {
        self.help = Text::new(fr, en);
        self
    }

    /// Takes the usual mend of its code.
    #[must_use]
    pub fn usual_help(mut self) -> Self {
        let (fr, en) = self.code.about().mend;
        self.help = Text::new(fr, en);
        self
    }

    /// The problem as JSON, in one language: `code`, `severity`, `file`, `line`, `column`,
    /// `column_name`, `message`, `help`; what is not known is `null`.
    #[must_use]
    pub fn to_json(&self, lang: Lang) -> serde_json::Value {
        json!({
            "code": self.code.as_str(),
            "severity": match self.severity { Severity::Error => "error", Severity::Warning => "warning" },
            "file": (!self.file.is_empty()).then_some(&self.file),
            "line": self.position.map(|p| p.0),
            "column": self.position.map(|p| p.1),
            "column_name": self.column_name,
            "message": self.message.get(lang),
            "help": self.help.get(lang),
        })
    }

    /// One line for a log: `file:line:column: code: message`.
    #[must_use]
    pub fn one_line(&self, lang: Lang) -> String {
        let mut place = self.file.clone();
        if let Some((line, column)) = self.position {
            place = format!("{place}:{line}:{column}");
        }
        let colon = if place.is_empty() { "" } else { ": " };
        format!("{place}{colon}{}: {}", self.code, self.message.get(lang))
    }
}

/// How many problems a file has.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    all: usize,
    errors: usize,
    warnings: usize,
    hidden_error: bool,
}

/// Errors and warnings, in the order of files and lines.
#[derive(Debug, Clone, Default)]
pub struct Problems {
    kept: Vec<Problem>,
    /// By file: how many were told, and how many of them are kept, errors and warnings.
    files: FxHashMap<String, Counts>,
}

impl Problems {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one. Of a file with thousands, the later ones are counted only.
    pub fn push(&mut self, problem: Problem) {
        let counts = match self.files.get_mut(&problem.file) {
            Some(known) => known,
            None => self.files.entry(problem.file.clone()).or_default(),
        };
        counts.all += 1;
        let error = problem.severity == Severity::Error;
        let alike = if error { &mut counts.errors } else { &mut counts.warnings };
        if *alike < KEPT_PER_FILE {
            *alike += 1;
            self.kept.push(problem);
        } else {
            counts.hidden_error |= error;
        }
    }

    /// Adds several.
    pub fn extend(&mut self, more: impl IntoIterator<Item = Problem>) {
        more.into_iter().for_each(|problem| self.push(problem));
    }

    /// Adds those of another list.
    pub fn append(&mut self, other: Self) {
        for (file, counts) in &other.files {
            let known = self.files.entry(file.clone()).or_default();
            known.all += counts.all - counts.errors - counts.warnings;
            known.hidden_error |= counts.hidden_error;
        }
        other.kept.into_iter().for_each(|problem| self.push(problem));
    }

    /// Whether one of them is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.kept.iter().any(|p| p.severity == Severity::Error) || self.files.values().any(|counts| counts.hidden_error)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// How many there are, with those that are counted only.
    #[must_use]
    pub fn len(&self) -> usize {
        self.files.values().map(|counts| counts.all).sum()
    }

    /// All of them, but for those that are counted only.
    pub fn iter(&self) -> std::slice::Iter<'_, Problem> {
        self.kept.iter()
    }

    /// Sorts by file, in the order in which files were first complained about, then line and
    /// column; keeps the first 50 of a file and counts the rest.
    #[must_use]
    pub fn finish(self) -> Self {
        let mut order: Vec<&str> = Vec::new();
        for problem in &self.kept {
            if !order.contains(&problem.file.as_str()) {
                order.push(&problem.file);
            }
        }
        let mut finished = Self::default();
        for file in order {
            let mut own: Vec<&Problem> = self.kept.iter().filter(|p| p.file == file).collect();
            // No error is hidden by warnings.
            own.sort_by_key(|p| (p.severity, p.position, p.code));
            let counts = self.files.get(file).copied().unwrap_or_default();
            let most = own.len().min(SHOWN_PER_FILE);
            let (shown, hidden) = own.split_at_mut(most);
            shown.sort_by_key(|p| (p.position, p.code));
            shown.iter().for_each(|problem| finished.push((*problem).clone()));
            let more = counts.all - shown.len();
            if more > 0 {
                let say = |lang: Lang| {
                    lang.count(more, ["autre problème", "autres problèmes"], ["more problem", "more problems"])
                };
                let mut rest = Problem::new(
                    Code::More,
                    format!("… et {} dans ce fichier", say(Lang::Fr)),
                    format!("… and {} in this file", say(Lang::En)),
                )
                .in_file(file);
                let error = counts.hidden_error || hidden.iter().any(|p| p.severity == Severity::Error);
                rest.severity = if error { Severity::Error } else { Severity::Warning };
                finished.push(rest);
            }
        }
        finished
    }

    /// All of them as a JSON array.
    #[must_use]
    pub fn to_json(&self, lang: Lang) -> serde_json::Value {
        self.kept.iter().map(|p| p.to_json(lang)).collect()
    }
}

impl IntoIterator for Problems {
    type Item = Problem;
    type IntoIter = std::vec::IntoIter<Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.kept.into_iter()
    }
}

impl<'a> IntoIterator for &'a Problems {
    type Item = &'a Problem;
    type IntoIter = std::slice::Iter<'a, Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.kept.iter()
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        let mut problems = Self::default();
        problems.push(problem);
        problems
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (k, problem) in self.kept.iter().enumerate() {
            if k > 0 {
                writeln!(f)?;
            }
            write!(f, "{}", problem.one_line(Lang::default()))?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}
