//! The tagging API of resource groups: which resources have which tags, in all services of a Region at once.
//!
//! A resource that has no tags is left out. AWS also shows those that had tags once; here nobody remembers them.

mod filters;
mod get_resources;
mod pages;

use std::collections::BTreeMap;

use super::store::State;
use super::wire::{Call, Operation, Protocol, Refusal, Service};
use super::{cloudtrail, kms, logs, s3, sns};

/// The service.
pub(crate) static SERVICE: Service = Service {
    signing_name: "tagging",
    protocol: Protocol::AwsJson { target: "ResourceGroupsTaggingAPI_20170126" },
    operations: &[Operation::read("GetResources", get_resources::get_resources)],
};

/// A resource with tags.
#[derive(Clone, Debug)]
struct Tagged<'a> {
    /// The type as filters write it.
    kind: &'static str,
    arn: String,
    tags: &'a BTreeMap<String, String>,
}

/// Returns the resources of the caller with tags in the Region of the call, by ARN. Roles are not among them: this API
/// does not know their tags.
fn all<'a>(state: &'a State, call: &Call<'_>) -> Vec<Tagged<'a>> {
    let (account, region) = (call.caller.account.as_str(), call.region.as_str());
    let of = |kind: &'static str, found: Vec<(String, &'a BTreeMap<String, String>)>| {
        found.into_iter().map(move |(arn, tags)| Tagged { kind, arn, tags })
    };
    let mut all: Vec<Tagged<'a>> = of("cloudtrail:trail", cloudtrail::tagged(state, account, region))
        .chain(of("kms:key", kms::tagged(state, account, region)))
        .chain(of("logs:log-group", logs::tagged(state, account, region)))
        .chain(of("s3:bucket", s3::tagged(state, account, region)))
        .chain(of("sns:topic", sns::tagged(state, account, region)))
        .filter(|resource| !resource.tags.is_empty())
        .collect();
    all.sort_by(|one, other| one.arn.cmp(&other.arn));
    all
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::bad("InvalidParameterException", message)
}
