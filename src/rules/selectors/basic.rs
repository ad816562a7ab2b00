//! Basic selectors (API Reference, EventSelector and DataResource).

use std::collections::BTreeMap;

use super::{
    Home, arns,
    fields::{KMS, KMS_HELP, KMS_MESSAGE},
    values::{Problem, wildcard},
};
use crate::{
    diagnostic::{Diagnostic, Place, nearest},
    events::{
        Operator,
        basic::{MAX_RESOURCES, MAX_SELECTORS, TYPES, is_all, is_known, is_valid},
        sources::EXCLUDABLE,
        types,
    },
    kinds::trail::selectors::{BasicSelector, DataResource, ReadWrite},
    path::Path,
};

pub(super) fn check(selectors: &[BasicSelector], at: &Path, home: Home<'_>, found: &mut Vec<Diagnostic>) {
    if selectors.len() > MAX_SELECTORS {
        let count = selectors.len();
        let message = format!("a trail has at most {MAX_SELECTORS} basic selectors: these are {count}");
        let help = "put the data resources of several into one, or write `events:`";
        found.push(Diagnostic::at("too-many-basic-selectors", at.index(MAX_SELECTORS), message).help(help));
    }
    let mut first_of: Vec<BasicSelector> = Vec::new();
    for (index, selector) in selectors.iter().enumerate() {
        let at_one = at.index(index);
        one(selector, &at_one, home, found);
        let canonical = selector.canonical();
        match first_of.iter().position(|other| *other == canonical) {
            Some(first) => {
                let message = format!("this selector records the same as number {}", first + 1);
                let one = Diagnostic::at("duplicate-selector", at_one, message);
                let first = Place::Value(at.index(first));
                found.push(one.related(first, "the first of them").help("remove one of the two"));
            }
            // What is after the number that a trail can have is not compared: there is enough to say about it.
            None if first_of.len() < MAX_SELECTORS => first_of.push(canonical),
            None => {}
        }
    }
    too_many_resources(selectors, at, home.partition, found);
}

fn one(selector: &BasicSelector, at: &Path, home: Home<'_>, found: &mut Vec<Diagnostic>) {
    let BasicSelector { read_write, management, exclude_management_sources: excluded, data } = selector;
    if !management && data.is_empty() {
        let message = "without management events, a basic selector needs `data`";
        let help = "name the resources whose data events are recorded, or remove `management: false`";
        found.push(Diagnostic::at("basic-selects-nothing", at.key("management"), message).help(help));
    }
    let at_excluded = at.key("exclude_management_sources");
    if !management && !excluded.is_empty() {
        let message = "this leaves out management events, of which the selector has none";
        let one = Diagnostic::at("exclude-without-management", at_excluded.clone(), message).at_key();
        found.push(one.help("remove the line, or `management: false`"));
    }
    for (index, source) in excluded.iter().enumerate() {
        if !EXCLUDABLE.contains(&source.as_str()) {
            let message = format!("the management events of `{source}` cannot be left out");
            let help = match nearest(source, EXCLUDABLE.iter().copied()) {
                Some(known) => format!("did you mean `{known}`?"),
                None => format!("one of: {}", EXCLUDABLE.join(", ")),
            };
            let at = at_excluded.index(index);
            found.push(Diagnostic::at("invalid-management-source", at, message).help(help));
        } else if source == KMS && *management && *read_write == ReadWrite::WriteOnly {
            let at = at_excluded.index(index);
            found.push(Diagnostic::at("kms-writes-excluded", at, KMS_MESSAGE).help(KMS_HELP));
        }
    }
    twice(excluded, &at_excluded, found);
    across(data, &at.key("data"), found);
    for (index, resource) in data.iter().enumerate() {
        data_resource(resource, &at.key("data").index(index), home, found);
    }
}

/// A resource that several of the data resources of a selector name. Within one of them it is a value that stands there twice.
fn across(data: &[DataResource], at: &Path, found: &mut Vec<Diagnostic>) {
    let mut first_of = BTreeMap::new();
    for (place, DataResource { r#type: kind, values }) in data.iter().enumerate() {
        for (index, value) in values.iter().enumerate() {
            let first = *first_of.entry((kind, value)).or_insert((place, index));
            if first.0 != place {
                let path = |(place, index)| at.index(place).key("values").index(index);
                let message = format!("`{value}` stands in other data resources of the selector too");
                let one = Diagnostic::at("duplicate-value", path((place, index)), message);
                found.push(one.related(Place::Value(path(first)), "first here").help("remove it"));
            }
        }
    }
}

fn twice(values: &[String], at: &Path, found: &mut Vec<Diagnostic>) {
    let mut first_of = BTreeMap::new();
    for (index, value) in values.iter().enumerate() {
        if let Some(first) = first_of.insert(value, index) {
            let message = format!("`{value}` stands in this list twice");
            let one = Diagnostic::at("duplicate-value", at.index(index), message);
            found.push(one.related(Place::Value(at.index(first)), "first here").help("remove it"));
        }
    }
}

fn data_resource(resource: &DataResource, at: &Path, home: Home<'_>, found: &mut Vec<Diagnostic>) {
    let DataResource { r#type: kind, values } = resource;
    let at_values = at.key("values");
    if values.is_empty() {
        let message = format!("the data resources of type `{kind}` have no values");
        let help = "give at least one ARN, or remove the resources";
        found.push(Diagnostic::at("no-values", at_values.clone(), message).at_key().help(help));
    }
    if !is_known(kind) {
        let message = format!("basic selectors do not know the type `{kind}`");
        let help = match nearest(kind, TYPES.iter().map(|(known, _)| *known)) {
            Some(known) if !types::is_known(kind) => format!("did you mean `{known}`?"),
            _ => "write `events:` instead of `basic_events:`: those know all types".to_owned(),
        };
        found.push(Diagnostic::at("type-not-basic", at.key("type"), message).help(help));
        return;
    }
    twice(values, &at_values, found);
    for (index, value) in values.iter().enumerate() {
        if let Some((code, message, help)) = problem(kind, home, value) {
            found.push(Diagnostic::at(code, at_values.index(index), message).help(help));
        }
    }
    let all = |value: &String| is_all(kind, value, partition_of(home.partition, value));
    if let Some(all) = values.iter().position(all).filter(|_| values.len() > 1) {
        for index in (0..values.len()).filter(|index| *index != all) {
            let message = format!("`{}` says nothing that `{}` does not say", values[index], values[all]);
            let one = Diagnostic::at("redundant-value", at_values.index(index), message);
            let place = Place::Value(at_values.index(all));
            found.push(one.related(place, "all resources of the type").help("remove it"));
        }
    }
}

fn partition_of<'a>(partition: Option<&'a str>, value: &'a str) -> &'a str {
    partition.or_else(|| value.split(':').nth(1)).unwrap_or("aws")
}

fn problem(kind: &str, home: Home<'_>, value: &str) -> Option<Problem> {
    let Home { partition, only: _ } = home;
    let here = partition_of(partition, value);
    let service = TYPES.iter().find(|(known, _)| *known == kind).map_or("", |(_, service)| service);
    if let Some((code @ "wildcard", message, _)) = wildcard(Operator::Equals, value) {
        let help = if kind == "AWS::S3::Object" {
            "S3 objects are named by what their ARNs start with: leave out the `*` and what is behind it"
                .to_owned()
        } else {
            format!("name each resource, or write `arn:{here}:{service}` for all of them")
        };
        return Some((code, message, help));
    }
    if is_valid(kind, value, here) {
        return arns::odd(Some(kind), home, Operator::Equals, value);
    }
    let own = value.strip_prefix("arn:").map(|rest| rest.split_once(':').map_or(rest, |(own, _)| own));
    if let Some(problem) = own.and_then(|own| arns::other_partition(partition, own, value)) {
        return Some(problem);
    }
    let bucket = value.strip_prefix("arn:").and_then(|rest| rest.split_once(":s3:::"));
    if bucket
        .is_some_and(|(_, bucket)| kind == "AWS::S3::Object" && !bucket.is_empty() && !bucket.contains('/'))
    {
        let message = "basic selectors name the objects of a bucket by a slash behind its ARN".to_owned();
        return Some(("bucket-without-slash", message, format!("write `{value}/`")));
    }
    arns::whole(Some(kind), home, Operator::Equals, value).map(|(code, message, help)| {
        // Only advanced selectors have operators.
        let help = help.split(", or select what ARNs start with").next().unwrap_or_default();
        (code, message, format!("{help}; `arn:{here}:{service}` is for all of them"))
    })
}

/// Those that mean all resources of a type do not count.
fn too_many_resources(
    selectors: &[BasicSelector],
    at: &Path,
    partition: Option<&str>,
    found: &mut Vec<Diagnostic>,
) {
    let mut count = 0;
    let mut first_too_many = None;
    for (index, selector) in selectors.iter().enumerate() {
        for (place, DataResource { r#type: kind, values }) in selector.data.iter().enumerate() {
            for (item, value) in values.iter().enumerate() {
                if is_all(kind, value, partition_of(partition, value)) {
                    continue;
                }
                count += 1;
                if count == MAX_RESOURCES + 1 {
                    let at = at.index(index).key("data").index(place).key("values").index(item);
                    first_too_many = Some((at, index + 1));
                }
            }
        }
    }
    if let Some((at, number)) = first_too_many {
        let message = format!(
            "the basic selectors of a trail name at most {MAX_RESOURCES} data resources together: these name {count}, and the first one too many is this one of selector {number}"
        );
        let help = "name fewer by what the ARNs of S3 objects start with, or write `events:`";
        found.push(Diagnostic::at("too-many-data-resources", at, message).help(help));
    }
}
