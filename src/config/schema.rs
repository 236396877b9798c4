//! The JSON Schemas, and the validation of a scenario against its own.

use super::codes::Code;
use super::problem::{Problem, Problems};
use super::raw::{DATES, HOURS, IDENTIFIER, INSEE, RawScenario, WEEK};
use super::raw_grid::RawGrid;
use super::suggest::nearest;
use super::tree::{Content, Node};
use crate::i18n::Text;
use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// JSON Schema of a scenario, as kept in `config/scenario.schema.json`.
#[must_use]
pub fn schema_scenario() -> Value {
    written::<RawScenario>()
}

/// JSON Schema of a grid of scenarios, as kept in `config/grid.schema.json`.
#[must_use]
pub fn schema_grid() -> Value {
    written::<RawGrid>()
}

/// The schema of something that people write.
fn written<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|s| s.inline_subschemas = true);
    let mut schema = settings.into_generator().into_root_schema_for::<T>().to_value();
    without_null(&mut schema);
    schema
}

/// JSON Schema of `plan.json`, as kept in `config/plan.schema.json`.
#[must_use]
pub fn schema_plan() -> Value {
    schemars::schema_for!(crate::plan::Plan).to_value()
}

/// JSON Schema of what `tournee explain --format json` says, as kept in `config/explain.schema.json`.
#[must_use]
pub fn schema_explanation() -> Value {
    // As it is written: what is always there is required.
    let settings = SchemaSettings::draft2020_12().for_serialize();
    settings.into_generator().into_root_schema_for::<crate::explain::Explanation>().to_value()
}

/// JSON Schema of what `tournee promise --format json` says, as kept in `config/promise.schema.json`.
#[must_use]
pub fn schema_promise() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    settings.into_generator().into_root_schema_for::<crate::promise::PromiseAnswer>().to_value()
}

/// JSON Schema of `answers.json`, as kept in `config/respond.schema.json`.
#[must_use]
pub fn schema_answers() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    settings.into_generator().into_root_schema_for::<crate::respond::Answers>().to_value()
}

/// JSON Schema of `comparison.json`, as kept in `config/comparison.schema.json`.
#[must_use]
pub fn schema_comparison() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    settings.into_generator().into_root_schema_for::<crate::compare::document::Comparison>().to_value()
}

/// TOML has no null: an optional key is absent or has a value.
fn without_null(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            match map.get_mut("default") {
                Some(Value::Null) => drop(map.remove("default")),
                Some(Value::Object(keys)) => keys.retain(|_, value| !value.is_null()),
                _ => {}
            }
            if let Some(Value::Array(types)) = map.get_mut("type") {
                types.retain(|t| t != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    map.insert("type".into(), only);
                }
            }
            if let Some(Value::Array(options)) = map.get_mut("enum") {
                options.retain(|o| !o.is_null());
            }
            if let Some(Value::Array(any)) = map.get("anyOf") {
                let rest: Vec<Value> = any.iter().filter(|s| s.get("type") != Some(&"null".into())).cloned().collect();
                if let [Value::Object(only)] = rest.as_slice() {
                    let only = only.clone();
                    map.remove("anyOf");
                    for (key, value) in only {
                        map.entry(key).or_insert(value);
                    }
                }
            }
            map.values_mut().for_each(without_null);
        }
        Value::Array(items) => items.iter_mut().for_each(without_null),
        _ => {}
    }
}

/// Validates the merged scenario; every error with its place. `None` if there is an error.
pub(super) fn validate(tree: &Node, problems: &mut Problems) -> Option<RawScenario> {
    validate_with(tree, &schema_scenario(), problems)
}

/// The same against any schema, and the type it was made from.
pub(super) fn validate_with<T: DeserializeOwned>(tree: &Node, schema: &Value, problems: &mut Problems) -> Option<T> {
    let json = tree.to_json();
    let validator = jsonschema::validator_for(schema).expect("the generated schema is a schema");
    let mut good = true;
    for error in validator.iter_errors(&json) {
        good = false;
        report(&error, schema, tree, problems);
    }
    if !good {
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

fn report(error: &ValidationError, schema: &Value, tree: &Node, problems: &mut Problems) {
    let path = error.instance_path().as_str();
    let node = tree.at(path);
    let name = path.rsplit('/').find(|s| s.parse::<usize>().is_err()).unwrap_or_default().to_owned();
    let place =
        |problem: Problem| if name.is_empty() { node.place(problem) } else { node.place(problem).column(&*name) };
    let shown = error.instance();
    if shown.is_null() {
        // TOML has no null: a number that could not be read, told already.
        return;
    }
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            let known = schema.pointer(parent(error.schema_path().as_str())).and_then(|s| s.get("properties"));
            let known: Vec<&str> = known.and_then(Value::as_object).into_iter().flatten().map(|(k, _)| &**k).collect();
            for key in unexpected {
                let problem = unknown_key(key, &known, schema).column(key);
                problems.push(node.child(key).unwrap_or(node).place_at_key(problem));
            }
        }
        ValidationErrorKind::Required { property } => {
            let key = property.as_str().unwrap_or_default();
            let problem =
                Problem::new(Code::MissingKey, format!("la clé `{key}` manque"), format!("the key `{key}` is missing"));
            problems.push(node.place(problem).column(key));
        }
        ValidationErrorKind::Type { kind } => {
            let wanted = type_name(kind);
            problems.push(place(Problem::new(
                Code::Type,
                format!("`{name}` doit être {}, pas {shown}", wanted.fr),
                format!("`{name}` must be {}, not {shown}", wanted.en),
            )));
        }
        ValidationErrorKind::Enum { options } => problems.push(place(choice(&name, shown, options.as_array()))),
        ValidationErrorKind::Minimum { limit } => problems.push(place(Problem::new(
            Code::KeyRange,
            format!("`{name}` vaut {shown} ; le minimum est {limit}"),
            format!("`{name}` is {shown}; the least is {limit}"),
        ))),
        ValidationErrorKind::Maximum { limit } => problems.push(place(Problem::new(
            Code::KeyRange,
            format!("`{name}` vaut {shown} ; le maximum est {limit}"),
            format!("`{name}` is {shown}; the most is {limit}"),
        ))),
        ValidationErrorKind::MinItems { .. } => problems.push(place(Problem::new(
            Code::KeyRange,
            format!("`{name}` est vide ; il en faut au moins un"),
            format!("`{name}` is empty; it needs at least one"),
        ))),
        ValidationErrorKind::Pattern { pattern } => {
            let wanted = pattern_name(pattern);
            problems.push(place(Problem::new(
                Code::Format,
                format!("{shown} n'est pas {}", wanted.fr),
                format!("{shown} is not {}", wanted.en),
            )));
        }
        _ => problems.push(place(Problem::new(
            Code::Type,
            format!("`{name}` n'a pas la forme attendue : {error}"),
            format!("`{name}` does not have the form expected: {error}"),
        ))),
    }
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

fn choice(name: &str, shown: &Value, options: Option<&Vec<Value>>) -> Problem {
    let options: Vec<&str> = options.into_iter().flatten().filter_map(Value::as_str).collect();
    let list = options.join(", ");
    let problem = Problem::new(
        Code::KeyChoice,
        format!("`{name}` : {shown} n'est pas l'une des valeurs permises ({list})"),
        format!("`{name}`: {shown} is not one of the values allowed ({list})"),
    );
    match shown.as_str().and_then(|word| nearest(word, options.iter().copied())) {
        Some(near) => problem.help(format!("vouliez-vous dire `{near}` ?"), format!("did you mean `{near}`?")),
        None => problem,
    }
}

fn parent(pointer: &str) -> &str {
    pointer.rsplit_once('/').map_or("", |(above, _)| above)
}

fn type_name(kind: &TypeKind) -> Text {
    let wanted = match kind {
        TypeKind::Single(one) => one.to_string(),
        TypeKind::Multiple(_) => String::new(),
    };
    match wanted.as_str() {
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
