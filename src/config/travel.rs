//! Where trips come from: what the scenario says of it, and what can be wrong.

use super::codes::Code;
use super::load::Loaded;
use super::problem::{Problem, Problems};
use super::raw::RawScenario;
use super::raw_travel::{RawOsrm, RawTravelSource};
use super::tree::Node;
use crate::domain::{PositionId, Scenario};
use crate::i18n::Lang;
use crate::travel::{Matrix, MatrixError, OsrmError, OsrmRules};
use std::time::Duration;

/// Places named in one message.
const NAMED: usize = 5;

/// Where the trips of a scenario come from.
#[derive(Debug, Clone)]
pub enum TravelSource {
    /// The road graph.
    Roads,
    /// A server; with the name of the environment variable that holds its key.
    Osrm(OsrmRules, Option<String>),
    /// A table.
    Matrix(Matrix),
}

/// What `[travel]` says; a table is still to be read.
pub(super) fn source(raw: &RawScenario, tree: &Node, problems: &mut Problems) -> TravelSource {
    match raw.travel.source {
        RawTravelSource::Roads => TravelSource::Roads,
        RawTravelSource::Matrix => {
            if raw.files.matrix.is_none() {
                let problem = Problem::new(
                    Code::MissingKey,
                    "`source = \"matrix\"` sans `matrix` dans [files]",
                    "`source = \"matrix\"` without `matrix` in [files]",
                );
                problems.push(tree.at("travel/source").place(problem).column("matrix"));
            }
            TravelSource::Matrix(Matrix::default())
        }
        RawTravelSource::Osrm => {
            let Some(osrm) = raw.travel.osrm.as_ref().filter(|osrm| !osrm.server.is_empty()) else {
                let problem = Problem::new(
                    Code::MissingKey,
                    "`source = \"osrm\"` sans `server` dans [travel.osrm]",
                    "`source = \"osrm\"` without `server` in [travel.osrm]",
                );
                problems.push(tree.at("travel/source").place(problem).column("server"));
                return TravelSource::Roads;
            };
            let rules = rules(osrm);
            for (key, fault) in rules.faults() {
                let problem = Problem::new(Code::TravelServer, fault.fr, fault.en);
                problems.push(tree.at(&format!("travel/osrm/{key}")).place(problem).column(key));
            }
            if osrm.key_header.is_some() != osrm.key_variable.is_some() {
                let problem = Problem::new(
                    Code::MissingKey,
                    "`key-header` et `key-variable` vont ensemble",
                    "`key-header` and `key-variable` go together",
                );
                problems.push(tree.at("travel/osrm").place_at_key(problem).column("key-variable"));
            }
            TravelSource::Osrm(rules, osrm.key_variable.clone())
        }
    }
}

fn rules(raw: &RawOsrm) -> OsrmRules {
    OsrmRules {
        server: raw.server.clone(),
        profile: raw.profile.clone(),
        block: raw.block as usize,
        at_a_time: raw.requests_at_a_time as usize,
        connect_timeout: Duration::from_secs_f64(raw.connect_seconds),
        timeout: Duration::from_secs_f64(raw.timeout_seconds),
        retries: raw.retries,
        max_snap: raw.max_snap_metres,
        fallback_speed: raw.fallback_speed_kmh,
        key_header: raw.key_header.clone(),
    }
}

/// A position as people know it: a commune with its code, a site or a fixed point with its identifier.
#[must_use]
pub fn place_name(scenario: &Scenario, position: PositionId) -> String {
    let commune = &scenario.communes[scenario.positions[position.index()].commune.index()];
    let id = crate::travel::place_code(scenario, position);
    if id == commune.code { format!("{} ({id})", commune.name) } else { format!("{id} ({})", commune.name) }
}

impl Loaded {
    /// Places a problem of the times at what the scenario says of them.
    fn at_travel(&self, problem: Problem) -> Problem {
        match &self.travel_at {
            Some(node) => node.place_at_key(problem),
            None => problem,
        }
    }

    /// Places a problem at the row of a position's commune, where it is its town hall.
    fn at_position(&self, position: PositionId, problem: Problem) -> Problem {
        match self.commune_span(position.index()) {
            Some((source, span)) => problem.at(source, span).column("code"),
            None => self.at_travel(problem),
        }
    }

    /// What went wrong with a server, as a problem: placed at the commune it is about, or where the server is named.
    #[must_use]
    pub fn osrm_problem(&self, error: &OsrmError) -> Problem {
        let scenario = &self.scenario;
        let name = |position: PositionId| place_name(scenario, position);
        let list = |places: &[PositionId]| places.iter().take(NAMED).map(|p| name(*p)).collect::<Vec<_>>().join(", ");
        let problem = |code: Code, fr: String, en: String| self.at_travel(Problem::new(code, fr, en));
        match error {
            OsrmError::Unreachable { why, tries } => problem(
                Code::OsrmUnreachable,
                format!(
                    "le serveur de routes ne répond pas, après {} : {why}",
                    Lang::Fr.count(*tries as usize, ["essai", "essais"], ["", ""])
                ),
                format!(
                    "the routing server does not answer, after {}: {why}",
                    Lang::En.count(*tries as usize, ["", ""], ["try", "tries"])
                ),
            ),
            OsrmError::Timeout => problem(
                Code::OsrmTimeout,
                "le serveur de routes n'a pas répondu à temps".into(),
                "the routing server did not answer in time".into(),
            ),
            OsrmError::Server { status, tries } => problem(
                Code::OsrmServer,
                format!("le serveur de routes échoue ({status}), {tries} fois"),
                format!("the routing server fails ({status}), {tries} times"),
            ),
            OsrmError::Busy => problem(
                Code::OsrmBusy,
                "le serveur de routes demande moins de requêtes (429)".into(),
                "the routing server asks for fewer requests (429)".into(),
            ),
            OsrmError::Status { status } => problem(
                Code::OsrmRefused,
                format!(
                    "le serveur répond {status} ; ce n'est pas une réponse d'OSRM (les redirections ne sont pas suivies)"
                ),
                format!("the server answers {status}; that is no answer of OSRM (redirects are not followed)"),
            ),
            OsrmError::Refused { code, message } => problem(
                Code::OsrmRefused,
                format!("le serveur refuse : {code} {message}").trim_end().to_owned(),
                format!("the server refuses: {code} {message}").trim_end().to_owned(),
            ),
            OsrmError::TooBig => problem(
                Code::OsrmRefused,
                "un seul trajet est déjà trop pour le serveur".into(),
                "a single trip is too much for the server".into(),
            ),
            OsrmError::NotJson { kind } => problem(
                Code::OsrmAnswer,
                format!("la réponse n'est pas du JSON mais « {kind} »"),
                format!("the answer is not JSON but \"{kind}\""),
            ),
            OsrmError::TooLong { most } => problem(
                Code::OsrmAnswer,
                format!("la réponse dépasse {most} Mio"),
                format!("the answer is longer than {most} MiB"),
            ),
            OsrmError::Malformed { what } => problem(
                Code::OsrmAnswer,
                format!("la réponse est mal formée : {what}"),
                format!("the answer is malformed: {what}"),
            ),
            OsrmError::Changed { before, after } => problem(
                Code::OsrmChanged,
                format!("les données du serveur ont changé en cours de route : « {before} », puis « {after} »"),
                format!("the server's data changed on the way: \"{before}\", then \"{after}\""),
            ),
            OsrmError::Far { position, metres } => {
                let place = name(*position);
                let (fr, en) = (
                    format!("{place} est à {metres:.0} m de la route la plus proche que connaît le serveur"),
                    format!("{place} is {metres:.0} m from the nearest road the server knows"),
                );
                self.at_position(*position, Problem::new(Code::OsrmFar, fr, en))
            }
            OsrmError::NoRoad { position } => {
                let place = name(*position);
                let (fr, en) = (
                    format!("le serveur ne connaît pas de route près de {place}"),
                    format!("the server knows no road near {place}"),
                );
                self.at_position(*position, Problem::new(Code::OsrmNoRoad, fr, en))
            }
            OsrmError::NoWay { from, to } => {
                let (a, b) = (name(*from), name(*to));
                let (fr, en) = (
                    format!("le serveur ne connaît pas de chemin de {a} à {b}"),
                    format!("the server knows no way from {a} to {b}"),
                );
                self.at_position(*to, Problem::new(Code::OsrmNoWay, fr, en))
            }
            OsrmError::Offline { missing, all, places } => {
                let places = list(places);
                problem(
                    Code::OsrmOffline,
                    format!("{missing} trajets sur {all} ne sont pas gardés, dont ceux de {places}"),
                    format!("{missing} of {all} trips are not kept, among them those of {places}"),
                )
            }
            OsrmError::Cache { why } => problem(
                Code::OsrmCache,
                format!("les trajets ne peuvent pas être gardés : {why}"),
                format!("trips cannot be kept: {why}"),
            ),
            OsrmError::Key => problem(
                Code::OsrmKey,
                "la clé manque, ou ne peut pas être un en-tête".into(),
                "the key is missing, or cannot be a header".into(),
            ),
            OsrmError::Client { why } => problem(
                Code::OsrmUnreachable,
                format!("pas de connexion possible : {why}"),
                format!("no connection is possible: {why}"),
            ),
            OsrmError::Stopped => problem(Code::OsrmUnreachable, "arrêt demandé".into(), "asked to stop".into()),
        }
    }

    /// What a table lacks, as a problem.
    #[must_use]
    pub fn matrix_problem(&self, error: &MatrixError) -> Problem {
        let name = |position: PositionId| place_name(&self.scenario, position);
        let pairs: Vec<String> =
            error.first.iter().take(NAMED).map(|(a, b)| format!("{} → {}", name(*a), name(*b))).collect();
        let (pairs, missing) = (pairs.join(", "), error.missing);
        let problem = Problem::new(
            Code::MatrixMissing,
            format!("{missing} trajets manquent dans la table, dont {pairs}"),
            format!("{missing} trips are missing from the table, among them {pairs}"),
        );
        match self.matrix_file() {
            Some(file) => problem.in_file(file),
            None => problem,
        }
    }
}
