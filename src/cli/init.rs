//! `tournee init`: a folder to start from.

use super::args::InitArgs;
use super::{Context, ExitStatus, Failure, Format, output};
use crate::config::init;
use crate::i18n::Lang;
use serde_json::json;

pub(super) fn run(context: Context, args: &InitArgs) -> Result<ExitStatus, Failure> {
    let written = init(&args.folder).map_err(Failure::problems)?;
    let paths: Vec<String> = written.iter().map(|p| p.display().to_string()).collect();
    if context.format == Format::Json {
        output::json(&json!({ "written": paths }))?;
        return Ok(ExitStatus::Done);
    }
    let scenario = args.folder.join("scenario.toml").display().to_string();
    let (list, columns) = (paths.join("\n  "), args.folder.join("COLUMNS.md").display().to_string());
    output::text(&match context.lang {
        Lang::Fr => format!(
            "Écrit :\n  {list}\n\nC'est un exemple. Remplacez les lignes des tableaux par les vôtres ({columns} explique leurs\ncolonnes), puis, dans scenario.toml, au moins `week`, `departements` et la `base` du véhicule ; enfin :\n  tournee plan {scenario}\n"
        ),
        Lang::En => format!(
            "Written:\n  {list}\n\nThis is an example. Replace the rows of the tables with your own ({columns} explains their\ncolumns), then, in scenario.toml, `week`, `departements` and the vehicle's `base` at least; and then:\n  tournee plan {scenario}\n"
        ),
    })?;
    Ok(ExitStatus::Done)
}
