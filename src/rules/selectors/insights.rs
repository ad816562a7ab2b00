//! Insights and aggregation: what they can look for, and the events that they need.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Selecting;
use crate::{
    diagnostic::{Diagnostic, Place, nearest},
    events::{
        Category, Logged,
        insights::{CATEGORIES, MAX_TEMPLATES, Need, TEMPLATES, TYPES},
    },
    path::Path,
};

pub(super) fn check(trail: &Selecting<'_>, found: &mut Vec<Diagnostic>) {
    let at = trail.at.key("insights");
    let insights = trail.written["insights"].as_array().map_or(&[][..], Vec::as_slice);
    let logged = trail.logged();
    let mut first_of = BTreeMap::new();
    for (index, insight) in insights.iter().enumerate() {
        let at = at.index(index);
        let kind = insight["type"].as_str().unwrap_or_default();
        if !TYPES.contains(&kind) {
            let message = format!("Insights of the type `{kind}` are not known");
            found.push(Diagnostic::at("unknown-insight", at.key("type"), message).help(one_of(kind, TYPES)));
        }
        if let Some(first) = first_of.insert(kind, at.clone()) {
            let message = format!("Insights of the type `{kind}` are asked for twice");
            let one = Diagnostic::at("duplicate-insight", at.key("type"), message);
            let help = "put the categories of both into one";
            found.push(one.related(Place::Value(first.key("type")), "first here").help(help));
        }
        categories(kind, &insight["categories"], &at, logged, found);
    }
    if !insights.is_empty() && !trail.is_logging() {
        let message = "a trail that does not log has no Insights: CloudTrail ends them when logging stops";
        let help = "remove `insights` or `logging: false`";
        found.push(Diagnostic::at("insights-without-logging", at, message).at_key().help(help));
    }
    aggregation(trail, logged, found);
}

/// Left out, they are those that CloudTrail takes by itself: management events.
fn categories(kind: &str, given: &Value, at: &Path, logged: Option<Logged>, found: &mut Vec<Diagnostic>) {
    let Some(given) = given.as_array() else {
        need(kind, Category::Management, at, logged, found);
        return;
    };
    let at = at.key("categories");
    if given.is_empty() {
        let message = "the Insights are to analyse no events";
        let help = "leave the line out for management events";
        found.push(Diagnostic::at("no-insight-categories", at.clone(), message).at_key().help(help));
    }
    let mut first_of = BTreeMap::new();
    for (index, name) in given.iter().filter_map(Value::as_str).enumerate() {
        let at_one = at.index(index);
        if let Some(first) = first_of.insert(name, index) {
            let one =
                Diagnostic::at("duplicate-value", at_one, format!("`{name}` stands in this list twice"));
            found.push(one.related(Place::Value(at.index(first)), "first here").help("remove it"));
            continue;
        }
        match CATEGORIES.iter().find(|category| category.name() == name) {
            Some(category) => need(kind, *category, &at_one, logged, found),
            None => {
                let message = format!("Insights do not analyse events of the category `{name}`");
                let names: Vec<&str> = CATEGORIES.iter().map(|category| category.name()).collect();
                let one = Diagnostic::at("invalid-insight-category", at_one, message);
                found.push(one.help(one_of(name, &names)));
            }
        }
    }
}

fn need(kind: &str, category: Category, at: &Path, logged: Option<Logged>, found: &mut Vec<Diagnostic>) {
    let Some(need) = Need::of(kind, category) else { return };
    if logged.is_none_or(|logged| need.is_met(logged)) {
        return;
    }
    let (code, events, help) = match need {
        Need::Writes => (
            "insight-without-writes",
            "management events that write",
            "add a selector of management events without `readOnly`, or remove this",
        ),
        Need::Management => (
            "insight-without-management",
            "management events",
            "add a selector of management events, or remove this",
        ),
        Need::Data => {
            ("insight-without-data", "data events", "add a selector of data events, or remove this")
        }
    };
    let message = format!("`{kind}` needs {events}, and the trail records none");
    found.push(Diagnostic::at(code, at.clone(), message).help(help));
}

fn aggregation(trail: &Selecting<'_>, logged: Option<Logged>, found: &mut Vec<Diagnostic>) {
    let at = trail.at.key("aggregation");
    let templates = trail.written["aggregation"].as_array().map_or(&[][..], Vec::as_slice);
    let mut first_of = BTreeMap::new();
    for (index, name) in templates.iter().filter_map(Value::as_str).enumerate() {
        let at_one = at.index(index);
        if let Some(first) = first_of.insert(name, index) {
            let one =
                Diagnostic::at("duplicate-value", at_one, format!("`{name}` stands in this list twice"));
            found.push(one.related(Place::Value(at.index(first)), "first here").help("remove it"));
        } else if !TEMPLATES.contains(&name) {
            let message = format!("the template `{name}` is not known");
            found.push(Diagnostic::at("unknown-template", at_one, message).help(one_of(name, TEMPLATES)));
        }
    }
    if first_of.len() > MAX_TEMPLATES {
        let count = first_of.len();
        let message = format!("a trail has at most {MAX_TEMPLATES} templates: these are {count}");
        let one = Diagnostic::at("too-many-templates", at.index(MAX_TEMPLATES), message);
        found.push(one.help(format!("one of: {}", TEMPLATES.join(", "))));
    }
    if !templates.is_empty() && logged.is_some_and(|logged| !logged.data) {
        let message = "only data events are aggregated, and the trail records none";
        let help = "add a selector of data events, or remove `aggregation`";
        found.push(Diagnostic::at("aggregation-without-data", at, message).at_key().help(help));
    }
}

fn one_of(word: &str, known: &[&str]) -> String {
    match nearest(word, known.iter().copied()) {
        Some(known) => format!("did you mean `{known}`?"),
        None => format!("one of: {}", known.join(", ")),
    }
}
