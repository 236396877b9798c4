//! "Did you mean …?"

/// A letter that is written twice, or once for twice.
const DOUBLED: usize = 1;
/// A letter too many, one that is missing, or two in the wrong order.
const MISPLACED: usize = 2;
/// Another letter.
const CHANGED: usize = 3;

/// The candidate nearest to a word, if it is near enough to be a slip of the pen; the first in the alphabet of equals.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let clean = |s: &str| s.to_lowercase().replace('_', "-").chars().collect::<Vec<char>>();
    let word = clean(word);
    let allowed = (word.len() / 3).clamp(1, 3) * CHANGED;
    let close = |c: &&str| c.chars().count().abs_diff(word.len()) <= allowed;
    let all = candidates.into_iter().filter(close).map(|c| (distance(&word, &clean(c)), c));
    all.filter(|(d, _)| *d <= allowed).min().map(|(_, c)| c)
}

/// What it takes to make one word of another. `O(n·m)`.
fn distance(a: &[char], b: &[char]) -> usize {
    let extra = |word: &[char], k: usize| if k > 0 && word[k - 1] == word[k] { DOUBLED } else { MISPLACED };
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = vec![0];
    for j in 0..b.len() {
        last.push(last[j] + extra(b, j));
    }
    for i in 1..=a.len() {
        let mut row = vec![last[0] + extra(a, i - 1)];
        for j in 1..=b.len() {
            let change = if a[i - 1] == b[j - 1] { 0 } else { CHANGED };
            let mut best = (last[j] + extra(a, i - 1)).min(row[j - 1] + extra(b, j - 1)).min(last[j - 1] + change);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(before[j - 2] + MISPLACED);
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
        assert_eq!(nearest("Waten", ["Waben", "Watten", "Walten"]), Some("Watten"));
        assert_eq!(nearest("plna", ["lock", "plan"]), Some("plan"));
    }
}
