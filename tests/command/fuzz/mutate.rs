//! Changes to a file such as accidents, spreadsheets and malice make.

use rand::Rng as _;
use rand::seq::IndexedRandom as _;
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

/// Bytes that one change adds, about, at most.
const LARGEST: usize = 2_000_000;
/// What a number may become.
const NUMBERS: &[&str] = &[
    "0",
    "-1",
    "1",
    "-0.0",
    "0.5",
    "1e308",
    "-1e308",
    "1e-320",
    "99999999999999999999",
    "4294967296",
    "65536",
    "2147483647",
    "-2147483648",
    "1.000",
    "1,5",
    "NaN",
    "inf",
    "0x10",
    "01",
    "1_000",
    "",
    "\"12\"",
    "½",
    "٣",
    "1e400",
];
/// What a text may become.
const TEXTS: &[&str] = &[
    "",
    " ",
    "\"",
    "'",
    ";",
    "=1+1",
    "@x",
    "\u{feff}",
    "\0",
    "\u{1b}[2J",
    "\u{202e}",
    "é",
    "e\u{301}",
    "null",
    "true",
    "[]",
    "{}",
    "../../etc/passwd",
    "/dev/zero",
    "%s%n",
    "2026-02-30",
    "0000-00-00",
    "9999-12-31",
    "+10000-01-01",
    "24:00",
    "25:61",
    "99:99",
    "a\nb",
    "\r",
    "2A004",
    "00000",
    "59350",
    "-",
    "..",
    "..2026-12-01",
    "2026-12-01..",
    "mon-sun",
    "ZZZ",
    "2026-10-25T02:30:00+01:00",
    "-262143-01-01T00:00:00Z",
];

/// The file, changed once; `other` is another file that may be mixed in.
pub fn mutated(rng: &mut ChaCha8Rng, bytes: &[u8], other: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    if rng.random_bool(0.5)
        && text.trim_start().starts_with('{')
        && let Ok(mut value) = serde_json::from_str(&text)
    {
        change_node(rng, &mut value);
        return value.to_string().into_bytes();
    }
    match rng.random_range(0..12) {
        0 => spliced(rng, bytes, &[]),
        1 => {
            let put: Vec<u8> = (0..rng.random_range(1..6)).map(|_| rng.random()).collect();
            spliced(rng, bytes, &put)
        }
        2 => {
            let text = TEXTS.choose(rng).unwrap();
            spliced(rng, bytes, text.as_bytes())
        }
        3 => bytes[..rng.random_range(0..=bytes.len())].to_vec(),
        4 => {
            let from = rng.random_range(0..=other.len());
            let to = rng.random_range(from..=other.len());
            spliced(rng, bytes, &other[from..to])
        }
        5 => lines(rng, &text, |rng, all| {
            let k = rng.random_range(0..all.len());
            drop(all.remove(k));
        }),
        6 => lines(rng, &text, |rng, all| {
            let (k, times) = (rng.random_range(0..all.len()), [1, 2, 3000][rng.random_range(0..3)]);
            let line = all[k].clone();
            let times = times.min(1 + LARGEST / line.len().max(1));
            all.splice(k..k, std::iter::repeat_n(line, times));
        }),
        7 => lines(rng, &text, |rng, all| {
            let (a, b) = (rng.random_range(0..all.len()), rng.random_range(0..all.len()));
            all.swap(a, b);
        }),
        8 => lines(rng, &text, |rng, all| {
            let k = rng.random_range(0..all.len());
            let times = [2, 100, 20_000][rng.random_range(0..3)].min(1 + LARGEST / all[k].len().max(1));
            all[k] = all[k].repeat(times);
        }),
        9 => text.replace(';', [",", "\t", ""][rng.random_range(0..3)]).into_bytes(),
        _ => token(rng, &text),
    }
}

/// Takes out up to 30 bytes, and puts others in their place.
fn spliced(rng: &mut ChaCha8Rng, bytes: &[u8], put: &[u8]) -> Vec<u8> {
    let from = rng.random_range(0..=bytes.len());
    let to = (from + rng.random_range(0..30)).min(bytes.len());
    [&bytes[..from], put, &bytes[to..]].concat()
}

fn lines(rng: &mut ChaCha8Rng, text: &str, change: impl Fn(&mut ChaCha8Rng, &mut Vec<String>)) -> Vec<u8> {
    let mut all: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    if !all.is_empty() {
        change(rng, &mut all);
    }
    all.concat().into_bytes()
}

/// Replaces a number or a word.
fn token(rng: &mut ChaCha8Rng, text: &str) -> Vec<u8> {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':');
    let mut tokens = Vec::new();
    let mut begun = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (begun, part(c)) {
            (None, true) => begun = Some(at),
            (Some(from), false) => {
                tokens.push(from..at);
                begun = None;
            }
            _ => {}
        }
    }
    let Some(chosen) = tokens.choose(rng) else { return text.as_bytes().to_vec() };
    let number = text[chosen.clone()].starts_with(|c: char| c.is_ascii_digit() || c == '-');
    let others = if number && rng.random_bool(0.7) { NUMBERS } else { TEXTS };
    [&text[..chosen.start], others.choose(rng).unwrap(), &text[chosen.end..]].concat().into_bytes()
}

/// Changes a node of a document somewhere.
fn change_node(rng: &mut ChaCha8Rng, value: &mut Value) {
    let deeper = rng.random_bool(0.85);
    match value {
        Value::Array(items) if deeper && !items.is_empty() => {
            let k = rng.random_range(0..items.len());
            match rng.random_range(0..10) {
                0 => drop(items.remove(k)),
                1 => {
                    let (copy, times) = (items[k].clone(), [1, 3, 2000][rng.random_range(0..3)]);
                    items.extend(std::iter::repeat_n(copy, times));
                }
                2 => items.reverse(),
                _ => change_node(rng, &mut items[k]),
            }
        }
        Value::Object(map) if deeper && !map.is_empty() => {
            let key = map.keys().nth(rng.random_range(0..map.len())).unwrap().clone();
            if rng.random_bool(0.08) {
                map.remove(&key);
            } else {
                change_node(rng, &mut map[&key]);
            }
        }
        _ => {
            *value = match rng.random_range(0..5) {
                0 => Value::Null,
                1 => serde_json::from_str(NUMBERS.choose(rng).unwrap()).unwrap_or(Value::from(-1)),
                2 => serde_json::json!([]),
                3 => serde_json::json!({}),
                _ => Value::from(*TEXTS.choose(rng).unwrap()),
            }
        }
    }
}
