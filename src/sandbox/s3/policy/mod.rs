//! Bucket policies: kept as given, refused if they are malformed or make a protected bucket public.

use super::address::{bucket, bucket_mut};
use super::refuse;
use crate::policy::document::PolicyDocument;
use crate::policy::grammar::{Grammar, Of};
use crate::policy::public::is_open;
use crate::sandbox::store::State;
use crate::sandbox::wire::{Call, Outcome, Reply};

/// The most bytes of a policy.
const MAX_BYTES: usize = 20 * 1024;

pub(super) fn get_bucket_policy(state: &State, call: &Call<'_>) -> Outcome {
    match &bucket(state, call)?.1.policy {
        Some(policy) => Ok(Reply::bytes(200, "application/json", policy.clone().into())),
        None => Err(refuse(404, "NoSuchBucketPolicy", "The bucket policy does not exist")),
    }
}

pub(super) fn put_bucket_policy(state: &mut State, call: &Call<'_>) -> Outcome {
    let (name, bucket) = bucket_mut(state, call)?;
    let malformed = |message: &str| refuse(400, "MalformedPolicy", message);
    let Ok(text) = std::str::from_utf8(call.request.body()) else {
        return Err(malformed("The policy is not text"));
    };
    if text.len() > MAX_BYTES {
        return Err(malformed("The policy exceeds the maximum size of 20480 bytes"));
    }
    let grammar = Grammar { of: Of::Bucket { name: &name }, partition: Some(call.partition()) };
    if let Some(fault) = grammar.refusal(text) {
        return Err(malformed(&fault));
    }
    let is_public = || PolicyDocument::read(text).statements.iter().any(is_open);
    if bucket.public_access_block.is_some_and(|block| block.block_public_policy) && is_public() {
        let message =
            "public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access";
        return Err(refuse(403, "AccessDenied", message));
    }
    bucket.policy = Some(text.to_owned());
    Ok(Reply::empty(204))
}

pub(super) fn delete_bucket_policy(state: &mut State, call: &Call<'_>) -> Outcome {
    let (_, bucket) = bucket_mut(state, call)?;
    bucket.policy = None;
    Ok(Reply::empty(204))
}
