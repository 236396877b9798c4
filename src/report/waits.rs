//! How long places wait between visits.

use chrono::NaiveDate;

/// Times between the visits that reach a place, in days.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Waits {
    /// Mean of those between two visits that are both known; `None` without any.
    pub mean: Option<f64>,
    /// The longest.
    pub longest: u32,
    /// Whether the longest is cut off by what is known: it is at least as long.
    pub at_least: bool,
}

/// Times between visits on `dates` (sorted), the last one before the horizon included, where there is
/// any. `horizon` is its first and last date. Before the first known visit and after the last one there
/// may be a visit as near as the days on both sides of what is known: such a time is a least one.
#[must_use]
pub fn waits(dates: &[NaiveDate], before: Option<NaiveDate>, horizon: (NaiveDate, NaiveDate)) -> Waits {
    let days = |from: NaiveDate, to: NaiveDate| u32::try_from((to - from).num_days()).unwrap_or(0);
    let mut known: Vec<NaiveDate> = before.into_iter().chain(dates.iter().copied()).collect();
    known.dedup();
    let whole: Vec<u32> = known.windows(2).map(|pair| days(pair[0], pair[1])).collect();
    let after = horizon.1.succ_opt().unwrap_or(horizon.1);
    let start = horizon.0.pred_opt().unwrap_or(horizon.0);
    let mut cut = vec![known.last().map_or_else(|| days(start, after), |&last| days(last, after))];
    if before.is_none() {
        cut.extend(known.first().map(|&first| days(start, first)));
    }
    let longest_whole = whole.iter().copied().max().unwrap_or(0);
    let longest_cut = cut.into_iter().max().unwrap_or(0);
    let count = u32::try_from(whole.len()).unwrap_or(u32::MAX);
    Waits {
        mean: (count > 0).then(|| f64::from(whole.iter().sum::<u32>()) / f64::from(count)),
        longest: longest_whole.max(longest_cut),
        at_least: longest_cut > longest_whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Days;
    use proptest::prelude::*;

    fn day(n: u64) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 30).unwrap() + Days::new(n)
    }

    /// Four weeks from day 0.
    fn of(days: &[u64], before: Option<NaiveDate>) -> Waits {
        let dates: Vec<NaiveDate> = days.iter().map(|&n| day(n)).collect();
        waits(&dates, before, (day(0), day(27)))
    }

    #[test]
    fn waits_are_counted_by_hand() {
        let before = Some(day(0) - Days::new(10));
        assert_eq!(of(&[], None), Waits { mean: None, longest: 29, at_least: true });
        assert_eq!(of(&[], before), Waits { mean: None, longest: 38, at_least: true });
        assert_eq!(of(&[4], None), Waits { mean: None, longest: 24, at_least: true });
        assert_eq!(of(&[4], before), Waits { mean: Some(14.0), longest: 24, at_least: true });
        assert_eq!(of(&[4, 25], before), Waits { mean: Some(17.5), longest: 21, at_least: false });
        // Two vehicles on a day are one date; a wait that is as long, but cut off, is not longer.
        assert_eq!(
            of(&[6, 6, 20], Some(day(6) - Days::new(8))),
            Waits { mean: Some(11.0), longest: 14, at_least: false }
        );
    }

    proptest! {
        /// All times together, whole or cut, are the time from the visit before to the end.
        #[test]
        fn no_wait_is_longer_than_all_of_them(mut days in prop::collection::vec(0_u64..28, 0..8), before in 0_u64..400) {
            days.sort_unstable();
            let dates: Vec<NaiveDate> = days.iter().map(|&n| day(n)).collect();
            let found = waits(&dates, Some(day(0) - Days::new(before + 1)), (day(0), day(27)));
            prop_assert!(u64::from(found.longest) <= before + 1 + 28);
            prop_assert_eq!(found.mean.is_some(), !dates.is_empty());
            prop_assert!(found.mean.is_none_or(|mean| mean <= f64::from(found.longest)));
            let mut distinct = dates.clone();
            distinct.dedup();
            if let (Some(mean), Some(&last)) = (found.mean, days.last()) {
                #[allow(clippy::cast_precision_loss)]
                let all = mean * distinct.len() as f64;
                #[allow(clippy::cast_precision_loss)]
                let wanted = (before + 1 + last) as f64;
                prop_assert!((all - wanted).abs() < 1e-9);
            }
        }
    }
}
