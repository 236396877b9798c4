//! Communes, services, pools and past visits; and what depends on everything else: limits on driving and the
//! week, locks.

use super::*;
use tournee::domain::{
    Additionality, CarePoint, PastInvitation, PastVisit, Pool, PoolSource, Promise, Reference, Service,
};
use tournee::i18n::Text;

impl Draw {
    pub(super) fn communes(&mut self, count: usize, territories: usize) -> Vec<Commune> {
        let women = match (self.tight(Family::Due), self.busy()) {
            (true, _) => (4, 8),
            (false, true) => (8, 16),
            (false, false) => (5, 10),
        };
        (0..count)
            .map(|i| {
                // Many women of whom nearly all take part: few are due, some come due again.
                let renewing = self.chance(40);
                let (women, share) = if renewing {
                    (self.count(100, 300), 980)
                } else {
                    (self.count(women.0, women.1), self.int(100, 400))
                };
                Commune {
                    code: format!("{i:05}"),
                    name: String::new(),
                    departement: "59".into(),
                    lat: 0.0,
                    lon: 0.0,
                    population: People(self.count(0, 60)),
                    women_50_74: People(women),
                    participation: Some(f64::from(share) / 1000.0),
                    priority: self.pick(&[0.0, 0.7, 1.0, 1.0, 1.0, 1.0, 1.5]),
                    uptake_factor: self.pick(&[0.8, 1.0, 1.0, 1.2]),
                    additional_share: self.chance(50).then_some(self.pick(&[0.3, 0.6, 1.0])),
                    intercommunality: String::new(),
                    without_gp: self.chance(30).then_some(People(self.count(0, 5))),
                    priority_neighbourhoods: 0,
                    territory: TerritoryId::new(self.rng.random_range(0..territories)),
                    in_scope: self.chance(92),
                }
            })
            .collect()
    }

    pub(super) fn imaging(&mut self, communes: usize) -> Vec<CarePoint> {
        (0..self.count(0, 2))
            .map(|k| {
                let commune = CommuneId::new(self.rng.random_range(0..communes));
                CarePoint {
                    id: format!("fixed{k}"),
                    name: String::new(),
                    kind: "imaging".into(),
                    commune,
                    position: commune.into(),
                    lat: 50.0,
                    lon: 3.0,
                    status: self.pick(&[CareStatus::Open, CareStatus::Open, CareStatus::Planned]),
                    services: vec![format!("service{}", self.int(0, 1))],
                    hours: [const { Vec::new() }; 7],
                    hours_assumed: false,
                }
            })
            .collect()
    }

    pub(super) fn services(&mut self, grid: i32) -> Vec<Service> {
        (0..self.pick(&[1, 1, 2, 2, 3]))
            .map(|s| Service {
                id: format!("service{s}"),
                name: Text { fr: String::new(), en: String::new() },
                appointment: Seconds(self.pick(&[2, 3, 4, 4, 5, 6]) * grid / 4 - self.pick(&[0, 0, 200])),
                weight: if s == 0 { 1.0 } else { self.pick(&[0.2, 0.5, 1.0]) },
                overbooking: 1.0,
                reserve: 0,
                crew: Vec::new(),
                pool: (s < 2).then(|| self.pool(s)),
                promise: Promise::default(),
                follow_up: None,
            })
            .collect()
    }

    fn pool(&mut self, service: u32) -> Pool {
        let source = match self.int(0, 3) {
            0 if service > 0 => PoolSource::WithoutGp { share: 0.1 },
            1 if service > 0 => PoolSource::Residents { share: 0.05 },
            _ => PoolSource::WomenDue { participation: 0.5 },
        };
        let reference = self.pick(&[Reference::Imaging, Reference::CarePoints]);
        let rule = Additionality { reference, b: self.pick(&[0.5, 0.9]), half_minutes: 15.0, count_planned: true };
        Pool {
            source,
            uptake: if self.tight(Family::Appointments) { self.pick(&[0.9, 1.0, 1.1]) } else { self.pick(&[0.4, 0.6]) },
            half_minutes: match (self.tight(Family::Due), self.tight(Family::VisitsPerDay)) {
                (true, _) => self.pick(&[30.0, 60.0]),
                (false, true) => self.pick(&[5.0, 10.0]),
                (false, false) => self.pick(&[10.0, 15.0, 30.0, 60.0]),
            },
            additionality: self.chance(60).then_some(rule),
            invitations_per_appointment: if self.tight(Family::Invitations) {
                self.pick(&[0.7, 1.0, 1.3, 1.5])
            } else {
                self.pick(&[2.0, 4.0])
            },
            max_invited_share: if [Family::StayShare, Family::VisitsPerDay].iter().any(|f| self.tight(*f))
                || self.wish.again
            {
                self.pick(&[0.25, 0.4, 0.5, 0.6])
            } else {
                self.pick(&[0.8, 1.0])
            },
            host_share: 0.0,
            min_invitations: 1,
            fairness_appointments_per_week: if self.tight(Family::Fairness) {
                self.pick(&[1.0, 2.0, 4.0])
            } else {
                self.pick(&[2.0, 4.0, 8.0])
            },
        }
    }

    pub(super) fn past(&mut self, scenario: &mut Scenario) {
        let often = self.tight(Family::Spacing) && !self.wish.again;
        for k in 0..if often { self.pick(&[0, 1, 2]) } else { self.pick(&[0, 0, 0, 1, 2]) } {
            let vehicle = self.rng.random_range(0..scenario.vehicles.len());
            let lines = (0..self.count(0, 2)).map(|_| {
                let invited = self.count(0, 4);
                PastInvitation {
                    service: ServiceId::new(self.rng.random_range(0..scenario.services.len())),
                    commune: CommuneId::new(self.rng.random_range(0..scenario.communes.len())),
                    invited: People(invited),
                    attended: People(self.count(0, invited)),
                }
            });
            let mut lines: Vec<PastInvitation> = lines.collect();
            lines.retain(|l| scenario.communes[l.commune.index()].in_scope);
            scenario.past.push(PastVisit {
                id: format!("past{k}"),
                date: scenario.horizon.start - Days::new(u64::from(self.pick(&[1_u32, 5, 9, 20, 900]))),
                vehicle: scenario.vehicles[vehicle].id.clone(),
                site: self.chance(90).then(|| SiteId::new(self.rng.random_range(0..scenario.sites.len()))),
                invitations: lines,
            });
        }
        scenario.past.sort_by_key(|p| p.date);
    }

    /// A limit that some round trips keep and others do not.
    pub(super) fn driving_limit(&mut self, scenario: &mut Scenario, travel: &Table) {
        if !self.tight(Family::Driving) {
            return;
        }
        let world = World { scenario, travel, without: None };
        let mut trips: Vec<i32> = (0..scenario.sites.len())
            .map(|s| {
                let (base, site) = (scenario.vehicles[0].base, world.commune_of(s));
                world.drive(0, base, site).unwrap() + world.drive(0, site, base).unwrap()
            })
            .collect();
        // Mostly one that rules out the farthest site.
        trips.sort_unstable();
        let least = trips.len() - usize::from(self.chance(80));
        let limit = trips[self.rng.random_range(0..least)] + self.pick(&[0, 0, 0, 60, 600, -1]);
        scenario.limits.driving_per_day = Seconds(limit);
    }

    /// A limit that fewer tours keep than there are days.
    pub(super) fn working_week(&mut self, scenario: &mut Scenario, day: &Day) {
        if !self.tight(Family::WorkingWeek) {
            return;
        }
        let days = scenario.vehicles.iter().map(|v| v.shifts.iter().flatten().count()).max().unwrap_or(1);
        let most = day.length().min(scenario.limits.work_per_day.0) * i32::try_from(days).unwrap();
        scenario.limits.work_per_week = Seconds(most * self.int(30, 80) / 100);
    }

    /// Forbidden visits, then locks on visits that a tour can make (and at times on others).
    pub(super) fn decisions(&mut self, scenario: &mut Scenario, travel: &Table) {
        if !self.tight(Family::Locks) {
            return;
        }
        let days = World { scenario, travel, without: None }.vehicle_days();
        if days.is_empty() {
            return;
        }
        for _ in 0..self.pick(&[0, 1, 1]) {
            let (vehicle, day) = self.pick(&days);
            let site = self.rng.random_range(0..scenario.sites.len());
            let mut forbidden = Forbidden {
                vehicle: self.chance(60).then_some(VehicleId::new(vehicle)),
                day: self.chance(60).then_some(DayId::new(day)),
                site: self.chance(80).then_some(SiteId::new(site)),
            };
            if forbidden.day.is_none() && forbidden.site.is_none() {
                forbidden.day = Some(DayId::new(day));
            }
            scenario.forbidden.push(forbidden);
        }
        for _ in 0..self.pick(&[0, 1, 1, 1, 2]) {
            let (vehicle, day) = self.pick(&days);
            let world = World { scenario, travel, without: None };
            let tours = tours::all(&world, vehicle, day).unwrap_or_default();
            let mut lock = Lock {
                vehicle: VehicleId::new(vehicle),
                day: DayId::new(day),
                site: SiteId::new(self.rng.random_range(0..scenario.sites.len())),
                sessions: None,
            };
            if !tours.is_empty() && self.chance(90) {
                let tour = &tours[self.rng.random_range(0..tours.len())];
                let stop = &tour.stops[self.rng.random_range(0..tour.stops.len())];
                lock.site = SiteId::new(stop.site);
                if self.chance(50) {
                    lock.sessions = Some(stop.sessions.iter().map(|s| window(s.0, s.1)).collect());
                }
            }
            let fits = world.may_visit(vehicle, day, lock.site.index());
            let again =
                scenario.locks.iter().any(|l| (l.vehicle, l.day, l.site) == (lock.vehicle, lock.day, lock.site));
            if fits && !again {
                scenario.locks.push(lock);
            }
        }
        scenario.locks.sort_by_key(|l| (l.day, l.vehicle, l.site));
    }
}
