//! What is wrong with a value by a JSON Schema: the keywords that the schemas of `config/` use, and no others.
//!
//! The `jsonschema` crate reads all of JSON Schema and takes two minutes to build; the tests hold this against it.

use regex_lite::Regex;
use serde_json::Value;

/// One thing that is wrong, and where.
#[derive(Debug)]
pub(super) struct Fault<'a> {
    /// The value's place, such as `/vehicle/0/shift`.
    pub path: String,
    /// The value.
    pub value: &'a Value,
    /// What is wrong with it.
    pub kind: Kind<'a>,
}

/// What can be wrong.
#[derive(Debug)]
pub(super) enum Kind<'a> {
    /// A key that the table does not have.
    UnknownKey {
        /// The key.
        key: &'a str,
        /// The keys that the table has.
        known: Vec<&'a str>,
    },
    /// A key that the table must have.
    MissingKey(&'a str),
    /// Another type than one of these.
    Type(Vec<&'a str>),
    /// A text that is none of these.
    Choice(Vec<&'a str>),
    /// A number below this one.
    Least(&'a Value),
    /// A number above this one.
    Most(&'a Value),
    /// A list without entries.
    Empty,
    /// A text that does not match this regular expression.
    Pattern(&'a str),
}

/// All that is wrong with a value, in the order of the value. Linear in the value's size, for a given schema.
pub(super) fn faults<'a>(schema: &'a Value, value: &'a Value) -> Vec<Fault<'a>> {
    let mut found = Vec::new();
    judge(schema, value, "", &mut found);
    found
}

fn judge<'a>(schema: &'a Value, value: &'a Value, path: &str, found: &mut Vec<Fault<'a>>) {
    let mut fault = |kind| found.push(Fault { path: path.to_owned(), value, kind });
    if let Some(forms) = forms(schema) {
        match one_of(forms, value, path) {
            Ok(()) => {}
            Err(mut inner) => found.append(&mut inner),
        }
        return;
    }
    if let Some(wanted) = schema["type"].as_str()
        && !is_of(value, wanted)
    {
        fault(Kind::Type(vec![wanted]));
        return;
    }
    if let Some(options) = options(schema)
        && !options.contains(&value)
    {
        fault(Kind::Choice(options.into_iter().filter_map(Value::as_str).collect()));
    }
    match value {
        Value::Number(number) => {
            let number = number.as_f64();
            let beyond = |limit: &'a Value, above: bool| {
                number.zip(limit.as_f64()).is_some_and(|(n, l)| if above { n > l } else { n < l })
            };
            if beyond(&schema["minimum"], false) {
                fault(Kind::Least(&schema["minimum"]));
            }
            if beyond(&schema["maximum"], true) {
                fault(Kind::Most(&schema["maximum"]));
            }
        }
        Value::String(text) => {
            if let Some(pattern) = schema["pattern"].as_str()
                && !Regex::new(pattern).expect("a pattern of the code's").is_match(text)
            {
                fault(Kind::Pattern(pattern));
            }
        }
        Value::Array(items) => {
            // Every list has a least length of 1 or none: a test looks.
            if items.is_empty() && schema.get("minItems").is_some() {
                fault(Kind::Empty);
            }
            for (n, item) in items.iter().enumerate() {
                judge(&schema["items"], item, &format!("{path}/{n}"), found);
            }
        }
        Value::Object(table) => {
            let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
            required.filter(|key| !table.contains_key(*key)).for_each(|key| fault(Kind::MissingKey(key)));
            let rest = &schema["additionalProperties"];
            for (key, inner) in table {
                let below = format!("{path}/{}", key.replace('~', "~0").replace('/', "~1"));
                match schema["properties"].get(key) {
                    Some(known) => judge(known, inner, &below, found),
                    None if *rest == Value::Bool(false) => {
                        let known = schema["properties"].as_object().into_iter().flatten().map(|(k, _)| &**k);
                        let kind = Kind::UnknownKey { key, known: known.collect() };
                        found.push(Fault { path: path.to_owned(), value, kind });
                    }
                    None => judge(rest, inner, &below, found),
                }
            }
        }
        Value::Null | Value::Bool(_) => {}
    }
}

/// Whether a value has one of several forms, or what is wrong with it in the only form of its type.
fn one_of<'a>(forms: &'a [Value], value: &'a Value, path: &str) -> Result<(), Vec<Fault<'a>>> {
    let mut of_type = Vec::new();
    for form in forms {
        let mut found = Vec::new();
        judge(form, value, path, &mut found);
        if found.is_empty() {
            return Ok(());
        }
        if form["type"].as_str().is_some_and(|t| is_of(value, t)) {
            of_type.push((form, found));
        }
    }
    let here = |kind| vec![Fault { path: path.to_owned(), value, kind }];
    Err(match of_type.len() {
        0 => {
            let mut types: Vec<&str> = forms.iter().filter_map(|form| form["type"].as_str()).collect();
            types.dedup();
            here(Kind::Type(types))
        }
        1 => of_type.remove(0).1,
        _ => here(Kind::Choice(
            of_type.iter().flat_map(|(form, _)| options(form)).flatten().filter_map(Value::as_str).collect(),
        )),
    })
}

fn forms(schema: &Value) -> Option<&Vec<Value>> {
    schema.get("oneOf").or_else(|| schema.get("anyOf")).and_then(Value::as_array)
}

/// The values that are allowed, where only some are.
fn options(schema: &Value) -> Option<Vec<&Value>> {
    match (schema.get("enum"), schema.get("const")) {
        (Some(options), _) => options.as_array().map(|all| all.iter().collect()),
        (None, only) => only.map(|one| vec![one]),
    }
}

fn is_of(value: &Value, wanted: &str) -> bool {
    match wanted {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|n| n.fract() == 0.0),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::schema::Schema;
    use serde_json::Value;

    /// Every keyword of the schemas is one that is read here, or one that only tells.
    #[test]
    fn no_keyword_is_passed_over() {
        fn look(schema: &Value) {
            if *schema == Value::Bool(true) {
                return;
            }
            for (keyword, value) in schema.as_object().unwrap() {
                match &**keyword {
                    "$schema" | "title" | "description" | "default" | "format" => {}
                    "type" | "pattern" => assert!(value.is_string(), "{value}"),
                    "enum" => assert!(value.as_array().unwrap().iter().all(Value::is_string)),
                    "const" => assert!(value.is_string()),
                    "minimum" | "maximum" => assert!(value.is_number()),
                    "minItems" => assert_eq!(value, 1),
                    "required" => assert!(value.is_array()),
                    "items" => look(value),
                    "properties" => value.as_object().unwrap().values().for_each(look),
                    "additionalProperties" if *value == Value::Bool(false) => {}
                    "additionalProperties" => look(value),
                    "oneOf" | "anyOf" => {
                        let beside = schema.as_object().unwrap().keys().filter(|k| *k != keyword);
                        let told = ["description", "default", "title"];
                        assert!(beside.clone().all(|k| told.contains(&k.as_str())), "{schema}");
                        value.as_array().unwrap().iter().for_each(look);
                    }
                    _ => panic!("{keyword} is not read"),
                }
            }
        }
        look(&Schema::Scenario.value());
        look(&Schema::Grid.value());
    }
}
