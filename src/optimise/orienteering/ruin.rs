//! Good routes by ruining a part of them and putting other customers in.
//!
//! After Christiaens and Vanden Berghe, *Slack induction by string removals for vehicle routing problems*,
//! Transportation Science 54 (2020): strings of stops near a place are taken out, absent customers are put in one
//! after the other where they delay least, now and then passing over the best place, under simulated
//! annealing. Here customers may stay out; which are tried first is drawn anew each time. Routes are shortened
//! by local search where there are no time windows. Now and then the customers of whom the proof's program
//! serves little stay out for half a cooling ([`Ruin::keep_to`]).

use super::net::Net;
use super::tour::Tour;
use rand::Rng as _;
use rand::seq::SliceRandom as _;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;

/// How often the best place is passed over.
const BLINK: f64 = 0.01;
/// A customer stays out where less of it is served than this, and a share drawn for each that leans to nothing.
const SERVED_LEAST: f64 = 0.02;
const SERVED_DRAWN: f64 = 0.5;
/// Last temperature, in mean profits.
const COLD: f64 = 0.01;
/// Steps between two questions whether to stop.
const ASKED: u32 = 64;

/// What is drawn anew for each cooling: no single choice does well everywhere.
#[derive(Debug, Clone, Copy)]
struct Manner {
    /// Stops taken out on average.
    taken: f64,
    /// Longest string taken out.
    longest: f64,
    /// First temperature, in mean profits.
    hot: f64,
    /// What a whole limit's length is worth, in mean profits: of two plans of the same profit, the shorter.
    shorter: f64,
    /// How often routes are shortened by local search.
    shortened: f64,
}

impl Manner {
    fn draw(random: &mut ChaCha8Rng) -> Self {
        let taken = random.random_range(10.0..30.0);
        Self {
            taken,
            longest: 0.8 * taken,
            hot: random.random_range(0.4..1.2),
            shorter: 0.5 * 8_f64.powf(random.random()),
            shortened: if random.random::<f64>() < 0.3 { 0.1 } else { 0.0 },
        }
    }
}

const OUT: u8 = u8::MAX;

struct State {
    tours: Vec<Tour>,
    /// By customer, the tour; [`OUT`] where absent.
    tour_of: Vec<u8>,
    profit: f64,
    value: f64,
}

impl Clone for State {
    fn clone(&self) -> Self {
        let Self { tours, tour_of, profit, value } = self;
        Self { tours: tours.clone(), tour_of: tour_of.clone(), profit: *profit, value: *value }
    }

    fn clone_from(&mut self, other: &Self) {
        self.tours.clone_from(&other.tours);
        self.tour_of.clone_from(&other.tour_of);
        (self.profit, self.value) = (other.profit, other.value);
    }
}

/// The search.
pub struct Ruin<'a> {
    manner: Manner,
    net: &'a Net,
    random: ChaCha8Rng,
    /// By customer, all customers from near to far.
    near: Vec<Vec<u16>>,
    mean: f64,
    /// By customer, whether it stays out for now.
    barred: Vec<bool>,
    current: State,
    best: State,
}

impl<'a> Ruin<'a> {
    /// Begins with empty routes.
    #[must_use]
    pub fn new(net: &'a Net, seed: u64) -> Self {
        let near = (0..net.n).map(|i| {
            let mut others: Vec<u16> = (0..net.n).map(|j| u16::try_from(j).expect("few customers")).collect();
            let far = |j: &u16| net.time(i, usize::from(*j)).min(net.time(usize::from(*j), i));
            others.sort_by(|a, b| {
                (usize::from(*a) != i, far(a)).partial_cmp(&(usize::from(*b) != i, far(b))).expect("no NaN")
            });
            others
        });
        #[allow(clippy::cast_precision_loss)]
        let mean = net.profit.iter().sum::<f64>() / net.n.max(1) as f64;
        // More routes than customers are of no use.
        let tours = vec![Tour::default(); net.vehicles.min(net.n).min(usize::from(OUT) - 1)];
        let empty = State { tours, tour_of: vec![OUT; net.n], profit: 0.0, value: 0.0 };
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let manner = Manner::draw(&mut random);
        let barred = vec![false; net.n];
        Self { manner, net, random, near: near.collect(), mean, barred, current: empty.clone(), best: empty }
    }

    /// The best routes so far and their profit.
    #[must_use]
    pub fn best(&self) -> (f64, Vec<Vec<u16>>) {
        (self.best.profit, self.best.tours.iter().map(|t| t.stops.clone()).collect())
    }

    /// Goes on from these routes, which must be in time.
    pub fn adopt(&mut self, routes: &[Vec<u16>]) {
        let mut state = State {
            tours: vec![Tour::default(); self.best.tours.len()],
            tour_of: vec![OUT; self.net.n],
            profit: 0.0,
            value: 0.0,
        };
        for (k, route) in routes.iter().take(state.tours.len()).enumerate() {
            state.tours[k].stops.clone_from(route);
            state.tours[k].settle(self.net);
            for &c in route {
                state.tour_of[usize::from(c)] = u8::try_from(k).expect("few routes");
            }
        }
        self.judge(&mut state);
        if state.profit > self.best.profit {
            self.best = state.clone();
        }
        self.current = state;
    }

    /// For the first half of the next cooling, leaves out the customers of whom little is served; where nothing is
    /// known of what is served, none.
    pub fn keep_to(&mut self, served: &[f64]) {
        for (barred, share) in self.barred.iter_mut().zip(served) {
            *barred = *share < SERVED_LEAST + SERVED_DRAWN * self.random.random::<f64>().powi(2);
        }
    }

    /// One cooling from hot to cold in so many steps, begun from the best routes or from none. `tell` sees the
    /// routes of every plan that is gone on from. Where `stop` says so, the search ends.
    pub fn cool(&mut self, steps: u32, anew: bool, mut tell: impl FnMut(f64, &[Tour]), stop: impl Fn() -> bool) {
        if self.net.n == 0 || self.current.tours.is_empty() {
            return;
        }
        self.manner = Manner::draw(&mut self.random);
        // What a plan's length counts has changed.
        let mut best = self.best.clone();
        self.judge(&mut best);
        self.best = best.clone();
        if anew {
            best.tours.iter_mut().for_each(|t| *t = Tour::default());
            best.tour_of.fill(OUT);
            self.judge(&mut best);
        }
        self.current = best;
        let factor = (COLD / self.manner.hot).powf(1.0 / f64::from(steps));
        let mut heat = self.manner.hot * self.mean;
        let mut next = self.current.clone();
        for step in 0..steps {
            if step.is_multiple_of(ASKED) && stop() {
                return;
            }
            if step == steps / 2 {
                self.barred.fill(false);
            }
            next.clone_from(&self.current);
            let changed = self.ruin(&mut next);
            self.recreate(&mut next, changed);
            self.judge(&mut next);
            let draw: f64 = self.random.random::<f64>().max(1e-300);
            if next.value > self.current.value + heat * draw.ln() {
                let new = next.value != self.current.value;
                std::mem::swap(&mut self.current, &mut next);
                let rank = |state: &State| (state.profit, state.value);
                if rank(&self.current) > rank(&self.best) {
                    self.best = self.current.clone();
                }
                if new {
                    tell(self.current.profit, &self.current.tours);
                }
            }
            heat *= factor;
        }
    }

    fn judge(&self, state: &mut State) {
        state.profit = state.tours.iter().map(|t| self.net.worth(&t.stops)).sum();
        let length: f64 = state.tours.iter().map(|t| t.ends).sum();
        state.value = state.profit - self.manner.shorter * self.mean * length / self.net.limit;
    }

    /// Takes strings of stops near a customer out; the tours it has touched, a bit each.
    fn ruin(&mut self, state: &mut State) -> u64 {
        let served = state.tours.iter().map(|t| t.stops.len()).sum::<usize>();
        let used = state.tours.iter().filter(|t| !t.stops.is_empty()).count().max(1);
        #[allow(clippy::cast_precision_loss)]
        let mean = served as f64 / used as f64;
        let longest = self.manner.longest.min(mean).max(1.0);
        let strings = 4.0 * self.manner.taken / (1.0 + longest) - 1.0;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let strings = (self.random.random::<f64>() * strings + 1.0) as u32;
        let centre = self.random.random_range(0..self.net.n);
        let mut ruined = 0_u64;
        for k in 0..self.net.n {
            if ruined.count_ones() >= strings {
                break;
            }
            let customer = self.near[centre][k];
            let tour = state.tour_of[usize::from(customer)];
            if tour == OUT || ruined >> (tour & 63) & 1 == 1 {
                continue;
            }
            ruined |= 1 << (tour & 63);
            let tour = &mut state.tours[usize::from(tour)];
            let n = tour.stops.len();
            #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let length = ((self.random.random::<f64>() * longest.min(n as f64) + 1.0) as usize).min(n);
            let at = tour.stops.iter().position(|&c| c == customer).expect("it is there");
            let first = (at + 1).saturating_sub(length);
            let last = at.min(n - length);
            let from = self.random.random_range(first..=last);
            // Now and then some stops within the string stay.
            let mut keep = 0;
            if length > 1 && self.random.random::<f64>() < 0.5 {
                while from + length + keep < n && self.random.random::<f64>() > 0.5 {
                    keep += 1;
                }
            }
            let spared = from + self.random.random_range(0..=length);
            let spared = spared..spared + keep;
            let mut position = 0;
            let out = &mut state.tour_of;
            tour.stops.retain(|&c| {
                let taken = (from..from + length + keep).contains(&position) && !spared.contains(&position);
                position += 1;
                if taken {
                    out[usize::from(c)] = OUT;
                }
                !taken
            });
            tour.settle(self.net);
        }
        ruined
    }

    /// Puts absent customers in, in an order drawn at random.
    fn recreate(&mut self, state: &mut State, mut changed: u64) {
        let net = self.net;
        let free = |c: &usize| state.tour_of[*c] == OUT && !self.barred[*c];
        let mut absent: Vec<u16> = (0..net.n).filter(free).map(|c| u16::try_from(c).expect("few customers")).collect();
        absent.shuffle(&mut self.random);
        let key: Vec<f64> = match self.random.random_range(0..9) {
            0..2 => Vec::new(),
            2..4 => absent.iter().map(|&c| -net.profit[usize::from(c)]).collect(),
            4..7 => {
                // Profit for the delay, with noise.
                let of = |c: usize| {
                    let fits = state.tours.iter().filter_map(|t| t.best_fit(net, c, || false)).map(|f| f.delay);
                    fits.fold(f64::INFINITY, f64::min).max(1e-3)
                };
                let ratio: Vec<f64> = absent.iter().map(|&c| net.profit[usize::from(c)] / of(usize::from(c))).collect();
                ratio.iter().map(|r| -r * (0.7 + 0.6 * self.random.random::<f64>())).collect()
            }
            7 => absent.iter().map(|&c| net.close[usize::from(c)] - net.open[usize::from(c)]).collect(),
            _ => absent.iter().map(|&c| net.out[usize::from(c)] + net.home[usize::from(c)]).collect(),
        };
        if !key.is_empty() {
            let mut order: Vec<usize> = (0..absent.len()).collect();
            order.sort_by(|a, b| key[*a].total_cmp(&key[*b]));
            absent = order.into_iter().map(|k| absent[k]).collect();
        }
        for _ in 0..2 {
            let mut fitted = 0_u64;
            for &c in &absent {
                if state.tour_of[usize::from(c)] != OUT {
                    continue;
                }
                let mut best: Option<(usize, super::tour::Fit)> = None;
                for (k, tour) in state.tours.iter().enumerate() {
                    let random = &mut self.random;
                    if let Some(fit) = tour.best_fit(net, usize::from(c), || random.random::<f64>() < BLINK)
                        && best.is_none_or(|(_, b)| fit.delay < b.delay)
                    {
                        best = Some((k, fit));
                    }
                }
                if let Some((k, fit)) = best {
                    state.tours[k].insert(net, c, fit.before);
                    state.tour_of[usize::from(c)] = u8::try_from(k).expect("few routes");
                    fitted |= 1 << (k & 63);
                }
            }
            changed |= fitted;
            if !net.timeless || self.random.random::<f64>() >= self.manner.shortened {
                return;
            }
            for (k, tour) in state.tours.iter_mut().enumerate() {
                if changed >> (k & 63) & 1 == 1 {
                    tour.shorten(net);
                }
            }
            if changed == 0 {
                return;
            }
            changed = 0;
        }
    }
}
