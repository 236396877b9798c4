//! Road times from a server of OSRM (HTTP API v1: `nearest`, `table`, `route`).
//!
//! The server is asked for blocks of trips, some at a time; every answer is checked and kept on disk at once, so that a
//! run that was killed goes on where it stopped. This is the only asynchronous part of the library, and it hides that.

mod answer;
mod client;
mod error;
mod grid;
mod rules;
mod store;

pub use error::OsrmError;
pub use rules::OsrmRules;

use super::source::Source;
use super::table::Trip;
use crate::domain::{PositionId, Scenario};
use answer::{Block, Coordinate, Wrong};
use client::Client;
use grid::{Grid, Part, split};
use rustc_hash::FxHashMap;
use std::cell::{Cell as Changing, RefCell};
use std::collections::VecDeque;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use store::{About, Store};
use tokio::task::JoinSet;

/// How far the asking has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// Trips known.
    pub done: usize,
    /// Trips wanted.
    pub all: usize,
}

/// What was done to get trips.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OsrmReport {
    /// Time of the server's data; empty where it does not tell.
    pub data_version: String,
    /// Trips that were kept, and asked for.
    pub kept: usize,
    /// Trips that were asked for.
    pub asked: usize,
    /// Requests for them.
    pub requests: usize,
    /// Most origins and destinations in a request that the server took.
    pub block: usize,
    /// Trips that the server estimated as the crow flies.
    pub estimated: Vec<(PositionId, PositionId)>,
    /// Files of answers that were damaged, and removed.
    pub damaged: Vec<PathBuf>,
    /// Seconds of our own work: writing requests, reading, checking and keeping answers.
    pub own_seconds: f64,
    /// Seconds in all.
    pub seconds: f64,
}

/// What the caller knows and the scenario does not.
pub struct OsrmDesk<'a> {
    /// What the header named in the rules says.
    pub key: Option<String>,
    /// Folder in which answers are kept; without one, none are.
    pub cache: Option<PathBuf>,
    /// Whether only what is kept may be used.
    pub offline: bool,
    /// Whether everything is asked for again.
    pub refresh: bool,
    /// Told how far it has got.
    pub progress: &'a (dyn Fn(Asked) + Sync),
    /// Asked whether to stop.
    pub stop: &'a (dyn Fn() -> bool + Sync),
}

/// A server of OSRM as a source of trips.
pub struct Osrm<'a> {
    rules: &'a OsrmRules,
    desk: OsrmDesk<'a>,
    report: RefCell<OsrmReport>,
    store: RefCell<Option<Store>>,
    client: RefCell<Option<Client>>,
    /// Most origins and destinations in a request, as far as is known.
    block: Changing<usize>,
    begun: Instant,
}

impl<'a> Osrm<'a> {
    /// A server that has not been asked anything yet.
    #[must_use]
    pub fn new(rules: &'a OsrmRules, desk: OsrmDesk<'a>) -> Self {
        Self {
            rules,
            desk,
            report: RefCell::default(),
            store: RefCell::default(),
            client: RefCell::default(),
            block: Changing::new(rules.block.max(1)),
            begun: Instant::now(),
        }
    }

    /// What was done so far.
    #[must_use]
    pub fn report(&self) -> OsrmReport {
        let seconds = self.begun.elapsed().as_secs_f64();
        OsrmReport { block: self.block.get(), seconds, ..self.report.borrow().clone() }
    }

    /// Puts fresh answers in the place of the old ones, where all were asked for again.
    ///
    /// # Errors
    /// [`OsrmError::Cache`].
    pub fn finish(&self) -> Result<(), OsrmError> {
        self.store.borrow_mut().as_mut().map_or(Ok(()), Store::finish)
    }

    /// The path of a trip, encoded as a polyline with five decimals; `None` where there is no way.
    ///
    /// # Errors
    /// See [`OsrmError`].
    pub fn path(&self, scenario: &Scenario, from: PositionId, to: PositionId) -> Result<Option<String>, OsrmError> {
        let [a, b] = [from, to].map(|position| coordinate(scenario, position));
        self.open(a)?;
        if let Some(known) = self.store.borrow().as_ref().and_then(|store| store.path(a, b)) {
            return Ok(known);
        }
        if self.desk.offline {
            return Err(OsrmError::Offline { missing: 1, all: 1, places: vec![from, to] });
        }
        let path = format!(
            "route/v1/{}/{};{}?overview=full&geometries=polyline&generate_hints=false",
            self.rules.profile,
            written(a),
            written(b)
        );
        let client = self.client()?;
        let body = runtime()?.block_on(client.get(&path, 0));
        let path = body.map_err(|error| no_road(error, |k| if k == 0 { from } else { to }));
        let path = answer::path(&path?)?;
        if let Some(store) = &*self.store.borrow() {
            store.keep_path(a, b, path.as_deref())?;
        }
        Ok(path)
    }

    fn client(&self) -> Result<Client, OsrmError> {
        if let Some(client) = &*self.client.borrow() {
            return Ok(client.clone());
        }
        let client = Client::new(self.rules, self.desk.key.as_deref())?;
        Ok(self.client.borrow_mut().insert(client).clone())
    }

    /// Learns the time of the server's data, and opens the folder of its answers.
    fn open(&self, any: Coordinate) -> Result<(), OsrmError> {
        let known = self.store.borrow().is_some() || self.report.borrow().requests > 0;
        if known {
            return Ok(());
        }
        // What is kept was checked against the limit of its time: another limit is another question.
        let fallback = self.rules.fallback_speed.map_or_else(String::new, |speed| format!("&fallback_speed={speed}"));
        let options = format!("max_snap={}{fallback}", self.rules.max_snap);
        let mut about = About {
            server: self.rules.server.trim_end_matches('/').to_owned(),
            profile: self.rules.profile.clone(),
            options,
            data_version: String::new(),
        };
        let mut report = self.report.borrow_mut();
        if self.desk.offline {
            let kept = self.desk.cache.as_deref().and_then(|cache| Store::newest(cache, &about));
            if let Some((store, version)) = kept {
                *self.store.borrow_mut() = Some(store);
                report.data_version = version;
            }
            return Ok(());
        }
        let path = format!("nearest/v1/{}/{}?number=1&generate_hints=false", self.rules.profile, written(any));
        let client = self.client()?;
        let body = match runtime()?.block_on(client.get(&path, 0)) {
            // There is no road here: that is told of the place once it is asked for.
            Err(OsrmError::Refused { code, .. }) if code == "NoSegment" => Ok(Vec::new()),
            other => other,
        }?;
        about.data_version = if body.is_empty() { String::new() } else { answer::version(&body)? };
        report.requests += 1;
        report.data_version.clone_from(&about.data_version);
        if let Some(cache) = &self.desk.cache {
            *self.store.borrow_mut() = Some(Store::open(cache, &about, self.desk.refresh)?);
        }
        Ok(())
    }

    /// Asks for what is missing, some at a time; `take` gets each block as it comes.
    fn ask(
        &self,
        (from, to): (&[Coordinate], &[Coordinate]),
        mut parts: VecDeque<Part>,
        take: &mut dyn FnMut(&Block) -> Result<(), OsrmError>,
        wrong: &dyn Fn(Wrong, &Part) -> OsrmError,
    ) -> Result<(), OsrmError> {
        let client = self.client()?;
        let runtime = runtime()?;
        runtime.block_on(async {
            let mut running: JoinSet<(Part, Result<Vec<u8>, OsrmError>)> = JoinSet::new();
            let mut seed = 0;
            loop {
                while running.len() < self.rules.at_a_time.max(1)
                    && let Some(part) = parts.pop_front()
                {
                    let most = self.block.get();
                    if part.0.len() > most || part.1.len() > most {
                        split(&part, most).into_iter().rev().for_each(|part| parts.push_front(part));
                        continue;
                    }
                    let begun = Instant::now();
                    let request = self.request((from, to), &part);
                    let client = client.clone();
                    seed += 1;
                    running.spawn(async move {
                        let body = client.get(&request, seed).await;
                        (part, body)
                    });
                    let mut report = self.report.borrow_mut();
                    report.requests += 1;
                    report.own_seconds += begun.elapsed().as_secs_f64();
                }
                // Now and then somebody may have asked to stop.
                let next = tokio::time::timeout(Duration::from_millis(100), running.join_next()).await;
                if (self.desk.stop)() {
                    return Err(OsrmError::Stopped);
                }
                let Ok(next) = next else { continue };
                let Some(done) = next else { return Ok(()) };
                let (part, body) = done.map_err(|error| OsrmError::Client { why: error.to_string() })?;
                let begun = Instant::now();
                let read = body.map_err(Wrong::from).and_then(|body| {
                    let own = |all: &[Coordinate], some: &[usize]| some.iter().map(|&k| all[k]).collect();
                    answer::block(&body, own(from, &part.0), own(to, &part.1), self.rules.max_snap)
                });
                match read {
                    Ok((block, version)) => {
                        let before = self.report.borrow().data_version.clone();
                        if version != before {
                            return Err(OsrmError::Changed { before, after: version });
                        }
                        take(&block)?;
                        self.report.borrow_mut().own_seconds += begun.elapsed().as_secs_f64();
                    }
                    Err(Wrong::Answer(OsrmError::TooBig)) => {
                        let largest = part.0.len().max(part.1.len());
                        if largest <= 1 {
                            return Err(OsrmError::TooBig);
                        }
                        self.block.set(self.block.get().min(largest / 2).max(1));
                        parts.push_front(part);
                    }
                    Err(error) => return Err(wrong(error, &part)),
                }
            }
        })
    }

    fn request(&self, (from, to): (&[Coordinate], &[Coordinate]), part: &Part) -> String {
        let mut places: Vec<Coordinate> = Vec::new();
        let mut known: FxHashMap<Coordinate, usize> = FxHashMap::default();
        let mut numbers = |all: &[Coordinate], some: &[usize]| {
            let mut text = String::new();
            for &k in some {
                let number = *known.entry(all[k]).or_insert_with(|| {
                    places.push(all[k]);
                    places.len() - 1
                });
                let _ = write!(text, "{}{number}", if text.is_empty() { "" } else { ";" });
            }
            text
        };
        let (sources, destinations) = (numbers(from, &part.0), numbers(to, &part.1));
        let places = places.into_iter().map(written).collect::<Vec<_>>().join(";");
        let fallback = self.rules.fallback_speed.map_or_else(String::new, |speed| {
            // The server counts in metres a second; km/h is what people know.
            format!("&fallback_speed={}&fallback_coordinate=snapped", speed / 3.6)
        });
        format!(
            "table/v1/{}/{places}?annotations=duration,distance&generate_hints=false&sources={sources}&destinations={destinations}{fallback}",
            self.rules.profile
        )
    }
}

impl Source for Osrm<'_> {
    type Error = OsrmError;

    fn trips(&self, scenario: &Scenario, from: &[PositionId], to: &[PositionId]) -> Result<Vec<Trip>, OsrmError> {
        let (Some(&first), false) = (from.first(), to.is_empty()) else { return Ok(Vec::new()) };
        self.open(coordinate(scenario, first))?;
        let begun = Instant::now();
        let (rows, from_at) = distinct(scenario, from);
        let (columns, to_at) = distinct(scenario, to);
        let mut grid = Grid::new(&rows, &columns);
        if let Some(store) = &*self.store.borrow() {
            let (blocks, damaged) = store.blocks();
            blocks.iter().for_each(|block| grid.take(block));
            self.report.borrow_mut().damaged.extend(damaged);
        }
        // A place is where it is, whatever the server knows of roads.
        let all = grid.cells.len();
        let missing = grid.missing;
        {
            let mut report = self.report.borrow_mut();
            report.kept += all - missing;
            report.asked += missing;
            report.own_seconds += begun.elapsed().as_secs_f64();
        }
        (self.desk.progress)(Asked { done: all - missing, all });
        let named = |list: &[Coordinate], positions: &[PositionId], k: usize| -> PositionId {
            let at = positions.iter().find(|p| coordinate(scenario, **p) == list[k]);
            at.copied().unwrap_or(first)
        };
        if missing > 0 && self.desk.offline {
            let places = grid
                .emptiest()
                .into_iter()
                .map(|(row, k)| if row { named(&rows, from, k) } else { named(&columns, to, k) });
            return Err(OsrmError::Offline { missing, all, places: places.collect() });
        }
        if missing > 0 {
            let parts = grid.parts(self.block.get());
            let wrong = |wrong: Wrong, part: &Part| match wrong {
                Wrong::Answer(error) => no_road(error, |k| {
                    // Coordinates are numbered in the order in which they are first named.
                    let mut order: Vec<Coordinate> = Vec::new();
                    for at in part.0.iter().map(|&k| rows[k]).chain(part.1.iter().map(|&k| columns[k])) {
                        if !order.contains(&at) {
                            order.push(at);
                        }
                    }
                    let at = order.get(k).copied().unwrap_or(rows[part.0[0]]);
                    let all = from.iter().chain(to).copied();
                    all.into_iter().find(|p| coordinate(scenario, *p) == at).unwrap_or(first)
                }),
                Wrong::Far(true, k, metres) => OsrmError::Far { position: named(&rows, from, part.0[k]), metres },
                Wrong::Far(false, k, metres) => OsrmError::Far { position: named(&columns, to, part.1[k]), metres },
                Wrong::NoWay(a, b) => {
                    OsrmError::NoWay { from: named(&rows, from, part.0[a]), to: named(&columns, to, part.1[b]) }
                }
            };
            let mut take = |block: &Block| {
                if let Some(store) = &*self.store.borrow() {
                    store.keep(block)?;
                }
                grid.take(block);
                (self.desk.progress)(Asked { done: all - grid.missing, all });
                Ok(())
            };
            self.ask((&rows, &columns), parts, &mut take, &wrong)?;
        }
        let begun = Instant::now();
        let mut out = Vec::with_capacity(from.len() * to.len());
        for (a, &row) in from_at.iter().enumerate() {
            for (b, &column) in to_at.iter().enumerate() {
                let at = row * columns.len() + column;
                if grid.estimated[at] {
                    self.report.borrow_mut().estimated.push((from[a], to[b]));
                }
                out.push(grid.cells[at].map(|(tenths, metres)| ((tenths + 5) / 10, metres)));
            }
        }
        self.report.borrow_mut().own_seconds += begun.elapsed().as_secs_f64();
        Ok(out)
    }
}

/// The coordinates of positions, each once, and where each position's is.
fn distinct(scenario: &Scenario, positions: &[PositionId]) -> (Vec<Coordinate>, Vec<usize>) {
    let (mut list, mut known) = (Vec::new(), FxHashMap::default());
    let mut place = |position: &PositionId| {
        let at = coordinate(scenario, *position);
        *known.entry(at).or_insert_with(|| {
            list.push(at);
            list.len() - 1
        })
    };
    let places = positions.iter().map(&mut place).collect();
    (list, places)
}

#[allow(clippy::cast_possible_truncation)]
fn coordinate(scenario: &Scenario, position: PositionId) -> Coordinate {
    let at = scenario.positions[position.index()];
    ((at.lon * 1e6).round() as i32, (at.lat * 1e6).round() as i32)
}

/// Longitude before latitude, as the server reads them.
fn written((lon, lat): Coordinate) -> String {
    format!("{:.6},{:.6}", f64::from(lon) / 1e6, f64::from(lat) / 1e6)
}

/// Names the place near which there is no road: the server gives its number at the end of its message.
fn no_road(error: OsrmError, place: impl Fn(usize) -> PositionId) -> OsrmError {
    match &error {
        OsrmError::Refused { code, message } if code == "NoSegment" => {
            match message.rsplit(' ').next().and_then(|word| word.parse().ok()) {
                Some(number) => OsrmError::NoRoad { position: place(number) },
                None => error,
            }
        }
        _ => error,
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, OsrmError> {
    let made = tokio::runtime::Builder::new_current_thread().enable_all().build();
    made.map_err(|error| OsrmError::Client { why: error.to_string() })
}
