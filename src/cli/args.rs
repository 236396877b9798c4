//! What can be typed. The comments on commands and arguments are the French help;
//! [`super::help::command`] puts the English one in its place.

use super::args_benchmark::BenchmarkArgs;
use super::args_compare::CompareArgs;
use super::{scenarios, value};
use crate::config::{Edits, LoadOptions};
use crate::domain::ClockKind;
use crate::i18n::Lang;
use crate::optimise::Settings;
use crate::plan::{Closed, Unavailable};
use crate::respond::Prefer;
use chrono::{NaiveDate, Utc};
use chrono_tz::Europe::Paris;
use clap::builder::{PathBufValueParser, TypedValueParser as _};
use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use std::time::Duration;

/// Planifie les tournées d'un camion de dépistage et de vans de soins, et prouve qu'aucun autre plan ne ferait mieux.
#[derive(Debug, Parser)]
#[command(name = "tournee", version, max_term_width = 100, disable_help_subcommand = true)]
#[command(disable_help_flag = true, disable_version_flag = true, subcommand_required = true)]
pub(super) struct Cli {
    /// Langue de tout ce qui se lit : fr (par défaut) ou en
    #[arg(long, global = true, value_name = "LANGUE", value_enum, default_value_t = Language::Fr)]
    #[arg(display_order = 900, hide_default_value = true, hide_possible_values = true)]
    pub lang: Language,
    /// Forme des données sur la sortie standard : human (par défaut), json ou csv
    #[arg(long, global = true, value_name = "FORME", value_enum, default_value_t = Format::Human)]
    #[arg(display_order = 901, hide_default_value = true, hide_possible_values = true)]
    pub format: Format,
    #[command(subcommand)]
    pub command: Command,
}

/// Language of texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Language {
    Fr,
    En,
}

impl From<Language> for Lang {
    fn from(language: Language) -> Self {
        match language {
            Language::Fr => Self::Fr,
            Language::En => Self::En,
        }
    }
}

/// Form of the data on standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "lower")]
pub enum Format {
    /// Text and tables for people.
    #[value(help = None)]
    Human,
    /// JSON.
    #[value(help = None)]
    Json,
    /// CSV, as spreadsheets in French read it.
    #[value(help = None)]
    Csv,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Fait le plan d'une ou de plusieurs semaines ; avec --out, écrit plan, calendriers et tableaux
    Plan(PlanArgs),
    /// Vérifie un plan règle par règle, ou complète des visites modifiées dans un tableur
    Check(CheckArgs),
    /// Dit pourquoi une commune n'est pas dans un plan, et ce qu'il faudrait pour qu'elle y soit
    Explain(ExplainArgs),
    /// Mesure la promesse de soins d'un plan (à 30 min et sous 48 h), par commune et par territoire
    Promise(PromiseArgs),
    /// Refait un plan publié après un imprévu, avec peu de changements, et dit lesquels
    Replan(ReplanArgs),
    /// Compare des flottes, des bases, des horaires : ce que chacun apporte, avec ce qui est prouvé
    Compare(CompareArgs),
    /// Répond à des demandes de rendez-vous : dans une visite ou un lieu fixe, sous les délais promis
    Respond(RespondArgs),
    /// Verrouille des visites d'un plan : les écrit dans un tableau pour --locks
    Lock(LockArgs),
    /// Donne un temps de trajet, ou écrit la table de tous les trajets
    Travel(TravelArgs),
    /// Résout des instances publiques (TOP, TOPTW), avec une borne, pour se comparer à d'autres outils
    Benchmark(BenchmarkArgs),
    /// Liste les scénarios que l'on peut planifier par leur nom, avec leur titre
    Scenarios,
    /// Crée un dossier de départ pour un autre territoire : scénario expliqué et modèles de tableaux
    Init(InitArgs),
    /// Liste les codes des problèmes et des règles, avec la cause et le remède
    Codes,
    /// Affiche le schéma JSON d'un scénario, d'un plan ou d'une réponse d'explain
    Schema(SchemaArgs),
    /// Affiche les complétions pour un interpréteur de commandes
    Completions(CompletionArgs),
    /// Écrit les pages de manuel, en français et en anglais, pour un paquet
    #[command(hide = true)]
    Manual(ManualArgs),
}

/// What is planned and what is known of it, for `plan`, `check` and `explain`.
#[derive(Debug, Clone, Args)]
pub(super) struct InputArgs {
    /// Semaine à planifier, au lieu de celle du scénario : 2026-W49, 49, ou prochaine, la première dont les lettres peuvent partir à temps
    #[arg(long, value_name = "SEMAINE", value_parser = value::week, conflicts_with = "from")]
    pub week: Option<value::Week>,
    /// Premier jour à planifier (un lundi, par exemple 2026-11-30), au lieu de --week
    #[arg(long, value_name = "DATE", value_parser = value::date)]
    pub from: Option<NaiveDate>,
    /// Nombre de semaines à planifier, au lieu de celui du scénario
    #[arg(long, value_name = "N", value_parser = value::weeks)]
    pub weeks: Option<u32>,
    /// Visites déjà faites (visits.csv, invitations.csv avec les venues), en plus de celles du scénario ; peut être répété
    #[arg(long, value_name = "CSV")]
    pub past: Vec<PathBuf>,
    /// Oublie les visites passées du scénario
    #[arg(long)]
    pub no_past: bool,
    /// Visites déjà convenues, à garder telles quelles (CSV : vehicle, date, site, sessions) ; peut être répété
    #[arg(long, alias = "lock", value_name = "CSV")]
    pub locks: Vec<PathBuf>,
    /// Visites à ne pas faire (CSV : vehicle, date, site ; une case vide vaut pour toutes) ; peut être répété
    #[arg(long, value_name = "CSV")]
    pub forbid: Vec<PathBuf>,
    /// Date du jour (ou instant), pour signaler les invitations en retard et dater les calendriers
    #[arg(long, value_name = "DATE", value_parser = value::moment)]
    pub now: Option<value::Moment>,
    #[command(flatten)]
    pub source: SourceArgs,
}

/// How trips are had from a server.
#[derive(Debug, Clone, Args)]
pub(super) struct SourceArgs {
    /// Dossier où garder les trajets demandés à un serveur de routes ; par défaut, celui de l'utilisateur
    #[arg(long, value_name = "DOSSIER")]
    pub cache: Option<PathBuf>,
    /// Ne demande rien au serveur de routes : les trajets gardés, ou une erreur qui dit lesquels manquent
    #[arg(long)]
    pub offline: bool,
}

impl InputArgs {
    /// The day from which weeks are counted: that of `--now`, or today in Paris.
    fn today(&self) -> NaiveDate {
        self.now.map_or_else(|| Utc::now().with_timezone(&Paris).date_naive(), |now| now.date)
    }

    /// What the configuration wants to know of the command line.
    pub(super) fn options(&self) -> LoadOptions {
        LoadOptions {
            start: self.week.and_then(|week| week.monday(self.today())).or(self.from),
            next_from: (self.week == Some(value::Week::Next)).then(|| self.today()),
            weeks: self.weeks,
            past: self.past.clone(),
            locks: self.locks.clone(),
            forbid: self.forbid.clone(),
            no_past: self.no_past,
            now: self.now.map(|now| now.date),
            within: false,
            edits: Edits::default(),
        }
    }
}

/// How hard to work on each solve, for `plan` and `explain`.
#[derive(Debug, Clone, Args)]
pub(super) struct EffortArgs {
    /// Écart prouvé auquel un calcul s'arrête : 0.001 (par défaut) = 0,1 % ; pour explain, deux plans plus proches se valent
    #[arg(long, value_name = "ÉCART", value_parser = value::gap, default_value = "0.001", hide_default_value = true)]
    pub gap: f64,
    #[command(flatten)]
    pub work: WorkArgs,
}

/// How much work a solve may be.
#[derive(Debug, Clone, Args)]
pub(super) struct WorkArgs {
    /// Temps de chaque calcul au plus, en secondes : 60 par défaut (explain : 30, compare : aucun), sans limite avec --node-limit
    #[arg(long, value_name = "SECONDES", value_parser = value::seconds)]
    pub time_limit: Option<f64>,
    /// Travail de chaque calcul au plus, en nœuds de recherche (compare : 1000 par défaut) : donne le même plan sur toute machine
    #[arg(long, value_name = "N", value_parser = value::nodes)]
    pub node_limit: Option<u64>,
    /// Fils de calcul ; par défaut, autant que de cœurs
    #[arg(long, value_name = "N", value_parser = value::threads)]
    pub threads: Option<usize>,
    /// Graine des choix au hasard de la recherche ; 0 par défaut
    #[arg(long, value_name = "N", value_parser = value::seed, default_value = "0", hide_default_value = true)]
    pub seed: u64,
}

impl EffortArgs {
    /// What the optimiser wants to know of it; so many seconds where neither time nor work has a limit.
    pub(super) fn settings(&self, seconds: f64) -> Settings {
        self.work.settings(self.gap, seconds)
    }
}

impl WorkArgs {
    /// See [`EffortArgs::settings`].
    pub(super) fn settings(&self, gap: f64, seconds: f64) -> Settings {
        let limit = self.time_limit.or(if self.node_limit.is_some() { None } else { Some(seconds) });
        Settings { gap, time_limit: limit.map(Duration::from_secs_f64), nodes: self.node_limit, seed: self.seed }
    }
}

#[derive(Debug, Args)]
pub(super) struct PlanArgs {
    /// Le scénario (nom ou fichier TOML)
    #[arg(value_name = "SCÉNARIO", value_parser = PathBufValueParser::new().map(scenarios::file_of))]
    pub scenario: PathBuf,
    #[command(flatten)]
    pub input: InputArgs,
    /// Dossier où écrire plan.json, tableaux (.csv) et calendars/ ; sans lui, rien n'est écrit
    #[arg(long, value_name = "DOSSIER")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub effort: EffortArgs,
    /// Fichier où noter score, borne et écart au fil du calcul (un objet JSON par ligne) ; - pour la sortie d'erreur
    #[arg(long, value_name = "FICHIER")]
    pub log_json: Option<PathBuf>,
    /// Note dans le plan le tracé de chaque trajet, et l'écrit pour cartes et GPS (tracks.geojson, tracks/*.gpx)
    #[arg(long)]
    pub geometry: bool,
    /// Refait le plan, dans les mêmes limites, avec chacun des dix meilleurs emplacements écartés, et note son score
    #[arg(long)]
    pub explain: bool,
}

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// Le plan à vérifier (plan.json)
    #[arg(value_name = "PLAN", required_unless_present = "visits")]
    pub plan: Option<PathBuf>,
    /// Le scénario pour lequel il a été fait (nom ou fichier TOML)
    #[arg(long, value_name = "TOML", value_parser = PathBufValueParser::new().map(scenarios::file_of), required = true)]
    pub scenario: PathBuf,
    /// Visites modifiées dans un tableur (visits.csv) : calcule tournées et invitations, puis vérifie
    #[arg(long, value_name = "CSV", conflicts_with = "plan")]
    pub visits: Option<PathBuf>,
    /// Dossier où écrire le plan complété, avec --visits ; s'il enfreint des règles, draft.json et visits.csv seulement
    #[arg(long, value_name = "DOSSIER", requires = "visits")]
    pub out: Option<PathBuf>,
    /// Plan déjà publié (plan.json), avec --visits : les visites supprimées y sont annulées, les autres gardent leur identité ; par
    /// défaut, celui du dossier --out ou de la table, s'il vient de « tournee replan »
    #[arg(long, value_name = "PLAN", requires = "visits")]
    pub published: Option<PathBuf>,
    #[command(flatten)]
    pub input: InputArgs,
}

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("town").required(true).args(["commune", "site", "all"])))]
pub(super) struct ExplainArgs {
    /// Le plan dont il s'agit (plan.json)
    #[arg(value_name = "PLAN")]
    pub plan: PathBuf,
    /// Le scénario pour lequel il a été fait (nom ou fichier TOML)
    #[arg(long, value_name = "TOML", value_parser = PathBufValueParser::new().map(scenarios::file_of), required = true)]
    pub scenario: PathBuf,
    /// La commune : nom ou code INSEE
    #[arg(long, value_name = "COMMUNE")]
    pub commune: Option<String>,
    /// L'emplacement, par son identifiant
    #[arg(long, value_name = "EMPLACEMENT")]
    pub site: Option<String>,
    /// Tous les emplacements absents du plan : les interdits par règle, les dix meilleurs autres chiffrés
    #[arg(long)]
    pub all: bool,
    /// Type de véhicule (truck, van …) ; par défaut, tous ceux du scénario
    #[arg(long, value_name = "TYPE")]
    pub vehicle: Option<String>,
    #[command(flatten)]
    pub input: InputArgs,
    #[command(flatten)]
    pub effort: EffortArgs,
}

#[derive(Debug, Args)]
pub(super) struct PromiseArgs {
    /// Le plan dont il s'agit (plan.json)
    #[arg(value_name = "PLAN")]
    pub plan: PathBuf,
    /// Le scénario pour lequel il a été fait (nom ou fichier TOML)
    #[arg(long, value_name = "TOML", value_parser = PathBufValueParser::new().map(scenarios::file_of), required = true)]
    pub scenario: PathBuf,
    /// Le service (mammography, primary-care …) ; par défaut, tous
    #[arg(long, value_name = "SERVICE")]
    pub service: Option<String>,
    /// L'horloge : working (arrêtée samedi, dimanche et jours fériés) ou calendar ; par défaut, les deux
    #[arg(long, value_name = "HORLOGE", value_enum, hide_possible_values = true)]
    pub clock: Option<Clock>,
    /// Demandes de rendez-vous (CSV : id, commune, service, instant, language) : compte celles qui en obtiennent un
    #[arg(long, value_name = "CSV")]
    pub requests: Option<PathBuf>,
    /// Rendez-vous à la fois dans chaque lieu fixe, par service : une hypothèse ; 1 par défaut
    #[arg(long, value_name = "N", value_parser = value::lanes, default_value = "1", hide_default_value = true)]
    #[arg(requires = "requests")]
    pub point_lanes: u32,
    /// Dossier où écrire promise.csv, promise.json et les cartes GeoJSON ; sans lui, rien n'est écrit
    #[arg(long, value_name = "DOSSIER")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub input: InputArgs,
}

/// A clock of the promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Clock {
    Working,
    Calendar,
}

impl From<Clock> for ClockKind {
    fn from(clock: Clock) -> Self {
        match clock {
            Clock::Working => Self::Working,
            Clock::Calendar => Self::Calendar,
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct ReplanArgs {
    /// Le plan publié (plan.json)
    #[arg(value_name = "PLAN")]
    pub plan: PathBuf,
    /// Le scénario pour lequel il a été fait (nom ou fichier TOML)
    #[arg(long, value_name = "TOML", value_parser = PathBufValueParser::new().map(scenarios::file_of), required = true)]
    pub scenario: PathBuf,
    /// Véhicule qui ne peut pas sortir : véhicule@date ou véhicule@date..date ; peut être répété
    #[arg(long, value_name = "VÉHICULE@DATE", value_parser = value::unavailable)]
    pub unavailable: Vec<Unavailable>,
    /// Emplacement qui ne peut pas servir : emplacement@date ou emplacement@date..date ; peut être répété
    #[arg(long, value_name = "EMPLACEMENT@DATE", value_parser = value::closed)]
    pub close: Vec<Closed>,
    /// Véhicule qui peut de nouveau sortir, malgré un --unavailable antérieur : véhicule@date ou véhicule@date..date ; peut être répété
    #[arg(long, value_name = "VÉHICULE@DATE", value_parser = value::unavailable)]
    pub available: Vec<Unavailable>,
    /// Emplacement qui peut de nouveau servir, malgré un --close antérieur : emplacement@date ou emplacement@date..date ; peut être répété
    #[arg(long, value_name = "EMPLACEMENT@DATE", value_parser = value::closed)]
    pub reopen: Vec<Closed>,
    /// Nombre de visites publiées déplacées ou annulées, et de visites ajoutées, au plus
    #[arg(long, value_name = "N", value_parser = value::changes)]
    pub max_changes: Option<u32>,
    /// Refait aussi le plan avec 0, 1, 2 … changements au plus, et montre ce que chacun vaut
    #[arg(long)]
    pub curve: bool,
    /// Note dans le plan le tracé de chaque trajet, et l'écrit pour cartes et GPS (tracks.geojson, tracks/*.gpx)
    #[arg(long)]
    pub geometry: bool,
    /// Dossier où écrire plan, changements, tableaux et calendriers ; sans lui, rien n'est écrit
    #[arg(long, value_name = "DOSSIER")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub input: InputArgs,
    #[command(flatten)]
    pub effort: EffortArgs,
}

#[derive(Debug, Args)]
pub(super) struct RespondArgs {
    /// Le plan (plan.json)
    #[arg(value_name = "PLAN")]
    pub plan: PathBuf,
    /// Les demandes (CSV : id, commune, service, instant, language)
    #[arg(value_name = "DEMANDES")]
    pub requests: PathBuf,
    /// Le scénario pour lequel le plan a été fait (nom ou fichier TOML)
    #[arg(long, value_name = "TOML", value_parser = PathBufValueParser::new().map(scenarios::file_of), required = true)]
    pub scenario: PathBuf,
    /// Réponses déjà données (answers.json) : leurs rendez-vous restent tant que leur visite a lieu
    #[arg(long, value_name = "JSON")]
    pub answers: Option<PathBuf>,
    /// Au plus tôt (earliest, par défaut) ou au plus près (nearest)
    #[arg(long, value_name = "ORDRE", value_enum, default_value_t = PreferArg::Earliest, hide_default_value = true, hide_possible_values = true)]
    pub prefer: PreferArg,
    /// Rendez-vous à la fois dans chaque lieu fixe, par service : une hypothèse ; 1 par défaut
    #[arg(long, value_name = "N", value_parser = value::lanes, default_value = "1", hide_default_value = true)]
    pub point_lanes: u32,
    /// Refait le plan pour en servir davantage, dans la limite de --max-changes
    #[arg(long)]
    pub detour: bool,
    /// Changements au plan, au plus, avec --detour
    #[arg(long, value_name = "N", value_parser = value::changes, requires = "detour")]
    pub max_changes: Option<u32>,
    /// Dossier où écrire les réponses et, s'il a changé, le plan ; sans lui, rien n'est écrit
    #[arg(long, value_name = "DOSSIER")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub input: InputArgs,
    #[command(flatten)]
    pub work: WorkArgs,
}

/// What is better, where several appointments would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum PreferArg {
    Earliest,
    Nearest,
}

impl From<PreferArg> for Prefer {
    fn from(prefer: PreferArg) -> Self {
        match prefer {
            PreferArg::Earliest => Self::Earliest,
            PreferArg::Nearest => Self::Nearest,
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct LockArgs {
    /// Le plan (plan.json)
    #[arg(value_name = "PLAN")]
    pub plan: PathBuf,
    /// Visite à garder, par son identité (colonne visit de visits.csv) ; peut être répété
    #[arg(long, value_name = "VISITE", required = true)]
    pub visit: Vec<String>,
    /// Garde le jour et le véhicule, et laisse les heures ouvertes
    #[arg(long)]
    pub day_only: bool,
    /// Tableau où les ajouter (CSV) ; sans lui, sur la sortie standard
    #[arg(long, value_name = "CSV")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct TravelArgs {
    /// Départ : nom de commune, code INSEE, ou identifiant d'un emplacement
    #[arg(value_name = "DÉPART", required_unless_present_any = ["matrix", "refresh", "compare"], requires = "to")]
    pub from: Option<String>,
    /// Arrivée : de même
    #[arg(value_name = "ARRIVÉE")]
    pub to: Option<String>,
    /// Le scénario dont on prend les communes, les routes et les véhicules (nom ou fichier TOML)
    #[arg(long, value_name = "TOML", value_parser = PathBufValueParser::new().map(scenarios::file_of), required = true)]
    pub scenario: PathBuf,
    /// Véhicule du scénario, qui peut être plus lent qu'une voiture ; par défaut une voiture
    #[arg(long, value_name = "VÉHICULE", conflicts_with = "matrix")]
    pub vehicle: Option<String>,
    /// Écrit en CSV (from, to, seconds, metres) les trajets en voiture, hors temps porte à porte
    #[arg(long, value_name = "FICHIER", conflicts_with = "from")]
    pub matrix: Option<PathBuf>,
    /// Redemande tous les trajets du scénario au serveur de routes, à la place de ceux qui sont gardés
    #[arg(long, conflicts_with_all = ["from", "offline"])]
    pub refresh: bool,
    /// Compare les trajets du scénario avec ceux d'une autre source : roads, le réseau routier
    #[arg(long, value_name = "SOURCE", value_enum, conflicts_with_all = ["from", "matrix"])]
    pub compare: Option<CompareWith>,
    #[command(flatten)]
    pub source: SourceArgs,
}

/// What trips are compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum CompareWith {
    /// The road graph.
    #[value(help = None)]
    Roads,
}

#[derive(Debug, Args)]
pub(super) struct SchemaArgs {
    /// Ce dont on veut le schéma : scenario, plan, explain, promise, respond, grid ou comparison (les réponses de ces commandes en JSON)
    #[arg(value_enum, value_name = "QUOI", hide_possible_values = true)]
    pub of: SchemaOf,
}

/// What has a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SchemaOf {
    Scenario,
    Plan,
    Explain,
    Promise,
    Respond,
    Grid,
    Comparison,
}

#[derive(Debug, Args)]
pub(super) struct InitArgs {
    /// Dossier à créer, ou vide
    #[arg(value_name = "DOSSIER")]
    pub folder: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct ManualArgs {
    /// Dossier où les écrire (man1/ et fr/man1/)
    #[arg(value_name = "DOSSIER")]
    pub folder: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct CompletionArgs {
    /// L'interpréteur de commandes : bash, zsh, fish, elvish ou powershell
    #[arg(value_enum, value_name = "SHELL", hide_possible_values = true)]
    pub shell: clap_complete::Shell,
}
