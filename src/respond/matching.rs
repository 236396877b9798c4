//! Who gets which appointment: successive shortest augmenting paths (Jonker and Volgenant, Computing 38, 1987), over times
//! with room for several.
//!
//! Requests are taken in the order given. Each is either given an appointment, others moving as far as they must, or
//! there is no way to give it one without taking one away; then none of those it could have displaced has any, and what
//! it saw is closed to all that follow. So those answered are the greedy basis of a transversal matroid: as many as can
//! be, and the first ones among all sets as large. At every step the sum of the costs is least for those answered.

use super::places::Place;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Appointments of a place, by position: `[from, to)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first.
    pub from: usize,
    /// The one after the last.
    pub to: usize,
}

/// Appointments at one place that would do for a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The place.
    pub place: usize,
    /// Its appointments.
    pub span: Span,
    /// What each costs, never less than the one before: first and second part, compared in that order.
    pub costs: Vec<(i64, i64)>,
}

/// Two parts in one number, so that sums compare part by part.
fn joined((first, second): (i64, i64)) -> i128 {
    (i128::from(first) << 64) + i128::from(second)
}

/// The appointments of all places, and who has them.
pub(super) struct Slots {
    /// By place: number of its first slot; one more than places.
    first: Vec<usize>,
    room: Vec<u32>,
    /// Taken for good.
    taken: Vec<u32>,
    /// Requests that have it.
    of: Vec<Vec<usize>>,
    price: Vec<i128>,
    closed: Vec<bool>,
}

impl Slots {
    pub(super) fn new(places: &[Place]) -> Self {
        Self::with_room(&places.iter().map(|place| place.lanes.clone()).collect::<Vec<_>>())
    }

    fn with_room(places: &[Vec<u32>]) -> Self {
        let mut first = vec![0];
        let mut room = Vec::new();
        for lanes in places {
            room.extend_from_slice(lanes);
            first.push(room.len());
        }
        let n = room.len();
        Self { first, taken: vec![0; n], of: vec![Vec::new(); n], price: vec![0; n], closed: vec![false; n], room }
    }

    /// Takes an appointment for good, where there are `lanes` at a time; `false` where all are taken. One that is
    /// not held for requests is exchanged for the nearest that is.
    pub(super) fn take(&mut self, (place, slot): (usize, usize), lanes: u32) -> bool {
        let (first, last) = (self.first[place], self.first[place + 1]);
        let at = first + slot;
        if self.taken[at] >= lanes {
            return false;
        }
        self.taken[at] += 1;
        let held = (first..last).filter(|&other| self.room[other] > 0).min_by_key(|other| other.abs_diff(at));
        if let Some(held) = held {
            self.room[held] -= 1;
        }
        true
    }

    /// How many are free at a time.
    pub(super) fn free(&self, place: usize, slot: usize) -> u32 {
        let slot = self.first[place] + slot;
        self.room[slot].saturating_sub(u32::try_from(self.of[slot].len()).unwrap_or(u32::MAX))
    }

    fn full(&self, slot: usize) -> bool {
        self.of[slot].len() >= self.room[slot] as usize
    }

    /// Gives appointments to requests, in some order; by request, place and time.
    pub(super) fn assign(&mut self, order: &[usize], choices: &[Vec<Choice>]) -> Vec<Option<(usize, usize)>> {
        let mut search = Search::new(self.room.len(), choices);
        for &request in order {
            search.augment(self, request);
        }
        let place = |slot: usize| {
            let place = self.first.partition_point(|first| *first <= slot) - 1;
            (place, slot - self.first[place])
        };
        search.has.iter().map(|slot| slot.map(place)).collect()
    }
}

/// Gives appointments to requests, in some order: `room` has, by place, how many there are at each time. By request: place
/// and time, or none.
#[must_use]
pub fn assign(room: &[Vec<u32>], order: &[usize], choices: &[Vec<Choice>]) -> Vec<Option<(usize, usize)>> {
    Slots::with_room(room).assign(order, choices)
}

struct Search<'c> {
    choices: &'c [Vec<Choice>],
    /// By request: its slot, and what it pays for it.
    has: Vec<Option<usize>>,
    pays: Vec<i128>,
    /// By slot: how far it is in the search under way, and which request it was reached from.
    distance: Vec<i128>,
    from: Vec<usize>,
    /// Slots the search has seen, and those it is done with.
    seen: Vec<usize>,
    done: Vec<bool>,
    heap: BinaryHeap<Reverse<(i128, usize)>>,
}

impl<'c> Search<'c> {
    fn new(slots: usize, choices: &'c [Vec<Choice>]) -> Self {
        Self {
            choices,
            has: vec![None; choices.len()],
            pays: vec![0; choices.len()],
            distance: vec![i128::MAX; slots],
            from: vec![usize::MAX; slots],
            seen: Vec::new(),
            done: vec![false; slots],
            heap: BinaryHeap::new(),
        }
    }

    /// Looks from a request that is `so_far` away at all slots it could have. Behind the first of a place that has room
    /// none is nearer, for it costs no more and has no price.
    fn look(&mut self, slots: &Slots, request: usize, so_far: i128) {
        for choice in &self.choices[request] {
            let first = slots.first[choice.place];
            for (slot, &cost) in (first + choice.span.from..first + choice.span.to).zip(&choice.costs) {
                if slots.room[slot] == 0 || slots.closed[slot] {
                    continue;
                }
                let distance = so_far + joined(cost) - self.pays[request] - slots.price[slot];
                if distance < self.distance[slot] && !self.done[slot] {
                    if self.distance[slot] == i128::MAX {
                        self.seen.push(slot);
                    }
                    self.distance[slot] = distance;
                    self.from[slot] = request;
                    self.heap.push(Reverse((distance, slot)));
                }
                if !slots.full(slot) {
                    break;
                }
            }
        }
    }

    /// Gives a request an appointment, others moving; `false` where that cannot be.
    fn augment(&mut self, slots: &mut Slots, request: usize) -> bool {
        self.heap.clear();
        self.pays[request] = 0;
        self.look(slots, request, 0);
        let mut end = None;
        while let Some(Reverse((distance, slot))) = self.heap.pop() {
            if self.done[slot] {
                continue;
            }
            if !slots.full(slot) {
                end = Some((slot, distance));
                break;
            }
            self.done[slot] = true;
            // Each may move on, the farther the more it costs.
            for k in 0..slots.of[slot].len() {
                self.look(slots, slots.of[slot][k], distance);
            }
        }
        let found = end.is_some();
        match end {
            Some((slot, distance)) => self.move_on(slots, request, slot, distance),
            // No way out from all of these: nobody who comes later finds one either.
            None => self.seen.iter().for_each(|&slot| slots.closed[slot] = true),
        }
        for slot in self.seen.drain(..) {
            (self.distance[slot], self.from[slot], self.done[slot]) = (i128::MAX, usize::MAX, false);
        }
        found
    }

    /// Puts prices right, and everybody on the path one further.
    fn move_on(&mut self, slots: &mut Slots, request: usize, end: usize, distance: i128) {
        for &slot in self.seen.iter().filter(|slot| self.done[**slot]) {
            let nearer = distance - self.distance[slot];
            slots.price[slot] -= nearer;
            for &other in &slots.of[slot] {
                self.pays[other] += nearer;
            }
        }
        self.pays[request] = distance;
        let mut slot = end;
        loop {
            let who = self.from[slot];
            let before = self.has[who].replace(slot);
            slots.of[slot].push(who);
            let Some(left) = before else { break };
            slots.of[left].retain(|other| *other != who);
            slot = left;
        }
    }
}
