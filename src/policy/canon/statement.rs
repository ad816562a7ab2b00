//! One statement: its elements, and which spellings of them are the same.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{Context, DanglingPrincipal, condition::Conditions, principal::Principals, strict_json::Json};

/// A statement that is understood in full. An element that is present and empty differs from one that is absent.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Statement {
    /// Empty if absent: both name nothing (IAM, "Sid" is optional). Another `Sid` is another statement.
    sid: String,
    effect: Effect,
    #[serde(skip_serializing_if = "Option::is_none")]
    principal: Option<Principals>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_principal: Option<Principals>,
    /// In lower case: service prefix and action name ignore case (IAM, "Action" element).
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<BTreeSet<String>>,
    /// As `action`.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_action: Option<BTreeSet<String>>,
    /// As written: names of resources keep their case (IAM, "Resource" element).
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<BTreeSet<String>>,
    /// As `resource`.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_resource: Option<BTreeSet<String>>,
    /// Empty if absent: no condition restricts nothing (IAM, "Condition" is optional).
    condition: Conditions,
}

/// Exact case, as AWS refuses any other (IAM, "Effect" element).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
enum Effect {
    Allow,
    Deny,
}

impl Statement {
    /// Returns the statement, or nothing if any element or value of it is not understood.
    pub(super) fn read(json: &Json, ctx: &Context<'_>) -> Option<Self> {
        let Json::Object(elements) = json else { return None };
        let mut rest: BTreeMap<&str, &Json> =
            elements.iter().map(|(key, value)| (key.as_str(), value)).collect();
        let mut take = |name| rest.remove(name);
        let statement = Self {
            sid: take("Sid").map_or(Some(""), Json::as_str)?.to_owned(),
            effect: match take("Effect")?.as_str()? {
                "Allow" => Effect::Allow,
                "Deny" => Effect::Deny,
                _ => return None,
            },
            principal: optional(take("Principal"), |json| Principals::read(json, ctx))?,
            not_principal: optional(take("NotPrincipal"), |json| Principals::read(json, ctx))?,
            action: optional(take("Action"), |json| strings(json, str::to_ascii_lowercase))?,
            not_action: optional(take("NotAction"), |json| strings(json, str::to_ascii_lowercase))?,
            resource: optional(take("Resource"), |json| strings(json, str::to_owned))?,
            not_resource: optional(take("NotResource"), |json| strings(json, str::to_owned))?,
            condition: optional(take("Condition"), Conditions::read)?.unwrap_or_default(),
        };
        rest.is_empty().then_some(statement)
    }

    /// Returns the statement as JSON. Reading it gives the statement back.
    pub(super) fn render(&self) -> String {
        serde_json::to_string(self).expect("a statement holds only strings, lists and maps with string keys")
    }

    /// Returns the principals that belong to nobody any more.
    pub(super) fn dangling(&self, ctx: &Context<'_>) -> BTreeSet<DanglingPrincipal> {
        let ids =
            [&self.principal, &self.not_principal].into_iter().flatten().flat_map(|some| some.dangling(ctx));
        ids.map(|id| DanglingPrincipal { sid: self.sid.clone(), id: id.to_owned() }).collect()
    }
}

/// Reads an element that may be absent; nothing if it is there and not understood.
fn optional<T>(json: Option<&Json>, read: impl Fn(&Json) -> Option<T>) -> Option<Option<T>> {
    match json {
        None => Some(None),
        Some(json) => read(json).map(Some),
    }
}

/// Reads a string or a list of strings as a set (IAM policy grammar: order and repetition mean nothing).
pub(super) fn strings(json: &Json, spell: impl Fn(&str) -> String) -> Option<BTreeSet<String>> {
    json.items().iter().map(|item| item.as_str().map(&spell)).collect()
}
