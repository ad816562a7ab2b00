//! Objects with their versions and delete markers.
//!
//! The ETag is a digest, but not the MD5 of S3. Metadata, ranges and storage classes are not kept.

use aws_smithy_types::base64;
use bytes::Bytes;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use serde::{Deserialize, Serialize};

use super::address::{bucket, bucket_mut, split};
use super::{Bucket, refuse};
use crate::sandbox::store::State;
use crate::sandbox::wire::{Call, Outcome, Refusal, Reply, form, header};

/// The version id of what was written without versioning.
const NULL_VERSION: &str = "null";
const MAX_KEY: usize = 1024;

/// A version of an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Version {
    pub(super) id: String,
    pub(super) modified: Timestamp,
    /// Absent in a delete marker.
    pub(super) content: Option<Content>,
}

/// What an object holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Content {
    content_type: String,
    pub(super) etag: String,
    pub(super) size: usize,
    base64: String,
}

pub(super) fn put_object(state: &mut State, call: &Call<'_>) -> Outcome {
    let (_, bucket) = bucket_mut(state, call)?;
    let (_, key) = split(call.request);
    if key.len() > MAX_KEY {
        return Err(refuse(400, "KeyTooLongError", "Your key is too long"));
    }
    check_conditions(call, bucket, &key)?;
    let body = decoded(call)?;
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &body);
    let content = Content {
        content_type: header(call.request, "content-type").unwrap_or("binary/octet-stream").to_owned(),
        etag: format!("\"{}\"", hex::encode(digest.as_ref().get(..16).unwrap_or_default())),
        size: body.len(),
        base64: base64::encode(&body),
    };
    let reply = Reply::empty(200).with_header("etag", content.etag.clone());
    let id = add(bucket, key, call.now, Some(content));
    Ok(with_version(reply, bucket, &id))
}

pub(super) fn get_object(state: &State, call: &Call<'_>) -> Outcome {
    let (_, bucket) = bucket(state, call)?;
    let (_, key) = split(call.request);
    let versions = bucket.objects.get(&key).map(Vec::as_slice).unwrap_or_default();
    let wanted = version_id(call);
    let version = match &wanted {
        Some(id) => versions.iter().find(|version| version.id == *id),
        None => versions.last(),
    };
    let Some(version) = version else {
        return Err(match wanted {
            Some(_) => refuse(404, "NoSuchVersion", "The specified version does not exist."),
            None => refuse(404, "NoSuchKey", "The specified key does not exist."),
        });
    };
    let Some(content) = &version.content else {
        let (status, code) = if wanted.is_some() { (405, "MethodNotAllowed") } else { (404, "NoSuchKey") };
        return Err(refuse(status, code, "The version is a delete marker.")
            .with_header("x-amz-delete-marker", "true"));
    };
    let Ok(body) = base64::decode(&content.base64) else {
        return Err(refuse(500, "InternalError", "The object is damaged in the sandbox."));
    };
    let modified = DateTimePrinter::new().timestamp_to_rfc9110_string(&version.modified).unwrap_or_default();
    let reply = Reply::bytes(200, &content.content_type, body.into())
        .with_header("etag", content.etag.clone())
        .with_header("content-length", content.size.to_string())
        .with_header("last-modified", modified);
    Ok(with_version(reply, bucket, &version.id))
}

pub(super) fn delete_object(state: &mut State, call: &Call<'_>) -> Outcome {
    let (_, bucket) = bucket_mut(state, call)?;
    let (_, key) = split(call.request);
    check_conditions(call, bucket, &key)?;
    if let Some(id) = version_id(call) {
        remove(bucket, &key, &id);
        return Ok(Reply::empty(204).with_header("x-amz-version-id", id));
    }
    if bucket.versioning.is_none() {
        remove(bucket, &key, NULL_VERSION);
        return Ok(Reply::empty(204));
    }
    let id = add(bucket, key, call.now, None);
    Ok(with_version(Reply::empty(204), bucket, &id).with_header("x-amz-delete-marker", "true"))
}

/// Adds a version and returns its id. Unless versioning is on it takes the place of the version without an id.
fn add(bucket: &mut Bucket, key: String, modified: Timestamp, content: Option<Content>) -> String {
    let id = match bucket.versioning.as_deref() {
        Some("Enabled") => {
            bucket.version_count += 1;
            format!("version{:016}", bucket.version_count)
        }
        _ => {
            remove(bucket, &key, NULL_VERSION);
            NULL_VERSION.to_owned()
        }
    };
    bucket.objects.entry(key).or_default().push(Version { id: id.clone(), modified, content });
    id
}

/// Removes a version, and the key with its last one.
fn remove(bucket: &mut Bucket, key: &str, id: &str) {
    let Some(versions) = bucket.objects.get_mut(key) else { return };
    versions.retain(|version| version.id != id);
    if versions.is_empty() {
        bucket.objects.remove(key);
    }
}

fn with_version(reply: Reply, bucket: &Bucket, id: &str) -> Reply {
    if bucket.versioning.is_some() { reply.with_header("x-amz-version-id", id) } else { reply }
}

fn version_id(call: &Call<'_>) -> Option<String> {
    form::value(call.request.uri().query()?, "versionId")
}

/// Conditional writes and deletes: only if the key is free, or only if it holds what the caller has seen. A delete marker
/// counts as nothing (S3 User Guide, "How to prevent object overwrites with conditional writes").
fn check_conditions(call: &Call<'_>, bucket: &Bucket, key: &str) -> Result<(), Refusal> {
    let newest = bucket.objects.get(key).and_then(|versions| versions.last());
    let etag = newest.and_then(|version| version.content.as_ref()).map(|content| content.etag.as_str());
    let failed = "At least one of the pre-conditions you specified did not hold";
    match (header(call.request, "if-none-match"), header(call.request, "if-match")) {
        (Some("*"), _) if etag.is_some() => Err(refuse(412, "PreconditionFailed", failed)),
        (Some("*") | None, None) => Ok(()),
        (None, Some(_)) if etag.is_none() => {
            Err(refuse(404, "NoSuchKey", "The specified key does not exist."))
        }
        (None, Some(wanted)) if etag.map(unquoted) == Some(unquoted(wanted)) => Ok(()),
        (None, Some(_)) => Err(refuse(412, "PreconditionFailed", failed)),
        _ => Err(refuse(501, "NotImplemented", "The sandbox does not have this condition.")),
    }
}

fn unquoted(etag: &str) -> &str {
    etag.trim_matches('"')
}

/// Returns the body without the framing that clients put around a body they stream.
fn decoded(call: &Call<'_>) -> Result<Bytes, Refusal> {
    let encoding = header(call.request, "content-encoding").unwrap_or_default();
    let digest = header(call.request, "x-amz-content-sha256").unwrap_or_default();
    if !encoding.contains("aws-chunked") && !digest.starts_with("STREAMING-") {
        return Ok(call.request.body().clone());
    }
    without_chunks(call.request.body())
        .ok_or_else(|| refuse(400, "IncompleteBody", "The chunks of the body are incomplete."))
}

/// Chunks are `LENGTH[;EXTENSION]CRLF DATA CRLF`, the last one of length zero; trailers follow.
fn without_chunks(mut rest: &[u8]) -> Option<Bytes> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|pair| pair == b"\r\n")?;
        let line = std::str::from_utf8(&rest[..end]).ok()?;
        let length = usize::from_str_radix(line.split(';').next()?.trim(), 16).ok()?;
        if length == 0 {
            return Some(body.into());
        }
        let data = rest.get(end + 2..)?;
        body.extend_from_slice(data.get(..length)?);
        rest = data.get(length..)?.strip_prefix(b"\r\n")?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_chunks_off_a_body() {
        let cases: &[(&[u8], Option<&[u8]>)] = &[
            (b"0\r\n\r\n", Some(b"")),
            (b"5\r\nhello\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n", Some(b"hello")),
            (b"3;chunk-signature=00\r\na\r\n\r\n1\r\nb\r\n0\r\n\r\n", Some(b"a\r\nb")),
            (b"", None),
            (b"5\r\nhel", None),
            (b"ffffffffffffffff\r\nhello", None),
            (b"x\r\nhello\r\n", None),
        ];
        for (framed, expected) in cases {
            assert_eq!(without_chunks(framed).as_deref(), *expected);
        }
    }
}
