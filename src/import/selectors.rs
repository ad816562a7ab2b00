//! Event selectors and Insights, as Terraform and CloudFormation write them: with the names of the API, each in its spelling.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::tree::{flag, items, member, text, texts};
use crate::kinds::trail::{
    Insight,
    selectors::{BasicSelector, Condition, DataResource, Operators, ReadWrite, Selector, Where},
};

/// Returns the advanced event selectors, if there are any.
pub(super) fn advanced(list: &Value) -> Option<Vec<Selector>> {
    let selectors: Vec<Selector> = items(list).map(selector).collect();
    (!selectors.is_empty()).then_some(selectors)
}

fn selector(one: &Value) -> Selector {
    let mut conditions = BTreeMap::new();
    for field in items(member(one, "field_selector")) {
        let Some(name) = text(member(field, "field")) else { continue };
        let values = |operator| texts(member(field, operator));
        let operators = Operators {
            equals: values("equals"),
            starts_with: values("starts_with"),
            ends_with: values("ends_with"),
            not_equals: values("not_equals"),
            not_starts_with: values("not_starts_with"),
            not_ends_with: values("not_ends_with"),
        };
        // A field that is named twice shows as it does live: no spec can say it.
        let mut key = name.to_owned();
        while conditions.contains_key(&key) {
            key.push('\'');
        }
        conditions.insert(key, Condition(operators));
    }
    Selector { name: text(member(one, "name")).map(str::to_owned), r#where: Where(conditions) }
}

/// Returns the basic event selectors, if there are any.
pub(super) fn basic(list: &Value) -> Option<Vec<BasicSelector>> {
    let selectors: Vec<BasicSelector> = items(list).map(basic_selector).collect();
    (!selectors.is_empty()).then_some(selectors)
}

fn basic_selector(one: &Value) -> BasicSelector {
    let data = items(member(one, "data_resource")).map(|data| DataResource {
        r#type: text(member(data, "type")).unwrap_or_default().to_owned(),
        values: texts(member(data, "values")),
    });
    BasicSelector {
        read_write: match text(member(one, "read_write_type")) {
            Some("ReadOnly") => ReadWrite::ReadOnly,
            Some("WriteOnly") => ReadWrite::WriteOnly,
            _ => ReadWrite::All,
        },
        management: flag(member(one, "include_management_events")).unwrap_or(true),
        exclude_management_sources: texts(member(one, "exclude_management_event_sources")),
        data: data.collect(),
    }
}

/// Returns which unusual activity is looked for. One without categories is older than they are, and looks at management events.
pub(super) fn insights(list: &Value) -> Vec<Insight> {
    let insight = |one: &Value| {
        let categories: BTreeSet<String> = texts(member(one, "event_categories")).into_iter().collect();
        let usual = || BTreeSet::from(["Management".to_owned()]);
        Some(Insight {
            r#type: text(member(one, "insight_type"))?.to_owned(),
            categories: if categories.is_empty() { usual() } else { categories },
        })
    };
    items(list).filter_map(insight).collect()
}
