//! The vans' half-day chain of the press article: 08:00–12:00 Arras → Béthune → Saint-Omer,
//! 13:30–17:30 Boulogne-sur-Mer → Calais, the same van. The checker says whether a crew can do
//! it; the README quotes the answer.

use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;
use tournee::check::{Report, check};
use tournee::config::{LoadOptions, load};
use tournee::demand::Demand;
use tournee::domain::{DayId, Scenario, SiteId, VehicleId, Window};
use tournee::i18n::Lang;
use tournee::optimise::{PlannedVisit, assemble};
use tournee::travel::Table;
use tournee::units::Seconds;

const MORNING_SITES: &[&str] = &["arras", "bethune", "saint-omer"];
const AFTERNOON_SITES: &[&str] = &["boulogne-sur-mer", "calais"];

/// The half-days as printed, minutes after midnight.
const MORNING: Session = (480, 720);
const AFTERNOON: Session = (810, 1050);

/// A session, minutes after midnight.
type Session = (i32, i32);

/// Sessions in the order of their sites.
type Sessions = Vec<(SiteId, Session)>;

struct Article {
    scenario: Scenario,
    travel: Table,
    demand: Demand,
}

static ARTICLE: LazyLock<Article> = LazyLock::new(|| {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/clinique-ambulante.toml");
    let loaded = load(&path, &LoadOptions::default()).unwrap_or_else(|p| panic!("{}", p.render(Lang::En, false, 120)));
    let mut scenario = loaded.scenario;
    // The article is about hours: nobody is invited.
    scenario.services.iter_mut().filter_map(|s| s.pool.as_mut()).for_each(|pool| pool.host_share = 0.0);
    assert_eq!(scenario.horizon.start.to_string(), "2026-11-30", "a Monday that is no holiday");
    let travel = loaded.road_graph.table(&scenario).expect("every stop is on the roads");
    let demand = Demand::new(&scenario, &travel);
    Article { scenario, travel, demand }
});

impl Article {
    /// What the checker says of the first van's Monday with these sessions.
    fn report(&self, sessions: &Sessions) -> Report {
        let visits: Vec<PlannedVisit> = sessions
            .iter()
            .map(|&(site, (from, to))| PlannedVisit {
                id: None,
                sleeps: false,
                vehicle: VehicleId::new(0),
                day: DayId::new(0),
                site,
                sessions: vec![Window { from: Seconds::from_minutes(from), to: Seconds::from_minutes(to) }],
                invitations: Vec::new(),
            })
            .collect();
        check(&self.scenario, &self.travel, &assemble(&self.scenario, &self.travel, &self.demand, &visits, None))
    }

    fn codes(&self, sessions: &Sessions) -> BTreeSet<&'static str> {
        self.report(sessions).violations.iter().map(|v| v.code).collect()
    }

    fn site(&self, id: &str) -> SiteId {
        SiteId::new(self.scenario.sites.iter().position(|s| s.id == id).expect("a stop of the article"))
    }

    /// Whole minutes between closing at one site and opening at the next: pack-down, drive, set-up.
    fn between(&self, from: SiteId, to: SiteId) -> i32 {
        let van = VehicleId::new(0);
        let commune = |s: SiteId| self.scenario.sites[s.index()].commune;
        let drive =
            self.travel.vehicle(&self.scenario.vehicles[0], commune(from), commune(to)).expect("a road").seconds;
        let seconds = self.scenario.pack_down(van, from) + drive + self.scenario.set_up(van, to);
        (seconds.0 + 59) / 60
    }

    /// Every way to share a half-day between sites, in order, one session each: on the grid, none
    /// shorter than the van allows, with time to get from one to the next.
    fn splits(&self, sites: &[&str], (from, to): Session) -> Vec<Sessions> {
        let grid = self.scenario.time.grid.0 / 60;
        let least = self.scenario.vehicles[0].min_session.0 / 60;
        let times: Vec<i32> = (from..=to).filter(|t| t % grid == 0).collect();
        let mut all: Vec<Sessions> = vec![Vec::new()];
        for id in sites {
            let site = self.site(id);
            let mut longer = Vec::new();
            for known in all {
                let first = known.last().map_or(from, |&(last, (_, close))| close + self.between(last, site));
                for &open in times.iter().filter(|t| **t >= first) {
                    for &close in times.iter().filter(|t| **t >= open + least) {
                        longer.push([known.as_slice(), &[(site, (open, close))]].concat());
                    }
                }
            }
            all = longer;
        }
        all
    }

    fn mornings(&self) -> Vec<Sessions> {
        self.splits(MORNING_SITES, MORNING)
    }

    fn afternoons(&self) -> Vec<Sessions> {
        self.splits(AFTERNOON_SITES, AFTERNOON)
    }
}

fn hours(sessions: &Sessions) -> Session {
    (sessions[0].1.0, sessions[sessions.len() - 1].1.1)
}

fn minutes_open(sessions: &Sessions) -> i32 {
    sessions.iter().map(|(_, (open, close))| close - open).sum()
}

fn days(mornings: &[Sessions], afternoons: &[Sessions]) -> Vec<Sessions> {
    mornings.iter().flat_map(|m| afternoons.iter().map(|a| [m.as_slice(), a].concat())).collect()
}

fn exactly(all: Vec<Sessions>, wanted: Session) -> Vec<Sessions> {
    all.into_iter().filter(|s| hours(s) == wanted).collect()
}

/// The time between sites that [`Article::splits`] leaves is needed: a grid step less, and the
/// checker says that set-up is not over.
#[test]
fn a_step_less_between_two_towns_is_too_short() {
    let article = &*ARTICLE;
    let (arras, bethune) = (article.site("arras"), article.site("bethune"));
    let first = 510 + article.between(arras, bethune);
    let open = first + (15 - first % 15) % 15;
    assert!(article.report(&vec![(arras, (480, 510)), (bethune, (open, open + 30))]).is_good());
    let early = article.codes(&vec![(arras, (480, 510)), (bethune, (open - 15, open + 15))]);
    assert!(early.contains("R3-set-up"), "{early:?}");
}

/// As printed, the van opens at 08:00, closes at 12:00, opens again at 13:30 and closes at
/// 17:30. However each half-day is shared between its towns, the same three rules break.
#[test]
fn the_printed_half_days_break_three_rules() {
    let article = &*ARTICLE;
    let mornings = exactly(article.mornings(), MORNING);
    let afternoons = exactly(article.afternoons(), AFTERNOON);
    assert!(!mornings.is_empty() && !afternoons.is_empty(), "each half-day can be driven by itself");
    days(&mornings, &afternoons).par_iter().for_each(|day| {
        let codes = article.codes(day);
        assert_eq!(codes, BTreeSet::from(["R1-shift", "R4-break", "R5-working-day"]), "{day:?}");
    });
    let day = &days(&mornings, &afternoons)[0];
    let said: Vec<String> = article.report(day).violations.iter().map(|v| v.message.get(Lang::En).to_owned()).collect();
    let said = said.join("\n").replace('\u{a0}', " ");
    // The README quotes these.
    for words in [
        "the tour (07:31:07–19:00:18) leaves the shift (07:00–19:00)",
        "the tour covers 12:00–14:00 without a break; make room for 45 min there",
        "11 h 29 min 11 s of work where a day allows 10 h 00 min",
    ] {
        assert!(said.contains(words), "{said}");
    }
}

/// One half-day a van is another matter: the morning breaks nothing; the afternoon comes home a
/// few seconds after the shift's end.
#[test]
fn half_a_day_for_each_van_all_but_works() {
    let article = &*ARTICLE;
    for morning in exactly(article.mornings(), MORNING) {
        assert_eq!(article.codes(&morning), BTreeSet::new(), "{morning:?}");
    }
    for afternoon in exactly(article.afternoons(), AFTERNOON) {
        assert_eq!(article.codes(&afternoon), BTreeSet::from(["R1-shift"]), "{afternoon:?}");
    }
}

/// The order itself can be driven: with later and shorter sessions no rule breaks, and the most
/// that can be open is half of what is printed.
#[test]
fn at_most_four_of_the_eight_hours_can_be_open() {
    let article = &*ARTICLE;
    // The halves meet in their outer hours only: of each pair of them, the most open split.
    let fullest = |all: Vec<Sessions>| {
        let mut by_hours: BTreeMap<Session, Sessions> = BTreeMap::new();
        for split in all {
            let known = by_hours.entry(hours(&split)).or_insert_with(|| split.clone());
            if minutes_open(&split) > minutes_open(known) {
                *known = split;
            }
        }
        by_hours.into_values().collect::<Vec<_>>()
    };
    let days = days(&fullest(article.mornings()), &fullest(article.afternoons()));
    let most = days
        .par_iter()
        .filter(|day| article.report(day).is_good())
        .max_by_key(|day| (minutes_open(day), (*day).clone()))
        .expect("a day that breaks no rule");
    assert_eq!(minutes_open(most), 240, "{most:?}");
    assert_eq!((MORNING.1 - MORNING.0) + (AFTERNOON.1 - AFTERNOON.0), 480);
}
