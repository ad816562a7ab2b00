//! `schema`: the spec language, and what commands print or write as JSON, as JSON Schemas.

use schemars::{JsonSchema, generate::SchemaSettings};
use serde::Serialize;
use serde_json::{Value, json};

use super::{Failure, Outcome, coverage, fmt, iam_policy, init, unlock, validate};
use crate::{
    cli::SchemaArgs,
    coverage::Map,
    estate::status_schema,
    exit,
    export::{self, Export},
    graph::{self, Graph},
    lock::body::{Body, FORMAT},
    plan::{CoverageReport, plan_schema},
    record::Line,
    report::{
        coverage::Explanations,
        diagnostics::Findings,
        problem::Failed,
        run::{self, Run},
    },
    spec::schema::spec_schema,
    ui::Ui,
};

/// The formats of documents that are made of a part of others.
pub(super) const DIAGNOSTICS: &str = "trailctl.diagnostics/1";
pub(super) const COVERAGE_DIFF: &str = "trailctl.coverage-diff/1";
pub(super) const COVERAGE_MAP: &str = "trailctl.coverage-map/1";
pub(super) const ERROR: &str = "trailctl.error/1";

/// A document with its format.
#[derive(Serialize, JsonSchema)]
pub(super) struct Versioned<T> {
    /// The format of the document, with its version.
    pub(super) format: &'static str,
    #[serde(flatten)]
    pub(super) document: T,
}

/// The name of a schema, and the function that makes it.
pub(super) type Document = (&'static str, fn() -> Value);

/// The documents, by the names of their schemas.
pub static DOCUMENTS: &[Document] = &[
    ("trailctl", spec_schema),
    ("plan", plan_schema),
    ("apply", || of::<Run<'_>>("apply", Some(run::FORMAT))),
    ("diagnostics", || of::<Versioned<Findings>>("diagnostics", Some(DIAGNOSTICS))),
    ("status", status_schema),
    ("export", || of::<Export>("export", Some(export::FORMAT))),
    ("coverage-diff", || of::<Versioned<CoverageReport>>("coverage diff", Some(COVERAGE_DIFF))),
    ("coverage-explain", || of::<Explanations>("coverage explain", Some(coverage::FORMAT))),
    ("coverage-map", || of::<Versioned<Map>>("coverage map", Some(COVERAGE_MAP))),
    ("graph", || of::<Graph>("graph", Some(graph::FORMAT))),
    ("unlock", || of::<unlock::Document<'_>>("unlock", Some(unlock::FORMAT))),
    ("lock", || of::<Body>("lock", Some(FORMAT))),
    ("record", || of::<Line>("record: a line", None)),
    ("iam-policy", || of::<iam_policy::Policies<'_>>("iam-policy", Some(iam_policy::FORMAT))),
    ("init", || of::<init::Written<'_>>("init", Some(init::FORMAT))),
    ("fmt", || of::<fmt::Report>("fmt", Some(fmt::FORMAT))),
    ("explanation", || of::<validate::Explanation>("validate --explain", Some(validate::FORMAT))),
    ("error", || of::<Versioned<Failed>>("error", Some(ERROR))),
];

/// Returns the JSON Schema (draft 7) of a document.
fn of<T: JsonSchema>(title: &str, format: Option<&str>) -> Value {
    let mut schema = SchemaSettings::draft07().into_generator().into_root_schema_for::<T>().to_value();
    schema["title"] = json!(format!("trailctl {title}"));
    if let Some(format) = format {
        schema["properties"]["format"]["const"] = json!(format);
    }
    schema
}

pub(super) fn run(ui: &Ui, args: &SchemaArgs) -> Outcome {
    let Some((_, schema)) = DOCUMENTS.iter().find(|(name, _)| *name == args.document) else {
        let names: Vec<&str> = DOCUMENTS.iter().map(|(name, _)| *name).collect();
        return Err(Failure {
            code: exit::USAGE,
            message: Some(format!("there is no schema of `{}`", args.document)),
            help: Some(format!("there are those of {}", names.join(", "))),
        });
    };
    ui.result(&format!("{:#}", schema()))?;
    Ok(exit::DONE)
}
