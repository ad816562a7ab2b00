//! The pictures of a spec and of a plan, and the page of a plan.

use std::fs;

use serde_json::Value;

use crate::support::{Local, Workspace};

const BEFORE: &str = "version: 1\nstack: drawn\nregion: eu-west-1\ntrails:\n  audit: {bucket: logs}\n  gone: {bucket: logs, prefix: gone, protect: false}\n\
                      buckets: {logs: {name: \"logs-${account}\"}, kept: {name: drawn-kept}}\n";
const AFTER: &str = "version: 1\nstack: drawn\nregion: eu-west-1\ntrails:\n  audit: {bucket: logs, log_file_validation: false}\n\
                     buckets: {logs: {name: \"logs-${account}\"}}\n";

fn planned(aws: &Local) -> Workspace {
    let workspace = Workspace::at(&aws.endpoint);
    workspace.spec(BEFORE);
    let _ = workspace.expect("apply --yes", 0);
    workspace.spec(AFTER);
    let _ = workspace.expect("plan -o plan.json --detailed-exitcode", 2);
    workspace
}

#[test]
fn a_graph_of_a_plan_needs_no_account() {
    let aws = Local::start();
    let workspace = planned(&aws);
    let mut alone = Workspace::new();
    alone.spec(AFTER);
    alone.set("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
    alone.write("plan.json", &fs::read_to_string(workspace.path().join("plan.json")).unwrap());
    let graph = alone.expect("graph plan.json --format json", 0);
    assert_eq!(graph.stderr, "");
    let graph: Value = serde_json::from_str(&graph.stdout).unwrap();
    let nodes = graph["nodes"].as_array().unwrap().iter().filter(|node| node["kind"] != "events");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let nodes: Vec<_> = nodes.map(|node| [text(&node["name"]), text(&node["action"])].join(": ")).collect();
    // The plan tells what `${account}` is.
    assert_eq!(nodes, ["audit: update", "gone: delete", "logs-111122223333: update", "kept: left_alone"]);
    let svg = alone.expect("graph plan.json --format svg", 0).stdout;
    assert!(
        svg.starts_with("<svg ") && svg.ends_with("</svg>\n") && svg.contains(">- delete</text>"),
        "{svg}"
    );
    let dot = alone.expect("graph plan.json --format dot", 0).stdout;
    assert!(dot.starts_with("digraph \"drawn\" {") && dot.contains("left alone\\nbucket\\nkept"), "{dot}");
    // What was changed behind trailctl's back is no plan to look at.
    let plan = fs::read_to_string(workspace.path().join("plan.json")).unwrap();
    alone.write("plan.json", &plan.replacen("\"update\"", "\"create\"", 1));
    let edited = alone.expect("graph plan.json", 1);
    assert!(edited.stderr.contains("the plan cannot be trusted: it was changed after it was written"));
    // Without the plan, it is said that the name is not the real one.
    let spec = alone.expect("graph", 0);
    assert!(spec.stdout.contains("logs-000000000000") && spec.stderr.contains("stand-ins"), "{spec:?}");
}

#[test]
fn a_graph_is_written_to_files_of_all_languages_or_to_none() {
    let workspace = Workspace::new();
    workspace.spec(AFTER);
    let outputs = "--output graph.svg --output graph.mmd --output graph.dot --output graph.json";
    let flowchart = workspace.expect(&format!("graph {outputs}"), 0).stdout;
    let read = |name: &str| fs::read_to_string(workspace.path().join(name));
    assert_eq!(read("graph.mmd").unwrap(), flowchart);
    let begins = ["graph.svg", "graph.dot", "graph.json"].map(|name| read(name).unwrap()[..4].to_owned());
    assert_eq!(begins, ["<svg", "digr", "{\n  "]);
    // What cannot say why there is no picture is not touched; what can say it does.
    workspace.spec(&AFTER.replace("audit:", "audit: {buckt: logs}\n  other:"));
    let none = workspace.expect(
        "graph --format svg --output graph.svg --output new.svg --output json=graph.mmd --output graph.json",
        1,
    );
    assert_eq!(none.stdout, "");
    assert!(none.stderr.starts_with("error[unknown-key]: "), "{none:?}");
    assert!(read("new.svg").is_err() && read("graph.svg").unwrap().starts_with("<svg "));
    for name in ["graph.json", "graph.mmd"] {
        let found: Value = serde_json::from_str(&read(name).unwrap()).unwrap();
        assert_eq!(found["diagnostics"][0]["code"], "unknown-key");
    }
    let refused = workspace.expect("graph --format markdown", 64).stderr;
    assert!(refused.contains("it writes `human`, `json`, `svg`, `mermaid`, `dot`"), "{refused}");
}

#[test]
fn a_plan_of_another_spec_is_not_drawn() {
    let aws = Local::start();
    let workspace = planned(&aws);
    workspace.spec(&AFTER.replace("drawn", "other"));
    let refused = workspace.expect("graph plan.json", 1);
    assert_eq!(refused.stdout, "");
    assert!(
        refused.stderr.contains("the plan is for the stack drawn, and the spec for other"),
        "{refused:?}"
    );
    // Nor is one of the same stack that was written otherwise since; what means the same is the same.
    workspace.spec(&format!("{AFTER}# a comment\n"));
    let _ = workspace.expect("graph plan.json", 0);
    workspace.spec(&AFTER.replace("trails:", "tags: {later: x}\ntrails:"));
    let refused = workspace.expect("graph plan.json", 1);
    assert!(refused.stderr.contains("does not mean what it meant when the plan was saved"), "{refused:?}");
    workspace.spec("version: 1\nstack: drawn\ntrails: 3\n");
    assert!(workspace.expect("graph", 1).stderr.contains("error[wrong-type]"));
}

#[test]
fn a_plan_is_a_page_for_browsers() {
    let aws = Local::start();
    let workspace = planned(&aws);
    let page = workspace.expect("plan --format html --detailed-exitcode", 2).stdout;
    assert_eq!(page, workspace.expect("plan --format html", 0).stdout);
    let parts = [
        "<h1>Plan of the stack drawn</h1>",
        "Plan: 0 to create, 2 to update, 1 to delete.",
        "= unchanged",
        "trail audit: log files can no longer be proved unchanged",
        "<td class=\"full\">full</td>",
        "<svg ",
        "bucket.kept</strong> is left alone",
        "~ update trail.audit</h3>",
        "cloudtrail:UpdateTrail",
    ];
    for part in parts {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(page.starts_with("<!DOCTYPE html>") && !page.contains("<script"));
    // A spec that is wrong has no plan to show: the page says why.
    workspace.spec("version: 1\nstack: drawn\ntrails: 3\n");
    let wrong = workspace.expect("plan --format html", 1);
    assert!(
        wrong.stdout.contains("<h1>No plan</h1>") && wrong.stdout.contains("error[wrong-type]"),
        "{wrong:?}"
    );
    assert!(!wrong.stdout.contains("<script"), "{wrong:?}");
    let other = workspace.expect("status --format html", 64);
    assert!(other.stderr.contains("does not write the format `html`"), "{other:?}");
}
