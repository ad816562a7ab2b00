//! Buckets as a whole: create, delete, find.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::address::{bucket, is_bucket_name, split};
use super::logging::Logging;
use super::notification::Notifications;
use super::object_lock::ObjectLock;
use super::settings::{Encryption, Ownership, PublicAccessBlock, parse_ownership};
use super::tagging::{TagSet, checked};
use super::{Bucket, refuse};
use crate::sandbox::store::State;
use crate::sandbox::wire::xml::{Element, parse};
use crate::sandbox::wire::{Call, Outcome, Refusal, Reply, form, header};

/// The Region whose buckets have no location constraint.
const UNNAMED_REGION: &str = "us-east-1";

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
struct CreateBucketConfiguration {
    location_constraint: Option<String>,
    tags: TagSet,
}

pub(super) fn create_bucket(state: &mut State, call: &Call<'_>) -> Outcome {
    let (name, _) = split(call.request);
    if !is_bucket_name(&name) {
        return Err(refuse(400, "InvalidBucketName", "The specified bucket is not valid."));
    }
    let has_lock = match header(call.request, "x-amz-bucket-object-lock-enabled") {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => {
            return Err(refuse(400, "InvalidArgument", "x-amz-bucket-object-lock-enabled is true or false"));
        }
    };
    let configuration: CreateBucketConfiguration = match call.request.body().as_ref() {
        [] => CreateBucketConfiguration::default(),
        body => parse("CreateBucketConfiguration", body)?,
    };
    check_location(&call.region, configuration.location_constraint.as_deref())?;
    let ownership = match header(call.request, "x-amz-object-ownership") {
        Some(text) => parse_ownership(text)?,
        None => Ownership::BucketOwnerEnforced,
    };
    let tags = checked(&configuration.tags)?;
    let buckets = state.buckets.entry(call.partition().to_owned()).or_default();
    let reply = Reply::empty(200).with_header("location", format!("/{name}"));
    match buckets.get(&name) {
        Some(bucket) if bucket.account != call.caller.account => {
            let message =
                "The requested bucket name is not available. The name space is shared by all users.";
            Err(refuse(409, "BucketAlreadyExists", message))
        }
        // The oldest Region answers as if it had made the bucket.
        Some(bucket) if bucket.region == UNNAMED_REGION && call.region == UNNAMED_REGION => Ok(reply),
        Some(_) => Err(refuse(409, "BucketAlreadyOwnedByYou", "The bucket exists already and you own it.")),
        None => {
            let bucket = Bucket {
                account: call.caller.account.clone(),
                region: call.region.clone(),
                created: call.now,
                versioning: has_lock.then(|| "Enabled".to_owned()),
                encryption: Encryption::default(),
                public_access_block: Some(PublicAccessBlock::all()),
                ownership: Some(ownership),
                policy: None,
                tags,
                lifecycle: None,
                logging: Logging::default(),
                object_lock: has_lock.then(ObjectLock::without_retention),
                notifications: Notifications::default(),
                replication: None,
                version_count: 0,
                objects: BTreeMap::new(),
            };
            buckets.insert(name, bucket);
            Ok(reply)
        }
    }
}

/// A constraint must name the Region that is asked, except that one Region must not be named at all.
fn check_location(region: &str, constraint: Option<&str>) -> Result<(), Refusal> {
    match constraint {
        None if region == UNNAMED_REGION => Ok(()),
        Some(UNNAMED_REGION) if region == UNNAMED_REGION => {
            let message = "The specified location constraint is not valid: leave it out.";
            Err(refuse(400, "InvalidLocationConstraint", message))
        }
        Some("EU") if region == "eu-west-1" => Ok(()),
        Some(named) if named == region => Ok(()),
        Some(named) => {
            let message = format!("The location constraint {named} does not fit the Region {region}.");
            Err(refuse(400, "IllegalLocationConstraintException", &message))
        }
        None => {
            let message = format!("A location constraint is needed in the Region {region}.");
            Err(refuse(400, "IllegalLocationConstraintException", &message))
        }
    }
}

pub(super) fn delete_bucket(state: &mut State, call: &Call<'_>) -> Outcome {
    let (name, found) = bucket(state, call)?;
    if !found.objects.is_empty() {
        return Err(refuse(409, "BucketNotEmpty", "The bucket you tried to delete is not empty"));
    }
    if let Some(buckets) = state.buckets.get_mut(call.partition()) {
        buckets.remove(&name);
    }
    Ok(Reply::empty(204))
}

pub(super) fn head_bucket(state: &State, call: &Call<'_>) -> Outcome {
    let (_, bucket) = bucket(state, call)?;
    Ok(Reply::empty(200).with_header("x-amz-bucket-region", bucket.region.clone()))
}

pub(super) fn get_bucket_location(state: &State, call: &Call<'_>) -> Outcome {
    let (_, bucket) = bucket(state, call)?;
    let region = if bucket.region == UNNAMED_REGION { "" } else { &bucket.region };
    Ok(Reply::xml(Element::default().text("LocationConstraint", region).into_string()))
}

pub(super) fn list_buckets(state: &State, call: &Call<'_>) -> Outcome {
    let query = call.request.uri().query().unwrap_or_default();
    let prefix = form::value(query, "prefix").unwrap_or_default();
    let region = form::value(query, "bucket-region");
    let buckets = state.buckets.get(call.partition()).into_iter().flatten().filter(|(name, bucket)| {
        bucket.account == call.caller.account
            && name.starts_with(&prefix)
            && region.as_ref().is_none_or(|region| *region == bucket.region)
    });
    let xml = Element::new("ListAllMyBucketsResult", |xml| {
        xml.child("Owner", |xml| xml.text("ID", &call.caller.account)).child("Buckets", |xml| {
            xml.each("Bucket", buckets, |xml, (name, bucket)| {
                xml.text("Name", name)
                    .text("CreationDate", format!("{:.3}", bucket.created))
                    .text("BucketRegion", &bucket.region)
            })
        })
    });
    Ok(Reply::xml(xml.into_string()))
}
