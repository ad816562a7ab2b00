//! Saved plans: what binds one to what it was made from, and what has changed since.

use std::collections::BTreeSet;

use aws_lc_rs::digest::{SHA256, digest};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Plan, Policy, Step,
    fingerprint::{self, sorted},
};
use crate::spec::Spec;

/// How long a saved plan can be applied.
const LIFE: SignedDuration = SignedDuration::from_hours(24);

/// What binds a saved plan to what it was made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Seal {
    /// When it was made, by AWS's clock.
    #[schemars(with = "String")]
    pub created: Timestamp,
    /// When it can no longer be applied.
    #[schemars(with = "String")]
    pub expires: Timestamp,
    /// Who made it: the ARN of a user or a role.
    pub caller: String,
    /// The SHA-256 of the spec with its defaults, in hexadecimal: comments and layout make no difference.
    pub spec_sha256: String,
    /// What the user has allowed, beside the loss of events, which stands with the coverage.
    pub allowed: Allowances,
    /// The SHA-256 of all of this document but this line, in hexadecimal.
    pub sha256: String,
}

/// What the user has allowed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Allowances {
    /// What may be deleted or replaced although it is protected.
    pub destroy: BTreeSet<String>,
    /// The resources whose live policy may be replaced although it was not understood.
    pub replace_policy: BTreeSet<String>,
    /// The stacks whose resources may be taken over.
    pub take_ownership_from: BTreeSet<String>,
}

impl From<&Policy> for Allowances {
    fn from(policy: &Policy) -> Self {
        Self {
            destroy: policy.allow_destroy.clone(),
            replace_policy: policy.replace_policy.clone(),
            take_ownership_from: policy.take_from.clone(),
        }
    }
}

/// Why a saved plan cannot be applied.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stale {
    /// It carries no seal.
    #[error("it was not written by `plan -o`")]
    Unsealed,
    /// It is not what was written.
    #[error("it was changed after it was written")]
    Edited,
    /// Its time is over.
    #[error("it has expired: it could be applied until {0}")]
    Expired(Timestamp),
    /// It is for something else.
    #[error("it is for {what} {saved}, and this is {now}")]
    Other {
        /// What differs.
        what: &'static str,
        /// What the plan is for.
        saved: String,
        /// What there is now.
        now: String,
    },
    /// The spec means something else.
    #[error("the spec is not the one that it was made from")]
    Spec,
    /// Something that it rests on has changed.
    #[error("{resource} {how} since it was made")]
    Changed {
        /// The resource.
        resource: String,
        /// In which way.
        how: &'static str,
    },
    /// This trailctl would do something else.
    #[error("trailctl {0} would do something else than {1}, which made it")]
    Planner(String, String),
}

impl Stale {
    /// Returns whether a new plan may be the same all the same.
    pub fn is_of_account(&self) -> bool {
        matches!(self, Self::Changed { .. })
    }
}

/// Returns the SHA-256 of what a spec means, in hexadecimal.
pub fn of_spec(spec: &Spec) -> String {
    let head = serde_json::to_value(&spec.head).unwrap_or_default();
    let entries = spec.entries.iter().map(|(entry, attrs)| (entry.address.to_string(), attrs.clone()));
    let tree = serde_json::json!({"head": head, "entries": entries.collect::<serde_json::Map<_, _>>()});
    hash("trailctl.spec/1", tree)
}

fn hash(prefix: &str, tree: Value) -> String {
    hex::encode(digest(&SHA256, format!("{prefix}\n{}", sorted(tree)).as_bytes()))
}

/// Returns who a caller is, without the name of the session.
fn without_session(caller: &str) -> String {
    match caller.split_once(":assumed-role/") {
        Some((start, rest)) => {
            format!("{start}:assumed-role/{}", rest.split('/').next().unwrap_or_default())
        }
        None => caller.to_owned(),
    }
}

impl Plan {
    /// Returns the plan with a seal.
    #[must_use]
    pub fn sealed(mut self, spec: &Spec, policy: &Policy, caller: &str, now: Timestamp) -> Self {
        self.seal = Some(Seal {
            created: now,
            expires: now.saturating_add(LIFE).unwrap_or(now),
            caller: without_session(caller),
            spec_sha256: of_spec(spec),
            allowed: policy.into(),
            sha256: String::new(),
        });
        let sha256 = self.sha256();
        if let Some(seal) = &mut self.seal {
            seal.sha256 = sha256;
        }
        self
    }

    /// Returns the hash of the plan without the hash that is in it.
    fn sha256(&self) -> String {
        let mut plan = self.clone();
        if let Some(seal) = &mut plan.seal {
            seal.sha256 = String::new();
        }
        hash("trailctl.plan/1", serde_json::to_value(&plan).unwrap_or_default())
    }

    /// Returns the seal, if it is unbroken.
    ///
    /// # Errors
    ///
    /// When there is none, or the plan is not what was sealed.
    pub fn seal(&self) -> Result<&Seal, Stale> {
        let seal = self.seal.as_ref().ok_or(Stale::Unsealed)?;
        if seal.sha256 == self.sha256() { Ok(seal) } else { Err(Stale::Edited) }
    }

    /// Returns why this saved plan must not be applied where `fresh` is what would be planned now: nothing if it is the same plan.
    pub fn stale(&self, fresh: &Self, spec: &Spec, now: Timestamp) -> Vec<Stale> {
        let seal = match self.seal() {
            Ok(seal) => seal,
            Err(stale) => return vec![stale],
        };
        let mut found = Vec::new();
        let same = [
            ("the account", &self.account.id, &fresh.account.id),
            ("the partition", &self.account.partition, &fresh.account.partition),
            ("the stack", &self.stack, &fresh.stack),
        ];
        for (what, saved, now) in same.into_iter().filter(|(_, saved, now)| saved != now) {
            found.push(Stale::Other { what, saved: saved.clone(), now: now.clone() });
        }
        if now >= seal.expires {
            found.push(Stale::Expired(seal.expires));
        }
        if seal.spec_sha256 != of_spec(spec) {
            found.push(Stale::Spec);
        }
        // Of another spec or account, everything differs.
        if !found.is_empty() {
            return found;
        }
        let names: BTreeSet<&String> = self.read_set.keys().chain(fresh.read_set.keys()).collect();
        let absent = fingerprint::of(None);
        for name in names {
            let (saved, now) = (self.read_set.get(name), fresh.read_set.get(name));
            let is_there = |one: Option<&fingerprint::Fingerprint>| one.is_some_and(|one| *one != absent);
            let how = match (is_there(saved), is_there(now)) {
                _ if saved == now => continue,
                (true, false) => "is gone",
                (false, true) => "is new",
                _ => "has changed",
            };
            found.push(Stale::Changed { resource: name.clone(), how });
        }
        if found.is_empty() && !self.does_the_same(fresh) {
            found.push(Stale::Planner(fresh.trailctl.clone(), self.trailctl.clone()));
        }
        found
    }

    /// Returns whether another plan does the same and says the same of what is recorded.
    pub fn does_the_same(&self, other: &Self) -> bool {
        let bare = |step: &Step| Step { at: None, from_elsewhere: Vec::new(), ..step.clone() };
        self.steps.len() == other.steps.len()
            && self.steps.iter().zip(&other.steps).all(|(one, other)| bare(one) == bare(other))
            && self.coverage == other.coverage
            && self.refused.len() == other.refused.len()
    }
}
