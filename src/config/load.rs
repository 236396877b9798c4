//! Reads a scenario and all its files.

use super::calendar::{CALENDAR, calendar};
use super::codes::Code;
use super::communes::{AREAS, COMMUNES, Communes, ZONES, areas, known_departements};
use super::edit::Edits;
use super::labels::{labels, not_additional};
use super::locks::{self, FORBIDDEN, LOCKS};
use super::lower::{Lowered, lower};
use super::lower_crew;
use super::lower_promise::{bound_vehicles, hard_follow_up};
use super::matrix;
use super::outlines;
use super::past::{self, Known, PastVisits};
use super::places::{CARE_POINTS, IMAGING_SITES, SITES, SiteRules, care_points, planned_are_known, sites};
use super::problem::{Problem, Problems, Severity};
use super::raw::{RawScenario, RawSiteStatus};
use super::road::{self, RoadFiles};
use super::sheet::{Input, Layout, Sheet};
use super::source::{Source, beside, is_there, tidy};
use super::travel::{self, TravelSource};
use super::tree::{self, Content, Node};
use super::{schema, schema::text_of};
use crate::domain::{
    CarePoint, Commune, CommuneId, Costs, PastVisit, Position, PositionId, Reference, Scenario, Service, ServiceId,
    Site, SiteId, SiteStatus,
};
use crate::i18n::{Lang, Text};
use crate::travel::{RoadGraph, RoadGraphError};
use chrono::NaiveDate;
use geojson::Geometry;
use rustc_hash::FxHashMap;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What the command line adds to a scenario.
#[derive(Debug, Clone, Default)]
pub struct LoadOptions {
    /// First Monday, instead of the scenario's.
    pub start: Option<NaiveDate>,
    /// A day on which the letters of the first week can still go out; that week is planned instead of the scenario's, unless
    /// `start` says which.
    pub next_from: Option<NaiveDate>,
    /// Number of weeks, instead of the scenario's.
    pub weeks: Option<u32>,
    /// More files of past visits.
    pub past: Vec<PathBuf>,
    /// More files of locked visits.
    pub locks: Vec<PathBuf>,
    /// More files of forbidden visits.
    pub forbid: Vec<PathBuf>,
    /// Forget the past visits of the scenario (those of `past` still count).
    pub no_past: bool,
    /// Date of planning.
    pub now: Option<NaiveDate>,
    /// Whether visits made within the horizon are wanted, too: a plan is made anew.
    pub within: bool,
    /// Changes to the scenario before it is read.
    pub edits: Edits,
}

/// A scenario that can be planned.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The scenario.
    pub scenario: Scenario,
    /// Its roads.
    pub road_graph: RoadGraph,
    /// What somebody should look at.
    pub warnings: Problems,
    /// Visits made within the horizon, where they are wanted.
    pub made: Vec<PastVisit>,
    /// Where trips come from.
    pub travel: TravelSource,
    /// Every file that was read.
    pub files: Vec<PathBuf>,
    pub(super) travel_at: Option<Node>,
    matrix: Option<Input>,
    outlines: Option<Input>,
    communes: Option<Arc<Source>>,
    spans: Vec<Range<usize>>,
    locks: Vec<locks::Place>,
}

impl Loaded {
    /// A problem with a lock, given by its position in [`Scenario::locks`], placed where it is written.
    #[must_use]
    pub fn lock_problem(&self, lock: usize, problem: Problem) -> Problem {
        match self.locks.get(lock) {
            Some(place) => problem.at(&place.source, place.span.clone()),
            None => problem,
        }
    }

    /// The outlines of communes, by INSEE code; none where the scenario names no file.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn outlines(&self) -> Result<BTreeMap<String, Geometry>, Problems> {
        let Some(input) = &self.outlines else { return Ok(BTreeMap::new()) };
        let mut problems = Problems::new();
        outlines::read(input, &mut problems).ok_or(problems)
    }

    /// The row of a commune.
    pub(super) fn commune_span(&self, commune: usize) -> Option<(&Arc<Source>, Range<usize>)> {
        Some((self.communes.as_ref()?, self.spans.get(commune)?.clone()))
    }

    /// The file of the table of trips.
    pub(super) fn matrix_file(&self) -> Option<String> {
        Some(self.matrix.as_ref()?.path.display().to_string())
    }

    /// What the road graph says of a scenario, as a problem placed at the commune's row.
    #[must_use]
    pub fn road_problem(&self, error: &RoadGraphError) -> Problem {
        let name = |code: &str| {
            let found = self.scenario.communes.iter().find(|c| c.code == code);
            found.map_or_else(|| code.to_owned(), |c| format!("{} ({code})", c.name))
        };
        let (code, fr, en) = match error {
            RoadGraphError::NoNode { code } => (
                code,
                format!("la commune {} n'a pas de nœud dans le réseau routier", name(code)),
                format!("commune {} has no node in the road graph", name(code)),
            ),
            RoadGraphError::Unreachable { from, to } => (
                to,
                format!("aucune route ne mène de {} à {}", name(from), name(to)),
                format!("no road leads from {} to {}", name(from), name(to)),
            ),
            RoadGraphError::Line { .. } => {
                return Problem::new(Code::RoadLine, error.to_string(), error.to_string());
            }
        };
        let problem = Problem::new(Code::Unreachable, fr, en);
        let at = self.scenario.communes.iter().position(|c| c.code == *code);
        match at.and_then(|at| self.commune_span(at)) {
            Some((source, span)) => problem.at(source, span).column("code"),
            None => problem,
        }
    }
}

/// Reads a scenario (`.toml`), the ones it is laid over, and every table they name.
///
/// # Errors
/// Everything that is wrong, warnings included, in the order of files and lines.
pub fn load(path: &Path, options: &LoadOptions) -> Result<Loaded, Problems> {
    let mut problems = Problems::new();
    let loaded = try_load(path, options, &mut problems);
    let problems = problems.finish();
    match loaded {
        Some(loaded) if !problems.has_errors() => Ok(Loaded { warnings: problems, ..loaded }),
        _ => Err(problems),
    }
}

/// Reads tables and keeps their bytes for the hash of the inputs.
struct Reader<'a> {
    tree: &'a Node,
    gathered: Vec<(&'static str, Vec<u8>)>,
    files: Vec<PathBuf>,
}

impl Reader<'_> {
    /// The file a key of `[files]` names, relative to the TOML file it is written in.
    fn input(&mut self, key: &str) -> Option<Input> {
        let input = self.tree.child("files")?.child(key).map(input_of)?;
        self.files.push(input.path.clone());
        Some(input)
    }

    fn inputs(&mut self, key: &str, more: &[PathBuf]) -> Vec<Input> {
        let listed = match self.tree.child("files").and_then(|f| f.child(key)).map(|n| (&n.content, n)) {
            Some((Content::Array(items), _)) => items.iter().map(input_of).collect(),
            Some((_, node)) => vec![input_of(node)],
            None => Vec::new(),
        };
        let more = more.iter().map(|path| Input { path: tidy(path), named_by: None });
        let all: Vec<Input> = listed.into_iter().chain(more).collect();
        self.files.extend(all.iter().map(|input| input.path.clone()));
        all
    }

    fn sheet(&mut self, role: &'static str, input: &Input, layout: Layout, problems: &mut Problems) -> Option<Sheet> {
        let bytes = input.read(problems)?;
        let sheet = Sheet::read(&input.path, &bytes, layout, problems);
        self.gathered.push((role, bytes));
        sheet
    }

    fn sheet_of(&mut self, key: &'static str, layout: Layout, problems: &mut Problems) -> Option<Sheet> {
        let input = self.input(key)?;
        self.sheet(key, &input, layout, problems)
    }

    fn sheets(&mut self, role: &'static str, inputs: &[Input], layout: Layout, problems: &mut Problems) -> Vec<Sheet> {
        inputs.iter().filter_map(|input| self.sheet(role, input, layout, problems)).collect()
    }
}

fn input_of(node: &Node) -> Input {
    Input { path: beside(&node.folder, &text_of(node)), named_by: Some(node.clone()) }
}

fn try_load(path: &Path, options: &LoadOptions, problems: &mut Problems) -> Option<Loaded> {
    let (mut tree, files) = tree::read(path, problems)?;
    options.edits.apply(&mut tree);
    let raw = schema::validate(&tree, problems)?;
    let mut reader = Reader { tree: &tree, gathered: Vec::new(), files };

    let mut communes = reader
        .sheet_of("communes", COMMUNES, problems)
        .map(|sheet| Communes::read(&sheet, raw.scope.departements.as_deref(), problems))
        .unwrap_or_default();
    known_departements(&communes, &tree, raw.scope.departements.as_deref(), problems);
    let lowered = lower(&raw, &tree, options, &communes, problems);
    let zones = reader.sheet_of("zones", ZONES, problems);
    let no_zones = reader.input("zones").is_some() && zones.is_none();
    let territories = if no_zones { Vec::new() } else { communes.assign_territories(zones.as_ref(), problems) };
    let kinds: Vec<String> = raw.vehicles.iter().map(|v| v.kind.clone()).collect();
    let every_site = reader
        .sheet_of("sites", SITES, problems)
        .map(|sheet| {
            let permit_lead_days = raw.scope.permit_lead_days;
            let rules = SiteRules { communes: &communes, kinds: &kinds, crews: &lowered.crews, permit_lead_days };
            sites(&sheet, &rules, problems)
        })
        .unwrap_or_default();
    let areas = reader.sheet_of("areas", AREAS, problems).map(|sheet| areas(&sheet, problems)).unwrap_or_default();
    let care = reader.sheet_of("care-points", CARE_POINTS, problems);
    let mut care = care.map(|sheet| care_points(&sheet, &communes, false, &raw.scope, problems)).unwrap_or_default();
    let imaging = reader.sheet_of("imaging-sites", IMAGING_SITES, problems);
    let mut imaging =
        imaging.map(|sheet| care_points(&sheet, &communes, true, &raw.scope, problems)).unwrap_or_default();
    planned_are_known(&raw.scope, &[&care, &imaging], &tree, problems);
    let calendar =
        reader.sheet_of("calendar", CALENDAR, problems).and_then(|sheet| calendar(&sheet, lowered.horizon, problems));
    let roads = RoadFiles { nodes: reader.input("road-nodes"), edges: reader.input("road-edges") };
    let outlines = reader.input("outlines");
    if let Some(input) = outlines.as_ref().filter(|input| !is_there(&input.path)) {
        // Said where it is named, though it is read for maps only.
        let _ = input.read(problems);
    }
    one_road_file(&roads, &tree, problems);
    let road_graph = road::read(&roads, &mut reader.gathered, problems);
    let mut travel = travel::source(&raw, &tree, problems);
    let matrix = reader.input("matrix");

    let (mut sites, outside) = in_scope(&raw, every_site, &communes);
    let past = past(&mut reader, options, &communes, &sites, &lowered, problems);
    let lock_files = reader.inputs("locks", &options.locks);
    let lock_sheets = reader.sheets("locks", &lock_files, LOCKS, problems);
    let forbidden_files = reader.inputs("forbidden", &options.forbid);
    let forbidden_sheets = reader.sheets("forbidden", &forbidden_files, FORBIDDEN, problems);

    let positions = positions(&communes.list, &mut sites, [&mut care, &mut imaging]);

    if let (TravelSource::Matrix(trips), Some(input)) = (&mut travel, &matrix) {
        let points = care.iter().chain(&imaging).map(|p| (p.id.as_str(), p.position));
        let towns = communes.list.iter().enumerate().map(|(i, c)| (c.code.as_str(), PositionId::new(i)));
        let places = sites.iter().map(|s| (s.id.as_str(), s.position)).chain(points).chain(towns).collect();
        *trips = matrix::read(input, &places, &mut reader.gathered, problems).unwrap_or_default();
    }

    let horizon = lowered.horizon?;
    let written: Vec<Text> = raw.labels.iter().map(|l| Text::new(&l.fr, &l.en)).collect();
    let by_imaging = lowered.services.iter().any(|s| {
        let measured = s.pool.and_then(|pool| pool.additionality);
        measured.is_some_and(|a| a.reference == Reference::Imaging) || s.follow_up.is_some()
    });
    let shown_imaging = if by_imaging { imaging.as_slice() } else { &[] };
    let automatic = labels(&sites, &territories, &care, shown_imaging, past.invented);
    let (past, made) = past.finish(horizon);
    let mut scenario = Scenario {
        name: raw.name.clone(),
        title: raw.title.clone().unwrap_or_else(|| raw.name.clone()),
        domain: raw.publication.domain.clone(),
        labels: written.into_iter().chain(automatic).collect(),
        input_hash: input_hash(&raw, horizon.start, horizon.weeks, &reader.gathered),
        horizon,
        now: options.now,
        time: lowered.time,
        limits: lowered.limits,
        travel: lowered.travel,
        prices: lowered.prices,
        fairness: lowered.fairness,
        calendar: calendar?,
        communes: communes.list,
        positions,
        areas,
        territories,
        sites,
        care_points: care,
        imaging_sites: imaging,
        services: lowered.services,
        crews: lowered.crews,
        vehicles: lowered.vehicles,
        past,
        locks: Vec::new(),
        forbidden: Vec::new(),
        published: None,
        costs: raw.costs.as_ref().map(Costs::from),
    };
    let unknown = |s: &&Service| {
        let rule = s.pool.as_ref().and_then(|pool| pool.additionality.as_ref());
        rule.is_some() && !scenario.knows_additional(&s.id)
    };
    let unknown: Vec<Text> = scenario.services.iter().filter(unknown).map(|s| not_additional(&s.name)).collect();
    scenario.labels.extend(unknown);
    // Locks are judged only against a fleet and sites that were read without fault.
    let mut lock_places = Vec::new();
    if !problems.iter().any(|p| p.severity == Severity::Error) {
        scope_checks(&scenario, &tree, problems);
        bound_vehicles(&scenario, &tree, problems);
        hard_follow_up(&scenario, &tree, problems);
        lower_crew::warn_of_no_heads(&scenario, &tree, problems);
        lock_places = locks::read(&mut scenario, &outside, &lock_sheets, &forbidden_sheets, problems);
    }
    Some(Loaded {
        scenario,
        road_graph: road_graph?,
        warnings: Problems::new(),
        made,
        travel,
        files: reader.files,
        travel_at: tree.child("travel").map(|travel| travel.child("osrm").unwrap_or(travel).clone()),
        matrix,
        outlines,
        communes: communes.source,
        spans: communes.spans,
        locks: lock_places,
    })
}

/// Gives sites and fixed points that do not stand at the town hall of their commune positions of their own.
fn positions(communes: &[Commune], sites: &mut [Site], points: [&mut Vec<CarePoint>; 2]) -> Vec<Position> {
    let mut out = Position::of_communes(communes);
    let mut known: FxHashMap<(CommuneId, u64, u64), PositionId> = FxHashMap::default();
    let mut place = |commune: CommuneId, lat: f64, lon: f64, at: &mut PositionId| {
        let home = &communes[commune.index()];
        if (home.lat, home.lon) != (lat, lon) {
            *at = *known.entry((commune, lat.to_bits(), lon.to_bits())).or_insert_with(|| {
                out.push(Position { commune, lat, lon });
                PositionId::new(out.len() - 1)
            });
        }
    };
    sites.iter_mut().for_each(|s| place(s.commune, s.lat, s.lon, &mut s.position));
    points.into_iter().flatten().for_each(|p| place(p.commune, p.lat, p.lon, &mut p.position));
    out
}

/// Sites in scope, and the identifiers of the others.
fn in_scope(raw: &RawScenario, all: Vec<Site>, communes: &Communes) -> (Vec<Site>, Vec<String>) {
    let wanted = |site: &Site| {
        let status = match site.status {
            SiteStatus::Used => RawSiteStatus::Used,
            SiteStatus::Demonstration => RawSiteStatus::Demonstration,
            SiteStatus::Candidate => RawSiteStatus::Candidate,
            SiteStatus::Approved => RawSiteStatus::Approved,
        };
        communes.list[site.commune.index()].in_scope
            && raw.scope.site_statuses.as_ref().is_none_or(|s| s.contains(&status))
    };
    let (inside, outside): (Vec<Site>, Vec<Site>) = all.into_iter().partition(wanted);
    (inside, outside.into_iter().map(|s| s.id).collect())
}

fn past(
    reader: &mut Reader,
    options: &LoadOptions,
    communes: &Communes,
    sites: &[Site],
    lowered: &Lowered,
    problems: &mut Problems,
) -> PastVisits {
    let mut files = reader.inputs("past", &options.past);
    if options.no_past {
        files.retain(|f| f.named_by.is_none());
    }
    let sites: FxHashMap<String, SiteId> =
        sites.iter().enumerate().map(|(k, s)| (s.id.clone(), SiteId::new(k))).collect();
    let services: FxHashMap<String, ServiceId> =
        lowered.services.iter().enumerate().map(|(k, s)| (s.id.clone(), ServiceId::new(k))).collect();
    let known =
        Known { communes, sites: &sites, services: &services, horizon: lowered.horizon, within: options.within };
    let mut past = PastVisits::default();
    for input in &files {
        let Some(bytes) = input.read(problems) else { continue };
        let layout = past::layout(&bytes);
        match Sheet::read(&input.path, &bytes, layout, problems) {
            Some(sheet) if layout == past::MADE => past.read_made(&sheet, &known, problems),
            Some(sheet) => past.read(&sheet, &known, problems),
            None => {}
        }
        reader.gathered.push(("past", bytes));
    }
    past.share_out(problems);
    past
}

fn one_road_file(roads: &RoadFiles, tree: &Node, problems: &mut Problems) {
    let (given, missing) = match (&roads.nodes, &roads.edges) {
        (Some(_), None) => ("road-nodes", "road-edges"),
        (None, Some(_)) => ("road-edges", "road-nodes"),
        _ => return,
    };
    let problem = Problem::new(
        Code::MissingKey,
        format!("`{given}` est donné sans `{missing}`"),
        format!("`{given}` is given without `{missing}`"),
    )
    .help("donner les deux fichiers du réseau, ou aucun", "give both files of the graph, or none");
    problems.push(tree.at(&format!("files/{given}")).place_at_key(problem).column(missing));
}

/// An empty scope is an error; a vehicle without a site that fits it, and lead times of permits
/// that nothing can be counted from, are worth a look.
fn scope_checks(scenario: &Scenario, tree: &Node, problems: &mut Problems) {
    let at = tree.child("scope").unwrap_or(tree);
    if !scenario.communes.iter().any(|c| c.in_scope) {
        let problem =
            Problem::new(Code::EmptyScope, "aucune commune n'est dans le périmètre", "no commune is in scope");
        problems.push(at.place_at_key(problem));
    } else if scenario.sites.is_empty() {
        let problem =
            Problem::new(Code::EmptyScope, "aucun emplacement n'est dans le périmètre", "no site is in scope");
        problems.push(at.place_at_key(problem));
    }
    let leads = scenario.sites.iter().filter(|s| s.permit_lead_days > 0).count();
    if leads > 0 && scenario.now.is_none() {
        problems.push(Problem::new(
            Code::NoNow,
            format!(
                "{} un permis, mais on ne sait pas depuis quand : le délai n'est pas vérifié",
                Lang::Fr.count(leads, ["emplacement attend", "emplacements attendent"], ["", ""])
            ),
            format!(
                "{} for a permit, but from when is not known: the lead time is not checked",
                Lang::En.count(leads, ["", ""], ["site waits", "sites wait"])
            ),
        ));
    }
    for (k, v) in scenario.vehicles.iter().enumerate() {
        if !scenario.sites.is_empty() && scenario.sites.iter().all(|s| !locks::misfits(v, s).is_empty()) {
            let problem = Problem::new(
                Code::NoFit,
                format!("aucun emplacement du périmètre ne convient à « {} »", v.id),
                format!("no site in scope fits \"{}\"", v.id),
            );
            problems.push(tree.at(&format!("vehicle/{k}/kind")).place(problem).column("kind"));
        }
    }
}

/// SHA-256 over the resolved configuration without its paths, the weeks, and every input file.
fn input_hash(raw: &RawScenario, start: NaiveDate, weeks: u32, files: &[(&'static str, Vec<u8>)]) -> String {
    // Through the typed form, so that a default spelt out and one left out hash alike.
    let mut config = serde_json::to_value(raw).unwrap_or_default();
    if let Value::Object(map) = &mut config {
        map.remove("files");
        map.remove("publication");
        map.insert("week".into(), start.to_string().into());
        map.insert("weeks".into(), weeks.into());
    }
    config.sort_all_objects();
    let mut hash = Sha256::new();
    hash.update(config.to_string());
    // The order of roles and of files within a role is fixed by the loader.
    for (role, bytes) in files {
        hash.update(format!("\n{role} {}\n", bytes.len()));
        hash.update(bytes);
    }
    let mut text = String::new();
    for byte in hash.finalize() {
        let _ = write!(text, "{byte:02x}");
    }
    text
}
