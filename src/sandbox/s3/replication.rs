//! Where a bucket is copied to. Enough to have a replication that somebody else made: nothing is copied, and whether role
//! and destination exist is not asked.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::address::{bucket, bucket_mut};
use super::refuse;
use crate::sandbox::ids;
use crate::sandbox::store::State;
use crate::sandbox::tags::Tag;
use crate::sandbox::wire::xml::{document, parse};
use crate::sandbox::wire::{Call, Outcome, Refusal, Reply};

const MAX_RULES: usize = 1000;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Replication {
    role: String,
    #[serde(default)]
    rule: Vec<Rule>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Rule {
    #[serde(rename = "ID", skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    priority: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prefix: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    filter: Option<Filter>,
    status: Status,
    destination: Destination,
    #[serde(skip_serializing_if = "Option::is_none")]
    delete_marker_replication: Option<DeleteMarkers>,
}

/// Which objects a rule is for: one of the members, or none for all objects.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
struct Filter {
    #[serde(skip_serializing_if = "Option::is_none")]
    prefix: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tag: Option<Tag>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Status {
    Enabled,
    Disabled,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Destination {
    bucket: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    storage_class: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct DeleteMarkers {
    status: Status,
}

pub(super) fn get_bucket_replication(state: &State, call: &Call<'_>) -> Outcome {
    match &bucket(state, call)?.1.replication {
        Some(replication) => Ok(Reply::xml(document("ReplicationConfiguration", replication)?)),
        None => {
            let message = "The replication configuration was not found";
            Err(refuse(404, "ReplicationConfigurationNotFoundError", message))
        }
    }
}

/// The rules replace those that are there.
pub(super) fn put_bucket_replication(state: &mut State, call: &Call<'_>) -> Outcome {
    let versioning = bucket(state, call)?.1.versioning.clone();
    let mut wanted: Replication = parse("ReplicationConfiguration", call.request.body())?;
    if versioning.as_deref() != Some("Enabled") {
        let message = "Versioning must be 'Enabled' on the bucket to apply a replication configuration";
        return Err(refuse(400, "InvalidRequest", message));
    }
    check(call, &wanted)?;
    for rule in &mut wanted.rule {
        rule.id.get_or_insert_with(|| ids::uuid(state));
    }
    bucket_mut(state, call)?.1.replication = Some(wanted);
    Ok(Reply::empty(200))
}

pub(super) fn delete_bucket_replication(state: &mut State, call: &Call<'_>) -> Outcome {
    bucket_mut(state, call)?.1.replication = None;
    Ok(Reply::empty(204))
}

fn check(call: &Call<'_>, wanted: &Replication) -> Result<(), Refusal> {
    let Replication { role, rule: rules } = wanted;
    let malformed = |message| refuse(400, "MalformedXML", message);
    let invalid = |message| refuse(400, "InvalidArgument", message);
    let start = |service: &str| format!("arn:{}:{service}:", call.partition());
    if !(1..=MAX_RULES).contains(&rules.len()) {
        return Err(malformed("There can be 1 to 1000 rules"));
    }
    if !role.starts_with(&start("iam:")) || !role.contains(":role/") {
        return Err(invalid("Invalid Role specified in replication configuration"));
    }
    let given: Vec<&String> = rules.iter().filter_map(|rule| rule.id.as_ref()).collect();
    if given.iter().collect::<BTreeSet<_>>().len() < given.len() {
        return Err(invalid("Rule ID must be unique"));
    }
    for Rule { prefix, filter, priority, delete_marker_replication, destination, .. } in rules {
        let is_one = |filter: &Filter| filter.prefix.is_none() || filter.tag.is_none();
        // A filter makes a rule one of the newer kind, which needs the two others.
        let is_new = filter.is_some();
        if prefix.is_some() == is_new
            || !filter.as_ref().is_none_or(is_one)
            || is_new != priority.is_some()
            || is_new != delete_marker_replication.is_some()
        {
            return Err(malformed("A rule has a Prefix, or Filter, Priority and DeleteMarkerReplication"));
        }
        if !destination.bucket.starts_with(&start("s3")) {
            return Err(invalid("Invalid bucket ARN in the destination"));
        }
    }
    Ok(())
}
