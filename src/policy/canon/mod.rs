//! Brings a policy document into one canonical form, so that comparing policies is plain equality.
//!
//! Two spellings become the same form only where AWS itself turns one into the other, or documents that both mean
//! the same. Whatever is not understood stays **opaque** and equals only itself: calling two policies equal when
//! they differ hides an attack, calling them different when they are equal costs one write.

mod condition;
mod principal;
mod statement;
mod strict_json;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use percent_encoding::percent_decode_str;

use statement::Statement;
use strict_json::{Json, quoted};

/// What the meaning of a policy depends on besides its text.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// Partition of the resource that carries the policy, such as `aws` or `aws-us-gov`.
    pub partition: &'a str,
    /// Account of the resource that carries the policy. Ids are resolved only inside it.
    pub account: &'a str,
    /// Tells what IAM says about a unique id. Without it, unique ids stay as they are.
    pub resolver: Option<&'a (dyn Fn(&str) -> IdOwner + Sync)>,
}

/// What IAM says about a unique id (`AIDA…`, `AROA…`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdOwner {
    /// The user or role at this ARN has exactly this id.
    Arn(String),
    /// Nobody has the id: its user or role is gone, and one recreated under the same name has another id.
    Gone,
    /// IAM could not tell: the id is of another account, or access was denied.
    Unknown,
}

/// A principal that can no longer use its grant. A user or role recreated under the old name does not inherit it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DanglingPrincipal {
    /// The `Sid` of the statement, empty if it has none.
    pub sid: String,
    /// The unique id that AWS shows in place of the deleted user or role.
    pub id: String,
}

/// The canonical form of a policy document. Two documents are the same policy iff their forms are equal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Canon(Document);

/// The canonical form of one statement. Says nothing about the `Version` it is read under.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CanonStatement(Form);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Document {
    /// The text, byte for byte.
    Opaque(String),
    Policy {
        version: &'static str,
        id: String,
        statements: BTreeSet<CanonStatement>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Form {
    /// The JSON value in its one compact spelling with sorted object keys.
    Opaque(String),
    Known(Box<Statement>),
}

/// The policy language versions, the one that applies when none is named first (IAM, "Version" element).
const VERSIONS: [&str; 2] = ["2008-10-17", "2012-10-17"];

/// Returns the canonical form of a policy document in plain JSON.
pub fn canon(text: &str, ctx: &Context<'_>) -> Canon {
    Canon(read_document(text, ctx).unwrap_or_else(|| Document::Opaque(text.to_owned())))
}

/// Returns the canonical form together with the principals in it that AWS reports as deleted.
pub fn canon_with_findings(text: &str, ctx: &Context<'_>) -> (Canon, BTreeSet<DanglingPrincipal>) {
    let canon = canon(text, ctx);
    let findings = canon.statements().into_iter().flatten().flat_map(|statement| match &statement.0 {
        Form::Opaque(_) => BTreeSet::new(),
        Form::Known(known) => known.dangling(ctx),
    });
    let findings = findings.collect();
    (canon, findings)
}

/// Returns the canonical form of one statement, equal to the one the statement has inside a document: also its numbers, of
/// which trees keep the text.
pub fn canon_statement(statement: &serde_json::Value, ctx: &Context<'_>) -> CanonStatement {
    let text = statement.to_string();
    match Json::read(&text) {
        Some(json) => CanonStatement::of(&json, ctx),
        None => CanonStatement(Form::Opaque(text)),
    }
}

/// Returns a document with this canonical form: `canon(&render(&c), ctx) == c`, unless spelling a document of
/// nearly 1 MiB out takes it over that limit. (AWS accepts no policy above 32 KiB.)
pub fn render(canon: &Canon) -> String {
    let (version, id, statements) = match &canon.0 {
        Document::Opaque(text) => return text.clone(),
        Document::Policy { version, id, statements } => (quoted(version), quoted(id), statements),
    };
    let statements: Vec<String> = statements.iter().map(CanonStatement::render).collect();
    // A lone statement goes without the array: the array would put a document at the depth limit beyond it.
    let statement = match statements.as_slice() {
        [only] if only.starts_with('{') => only.clone(),
        several => format!("[{}]", several.join(",")),
    };
    format!(r#"{{"Version":{version},"Id":{id},"Statement":{statement}}}"#)
}

/// Decodes the percent-encoding in which IAM returns its policies (RFC 3986: `+` is a plus sign, not a space).
///
/// Text that does not decode to UTF-8 is returned as it is, so that two such texts never become the same.
pub fn decode_percent(text: &str) -> String {
    percent_decode_str(text).decode_utf8().map_or_else(|_| text.to_owned(), String::from)
}

impl Canon {
    /// Returns the statements, or nothing if the document is opaque.
    pub fn statements(&self) -> Option<&BTreeSet<CanonStatement>> {
        match &self.0 {
            Document::Opaque(_) => None,
            Document::Policy { version: _, id: _, statements } => Some(statements),
        }
    }
}

impl CanonStatement {
    /// Tells whether the statement was not understood and equals only the same JSON value.
    pub fn is_opaque(&self) -> bool {
        matches!(self.0, Form::Opaque(_))
    }

    fn of(json: &Json, ctx: &Context<'_>) -> Self {
        Self(match Statement::read(json, ctx) {
            Some(statement) => Form::Known(Box::new(statement)),
            None => Form::Opaque(json.to_string()),
        })
    }

    fn render(&self) -> String {
        match &self.0 {
            Form::Opaque(text) => text.clone(),
            Form::Known(statement) => statement.render(),
        }
    }
}

/// Reads the top level, which has three members in exact case (IAM policy grammar); nothing if it has any other.
fn read_document(text: &str, ctx: &Context<'_>) -> Option<Document> {
    let Json::Object(members) = Json::read(text)? else { return None };
    let (mut version, mut id, mut statements) = (VERSIONS[0], String::new(), None);
    for (key, value) in &members {
        match key.as_str() {
            "Version" => {
                let text = value.as_str()?;
                version = VERSIONS.into_iter().find(|known| *known == text)?;
            }
            "Id" => id = value.as_str()?.to_owned(),
            "Statement" if matches!(value, Json::Array(_) | Json::Object(_)) => {
                statements = Some(value.items().iter().map(|one| CanonStatement::of(one, ctx)).collect());
            }
            _ => return None,
        }
    }
    Some(Document::Policy { version, id, statements: statements? })
}
