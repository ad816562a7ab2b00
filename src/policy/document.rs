//! Policy documents as specs and live resources have them: read, compared statement by statement, written.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::canon::{CanonStatement, Context, canon, canon_statement};
use crate::resource::region::Region;

/// The account of a resource decides nothing while unique ids stay as they are.
const CONTEXT: Context<'_> = Context { partition: "aws", account: "", resolver: None };

/// The policy of a resource.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyDocument {
    /// The version of the policy language.
    #[serde(default = "current_version", skip_serializing_if = "is_current")]
    pub version: String,
    /// An identifier of the document. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Further statements, as AWS writes them.
    #[serde(default)]
    pub statements: Vec<Value>,
}

/// Returns the version of the policy language that trailctl writes.
pub fn current_version() -> String {
    "2012-10-17".to_owned()
}

fn is_current(version: &String) -> bool {
    *version == current_version()
}

impl Default for PolicyDocument {
    fn default() -> Self {
        Self { version: current_version(), id: None, statements: Vec::new() }
    }
}

impl PolicyDocument {
    /// Reads a live policy. A text that is not a policy document becomes one statement that equals no wanted one.
    pub fn read(text: &str) -> Self {
        let opaque = || Self { statements: vec![json!(text)], ..Self::default() };
        // The strict reader also refuses what a lenient one would lose, such as a key that is given twice.
        if canon(text, &CONTEXT).statements().is_none() {
            return opaque();
        }
        let Ok(Value::Object(mut document)) = serde_json::from_str(text) else { return opaque() };
        let version = match document.shift_remove("Version") {
            // A policy without a version is of the first one (IAM User Guide, "Version").
            None => "2008-10-17".to_owned(),
            Some(Value::String(version)) => version,
            Some(_) => return opaque(),
        };
        let id = match document.shift_remove("Id") {
            None => None,
            Some(Value::String(id)) => Some(id).filter(|id| !id.is_empty()),
            Some(_) => return opaque(),
        };
        let statements = match document.shift_remove("Statement") {
            Some(Value::Array(statements)) => statements,
            Some(one) => vec![one],
            None => Vec::new(),
        };
        if document.is_empty() { Self { version, id, statements } } else { opaque() }
    }

    /// Brings it to one spelling: a policy without statements is none, and has neither version nor id.
    pub fn normalize(&mut self) {
        self.id = self.id.take().filter(|id| !id.is_empty());
        if self.statements.is_empty() {
            *self = Self::default();
        }
    }

    /// Returns the document as AWS takes it, or `None` when there are no statements.
    pub fn to_json(&self) -> Option<Value> {
        let Self { version, id, statements } = self;
        let mut document = json!({"Version": version, "Statement": statements});
        if let Some(id) = id {
            document["Id"] = json!(id);
        }
        (!statements.is_empty()).then_some(document)
    }
}

/// Returns the form in which two statements that mean the same are equal, for a resource in this Region.
pub fn canonical(statement: &Value, region: Option<&Region>) -> CanonStatement {
    let partition = region.map_or(CONTEXT.partition, Region::partition);
    canon_statement(statement, &Context { partition, ..CONTEXT })
}

/// Returns the Sid of a statement of ours: letters and digits only, and the stack's name in it, so that the statements
/// of several stacks in one policy can be told apart.
pub fn sid(stack: &str, name: &str) -> String {
    let words = stack.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let camel: String = words.map(|word| word[..1].to_ascii_uppercase() + &word[1..]).collect();
    format!("Trailctl{camel}{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_live_policy_reads_as_statements_and_foreign_text_equals_nothing() {
        let read_statements = |text: &str| PolicyDocument::read(text).statements;
        assert_eq!(
            read_statements(r#"{"Version":"2012-10-17","Statement":{"Sid":"a"}}"#),
            [json!({"Sid": "a"})]
        );
        assert_eq!(PolicyDocument::read(r#"{"Statement":[]}"#).version, "2008-10-17");
        assert_eq!(PolicyDocument::read(r#"{"Version":"2012-10-17","Id":"","Statement":[]}"#).id, None);
        let twice = r#"{"Version":"2012-10-17","Statement":[{"Sid":"a","Effect":"Allow","Effect":"Deny"}]}"#;
        for opaque in [twice, "", "[]", "{\"Statement\":[],\"Extra\":1}", "{\"Version\":1}"] {
            assert_eq!(read_statements(opaque), [json!(opaque)]);
        }
    }

    #[test]
    fn sids_hold_letters_and_digits_only() {
        assert_eq!(sid("security-audit", "Write"), "TrailctlSecurityAuditWrite");
        assert_eq!(sid("a.b_2", "TlsOnly"), "TrailctlAB2TlsOnly");
    }
}
