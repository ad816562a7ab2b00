//! The JSON Schemas: complete enough for an editor to explain every key, and never stricter than what is read.

use serde_json::{Value, json};
use trailctl::{commands::DOCUMENTS, exit, lock::Body, spec::parse::parse, spec::schema::spec_schema};

use crate::support::Workspace;

/// Specs that the schema refuses, each without `version: 1` and `stack: s`.
const BROKEN: &[&str] = &[
    "colour: red",
    "account: 111122223333",
    "account: '1234'",
    "account: [a]",
    "partition: 7",
    "region: true",
    "assume_role: 7",
    "assume_role: {}",
    "assume_role: {arn: x, extra: y}",
    "tags: {a: 1}",
    "tags: [a]",
    "vars: {a: 1}",
    "vars: {2a: x}",
    "vars: [a]",
    "event_fragments: {a: {extends: b}}",
    "event_fragments: {a: {events: []}}",
    "event_fragments: {a: {extends: b, events: [], more: 1}}",
    "event_fragments: {a: {extends: 7, events: []}}",
    "event_fragments: [a]",
    "trails: {abc: {}}",
    "trails: {abc: 7}",
    "trails: [abc]",
    "trails: {abc: {bucket: 7}}",
    "trails: {abc: {bucket: {exists: x}}}",
    "trails: {abc: {bucket: {existing: x, more: y}}}",
    "trails: {abc: {bucket: b, colour: red}}",
    "trails: {abc: {bucket: b, multi_region: yes}}",
    "trails: {abc: {bucket: b, prefix: 7}}",
    "trails: {abc: {bucket: b, cloudwatch_logs: x}}",
    "trails: {abc: {bucket: b, cloudwatch_logs: {role: x}}}",
    "trails: {abc: {bucket: b, events: {}}}",
    "trails: {abc: {bucket: b, events: [{}]}}",
    "trails: {abc: {bucket: b, events: [{where: {}}]}}",
    "trails: {abc: {bucket: b, events: [{where: {eventName: 7}}]}}",
    "trails: {abc: {bucket: b, events: [{where: {eventName: []}}]}}",
    "trails: {abc: {bucket: b, events: [{where: {eventName: {is: [x]}}}]}}",
    "trails: {abc: {bucket: b, events: [{where: {eventCategory: Data}, more: 1}]}}",
    "trails: {abc: {bucket: b, basic_events: [{read_write: Some}]}}",
    "trails: {abc: {bucket: b, basic_events: [{exclude_management_sources: [s3.amazonaws.com]}]}}",
    "trails: {abc: {bucket: b, basic_events: [{data: [{type: 'AWS::SNS::Topic', values: ['arn:aws:sns']}]}]}}",
    "trails: {abc: {bucket: b, insights: [{type: ApiCallRateInsight, categories: [Network]}]}}",
    "buckets: {abc: {policy: {version: '2026-01-01'}}}",
    "trails: {abc: {bucket: b, basic_events: [{data: [{type: x}]}]}}",
    "trails: {abc: {bucket: b, basic_events: [{data: [{type: x, values: y}]}]}}",
    "trails: {abc: {bucket: b, insights: [ApiCallRateInsight]}}",
    "trails: {abc: {bucket: b, insights: [{categories: [Data]}]}}",
    "trails: {abc: {bucket: b, aggregation: API_ACTIVITY}}",
    "trails: {abc: {bucket: b, tags: []}}",
    "buckets: {abc: {versioning: 1}}",
    "buckets: {abc: {encryption: true}}",
    "buckets: {abc: {encryption: {key: x}}}",
    "buckets: {abc: {public_access_block: {block_public_acls: true}}}",
    "buckets: {abc: {object_ownership: Mine}}",
    "buckets: {abc: {access_logs: {prefix: x}}}",
    "buckets: {abc: {object_lock: {days: 1}}}",
    "buckets: {abc: {object_lock: {mode: NONE, days: 1}}}",
    "buckets: {abc: {lifecycle: [{prefix: x}]}}",
    "buckets: {abc: {lifecycle: [{id: a, transitions: [{days: 1}]}]}}",
    "buckets: {abc: {policy: []}}",
    "buckets: {abc: {policy: {mode: replace}}}",
    "kms_keys: {abc: {rotation: {months: 1}}}",
    "kms_keys: {abc: {admins: me}}",
    "kms_keys: {abc: {deletion_window_days: long}}",
    "log_groups: {abc: {retention_days: long}}",
    "log_groups: {abc: {deletion_protection: 1}}",
    "roles: {abc: {max_session_seconds: long}}",
    "roles: {abc: {managed_policies: x}}",
    "topics: {abc: {kms_key: [x]}}",
    "topics: {abc: {policy: {statements: x}}}",
];

#[test]
fn what_the_schema_refuses_validate_refuses() {
    let validator = jsonschema::validator_for(&spec_schema()).unwrap();
    assert!(BROKEN.len() >= 60);
    for broken in BROKEN.iter().map(|broken| format!("version: 1\nstack: s\n{broken}\n")).chain(
        ["{}", "{version: 2, stack: s}", "{version: 1, stack: Not_A_Stack}", "{version: 1}", "[]"]
            .map(str::to_owned),
    ) {
        let value: Value = serde_yaml::from_str(&broken).unwrap();
        assert!(!validator.is_valid(&value), "the schema takes {broken}");
        assert!(parse(&broken).spec.is_none(), "validate takes {broken}");
    }
}

/// Calls `found` with each property of a schema: its path, itself, and whether it must be given.
fn properties(schema: &Value, at: &str, found: &mut dyn FnMut(&str, &Value, bool)) {
    match schema {
        Value::Object(map) => {
            let required = map.get("required").cloned().unwrap_or_default();
            let all = map.get("properties").and_then(Value::as_object);
            // What a variant of an enum holds is described with the variant.
            let is_variant = map.contains_key("description") && all.is_some_and(|all| all.len() == 1);
            for (key, property) in all.into_iter().flatten().filter(|_| !is_variant) {
                let is_required = required.as_array().is_some_and(|all| all.contains(&json!(key)));
                found(&format!("{at}.{key}"), property, is_required);
            }
            for (key, below) in map.iter().filter(|(key, _)| *key != "default" && *key != "examples") {
                properties(below, &format!("{at}/{key}"), found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| properties(item, at, found)),
        _ => {}
    }
}

#[test]
fn every_property_is_described_and_every_default_is_told() {
    for (name, schema) in DOCUMENTS {
        let (mut bare, mut count) = (Vec::new(), 0);
        properties(&schema(), name, &mut |path, property, is_required| {
            count += 1;
            let words = property["description"].as_str().unwrap_or_default();
            let tells_default =
                !property["default"].is_null() || words.contains("Default") || words.contains("one of");
            // What names a variant says all.
            let is_tag = !property["const"].is_null();
            if (words.is_empty() && !is_tag) || (*name == "trailctl" && !is_required && !tells_default) {
                bare.push(path.to_owned());
            }
        });
        assert_eq!(bare, [""; 0]);
        assert!(count > 2, "{name}: {count}");
    }
}

/// Returns the one JSON document that a command prints, as the schema of this name has it.
#[track_caller]
fn document(workspace: &Workspace, arguments: &str, code: u8, name: &str) -> Value {
    let output = workspace.expect(&format!("{arguments} --format json"), code);
    let document: Value = serde_json::from_str(&output.stdout).unwrap();
    is_as_its_schema_says(&document, name);
    document
}

#[track_caller]
fn is_as_its_schema_says(document: &Value, name: &str) {
    let (_, schema) = DOCUMENTS.iter().find(|(other, _)| *other == name).unwrap();
    let validator = jsonschema::validator_for(&schema()).unwrap();
    assert!(validator.is_valid(document), "{document}: {:?}", validator.validate(document).err());
}

#[test]
fn what_is_written_is_as_its_schema_says() {
    let workspace = Workspace::new();
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/complete.yaml");
    let aws = "--sandbox=state --region us-east-1";
    let all = format!("{aws} -f {example}");
    let _ = document(&workspace, &format!("plan {all}"), exit::DONE, "plan");
    let _ = document(&workspace, &format!("iam-policy -f {example}"), exit::DONE, "iam-policy");
    let _ = document(&workspace, &format!("graph -f {example}"), exit::DONE, "graph");
    let _ = document(&workspace, &format!("apply {all}"), exit::REFUSED, "apply");
    let _ = document(&workspace, "init --bucket acme-audit-logs", exit::DONE, "init");
    let _ = document(&workspace, &format!("apply --yes --record record.jsonl {aws}"), exit::DONE, "apply");
    let lines = std::fs::read_to_string(workspace.path().join("record.jsonl")).unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for line in lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()) {
        seen.insert(line["what"].as_str().unwrap().to_owned());
        is_as_its_schema_says(&line, "record");
    }
    assert_eq!(seen.len(), 5);
    let lock = Body::of("id", "s", "arn", "apply", "2026-11-26T10:00:00Z".parse().unwrap(), 60);
    is_as_its_schema_says(&serde_json::from_str(&lock.text()).unwrap(), "lock");
    let _ = document(&workspace, &format!("status {aws}"), exit::DONE, "status");
    let _ = document(&workspace, &format!("export {aws}"), exit::DONE, "export");
    let _ =
        document(&workspace, &format!("coverage diff live trailctl.yaml {aws}"), exit::DONE, "coverage-diff");
    let _ = document(&workspace, "coverage map", exit::DONE, "coverage-map");
    workspace.write(
        "events.json",
        "{\"eventCategory\": \"Management\"} {\"eventCategory\": \"Data\", \"eventName\": \"GetObject\"}",
    );
    let _ = document(&workspace, "coverage explain events.json", exit::CHANGES, "coverage-explain");
    let _ = document(&workspace, "fmt --diff", exit::DONE, "fmt");
    let _ = document(&workspace, &format!("unlock {aws}"), exit::ERROR, "error");
    let _ = document(&workspace, &format!("destroy --yes {aws}"), exit::REFUSED, "apply");
    workspace.spec("version: 1\nstack: s\nlock: {bucket: acme-audit-logs}\nbuckets: {other-logs: {}}\n");
    let _ = document(&workspace, &format!("unlock {aws}"), exit::DONE, "unlock");
    workspace.spec("version: 2\nstack: S\nregion: us-east-9\nbuckets: {a: {}, b: {}}\n");
    let found = document(&workspace, "validate", exit::ERROR, "diagnostics");
    assert!(found["diagnostics"].as_array().unwrap().len() >= 4);
}

#[test]
fn schema_prints_the_schema_of_each_document() {
    let workspace = Workspace::new();
    for (name, schema) in DOCUMENTS {
        let printed: Value =
            serde_json::from_str(&workspace.expect(&format!("schema {name}"), exit::DONE).stdout).unwrap();
        assert_eq!(printed, schema());
    }
    let unknown = workspace.expect("schema plans", exit::USAGE).stderr;
    assert!(unknown.contains("there are those of trailctl, plan, apply, "), "{unknown}");
}
