//! Rules 12 and 13 of model.md written a second time: whom a stay must invite of the commune that hosts it, and that
//! nobody is invited by ones and twos; and the best whole invitations that keep them.

use super::invite::Known;
use super::people::{Offer, People, float, scaled};
use super::world::{Family, World};
use std::collections::HashMap;

/// What the two rules take from a pool.
pub struct Hosts {
    /// Commune that hosts a site, if it can be invited there.
    of_site: Vec<Option<usize>>,
    /// Share of a stay's invitations in hundredths.
    hundredths: u64,
    /// Whether hosts must be invited: not where rule 12 is set aside. Rule 13 looks at what it asks for all the same.
    held: bool,
    /// Fewest people of a commune in one visit; 1 when rule 13 is set aside.
    fewest: u64,
    /// The same whatever is set aside, as far as rule 12 looks at it.
    wanted: u64,
    /// `κ` in tenths, attendance of a visit, most invitations of a stay: as the scenario has them, whatever is set aside.
    tenths: u64,
    seats: (f64, f64),
    most: Vec<u64>,
    pub known: HashMap<Vec<Offer>, Known>,
}

/// What the rules ask of one service's visits.
pub struct Asked {
    /// By visit: the commune that hosts it.
    host: Vec<Option<usize>>,
    /// By visit: what rule 12 asks its stay to invite of the host.
    least: Vec<u64>,
    /// Whether it must.
    held: bool,
    /// By visit: whether the host may be invited in any number there.
    loose: Vec<bool>,
}

fn whole(value: f64) -> u64 {
    scaled((value + 1e-9).floor(), 1.0)
}

impl Hosts {
    /// `None` where neither rule is in force.
    pub fn new(world: &World, service: usize, people: &People) -> Option<Self> {
        let kind = &world.scenario.services[service];
        let pool = kind.pool?;
        let hundredths = scaled(pool.host_share, 100.0);
        let held = world.keeps(Family::Host) && hundredths > 0;
        let fewest = if world.keeps(Family::Few) { u64::from(pool.min_invitations) } else { 1 };
        if !held && fewest == 1 {
            return None;
        }
        let host = |site: usize| {
            let commune = world.commune_of(site).index();
            (people.near[site][commune] && world.scenario.communes[commune].in_scope).then_some(commune)
        };
        let part = scaled(pool.max_invited_share, 100.0);
        Some(Self {
            of_site: (0..world.scenario.sites.len()).map(host).collect(),
            hundredths,
            held,
            fewest,
            wanted: u64::from(pool.min_invitations),
            tenths: scaled(pool.invitations_per_appointment, 10.0),
            seats: (kind.overbooking, f64::from(kind.reserve)),
            most: people.due.iter().map(|d| d * part / 100).collect(),
            known: HashMap::new(),
        })
    }

    /// Invitations of a visit, and those that its appointments are enough for.
    fn limits(&self, offer: &Offer, uptake: f64) -> (f64, f64) {
        let seats = f64::from(offer.appointments) * self.seats.0 - self.seats.1;
        // Without seats nobody is invited; where nobody comes, nobody needs one.
        let letters = if seats > 0.0 { float(self.tenths * u64::from(offer.appointments) / 10) } else { 0.0 };
        (letters, if uptake > 0.0 { seats.max(0.0) / uptake } else { f64::INFINITY })
    }
}

impl People {
    /// What the rules ask of visits; `None` where neither is in force.
    pub fn asked(&self, offers: &[Offer]) -> Option<Asked> {
        let hosts = self.hosts.as_ref()?;
        // Stays, each with its visits; one that is 0 is a stay by itself.
        let mut stays: Vec<Vec<usize>> = Vec::new();
        for (k, offer) in offers.iter().enumerate().filter(|(_, o)| o.appointments > 0) {
            match stays.iter_mut().find(|s| offer.stay > 0 && offers[s[0]].stay == offer.stay) {
                Some(stay) => stay.push(k),
                None => stays.push(vec![k]),
            }
        }
        let first = |stay: &Vec<usize>| {
            let visit = stay.iter().map(|&k| &offers[k]).min_by_key(|o| o.day).expect("a stay has a visit");
            (visit.day, visit.vehicle, visit.site)
        };
        stays.sort_by_key(first);
        let mut out = Asked {
            host: offers.iter().map(|o| hosts.of_site[o.site]).collect(),
            least: vec![0; offers.len()],
            held: hosts.held,
            loose: vec![false; offers.len()],
        };
        let mut before = vec![0; self.due.len()];
        for stay in &stays {
            let Some(i) = out.host[stay[0]].filter(|_| hosts.hundredths > 0) else { continue };
            let limits: Vec<(f64, f64)> =
                stay.iter().map(|&k| hosts.limits(&offers[k], self.uptake[offers[k].site][i])).collect();
            let both = limits.iter().fold((0.0, 0.0), |sum, l| (sum.0 + l.0, sum.1 + l.1));
            let share = whole(float(hosts.hundredths) / 100.0 * f64::min(both.0, both.1));
            let room: u64 = limits.iter().map(|l| whole(l.0.min(l.1))).sum();
            let wants = hosts.most[i].min(share).min(room);
            let least = wants.min(self.due_by(i, first(stay).0).saturating_sub(before[i]));
            before[i] += least;
            let small = limits.iter().any(|l| l.0.min(l.1) < 2.0 * float(hosts.wanted));
            for &k in stay {
                out.least[k] = least;
                out.loose[k] = wants > 0 && stay.len() > 1 && small;
            }
        }
        Some(out)
    }

    /// Fewest people of a commune that a visit may invite, if it invites any.
    pub fn fewest(&self, asked: &Asked, visit: usize, commune: usize) -> u64 {
        let Some(hosts) = &self.hosts else { return 1 };
        let fewest = hosts.fewest.min(hosts.most[commune]).max(1);
        match asked.host[visit] == Some(commune) {
            true if asked.loose[visit] => 1,
            true if asked.least[visit] > 0 => fewest.min(asked.least[visit]),
            _ => fewest,
        }
    }

    /// Whether the invitations of visits keep both rules.
    pub fn keeps_hosts(&self, invited: &[(Offer, Vec<u64>)]) -> bool {
        let offers: Vec<Offer> = invited.iter().map(|v| v.0).collect();
        let Some(asked) = self.asked(&offers) else { return true };
        (0..offers.len()).all(|k| {
            let few = |i: usize| invited[k].1[i] > 0 && invited[k].1[i] < self.fewest(&asked, k, i);
            let of_host = asked.host[k].map_or(u64::MAX, |i| {
                let stay = |v: &&(Offer, Vec<u64>)| offers[k].stay > 0 && v.0.stay == offers[k].stay;
                if offers[k].stay == 0 { invited[k].1[i] } else { invited.iter().filter(stay).map(|v| v.1[i]).sum() }
            });
            // Those of fixed visits are facts.
            offers[k].appointments == 0
                || (0..self.due.len()).all(|i| !few(i)) && (!asked.held || of_host >= asked.least[k])
        })
    }
}

impl Asked {
    /// Whether a commune hosts a visit whose stay must invite some of it.
    pub fn hosts(&self, visit: usize, commune: usize) -> bool {
        self.of(visit).is_some_and(|(host, _)| host == commune)
    }

    /// What the stay of a visit must invite of its host: the host, and how many.
    pub fn of(&self, visit: usize) -> Option<(usize, u64)> {
        self.host[visit].map(|host| (host, self.least[visit])).filter(|h| self.held && h.1 > 0)
    }
}
