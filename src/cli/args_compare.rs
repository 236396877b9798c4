//! What can be typed after `tournee compare`.

use super::args::{InputArgs, WorkArgs};
use super::{scenarios, value};
use clap::Args;
use clap::builder::{PathBufValueParser, TypedValueParser as _};
use std::fmt::Write as _;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(super) struct CompareArgs {
    /// Le scénario de départ, ou une grille de scénarios (nom ou fichier TOML)
    #[arg(value_name = "SCÉNARIO", value_parser = PathBufValueParser::new().map(scenarios::file_of))]
    pub scenario: PathBuf,
    /// Nombres de véhicules à essayer, par type ou identifiant : truck=1..3,van=0..4 ; peut être répété
    #[arg(long, value_name = "FLOTTE", value_parser = value::fleet)]
    pub fleet: Vec<value::Choices>,
    /// Communes de base à essayer : nord-sante-truck=59165,59122 ; peut être répété
    #[arg(long, value_name = "BASES", value_parser = value::choices)]
    pub base: Vec<value::Choices>,
    /// Horaires d'équipe à essayer : truck=07:30-17:45,07:00-18:30 ; peut être répété
    #[arg(long, value_name = "HORAIRES", value_parser = value::choices)]
    pub shift: Vec<value::Choices>,
    /// Samedis travaillés ou non : yes,no (ou l'un des deux)
    #[arg(long, value_name = "OUI,NON", value_parser = value::saturdays)]
    pub saturdays: Option<value::Saturdays>,
    /// Valeurs d'une autre clé du scénario : limits.driving-minutes-per-day=300,360 ; peut être répété
    #[arg(long, value_name = "CLÉ=VALEURS", value_parser = value::choices)]
    pub vary: Vec<value::Choices>,
    /// Service dont on compte les personnes en plus ; par défaut, le premier qui a un public
    #[arg(long, value_name = "SERVICE")]
    pub service: Option<String>,
    /// Continue là où des intervalles se recouvrent, pour trancher
    #[arg(long)]
    pub decide: bool,
    /// Refait la comparaison avec chaque hypothèse plus basse et plus haute de cette part (0.2 = 20 %)
    #[arg(long, value_name = "PART", value_parser = value::share, conflicts_with = "no_sensitivity")]
    pub sensitivity: Option<f64>,
    /// Sans l'étude de sensibilité de la grille
    #[arg(long)]
    pub no_sensitivity: bool,
    /// Deux scénarios à comparer territoire par territoire, par leurs identifiants
    #[arg(long, num_args = 2, value_names = ["A", "B"])]
    pub pairwise: Option<Vec<String>>,
    /// Dossier où écrire la comparaison, et de quoi la reprendre ; sans lui, rien n'est écrit
    #[arg(long, value_name = "DOSSIER")]
    pub out: Option<PathBuf>,
    /// Scénarios calculés en même temps ; par défaut, autant que de fils de calcul
    #[arg(long, value_name = "N", value_parser = value::threads)]
    pub at_a_time: Option<usize>,
    /// Écart prouvé auquel chaque calcul s'arrête : 0.005 (par défaut, ou celui de la grille) = 0,5 %
    #[arg(long, value_name = "ÉCART", value_parser = value::gap)]
    pub gap: Option<f64>,
    #[command(flatten)]
    pub input: InputArgs,
    #[command(flatten)]
    pub work: WorkArgs,
}

impl CompareArgs {
    /// The axes of the command line, as a grid is written; `None` where there are none.
    pub(super) fn axes(&self) -> Option<String> {
        let mut text = String::new();
        if let Some(saturdays) = &self.saturdays {
            let _ = writeln!(text, "saturdays = {:?}", saturdays.0);
        }
        let tables = [("fleet", &self.fleet), ("base", &self.base), ("shift", &self.shift), ("vary", &self.vary)];
        for (name, choices) in tables.into_iter().filter(|(_, choices)| !choices.is_empty()) {
            let _ = writeln!(text, "[{name}]");
            for (of, values) in choices.iter().flat_map(|c| &c.0) {
                let quote = |value: &String| toml::Value::String(value.clone()).to_string();
                let plain = |value: &String| {
                    let alone = toml::from_str::<toml::Table>(&format!("x = {value}")).is_ok();
                    if alone && name != "base" && name != "shift" { value.clone() } else { quote(value) }
                };
                let values: Vec<String> = values.iter().map(plain).collect();
                let _ = writeln!(text, "{} = [{}]", quote(of), values.join(", "));
            }
        }
        (!text.is_empty()).then_some(text)
    }
}
