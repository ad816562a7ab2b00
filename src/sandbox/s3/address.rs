//! Which bucket, key and operation a request means, and whether the caller may reach the bucket.

use std::net::Ipv4Addr;

use bytes::Bytes;
use http::{Method, Request};
use percent_encoding::percent_decode_str;

use super::{Bucket, refuse};
use crate::sandbox::store::State;
use crate::sandbox::wire::{Call, Refusal, form, header};

/// What a path points to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Service,
    Bucket,
    Object,
}

/// Method, level, and the query parameter that selects the operation, if one does.
static ROUTES: &[(Method, Level, &str, &str)] = &[
    (Method::GET, Level::Service, "", "ListBuckets"),
    (Method::PUT, Level::Bucket, "", "CreateBucket"),
    (Method::DELETE, Level::Bucket, "", "DeleteBucket"),
    (Method::HEAD, Level::Bucket, "", "HeadBucket"),
    (Method::GET, Level::Bucket, "location", "GetBucketLocation"),
    (Method::GET, Level::Bucket, "versioning", "GetBucketVersioning"),
    (Method::PUT, Level::Bucket, "versioning", "PutBucketVersioning"),
    (Method::GET, Level::Bucket, "encryption", "GetBucketEncryption"),
    (Method::PUT, Level::Bucket, "encryption", "PutBucketEncryption"),
    (Method::DELETE, Level::Bucket, "encryption", "DeleteBucketEncryption"),
    (Method::GET, Level::Bucket, "publicAccessBlock", "GetPublicAccessBlock"),
    (Method::PUT, Level::Bucket, "publicAccessBlock", "PutPublicAccessBlock"),
    (Method::DELETE, Level::Bucket, "publicAccessBlock", "DeletePublicAccessBlock"),
    (Method::GET, Level::Bucket, "ownershipControls", "GetBucketOwnershipControls"),
    (Method::PUT, Level::Bucket, "ownershipControls", "PutBucketOwnershipControls"),
    (Method::DELETE, Level::Bucket, "ownershipControls", "DeleteBucketOwnershipControls"),
    (Method::GET, Level::Bucket, "policy", "GetBucketPolicy"),
    (Method::PUT, Level::Bucket, "policy", "PutBucketPolicy"),
    (Method::DELETE, Level::Bucket, "policy", "DeleteBucketPolicy"),
    (Method::GET, Level::Bucket, "tagging", "GetBucketTagging"),
    (Method::PUT, Level::Bucket, "tagging", "PutBucketTagging"),
    (Method::DELETE, Level::Bucket, "tagging", "DeleteBucketTagging"),
    (Method::GET, Level::Bucket, "lifecycle", "GetBucketLifecycleConfiguration"),
    (Method::PUT, Level::Bucket, "lifecycle", "PutBucketLifecycleConfiguration"),
    (Method::DELETE, Level::Bucket, "lifecycle", "DeleteBucketLifecycle"),
    (Method::GET, Level::Bucket, "logging", "GetBucketLogging"),
    (Method::PUT, Level::Bucket, "logging", "PutBucketLogging"),
    (Method::GET, Level::Bucket, "object-lock", "GetObjectLockConfiguration"),
    (Method::PUT, Level::Bucket, "object-lock", "PutObjectLockConfiguration"),
    (Method::GET, Level::Bucket, "notification", "GetBucketNotificationConfiguration"),
    (Method::PUT, Level::Bucket, "notification", "PutBucketNotificationConfiguration"),
    (Method::GET, Level::Bucket, "replication", "GetBucketReplication"),
    (Method::PUT, Level::Bucket, "replication", "PutBucketReplication"),
    (Method::DELETE, Level::Bucket, "replication", "DeleteBucketReplication"),
    (Method::GET, Level::Bucket, "list-type", "ListObjectsV2"),
    (Method::GET, Level::Bucket, "versions", "ListObjectVersions"),
    (Method::PUT, Level::Object, "", "PutObject"),
    (Method::GET, Level::Object, "", "GetObject"),
    (Method::HEAD, Level::Object, "", "HeadObject"),
    (Method::DELETE, Level::Object, "", "DeleteObject"),
];

/// Query parameters that do not select an operation. Any other one means an operation that is not known here.
static PARAMETERS: &[&str] = &[
    "x-id",
    "versionId",
    "prefix",
    "delimiter",
    "max-keys",
    "start-after",
    "continuation-token",
    "bucket-region",
    "max-buckets",
];

/// Headers that ask for what the operations here do not do.
static UNSUPPORTED: &[&str] = &["x-amz-copy-source", "x-amz-bucket-namespace", "x-amz-acl"];

/// Returns the name of the operation.
pub(super) fn operation(request: &Request<Bytes>) -> Option<&'static str> {
    let (bucket, key) = split(request);
    let level = match (bucket.is_empty(), key.is_empty()) {
        (true, _) => Level::Service,
        (false, true) => Level::Bucket,
        (false, false) => Level::Object,
    };
    let query: Vec<(String, String)> = form::pairs(request.uri().query().unwrap_or_default()).collect();
    let mut selecting = query.iter().map(|(name, _)| name.as_str()).filter(|name| !PARAMETERS.contains(name));
    let selector = selecting.next().unwrap_or_default();
    let is_private = |name: &&&str| header(request, name).is_some_and(|value| value != "private");
    if selecting.next().is_some() || UNSUPPORTED.iter().any(|name| is_private(&name)) {
        return None;
    }
    ROUTES
        .iter()
        .find(|(method, at, by, _)| method == request.method() && *at == level && *by == selector)
        .map(|(.., operation)| *operation)
}

/// Returns bucket and key, empty where there is none: from the host, or else from the path.
pub(super) fn split(request: &Request<Bytes>) -> (String, String) {
    let path = request.uri().path().trim_start_matches('/');
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    if let Some(bucket) = host_bucket(request) {
        return (bucket, decoded(path));
    }
    let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
    (decoded(bucket), decoded(key))
}

/// `BUCKET.s3.REGION.amazonaws.com`, or `BUCKET.localhost` for an endpoint on this machine.
fn host_bucket(request: &Request<Bytes>) -> Option<String> {
    let host = request.uri().host().or_else(|| header(request, "host"))?;
    let host = host.split(':').next().unwrap_or_default();
    let bucket = match host.rsplit_once(".s3.") {
        Some((bucket, _)) => bucket,
        None => host.strip_suffix(".localhost")?,
    };
    Some(bucket.to_owned()).filter(|bucket| !bucket.is_empty())
}

/// Returns the bucket of a request, with its name, if the caller may reach it.
pub(super) fn bucket<'a>(state: &'a State, call: &Call<'_>) -> Result<(String, &'a Bucket), Refusal> {
    let (name, _) = split(call.request);
    let found = state.buckets.get(call.partition()).and_then(|buckets| buckets.get(&name));
    let Some(bucket) = found else {
        return Err(refuse(404, "NoSuchBucket", "The specified bucket does not exist"));
    };
    // AWS sends a caller to the right Region before it looks at permissions.
    if bucket.region != call.region {
        let message = format!("The bucket is in the Region {}; use its endpoint.", bucket.region);
        return Err(refuse(301, "PermanentRedirect", &message)
            .with_header("x-amz-bucket-region", bucket.region.clone()));
    }
    let expected = header(call.request, "x-amz-expected-bucket-owner");
    if bucket.account != call.caller.account || expected.is_some_and(|owner| owner != bucket.account) {
        return Err(refuse(403, "AccessDenied", "Access Denied"));
    }
    Ok((name, bucket))
}

/// Returns the bucket of a request to change it.
pub(super) fn bucket_mut<'a>(
    state: &'a mut State,
    call: &Call<'_>,
) -> Result<(String, &'a mut Bucket), Refusal> {
    let (name, _) = bucket(state, call)?;
    let found = state.buckets.get_mut(call.partition()).and_then(|buckets| buckets.get_mut(&name));
    found
        .map(|bucket| (name, bucket))
        .ok_or_else(|| refuse(404, "NoSuchBucket", "The specified bucket does not exist"))
}

/// Whether a general purpose bucket can have the name.
pub(crate) fn is_bucket_name(name: &str) -> bool {
    const RESERVED_STARTS: &[&str] = &["xn--", "sthree-", "amzn-s3-demo-"];
    const RESERVED_ENDS: &[&str] = &["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3", "-an"];
    let bytes = name.as_bytes();
    let is_inner = |byte: &u8| is_outer(byte) || b".-".contains(byte);
    (3..=63).contains(&bytes.len())
        && bytes.iter().all(is_inner)
        && bytes.first().is_some_and(is_outer)
        && bytes.last().is_some_and(is_outer)
        && !name.contains("..")
        && name.parse::<Ipv4Addr>().is_err()
        && !RESERVED_STARTS.iter().any(|start| name.starts_with(start))
        && !RESERVED_ENDS.iter().any(|end| name.ends_with(end))
}

fn is_outer(byte: &u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_rules_for_names() {
        let longest = "a".repeat(63);
        for good in ["abc", "a-b.c", "1logs", "a.-b", &longest] {
            assert!(is_bucket_name(good), "{good}");
        }
        let too_long = "a".repeat(64);
        let bad =
            ["", "ab", "Abc", "a_b", "-abc", "abc.", "a..b", "10.0.0.1", "xn--abc", "abc-s3alias", &too_long];
        for bad in bad {
            assert!(!is_bucket_name(bad), "{bad}");
        }
    }

    #[test]
    fn finds_bucket_and_key_in_host_or_path() {
        let cases = [
            ("http://127.0.0.1:9/", "", ""),
            ("http://127.0.0.1:9/logs", "logs", ""),
            ("http://127.0.0.1:9/logs/", "logs", ""),
            ("http://localhost/logs/a/b%20c", "logs", "a/b c"),
            ("https://logs.s3.eu-west-1.amazonaws.com/a", "logs", "a"),
            ("https://logs.s3.amazonaws.com/", "logs", ""),
            ("https://s3.eu-west-1.amazonaws.com/logs/a+b", "logs", "a+b"),
            ("http://logs.localhost:9/a", "logs", "a"),
        ];
        for (uri, bucket, key) in cases {
            let request = Request::get(uri).body(Bytes::new()).unwrap();
            assert_eq!(split(&request), (bucket.to_owned(), key.to_owned()), "{uri}");
        }
    }

    #[test]
    fn does_not_mistake_a_setting_it_does_not_have() {
        let name = |method, query: &str| {
            let uri = format!("http://localhost/logs{query}");
            operation(&Request::builder().method(method).uri(uri).body(Bytes::new()).unwrap())
        };
        assert_eq!(name("GET", "?list-type=2&prefix=a"), Some("ListObjectsV2"));
        assert_eq!(name("PUT", ""), Some("CreateBucket"));
        assert_eq!(name("PUT", "?website"), None);
        assert_eq!(name("DELETE", "?website"), None);
        assert_eq!(name("GET", ""), None);
        assert_eq!(name("PATCH", ""), None);
    }
}
