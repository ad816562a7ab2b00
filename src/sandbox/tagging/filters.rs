//! Which resources a request asks for.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Tagged, invalid};
use crate::sandbox::wire::{Call, Refusal};

const MAX_FILTERS: usize = 50;
const MAX_VALUES: usize = 20;
const MAX_TYPES: usize = 100;
const MAX_TYPE: usize = 256;
const MAX_ARNS: usize = 100;
const MAX_KEY: usize = 128;
const MAX_VALUE: usize = 256;

/// A key, and the values it may have: any, if there are none.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct TagFilter {
    key: String,
    #[serde(default)]
    values: Vec<String>,
}

/// The conditions, of which a resource must meet all.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Filters {
    pub(super) tags: Vec<TagFilter>,
    pub(super) types: Vec<String>,
    pub(super) arns: Option<Vec<String>>,
}

impl Filters {
    /// Whether a resource is asked for.
    pub(super) fn take(&self, resource: &Tagged<'_>) -> bool {
        let has = |filter: &TagFilter| {
            let value = resource.tags.get(&filter.key);
            value.is_some_and(|value| filter.values.is_empty() || filter.values.contains(value))
        };
        let service = resource.kind.split(':').next().unwrap_or_default();
        let is_of = |kind: &String| kind == resource.kind || kind == service;
        self.tags.iter().all(has)
            && (self.types.is_empty() || self.types.iter().any(is_of))
            && self.arns.as_ref().is_none_or(|arns| arns.contains(&resource.arn))
    }

    /// Refuses what is malformed, or too much. Types that the sandbox does not have are taken: it has none of them.
    pub(super) fn check(&self, call: &Call<'_>) -> Result<(), Refusal> {
        let Self { tags, types, arns } = self;
        if arns.is_some() && !(tags.is_empty() && types.is_empty()) {
            return Err(invalid("ResourceARNList excludes TagFilters and ResourceTypeFilters."));
        }
        if tags.len() > MAX_FILTERS || types.len() > MAX_TYPES {
            return Err(invalid(format!("There can be {MAX_FILTERS} TagFilters, {MAX_TYPES} types.")));
        }
        let keys: BTreeSet<&String> = tags.iter().map(|filter| &filter.key).collect();
        if keys.len() < tags.len() {
            return Err(invalid("A key is in more than one of TagFilters."));
        }
        tags.iter().try_for_each(check_tag)?;
        types.iter().try_for_each(|kind| check_type(kind))?;
        let Some(arns) = arns else { return Ok(()) };
        if !(1..=MAX_ARNS).contains(&arns.len()) {
            return Err(invalid(format!("ResourceARNList must have 1 to {MAX_ARNS} ARNs.")));
        }
        let start = format!("arn:{}:", call.partition());
        match arns.iter().find(|arn| !arn.starts_with(&start) || arn.splitn(6, ':').count() < 6) {
            Some(arn) => Err(invalid(format!("{arn} is not an ARN of this partition."))),
            None => Ok(()),
        }
    }
}

fn check_tag(filter: &TagFilter) -> Result<(), Refusal> {
    let TagFilter { key, values } = filter;
    if !(1..=MAX_KEY).contains(&key.chars().count()) {
        return Err(invalid(format!("The key of a filter must have 1 to {MAX_KEY} characters.")));
    }
    if values.len() > MAX_VALUES || values.iter().any(|value| value.chars().count() > MAX_VALUE) {
        let message = format!("A key can have {MAX_VALUES} values of up to {MAX_VALUE} characters.");
        return Err(invalid(message));
    }
    Ok(())
}

/// `SERVICE` or `SERVICE:TYPE`, as in ARNs.
fn check_type(kind: &str) -> Result<(), Refusal> {
    let is_part = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte))
    };
    if kind.len() <= MAX_TYPE && kind.split(':').count() <= 2 && kind.split(':').all(is_part) {
        return Ok(());
    }
    Err(invalid(format!("{kind} is not the type of a resource.")))
}
