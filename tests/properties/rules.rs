//! Groups of rules that are drawn only where they are asked for, so that a solver that does not
//! know all of them yet can be held to those it does.
//!
//! `ENUMERATE_RULES=seats,permit,weekdays,crew,control,nights` (or `all`, or `none`) says which.

use super::world::Family;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

/// A group of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Overbooking and reserve.
    Seats,
    /// Permit lead days.
    Permit,
    /// Preferred and avoided weekdays.
    Weekdays,
    /// Scarce crew.
    Crew,
    /// Weekly quality control.
    Control,
    /// Nights out.
    Nights,
    /// Promises as soft constraints; never beside nights out.
    Promise,
    /// Duty on the night on which the clock is changed.
    Clock,
    /// The commune that hosts a stay is invited, and nobody by ones and twos.
    Hosts,
}

/// The groups that the solver knows, but for promises, which are drawn from a stream of their own so that the
/// instances without them stay what they were.
const KNOWN: &[Rule] = &[Rule::Seats, Rule::Permit, Rule::Weekdays, Rule::Crew, Rule::Control, Rule::Nights];

impl Rule {
    pub const ALL: [Self; 9] = [
        Self::Seats,
        Self::Permit,
        Self::Weekdays,
        Self::Crew,
        Self::Control,
        Self::Nights,
        Self::Promise,
        Self::Clock,
        Self::Hosts,
    ];

    /// Families of constraints that the group brings.
    pub fn families(self) -> &'static [Family] {
        match self {
            Self::Seats => &[Family::Overbooking, Family::Reserve],
            Self::Permit => &[Family::Permit],
            Self::Weekdays => &[Family::Weekdays],
            Self::Crew => &[Family::Crew],
            Self::Control => &[Family::Control],
            Self::Nights => &[
                Family::Nights,
                Family::NightPrice,
                Family::NightDrive,
                Family::NightsInARow,
                Family::DaysOff,
                Family::NightDates,
                Family::OneStay,
            ],
            Self::Promise => &[Family::Promise],
            Self::Clock => &[Family::Clock],
            Self::Hosts => &[Family::Host, Family::Few],
        }
    }
}

/// Families of nights that are asked for, those that bind least often more often.
const OF_NIGHTS: [Family; 15] = [
    Family::DaysOff,
    Family::NightDates,
    Family::NightDates,
    Family::NightDrive,
    Family::NightDrive,
    Family::NightDrive,
    Family::NightDrive,
    Family::NightsInARow,
    Family::NightsInARow,
    Family::NightsInARow,
    Family::NightDrive,
    Family::DaysOff,
    Family::DaysOff,
    Family::DaysOff,
    Family::DaysOff,
];

/// The groups that are drawn in this run.
fn selected() -> Vec<Rule> {
    let Ok(text) = std::env::var("ENUMERATE_RULES") else { return KNOWN.to_vec() };
    let named = |name: &str| {
        let rule = Rule::ALL.into_iter().find(|r| format!("{r:?}").to_lowercase() == name);
        rule.unwrap_or_else(|| panic!("ENUMERATE_RULES knows no {name}: {:?}, all or none", Rule::ALL))
    };
    match text.as_str() {
        "all" => Rule::ALL.to_vec(),
        "none" | "" => Vec::new(),
        list => list.split(',').map(|name| named(&name.trim().to_lowercase())).collect(),
    }
}

/// The groups drawn in the instance of a seed: none, one, or several together; and promises in some of those
/// without nights out.
pub fn of_seed(seed: u64) -> Vec<Rule> {
    let mut rules = others_of_seed(seed);
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(3);
    let asked = std::env::var("ENUMERATE_RULES").map_or(true, |text| text == "all" || text.contains("promise"));
    let only = std::env::var("ENUMERATE_RULES").is_ok_and(|text| text == "promise");
    rules.retain(|rule| ![Rule::Promise, Rule::Clock, Rule::Hosts].contains(rule));
    let drawn = PROMISED.contains(&seed) || seed >= PROMISED.end && rng.random_range(0..10) < PROMISES;
    if asked && !rules.contains(&Rule::Nights) && (only || drawn) {
        rules.push(Rule::Promise);
    }
    let asked = std::env::var("ENUMERATE_RULES").map_or(true, |text| text == "all" || text.contains("clock"));
    let drawn = CLOCKED.contains(&seed) || seed >= CLOCKED.end && rng.random_range(0..10) < CLOCKS;
    if asked && drawn {
        rules.push(Rule::Clock);
    }
    let asked = std::env::var("ENUMERATE_RULES").map_or(true, |text| text == "all" || text.contains("hosts"));
    let drawn = HOSTED.contains(&seed) || seed >= HOSTED.end && rng.random_range(0..10) < HOSTS;
    if asked && drawn {
        rules.push(Rule::Hosts);
    }
    rules
}

/// Seeds of instances in a week in which the clock is changed; in none before them.
pub const CLOCKED: std::ops::Range<u64> = 71_000..71_080;
/// Instances of ten with such a week, after them.
const CLOCKS: u32 = 3;

/// Seeds of instances in which hosts are invited, and nobody by ones and twos; in none before them.
pub const HOSTED: std::ops::Range<u64> = 72_000..72_120;
/// Instances of ten with these rules, after them.
const HOSTS: u32 = 5;

/// Seeds of instances in which something is promised, nights out aside; in none before them.
pub const PROMISED: std::ops::Range<u64> = 70_000..70_064;
/// Instances of ten without nights out in which something is promised, after them.
const PROMISES: u32 = 3;

fn others_of_seed(seed: u64) -> Vec<Rule> {
    let all = selected();
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(1);
    match rng.random_range(0..20) {
        _ if all.is_empty() => Vec::new(),
        0..6 => Vec::new(),
        // Nights bring several families that bind seldom: they are drawn alone more often.
        6..13 if all.contains(&Rule::Nights) && rng.random_range(0..4) == 0 => vec![Rule::Nights],
        6..13 => vec![all[rng.random_range(0..all.len())]],
        _ => {
            let mut some = all.clone();
            some.retain(|_| rng.random_range(0..2) == 0);
            if some.is_empty() { all } else { some }
        }
    }
}

/// The families of some groups that are to bind: one of each group, of at most `most` groups.
pub fn targets(seed: u64, rules: &[Rule], most: usize) -> Vec<Family> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(2);
    let mut left = rules.to_vec();
    let mut targets = Vec::new();
    while targets.len() < most && !left.is_empty() {
        // What nights bring binds least often by itself.
        let nights = left.iter().position(|r| *r == Rule::Nights);
        let clock = left.iter().position(|r| *r == Rule::Clock);
        let rule = left.swap_remove(nights.or(clock).unwrap_or_else(|| rng.random_range(0..left.len())));
        let families = if rule == Rule::Nights { &OF_NIGHTS[..] } else { rule.families() };
        targets.push(families[rng.random_range(0..families.len())]);
        // Mostly a night is to be spent out, whatever else is asked of it.
        if rule == Rule::Nights && !targets.contains(&Family::Nights) && rng.random_range(0..2) == 0 {
            targets.push(Family::Nights);
        }
    }
    targets
}
