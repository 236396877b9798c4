//! Which of the instances of a seed is taken: the enumerator says what binds in each, and the
//! solver is not asked, so that nothing it gets wrong is passed over.

use super::draw::{Instance, Wish, draw};
use super::people::People;
use super::plans::{self, Best, Fleet};
use super::rules::{self, Rule};
use super::tours::Choice;
use super::world::{Family, World};
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

/// What the enumerator knows of an instance.
pub struct Known {
    /// Best score; `None` when no plan keeps the locks.
    pub optimum: Option<f64>,
    pub binding: Vec<Family>,
    /// Groups of rules that were drawn.
    pub rules: Vec<Rule>,
    /// Whether the best plan visits a site in two weeks.
    pub again: bool,
    days: Vec<(usize, usize)>,
    plan: Vec<Option<Choice>>,
}

impl Known {
    /// Whether no vehicle leaves in the best plan.
    pub fn idle(&self) -> bool {
        self.optimum.is_some() && self.plan.iter().all(Option::is_none)
    }

    /// The best plan in words.
    pub fn describe(&self) -> String {
        let mut out = format!("  optimum {:?}, binding {:?}, tours of a best plan:\n", self.optimum, self.binding);
        for (choice, day) in self.plan.iter().zip(&self.days) {
            let _ = writeln!(out, "    (vehicle, day) {day:?}: {choice:?}");
        }
        out
    }
}

/// What an instance must be like to be taken.
enum Aim {
    /// Anything.
    Any,
    /// No plan keeps the locks.
    Infeasible,
    /// These bind, and several in all.
    Binding(Vec<Family>),
    /// A site is visited again in another week.
    Again,
    /// Visits that spacing allows by their number cannot be dealt to weeks.
    Dealing,
}

/// Families that bind least often unless they are asked for: one of them always is.
const RAREST: [Family; 5] =
    [Family::VisitsPerDay, Family::VisitsPerDay, Family::WorkingDay, Family::Driving, Family::Break];
/// Families that are asked for beside it, some more often; the others come by themselves.
const RARE: [Family; 29] = [
    Family::Shift,
    Family::Shift,
    Family::Shift,
    Family::Shift,
    Family::Shift,
    Family::PublicHours,
    Family::PublicHours,
    Family::WorkingDay,
    Family::WorkingWeek,
    Family::WorkingWeek,
    Family::WorkingWeek,
    Family::WorkingWeek,
    Family::Driving,
    Family::Driving,
    Family::Driving,
    Family::SessionLength,
    Family::SessionLength,
    Family::VisitsPerDay,
    Family::Spacing,
    Family::Locks,
    Family::Locks,
    Family::Fit,
    Family::Fit,
    Family::Fit,
    Family::Fit,
    Family::Due,
    Family::Due,
    Family::Due,
    Family::Fairness,
];
/// Families that are asked for together.
const TARGETS: usize = 3;
/// Families that bind in an instance, at least, if that is what it is taken for.
const SEVERAL: usize = 4;
/// The same for an instance that is taken for something else.
const FEW: usize = 2;
/// Families of drawn groups of rules that are to bind beside the others, at most.
const OF_RULES: usize = 2;
/// Instances of a seed that are looked at before less is asked of them.
const ATTEMPTS: usize = 100;

impl Aim {
    fn new(seed: u64, rules: &[Rule]) -> Self {
        match seed % 40 {
            0 | 10 | 30 => Self::Any,
            20 => Self::Infeasible,
            5 | 25 => Self::Again,
            15 | 35 => Self::Dealing,
            _ => Self::Binding(targets(seed, rules)),
        }
    }

    fn wish(&self, rules: &[Rule]) -> Wish {
        let (tight, again) = match self {
            Self::Any => (Vec::new(), false),
            Self::Infeasible => (vec![Family::Locks], false),
            Self::Binding(families) => (families.clone(), false),
            Self::Again | Self::Dealing => (vec![Family::StayShare, Family::Spacing], true),
        };
        Wish { tight, again, rules: rules.to_vec() }
    }
}

/// Families that are to bind together, other ones at each seed, the rarest first.
fn targets(seed: u64, rules: &[Rule]) -> Vec<Family> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut targets = rules::targets(seed, rules, OF_RULES);
    targets.push(RAREST[rng.random_range(0..RAREST.len())]);
    let most = targets.len() - 1 + TARGETS;
    while targets.len() < most {
        let family = RARE[rng.random_range(0..RARE.len())];
        if !targets.contains(&family) {
            targets.push(family);
        }
    }
    targets
}

/// The attempts at which the usual seeds gave their instances, `seed attempt` a line: to look for them takes longer than
/// to solve them. Only where to look first: what is found there must be as it should be, too.
const FOUND: &str = include_str!("attempts.txt");

/// Seeds whose instances had to be looked for.
static ELSEWHERE: AtomicUsize = AtomicUsize::new(0);

/// That the instances of the usual seeds are where they were found: every test says so in the end.
pub fn at_hand() {
    let asked = std::env::vars().any(|(name, _)| name.starts_with("ENUMERATE_") || name.ends_with("_SEEDS"));
    let lost = ELSEWHERE.load(Ordering::Relaxed);
    assert!(asked || lost == 0, "{lost} instances are looked for anew: write attempts.txt (see CONTRIBUTING)");
}

/// File to which attempts are written, by `ENUMERATE_ATTEMPTS`; none of those known is believed then.
fn renewed() -> Option<&'static Mutex<File>> {
    static RENEWED: OnceLock<Option<Mutex<File>>> = OnceLock::new();
    let open = || {
        let path = std::env::var_os("ENUMERATE_ATTEMPTS")?;
        let file = File::options().create(true).append(true).open(path).expect("the file can be written");
        Some(Mutex::new(file))
    };
    RENEWED.get_or_init(open).as_ref()
}

/// Where the instance of a seed was found.
fn known_attempt(seed: u64) -> Option<usize> {
    static KNOWN: OnceLock<HashMap<u64, usize>> = OnceLock::new();
    let read = || {
        let lines = FOUND.lines().map(|line| line.split_once(' ').expect("a seed and an attempt"));
        lines.map(|(seed, attempt)| (seed.parse().unwrap(), attempt.parse().unwrap())).collect()
    };
    KNOWN.get_or_init(read).get(&seed).copied().filter(|_| renewed().is_none())
}

/// The instance of a seed.
pub fn choose(seed: u64) -> (Arc<Instance>, Known) {
    let rules = rules::of_seed(seed);
    let aim = Aim::new(seed, &rules);
    let wish = aim.wish(&rules);
    let at = |attempt: usize| {
        let instance = draw(seed, attempt as u64, &wish);
        let known = know(&instance, &aim, &rules, attempt / ATTEMPTS)?;
        Some((Arc::new(instance), known))
    };
    if let Some(found) = known_attempt(seed).and_then(at) {
        return found;
    }
    ELSEWHERE.fetch_add(1, Ordering::Relaxed);
    let mut attempts = (0..).filter_map(|attempt| Some((attempt, at(attempt)?)));
    let (attempt, found) = attempts.next().expect("some attempt can be enumerated");
    if let Some(file) = renewed() {
        writeln!(file.lock().expect("no thread panics"), "{seed} {attempt}").expect("the file can be written");
    }
    found
}

/// What there is to know of an instance, if it can be enumerated and is as it should be, `less`
/// of the families left out.
fn know(instance: &Instance, aim: &Aim, rules: &[Rule], less: usize) -> Option<Known> {
    let world = World { scenario: &instance.scenario, travel: &instance.travel, without: None };
    let mut people = people_of(&world);
    let fleet = Fleet::new(&world)?;
    let Best { score: optimum, tours: plan } = plans::best(&world, &fleet, &mut people)?;
    let again = visits_again(&fleet.days, &plan);
    let (days, rules) = (fleet.days.clone(), rules.to_vec());
    let mut known = Known { optimum, binding: Vec::new(), rules, again, days, plan };
    let moves = optimum.is_some() && !known.idle();
    let (first, least): (&[Family], usize) = match aim {
        Aim::Any => (&[], 0),
        Aim::Infeasible if optimum.is_none() => (&[], 0),
        Aim::Binding(families) if moves => {
            let several = SEVERAL + families.len().saturating_sub(TARGETS);
            (&families[..families.len().saturating_sub(less)], several)
        }
        Aim::Again if moves && again => (&[], FEW),
        Aim::Dealing if moves => (&[Family::Dealing], FEW),
        _ => return None,
    };
    let mut binds = |family: Family| gain(&world, family, &fleet, &mut people, optimum) > 1e-6;
    for &family in first {
        if !binds(family) {
            return None;
        }
        known.binding.push(family);
    }
    let others = known.rules.iter().flat_map(|r| r.families()).copied().collect::<Vec<_>>();
    for family in Family::ALL.into_iter().chain([Family::Dealing]).chain(others) {
        if !first.contains(&family) && binds(family) {
            known.binding.push(family);
        }
    }
    (known.binding.len() >= least).then_some(known)
}

/// How much better plans become when a family of constraints is set aside (how much worse, of
/// one that allows more); 0 when there are then too many to try.
fn gain(world: &World, family: Family, fleet: &Fleet, people: &mut [Option<People>], optimum: Option<f64>) -> f64 {
    let world = World { without: Some(family), ..*world };
    let best = if family.counts_people() {
        plans::best(&world, fleet, &mut people_of(&world))
    } else if family.shapes_tours() {
        Fleet::new(&world).and_then(|freed| plans::best(&world, &freed, people))
    } else {
        plans::best(&world, fleet, people)
    };
    let Some(best) = best else { return 0.0 };
    if family == Family::Clock {
        // Another best plan, or none.
        return match (optimum, best.score) {
            (Some(a), Some(b)) => (a - b).abs(),
            (None, None) => 0.0,
            _ => f64::INFINITY,
        };
    }
    if family == Family::Promise {
        // How much worse the plan is that is made as if nothing were promised.
        let all = World { without: None, ..world };
        let made = best.score.map(|_| plans::score(&all, fleet, people, &best.tours));
        return optimum.zip(made).map_or(0.0, |(optimum, made)| optimum - made);
    }
    let (more, less) = if family.loosens() { (optimum, best.score) } else { (best.score, optimum) };
    let gain = match (more, less) {
        (Some(a), Some(b)) => a - b,
        (Some(_), None) => f64::INFINITY,
        (None, Some(_)) => f64::NEG_INFINITY,
        (None, None) => 0.0,
    };
    assert!(gain > -1e-7, "the enumerator loses {gain} without {family:?}");
    gain
}

/// Whether a site is visited in two weeks.
fn visits_again(days: &[(usize, usize)], plan: &[Option<Choice>]) -> bool {
    let stays = || {
        let tours = days.iter().zip(plan).filter_map(|((_, day), choice)| Some((day / 7, choice.as_ref()?)));
        tours.flat_map(|(week, choice)| choice.visits.iter().map(move |v| (week, v.0)))
    };
    stays().any(|(week, site)| stays().any(|(other, place)| site == place && other > week))
}

/// Pools of all services, as a world has them.
pub fn people_of(world: &World) -> Vec<Option<People>> {
    (0..world.scenario.services.len()).map(|s| People::new(world, s)).collect()
}
