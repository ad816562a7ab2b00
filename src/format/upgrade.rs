//! Basic event selectors as advanced ones that record the same events.
//!
//! A basic selector is several advanced ones: one for its management events, and one for the data events of each type of
//! resource. A trail takes at most 250 resources in basic selectors and 500 values in advanced ones: what fits stays within.

use std::collections::{BTreeMap, BTreeSet};

use crate::kinds::trail::selectors::{
    BasicSelector, Condition, DataResource, Operators, ReadWrite, Selector, Where,
};

/// The types of resources that basic selectors know, with the service in their ARNs.
const TYPES: [(&str, &str); 3] =
    [("AWS::S3::Object", "s3"), ("AWS::Lambda::Function", "lambda"), ("AWS::DynamoDB::Table", "dynamodb")];

/// Returns advanced selectors that record exactly the events that basic ones record. Says why when there are none.
pub fn advanced(basic: &[BasicSelector]) -> Result<Vec<Selector>, String> {
    let mut all: Vec<Selector> = Vec::new();
    for selector in basic {
        for one in parts(selector)? {
            if !all.contains(&one) {
                all.push(one);
            }
        }
    }
    if all.is_empty() {
        return Err("its basic selectors record nothing".to_owned());
    }
    Ok(all)
}

fn parts(basic: &BasicSelector) -> Result<Vec<Selector>, String> {
    let BasicSelector { read_write, management, exclude_management_sources, data } = basic;
    let mut parts = Vec::new();
    if *management {
        let mut selector = Selector::all_management_events();
        if !exclude_management_sources.is_empty() {
            let not_equals = distinct(exclude_management_sources.iter());
            add(&mut selector, "eventSource", Operators { not_equals, ..Operators::default() });
        }
        parts.push(selector);
    }
    for (at, DataResource { r#type, .. }) in data.iter().enumerate() {
        if data[..at].iter().any(|earlier| earlier.r#type == *r#type) {
            continue;
        }
        let same = data.iter().filter(|other| other.r#type == *r#type);
        let values = distinct(same.flat_map(|resource| &resource.values));
        parts.push(data_events(r#type, values)?);
    }
    let read_only = match read_write {
        ReadWrite::All => None,
        ReadWrite::ReadOnly => Some("true"),
        ReadWrite::WriteOnly => Some("false"),
    };
    if let Some(value) = read_only {
        parts.iter_mut().for_each(|selector| add(selector, "readOnly", equals(value)));
    }
    Ok(parts)
}

/// Returns the selector of the data events of some resources of one type.
fn data_events(kind: &str, values: Vec<String>) -> Result<Selector, String> {
    let Some((_, service)) = TYPES.iter().find(|(known, _)| *known == kind) else {
        return Err(format!("basic selectors do not know the type `{kind}`"));
    };
    if values.is_empty() {
        return Err(format!("its resources of type `{kind}` have no values"));
    }
    let mut selector = Selector { name: None, r#where: Where(BTreeMap::new()) };
    add(&mut selector, "eventCategory", equals("Data"));
    add(&mut selector, "resources.type", equals(kind));
    let meanings: Vec<Meaning> =
        values.iter().map(|value| meaning(value, service)).collect::<Result<_, _>>()?;
    let pick = |wanted| {
        let values = values.iter().zip(&meanings).filter(|(_, meaning)| **meaning == wanted);
        values.map(|(value, _)| value.clone()).collect::<Vec<String>>()
    };
    if meanings.contains(&Meaning::All) {
        return Ok(selector);
    }
    let (starts_with, equals) = (pick(Meaning::Prefix), pick(Meaning::Exact));
    add(&mut selector, "resources.ARN", Operators { starts_with, equals, ..Operators::default() });
    Ok(selector)
}

/// What a value of a basic selector says about ARNs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    /// Nothing: all resources of the type.
    All,
    /// They start with it.
    Prefix,
    /// They are it.
    Exact,
}

/// Returns what a value means. S3 takes the start of an ARN; of the others, `arn:aws:lambda` alone is one.
fn meaning(value: &str, service: &str) -> Result<Meaning, String> {
    let parts: Vec<&str> = value.split(':').collect();
    // A variable may stand for all of it. Behind the service, it may not.
    if parts.get(2).is_none_or(|part| part.contains("${")) && value.contains("${") {
        return Err(format!("`{value}` holds a variable, which may stand for all resources or for one"));
    }
    let is_bare = matches!(parts[..], ["arn", _, of] if of == service);
    Ok(match (service, &parts[..]) {
        ("s3", ["arn", _, "s3", "", "", ""]) => Meaning::All,
        ("s3", _) if is_bare => Meaning::All,
        ("s3", _) => Meaning::Prefix,
        _ if is_bare => Meaning::Prefix,
        _ => Meaning::Exact,
    })
}

fn add(selector: &mut Selector, field: &str, operators: Operators) {
    selector.r#where.0.insert(field.to_owned(), Condition(operators));
}

fn equals(value: &str) -> Operators {
    Operators { equals: vec![value.to_owned()], ..Operators::default() }
}

/// Returns each value once, where it was first.
fn distinct<'a>(values: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    values.filter(|value| seen.insert(*value)).cloned().collect()
}

#[cfg(test)]
mod tests;
