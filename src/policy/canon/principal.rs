//! `Principal` and `NotPrincipal`: who a statement is about.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{Context, IdOwner, statement::strings, strict_json::Json};

const AWS: &str = "AWS";

/// The types of principals, in exact case (IAM, "Principal" element).
const TYPES: [&str; 4] = [AWS, "Service", "Federated", "CanonicalUser"];

/// The principals by type. No type has an empty set, so that an empty list adds nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub(super) struct Principals(BTreeMap<&'static str, BTreeSet<String>>);

impl Principals {
    /// Returns the principals, or nothing if they are not understood.
    pub(super) fn read(json: &Json, ctx: &Context<'_>) -> Option<Self> {
        let members = match json {
            // The bare star is short for everyone in the AWS type (IAM, "Principal" element).
            Json::String(star) if star == "*" => {
                return Some(Self(BTreeMap::from([(AWS, [star.clone()].into())])));
            }
            Json::Object(members) => members,
            _ => return None,
        };
        let mut principals = BTreeMap::new();
        for (key, value) in members {
            let kind = TYPES.into_iter().find(|known| known == key)?;
            let spell = |value: &str| if kind == AWS { aws(value, ctx) } else { value.to_owned() };
            let values = strings(value, spell)?;
            if !values.is_empty() {
                principals.insert(kind, values);
            }
        }
        Some(Self(principals))
    }

    /// Returns the unique ids that belong to nobody any more.
    pub(super) fn dangling(&self, ctx: &Context<'_>) -> impl Iterator<Item = &str> {
        let resolver = ctx.resolver;
        let gone = move |id: &str| resolver.is_some_and(|resolver| resolver(id) == IdOwner::Gone);
        let values = self.0.get(AWS).into_iter().flatten().map(String::as_str);
        values.filter(move |value| path_of_unique_id(value).is_some() && gone(value))
    }
}

/// Spells a principal of the AWS type as AWS returns it.
fn aws(value: &str, ctx: &Context<'_>) -> String {
    let Context { partition, account, resolver } = ctx;
    // An account id is short for the account's root ARN, and AWS writes it out when it stores the policy.
    if value.len() == 12 && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return format!("arn:{partition}:iam::{value}:root");
    }
    // AWS stores the unique id for a user's or role's ARN and shows it when it cannot turn it back. Only the id's
    // present holder has the grant, and IAM can vouch for holders in its own account alone.
    if let (Some(path), Some(resolver)) = (path_of_unique_id(value), resolver)
        && let IdOwner::Arn(arn) = resolver(value)
        && arn.starts_with(&format!("arn:{partition}:iam::{account}:{path}"))
    {
        return arn;
    }
    value.to_owned()
}

/// Returns how the resource part of the ARN of a unique id's holder begins (IAM, "Unique identifiers").
fn path_of_unique_id(value: &str) -> Option<&'static str> {
    if !value.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()) {
        return None;
    }
    match value.get(..4)? {
        "AIDA" => Some("user/"),
        "AROA" => Some("role/"),
        _ => None,
    }
}
