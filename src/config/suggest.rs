//! "Did you mean …?"

/// The candidate nearest to a word, if it is near enough to be a slip of the pen.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = (word.chars().count() / 3).clamp(1, 3);
    candidates.into_iter().map(|c| (distance(word, c), c)).filter(|(d, _)| *d <= allowed).min().map(|(_, c)| c)
}

/// Insertions, deletions, substitutions and swaps of neighbours; `_` and `-` are alike.
fn distance(a: &str, b: &str) -> usize {
    let clean = |s: &str| s.to_lowercase().replace('_', "-").chars().collect::<Vec<char>>();
    let (a, b) = (clean(a), clean(b));
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let change = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + change);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(before[j - 2] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_found_and_strangers_are_not() {
        let keys = ["participation", "share", "half-minutes", "uptake"];
        assert_eq!(nearest("half_minutes", keys), Some("half-minutes"));
        assert_eq!(nearest("particpation", keys), Some("participation"));
        assert_eq!(nearest("uptkae", keys), Some("uptake"));
        assert_eq!(nearest("colour", keys), None);
    }
}
