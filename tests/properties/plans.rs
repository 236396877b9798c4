//! Every plan: all combinations of the tours of all vehicle-days.

use super::joint::{legal, out, stays};
use super::people::{Offer, People};
use super::promise::Promises;
use super::tours::{self, Choice};
use super::world::{Family, World};

/// Tours of each vehicle-day of an instance.
pub struct Fleet {
    pub days: Vec<(usize, usize)>,
    pub tours: Vec<Vec<Choice>>,
    /// A vehicle-day that must have a tour.
    pub out: Option<usize>,
}

impl Fleet {
    /// `None` when there are too many to try.
    pub fn new(world: &World) -> Option<Self> {
        let days = world.vehicle_days();
        let tours = days.iter().map(|&(v, d)| tours::all(world, v, d)).collect::<Option<_>>()?;
        Some(Self { days, tours, out: None })
    }

    /// The same where only tours with a site are left on a vehicle-day, and one of them must be made.
    pub fn through(&self, at: usize, site: usize) -> Self {
        let mut tours = self.tours.clone();
        tours[at].retain(|t| t.visits.iter().any(|v| v.0 == site));
        Self { days: self.days.clone(), tours, out: Some(at) }
    }
}

struct Plans<'a, 'p> {
    world: World<'a>,
    promises: Promises,
    /// What is lost where no promise is kept.
    lost: f64,
    fleet: &'a Fleet,
    people: &'p mut [Option<People>],
    /// By vehicle-day: tours with the most they can add, best first; `None` stays at home.
    options: Vec<Vec<(f64, Option<&'a Choice>)>>,
    /// The most that the vehicle-days from here on can add.
    rest: Vec<f64>,
    /// Whether a vehicle-day might as well be the one before.
    alike: Vec<bool>,
    best: Option<f64>,
    chosen: Vec<Option<&'a Choice>>,
    numbers: Vec<usize>,
    best_plan: Vec<Option<&'a Choice>>,
    /// Steps of work that may still be done.
    left: u64,
}

/// Steps of work after which an instance counts as too large to be enumerated.
const MOST_WORK: u64 = 50_000;

/// The best plan.
pub struct Best {
    /// Its score, `None` when no plan keeps the locks.
    pub score: Option<f64>,
    /// Its tours by vehicle-day.
    pub tours: Vec<Option<Choice>>,
}

/// The best plan; `None` when there are too many to try.
pub fn best(world: &World, fleet: &Fleet, people: &mut [Option<People>]) -> Option<Best> {
    people.iter_mut().flatten().for_each(|p| p.left = MOST_WORK);
    let promises = Promises::new(world);
    let lost = if world.keeps(Family::Promise) { promises.penalty(world, &[]) } else { 0.0 };
    let mut options = Vec::new();
    for (k, tours) in fleet.tours.iter().enumerate() {
        let (vehicle, day) = fleet.days[k];
        let mut list: Vec<(f64, Option<&Choice>)> = Vec::new();
        for tour in tours {
            // Alone a visit adds at least what it adds beside others.
            let alone: f64 = tour.visits.iter().map(|v| worth(people, &[(day, vehicle, 0, v)])).sum();
            let kept = kept(world, &promises, &[(vehicle, day, tour)]);
            list.push((alone + kept - price(world, day, tour), Some(tour)));
        }
        if world.locked(vehicle, day).is_empty() && fleet.out != Some(k) {
            list.push((0.0, None));
        }
        list.sort_by(|a, b| b.0.total_cmp(&a.0));
        options.push(list);
    }
    let mut rest = vec![0.0; options.len() + 1];
    for k in (0..options.len()).rev() {
        rest[k] = rest[k + 1] + options[k].first().map_or(f64::NEG_INFINITY, |o| o.0);
    }
    let timeless = people.iter().flatten().all(People::timeless);
    let is_alike = |k: usize| {
        let (a, b) = (fleet.days[k.saturating_sub(1)], fleet.days[k]);
        let locked = [a, b].iter().any(|&(v, d)| !world.locked(v, d).is_empty());
        let same = k > 0 && a.0 == b.0 && a.1 / 7 == b.1 / 7 && fleet.tours[k - 1] == fleet.tours[k];
        let priced = |t: &Choice| (price(world, a.1, t) - price(world, b.1, t)).abs() < 1e-12;
        let linked = world.scenario.vehicles[b.0].nights.is_some() || world.control(b.0) > 0;
        let crewed = !world.scenario.crews.is_empty();
        timeless
            && promises.none()
            && world.scenario.published.is_none()
            && same
            && !locked
            && fleet.out.is_none()
            && !linked
            && !crewed
            && people.iter().flatten().all(|p| p.hosts.is_none())
            && fleet.tours[k].iter().all(priced)
    };
    let alike = (0..options.len()).map(is_alike).collect();
    let mut plans = Plans {
        world: *world,
        promises,
        lost,
        fleet,
        alike,
        people,
        options,
        rest,
        best: None,
        chosen: Vec::new(),
        numbers: Vec::new(),
        best_plan: Vec::new(),
        left: MOST_WORK,
    };
    plans.go(0)?;
    Some(Best { score: plans.best, tours: plans.best_plan.into_iter().map(|c| c.cloned()).collect() })
}

/// What a tour costs: driving, nights, weekdays.
pub fn price(world: &World, day: usize, tour: &Choice) -> f64 {
    let driving = world.scenario.prices.driving_price_per_hour * f64::from(tour.driving) / 3600.0;
    let nights = world.night_price() * f64::from(u32::try_from(tour.ends.nights).unwrap());
    driving + nights - tour.visits.iter().map(|v| world.weekday_worth(v.0, day)).sum::<f64>()
}

/// What tours, each with its vehicle and day, keep of what is promised.
pub fn kept(world: &World, promises: &Promises, tours: &[(usize, usize, &Choice)]) -> f64 {
    if promises.none() || !world.keeps(Family::Promise) {
        return 0.0;
    }
    let stops = tours.iter().flat_map(|&(v, d, tour)| tour.stops.iter().map(move |stop| (v, d, stop)));
    promises.kept(world, &stops.collect::<Vec<_>>())
}

/// The score of some tours, by vehicle-day.
pub fn score(world: &World, fleet: &Fleet, people: &mut [Option<People>], tours: &[Option<Choice>]) -> f64 {
    people.iter_mut().flatten().for_each(|p| p.left = u64::MAX);
    let promises = Promises::new(world);
    let lost = promises.penalty(world, &[]);
    let chosen = tours.iter().map(Option::as_ref).collect();
    let mut plans = Plans {
        world: *world,
        promises,
        lost,
        fleet,
        people,
        options: Vec::new(),
        rest: Vec::new(),
        alike: Vec::new(),
        best: None,
        chosen,
        numbers: Vec::new(),
        best_plan: Vec::new(),
        left: 0,
    };
    plans.score_above(f64::NEG_INFINITY, true).expect("more than nothing")
}

/// A visit with its day, its vehicle and its stay.
type Visit<'a> = (usize, usize, usize, &'a (usize, Vec<u32>));

fn offers(visits: &[Visit], service: usize) -> Vec<Offer> {
    let offer = |&(day, vehicle, stay, (site, counts)): &Visit| {
        let appointments = counts[service];
        Offer { day, vehicle, site: *site, appointments, stay }
    };
    visits.iter().map(offer).collect()
}

/// Coverage score of visits, each with its day, over all services.
fn worth(people: &mut [Option<People>], visits: &[Visit]) -> f64 {
    let each = people.iter_mut().enumerate();
    each.filter_map(|(s, p)| p.as_mut().map(|p| p.best(&offers(visits, s)))).sum()
}

/// The same; `None` when it is not above `least`.
fn worth_above(people: &mut [Option<People>], visits: &[Visit], least: f64, whole: bool) -> Option<f64> {
    // What each service adds at most: its visits one by one.
    let mut most: Vec<f64> = Vec::new();
    for (service, people) in people.iter_mut().enumerate() {
        let all = offers(visits, service);
        most.push(people.as_mut().map_or(0.0, |p| all.iter().map(|o| p.best(&[*o])).sum()));
    }
    let mut total = 0.0;
    for (service, people) in people.iter_mut().enumerate() {
        let Some(people) = people else { continue };
        let others: f64 = most[service + 1..].iter().sum();
        let (all, least) = (offers(visits, service), least - total - others);
        total += if whole { people.best_hosted(&all, least)? } else { people.best_above(&all, least)? };
    }
    (total > least).then_some(total)
}

impl Plans<'_, '_> {
    /// Score of the tours chosen so far, by themselves; `None` when it is not above `least`. Not a `whole` plan's: as if
    /// nobody asked for hosts, which others decide, too.
    fn score_above(&mut self, least: f64, whole: bool) -> Option<f64> {
        let out: Vec<(usize, usize, &Choice)> = out(&self.fleet.days, &self.chosen);
        let numbers = stays(&out);
        let visits: Vec<Visit> = out
            .iter()
            .zip(&numbers)
            .flat_map(|(&(vehicle, day, choice), numbers)| {
                choice.visits.iter().zip(numbers).map(move |(visit, &stay)| (day, vehicle, stay, visit))
            })
            .collect();
        let prices: f64 = out.iter().map(|&(_, day, c)| price(&self.world, day, c)).sum();
        let prices = prices + self.lost - kept(&self.world, &self.promises, &out);
        Some(worth_above(self.people, &visits, least + prices, whole)? - prices)
    }

    /// Tries all tours of the vehicle-days from `at` on; `None` when that is too much work.
    fn go(&mut self, at: usize) -> Option<()> {
        self.left = self.left.checked_sub(1)?;
        let least = self.best.map_or(f64::NEG_INFINITY, |best| best + 1e-12 - self.rest[at]);
        let score = self.score_above(least, at == self.options.len());
        if self.people.iter().flatten().any(|p| p.left == 0) {
            return None;
        }
        let Some(score) = score else { return Some(()) };
        if at == self.options.len() {
            let out = out(&self.fleet.days, &self.chosen);
            let stops = out.iter().flat_map(|&(v, d, tour)| tour.stops.iter().map(move |stop| (v, d, stop)));
            if self.world.keeps(Family::Promise) && !self.promises.keep(&self.world, &stops.collect::<Vec<_>>()) {
                return Some(());
            }
            let changes = changes(&self.world, &self.fleet.days, &self.chosen);
            let most = self.world.scenario.published.as_ref().and_then(|p| p.max_changes);
            let score = score - self.world.scenario.prices.change_price * f64::from(changes);
            if most.is_some_and(|most| changes > most) || self.best.is_some_and(|best| score <= best) {
                return Some(());
            }
            self.best = Some(score);
            self.best_plan = self.chosen.clone();
            return Some(());
        }
        let first = if self.alike[at] { self.numbers[at - 1] } else { 0 };
        for k in first..self.options[at].len() {
            let (most, choice) = self.options[at][k];
            if self.best.is_some_and(|best| score + most + self.rest[at + 1] <= best + 1e-12) {
                break;
            }
            self.chosen.push(choice);
            self.numbers.push(k);
            if legal(&self.world, &self.fleet.days, &self.chosen) {
                self.go(at + 1)?;
            }
            self.chosen.pop();
            self.numbers.pop();
        }
        Some(())
    }
}

/// Changes that tours make to what was published: by kind of vehicle and site, visits that were not published or
/// published ones that are not made, whichever are more.
pub fn changes(world: &World, days: &[(usize, usize)], chosen: &[Option<&Choice>]) -> u32 {
    let Some(published) = &world.scenario.published else { return 0 };
    let kind = |vehicle: usize| world.scenario.vehicles[vehicle].kind.clone();
    let mut places: std::collections::BTreeMap<(String, usize), (u32, u32)> = std::collections::BTreeMap::new();
    let mut kept = 0;
    for (&(v, d), choice) in days.iter().zip(chosen) {
        for stop in choice.iter().flat_map(|c| &c.stops) {
            if world.told(v, d, stop.site).is_some_and(|(hours, _)| hours == stop.sessions) {
                places.entry((kind(v), stop.site)).or_default().1 += 1;
                kept += 1;
            } else {
                places.entry((kind(v), stop.site)).or_default().0 += 1;
            }
        }
    }
    let all = published.visits.len();
    assert!(kept <= all, "no visit is kept twice");
    for visit in &published.visits {
        places.entry((kind(visit.vehicle.index()), visit.site.index())).or_default();
    }
    let told = |(kind_of, site): &(String, usize)| {
        let same =
            |v: &&tournee::domain::PublishedVisit| v.site.index() == *site && kind(v.vehicle.index()) == *kind_of;
        u32::try_from(published.visits.iter().filter(same).count()).unwrap()
    };
    places.iter().map(|(place, &(fresh, kept))| fresh.max(told(place) - kept)).sum()
}
