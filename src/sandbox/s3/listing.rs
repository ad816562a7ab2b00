//! Lists of objects and of versions.
//!
//! ListObjectVersions has one page only.

use std::collections::BTreeSet;

use super::address::bucket;
use super::objects::Version;
use super::refuse;
use crate::sandbox::store::State;
use crate::sandbox::wire::xml::Element;
use crate::sandbox::wire::{Call, Outcome, Reply, form};

/// The most keys on a page.
const MAX_KEYS: usize = 1000;

pub(super) fn list_objects(state: &State, call: &Call<'_>) -> Outcome {
    let (name, bucket) = bucket(state, call)?;
    let parameter = |name: &str| form::value(call.request.uri().query().unwrap_or_default(), name);
    if parameter("list-type").as_deref() != Some("2") {
        return Err(refuse(501, "NotImplemented", "The sandbox has version 2 of this list only."));
    }
    let prefix = parameter("prefix").unwrap_or_default();
    let delimiter = parameter("delimiter").filter(|text| !text.is_empty());
    let after = parameter("continuation-token").or_else(|| parameter("start-after")).unwrap_or_default();
    let limit = match parameter("max-keys").map(|text| text.parse::<usize>()) {
        None => MAX_KEYS,
        Some(Ok(limit)) => limit.min(MAX_KEYS),
        Some(Err(_)) => return Err(refuse(400, "InvalidArgument", "max-keys is not a number")),
    };
    let mut contents = Vec::new();
    let mut folders = BTreeSet::new();
    let mut last = None;
    let mut is_truncated = false;
    for (key, versions) in &bucket.objects {
        let content = versions.last().and_then(|version| Some((version, version.content.as_ref()?)));
        let (Some((version, content)), Some(rest)) = (content, key.strip_prefix(&prefix)) else { continue };
        let folder = delimiter.as_ref().and_then(|delimiter| {
            rest.find(delimiter).map(|at| format!("{prefix}{}", &rest[..at + delimiter.len()]))
        });
        // A folder stands for all its keys, also where the list goes on.
        let place = folder.as_ref().unwrap_or(key);
        if *place <= after || folder.as_ref().is_some_and(|folder| folders.contains(folder)) {
            continue;
        }
        if contents.len() + folders.len() == limit {
            is_truncated = true;
            break;
        }
        last = Some(place.clone());
        match folder {
            Some(folder) => {
                folders.insert(folder);
            }
            None => contents.push((key, version, content)),
        }
    }
    let xml = Element::new("ListBucketResult", |xml| {
        let xml = xml
            .text("Name", name)
            .text("Prefix", prefix)
            .text("MaxKeys", limit)
            .text("KeyCount", contents.len() + folders.len())
            .text("IsTruncated", is_truncated)
            .each("Contents", contents, |xml, (key, version, content)| {
                xml.text("Key", key)
                    .text("LastModified", format!("{:.3}", version.modified))
                    .text("ETag", &content.etag)
                    .text("Size", content.size)
                    .text("StorageClass", "STANDARD")
            })
            .each("CommonPrefixes", folders, |xml, folder| xml.text("Prefix", folder));
        match last {
            Some(last) if is_truncated => xml.text("NextContinuationToken", last),
            _ => xml,
        }
    });
    Ok(Reply::xml(xml.into_string()))
}

pub(super) fn list_object_versions(state: &State, call: &Call<'_>) -> Outcome {
    let (name, bucket) = bucket(state, call)?;
    let prefix = form::value(call.request.uri().query().unwrap_or_default(), "prefix").unwrap_or_default();
    let listed =
        bucket.objects.iter().filter(|(key, _)| key.starts_with(&prefix)).flat_map(|(key, versions)| {
            versions
                .iter()
                .enumerate()
                .rev()
                .map(move |(at, version)| (key, version, at + 1 == versions.len()))
        });
    let xml = Element::new("ListVersionsResult", |xml| {
        listed.fold(
            xml.text("Name", name).text("Prefix", &prefix).text("IsTruncated", false),
            |xml, (key, version, is_latest)| shown(xml, key, version, is_latest),
        )
    });
    Ok(Reply::xml(xml.into_string()))
}

fn shown(xml: Element, key: &str, version: &Version, is_latest: bool) -> Element {
    let Version { id, modified, content } = version;
    let kind = if content.is_some() { "Version" } else { "DeleteMarker" };
    xml.child(kind, |xml| {
        let xml = xml
            .text("Key", key)
            .text("VersionId", id)
            .text("IsLatest", is_latest)
            .text("LastModified", format!("{modified:.3}"));
        match content {
            Some(content) => xml.text("ETag", &content.etag).text("Size", content.size),
            None => xml,
        }
    })
}
