//! That the schemas of `config/` are those of the code's types, and that they are read as JSON Schema means them.

use super::raw::RawScenario;
use super::raw_grid::RawGrid;
use super::schema::Schema;
use super::shape::faults;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;

/// The schema of something that people write.
fn written<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|s| s.inline_subschemas = true);
    let mut schema = settings.into_generator().into_root_schema_for::<T>().to_value();
    without_null(&mut schema);
    schema
}

/// The schema of something that the program writes: what is always there is required.
fn told<T: JsonSchema>() -> Value {
    SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>().to_value()
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

/// A schema kept in `config/` is the code's; `UPDATE_SCHEMA=1` rewrites it.
fn kept(schema: Schema, name: &str, made: &Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("config").join(name);
    let text = serde_json::to_string_pretty(made).unwrap() + "\n";
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(&path, &text).unwrap();
        return;
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == text,
        "{name} is not that of the code: UPDATE_SCHEMA=1 cargo test --release --lib schemas_are_kept"
    );
    assert!(schema.text() == text, "{name} is not the one built in");
    assert_eq!(schema.value(), *made);
}

#[test]
fn schemas_are_kept() {
    kept(Schema::Scenario, "scenario.schema.json", &written::<RawScenario>());
    kept(Schema::Grid, "grid.schema.json", &written::<RawGrid>());
    kept(Schema::Plan, "plan.schema.json", &schemars::schema_for!(crate::plan::Plan).to_value());
    kept(Schema::Explanation, "explain.schema.json", &told::<crate::explain::Explanation>());
    kept(Schema::Promise, "promise.schema.json", &told::<crate::promise::PromiseAnswer>());
    kept(Schema::Answers, "respond.schema.json", &told::<crate::respond::Answers>());
    kept(Schema::Comparison, "comparison.schema.json", &told::<crate::compare::document::Comparison>());
}

/// A value at every place of a document, in turn: `change` makes it another one.
fn spoilt(document: &Value, change: &impl Fn(&Value) -> Vec<Value>) -> Vec<Value> {
    let mut all = change(document);
    match document {
        Value::Object(map) => {
            for (key, inner) in map {
                let put = |value| {
                    let mut copy = map.clone();
                    copy.insert(key.clone(), value);
                    Value::Object(copy)
                };
                all.extend(spoilt(inner, change).into_iter().map(put));
                let mut less = map.clone();
                less.shift_remove(key);
                all.push(Value::Object(less));
            }
            let mut more = map.clone();
            more.insert("no-such-key".into(), json!(1));
            all.push(Value::Object(more));
        }
        Value::Array(items) => {
            for (n, inner) in items.iter().enumerate() {
                let put = |value| {
                    let mut copy = items.clone();
                    copy[n] = value;
                    Value::Array(copy)
                };
                all.extend(spoilt(inner, change).into_iter().map(put));
            }
        }
        _ => {}
    }
    all
}

#[test]
fn a_scenario_is_read_as_json_schema_means_it() {
    let values = [
        json!(null),
        json!(true),
        json!(-1),
        json!(0),
        json!(1),
        json!(0.5),
        json!(1.0),
        json!(1e12),
        json!(""),
        json!("all"),
        json!("osrm"),
        json!("59165"),
        json!("2026-W49"),
        json!("08:00-12:00"),
        json!("2026-12-24..2027-01-01"),
        json!("É"),
        json!([]),
        json!([1]),
        json!(["59165"]),
        json!(["5916"]),
        json!({}),
        json!({"no-such-key": 1}),
    ];
    let change = |_: &Value| values.to_vec();
    let mut cases = (0, 0);
    for (schema, file) in [
        (Schema::Scenario, "config/nord.toml"),
        (Schema::Scenario, "config/clinique-ambulante.toml"),
        (Schema::Grid, "config/fleets-2026.toml"),
    ] {
        let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
        let document: Value = toml::from_str(&text).unwrap();
        let schema = schema.value();
        let judge = jsonschema::validator_for(&schema).unwrap();
        for case in spoilt(&document, &change) {
            let found = faults(&schema, &case);
            assert_eq!(found.is_empty(), judge.is_valid(&case), "{file}: {case}");
            // Both point at the same places, or within them where a place has forms to choose from.
            let ours: BTreeSet<&str> = found.iter().map(|f| &*f.path).collect();
            let theirs: BTreeSet<String> =
                judge.iter_errors(&case).map(|e| e.instance_path().as_str().to_owned()).collect();
            let within = |path: &str, above: &str| {
                path == above || (above.ends_with("/communes") && path.starts_with(&format!("{above}/")))
            };
            for path in &theirs {
                assert!(ours.iter().any(|p| within(p, path)), "{file}: {path} in {case}");
            }
            for path in &ours {
                assert!(theirs.iter().any(|p| within(path, p)), "{file}: {path} in {case}");
            }
            cases = if found.is_empty() { (cases.0 + 1, cases.1) } else { (cases.0, cases.1 + 1) };
        }
    }
    assert!(cases.0 > 100 && cases.1 > 1000, "{cases:?}");
}
