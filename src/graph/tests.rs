//! Graphs of small specs, and what the pictures show of them.

use std::collections::BTreeSet;

use quick_xml::events::Event;
use serde_json::{Value, json};

use super::*;
use crate::{
    plan::Plan,
    resolve,
    resource::{Account, region::Region},
    spec::parse::parse,
};

const FULL: &str = "version: 1\nstack: s\ntrails:\n  audit:\n    bucket: logs\n    kms_key: audit\n    topic: {existing: \"arn:aws:sns:eu-west-1:111122223333:told\"}\n    cloudwatch_logs: {log_group: lines}\n    insights: [{type: ApiCallRateInsight}]\nbuckets:\n  logs: {name: acme-logs, encryption: {kms_key: audit}, access_logs: {bucket: {existing: theirs}}}\nkms_keys: {audit: {}}\nlog_groups: {lines: {}}\n";

fn made(text: &str, plan: Option<&Plan>) -> Graph {
    let parsed = parse(text);
    let spec = parsed.spec.unwrap_or_else(|| panic!("{:?}", parsed.diagnostics));
    let account = Account::new("111122223333", "aws");
    let resolved = resolve::resolve(&spec, &account, &Region::new("eu-west-1"));
    graph(&spec.head.stack, &resolved, &BTreeSet::new(), plan)
}

/// Makes a plan of steps, each an address, a name, an action and attributes, and of what is beside them.
fn plan(steps: &[(&str, &str, &str, Value)], beside: &Value) -> Plan {
    let steps = steps.iter().enumerate().map(|(place, (address, name, action, attrs))| {
        let kind = address.split('.').next();
        let region = if kind == Some("role") { "us-east-1" } else { "eu-west-1" };
        json!({"id": place + 1, "address": address, "resource": {"kind": kind, "region": region, "name": name},
            "action": action, "phase": "whole", "changes": [], "calls": [], "after": [], "attrs": attrs, "outputs": {}})
    });
    let mut tree = json!({"format": "trailctl.plan/1", "trailctl": "0.1.0", "stack": "s",
        "account": {"id": "111122223333", "partition": "aws"}, "steps": steps.collect::<Vec<_>>(),
        "unchanged": [], "left_alone": [], "refused": [], "read_set": {}});
    tree.as_object_mut().unwrap().extend(beside.as_object().unwrap().clone());
    Plan::read(&tree.to_string()).unwrap()
}

/// Writes the edges as `trail audit -> bucket acme-logs: log files`.
fn edges(graph: &Graph) -> Vec<String> {
    let name = |place: usize| {
        let Node { kind, name, .. } = &graph.nodes[place];
        format!("{} {name}", kind.word())
    };
    let edge = |edge: &Edge| format!("{} -> {}: {}", name(edge.from), name(edge.to), edge.flow.words());
    graph.edges.iter().map(edge).collect()
}

fn marks(graph: &Graph) -> Vec<String> {
    let marked = graph.nodes.iter().filter(|node| node.kind != Kind::Events);
    let words = |node: &Node| {
        let refused = if node.is_refused { " !" } else { "" };
        format!("{} {}: {}{refused}", node.kind.word(), node.name, node.action.map_or("", Mark::words))
    };
    marked.map(words).collect()
}

#[test]
fn events_go_from_what_is_recorded_to_where_it_is_kept() {
    let graph = made(FULL, None);
    assert_eq!(
        edges(&graph),
        [
            "events  -> trail audit: recorded by",
            "trail audit -> role audit-cloudwatch-logs: events",
            "trail audit -> bucket acme-logs: log files",
            "trail audit -> topic told: notifications",
            "trail audit -> KMS key audit: encrypted with",
            "role audit-cloudwatch-logs -> log group lines: events",
            "bucket acme-logs -> bucket theirs: access logs",
            "bucket acme-logs -> KMS key audit: encrypted with",
        ]
    );
    assert_eq!(graph.nodes[0].details, ["management", "Insights: ApiCallRateInsight"]);
    let others = graph.nodes.iter().filter(|node| node.managed_by == Manager::Others);
    let others: Vec<_> =
        others.map(|node| (node.name.as_str(), node.region.as_ref().map(Region::as_str))).collect();
    assert_eq!(others, [("theirs", None), ("told", Some("eu-west-1"))]);
}

#[test]
fn a_region_that_is_not_known_is_not_said() {
    let text = "version: 1\nstack: s\ntrails: {one: {bucket: logs}}\nbuckets: {logs: {region: us-west-2}}\n";
    let spec = parse(text).spec.unwrap();
    let resolved = resolve::resolve(&spec, &resolve::account_of(&spec), &Region::new("eu-west-1"));
    let graph = graph("s", &resolved, &resolve::unplaced(&spec), None);
    let regions: Vec<_> = graph.nodes.iter().map(|node| node.region.as_ref().map(Region::as_str)).collect();
    assert_eq!(regions, [None, None, Some("us-west-2")]);
    // Nor is an account that is stood in for.
    assert!(!mermaid(&graph).contains("000000000000") && graph.nodes[1].arn.is_none());
}

#[test]
fn nodes_say_what_the_plan_does_and_what_it_leaves() {
    let gone = json!({"bucket": "old-logs", "kms_key": "arn:aws:kms:eu-west-1:111122223333:key/1234", "multi_region": false});
    let steps = [
        ("trail.audit", "audit", "update", json!({})),
        ("trail.audit", "audit", "verify", json!({})),
        ("bucket.logs", "acme-logs", "replace", json!({})),
        ("bucket.logs", "former", "delete", json!({})),
        ("role.audit-cloudwatch-logs", "audit-cloudwatch-logs", "create", json!({})),
        ("trail.gone", "gone", "delete", gone),
        ("trail.deputy", "deputy", "create", json!({})),
        ("trail.deputy", "deputy", "delete", json!({})),
    ];
    let beside = json!({
        "unchanged": ["kms_key.audit"],
        "left_alone": [{"address": "bucket.kept", "reason": "r"}],
        "refused": [
            {"address": "log_group.lines", "code": "c", "reason": "r", "help": "h"},
            {"address": "topic.protected", "code": "c", "reason": "r", "help": "h"},
        ],
    });
    let graph = made(FULL, Some(&plan(&steps, &beside)));
    assert_eq!(
        marks(&graph),
        [
            "trail audit: ~ update",
            "trail gone: - delete",
            "trail deputy: + - create, then delete",
            "role audit-cloudwatch-logs: + create",
            "bucket acme-logs: ± replace",
            "bucket theirs: ",
            "bucket former: - delete",
            "bucket kept: left alone",
            "bucket old-logs: ",
            "log group lines:  !",
            "topic told: ",
            "topic protected:  !",
            "KMS key audit: unchanged",
            "KMS key key/1234: ",
        ]
    );
    assert!(edges(&graph).contains(&"trail gone -> bucket old-logs: log files".to_owned()));
    // Nothing says whose it is.
    let old = graph.nodes.iter().find(|node| node.name == "old-logs").unwrap();
    assert_eq!(old.managed_by, Manager::Unknown);
}

#[test]
fn colour_is_not_alone() {
    let graph = made(FULL, Some(&plan(&[("bucket.logs", "acme-logs", "update", json!({}))], &json!({}))));
    let svg = svg(&graph).unwrap();
    assert!(svg.contains(">~ update</text>"), "{svg}");
    assert!(mermaid(&graph).contains("#126; update<br/>bucket<br/>acme-logs"));
    assert!(dot(&graph).contains("~ update\\nbucket\\nacme-logs"));
}

/// The texts of a picture with their places, and the places and sizes of its boxes.
type Parts = (Vec<(String, i64, i64)>, Vec<[i64; 4]>);

/// Takes a picture apart.
fn parts(svg: &str) -> Parts {
    let mut reader = quick_xml::Reader::from_str(svg);
    let (mut texts, mut boxes, mut at) = (Vec::new(), Vec::new(), None);
    loop {
        let number = |tag: &quick_xml::events::BytesStart<'_>, name: &str| {
            let value = tag.try_get_attribute(name).unwrap().unwrap();
            value.value.parse::<i64>().unwrap()
        };
        match reader.read_event().unwrap() {
            Event::Start(tag) if tag.name().as_ref() == "text" => {
                at = Some((number(&tag, "x"), number(&tag, "y")));
            }
            Event::Text(text) => {
                if let Some((x, y)) = at {
                    texts.push((text.to_string(), x, y));
                }
            }
            Event::End(_) => at = None,
            Event::Empty(tag) if tag.name().as_ref() == "rect" => {
                boxes.push(["x", "y", "width", "height"].map(|name| number(&tag, name)));
            }
            Event::Eof => return (texts, boxes),
            _ => {}
        }
    }
}

#[test]
fn nothing_overlaps_and_every_text_is_in_its_box() {
    let name = "a23456789-".repeat(7)[..63].to_owned();
    let trails: String = (0..5)
        .map(|n| {
            format!(
                "  t{n}-{}: {{bucket: b{}, prefix: p{n}, kms_key: {{existing: alias/{name}}}}}\n",
                &name[..39],
                n % 3
            )
        })
        .collect();
    let buckets: String = (0..3).map(|n| format!("  b{n}: {{name: {n}{}}}\n", &name[1..])).collect();
    let graph = made(&format!("version: 1\nstack: s\ntrails:\n{trails}buckets:\n{buckets}"), None);
    let svg = svg(&graph).unwrap();
    let (texts, boxes) = parts(&svg);
    for (place, [x, y, width, height]) in boxes.iter().enumerate() {
        for [x2, y2, width2, height2] in &boxes[..place] {
            let is_apart = x + width <= *x2 || x2 + width2 <= *x || y + height <= *y2 || y2 + height2 <= *y;
            assert!(is_apart, "{svg}");
        }
    }
    let inside = texts.iter().filter(|(_, x, y)| boxes.iter().any(|[bx, by, ..]| bx + 12 == *x && by < y));
    for (text, x, y) in inside.clone() {
        // A letter of a typewriter face is three fifths of its size wide.
        let end = x + text.chars().count() as i64 * 12 * 3 / 5;
        let is_in =
            |[bx, by, width, height]: &[i64; 4]| x > bx && end < bx + width && y > by && *y < by + height;
        assert!(boxes.iter().any(is_in), "{text} {svg}");
    }
    assert!(inside.count() > 40);
    assert!(svg.contains(&format!("bucket 0{}", &name[1..])), "the whole name is in the title: {svg}");
}

#[test]
fn the_same_graph_gives_the_same_bytes_and_hostile_names_no_syntax() {
    let hostile = "x</text><script>alert(1)</script>\"];\u{1b}[31m\u{202e}\n`end`&quot;";
    let step = ("bucket.b", hostile, "delete", json!({}));
    let events = json!({"bucket": hostile, "events": [{"where": {"eventCategory": [hostile]}}]});
    let steps = [step, ("trail.t\"><b>", hostile, "delete", events)];
    let planned = plan(&steps, &json!({"left_alone": [{"address": "topic.\"]<i>", "reason": "r"}]}));
    let made = || made("version: 1\nstack: s\n", Some(&planned));
    let graph = made();
    assert_eq!(graph.nodes.len(), 4);
    for draw in [|graph: &Graph| svg(graph).unwrap(), mermaid, dot] {
        let text = draw(&graph);
        assert_eq!(text, draw(&made()));
        assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text}");
    }
    let svg = svg(&graph).unwrap();
    let _ = parts(&svg);
    assert!(!svg.contains("<script") && !svg.contains("<b>") && !svg.contains("<i>"), "{svg}");
    assert_eq!(svg.matches("http").count(), 1, "only the namespace: {svg}");
    let mermaid = mermaid(&graph);
    for line in mermaid.lines().filter(|line| line.contains('"')) {
        assert_eq!(line.matches('"').count(), 2, "{line}");
        assert!(!line.replace("<br/>", "").contains(['<', '>', '`', '&']), "{line}");
    }
    for line in dot(&graph).lines() {
        assert_eq!(line.replace("\\\\", "").replace("\\\"", "").matches('"').count() % 2, 0, "{line}");
    }
}

#[test]
fn a_spec_without_resources_is_a_picture_too() {
    let graph = made("version: 1\nstack: s\n", None);
    assert_eq!(mermaid(&graph), "flowchart LR\n");
    assert!(svg(&graph).unwrap().contains("The spec has no resources."));
    assert!(dot(&graph).ends_with("];\n}\n"));
}
