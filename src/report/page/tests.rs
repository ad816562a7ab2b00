//! Pages of plans that are made by hand.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    coverage::{Map, Row, Share},
    graph::graph,
    plan::Plan,
    resolve::Resolved,
};

fn page(tree: &Value) -> String {
    let plan = Plan::read(&tree.to_string()).unwrap();
    let graph = graph(&plan.stack, &Resolved::default(), &BTreeSet::new(), Some(&plan));
    let row = Row { category: "Management".to_owned(), of: None, reads: true, shares: vec![Share::Partial] };
    let map = Map { places: vec!["all Regions".to_owned()], rows: vec![row] };
    super::plan(&plan, &graph, &map).unwrap()
}

fn tree(name: &str) -> Value {
    let step = |id: usize, action: &str, changes: Value| {
        json!({"id": id, "address": format!("trail.{name}"), "action": action, "phase": "whole", "changes": changes,
            "resource": {"kind": "trail", "region": "eu-west-1", "name": name}, "after": [], "attrs": {}, "outputs": {},
            "at": format!("{name}.yaml:3:5"),
            "calls": [{"service": "cloudtrail", "operation": "UpdateTrail", "region": "eu-west-1", "parameters": {"Name": name}}]})
    };
    let updates = json!([
        {"path": "logging", "old": false, "new": true},
        {"path": "prefix", "old": name},
        {"path": "insights", "old": ["a", "b"], "new": ["a", name], "lasting": "it stays"},
    ]);
    json!({"format": "trailctl.plan/1", "trailctl": "0.1.0", "stack": "acme",
        "account": {"id": "111122223333", "partition": "aws"},
        "steps": [step(1, "update", updates), step(2, "create", json!([{"path": "bucket", "new": "${bucket.b.name}"}]))],
        "unchanged": ["bucket.same"],
        "left_alone": [{"address": "bucket.kept", "reason": "it holds data"}],
        "notes": [{"address": format!("trail.{name}"), "reason": "look at it"}],
        "refused": [{"address": format!("trail.{name}"), "code": "protected", "reason": name, "help": "think"}],
        "coverage": {"verdict": "reduced", "gained": [], "weakened": [{"resource": format!("trail {name}"), "what": "it is weaker"}],
            "lost": [{"words": format!("GetObject on {name}"), "event": {}, "matters": []}]},
        "read_set": {}})
}

/// Returns the texts of a page in their order, without the picture and what is in the head.
fn words(page: &str) -> String {
    let mut reader = quick_xml::Reader::from_str(page.trim_start_matches("<!DOCTYPE html>"));
    let (mut text, mut hidden) = (String::new(), 0);
    loop {
        use quick_xml::events::Event;
        let is_hidden = |name: &str| matches!(name, "head" | "svg");
        match reader.read_event().unwrap() {
            Event::Start(tag) if is_hidden(tag.name().as_ref()) => hidden += 1,
            Event::End(tag) if is_hidden(tag.name().as_ref()) => hidden -= 1,
            Event::Text(found) if hidden == 0 => text += &found,
            Event::End(_) => text.push(' '),
            Event::Eof => break,
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_page_tells_the_whole_plan_the_verdict_first() {
    let words = words(&page(&tree("audit")));
    let mut rest = words.as_str();
    for part in [
        "Plan of the stack acme Account 111122223333",
        "Plan: 1 to create, 1 to update, 0 to delete; 1 unchanged; 1 refused.",
        "Coverage - reduced - no longer recorded, for example: GetObject on audit",
        "! weakened: trail audit: it is weaker",
        "Management read partial",
        "Unchanged: bucket.same.",
        "! trail.audit [protected] audit Help: think",
        "trail.audit : look at it.",
        "bucket.kept is left alone: it holds data.",
        "~ update trail.audit in eu-west-1 audit.yaml:3:5",
        "logging false true",
        "prefix audit absent",
        "insights - a - - b + - audit ! cannot be taken back: it stays",
        "cloudtrail:UpdateTrail in eu-west-1 Name: audit",
        "+ create trail.audit",
        "bucket (known after apply)",
    ] {
        let found = rest.find(part);
        let at = found.unwrap_or_else(|| panic!("{part}\nin {rest}\nof {words}"));
        rest = &rest[at + part.len()..];
    }
}

#[test]
fn a_page_is_complete_in_itself_and_no_name_is_markup() {
    let hostile = "x\"'></style></svg><script>alert(1)</script><img src=http://e.test/>\u{1b}[31m\u{202e}";
    let page = page(&tree(hostile));
    assert_eq!(page, self::page(&tree(hostile)));
    assert!(words(&page).contains("Made by trailctl 0.1.0."), "it is well-formed");
    for bad in [
        "<script", "<img", "<link", "<iframe", "src=", "@import", "url(http", "href=\"h", "\u{1b}",
        "\u{202e}",
    ] {
        let is_text = page.matches(bad).count() == page.matches(&format!("img {bad}")).count();
        assert!(is_text, "{bad}: {page}");
    }
    // Links lead to places of the page; what looks like another address is the namespace of the pictures, or text.
    let addresses = page.matches("http:").count() - page.matches("src=http:").count();
    assert_eq!(addresses, 2, "{page}");
    assert!(page.contains("default-src 'none'") && !page.contains("https:"), "{page}");
}

#[test]
fn a_plan_that_does_nothing_says_so() {
    let mut tree = tree("audit");
    for list in ["steps", "refused", "left_alone", "notes"] {
        tree[list] = json!([]);
    }
    tree["coverage"] = json!({"verdict": "unchanged", "lost": [], "gained": [], "weakened": []});
    let page = page(&tree);
    let words = words(&page);
    assert!(words.contains("No changes. The account matches the spec."), "{words}");
    assert!(
        words.contains("= unchanged") && !page.contains("id=\"changes\"") && !page.contains("id=\"refused\"")
    );
}
