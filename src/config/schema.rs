//! The JSON Schemas of `config/`, and the reading of a scenario by its own: every fault with its place.

use super::codes::Code;
use super::problem::{Problem, Problems};
use super::raw::{DATES, HOURS, IDENTIFIER, INSEE, RawScenario, WEEK};
use super::raw_costs::CURRENCY;
use super::shape::{Fault, Kind, faults};
use super::tree::{Content, Node};
use crate::i18n::Text;
use crate::i18n::nearest;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Faults of a file that are told or counted.
const MOST_FAULTS: usize = 1_000;
/// Days as people may write them, and as scenarios have them.
const DAYS: [(&str, &str); 7] =
    [("lun", "mon"), ("mar", "tue"), ("mer", "wed"), ("jeu", "thu"), ("ven", "fri"), ("sam", "sat"), ("dim", "sun")];

/// The JSON Schema of something that people or programs write or read, as the file in `config/` has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// A scenario.
    Scenario,
    /// A grid of scenarios.
    Grid,
    /// `plan.json`.
    Plan,
    /// What `tournee explain --format json` says.
    Explanation,
    /// What `tournee promise --format json` says.
    Promise,
    /// `answers.json`.
    Answers,
    /// `comparison.json`.
    Comparison,
}

impl Schema {
    /// The schema as it is kept: JSON, indented, with a line end.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Scenario => include_str!("../../config/scenario.schema.json"),
            Self::Grid => include_str!("../../config/grid.schema.json"),
            Self::Plan => include_str!("../../config/plan.schema.json"),
            Self::Explanation => include_str!("../../config/explain.schema.json"),
            Self::Promise => include_str!("../../config/promise.schema.json"),
            Self::Answers => include_str!("../../config/respond.schema.json"),
            Self::Comparison => include_str!("../../config/comparison.schema.json"),
        }
    }

    /// The schema, read.
    ///
    /// # Panics
    /// Never: that every text is JSON is tested.
    #[must_use]
    pub fn value(self) -> Value {
        serde_json::from_str(self.text()).expect("the schemas of config/ are JSON")
    }
}

/// Validates the merged scenario; every error with its place. `None` if there is an error.
pub(super) fn validate(tree: &Node, problems: &mut Problems) -> Option<RawScenario> {
    validate_with(tree, Schema::Scenario, problems)
}

/// The same against any schema, and the type it was made from.
pub(super) fn validate_with<T: DeserializeOwned>(tree: &Node, schema: Schema, problems: &mut Problems) -> Option<T> {
    let schema = schema.value();
    let json = tree.to_json();
    let found = faults(&schema, &json);
    // A thousand are more than anybody reads; each suggestion takes time.
    for fault in found.iter().take(MOST_FAULTS) {
        report(fault, &schema, tree, problems);
    }
    if !found.is_empty() {
        return None;
    }
    match serde_json::from_value(json) {
        Ok(raw) => Some(raw),
        Err(error) => {
            problems.push(tree.place(Problem::new(
                Code::Type,
                format!("le fichier ne se lit pas : {error}"),
                format!("the file cannot be read: {error}"),
            )));
            None
        }
    }
}

fn report(fault: &Fault, schema: &Value, tree: &Node, problems: &mut Problems) {
    let shown = fault.value;
    if shown.is_null() {
        // TOML has no null: a number that could not be read, told already.
        return;
    }
    let node = tree.at(&fault.path);
    let name = fault.path.rsplit('/').find(|s| s.parse::<usize>().is_err()).unwrap_or_default().to_owned();
    let place =
        |problem: Problem| if name.is_empty() { node.place(problem) } else { node.place(problem).column(&*name) };
    problems.push(match &fault.kind {
        Kind::UnknownKey { key, known } => {
            let problem = unknown_key(key, known, schema).column(*key);
            node.child(key).unwrap_or(node).place_at_key(problem)
        }
        Kind::MissingKey(key) => {
            let problem =
                Problem::new(Code::MissingKey, format!("la clé `{key}` manque"), format!("the key `{key}` is missing"));
            node.place(problem).column(*key)
        }
        Kind::Type(types) => {
            let wanted = type_names(types);
            place(Problem::new(
                Code::Type,
                format!("`{name}` doit être {}, pas {shown}", wanted.fr),
                format!("`{name}` must be {}, not {shown}", wanted.en),
            ))
        }
        Kind::Choice(options) => place(choice(&name, shown, options)),
        Kind::Least(limit) => place(Problem::new(
            Code::KeyRange,
            format!("`{name}` vaut {shown} ; le minimum est {limit}"),
            format!("`{name}` is {shown}; the least is {limit}"),
        )),
        Kind::Most(limit) => place(Problem::new(
            Code::KeyRange,
            format!("`{name}` vaut {shown} ; le maximum est {limit}"),
            format!("`{name}` is {shown}; the most is {limit}"),
        )),
        Kind::Empty => place(Problem::new(
            Code::KeyRange,
            format!("`{name}` est vide ; il en faut au moins un"),
            format!("`{name}` is empty; it needs at least one"),
        )),
        Kind::Pattern(pattern) => {
            let wanted = pattern_name(pattern);
            place(Problem::new(
                Code::Format,
                format!("{shown} n'est pas {}", wanted.fr),
                format!("{shown} is not {}", wanted.en),
            ))
        }
    });
}

fn unknown_key(key: &str, known: &[&str], schema: &Value) -> Problem {
    let problem = Problem::new(
        Code::UnknownKey,
        format!("la clé `{key}` n'est pas connue ici"),
        format!("the key `{key}` is not known here"),
    );
    if let Some(near) = nearest(key, known.iter().copied()) {
        return problem.help(format!("vouliez-vous dire `{near}` ?"), format!("did you mean `{near}`?"));
    }
    let mut tables = Vec::new();
    find_key(schema, key, String::new(), &mut tables);
    match tables.first().map(String::as_str) {
        Some("") => problem.help("sa place est en tête du fichier", "its place is at the top of the file"),
        Some(table) => problem.help(format!("sa place est dans [{table}]"), format!("its place is in [{table}]")),
        None => problem.help(
            format!("les clés permises ici sont : {}", known.join(", ")),
            format!("the keys allowed here are: {}", known.join(", ")),
        ),
    }
}

/// The tables of the schema that have a key, as TOML writes them.
fn find_key(schema: &Value, key: &str, table: String, found: &mut Vec<String>) {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return };
    if properties.contains_key(key) {
        found.push(table.clone());
    }
    for (name, inner) in properties {
        let inside = if table.is_empty() { name.clone() } else { format!("{table}.{name}") };
        find_key(inner, key, inside.clone(), found);
        if let Some(items) = inner.get("items") {
            find_key(items, key, inside, found);
        }
    }
}

fn choice(name: &str, shown: &Value, options: &[&str]) -> Problem {
    let list = options.join(", ");
    let problem = Problem::new(
        Code::KeyChoice,
        format!("`{name}` : {shown} n'est pas l'une des valeurs permises ({list})"),
        format!("`{name}`: {shown} is not one of the values allowed ({list})"),
    );
    let day = |word: &str| {
        let word = word.to_lowercase();
        DAYS.iter().find(|(french, _)| word.starts_with(french)).map(|(_, day)| *day).filter(|d| options.contains(d))
    };
    match shown.as_str().and_then(|word| day(word).or_else(|| nearest(word, options.iter().copied()))) {
        Some(near) => problem.help(format!("vouliez-vous dire `{near}` ?"), format!("did you mean `{near}`?")),
        None => problem,
    }
}

/// `a text or a list`.
fn type_names(types: &[&str]) -> Text {
    let named: Vec<Text> = types.iter().map(|t| type_name(t)).collect();
    let joined = |pick: fn(&Text) -> &str, or: &str| named.iter().map(pick).collect::<Vec<_>>().join(or);
    Text::new(joined(|t| &t.fr, " ou "), joined(|t| &t.en, " or "))
}

fn type_name(name: &str) -> Text {
    match name {
        "string" => Text::new("un texte entre guillemets", "a text in quotation marks"),
        "integer" => Text::new("un nombre entier", "a whole number"),
        "number" => Text::new("un nombre", "a number"),
        "boolean" => Text::new("true ou false", "true or false"),
        "array" => Text::new("une liste [ … ]", "a list [ … ]"),
        "object" => Text::new("une table", "a table"),
        _ => Text::new("d'un autre type", "of another type"),
    }
}

fn pattern_name(pattern: &str) -> Text {
    match pattern {
        HOURS => Text::new("une plage horaire telle que \"08:00-12:00\"", "a span of hours such as \"08:00-12:00\""),
        DATES => Text::new(
            "une date telle que \"2026-12-24\" ni une période telle que \"2026-12-24..2027-01-01\"",
            "a date such as \"2026-12-24\" or a period such as \"2026-12-24..2027-01-01\"",
        ),
        WEEK => Text::new("une semaine ISO telle que \"2026-W49\"", "an ISO week such as \"2026-W49\""),
        IDENTIFIER => Text::new(
            "un identifiant (minuscules, chiffres et tirets, tel que \"nord-sante-truck\")",
            "an identifier (small letters, digits and hyphens, such as \"nord-sante-truck\")",
        ),
        INSEE => Text::new("un code INSEE tel que \"59165\"", "an INSEE code such as \"59165\""),
        CURRENCY => {
            Text::new("une monnaie en trois lettres telle que \"EUR\"", "a currency in three letters such as \"EUR\"")
        }
        _ => Text::new("de la forme attendue", "of the form expected"),
    }
}

/// The text of a scalar node, for messages.
pub(super) fn text_of(node: &Node) -> String {
    match &node.content {
        Content::Scalar(Value::String(text)) => text.clone(),
        _ => node.to_json().to_string(),
    }
}
