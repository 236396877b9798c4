//! How a command fails, and how that is told.

use super::{Context, ExitStatus, FailureCode, Format, output};
use crate::check::Violation;
use crate::config::Problems;
use crate::i18n::{Lang, Text, reason};
use crate::write::WriteError;
use serde_json::{Value, json};

/// What is known beyond the message.
#[derive(Debug)]
enum Details {
    /// Nothing.
    None,
    /// Problems of the configuration.
    Problems(Problems),
    /// Broken rules.
    Violations(Vec<Violation>),
}

/// Why a command did not do what was asked.
#[derive(Debug)]
pub struct Failure {
    code: FailureCode,
    message: Text,
    details: Details,
}

impl Failure {
    fn new(code: FailureCode, message: Text) -> Self {
        Self { code, message, details: Details::None }
    }

    /// Wrong usage.
    pub(super) fn usage(fr: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(FailureCode::Usage, Text::new(fr, en))
    }

    /// Something that should never happen.
    pub(super) fn internal(what: impl std::fmt::Display) -> Self {
        Self::new(
            FailureCode::Internal,
            Text::new(
                format!("erreur interne, à signaler : {what}"),
                format!("internal error, please report it: {what}"),
            ),
        )
    }

    /// A plan of our own that breaks rules: nothing may be done with it.
    pub(super) fn unsound(violations: Vec<Violation>) -> Self {
        let mut codes: Vec<&str> = violations.iter().map(|v| v.code).collect();
        codes.dedup();
        let mut failure = Self::internal(codes.join(", "));
        let message = Text::new(
            format!(
                "erreur interne, à signaler : le plan calculé enfreint des règles ({}) ; rien n'a été écrit",
                codes.join(", ")
            ),
            format!(
                "internal error, please report it: the plan found breaks rules ({}); nothing has been written",
                codes.join(", ")
            ),
        );
        failure.message = message;
        failure.details = Details::Violations(violations);
        failure
    }

    /// A plan given that breaks rules, or that was made for other inputs.
    pub(super) fn broken(message: Text, violations: Vec<Violation>) -> Self {
        Self { details: Details::Violations(violations), ..Self::new(FailureCode::Check, message) }
    }

    /// Problems of a scenario and its tables.
    pub(super) fn problems(problems: Problems) -> Self {
        let errors = problems.iter().filter(|p| p.severity == crate::config::Severity::Error).count();
        let message = if errors == 1 {
            Text::new("1 problème à corriger ; rien n'a été fait", "1 problem to mend; nothing has been done")
        } else {
            Text::new(
                format!("{errors} problèmes à corriger ; rien n'a été fait"),
                format!("{errors} problems to mend; nothing has been done"),
            )
        };
        Self { details: Details::Problems(problems), ..Self::new(FailureCode::Configuration, message) }
    }

    /// A commune that no road reaches.
    pub(super) fn travel(problem: crate::config::Problem) -> Self {
        let message = Text::new("des temps de trajet sont introuvables", "some travel times could not be had");
        Self { details: Details::Problems(problem.into()), ..Self::new(FailureCode::Travel, message) }
    }

    /// Travel times that are missing for another reason.
    pub(super) fn no_road(fr: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(FailureCode::Travel, Text::new(fr, en))
    }

    /// No plan keeps the locks; the problems are those that contradict each other.
    pub(super) fn infeasible(locks: Problems, message: Text) -> Self {
        Self { details: Details::Problems(locks), ..Self::new(FailureCode::Infeasible, message) }
    }

    /// Stopped too early; `promised` where hard promises are what makes a plan hard to find.
    pub(super) fn no_plan(interrupted: bool, promised: bool) -> Self {
        if interrupted {
            let text = Text::new("interrompu avant qu'il y ait un plan", "interrupted before there was a plan");
            return Self::new(FailureCode::Interrupted, text);
        }
        let text = if promised {
            Text::new(
                "avant la limite, ni plan qui tienne la promesse ferme, ni preuve qu'il n'y en a pas ; donnez plus de temps avec --time-limit, ou mettez `mode = \"soft\"`",
                "before the limit, neither a plan that keeps the hard promise nor a proof that there is none; give more time with --time-limit, or set `mode = \"soft\"`",
            )
        } else {
            Text::new(
                "pas de plan avant la limite ; donnez plus de temps avec --time-limit",
                "no plan before the limit; give more time with --time-limit",
            )
        };
        Self::new(FailureCode::NoPlan, text)
    }

    /// Stopped while a server was asked.
    pub(super) fn stopped() -> Self {
        let text = Text::new(
            "interrompu ; les trajets reçus sont gardés, et la commande continue quand on la relance",
            "interrupted; the trips that came are kept, and the command goes on when run again",
        );
        Self::new(FailureCode::Interrupted, text)
    }

    /// Output that could not be written.
    pub(super) fn output(message: Text) -> Self {
        Self::new(FailureCode::Output, message)
    }

    /// It in one line, with its code.
    pub(super) fn line(&self, lang: Lang) -> String {
        last_line(self.code, self.message.get(lang), lang)
    }

    /// The error object of the JSON form.
    fn to_json(&self, lang: Lang) -> Value {
        let problems = match &self.details {
            Details::None => json!([]),
            Details::Problems(problems) => problems.to_json(lang),
            Details::Violations(violations) => violations.iter().map(|v| violation_json(v, lang)).collect(),
        };
        error_json(self.code, self.message.get(lang), &problems)
    }

    /// Tells it to people.
    pub(super) fn tell(&self, lang: Lang) {
        match &self.details {
            Details::None => {}
            Details::Problems(problems) => {
                output::tell(problems, lang);
            }
            Details::Violations(violations) => {
                for v in violations {
                    output::talk(&format!("{}  {}  {}", v.code, v.where_, v.message.get(lang)));
                }
            }
        }
        output::talk(&last_line(self.code, self.message.get(lang), lang));
    }

    /// Tells it, in the form asked for.
    pub(super) fn report(self, context: Context) -> ExitStatus {
        let lang = context.lang;
        if context.format == Format::Json {
            let _ = output::json(&json!({ "error": self.to_json(lang) }));
            return self.code.status();
        }
        self.tell(lang);
        self.code.status()
    }
}

/// The last line of a failure, with its code.
pub(super) fn last_line(code: FailureCode, message: &str, lang: Lang) -> String {
    format!("{} {message} [{code}]", lang.pick("erreur :", "error:"))
}

/// The error object: stable code, exit code, message, problems.
pub(super) fn error_json(code: FailureCode, message: &str, problems: &Value) -> Value {
    json!({ "code": code.as_str(), "exit": code.status().code(), "message": message, "problems": problems })
}

/// A broken rule in JSON.
pub(super) fn violation_json(violation: &Violation, lang: Lang) -> Value {
    json!({ "code": violation.code, "where": violation.where_, "message": violation.message.get(lang) })
}

impl From<WriteError> for Failure {
    fn from(error: WriteError) -> Self {
        let message = match &error {
            WriteError::Folder { path, source } => {
                let (shown, why) = (path.display(), reason(source));
                Text::new(
                    format!("impossible de créer le dossier « {shown} » : {} ; rien n'a été écrit", why.fr),
                    format!("cannot make the folder \"{shown}\": {}; nothing has been written", why.en),
                )
            }
            WriteError::Write { path, source } => {
                let (shown, why) = (path.display(), reason(source));
                Text::new(
                    format!("impossible d'écrire « {shown} » : {} ; rien n'a été écrit", why.fr),
                    format!("cannot write \"{shown}\": {}; nothing has been written", why.en),
                )
            }
            WriteError::Replace { path, source } => {
                let (shown, why) = (path.display(), reason(source));
                Text::new(
                    format!("impossible de remplacer « {shown} » : {} ; d'autres fichiers ont pu l'être", why.fr),
                    format!("cannot replace \"{shown}\": {}; other files may have been", why.en),
                )
            }
            WriteError::Path { .. } => return Self::internal(error),
        };
        Self::output(message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The planner makes its first plan whatever the limit, so these ends are not met from outside.
    #[test]
    fn a_search_without_a_plan_says_why() {
        let context = |format| Context { lang: Lang::En, format };
        for (interrupted, code, exit, said) in [
            (false, "no-plan", 5, "no plan before the limit; give more time with --time-limit"),
            (true, "interrupted", 130, "interrupted before there was a plan"),
        ] {
            let failure = Failure::no_plan(interrupted, false);
            let error = failure.to_json(Lang::En);
            assert_eq!((&error["code"], &error["exit"], &error["message"]), (&code.into(), &exit.into(), &said.into()));
            assert_eq!(last_line(failure.code, said, Lang::En), format!("error: {said} [{code}]"));
            assert_eq!(i32::from(failure.report(context(Format::Human)).code()), exit);
        }
    }
}
