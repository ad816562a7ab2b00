//! Statements of an identity's policy, and the documents that IAM has room for.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::policy::document::current_version;

/// How many characters a managed policy may have, white space not counted (IAM User Guide, "IAM and STS quotas").
pub const MOST_CHARACTERS: usize = 6144;

/// A statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// What it is for: letters and digits.
    pub sid: String,
    /// Whether it denies.
    pub is_deny: bool,
    /// The actions.
    pub actions: BTreeSet<&'static str>,
    /// The ARNs, or `*`.
    pub resources: BTreeSet<String>,
    /// What must hold beside.
    pub conditions: Conditions,
}

/// Values by operator and condition key.
pub type Conditions = BTreeMap<(&'static str, String), Vec<String>>;

impl Statement {
    /// Returns it as IAM takes it.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut conditions: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
        for ((operator, key), values) in &self.conditions {
            conditions.entry(operator).or_default().insert(key.clone(), one_or_list(values));
        }
        let mut statement = json!({
            "Sid": self.sid,
            "Effect": self.effect(),
            "Action": one_or_list(&self.actions),
            "Resource": one_or_list(&self.resources),
        });
        if !conditions.is_empty() {
            statement["Condition"] = json!(conditions);
        }
        statement
    }

    /// Returns the word for what it does.
    #[must_use]
    pub fn effect(&self) -> &'static str {
        if self.is_deny { "Deny" } else { "Allow" }
    }

    /// Returns two that say the same together, if there is something to divide.
    fn halves(&self) -> Option<[Self; 2]> {
        let mut halves = [self.clone(), self.clone()];
        if self.resources.len() > 1 {
            let middle = self.resources.iter().nth(self.resources.len() / 2)?.clone();
            halves[1].resources = halves[0].resources.split_off(&middle);
        } else {
            let middle =
                self.actions.iter().nth(self.actions.len() / 2).filter(|_| self.actions.len() > 1)?;
            halves[1].actions = halves[0].actions.split_off(middle);
        }
        for (half, end) in halves.iter_mut().zip(['a', 'b']) {
            half.sid.push(end);
        }
        Some(halves)
    }
}

fn one_or_list<'a, T: AsRef<str> + 'a>(texts: impl IntoIterator<Item = &'a T>) -> Value {
    let mut all: Vec<&str> = texts.into_iter().map(AsRef::as_ref).collect();
    match (all.pop(), all.is_empty()) {
        (Some(one), true) => json!(one),
        (last, _) => {
            all.extend(last);
            json!(all)
        }
    }
}

/// Returns a document of statements.
#[must_use]
pub fn document(statements: &[Statement]) -> Value {
    let all: Vec<Value> = statements.iter().map(Statement::to_json).collect();
    json!({"Version": current_version(), "Statement": all})
}

/// Returns how many characters IAM counts of a document.
#[must_use]
pub fn size(document: &Value) -> usize {
    document.to_string().chars().filter(|c| !c.is_whitespace()).count()
}

/// Divides statements into as few documents as their order allows, each one with room for it. A statement that alone is too long is
/// divided.
#[must_use]
pub fn fitted(statements: Vec<Statement>, most: usize) -> Vec<Vec<Statement>> {
    let mut documents: Vec<Vec<Statement>> = vec![Vec::new()];
    let mut waiting: Vec<Statement> = statements.into_iter().rev().collect();
    while let Some(statement) = waiting.pop() {
        let is_alone = size(&document(std::slice::from_ref(&statement))) <= most;
        match statement.halves() {
            Some([first, second]) if !is_alone => waiting.extend([second, first]),
            _ => add(&mut documents, statement, most),
        }
    }
    documents
}

fn add(documents: &mut Vec<Vec<Statement>>, statement: Statement, most: usize) {
    let mut with = documents.last().cloned().unwrap_or_default();
    with.push(statement.clone());
    match documents.last_mut() {
        Some(last) if last.is_empty() || size(&document(&with)) <= most => *last = with,
        _ => documents.push(vec![statement]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement(sid: &str, resources: usize) -> Statement {
        Statement {
            sid: sid.to_owned(),
            is_deny: false,
            actions: BTreeSet::from(["s3:GetBucketPolicy"]),
            resources: (0..resources).map(|number| format!("arn:aws:s3:::bucket-{number:03}")).collect(),
            conditions: Conditions::new(),
        }
    }

    #[test]
    fn what_is_one_is_no_list() {
        assert_eq!(
            statement("A", 1).to_json(),
            json!({"Sid": "A", "Effect": "Allow", "Action": "s3:GetBucketPolicy",
                "Resource": "arn:aws:s3:::bucket-000"})
        );
        assert_eq!(statement("A", 2).to_json()["Resource"].as_array().unwrap().len(), 2);
    }

    #[test]
    fn what_does_not_fit_goes_into_further_documents_and_nothing_is_lost() {
        let all = vec![statement("A", 2), statement("B", 40), statement("C", 1)];
        assert_eq!(fitted(all.clone(), 10_000), vec![all.clone()]);
        let documents = fitted(all.clone(), 500);
        assert!(documents.len() > 3);
        let mut sids = BTreeSet::new();
        for one in &documents {
            assert!(size(&document(one)) <= 500 && !one.is_empty());
            assert!(one.iter().all(|statement| sids.insert(statement.sid.clone())));
        }
        let resources = |statements: &mut dyn Iterator<Item = &Statement>| {
            statements.flat_map(|one| one.resources.clone()).collect::<BTreeSet<_>>()
        };
        assert_eq!(resources(&mut documents.iter().flatten()), resources(&mut all.iter()));
    }
}
