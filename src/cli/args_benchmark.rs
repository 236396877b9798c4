//! What can be typed after `tournee benchmark`.

use super::value;
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(super) struct BenchmarkArgs {
    /// Instances de « team orienteering », avec (TOPTW) ou sans (TOP) fenêtres horaires
    #[arg(value_name = "FICHIER", required = true)]
    pub files: Vec<PathBuf>,
    /// Nombre de véhicules, au lieu de celui du fichier ; plusieurs : 1,2,3,4
    #[arg(long, value_name = "M", value_delimiter = ',', value_parser = value::vehicles)]
    pub vehicles: Vec<usize>,
    /// Temps de chaque calcul au plus, en secondes ; 10 par défaut
    #[arg(long, value_name = "SECONDES", value_parser = value::seconds, default_value = "10", hide_default_value = true)]
    pub time_limit: f64,
    /// Table des meilleurs profits connus (nom, véhicules, profit), pour en donner l'écart
    #[arg(long, value_name = "TABLE")]
    pub best_known: Option<PathBuf>,
    /// Fils de calcul ; par défaut, autant que de cœurs
    #[arg(long, value_name = "N", value_parser = value::threads)]
    pub threads: Option<usize>,
    /// Graine des choix au hasard de la recherche ; 0 par défaut
    #[arg(long, value_name = "N", value_parser = value::seed, default_value = "0", hide_default_value = true)]
    pub seed: u64,
}
