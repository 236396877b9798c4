//! Wrong command lines, told in the language asked for.

use super::failure::{error_json, last_line};
use super::value::Wrong;
use super::{ExitStatus, FailureCode, output};
use crate::i18n::Lang;
use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use serde_json::json;
use std::error::Error as _;

/// Prints help, the version or a complaint.
pub(super) fn report(error: &Error, lang: Lang, json: bool) -> ExitStatus {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        // Not through clap, which would fail on a reader who has gone away.
        let _ = output::text(&error.to_string());
        return ExitStatus::Done;
    }
    let message = message(error, lang);
    if json {
        let _ = output::json(&json!({ "error": error_json(FailureCode::Usage, &message, &json!([])) }));
        return ExitStatus::Usage;
    }
    output::talk(&last_line(FailureCode::Usage, &message, lang));
    output::talk(lang.pick(
        "→ « tournee --help » ou « tournee COMMANDE --help »",
        "→ \"tournee --help\" or \"tournee COMMAND --help\"",
    ));
    ExitStatus::Usage
}

fn message(error: &Error, lang: Lang) -> String {
    let part = |kind: ContextKind| error.get(kind).map(words).unwrap_or_default();
    let hint = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue]
        .into_iter()
        .find_map(|kind| error.get(kind))
        .map(|value| match lang {
            Lang::Fr => format!(" ; vouliez-vous dire « {} » ?", words(value)),
            Lang::En => format!("; did you mean \"{}\"?", words(value)),
        })
        .unwrap_or_default();
    let (arg, value) = (part(ContextKind::InvalidArg), part(ContextKind::InvalidValue));
    let said = match (error.kind(), lang) {
        (ErrorKind::UnknownArgument, Lang::Fr) => format!("argument inconnu : {arg}"),
        (ErrorKind::UnknownArgument, Lang::En) => format!("unknown argument: {arg}"),
        (ErrorKind::InvalidSubcommand, Lang::Fr) => {
            format!("commande inconnue : {}", part(ContextKind::InvalidSubcommand))
        }
        (ErrorKind::InvalidSubcommand, Lang::En) => {
            format!("unknown command: {}", part(ContextKind::InvalidSubcommand))
        }
        (ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand, _) => {
            lang.pick("quelle commande ? plan, check, travel …", "which command? plan, check, travel …").into()
        }
        (ErrorKind::MissingRequiredArgument, Lang::Fr) => format!("il manque : {arg}"),
        (ErrorKind::MissingRequiredArgument, Lang::En) => format!("missing: {arg}"),
        (ErrorKind::ArgumentConflict, _) if part(ContextKind::PriorArg) == arg => match lang {
            Lang::Fr => format!("{arg} est donné deux fois"),
            Lang::En => format!("{arg} is given twice"),
        },
        (ErrorKind::ArgumentConflict, Lang::Fr) => format!("{arg} ne va pas avec {}", part(ContextKind::PriorArg)),
        (ErrorKind::ArgumentConflict, Lang::En) => format!("{arg} does not go with {}", part(ContextKind::PriorArg)),
        (ErrorKind::InvalidValue, _) if value.is_empty() => match lang {
            Lang::Fr => format!("{arg} attend une valeur"),
            Lang::En => format!("{arg} wants a value"),
        },
        (ErrorKind::InvalidValue | ErrorKind::ValueValidation, _) => {
            let wanted = wanted(error, lang);
            match lang {
                Lang::Fr => format!("« {value} » ne convient pas pour {arg}{wanted}"),
                Lang::En => format!("\"{value}\" will not do for {arg}{wanted}"),
            }
        }
        _ => return first_line(error),
    };
    said + &hint
}

/// What a value should have been.
fn wanted(error: &Error, lang: Lang) -> String {
    if let Some(wrong) = error.source().and_then(|s| s.downcast_ref::<Wrong>()) {
        return format!(" ({})", wrong.0.get(lang));
    }
    match (error.get(ContextKind::ValidValue), lang) {
        (Some(values), Lang::Fr) => format!(" (au choix : {})", words(values)),
        (Some(values), Lang::En) => format!(" (one of: {})", words(values)),
        (None, _) => String::new(),
    }
}

fn words(value: &ContextValue) -> String {
    match value {
        ContextValue::Strings(list) => list.join(", "),
        other => other.to_string(),
    }
}

fn first_line(error: &Error) -> String {
    let text = error.to_string();
    text.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned()
}
