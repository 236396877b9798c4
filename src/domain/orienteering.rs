//! Team orienteering, with or without time windows: the problem of the literature nearest to ours.
//!
//! From a start to an end, `vehicles` routes take the profits of points, each once at most, within a limit
//! on their length (Chao, Golden and Wasil, *The team orienteering problem*, European Journal of
//! Operational Research 88, 1996) or within the points' time windows (Vansteenwegen and others,
//! *Iterated local search for the team orienteering problem with time windows*, Computers & Operations
//! Research 36, 2009).

/// A point that may be visited, or the start, or the end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Horizontal coordinate.
    pub x: f64,
    /// Vertical coordinate.
    pub y: f64,
    /// What the first visit brings; ≥ 0.
    pub profit: f64,
    /// How long a visit takes, in the unit of the distances; ≥ 0.
    pub service: f64,
    /// When a visit can begin at the earliest; who comes earlier waits.
    pub open: f64,
    /// When a visit can begin at the latest.
    pub close: f64,
}

/// How distances follow from coordinates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    /// Euclidean, in double precision (TOP).
    Euclidean,
    /// Euclidean, cut after one decimal (TOPTW on Solomon's instances).
    Tenths,
    /// Euclidean, cut after two decimals (TOPTW on Cordeau's instances).
    Hundredths,
}

/// An instance.
#[derive(Debug, Clone, PartialEq)]
pub struct Orienteering {
    /// Its name: that of its file without the ending.
    pub name: String,
    /// Routes that may be made.
    pub vehicles: usize,
    /// The points in the order of the file, start and end included.
    pub points: Vec<Point>,
    /// Position of the start in `points`.
    pub start: usize,
    /// Position of the end in `points`; may be that of the start.
    pub end: usize,
    /// When a route must be at the end; it leaves the start at time 0.
    pub limit: f64,
    /// How distances are measured.
    pub metric: Metric,
}

impl Orienteering {
    /// The distance between two points, which is also the time it takes.
    #[must_use]
    pub fn distance(&self, from: usize, to: usize) -> f64 {
        let (a, b) = (self.points[from], self.points[to]);
        let exact = ((a.x - b.x).powi(2) + (a.y - b.y).powi(2)).sqrt();
        match self.metric {
            Metric::Euclidean => exact,
            Metric::Tenths => (exact * 10.0).floor() / 10.0,
            Metric::Hundredths => (exact * 100.0).floor() / 100.0,
        }
    }

    /// The points that may be visited: all but start and end.
    pub fn customers(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.points.len()).filter(|&p| p != self.start && p != self.end)
    }
}
