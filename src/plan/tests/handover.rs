//! Who still uses what the spec does not give him any more: nothing is taken away from him.

use super::*;
use crate::resource::Existing;

/// What the plan changes, as `update kms_key.k Expand policy.statements.X`.
fn changes(plan: &Plan) -> Vec<String> {
    let of = |step: &Step| {
        let paths: Vec<String> = step.changes.iter().map(|change| change.path.to_string()).collect();
        let what = if step.action == Action::Update { paths.join(" ") } else { format!("{:?}", step.action) };
        format!("{} {:?} {what}", step.address, step.phase)
    };
    plan.steps.iter().map(of).collect()
}

/// The plan from a spec to another, with what the second one refers to.
fn from(before: &str, after: &str, existing: &[(&str, &str)]) -> Plan {
    let resolved = desired(after);
    let found =
        |name: &str| existing.iter().find(|(other, _)| *other == name).map(|(_, arn)| (*arn).to_owned());
    let existing = resolved.existing.iter().filter_map(|(address, wanted)| {
        let outputs =
            [("name".to_owned(), wanted.id.name.clone()), ("arn".to_owned(), found(&wanted.id.name)?)];
        Some((address.clone(), Existing { outputs: outputs.into(), ..Existing::default() }))
    });
    let seen = Observation { existing: existing.collect(), ..Observation::from(live(before)) };
    plan(&resolved, &seen, &allowing(&["audit", "a", "b"], &[])).unwrap()
}

#[test]
fn a_key_stays_open_for_who_delivers_into_a_bucket_that_is_handed_over() {
    let before =
        "kms_keys: {k: {}}\nbuckets: {logs: {encryption: {kms_key: k}}}\ntrails: {audit: {bucket: logs}}\n";
    let after = "kms_keys: {k: {}}\ntrails: {audit: {bucket: {existing: logs}}}\n";
    let plan = from(before, after, &[("logs", "arn:aws:s3:::logs")]);
    let sids = |attrs: &Value| {
        let all = attrs["policy"]["statements"].as_array().unwrap().clone();
        all.iter().map(|one| one["Sid"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(
        changes(&plan),
        ["kms_key.k Whole policy.statements.TrailctlSDeliverLeaving policy.statements.TrailctlSDeliver"]
    );
    assert_eq!(refusals(&plan), [""; 0]);
    // What that leads to is left as it is.
    let mut settled = live(before);
    let written = plan.steps[0].calls[0].parameters["Policy"]["Statement"].clone();
    seen(&mut settled, "kms_key").attrs["policy"]["statements"] = written;
    assert!(sids(&seen(&mut settled, "kms_key").attrs).contains(&"TrailctlSDeliverLeaving".to_owned()));
    let resolved = desired(after);
    let address = resolved.existing.keys().next().unwrap().clone();
    let outputs =
        [("name".to_owned(), "logs".to_owned()), ("arn".to_owned(), "arn:aws:s3:::logs".to_owned())];
    let existing = Existing { outputs: outputs.into(), ..Existing::default() };
    let seen = Observation { existing: [(address, existing)].into(), ..Observation::from(settled) };
    let again = super::plan(&resolved, &seen, &allowing(&[], &[])).unwrap();
    assert_eq!(changes(&again), [""; 0]);
}

#[test]
fn a_key_stays_open_for_a_log_group_that_is_left_alone() {
    let before = "kms_keys: {k: {}}\nlog_groups: {group: {kms_key: k}}\n";
    let plan = from(before, "kms_keys: {k: {}}\n", &[]);
    assert_eq!(
        changes(&plan),
        ["kms_key.k Whole policy.statements.TrailctlSLogsLeaving policy.statements.TrailctlSLogs"]
    );
}

#[test]
fn another_entry_that_takes_the_alias_is_not_the_key_under_its_former_name() {
    let before = "kms_keys: {audit: {name: audit-key}}\nbuckets: {logs: {}}\ntrails: {audit: {bucket: logs, kms_key: audit}}\n";
    let after = "kms_keys: {legacy: {name: audit-key}, audit: {name: audit-2}}\nbuckets: {logs: {}}\n\
                 trails: {audit: {bucket: logs, kms_key: audit}}\n";
    let plan = from(before, after, &[]);
    let steps = changes(&plan);
    assert!(steps.contains(&"kms_key.audit Whole Create".to_owned()), "{steps:?}");
    assert!(steps.contains(&"trail.audit Whole kms_key".to_owned()), "{steps:?}");
    // The old key shuts the trail out only when it has moved.
    let place = |text: &str| steps.iter().position(|step| step.starts_with(text)).unwrap();
    assert!(place("kms_key.legacy Contract") > place("trail.audit"), "{steps:?}");
}

#[test]
fn a_key_is_disabled_only_when_nobody_uses_it() {
    let with = |key: &str, a: &str| {
        format!(
            "kms_keys: {{a: {a}, b: {{}}}}\nbuckets: {{logs: {{}}}}\ntrails: {{audit: {{bucket: logs, kms_key: {key}}}}}\n"
        )
    };
    let plan = from(&with("a", "{}"), &with("b", "{enabled: false}"), &[]);
    let disables: Vec<(String, Phase)> = plan
        .steps
        .iter()
        .filter(|step| step.calls.iter().any(|call| call.operation == "DisableKey"))
        .map(|step| (step.address.to_string(), step.phase))
        .collect();
    assert_eq!(disables, [("kms_key.a".to_owned(), Phase::Contract)]);
    let order: Vec<String> = plan.steps.iter().map(|step| step.address.to_string()).collect();
    let last = order.iter().rposition(|address| address == "kms_key.a").unwrap();
    assert!(last > order.iter().position(|address| address == "trail.audit").unwrap(), "{order:?}");
}

#[test]
fn a_trail_that_is_adopted_keeps_its_way_until_it_has_moved() {
    let entries = |prefix: &str| {
        format!(
            "buckets: {{logs: {{}}}}\ntrails: {{audit: {{bucket: logs, prefix: {prefix}, adopt: true}}}}\n"
        )
    };
    let mut before = live(&entries("old"));
    seen(&mut before, "trail").owner = Owner::Nobody;
    let plan = plan(&desired(&entries("new")), &before.into(), &allowing(&[], &[])).unwrap();
    let phases: Vec<(String, Phase)> =
        plan.steps.iter().map(|step| (step.address.to_string(), step.phase)).collect();
    assert_eq!(
        phases,
        [
            ("bucket.logs".to_owned(), Phase::Expand),
            ("trail.audit".to_owned(), Phase::Whole),
            // It is verified.
            ("trail.audit".to_owned(), Phase::Whole),
            ("bucket.logs".to_owned(), Phase::Contract)
        ]
    );
}

#[test]
fn what_the_spec_calls_existing_is_not_deleted_and_what_it_describes_is_not_existing() {
    let before = "topics: {told: {}}\nbuckets: {logs: {}}\ntrails: {audit: {bucket: logs, topic: told}}\n";
    let arn = "arn:aws:sns:eu-west-1:111122223333:told";
    let handed = "buckets: {logs: {}}\ntrails: {audit: {bucket: logs, topic: {existing: told}}}\n";
    let plan = from(before, handed, &[(arn, arn)]);
    assert_eq!(changes(&plan), [""; 0]);
    assert_eq!(plan.left_alone[0].address.to_string(), "topic.told");
    let both = format!(
        "topics: {{told: {{}}}}\nbuckets: {{logs: {{}}}}\ntrails: {{audit: {{bucket: logs, topic: {{existing: '{arn}'}}}}}}\n"
    );
    assert_eq!(refusals(&from(before, &both, &[(arn, arn)])), ["existing-is-declared trail.audit"]);
}

#[test]
fn nothing_is_taken_from_a_trail_that_cannot_be_read() {
    let before = "buckets: {logs: {}}\ntrails: {audit: {bucket: logs}, other: {bucket: logs}}\n";
    let mut all = live(before);
    let other = all.iter_mut().find(|(id, _)| id.name == "other").unwrap().1;
    other.owner = Owner::Unreadable { why: "closed".to_owned() };
    let plan = plan(&desired(SPEC), &all.into(), &allowing(&[], &[])).unwrap();
    assert_eq!(refusals(&plan), ["unread-user bucket.logs"]);
}

#[test]
fn a_key_is_not_made_anew_where_it_could_not_be_looked_for() {
    let text = "kms_keys: {k: {}}\n";
    let unseen = [(Region::new("eu-west-1"), "denied".to_owned())].into();
    let seen = Observation { unseen, ..Observation::default() };
    assert_eq!(refusals(&plan(&desired(text), &seen, &allowing(&[], &[])).unwrap()), ["unseen kms_key.k"]);
}

#[test]
fn a_key_whose_alias_changes_is_not_made_anew_while_the_old_one_cannot_be_read() {
    let mut all = live("kms_keys: {k: {}}\n");
    for seen in all.values_mut() {
        seen.owner = Owner::Unreadable { why: "denied".to_owned() };
    }
    let plan = plan(&desired("kms_keys: {k: {name: other}}\n"), &all.into(), &allowing(&[], &[])).unwrap();
    assert_eq!(refusals(&plan), ["unseen kms_key.k"]);
}

#[test]
fn a_word_that_means_several_deletes_none() {
    let text = "kms_keys: {same: {protect: false}}\nlog_groups: {same: {}}\n";
    let destroy = |names: &[&str]| {
        let policy = Policy { is_removal: true, ..allowing(&[], names) };
        plan(&desired(text), &live(text).into(), &policy).unwrap()
    };
    assert_eq!(refusals(&destroy(&["same"])), ["ambiguous kms_key.same", "ambiguous log_group.same"]);
    let one = destroy(&["log_group.same"]);
    assert_eq!((changes(&one), refusals(&one)), (vec!["log_group.same Whole Delete".to_owned()], vec![]));
    assert_eq!(changes(&destroy(&["log_group.same", "kms_key.same"])).len(), 2);
}
