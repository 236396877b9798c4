//! What README shows is what the program says.

use crate::program::run;

/// The lines of a block of README between two marks, or of an output; rules are as wide as the terminal.
fn lines(text: &str) -> Vec<String> {
    let rule = |line: &str| line.chars().next().filter(|c| line.chars().all(|other| other == *c));
    let plain = |line: &str| match rule(line) {
        Some(mark @ ('─' | '═')) => mark.to_string(),
        _ => line.trim_end().to_owned(),
    };
    text.trim().lines().map(plain).collect()
}

fn shown(mark: &str) -> Vec<String> {
    let readme = include_str!("../../README.md");
    let (begin, end) = (format!("<!-- {mark} -->\n```text\n"), format!("```\n<!-- /{mark} -->"));
    let block = readme.split_once(&begin).and_then(|(_, rest)| rest.split_once(&end)).expect("README has the block").0;
    lines(block)
}

#[test]
fn readme_shows_what_the_program_says() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let (code, text, _) = run(&["plan", "config/nord.toml", "--out", out]);
    assert_eq!(code, 0);
    // Where it is written comes last.
    let upto = |list: Vec<String>| list.into_iter().take_while(|line| !line.starts_with("Écrit")).collect::<Vec<_>>();
    assert_eq!(upto(lines(&text)), upto(shown("demo output")));
    let plan = folder.path().join("plan.json");
    let (code, text, _) =
        run(&["explain", plan.to_str().unwrap(), "--scenario", "config/nord.toml", "--commune", "Watten"]);
    assert_eq!(code, 0);
    let from = text.find("Watten (59647)").expect("the commune is named");
    assert_eq!(lines(&text[from..]), shown("explain output"));
}
