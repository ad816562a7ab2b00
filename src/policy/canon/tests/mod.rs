//! The canonical form against tables of documents and against documents made at random.

mod grammar;
mod ids;
mod pairs;
mod properties;
mod spelling;

use super::*;

const CTX: Context<'_> = Context { partition: "aws", account: "111122223333", resolver: None };

fn parse(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error} in {text}"))
}

/// The statements of a document, through `serde_json` and `canon_statement`.
fn statements_one_by_one(document: &str) -> BTreeSet<CanonStatement> {
    let statements = parse(document)["Statement"].take();
    let statements = match statements {
        serde_json::Value::Array(statements) => statements,
        single => vec![single],
    };
    statements.iter().map(|statement| canon_statement(statement, &CTX)).collect()
}
