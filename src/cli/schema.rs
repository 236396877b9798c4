//! `tournee schema` and `tournee completions`.

use super::args::{CompletionArgs, SchemaArgs, SchemaOf};
use super::{Context, ExitStatus, Failure, help, output};
use crate::config::{
    schema_answers, schema_comparison, schema_explanation, schema_grid, schema_plan, schema_promise, schema_scenario,
};

pub(super) fn schema(args: &SchemaArgs) -> Result<ExitStatus, Failure> {
    output::json(&match args.of {
        SchemaOf::Scenario => schema_scenario(),
        SchemaOf::Plan => schema_plan(),
        SchemaOf::Promise => schema_promise(),
        SchemaOf::Explain => schema_explanation(),
        SchemaOf::Respond => schema_answers(),
        SchemaOf::Grid => schema_grid(),
        SchemaOf::Comparison => schema_comparison(),
    })?;
    Ok(ExitStatus::Done)
}

pub(super) fn completions(context: Context, args: &CompletionArgs) -> Result<ExitStatus, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut help::command(context.lang), "tournee", &mut script);
    output::data(&script)?;
    Ok(ExitStatus::Done)
}
