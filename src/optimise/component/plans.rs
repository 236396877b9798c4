//! Whole rotations as plans: on days, with whom they invite, scored and bounded.

use super::{Component, GaveUp, Incumbent, Placed};
use crate::domain::{DayId, SiteId, VehicleId};
use crate::optimise::deal::{Dealing, Dealt, deal, possible};
use crate::optimise::duty::Duty;
use crate::optimise::invite::{Care, Continuous, LAST_SECONDS, Slot};
use crate::optimise::lp::LpError;
use crate::optimise::master::Branch;
use crate::optimise::rotation::Rotation;
use crate::optimise::search::{Tour, TourStop, locked_alone, shortest, told_alone};
use std::collections::BTreeMap;
use std::time::Instant;

/// Whole invitations of a plan that is kept are the best to this part of its score.
pub const PROVED: f64 = 1e-4;
/// Ways of placing the tours of a plan on days that are tried, at most.
const MOST_PLACEMENTS: usize = 500;

impl Component<'_> {
    /// Plans before any search: the locked visits alone, and with those that were published, each day from the base.
    /// There may be none so simple, where locks need nights out.
    ///
    /// # Errors
    /// When the solver fails.
    pub fn begin_with_locks(&mut self) -> Result<(), LpError> {
        if !self.demanded.is_empty() {
            return Ok(());
        }
        self.begin_with(|duty| !duty.required.is_empty())?;
        if self.problem.changes.any {
            self.begin_with(|duty| !duty.required.is_empty() || !duty.published.is_empty())?;
        }
        Ok(())
    }

    /// Begins with a plan, where it is one.
    ///
    /// # Errors
    /// When the solver fails.
    pub fn begin_with_plan(&mut self, placed: Vec<Placed>) -> Result<(), LpError> {
        if !placed.is_empty()
            && self.demanded.is_empty()
            && possible(self.problem, &placed)
            && self.within_limits(&placed)
            && self.keeps_locks(&placed)
        {
            self.score_plan(placed)?;
        }
        Ok(())
    }

    /// A plan of the locked and published visits of some duties, as far as they fit into their days.
    fn begin_with(&mut self, wanted: impl Fn(&Duty) -> bool) -> Result<(), LpError> {
        let list = &self.problem.duties.list;
        let own = self.generator.master.duties.iter().filter(|&&d| wanted(&list[d]));
        let mut days: Vec<(VehicleId, DayId, usize)> =
            own.flat_map(|&d| list[d].days.iter().map(move |&day| (list[d].vehicle, day, d))).collect();
        days.sort_unstable();
        let mut placed: Vec<Placed> = Vec::new();
        for (vehicle, day, duty) in days {
            let same_week = |p: &Placed| list[p.duty].vehicle == vehicle && p.day.0 / 7 == day.0 / 7;
            let control = list[duty].control > 0 && !placed.last().is_some_and(same_week);
            let tour = told_alone(&list[duty], control).or_else(|| locked_alone(&list[duty], control));
            let Some(tour) = tour else {
                if list[duty].required.is_empty() {
                    continue;
                }
                return Ok(());
            };
            placed.push(Placed { duty, day, tour });
        }
        if possible(self.problem, &placed) && self.within_limits(&placed) {
            self.score_plan(placed)?;
        }
        Ok(())
    }

    /// Whether tours from the base keep the limits on working weeks and on stays at a site.
    fn within_limits(&self, placed: &[Placed]) -> bool {
        let scenario = self.problem.scenario;
        let mut weeks: BTreeMap<(VehicleId, u32), i32> = BTreeMap::new();
        let mut stays: BTreeMap<(VehicleId, SiteId), u32> = BTreeMap::new();
        placed.iter().all(|p| {
            let duty = &self.problem.duties.list[p.duty];
            let work = weeks.entry((duty.vehicle, p.day.0 / 7)).or_default();
            *work += p.tour.work;
            let most = scenario.vehicles[duty.vehicle.index()].max_stays_per_site.unwrap_or(u32::MAX);
            *work <= scenario.limits.work_per_week.0
                && p.tour.stops.iter().all(|stop| {
                    let stays = stays.entry((duty.vehicle, duty.roads.sites[stop.site])).or_default();
                    *stays += 1;
                    *stays <= most
                })
        })
    }

    /// Puts rotations on days: of those that begin with the same duty the most valuable first, so
    /// that a week cut short has lost least.
    fn place(&self, chosen: &[(usize, usize)]) -> Dealt {
        let master = &self.generator.master;
        let worth = |rotation: &Rotation| -> f64 {
            let of_day = |(k, tour): &(usize, Tour)| -> f64 {
                let Some(last) = &self.generator.last else { return 0.0 };
                let (visit, levels) = (&last.prizes[*k].visit, master.duty(*k).shapes.levels.len());
                tour.stops.iter().map(|s| visit[s.site * levels + s.level]).sum()
            };
            rotation.days.iter().map(of_day).sum()
        };
        let mut hands: Vec<&Rotation> = Vec::new();
        for &(t, n) in chosen {
            hands.extend(std::iter::repeat_n(&master.tours[t].rotation, n));
        }
        hands.sort_by(|a, b| {
            a.days[0].0.cmp(&b.days[0].0).then_with(|| worth(b).total_cmp(&worth(a))).then_with(|| a.cmp(b))
        });
        // A day with locked visits is not left out.
        let used = |k: usize| hands.iter().map(|r| r.of_duty(k).count()).sum::<usize>();
        let locked = |k: &usize| !master.duty(*k).required.is_empty();
        if (0..master.duties.len()).filter(locked).any(|k| used(k) < master.duty(k).days.len()) {
            return Dealt::Impossible(Vec::new());
        }
        let dealings: Vec<Dealing> =
            hands.iter().map(|r| r.days.iter().map(|(k, tour)| (master.duties[*k], tour)).collect()).collect();
        deal(self.problem, dealings, self.harder(), self.over)
    }

    /// Whether what the caller demands is in a plan.
    fn meets_demand(&self, chosen: &[(usize, usize)]) -> bool {
        let master = &self.generator.master;
        let meets = |b: &Branch| chosen.iter().any(|&(t, n)| n > 0 && master.count(b.selector, t) > 0.5);
        self.demanded.iter().all(meets)
    }

    /// Number of the stay of each visit, tour by tour.
    fn stays(&self, placed: &[Placed]) -> Vec<Vec<usize>> {
        let mut order: Vec<usize> = (0..placed.len()).collect();
        order.sort_by_key(|&k| (self.problem.duties.list[placed[k].duty].vehicle, placed[k].day));
        let mut stays = vec![Vec::new(); placed.len()];
        let mut next = 0;
        for k in order {
            for stop in &placed[k].tour.stops {
                // Where it slept the stay goes on; there it was the last to be numbered.
                next += usize::from(placed[k].tour.slept != Some(stop.site));
                stays[k].push(next);
            }
        }
        stays
    }

    fn slots(&self, placed: &[Placed]) -> Vec<Slot> {
        let mut slots = Vec::new();
        let stays = self.stays(placed);
        for (p, stays) in placed.iter().zip(stays) {
            let duty = &self.problem.duties.list[p.duty];
            for (stop, stay) in p.tour.stops.iter().zip(stays) {
                let site = duty.roads.sites[stop.site];
                for (&service, &appointments) in duty.services.iter().zip(&duty.shapes.levels[stop.level]) {
                    slots.push(Slot { service, site, vehicle: duty.vehicle, day: p.day, appointments, stay });
                }
            }
        }
        slots
    }

    /// What tours cost in the score, less what they are worth for the promises; infinitely much where they do not
    /// keep one that is hard, or change more than is allowed.
    fn cost(&self, placed: &[Placed]) -> f64 {
        let night = self.problem.scenario.prices.night_price;
        let one = |p: &Placed| self.problem.duties.list[p.duty].cost(&p.tour) + night * f64::from(p.tour.sleeps);
        let tours = placed.iter().map(|p| (p.duty, &p.tour));
        let changes = &self.problem.changes;
        let changed = changes.count(placed.iter().map(|p| (&self.problem.duties.list[p.duty], &p.tour)));
        match self.problem.kept(&self.generator.master.duties, tours) {
            Some(kept) if changes.most.is_none_or(|most| changed <= most) => {
                placed.iter().map(one).sum::<f64>() + changes.price * f64::from(changed) - kept
            }
            _ => f64::INFINITY,
        }
    }

    /// Scores whole tours exactly and keeps them when they are the best; their score.
    pub(super) fn try_plan(&mut self, chosen: &[(usize, usize)]) -> Result<f64, LpError> {
        let mut key = chosen.to_vec();
        key.sort_unstable();
        if self.tried.contains(&key) {
            return Ok(f64::NEG_INFINITY);
        }
        self.tried.push(key);
        if !self.meets_demand(chosen) {
            return Ok(f64::NEG_INFINITY);
        }
        let placed = match self.place(chosen) {
            Dealt::Placed(placed) => placed,
            // Tours that cannot all be dealt are no plan; those of them that can are one.
            Dealt::Impossible(some) | Dealt::Unknown(some) => {
                if self.keeps_locks(&some) {
                    self.score_plan(some)?;
                }
                return Ok(f64::NEG_INFINITY);
            }
        };
        self.score_plan(placed)
    }

    /// Whether every day with locked visits has its tour, and what is demanded is there.
    fn keeps_locks(&mut self, placed: &[Placed]) -> bool {
        let rotations = self.rotations(placed);
        let chosen: Vec<(usize, usize)> =
            rotations.into_iter().map(|rotation| (self.generator.master.register(rotation), 1)).collect();
        if !self.meets_demand(&chosen) {
            return false;
        }
        let master = &self.generator.master;
        let kept = |&d: &usize| {
            let required = !self.problem.duties.list[d].required.is_empty();
            !required || placed.iter().any(|p| p.duty == d)
        };
        master.duties.iter().all(kept)
    }

    /// Scores tours on their days, and keeps them when they are the best.
    fn score_plan(&mut self, placed: Vec<Placed>) -> Result<f64, LpError> {
        let clock = Instant::now();
        let slots = self.slots(&placed);
        let cost = self.cost(&placed);
        if cost == f64::INFINITY {
            return Ok(f64::NEG_INFINITY);
        }
        let continuous = Continuous::new(self.problem, &slots, true)?;
        let most = continuous.value - cost;
        if most <= self.score() {
            return Ok(most);
        }
        let care = if self.tolerance > 0.0 { Care::Quick } else { Care::Within(0.0) };
        let mut invitations = continuous.whole(care, self.left())?;
        let seconds = clock.elapsed().as_secs_f64();
        // One that has had its last touches is compared with another that has had them.
        let rival = self.best.as_ref().filter(|best| best.polished && most > best.most + self.resolution());
        let polished = care == Care::Quick && rival.is_some_and(|best| invitations.value - cost <= best.score);
        if polished {
            invitations = continuous.whole(final_care(most, continuous.value), self.left())?;
        }
        let score = invitations.value - cost;
        if score > self.score() {
            self.best = Some(Incumbent { score, most, polished, seconds, tours: placed, slots, invitations });
        }
        Ok(score)
    }

    /// Seconds left.
    fn left(&self) -> f64 {
        self.deadline.map_or(f64::INFINITY, |end| end.saturating_duration_since(Instant::now()).as_secs_f64())
    }

    /// Last touches to the incumbent: the shortest tours for its visits, and better whole
    /// invitations. Nothing is done where scoring took longer than there is left.
    ///
    /// # Errors
    /// When the solver fails.
    pub fn polish(&mut self) -> Result<(), LpError> {
        let Some(mut best) = self.best.take_if(|b| !b.polished) else { return Ok(()) };
        best.polished = true;
        if best.seconds > self.left().max(LAST_SECONDS) {
            self.best = Some(best);
            return Ok(());
        }
        let before = best.clone();
        for placed in &mut best.tours {
            let duty = &self.problem.duties.list[placed.duty];
            if placed.tour.slept.is_none()
                && placed.tour.sleeps == 0
                && let Some(shorter) = shortest(duty, &placed.tour)
                && shorter.driving < placed.tour.driving
                && shorter.work <= placed.tour.work
                && (!duty.timed || lasts(&shorter, &placed.tour))
            {
                placed.tour = shorter;
            }
        }
        best.slots = self.slots(&best.tours);
        let continuous = Continuous::new(self.problem, &best.slots, true)?;
        let care = if self.tolerance > 0.0 { final_care(best.score, continuous.value) } else { Care::Within(0.0) };
        best.invitations = continuous.whole(care, self.left())?;
        let cost = self.cost(&best.tours);
        (best.score, best.most) = (best.invitations.value - cost, continuous.value - cost);
        let better = best.score >= before.score;
        self.best = Some(if better { best } else { before });
        Ok(())
    }

    /// A bound on all plans with exactly these tours, on whatever days (`∞` when no way of
    /// dealing them was found), and why it may be loose; the best of them where they are few enough to be tried.
    pub(super) fn settled(&mut self, chosen: &[(usize, usize)]) -> Result<(f64, Option<GaveUp>), LpError> {
        let placed = match self.place(chosen) {
            Dealt::Placed(placed) => placed,
            Dealt::Impossible(_) => return Ok((f64::NEG_INFINITY, None)),
            Dealt::Unknown(_) => return Ok((f64::INFINITY, Some(GaveUp::Days))),
        };
        let cost = self.cost(&placed);
        if cost == f64::INFINITY {
            return Ok((f64::NEG_INFINITY, None));
        }
        let continuous = Continuous::new(self.problem, &self.slots(&placed), false)?;
        let most = continuous.value - cost + 1e-9;
        if most <= self.cutoff() + self.lack() {
            // Near enough, whatever whole invitations are worth.
            return Ok((most, None));
        }
        // What an integer program may leave: nothing where the best plan is asked for.
        let care = Care::Within(self.leaf_gap(continuous.value));
        let whole = continuous.whole(care, self.left())?;
        let bound = most.min(whole.most - cost);
        if bound <= self.cutoff() {
            return Ok((bound, None));
        }
        let mut best = f64::NEG_INFINITY;
        let mut why = None;
        let Some(all) = self.placements(placed) else { return Ok((bound, Some(GaveUp::Days))) };
        for tours in all.into_iter().filter(|tours| possible(self.problem, tours)) {
            if (self.over)() {
                return Ok((bound, Some(GaveUp::Days)));
            }
            let slots = self.slots(&tours);
            let continuous = Continuous::new(self.problem, &slots, true)?;
            let most = continuous.value - cost;
            let invitations = continuous.whole(care, self.left())?;
            let score = invitations.value - cost;
            if !invitations.proved {
                why = Some(GaveUp::Invitations);
            }
            best = best.max((most + 1e-9).min(invitations.most - cost));
            if score > self.score() {
                let seconds = 0.0;
                self.best = Some(Incumbent { score, most, polished: false, seconds, tours, slots, invitations });
            }
            if best >= bound - self.resolution() {
                return Ok((bound, why));
            }
        }
        Ok((best, why))
    }

    /// The same tours on other days of their duties, in every way; `None` when these are many.
    fn placements(&self, placed: Vec<Placed>) -> Option<Vec<Vec<Placed>>> {
        let mut all = vec![Vec::new()];
        for Placed { duty, tour, .. } in placed {
            let mut more = Vec::new();
            for start in &all {
                let start: &Vec<Placed> = start;
                let earlier = start.iter().rev().find(|p| p.duty == duty && p.tour == tour).map(|p| p.day);
                for &day in &self.problem.duties.list[duty].days {
                    let free = !start.iter().any(|p| p.duty == duty && p.day == day);
                    // Of equal tours only one order.
                    if free && earlier.is_none_or(|e| e < day) {
                        more.push([&start[..], &[Placed { duty, day, tour: tour.clone() }]].concat());
                    }
                }
            }
            if more.len() > MOST_PLACEMENTS * self.harder() || (self.over)() {
                return None;
            }
            all = more;
        }
        Some(all)
    }
}

/// How the invitations of a plan that is kept are found: to a part of its score (model.md section 4).
#[allow(clippy::cast_possible_truncation)]
fn final_care(score: f64, value: f64) -> Care {
    Care::Final((PROVED * score.max(1.0) / value.max(1.0)) as f32)
}

/// Whether a tour opens its visits as early as another and closes them as late.
fn lasts(tour: &Tour, other: &Tour) -> bool {
    let hours = |stop: &TourStop| Some((stop.sessions.first()?.0, stop.sessions.last()?.1));
    other.stops.iter().all(|stop| {
        let own = tour.stops.iter().find(|s| s.site == stop.site).and_then(hours);
        own.zip(hours(stop)).is_some_and(|(own, other)| own.0 <= other.0 && own.1 >= other.1)
    })
}
