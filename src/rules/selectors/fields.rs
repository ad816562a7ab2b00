//! The fields of advanced selectors: which a category has, with which operators, and how many values.

use super::{
    Home, values,
    written::{Condition, List, Selector},
};
use crate::{
    diagnostic::{Diagnostic, nearest},
    events::{
        Category, MAX_NAME_LENGTH, Operator,
        fields::{FIELDS, Field, MANAGEMENT_FIELDS_OF_DATA_STORES, OF_DATA_STORES},
    },
};

const FIELD_LENGTH: usize = 1000;

pub(super) fn check(selector: &Selector<'_>, home: Home<'_>, found: &mut Vec<Diagnostic>) {
    let Selector { at, name, conditions } = selector;
    if name.is_some_and(|name| name.chars().count() > MAX_NAME_LENGTH) {
        let message = format!("the name of a selector has at most {MAX_NAME_LENGTH} characters");
        found
            .push(Diagnostic::at("selector-name-too-long", at.key("name"), message).help("shorten the name"));
    }
    category(selector, found);
    let category = selector.category();
    for field in category.iter().flat_map(|category| category.fields()).filter(|field| field.is_required) {
        if selector.condition(field.name).is_none() {
            found.push(missing(selector, field));
        }
    }
    for condition in conditions {
        if condition.lists.is_empty() {
            found.push(no_values(&condition.found("no-values", "").place, condition.field));
        }
        for list in condition.lists.iter().filter(|list| list.values.is_empty()) {
            found.push(no_values(&list.found_here("no-values", "").place, condition.field));
        }
        if condition.field == "eventCategory" {
            continue;
        }
        let field = category.and_then(|category| category.field(condition.field));
        match (field, category) {
            (Some(field), _) => of_category(condition, field, found),
            (None, category) => not_of_category(condition, category, found),
        }
        let of = values::Of { selector, condition, field, home };
        of.check(found);
    }
    quiet_keys(selector, found);
}

fn no_values(place: &crate::diagnostic::Place, field: &str) -> Diagnostic {
    let message = format!("the condition on `{field}` has no values");
    Diagnostic::new("no-values", place.clone(), message)
        .help("give at least one value, or remove the condition")
}

fn missing(selector: &Selector<'_>, field: &Field) -> Diagnostic {
    let (code, message, help) = match field.name {
        "resources.type" => (
            "no-type",
            "the selector does not say which type of resources its data events are about",
            "add `resources.type:`, such as `AWS::S3::Object`; each selector is for one type",
        ),
        _ => (
            "no-source",
            "the selector does not say which service's network activity it is for",
            "add `eventSource:`, such as `ec2.amazonaws.com`; each selector is for one service",
        ),
    };
    Diagnostic::at(code, selector.at.key("where"), message).at_key().help(help)
}

/// Each selector is for one category, and says so in one word.
fn category(selector: &Selector<'_>, found: &mut Vec<Diagnostic>) {
    let Some(condition) = selector.condition("eventCategory") else {
        let message = "the selector does not say which category of events it is for";
        let help = "add `eventCategory: Management`, `Data` or `NetworkActivity`";
        found.push(Diagnostic::at("no-category", selector.at.key("where"), message).at_key().help(help));
        return;
    };
    operators(condition, &[Operator::Equals], found);
    let Some(list) = condition.list(Operator::Equals) else { return };
    if list.values.len() > 1 {
        found.push(several(condition, list));
        return;
    }
    for (index, value) in list.values.iter().enumerate() {
        if OF_DATA_STORES.contains(value) {
            let message = format!("events of the category `{value}` are for event data stores");
            let help =
                "a trail records `Management`, `Data` and `NetworkActivity`; for Insights, write `insights:`";
            found.push(list.found("category-of-data-stores", index, message).help(help));
        } else if Category::named(value).is_none() {
            let names = Category::ALL.map(Category::name);
            let help = match nearest(value, names) {
                Some(known) => format!("did you mean `{known}`?"),
                None => format!("one of: {}", names.join(", ")),
            };
            let message = format!("`{value}` is not a category of events");
            found.push(list.found("unknown-category", index, message).help(help));
        }
    }
}

fn of_category(condition: &Condition<'_>, field: &Field, found: &mut Vec<Diagnostic>) {
    if !field.is_certain {
        let message = format!("AWS's pages do not agree on whether trails take `{}` here", field.name);
        let help = "try it on a trail that does not matter, or select by `vpcEndpointId`";
        found.push(condition.found("uncertain-field", message).help(help));
    }
    operators(condition, field.operators, found);
    for list in condition.lists.iter().filter(|list| field.is_single && list.values.len() > 1) {
        found.push(several(condition, list));
    }
}

fn operators(condition: &Condition<'_>, taken: &[Operator], found: &mut Vec<Diagnostic>) {
    let name = condition.field;
    for list in condition.lists.iter().filter(|list| !taken.contains(&list.operator)) {
        let operator = list.operator.key();
        let (code, message, help) = match taken {
            [Operator::Equals] => (
                "equals-only",
                format!("`{name}` takes no `{operator}`"),
                format!("write the value that is meant: `{name}: VALUE`"),
            ),
            [Operator::NotEquals] => (
                "management-source-selected",
                format!("`{name}` of management events takes no `{operator}`: services can only be left out"),
                "write `not_equals: [kms.amazonaws.com]`, or remove the condition".to_owned(),
            ),
            _ => (
                "whole-values-only",
                format!("`{name}` takes no `{operator}`"),
                "write `equals: [\"true\"]` or `not_equals: [\"true\"]`".to_owned(),
            ),
        };
        found.push(list.found_here(code, message).help(help));
    }
}

/// A field that takes one value has several.
fn several(condition: &Condition<'_>, list: &List<'_>) -> Diagnostic {
    let name = condition.field;
    let (code, what, help) = match name {
        "eventCategory" => ("several-categories", "category", "write one selector for each category"),
        "resources.type" => ("several-types", "type of resources", "write one selector for each type"),
        "eventSource" => ("several-sources", "service", "write one selector for each service"),
        "readOnly" => ("several-values", "value", "for events that read and events that write, leave it out"),
        _ => ("several-values", "value", "keep one of them"),
    };
    list.found(code, 1, format!("`{name}` takes one {what}")).help(help)
}

/// The category, if it is known, does not have the field.
fn not_of_category(condition: &Condition<'_>, category: Option<Category>, found: &mut Vec<Diagnostic>) {
    let name = condition.field;
    if FIELDS.iter().any(|(known, _)| *known == name) {
        let Some(category) = category else { return };
        let others = Category::ALL.into_iter().filter(|other| other.field(name).is_some());
        let others: Vec<String> = others.map(|other| format!("`{}`", other.name())).collect();
        let others = others.join(" and ");
        let (code, message) = if category == Category::Management
            && MANAGEMENT_FIELDS_OF_DATA_STORES.contains(&name)
        {
            let message = format!("only event data stores select management events by `{name}`");
            ("field-of-data-stores", message)
        } else {
            ("field-of-other-category", format!("`{}` events are not selected by `{name}`", category.name()))
        };
        let help = format!("remove it: trails take it for {others} events");
        found.push(condition.found(code, message).help(help));
        return;
    }
    if let Some((known, _)) = FIELDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
        let message = format!("the field `{name}` is written `{known}`");
        found.push(condition.found("field-case", message).help(format!("write `{known}`")));
        return;
    }
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '|');
    if name.is_empty() || name.chars().count() > FIELD_LENGTH || !name.chars().all(is_plain) {
        let message = format!("`{name}` cannot be the name of a field");
        let help = "fields are written like `eventName` and `resources.ARN`";
        found.push(condition.found("invalid-field", message).help(help));
        return;
    }
    let known = FIELDS.iter().map(|(known, _)| *known);
    let help = match nearest(name, known.clone()) {
        Some(known) => format!("did you mean `{known}`?"),
        None => format!("one of: {}", known.collect::<Vec<_>>().join(", ")),
    };
    let message = format!("the field `{name}` is not known");
    found.push(condition.found("unknown-field", message).help(help));
}

/// The noise of KMS are events that read (User Guide, "Managing trails with the AWS CLI").
fn quiet_keys(selector: &Selector<'_>, found: &mut Vec<Diagnostic>) {
    let is_of_writes = selector.category() == Some(Category::Management)
        && selector.condition("readOnly").and_then(Condition::only) == Some("false");
    let Some(list) =
        selector.condition("eventSource").and_then(|condition| condition.list(Operator::NotEquals))
    else {
        return;
    };
    if let Some(index) = list.values.iter().position(|source| is_of_writes && *source == KMS) {
        found.push(list.found("kms-writes-excluded", index, KMS_MESSAGE).help(KMS_HELP));
    }
}

pub(super) const KMS: &str = "kms.amazonaws.com";
pub(super) const KMS_MESSAGE: &str =
    "this leaves out that keys are disabled and deleted, and little else: what KMS does often are reads";
pub(super) const KMS_HELP: &str = "remove `kms.amazonaws.com` from a selector of events that write";
