//! Whole invitations near continuous ones, quickly.
//!
//! Rounded down; then the hosts get what they are due, and a visit invites from a commune as many as rule 13 wants, or
//! nobody. Then in each visit some more wherever there is room for them, the most valuable first, and some here for some
//! there as long as that gains. Without rules 12 and 13 within 0.1 to 0.2 ‰ of what an integer program finds on a month of
//! the whole region, in a twentieth of its time (see DESIGN.md).

use super::program::Program;
use crate::demand::{ServiceDemand, value_of};
use crate::domain::TerritoryId;
use std::collections::BTreeMap;

/// A smaller gain is rounding.
const GAIN: f64 = 1e-9;
/// Room for rounding in a limit.
const SLACK: f64 = 1e-9;

/// More people invited by a term, and fewer by another of the same visit.
#[derive(Clone, Copy)]
struct Exchange {
    gain: f64,
    less: Option<(usize, f64)>,
    more: (usize, f64),
}

struct Rounding<'a> {
    program: &'a Program,
    demand: &'a ServiceDemand,
    people: Vec<f64>,
    /// Per row of letters, what is left.
    letters: Vec<f64>,
    /// Rows of letters of each term.
    rows: Vec<Vec<usize>>,
    /// Row of the host of each term, where it has one.
    host: Vec<Option<usize>>,
    /// Per row of a host, people beyond those who must be invited; negative where some are missing.
    beyond: Vec<f64>,
    /// Per visit, appointments left.
    seats: Vec<f64>,
    /// Visit of each term.
    visit: Vec<usize>,
    received: BTreeMap<TerritoryId, f64>,
}

/// Whole invitations, one number per term of the program, that keep all its limits.
/// `O(visits · candidates²)` for each of a few passes.
#[must_use]
pub fn round(program: &Program, demand: &ServiceDemand, continuous: &[f64]) -> Vec<f64> {
    let people: Vec<f64> = continuous.iter().map(|x| (x + 1e-7).floor()).collect();
    let mut rows = vec![Vec::new(); program.terms.len()];
    let mut letters = Vec::with_capacity(program.letters.len());
    for (r, (own, limit)) in program.letters.iter().enumerate() {
        letters.push(limit - own.iter().map(|&t| people[t]).sum::<f64>());
        for &t in own {
            rows[t].push(r);
        }
    }
    let mut host = vec![None; program.terms.len()];
    let mut beyond = Vec::with_capacity(program.hosts.len());
    for (r, (own, least)) in program.hosts.iter().enumerate() {
        beyond.push(own.iter().map(|&t| people[t]).sum::<f64>() - least);
        own.iter().for_each(|&t| host[t] = Some(r));
    }
    let mut visit = vec![0; program.terms.len()];
    for (v, (own, _)) in program.seats.iter().enumerate() {
        own.iter().for_each(|&t| visit[t] = v);
    }
    let expected = |own: &[usize]| own.iter().map(|&t| program.terms[t].uptake * people[t]).sum::<f64>();
    let seats = program.seats.iter().map(|(own, limit)| limit - expected(own)).collect();
    let worth = |own: &[usize]| own.iter().map(|&t| program.terms[t].worth * people[t]).sum::<f64>();
    let received = program.territories.iter().map(|(&z, own)| (z, worth(own))).collect();
    let mut rounding = Rounding { program, demand, people, letters, rows, host, beyond, seats, visit, received };
    rounding.settle_few();
    (0..program.hosts.len()).for_each(|r| rounding.invite_host(r));
    // What a visit leaves in a territory can be worth an exchange in another one.
    while (0..program.seats.len()).filter(|&visit| rounding.improve(visit)).count() > 0 {}
    rounding.people
}

impl Rounding<'_> {
    /// Where a visit invites fewer people of a commune than it may: as many as it must, where there is room for them, or
    /// nobody.
    fn settle_few(&mut self) {
        let few = |own: &Self, t: usize| own.people[t] > 0.5 && own.people[t] < own.program.fewest[t] - 0.5;
        for visit in 0..self.program.seats.len() {
            let mut list: Vec<usize> = self.program.seats[visit].0.iter().copied().filter(|&t| few(self, t)).collect();
            list.sort_by(|&a, &b| self.people[a].total_cmp(&self.people[b]).then(b.cmp(&a)));
            // The smallest make room for the largest.
            while let Some(largest) = list.pop() {
                let missing = self.program.fewest[largest] - self.people[largest];
                while !self.fits(None, (largest, missing)) && !list.is_empty() {
                    let smallest = list.remove(0);
                    self.change(smallest, -self.people[smallest]);
                }
                let by = if self.fits(None, (largest, missing)) { missing } else { -self.people[largest] };
                self.change(largest, by);
            }
        }
    }

    /// Invites as many people of a host as must be invited, others making room.
    fn invite_host(&mut self, r: usize) {
        while self.beyond[r] < -0.5 {
            // A term that has some already takes one more; another begins with as many as it must.
            let own = &self.program.hosts[r].0;
            let mut order: Vec<usize> = own.clone();
            order.sort_by(|&a, &b| self.people[b].total_cmp(&self.people[a]).then(a.cmp(&b)));
            let Some(t) = order.into_iter().find(|&t| self.make_room(t)) else { return };
            self.change(t, self.step_up(t));
        }
    }

    /// Takes people from others until a term fits some more; whether it then does. Nobody is taken from a host that must
    /// have them.
    fn make_room(&mut self, t: usize) -> bool {
        let more = (t, self.step_up(t));
        let program = self.program;
        loop {
            if self.fits(None, more) {
                return true;
            }
            let (seats, letters) = (self.short_of_seats(more), self.short_of_letters(more));
            let blocking: &[usize] = match letters {
                Some(row) => &program.letters[row].0,
                None if seats => &program.seats[self.visit[t]].0,
                None => return false,
            };
            let loss = |t: usize| -self.gain(Some((t, self.step_down(t, 1.0))), None);
            let others = blocking.iter().copied().filter(|&other| other != t && self.spares(other, 1.0));
            let Some(other) = others.min_by(|&a, &b| loss(a).total_cmp(&loss(b)).then(a.cmp(&b))) else {
                return false;
            };
            self.change(other, -self.step_down(other, 1.0));
        }
    }

    /// Makes all exchanges within a visit that gain; whether there was any.
    fn improve(&mut self, visit: usize) -> bool {
        let mut any = false;
        while let Some(exchange) = self.best(visit) {
            self.change(exchange.more.0, exchange.more.1);
            if let Some((less, by)) = exchange.less {
                self.change(less, -by);
            }
            any = true;
        }
        any
    }

    fn best(&self, visit: usize) -> Option<Exchange> {
        let own = &self.program.seats[visit].0;
        let invited = own.iter().filter(|&&t| self.people[t] > 0.5).map(|&t| Some(t));
        let mut best: Option<Exchange> = None;
        for less in std::iter::once(None).chain(invited) {
            for &more in own.iter().filter(|&&more| Some(more) != less) {
                let more = (more, self.step_up(more));
                let less = match less {
                    None => None,
                    Some(t) => match self.exchanged(t, more) {
                        Some(by) => Some((t, by)),
                        None => continue,
                    },
                };
                if !self.fits(less, more) {
                    continue;
                }
                // By person: many at once that rule 13 wants would else take the place of a few who are worth more.
                let gain = self.gain(less, Some(more)) / more.1;
                if gain > best.map_or(GAIN, |b| b.gain) {
                    best = Some(Exchange { gain, less, more });
                }
            }
        }
        best
    }

    /// How many a term takes more: one, or, where it has none, as many as it must.
    fn step_up(&self, t: usize) -> f64 {
        if self.people[t] > 0.5 { 1.0 } else { self.program.fewest[t].max(1.0) }
    }

    /// How many a term loses when so many are wanted of it: all where fewer than it must have would be left.
    fn step_down(&self, t: usize, by: f64) -> f64 {
        if self.people[t] - by < self.program.fewest[t] - 0.5 { self.people[t] } else { by }
    }

    /// Whether a term can lose so many: a host keeps those who must be invited.
    fn spares(&self, t: usize, by: f64) -> bool {
        let by = self.step_down(t, by);
        self.people[t] > 0.5 && by <= self.people[t] && self.host[t].is_none_or(|r| self.beyond[r] >= by - SLACK)
    }

    /// How many a term must lose so that another of its visit takes some more; `None` where it cannot.
    fn exchanged(&self, less: usize, (more, up): (usize, f64)) -> Option<f64> {
        let visit = self.visit[more];
        let lacking = up * self.program.terms[more].uptake - self.seats[visit];
        let for_seats = (lacking / self.program.terms[less].uptake - SLACK).ceil();
        let rows = self.rows[more].iter().filter(|row| self.rows[less].contains(row));
        let for_letters = rows.map(|&row| (up - self.letters[row] - SLACK).ceil()).fold(1.0, f64::max);
        let by = if lacking > SLACK { for_seats.max(for_letters) } else { for_letters };
        (by <= self.people[less] && self.spares(less, by)).then(|| self.step_down(less, by))
    }

    fn short_of_seats(&self, (t, up): (usize, f64)) -> bool {
        up * self.program.terms[t].uptake > self.seats[self.visit[t]] + SLACK
    }

    fn short_of_letters(&self, (t, up): (usize, f64)) -> Option<usize> {
        self.rows[t].iter().copied().find(|&row| self.letters[row] < up - SLACK)
    }

    fn fits(&self, less: Option<(usize, f64)>, (more, up): (usize, f64)) -> bool {
        let terms = &self.program.terms;
        let freed = less.map_or(0.0, |(t, by)| by * terms[t].uptake);
        let back = |row: &usize| less.filter(|(t, _)| self.rows[*t].contains(row)).map_or(0.0, |(_, by)| by);
        self.people[more] + up <= terms[more].limit + SLACK
            && up * terms[more].uptake <= self.seats[self.visit[more]] + freed + SLACK
            && self.rows[more].iter().all(|row| self.letters[*row] + back(row) >= up - SLACK)
    }

    fn gain(&self, less: Option<(usize, f64)>, more: Option<(usize, f64)>) -> f64 {
        let terms = &self.program.terms;
        let change = |(t, by): (usize, f64)| (terms[t].territory, terms[t].worth * by);
        let (up, down) = (more.map(change), less.map(|(t, by)| change((t, -by))));
        let value = |z: TerritoryId, by: f64| {
            let steps = &self.demand.steps[z.index()];
            value_of(steps, self.received[&z] + by) - value_of(steps, self.received[&z])
        };
        match (up, down) {
            (Some((a, up)), Some((b, down))) if a == b => value(a, up + down),
            _ => up.into_iter().chain(down).map(|(z, by)| value(z, by)).sum(),
        }
    }

    fn change(&mut self, t: usize, by: f64) {
        let term = &self.program.terms[t];
        self.people[t] += by;
        self.seats[self.visit[t]] -= by * term.uptake;
        *self.received.entry(term.territory).or_default() += by * term.worth;
        for &row in &self.rows[t] {
            self.letters[row] -= by;
        }
        if let Some(r) = self.host[t] {
            self.beyond[r] += by;
        }
    }
}
