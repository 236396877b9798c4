//! Scenarios by name, and `tournee scenarios`, which lists them.
//!
//! `nord` is, in this order, `nord.toml` or `config/nord.toml` of the working folder, of the user's data folder
//! (`$XDG_DATA_HOME/tournee`), of the shared ones (`$XDG_DATA_DIRS`, `/usr/share/tournee` among them), or the scenario
//! that the program carries.

use super::{Context, ExitStatus, Failure, Format, output};
use crate::config::{Code, Headline, Problem, SHIPPED, headline, is_there, shipped_scenarios};
use crate::i18n::{Lang, Text, nearest};
use serde_json::json;
use std::collections::BTreeMap;
use std::env;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Where shared data are, unless `$XDG_DATA_DIRS` says otherwise (XDG Base Directory Specification 0.8).
const SHARED: &str = "/usr/local/share:/usr/share";

/// Where a scenario comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Here,
    User,
    Shared,
    Program,
}

impl Place {
    fn key(self) -> &'static str {
        match self {
            Self::Here => "working-folder",
            Self::User => "user",
            Self::Shared => "shared",
            Self::Program => "program",
        }
    }

    fn name(self, lang: Lang) -> &'static str {
        match self {
            Self::Here => lang.pick("dossier courant", "working folder"),
            Self::User => lang.pick("vos données", "your data"),
            Self::Shared => lang.pick("installé", "installed"),
            Self::Program => lang.pick("dans le programme", "in the program"),
        }
    }
}

/// The folders that may hold scenarios, those that go first in front.
fn folders() -> Vec<(Place, PathBuf)> {
    let shared = env::var_os("XDG_DATA_DIRS").filter(|dirs| !dirs.is_empty()).unwrap_or_else(|| SHARED.into());
    let below = |place, data: PathBuf| [data.join("tournee"), data.join("tournee/config")].map(|f| (place, f));
    let mut all = vec![(Place::Here, PathBuf::new()), (Place::Here, PathBuf::from("config"))];
    all.extend(dirs::data_dir().into_iter().flat_map(|data| below(Place::User, data)));
    all.extend(env::split_paths(&shared).filter(|d| d.is_absolute()).flat_map(|data| below(Place::Shared, data)));
    all.push((Place::Program, [SHIPPED, "config"].iter().collect()));
    all
}

/// The file that an argument means: a path, or the name of a scenario. What is neither is taken for a path, so that its
/// absence is told as that of any file.
pub(super) fn file_of(argument: PathBuf) -> PathBuf {
    let Some(name) = argument.to_str().filter(|name| is_name(name) && !argument.is_file()) else { return argument };
    let mut named = folders().into_iter().map(|(_, folder)| folder.join(format!("{name}.toml")));
    // One that cannot be read is taken, too, so that what is wrong with it is told.
    named.find(|file| is_there(file) && !matches!(headline(file), Ok(None))).unwrap_or(argument)
}

/// Whether an argument can be a scenario's name: one step, without `.toml`.
fn is_name(argument: &str) -> bool {
    !argument.is_empty() && !argument.contains(['/', '\\']) && !argument.ends_with(".toml")
}

/// Whether a scenario can be read: what to say where its name is not known.
pub(super) fn known(file: &Path) -> Result<(), Failure> {
    let Some(name) = file.to_str().filter(|name| is_name(name) && !file.exists()) else { return Ok(()) };
    let known: Vec<String> = found().into_keys().collect();
    let list = known.join(", ");
    let near = nearest(name, known.iter().map(String::as_str));
    let problem = Problem::new(
        Code::FileMissing,
        format!("aucun scénario ne s'appelle « {name} »"),
        format!("no scenario is called \"{name}\""),
    );
    let problem = match near {
        Some(near) => problem.help(format!("vouliez-vous dire « {near} » ?"), format!("did you mean \"{near}\"?")),
        None => problem.help(
            format!("donner l'un de ces noms : {list} ; ou le chemin d'un fichier .toml"),
            format!("give one of these names: {list}; or the path of a .toml file"),
        ),
    };
    Err(Failure::problems(problem.in_file(name).into()))
}

struct Found {
    place: Place,
    path: PathBuf,
    headline: Headline,
}

/// Every scenario that a name stands for, by name.
fn found() -> BTreeMap<String, Found> {
    let mut all = BTreeMap::new();
    for (place, folder) in folders() {
        let files: Vec<PathBuf> = if place == Place::Program {
            shipped_scenarios().map(|(_, path)| path).collect()
        } else {
            let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { &folder };
            let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
            let mut files: Vec<PathBuf> = entries.map(|e| e.path()).collect();
            files.sort();
            files
        };
        for path in files {
            let path = path.strip_prefix(".").map(Path::to_owned).unwrap_or(path);
            let Some(name) = path.extension().filter(|e| *e == "toml").and(path.file_stem()).and_then(|s| s.to_str())
            else {
                continue;
            };
            if all.contains_key(name) {
                continue;
            }
            let unreadable =
                || Text::new("ne se lit pas : le planifier dit pourquoi", "cannot be read: planning it tells why");
            let headline = headline(&path).unwrap_or_else(|_| Some(Headline { title: unreadable(), grid: false }));
            if let Some(headline) = headline {
                all.insert(name.to_owned(), Found { place, path, headline });
            }
        }
    }
    all
}

/// Lists them.
pub(super) fn run(context: Context) -> Result<ExitStatus, Failure> {
    let (lang, found) = (context.lang, found());
    let kind = |f: &Found| if f.headline.grid { "comparison" } else { "scenario" };
    match context.format {
        Format::Json => output::json(
            &found
                .iter()
                .map(|(name, f)| {
                    json!({
                        "name": name, "kind": kind(f), "title": f.headline.title.get(lang),
                        "place": f.place.key(), "path": f.path.display().to_string(),
                    })
                })
                .collect::<Vec<_>>(),
        )?,
        Format::Csv => {
            let mut rows = vec![["name", "kind", "title", "place", "path"].map(str::to_owned).to_vec()];
            rows.extend(found.iter().map(|(name, f)| {
                let (title, path) = (f.headline.title.get(lang), f.path.display().to_string());
                [name.as_str(), kind(f), title, f.place.key(), path.as_str()].map(str::to_owned).to_vec()
            }));
            output::data(&crate::sheet::csv(&rows))?;
        }
        Format::Human => output::text(&human(&found, lang))?,
    }
    Ok(ExitStatus::Done)
}

fn human(found: &BTreeMap<String, Found>, lang: Lang) -> String {
    let wide = found.keys().map(|name| name.chars().count()).max().unwrap_or(0);
    let mut out = String::new();
    for (grid, title) in [
        (false, lang.pick("Scénarios (tournee plan NOM)", "Scenarios (tournee plan NAME)")),
        (true, lang.pick("Comparaisons (tournee compare NOM)", "Comparisons (tournee compare NAME)")),
    ] {
        let _ = writeln!(out, "{}{}", if out.is_empty() { "" } else { "\n" }, output::bold(title));
        let mut none = true;
        for (name, f) in found.iter().filter(|(_, f)| f.headline.grid == grid) {
            let line = format!("  {name:wide$}  {} ({})", f.headline.title.get(lang), f.place.name(lang));
            let _ = writeln!(out, "{}", output::wrap(&line, output::width(), wide + 4));
            none = false;
        }
        if none {
            let _ = writeln!(out, "  {}", lang.pick("aucun", "none"));
        }
    }
    out
}
