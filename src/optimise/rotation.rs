//! Rotations: the tours of a vehicle from base to base, the columns of the master.

use super::search::{Tour, TourStop};

/// Tours on consecutive days; several where the vehicle spends nights out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rotation {
    /// Position of the duty in the master, and the tour, day by day.
    pub days: Vec<(usize, Tour)>,
}

/// The visits of a rotation that are one stay: day and stop of each.
pub type Stay = Vec<(usize, usize)>;

impl Rotation {
    /// A single day.
    #[must_use]
    pub fn day(duty: usize, tour: Tour) -> Self {
        Self { days: vec![(duty, tour)] }
    }

    /// The tours it makes on days of a duty.
    pub fn of_duty(&self, duty: usize) -> impl Iterator<Item = &Tour> {
        self.days.iter().filter(move |(k, _)| *k == duty).map(|(_, tour)| tour)
    }

    /// Its stops in order, each with the position of its day's duty in the master.
    pub fn stops(&self) -> impl Iterator<Item = (usize, &TourStop)> {
        self.days.iter().flat_map(|(k, tour)| tour.stops.iter().map(move |stop| (*k, stop)))
    }

    /// Whether it has a day of a duty.
    #[must_use]
    pub fn uses(&self, duty: usize) -> bool {
        self.days.iter().any(|(k, _)| *k == duty)
    }

    /// Nights out.
    #[must_use]
    pub fn nights(&self) -> u32 {
        self.days.iter().map(|(_, tour)| tour.sleeps).sum()
    }

    /// Working time of all its days, seconds.
    #[must_use]
    pub fn work(&self) -> i32 {
        self.days.iter().map(|(_, tour)| tour.work).sum()
    }

    /// A stop by its day and place.
    #[must_use]
    pub fn stop(&self, (day, stop): (usize, usize)) -> &TourStop {
        &self.days[day].1.stops[stop]
    }

    /// Its visits, those of one stay together, in order.
    #[must_use]
    pub fn stays(&self) -> Vec<Stay> {
        let mut stays: Vec<Stay> = Vec::new();
        for (d, (_, tour)) in self.days.iter().enumerate() {
            for (s, stop) in tour.stops.iter().enumerate() {
                // It slept there, after its last visit of the day before, and opens again.
                match stays.last_mut() {
                    Some(stay) if s == 0 && tour.slept == Some(stop.site) => stay.push((d, s)),
                    _ => stays.push(vec![(d, s)]),
                }
            }
        }
        stays
    }
}
