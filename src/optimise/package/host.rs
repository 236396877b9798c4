//! The commune that hosts a stay: how many of its people must be invited (rule 12 of model.md).

use super::Budget;
use crate::demand::{ServiceDemand, whole};
use crate::domain::{CommuneId, DayId, Pool, Scenario, Service, ServiceId, SiteId, TerritoryId};
use crate::promise::Ends;

/// Appointments of a visit, more than any has.
const MANY: u32 = 300;

/// The commune of a site, where a stay there must invite some of its people.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Host {
    /// The commune.
    pub commune: CommuneId,
    /// Its territory.
    pub territory: TerritoryId,
    /// `u`: attendance per invitation.
    pub uptake: f64,
    /// `p g u`: worth per invitation; 0 or more.
    pub worth: f64,
    /// Most invitations of one stay.
    pub limit: f64,
    /// Share of a stay's invitations that it gets.
    share: f64,
    /// The same as far as stays of several visits, which invite whole people each, can always give it.
    surely: f64,
    /// What other stays in the commune leave of it in every plan.
    room: f64,
}

impl Host {
    /// The host of stays at a site; `None` where nobody of it must be invited, or can be. `stays` is how many stays in the
    /// commune there can be in a plan, `nights` whether one may have several visits.
    #[must_use]
    pub fn new(
        scenario: &Scenario,
        demand: &ServiceDemand,
        (service, site): (ServiceId, SiteId),
        rule: Option<&Ends>,
        (stays, nights): (u32, bool),
    ) -> Option<Self> {
        let commune = scenario.sites[site.index()].commune;
        let reach = demand.reach[site.index()].iter().find(|reach| reach.commune == commune)?;
        if demand.pool.host_share <= 0.0 || rule.is_some_and(|rule| !rule.has_point(commune)) {
            return None;
        }
        let limit = demand.stay_limit(commune).min(f64::from(demand.due[commune.index()]));
        let fixed = demand.fixed.get(&commune).map_or(&[][..], |list| list);
        let taken: u32 = fixed.iter().filter(|f| f.site == site).map(|f| f.people).sum();
        let others = f64::from(stays.saturating_sub(1)) * limit;
        let room = (f64::from(demand.due_on(commune, DayId(0))) - others).min(limit - f64::from(taken));
        let rates = Rates { service: &scenario.services[service.index()], pool: &demand.pool, uptake: reach.uptake };
        let share = demand.pool.host_share;
        Some(Self {
            commune,
            territory: scenario.communes[commune.index()].territory,
            uptake: reach.uptake,
            worth: (demand.worth[commune.index()] * reach.uptake).max(0.0),
            limit,
            share,
            surely: if nights { share.min(rates.whole_part()) } else { share },
            room,
        })
        .filter(|host| host.limit >= 1.0)
    }

    /// A host with no stays beside.
    #[cfg(test)]
    pub(super) fn drawn(c: &super::Candidate, territory: TerritoryId, share: f64) -> Self {
        let (uptake, worth, limit) = (c.uptake, c.worth, c.limit);
        Self { commune: c.commune, territory, uptake, worth, limit, share, surely: share, room: limit }
    }

    /// How many of its people a stay within a budget invites at least, in every plan.
    #[must_use]
    pub fn least(&self, budget: Budget) -> f64 {
        let all = budget.invitations();
        let most = if self.uptake > 0.0 { all.min(budget.seats() / self.uptake) } else { all };
        f64::from(whole(self.surely * most)).min(self.room).min(self.limit).max(0.0)
    }

    /// `h` of rule 12: how many of its people a stay of known visits asks for, before other stays in the commune. By
    /// visit: invitations at most, and expected attendance at most. `taken` are those whom published visits of the stay
    /// have invited. No more than the visits, which invite whole people each, have room for.
    #[must_use]
    pub fn asked(&self, visits: &[(f64, f64)], taken: u32) -> f64 {
        let within =
            |letters: f64, seats: f64| if self.uptake > 0.0 { letters.min(seats / self.uptake) } else { letters };
        let all = visits.iter().fold((0.0, 0.0), |all, v| (all.0 + v.0, all.1 + v.1));
        let room: f64 = visits.iter().map(|&(letters, seats)| f64::from(whole(within(letters, seats)))).sum();
        let share = f64::from(whole(self.share * within(all.0, all.1)));
        (self.limit - f64::from(taken)).min(share).min(room).max(0.0)
    }
}

/// A host's uptake, and what of its service decides how many of its people are asked for.
#[derive(Debug, Clone, Copy)]
pub struct Rates<'a> {
    /// The service.
    pub service: &'a Service,
    /// Its pool.
    pub pool: &'a Pool,
    /// `u`: attendance per invitation.
    pub uptake: f64,
}

impl Rates<'_> {
    /// Of what a stay of several visits could invite of its host if visits were one, the part that visits which
    /// invite whole people can: at least.
    fn whole_part(&self) -> f64 {
        let parts = (1..MANY).filter(|&n| self.service.seats(n) > 0.0).map(|n| {
            let letters = f64::from(self.pool.invitations(n).0);
            let seats = if self.uptake > 0.0 { self.service.seats(n) / self.uptake } else { f64::INFINITY };
            let room = f64::from(whole(letters.min(seats)));
            (room / letters.max(1e-9), room / seats.max(1e-9))
        });
        let (letters, seats) = parts.fold((1.0, 1.0), |all: (f64, f64), one| (all.0.min(one.0), all.1.min(one.1)));
        letters.max(seats)
    }

    /// Whether one appointment more leaves no less for the other communes, in attendance and in invitations: then a
    /// visit with more appointments can invite everybody whom it could with fewer, and more of the host.
    #[must_use]
    pub fn leaves_more(&self, nights: bool) -> bool {
        let (kappa, share) = (self.pool.invitations_per_appointment, self.pool.host_share);
        if share <= 0.0 {
            return true;
        }
        if nights && (self.service.reserve > 0 || share > self.whole_part()) {
            return false;
        }
        let seats = if self.uptake > 0.0 { self.service.overbooking / self.uptake } else { 0.0 };
        // Without a reserve both limits grow alike, and the smaller one stays the smaller one.
        let most = if self.service.reserve > 0 { kappa.ceil().max(seats) } else { kappa.ceil() };
        let asked = (share * most - 1e-9).ceil();
        asked <= kappa.floor() && self.uptake * asked <= self.service.overbooking
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{PoolSource, Promise};
    use crate::i18n::Text;
    use crate::units::Seconds;

    fn rates_of(share: f64, kappa: f64, reserve: u32) -> (Service, Pool) {
        let pool = Pool {
            source: PoolSource::Residents { share: 1.0 },
            uptake: 0.3,
            half_minutes: 15.0,
            additionality: None,
            invitations_per_appointment: kappa,
            max_invited_share: 0.25,
            host_share: share,
            min_invitations: 1,
            fairness_appointments_per_week: 100.0,
        };
        let service = Service {
            id: "mammography".into(),
            name: Text::new("", ""),
            appointment: Seconds::from_minutes(10),
            weight: 1.0,
            overbooking: 1.0,
            reserve,
            crew: Vec::new(),
            pool: Some(pool),
            promise: Promise::default(),
            follow_up: None,
        };
        (service, pool)
    }

    /// What is left for others after the host, for each number of appointments.
    fn left(rates: &Rates, n: u32) -> (f64, f64) {
        let (letters, seats) = (f64::from(rates.pool.invitations(n).0), rates.service.seats(n));
        let asked = f64::from(whole(rates.pool.host_share * letters.min(seats / rates.uptake)));
        (letters - asked, seats - rates.uptake * asked)
    }

    #[test]
    fn where_more_appointments_leave_more_they_do() {
        let (mut yes, mut no) = (0, 0);
        for share in [0.25, 0.5, 0.75, 1.0] {
            for kappa in [1.0, 2.5, 4.0, 6.0] {
                for uptake in [0.05, 0.2, 0.254, 0.4, 1.0] {
                    for reserve in [0, 2] {
                        let (service, pool) = rates_of(share, kappa, reserve);
                        let rates = Rates { service: &service, pool: &pool, uptake };
                        if !rates.leaves_more(false) {
                            no += 1;
                            continue;
                        }
                        yes += 1;
                        for n in (1..60).filter(|&n| service.seats(n) > 0.0) {
                            let (one, more) = (left(&rates, n), left(&rates, n + 1));
                            assert!(
                                more.0 >= one.0 && more.1 >= one.1 - 1e-9,
                                "{share} {kappa} {uptake} {reserve}: {n}"
                            );
                        }
                    }
                }
            }
        }
        assert!(yes > 40 && no > 10, "{yes} {no}");
    }
}
