//! TOML as a tree that remembers where every value was written, and overlays of such trees.

use super::codes::Code;
use super::kind::{FileKind, wrong_kind};
use super::problem::{Problem, Problems};
use super::source::{Source, beside, composed, control_character, decode, read_bytes, tidy};
use super::syntax;
use crate::i18n::is_control;
use serde_json::Value;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value, and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Node {
    /// The file it was written in.
    pub source: Arc<Source>,
    /// Folder of that file, which its paths are relative to.
    pub folder: Arc<PathBuf>,
    /// Bytes of its key, where it has one.
    pub key: Option<Range<usize>>,
    /// Bytes of the value.
    pub span: Range<usize>,
    /// The value.
    pub content: Content,
}

/// What a node holds.
#[derive(Debug, Clone)]
pub(super) enum Content {
    /// Text, number, truth value or date.
    Scalar(Value),
    /// A list.
    Array(Vec<Node>),
    /// A table, by key.
    Table(BTreeMap<String, Node>),
}

impl Content {
    /// Whether it is the truth value `true`.
    pub fn is_true(&self) -> bool {
        matches!(self, Self::Scalar(Value::Bool(true)))
    }
}

impl Node {
    /// The value as JSON. Whole floats become integers: `weeks = 1.0` is a whole number.
    pub fn to_json(&self) -> Value {
        match &self.content {
            Content::Scalar(value) => value.clone(),
            Content::Array(items) => items.iter().map(Self::to_json).collect(),
            Content::Table(table) => Value::Object(table.iter().map(|(k, n)| (k.clone(), n.to_json())).collect()),
        }
    }

    /// The child of a key or position.
    pub fn child(&self, step: &str) -> Option<&Self> {
        match &self.content {
            Content::Table(table) => table.get(step),
            Content::Array(items) => items.get(step.parse::<usize>().ok()?),
            Content::Scalar(_) => None,
        }
    }

    /// The same, to be changed.
    pub fn child_mut(&mut self, step: &str) -> Option<&mut Self> {
        match &mut self.content {
            Content::Table(table) => table.get_mut(step),
            Content::Array(items) => items.get_mut(step.parse::<usize>().ok()?),
            Content::Scalar(_) => None,
        }
    }

    /// The text of a key.
    pub fn text(&self, key: &str) -> Option<&str> {
        match &self.child(key)?.content {
            Content::Scalar(Value::String(text)) => Some(text),
            _ => None,
        }
    }

    /// Another value in the same place.
    pub fn with(&self, content: Content) -> Self {
        Self { content, ..self.clone() }
    }

    /// Gives a table a key.
    pub fn put(&mut self, key: &str, value: Self) {
        if let Content::Table(table) = &mut self.content {
            table.insert(key.to_owned(), value);
        }
    }

    /// The node at a path such as `vehicle/0/shift`, or the nearest one above it.
    pub fn at(&self, path: &str) -> &Self {
        let mut node = self;
        for step in path.split('/').filter(|s| !s.is_empty()) {
            match node.child(step) {
                Some(next) => node = next,
                None => break,
            }
        }
        node
    }

    /// Places a problem at this value.
    pub fn place(&self, problem: Problem) -> Problem {
        problem.at(&self.source, self.span.clone())
    }

    /// Places a problem at this value's key, or at the value where it has none.
    pub fn place_at_key(&self, problem: Problem) -> Problem {
        problem.at(&self.source, self.key.clone().unwrap_or_else(|| self.span.clone()))
    }

    /// Lays another tree over this one: tables key by key, lists of tables that all have an `id`
    /// by that, everything else replaced.
    pub fn overlay(&mut self, over: Self) {
        match (&mut self.content, over.content) {
            (Content::Table(below), Content::Table(above)) => {
                for (key, node) in above {
                    match below.get_mut(&key) {
                        Some(old) => old.overlay(node),
                        None => {
                            below.insert(key, node);
                        }
                    }
                }
            }
            (Content::Array(below), Content::Array(above))
                if matched_by_id(over.key.as_ref(), &over.source, &above) =>
            {
                for node in above {
                    match below.iter_mut().find(|old| old.text("id").is_some() && old.text("id") == node.text("id")) {
                        Some(old) => old.overlay(node),
                        None => below.push(node),
                    }
                }
            }
            (_, content) => {
                *self = Self { source: over.source, folder: over.folder, key: over.key, span: over.span, content };
            }
        }
    }
}

/// Whether a list is `[[service]]`, `[[crew]]` or `[[vehicle]]`, whose entries an overlay matches by
/// `id`. An empty list replaces: `crew = []` of a vehicle needs none.
fn matched_by_id(key: Option<&Range<usize>>, source: &Source, items: &[Node]) -> bool {
    let name = key.and_then(|k| source.text.get(k.clone())).unwrap_or_default();
    matches!(name.trim_matches(['"', '\'']), "service" | "crew" | "vehicle")
        && !items.is_empty()
        && items.iter().all(|n| matches!(n.content, Content::Table(_)))
}

/// Reads a scenario and the chain of scenarios it is laid over, and the files of that chain; `base` itself is taken out.
pub(super) fn read(path: &Path, problems: &mut Problems) -> Option<(Node, Vec<PathBuf>)> {
    let mut seen = Vec::new();
    let mut layers: Vec<Node> = Vec::new();
    let mut next = Some((tidy(path), None::<Node>));
    while let Some((path, named_by)) = next.take() {
        let at = |problem: Problem| match &named_by {
            Some(node) => node.place(problem.usual_help()),
            None => problem,
        };
        let real = path.canonicalize().unwrap_or_else(|_| path.clone());
        if seen.contains(&real) {
            let name = path.display();
            problems.push(at(Problem::new(
                Code::BaseCycle,
                format!("« {name} » est sa propre base"),
                format!("\"{name}\" is its own base"),
            )));
            return None;
        }
        seen.push(real);
        let bytes = match read_bytes(&path) {
            Ok(bytes) => bytes,
            Err(problem) => {
                problems.push(at(*problem));
                return None;
            }
        };
        if let Some(problem) = wrong_kind(&path, &bytes, FileKind::Toml) {
            problems.push(*problem);
            return None;
        }
        let mut layer = parse(&path, &bytes, problems)?;
        if let Content::Table(table) = &mut layer.content
            && let Some(base) = table.get("base")
            && let Content::Scalar(Value::String(file)) = &base.content
        {
            next = Some((beside(&base.folder, file), Some(base.clone())));
            table.remove("base");
        }
        layers.push(layer);
    }
    let mut tree = layers.pop()?;
    while let Some(over) = layers.pop() {
        tree.overlay(over);
    }
    Some((tree, seen))
}

/// A text that is in no file, under a name for what is wrong with it; its paths are relative to the working folder.
pub(super) fn of_text(name: &str, text: &str, problems: &mut Problems) -> Option<Node> {
    parse(Path::new(name), text.as_bytes(), problems)
}

/// Parses one file, naming every syntax error in it.
fn parse(path: &Path, bytes: &[u8], problems: &mut Problems) -> Option<Node> {
    let source = match decode(path.display().to_string(), bytes) {
        Ok(source) => source,
        Err(problem) => {
            problems.push(problem.help(
                "enregistrer le fichier en UTF-8 (réglage « codage » ou « encodage » de l'éditeur)",
                "save the file in UTF-8 (setting \"encoding\" of the editor)",
            ));
            return None;
        }
    };
    if source.text.trim().is_empty() {
        let problem = Problem::new(Code::Empty, "le fichier est vide", "the file is empty").help(
            "`tournee init` écrit un scénario où chaque clé est expliquée",
            "`tournee init` writes a scenario in which every key is explained",
        );
        problems.push(problem.in_file(&source.name));
        return None;
    }
    let (table, errors) = DeTable::parse_recoverable(&source.text);
    if !errors.is_empty() {
        for error in errors {
            let problem = syntax::problem(error.message());
            problems.push(problem.at(&source, error.span().unwrap_or(0..0)));
        }
        return None;
    }
    let folder = Arc::new(path.parent().map(Path::to_path_buf).unwrap_or_default());
    let builder = Builder { source: Arc::clone(&source), folder };
    let span = source.line(1).unwrap_or(0..0);
    Some(builder.table(table.into_inner(), None, span, problems))
}

struct Builder {
    source: Arc<Source>,
    folder: Arc<PathBuf>,
}

impl Builder {
    fn node(&self, key: Option<Range<usize>>, span: Range<usize>, content: Content) -> Node {
        Node { source: Arc::clone(&self.source), folder: Arc::clone(&self.folder), key, span, content }
    }

    fn table(&self, table: DeTable, key: Option<Range<usize>>, span: Range<usize>, problems: &mut Problems) -> Node {
        let entries = table
            .into_iter()
            .map(|(name, value)| {
                let at = name.span();
                (name.into_inner().into_owned(), self.value(value, Some(at), problems))
            })
            .collect();
        self.node(key, span, Content::Table(entries))
    }

    fn value(&self, value: Spanned<DeValue>, key: Option<Range<usize>>, problems: &mut Problems) -> Node {
        let span = value.span();
        let scalar = |value: Value| Content::Scalar(value);
        let content = match value.into_inner() {
            DeValue::Table(table) => return self.table(table, key, span, problems),
            DeValue::Array(items) => {
                Content::Array(items.into_iter().map(|item| self.value(item, None, problems)).collect())
            }
            DeValue::String(text) => {
                // An escape of TOML may stand for what no terminal should get.
                if let Some(c) = text.chars().find(|c| is_control(*c) && !matches!(c, '\t' | '\n')) {
                    problems.push(control_character(c).at(&self.source, span.clone()));
                }
                scalar(composed(&text).into_owned().into())
            }
            DeValue::Boolean(truth) => scalar(truth.into()),
            DeValue::Datetime(date) => scalar(date.to_string().into()),
            DeValue::Integer(number) => {
                scalar(i64::from_str_radix(number.as_str(), number.radix()).ok().map_or(Value::Null, Value::from))
            }
            DeValue::Float(number) => scalar(finite(number.as_str())),
        };
        if matches!(content, Content::Scalar(Value::Null)) {
            let problem = Problem::new(
                Code::KeyRange,
                "ce nombre est trop grand, ou n'en est pas un",
                "this number is too large, or is none",
            );
            problems.push(problem.at(&self.source, span.clone()));
        }
        self.node(key, span, content)
    }
}

/// A finite float as JSON, whole ones as integers; null for infinities and NaN.
fn finite(text: &str) -> Value {
    match text.replace('_', "").parse::<f64>() {
        #[allow(clippy::cast_possible_truncation)]
        Ok(x) if x.fract() == 0.0 && x.abs() < 9e15 => Value::from(x as i64),
        Ok(x) if x.is_finite() => Value::from(x),
        _ => Value::Null,
    }
}
