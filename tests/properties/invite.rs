//! The best whole invitations of given visits: all of them are tried.

use super::hosts::Asked;
use super::people::{Offer, People, float};
use std::collections::HashMap;

/// The best score of some visits, or that it is at most so much.
#[derive(Debug, Clone, Copy)]
pub enum Known {
    Best(f64),
    AtMost(f64),
}

impl People {
    /// The best score of whole invitations to some visits; `None` when it is not above `least`. Rules 12 and 13 are
    /// set aside: it is no less than with them, and visits are worth less beside others.
    pub fn best_above(&mut self, offers: &[Offer], least: f64) -> Option<f64> {
        let mut offers: Vec<Offer> = offers.iter().copied().filter(|o| o.appointments > 0).collect();
        offers.iter_mut().for_each(|o| o.vehicle = 0);
        if self.timeless() {
            offers.iter_mut().for_each(|o| o.day = 0);
        }
        offers.sort();
        self.number_stays(&mut offers, !self.stays_count);
        match self.known.get(&offers) {
            Some(&Known::Best(best)) => return (best > least).then_some(best),
            Some(&Known::AtMost(most)) if most <= least => return None,
            _ => {}
        }
        let known = self.searched(&offers, None, least)?;
        self.known.insert(offers, known);
        match known {
            Known::Best(best) => Some(best),
            Known::AtMost(_) => None,
        }
    }

    /// The same of invitations that keep rules 12 and 13, of all visits of a plan.
    pub fn best_hosted(&mut self, offers: &[Offer], least: f64) -> Option<f64> {
        let mut offers: Vec<Offer> = offers.iter().copied().filter(|o| o.appointments > 0).collect();
        if self.hosts.is_none() || offers.is_empty() {
            return self.best_above(&offers, least);
        }
        offers.sort();
        self.number_stays(&mut offers, false);
        match self.hosts.as_ref().and_then(|hosts| hosts.known.get(&offers)) {
            Some(&Known::Best(best)) => return (best > least).then_some(best),
            Some(&Known::AtMost(most)) if most <= least => return None,
            _ => {}
        }
        let asked = self.asked(&offers).expect("the rules are in force");
        let known = self.searched(&offers, Some(&asked), least)?;
        self.hosts.as_mut().expect("the rules are in force").known.insert(offers, known);
        match known {
            Known::Best(best) => Some(best),
            Known::AtMost(_) => None,
        }
    }

    /// What a search for the best invitations finds; `None` when it is too much work.
    fn searched(&mut self, offers: &[Offer], asked: Option<&Asked>, least: f64) -> Option<Known> {
        let limit: Vec<u64> = (0..self.due.len()).map(|i| self.most[i] * offers.len() as u64).collect();
        let shared: Vec<bool> = (0..limit.len()).map(|i| self.due_counts && limit[i] > self.due_by(i, 0)).collect();
        let mut left = self.left;
        // The visits of a stay share every commune with each other.
        let claimed = |o: &Offer| shared.iter().map(|s| *s || o.stay > 0).collect::<Vec<bool>>();
        let ways: Vec<Vec<Way>> = offers
            .iter()
            .enumerate()
            .map(|(k, o)| self.ways(o, asked.map(|asked| (asked, k)), &claimed(o), &mut left))
            .collect();
        let best = Search { people: self, offers, ways: &ways, shared: &shared, asked }.best(least, &mut left);
        self.left = left;
        if left == 0 {
            return None;
        }
        Some(if best > least { Known::Best(best) } else { Known::AtMost(least) })
    }

    /// Numbers stays in the order of their first visits; those of one visit, or all, are by themselves.
    fn number_stays(&self, offers: &mut [Offer], all: bool) {
        let old: Vec<usize> = offers.iter().map(|o| o.stay).collect();
        let alone = |stay: usize| stay == 0 || all || old.iter().filter(|s| **s == stay).count() < 2;
        let mut numbers: Vec<usize> = Vec::new();
        for (offer, &stay) in offers.iter_mut().zip(&old) {
            if !alone(stay) && !numbers.contains(&stay) {
                numbers.push(stay);
            }
            offer.stay = if alone(stay) { 0 } else { 1 + numbers.iter().position(|n| *n == stay).unwrap() };
        }
    }

    /// The best score of whole invitations to some visits.
    pub fn best(&mut self, offers: &[Offer]) -> f64 {
        self.best_above(offers, f64::NEG_INFINITY).unwrap_or_default()
    }

    /// All that a visit may invite; where nobody competes for a commune, one more is never worse.
    fn ways(&self, offer: &Offer, asked: Option<(&Asked, usize)>, shared: &[bool], left: &mut u64) -> Vec<Way> {
        let hosts = |i: usize| asked.is_some_and(|(asked, visit)| asked.hosts(visit, i));
        let open: Vec<usize> = (0..self.due.len())
            .filter(|&i| self.near[offer.site][i] && self.most[i] > 0)
            .filter(|&i| self.uptake[offer.site][i] > 0.0 && self.worth[i] > 0.0 || hosts(i))
            .collect();
        let fewest: Vec<u64> =
            (0..self.due.len()).map(|i| asked.map_or(1, |(asked, k)| self.fewest(asked, k, i))).collect();
        let mut found = Vec::new();
        let fill = Fill { people: self, offer, shared, fewest: &fewest };
        fill.on(&open, &mut vec![0; self.due.len()], &mut found, left);
        // A stay of one visit has its host from that visit.
        if let Some((host, least)) = asked.and_then(|(asked, k)| asked.of(k)).filter(|_| offer.stay == 0) {
            found.retain(|way| way.invited[host] >= least);
        }
        // Of two ways, one that brings no territory less and asks no more of those others want too; and as many of the host.
        let beats = |a: &Way, b: &Way| {
            a.contacts.iter().zip(&b.contacts).all(|(x, y)| x >= y)
                && (0..shared.len()).all(|i| !shared[i] || a.invited[i] <= b.invited[i])
                && (0..shared.len()).all(|i| offer.stay == 0 || !hosts(i) || a.invited[i] == b.invited[i])
        };
        let mut best: Vec<Way> = Vec::new();
        for way in found {
            *left = left.saturating_sub(1 + best.len() as u64 / 8);
            if *left == 0 {
                break;
            }
            if !best.iter().any(|old| beats(old, &way)) {
                best.retain(|old| !beats(&way, old));
                best.push(way);
            }
        }
        best
    }
}

/// All that a visit may invite.
struct Fill<'a> {
    people: &'a People,
    offer: &'a Offer,
    shared: &'a [bool],
    /// By commune, fewest people if any.
    fewest: &'a [u64],
}

impl Fill<'_> {
    fn on(&self, open: &[usize], invited: &mut Vec<u64>, found: &mut Vec<Way>, left: &mut u64) {
        let Self { people, offer, shared, .. } = self;
        *left = left.saturating_sub(1);
        if *left == 0 {
            return;
        }
        let Some((&i, rest)) = open.split_first() else {
            let more = (0..invited.len()).any(|j| {
                let asked = people.uptake[offer.site][j] > 0.0 && people.worth[j] > 0.0 && !shared[j];
                let goes_on = invited[j] > 0 || self.fewest[j] <= 1;
                invited[j] += 1;
                let fits = asked && goes_on && people.fits(offer, invited);
                invited[j] -= 1;
                fits
            });
            if !more {
                let contacts = people.contacts(offer.site, invited);
                found.push(Way { invited: invited.clone(), contacts });
            }
            return;
        };
        for x in 0..=people.most[i] {
            invited[i] = x;
            if !people.fits(offer, invited) {
                break;
            }
            if x == 0 || x >= self.fewest[i] {
                self.on(rest, invited, found, left);
            }
        }
        invited[i] = 0;
    }
}

/// Invitations of one visit, and what they bring each territory.
struct Way {
    invited: Vec<u64>,
    contacts: Vec<f64>,
}

/// People asked so far by commune (where visits compete for them), the same for each stay of
/// several visits, and contacts by territory.
type States = HashMap<Vec<u64>, Vec<Vec<f64>>>;

struct Search<'a> {
    people: &'a People,
    offers: &'a [Offer],
    ways: &'a [Vec<Way>],
    shared: &'a [bool],
    asked: Option<&'a Asked>,
}

impl Search<'_> {
    /// Visit by visit, every way from every state; of states that have asked the same people,
    /// those that brought no territory more than another are dropped.
    fn best(&self, least: f64, left: &mut u64) -> f64 {
        let nobody = vec![0.0; self.people.received.len()];
        // What is taken in turn may leave a host without its people.
        let mut best = if self.asked.is_some() { least } else { self.greedy(&nobody).max(least) };
        let communes = self.shared.len();
        let stays = self.offers.iter().map(|o| o.stay).max().unwrap_or_default();
        let mut states = States::from([(vec![0; communes * (1 + stays)], vec![nobody])]);
        for at in 0..self.offers.len() {
            let mut next = States::new();
            for (asked, list) in &states {
                for way in &self.ways[at] {
                    let Some(sum) = self.ask(at, asked, way) else { continue };
                    for contacts in list {
                        *left = left.saturating_sub(1);
                        if *left == 0 {
                            return best;
                        }
                        let contacts: Vec<f64> = contacts.iter().zip(&way.contacts).map(|(a, b)| a + b).collect();
                        // Half a plan may be short of hosts.
                        if self.asked.is_none() || at + 1 == self.offers.len() {
                            best = best.max(self.people.score(&contacts));
                        }
                        if self.most(at + 1, &sum, &contacts) > best + 1e-12 {
                            keep(next.entry(sum.clone()).or_default(), contacts);
                        }
                    }
                }
            }
            states = next;
        }
        best
    }

    /// People asked once a visit has sent its invitations, if it may.
    fn ask(&self, at: usize, asked: &[u64], way: &Way) -> Option<Vec<u64>> {
        let (communes, Offer { day, stay, .. }) = (self.shared.len(), self.offers[at]);
        let mut sum = asked.to_vec();
        for i in (0..communes).filter(|&i| self.shared[i]) {
            sum[i] += way.invited[i];
            if sum[i] > self.people.due_by(i, day) {
                return None;
            }
        }
        if stay > 0 {
            // Behind the people asked by all visits are those asked by each stay, until it ends.
            let goes_on = self.offers[at + 1..].iter().any(|o| o.stay == stay);
            for i in 0..communes {
                let by_stay = asked[stay * communes + i] + way.invited[i];
                let short = self.asked.and_then(|a| a.of(at)).is_some_and(|(host, least)| host == i && by_stay < least);
                if self.people.stays_count && by_stay > self.people.most[i] || !goes_on && short {
                    return None;
                }
                sum[stay * communes + i] = if goes_on { by_stay } else { 0 };
            }
        }
        Some(sum)
    }

    /// No state can come to more: the value is concave, so what a visit adds now is the most it
    /// can add later; and nobody comes who is not due.
    fn most(&self, from: usize, asked: &[u64], contacts: &[f64]) -> f64 {
        let people = self.people;
        let now = people.score(contacts);
        let gain = |way: &Way| people.score_of(contacts, &way.contacts) - now;
        let each: f64 = self.ways[from..].iter().map(|w| w.iter().map(gain).fold(0.0, f64::max)).sum();
        let mut left = vec![0.0; contacts.len()];
        for i in 0..people.due.len() {
            let nearest = self.offers[from..].iter().map(|o| people.uptake[o.site][i]).fold(0.0, f64::max);
            let visits = (self.offers.len() - from) as u64 * people.most[i];
            let due = if self.shared[i] { people.due_by(i, people.renewed.len() - 1) - asked[i] } else { u64::MAX };
            left[people.territory[i]] += float(due.min(visits)) * nearest * people.worth[i];
        }
        (now + each).min(people.score_of(contacts, &left))
    }

    /// A value that can be reached: each visit in turn takes what adds most.
    fn greedy(&self, nobody: &[f64]) -> f64 {
        let mut contacts = nobody.to_vec();
        let mut chosen: Vec<(Offer, Vec<u64>)> = Vec::new();
        for (offer, ways) in self.offers.iter().zip(self.ways) {
            let mut best: Option<(f64, &Way)> = None;
            for way in ways {
                chosen.push((*offer, way.invited.clone()));
                let score = self.people.score_of(&contacts, &way.contacts);
                if self.people.once(&chosen) && best.is_none_or(|b| score > b.0) {
                    best = Some((score, way));
                }
                chosen.pop();
            }
            if let Some((_, way)) = best {
                contacts.iter_mut().zip(&way.contacts).for_each(|(a, b)| *a += b);
                chosen.push((*offer, way.invited.clone()));
            }
        }
        self.people.score(&contacts)
    }
}

fn keep(list: &mut Vec<Vec<f64>>, new: Vec<f64>) {
    let beats = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(x, y)| x >= y);
    if !list.iter().any(|old| beats(old, &new)) {
        list.retain(|old| !beats(&new, old));
        list.push(new);
    }
}
