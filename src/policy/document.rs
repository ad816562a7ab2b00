//! Policy documents as specs and live resources have them: read, compared statement by statement, written.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::canon::{CanonStatement, Context, canon, canon_statement};
use super::grammar::VERSIONS;
pub use super::sids::{LEAVING, is_generated, sid};
use crate::{align::align_list, resource::region::Region};

/// The account of a resource decides nothing while unique ids stay as they are.
const CONTEXT: Context<'_> = Context { partition: "aws", account: "", resolver: None };

/// The names of generated statements; a number may follow.
pub(super) const GENERATED: &[&str] = &[
    "AccessLogs",
    "AclCheck",
    "Admins",
    "BucketReaders",
    "Decrypt",
    "Deliver",
    "Encrypt",
    "Logs",
    "Owner",
    "Publish",
    "Readers",
    "Root",
    "TlsOnly",
    "Trust",
    "Use",
    "Write",
];

/// The policy of a resource.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyDocument {
    /// Whether statements of others are removed or kept.
    #[serde(default)]
    pub mode: Mode,
    /// Adds the statements that follow from the other entries of the spec. With `false`, `statements` must say all that is needed, also
    /// while something moves: a plan checks that they let CloudTrail in.
    #[serde(default = "yes", skip_serializing_if = "is_usual")]
    #[schemars(extend("default" = true))]
    pub generated: bool,
    /// The version of the policy language.
    #[serde(default = "current_version")]
    #[schemars(schema_with = "versions")]
    pub version: String,
    /// An identifier of the document. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Further statements, as AWS writes them.
    #[serde(default)]
    pub statements: Vec<Value>,
}

/// What becomes of the statements of a live policy that the spec does not have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// They are drift, and are removed.
    #[default]
    Exclusive,
    /// They are others', and are kept. Only the statements that this stack generates are removed when they are not needed.
    Merge,
}

fn yes() -> bool {
    true
}

/// Nearly all policies are generated: only others say it.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_usual(generated: &bool) -> bool {
    *generated
}

fn versions(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "enum": VERSIONS })
}

/// Returns the version of the policy language that trailctl writes.
pub fn current_version() -> String {
    "2012-10-17".to_owned()
}

impl Default for PolicyDocument {
    fn default() -> Self {
        Self {
            mode: Mode::Exclusive,
            generated: true,
            version: current_version(),
            id: None,
            statements: Vec::new(),
        }
    }
}

impl PolicyDocument {
    /// Reads a live policy. A text that is not a policy document becomes one statement that equals no wanted one.
    ///
    /// Numbers keep their text, up to the spelling of exponents: `1E5` is read as `1e+5`.
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
        match document.is_empty() {
            true => Self { version, id, statements, ..Self::default() },
            false => opaque(),
        }
    }

    /// Returns whether the live document was not understood. What it says is in nobody's hands: there is nothing to merge with.
    pub fn is_opaque(&self) -> bool {
        self.statements.iter().any(Value::is_string)
    }

    /// Brings it to one spelling: a policy without statements is none, and has neither version nor id.
    pub fn normalize(&mut self) {
        self.id = self.id.take().filter(|id| !id.is_empty());
        if self.statements.is_empty() {
            *self = Self { mode: self.mode, generated: self.generated, ..Self::default() };
        }
    }

    /// In the mode `merge`, takes over what is others' in a live policy: its version, its id, and the statements that this
    /// stack has not generated, as they stand there.
    pub fn keep(&mut self, seen: &Self, stack: &str, region: &Region) {
        if self.mode == Mode::Exclusive || seen.statements.is_empty() || seen.is_opaque() {
            return;
        }
        let wanted: Vec<CanonStatement> = self.statements.iter().map(|one| canonical(one, region)).collect();
        // A Sid stands once in a policy: what has one of ours is ours, as it was.
        let is_ours = |sid: &str| {
            is_generated(stack, sid) || self.statements.iter().any(|one| !sid.is_empty() && one["Sid"] == sid)
        };
        let is_foreign = |statement: &&Value| {
            !statement["Sid"].as_str().is_some_and(is_ours) && !wanted.contains(&canonical(statement, region))
        };
        let foreign: Vec<Value> = seen.statements.iter().filter(is_foreign).cloned().collect();
        self.statements.extend(foreign);
        self.version.clone_from(&seen.version);
        self.id.clone_from(&seen.id);
    }

    /// Takes over the spelling and the order of the wanted policy where both mean the same.
    pub fn align(&mut self, want: &Self, region: &Region) {
        (self.mode, self.generated) = (want.mode, want.generated);
        align_list(&mut self.statements, &want.statements, |statement| canonical(statement, region));
    }

    /// Returns the document as AWS takes it, or `None` when there are no statements.
    pub fn to_json(&self) -> Option<Value> {
        let Self { mode: _, generated: _, version, id, statements } = self;
        let mut document = json!({"Version": version, "Statement": statements});
        if let Some(id) = id {
            document["Id"] = json!(id);
        }
        (!statements.is_empty()).then_some(document)
    }
}

/// Returns the form in which two statements that mean the same are equal, for a resource in this Region.
pub fn canonical(statement: &Value, region: &Region) -> CanonStatement {
    canon_statement(statement, &Context { partition: region.partition(), ..CONTEXT })
}

/// Returns values as policies write them: one alone, or several in a list.
pub fn one_or_many<T: AsRef<str>>(all: impl IntoIterator<Item = T>) -> Value {
    let mut all: Vec<Value> = all.into_iter().map(|one| json!(one.as_ref())).collect();
    if all.len() == 1 { all.remove(0) } else { Value::Array(all) }
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
    fn statements_of_others_keep_the_text_of_their_numbers_and_the_order_of_their_members() {
        let theirs = r#"{"Resource":"*","Condition":{"NumericEquals":{"s3:max-keys":[12345678901234567890123,1.10,1e+5,-0.0]}},"Action":["s3:B","s3:a"],"Effect":"Allow","Principal":{"AWS":"*"}}"#;
        let seen = PolicyDocument::read(&format!(r#"{{"Version":"2012-10-17","Statement":[{theirs}]}}"#));
        let mut want = PolicyDocument { mode: Mode::Merge, ..PolicyDocument::default() };
        want.keep(&seen, "s", &Region::new("us-east-1"));
        // As an attribute of a resource, of which the engine knows the tree only.
        let tree = serde_json::to_value(&want).unwrap();
        let want: PolicyDocument = serde_json::from_value(tree).unwrap();
        let written = want.to_json().unwrap().to_string();
        assert!(written.contains(theirs), "{written}");
        let changed = PolicyDocument::read(&written.replace("567890123", "567890124"));
        assert_ne!(
            canonical(&want.statements[0], &Region::new("us-east-1")),
            canonical(&changed.statements[0], &Region::new("us-east-1"))
        );
    }

    #[test]
    fn there_is_nothing_to_merge_with_in_what_was_not_understood() {
        let seen = PolicyDocument::read("{\"Version\":1}");
        let mut want = PolicyDocument { mode: Mode::Merge, ..PolicyDocument::default() };
        want.keep(&seen, "s", &Region::new("us-east-1"));
        assert!(seen.is_opaque() && !want.is_opaque() && want.statements.is_empty());
    }

    #[test]
    fn merging_keeps_what_others_say_and_drops_what_we_said() {
        let one = |sid: &str, action: &str| json!({"Sid": sid, "Effect": "Allow", "Action": action});
        let statements = vec![
            one("Theirs", "s3:GetObject"),
            one("TrailctlSWrite2", "s3:PutObject"),
            one("TrailctlSWriteLeaving", "s3:PutObject"),
            one("TrailctlStackWrite", "s3:PutObject"),
            one("TrailctlSWrite", "S3:PutObject"),
        ];
        let seen =
            PolicyDocument { version: "2008-10-17".to_owned(), statements, ..PolicyDocument::default() };
        let statements = vec![one("TrailctlSWrite", "s3:PutObject")];
        let mut want = PolicyDocument { mode: Mode::Merge, statements, ..PolicyDocument::default() };
        let mut exclusive = PolicyDocument { mode: Mode::Exclusive, ..want.clone() };
        want.keep(&seen, "s", &Region::new("us-east-1"));
        let sids: Vec<&str> = want.statements.iter().map(|one| one["Sid"].as_str().unwrap()).collect();
        assert_eq!(sids, ["TrailctlSWrite", "Theirs", "TrailctlStackWrite"]);
        assert_eq!(want.version, "2008-10-17");
        exclusive.keep(&seen, "s", &Region::new("us-east-1"));
        assert_eq!(exclusive.statements.len(), 1);
    }
}
