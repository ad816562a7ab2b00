//! What is written of live trails, and what is left out.

use super::*;
use crate::spec::parse::parse;

/// Returns the spec of the stack `s` for what was found.
fn export(found: &[Found], others: &[String]) -> Export {
    let account = Account::new("111122223333", "aws");
    let estate = Estate { found: found.to_vec(), others: others.to_vec(), ..Estate::default() };
    super::export(Head { stack: "s", account: &account, in_files: false }, &estate)
}

fn found(name: &str, region: &str, entry: Value) -> Found {
    let id = ResourceId { kind: "trail".to_owned(), region: Region::new(region), name: name.to_owned() };
    let arn = format!("arn:aws:cloudtrail:{region}:111122223333:trail/{name}");
    let mut trail = Trail::deserialize(entry).unwrap();
    (trail.name, trail.region) = (Some(name.to_owned()), Some(id.region.clone()));
    trail.protect = false;
    let attrs = serde_json::to_value(trail).unwrap();
    let outputs = Outputs::from([("arn".to_owned(), arn)]);
    Found { id, attrs, outputs, owner: Owner::Nobody, notes: Vec::new() }
}

fn of_stack(one: Found, stack: &str, resource: &str) -> Found {
    let (stack, resource) = (stack.to_owned(), Some(resource.to_owned()));
    Found { owner: Owner::Stack { stack, resource, nonce: None }, ..one }
}

/// The entries of the spec, as a reader of it sees them.
fn entries(export: &Export) -> Vec<(String, Value)> {
    let parsed = parse(&export.spec);
    let spec = parsed.spec.unwrap_or_else(|| panic!("{:?}", parsed.diagnostics));
    assert_eq!((spec.head.stack.as_str(), spec.account.as_str()), ("s", "111122223333"));
    spec.entries.iter().map(|(key, attrs)| (key.address.logical.clone(), attrs.clone())).collect()
}

#[test]
fn says_only_what_is_not_as_usual() {
    let usual = json!({"bucket": "logs", "tags": {"trailctl:x": "y", "aws:z": "y"},
        "basic_events": [{"read_write": "All", "management": true}]});
    let described = export(&[found("audit", "us-east-1", usual)], &[]);
    let text = "# The trails of the account 111122223333, as they were found.\n\
                version: 1\nstack: s\naccount: \"111122223333\"\nregion: us-east-1\ntrails:\n  audit:\n    \
                bucket: {existing: logs}\n    adopt: true\n";
    assert_eq!(described.spec, text);
}

#[test]
fn trails_of_one_name_keep_apart() {
    let bucket = json!({"bucket": "logs", "multi_region": false});
    let all = [
        found("audit", "us-east-1", bucket.clone()),
        found("audit", "eu-west-1", bucket.clone()),
        found("more", "eu-west-1", bucket.clone()),
        of_stack(found("more-eu-west-1", "us-east-1", bucket.clone()), "s", "more"),
    ];
    let described = export(&all, &[]);
    let told = entries(&described)
        .into_iter()
        .map(|(key, attrs)| (key, attrs["name"].clone(), attrs["region"].clone(), attrs["adopt"] == true));
    let row = |key: &str, name: Value, region: Value, adopt: bool| (key.to_owned(), name, region, adopt);
    // The head has eu-west-1: as many trails have the other Region, and it is the first of them.
    let want = [
        row("audit", Value::Null, Value::Null, true),
        row("audit-us-east-1", json!("audit"), json!("us-east-1"), true),
        row("more", json!("more-eu-west-1"), json!("us-east-1"), false),
        row("more-eu-west-1", json!("more"), Value::Null, true),
    ];
    assert_eq!(told.collect::<Vec<_>>(), want);
    let again = [all[3].clone(), all[1].clone(), all[2].clone(), all[0].clone()];
    assert_eq!(export(&again, &[]).spec, described.spec);
}

#[test]
fn what_the_stack_cannot_have_is_named() {
    let bucket = json!({"bucket": "logs"});
    let twice = json!({"bucket": "logs", "events": [{"where": {"eventCategory": "Management", "readOnly'": "true"}}]});
    let all = [
        found("ours", "us-east-1", bucket.clone()),
        of_stack(found("theirs", "us-east-1", bucket.clone()), "other", "x"),
        Found {
            owner: Owner::Unreadable { why: "denied\n# x".to_owned() },
            ..found("shut", "us-east-1", bucket)
        },
        found("twice", "us-east-1", twice),
        found("nowhere", "us-east-1", json!({"bucket": ""})),
    ];
    let others = ["arn:aws:cloudtrail:us-east-1:444455556666:trail/org".to_owned()];
    let described = export(&all, &others);
    assert_eq!(entries(&described).len(), 1);
    assert_eq!(described.trails, ["arn:aws:cloudtrail:us-east-1:111122223333:trail/ours"]);
    let names: Vec<&str> = described.left_out.iter().filter_map(|one| one.arn.rsplit('/').next()).collect();
    assert_eq!(names, ["nowhere", "shut", "theirs", "twice", "org"]);
    let comments: Vec<&str> = described.spec.lines().filter(|line| line.starts_with("# - ")).collect();
    assert_eq!(comments.len(), 5, "{}", described.spec);
    assert!(
        comments[2].ends_with("trail/theirs: it belongs to the stack `other`: export that with `--stack`")
    );
}

#[test]
fn what_trails_use_stays_with_others() {
    let entry = json!({"bucket": "logs", "kms_key": "arn:aws:kms:us-east-1:111122223333:key/k", "topic": "arn:aws:sns:us-east-1:111122223333:t",
        "cloudwatch_logs": {"log_group": "arn:aws:logs:us-east-1:111122223333:log-group:g", "role": "arn:aws:iam::111122223333:role/r"}});
    let described = export(&[of_stack(found("audit", "us-east-1", entry.clone()), "s", "audit")], &[]);
    let (_, attrs) = &entries(&described)[0];
    for (path, name) in [
        ("/bucket", &entry["bucket"]),
        ("/kms_key", &entry["kms_key"]),
        ("/topic", &entry["topic"]),
        ("/cloudwatch_logs/log_group", &entry["cloudwatch_logs"]["log_group"]),
        ("/cloudwatch_logs/role", &entry["cloudwatch_logs"]["role"]),
    ] {
        assert_eq!(attrs.pointer(path), Some(&json!({"existing": name})), "{path}");
    }
    // Whether it is protected is the stack's to say.
    assert_eq!((&attrs["protect"], &attrs["adopt"]), (&json!(false), &json!(false)));
}
