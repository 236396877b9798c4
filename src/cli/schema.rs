//! `tournee schema` and `tournee completions`.

use super::args::{CompletionArgs, SchemaArgs, SchemaOf};
use super::{Context, ExitStatus, Failure, help, output};
use crate::config::Schema;

pub(super) fn schema(args: &SchemaArgs) -> Result<ExitStatus, Failure> {
    let schema = match args.of {
        SchemaOf::Scenario => Schema::Scenario,
        SchemaOf::Plan => Schema::Plan,
        SchemaOf::Promise => Schema::Promise,
        SchemaOf::Explain => Schema::Explanation,
        SchemaOf::Respond => Schema::Answers,
        SchemaOf::Grid => Schema::Grid,
        SchemaOf::Comparison => Schema::Comparison,
    };
    output::text(schema.text())?;
    Ok(ExitStatus::Done)
}

pub(super) fn completions(context: Context, args: &CompletionArgs) -> Result<ExitStatus, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut help::command(context.lang), "tournee", &mut script);
    output::data(&script)?;
    Ok(ExitStatus::Done)
}
