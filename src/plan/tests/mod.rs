//! Plans as data against data: the wanted side from a spec, the live side derived from it with one thing changed.

mod aliases;
mod consent;
mod coverage;
mod delivery;
mod existing;
mod handover;
mod room;
mod seal;

use serde_json::{Value, json};

use super::*;
use crate::{
    resolve::resolve,
    resource::{Desired, Live, Observed, owner::Owner, reference, region::Region},
    spec::parse::parse,
};

const STACK: &str = "s";
const SPEC: &str = "trails: {audit: {bucket: logs}}\nbuckets: {logs: {}}\n";

fn desired(text: &str) -> Resolved {
    let parsed = parse(&format!("version: 1\nstack: {STACK}\n{text}"));
    let spec = parsed.spec.unwrap_or_else(|| panic!("{:?}", parsed.diagnostics));
    resolve(&spec, &account(), &Region::new("eu-west-1"))
}

fn account() -> Account {
    Account::new("111122223333", "aws")
}

/// The live side that a spec leads to.
fn live(text: &str) -> Live {
    let all = desired(text).desired;
    let outputs = |want: &Desired| {
        let mut outputs = want.outputs.clone();
        if want.id.kind == "kms_key" {
            let arn = format!("arn:aws:kms:{}:111122223333:key/{}", want.id.region, want.address.logical);
            outputs.extend([("arn".to_owned(), arn), ("key_id".to_owned(), want.address.logical.clone())]);
        }
        outputs
    };
    let observed = |want: &Desired| {
        let mut attrs = want.attrs.clone();
        reference::substitute(&mut attrs, &|address, output| {
            outputs(all.iter().find(|other| other.address == *address)?).remove(output)
        });
        let owner = Owner::Stack {
            stack: STACK.to_owned(),
            resource: Some(want.address.logical.clone()),
            nonce: None,
        };
        let beside = Vec::new();
        (want.id.clone(), Observed { attrs, outputs: outputs(want), owner, holds_data: false, beside })
    };
    all.iter().map(observed).collect()
}

fn allowing(destroy: &[&str], delete_data: &[&str]) -> Policy {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Policy {
        stack: STACK.to_owned(),
        account: account(),
        is_removal: false,
        allow_destroy: names(destroy),
        delete_data: names(delete_data),
        replace_policy: names(&[]),
        take_from: names(&[]),
        allow_coverage_loss: true,
    }
}

fn planned(text: &str, live: &Live) -> Plan {
    plan(&desired(text), &live.clone().into(), &allowing(&[], &[])).unwrap()
}

/// What the plan does, in order, with what each step waits for.
fn steps(plan: &Plan) -> Vec<String> {
    let line = |step: &Step| format!("{:?} {} after {:?}", step.action, step.resource, step.after);
    plan.steps.iter().map(line).collect()
}

fn refusals(plan: &Plan) -> Vec<String> {
    plan.refused.iter().map(|one| format!("{} {}", one.code, one.address)).collect()
}

fn seen<'a>(live: &'a mut Live, kind: &str) -> &'a mut Observed {
    live.iter_mut().find(|(id, _)| id.kind == kind).unwrap().1
}

#[test]
fn creates_what_is_referred_to_first() {
    let plan = planned(SPEC, &Live::new());
    let want = ["Create bucket.logs in eu-west-1 after {}", "Create trail.audit in eu-west-1 after {1}"];
    assert_eq!(steps(&plan), want);
    assert_eq!(plan.counts(), [2, 0, 0, 0]);
    assert_eq!(plan.steps[1].calls[0].parameters["S3BucketName"], "logs");
    assert_eq!(plan.read_set.len(), 2);
}

#[test]
fn whatever_is_created_carries_the_nonce_of_the_run_from_its_first_call() {
    let text = "trails: {audit: {bucket: logs}}\nbuckets: {logs: {}}\nkms_keys: {one: {}}\ntopics: {one: {}}\n\
                log_groups: {one: {}}\nroles: {one: {}}\n";
    let plan = planned(text, &Live::new());
    let kinds: BTreeSet<&str> = plan.steps.iter().map(|step| step.resource.kind.as_str()).collect();
    assert_eq!(kinds, kinds::KINDS.iter().map(|kind| kind.name()).collect());
    for step in &plan.steps {
        // S3 takes tags with CreateBucket; what a call cannot take, the next one brings.
        let first = step.calls[0].parameters.to_string();
        assert!(first.contains(crate::resource::owner::NONCE_REFERENCE), "{}: {first}", step.address);
    }
}

#[test]
fn what_matches_is_not_touched() {
    let plan = planned(SPEC, &live(SPEC));
    assert!(plan.is_empty() && plan.refused.is_empty() && plan.left_alone.is_empty());
    assert_eq!(plan.unchanged.len(), 2);
}

#[test]
fn other_spellings_of_the_same_are_not_changes() {
    let text = "trails: {audit: {bucket: logs, events: [{where: {eventCategory: Management}}, {name: s, where: {eventCategory: Data, \
                resources.type: AWS::S3::Object, eventName: [A, B]}}]}}\nbuckets: {logs: {}}\n";
    let mut other = live(text);
    let events = seen(&mut other, "trail").attrs["events"].as_array_mut().unwrap();
    events.reverse();
    events[0]["where"]["eventName"] = json!(["B", "A"]);
    let policy = &mut seen(&mut other, "bucket").attrs["policy"]["statements"];
    policy.as_array_mut().unwrap().reverse();
    policy[1]["Action"] = json!(["S3:putobject"]);
    assert_eq!(steps(&planned(text, &other)), [""; 0]);
    seen(&mut other, "bucket").attrs["policy"]["statements"][1]["Action"] = json!("s3:*");
    assert_eq!(steps(&planned(text, &other)), ["Update bucket.logs in eu-west-1 after {}"]);
}

#[test]
fn tags_that_aws_keeps_for_itself_are_kept() {
    let mut with_system_tag = live(SPEC);
    for kind in ["trail", "bucket"] {
        seen(&mut with_system_tag, kind).attrs["tags"]["aws:cloudformation:stack-name"] = json!("x");
    }
    assert_eq!(steps(&planned(SPEC, &with_system_tag)), [""; 0]);
    let tagged = SPEC.replace("{}", "{tags: {a: b}}");
    let calls = &planned(&tagged, &with_system_tag).steps[0].calls;
    assert_eq!(calls[0].parameters["TagSet"]["aws:cloudformation:stack-name"], "x");
}

#[test]
fn what_is_not_ours_is_refused_and_says_whose_it_is() {
    let owners = [
        (Owner::Nobody, "no-owner trail.audit"),
        (Owner::Stack { stack: "other".to_owned(), resource: None, nonce: None }, "other-stack trail.audit"),
        (Owner::Unreadable { why: "denied".to_owned() }, "unreadable-owner trail.audit"),
    ];
    for (owner, want) in owners {
        let mut foreign = live(SPEC);
        seen(&mut foreign, "trail").owner = owner;
        let plan = planned(SPEC, &foreign);
        assert_eq!(refusals(&plan), [want]);
        assert_eq!(steps(&plan), [""; 0]);
    }
}

#[test]
fn what_carries_no_mark_is_adopted_if_the_spec_says_so_and_marked_first() {
    let text = SPEC
        .replace("bucket: logs}", "bucket: logs, adopt: true}")
        .replace("logs: {}", "logs: {adopt: true}");
    let mut foreign = live(SPEC);
    for kind in ["trail", "bucket"] {
        let seen = seen(&mut foreign, kind);
        seen.owner = Owner::Nobody;
        seen.attrs["tags"] = json!({"old": "tag"});
        seen.attrs["protect"] = json!(false);
    }
    let plan = planned(&text, &foreign);
    assert_eq!(refusals(&plan), [""; 0]);
    let first: Vec<&str> = plan.steps.iter().map(|step| step.calls[0].operation.as_str()).collect();
    assert_eq!(first, ["PutBucketTagging", "AddTags"]);
    assert_eq!(planned(&text, &live(SPEC)).unchanged.len(), 2);
    seen(&mut foreign, "trail").owner =
        Owner::Stack { stack: "other".to_owned(), resource: None, nonce: None };
    assert_eq!(refusals(&planned(&text, &foreign)), ["other-stack trail.audit"]);
}

#[test]
fn what_is_not_ours_and_not_wanted_is_not_even_mentioned() {
    let mut around = live(SPEC);
    let mut foreign = live(&SPEC.replace("audit", "foreign"));
    foreign.retain(|id, _| id.kind == "trail");
    seen(&mut foreign, "trail").owner = Owner::Nobody;
    around.extend(foreign);
    let plan = planned(SPEC, &around);
    assert!(plan.is_empty() && plan.refused.is_empty() && plan.left_alone.is_empty());
    assert_eq!(plan.read_set.len(), 2);
}

#[test]
fn a_renamed_trail_is_made_before_the_old_one_goes() {
    let renamed = "trails: {audit: {bucket: logs, name: audit-2}}\nbuckets: {logs: {}}\n";
    let refused = planned(renamed, &live(SPEC));
    assert_eq!(refusals(&refused), ["protected trail.audit"]);
    let plan = plan(&desired(renamed), &live(SPEC).clone().into(), &allowing(&["audit"], &[])).unwrap();
    let want = [
        "Update bucket.logs in eu-west-1 after {}",
        "Replace trail.audit-2 in eu-west-1 after {1}",
        "Verify trail.audit-2 in eu-west-1 after {2}",
        "Delete trail.audit in eu-west-1 after {1, 2, 3}",
        "Verify trail.audit in eu-west-1 after {4}",
        "Update bucket.logs in eu-west-1 after {1, 2, 4, 5}",
    ];
    assert_eq!(steps(&plan), want);
    assert_eq!(plan.counts(), [0, 1, 1, 0]);
    // Between the two updates the bucket's policy lets both trails in.
    let policy = |step: usize| plan.steps[step].calls[0].parameters["Policy"].to_string();
    assert!(policy(0).contains("trail/audit\"") && policy(0).contains("trail/audit-2"));
    assert!(!policy(5).contains("trail/audit\"") && policy(5).contains("trail/audit-2"));
}

#[test]
fn a_trail_that_moves_to_another_prefix_can_write_to_both_meanwhile() {
    let moved = SPEC.replace("bucket: logs}", "bucket: logs, prefix: prod}");
    let plan = planned(&moved, &live(SPEC));
    let want = [
        "Update bucket.logs in eu-west-1 after {}",
        "Update trail.audit in eu-west-1 after {1}",
        "Verify trail.audit in eu-west-1 after {2}",
        "Update bucket.logs in eu-west-1 after {1, 2, 3}",
    ];
    assert_eq!(steps(&plan), want);
    assert_eq!(plan.counts(), [0, 2, 0, 0]);
    let policy = |step: usize| plan.steps[step].calls[0].parameters["Policy"].to_string();
    assert!(policy(0).contains("logs/AWSLogs/") && policy(0).contains("logs/prod/AWSLogs/"));
    assert!(!policy(3).contains("logs/AWSLogs/"));
}

#[test]
fn what_an_interrupted_move_left_is_removed_when_the_trail_is_verified() {
    let moved = SPEC.replace("bucket: logs}", "bucket: logs, prefix: prod}");
    let (mut between, mut before) = (live(&moved), live(SPEC));
    let old = seen(&mut before, "bucket").attrs["policy"]["statements"][1].clone();
    let statements = seen(&mut between, "bucket").attrs["policy"]["statements"].as_array_mut().unwrap();
    statements.push(old);
    statements[3]["Sid"] = json!("TrailctlSWriteLeaving");
    let want = ["Verify trail.audit in eu-west-1 after {}", "Update bucket.logs in eu-west-1 after {1}"];
    assert_eq!(steps(&planned(&moved, &between)), want);
}

#[test]
fn a_trail_under_another_key_is_made_before_the_old_one_goes() {
    let text = "trails: {main: {bucket: logs}}\nbuckets: {logs: {}}\n";
    let plan = plan(&desired(text), &live(SPEC).clone().into(), &allowing(&["audit"], &[])).unwrap();
    let want = [
        "Update bucket.logs in eu-west-1 after {}",
        "Create trail.main in eu-west-1 after {1}",
        "Verify trail.main in eu-west-1 after {2}",
        "Delete trail.audit in eu-west-1 after {1, 2, 3}",
        "Verify trail.audit in eu-west-1 after {4}",
        "Update bucket.logs in eu-west-1 after {1, 2, 4, 5}",
    ];
    assert_eq!(steps(&plan), want);
}

#[test]
fn what_takes_over_is_verified_although_this_plan_does_not_change_it() {
    let other = |audit: &str, other: &str| {
        format!("trails: {{audit: {{bucket: logs{audit}}}{other}}}\nbuckets: {{logs: {{}}}}\n")
    };
    let both = other("", ", home: {bucket: logs, multi_region: false, protect: false}");
    let plan = planned(&other("", ""), &live(&both));
    let want = ["Verify trail.audit in eu-west-1 after {}", "Delete trail.home in eu-west-1 after {1, 2}"];
    assert_eq!(steps(&plan)[1..3], want);
    // One that records other events takes nothing over.
    let writes = ", events: [{where: {eventCategory: Management, readOnly: false}}]";
    let reads = ", home: {bucket: logs, protect: false, events: [{where: {eventCategory: Management, readOnly: true}}]}";
    let plan = planned(&other(writes, ""), &live(&other(writes, reads)));
    assert_eq!(steps(&plan)[1..2], ["Delete trail.home in eu-west-1 after {1}"]);
}

#[test]
fn an_interrupted_replacement_still_waits_for_the_new_trail() {
    let renamed = "trails: {audit: {bucket: logs, name: audit-2}}\nbuckets: {logs: {}}\n";
    let mut between = live(renamed);
    seen(&mut between, "trail").attrs["logging"] = json!(false);
    between.extend(live(SPEC).into_iter().filter(|(id, _)| id.kind == "trail"));
    let plan = plan(&desired(renamed), &between.clone().into(), &allowing(&["audit"], &[])).unwrap();
    let position = |name: &str| steps(&plan).iter().position(|step| step.starts_with(name)).unwrap();
    assert!(position("Update trail.audit-2") < position("Delete trail.audit "));
}

#[test]
fn a_bucket_that_a_trail_leaves_lets_it_in_until_it_has_left() {
    let before = "trails: {audit: {bucket: logs}}\nbuckets: {logs: {}, more: {}}\n";
    for after in [
        before.replace("bucket: logs", "bucket: more"),
        before.replace("bucket: logs", "bucket: {existing: other}"),
    ] {
        let plan = planned(&after, &live(before));
        let all = steps(&plan);
        let last = |name: &str| all.iter().rposition(|step| step.starts_with(name)).unwrap();
        assert!(last("Update trail.audit") < last("Update bucket.logs"), "{all:?}");
        assert_eq!(plan.steps[last("Update bucket.logs")].phase, Phase::Contract);
    }
}

#[test]
fn what_somebody_has_put_into_the_policy_goes_at_once() {
    let moved = SPEC.replace("bucket: logs}", "bucket: logs, prefix: prod}");
    let mut tampered = live(SPEC);
    let statements = &mut seen(&mut tampered, "bucket").attrs["policy"]["statements"];
    statements[1]["Principal"] = json!("*");
    let plan = planned(&moved, &tampered);
    let first = plan.steps[0].calls[0].parameters["Policy"]["Statement"].as_array().unwrap();
    let open = first.iter().filter(|one| one["Effect"] == "Allow" && one["Principal"] == "*").count();
    assert_eq!((plan.steps[0].phase, open), (Phase::Expand, 0));
}

#[test]
fn two_entries_cannot_be_one_resource() {
    let text = "trails: {one: {bucket: logs, name: same, region: eu-west-1}, two: {bucket: logs}}\nbuckets: {logs: {}}\n";
    let mut all = desired(text);
    all.desired[2].id = all.desired[1].id.clone();
    let error = plan(&all, &Observation::default(), &allowing(&[], &[])).unwrap_err();
    assert!(
        error.to_string().starts_with("trail.one and trail.two are both trail.same in eu-west-1"),
        "{error}"
    );
}

#[test]
fn a_trail_that_moves_to_another_region_is_replaced() {
    let single = SPEC.replace("bucket: logs}", "bucket: logs, multi_region: false}");
    let moved = single.replace("multi_region: false}", "multi_region: false, region: us-east-1}");
    let plan = plan(&desired(&moved), &live(&single).clone().into(), &allowing(&["audit"], &[])).unwrap();
    let gone = plan.steps.iter().find(|step| step.action == Action::Delete).unwrap();
    assert_eq!(gone.resource.region.as_str(), "eu-west-1");
    assert!(
        plan.steps
            .iter()
            .any(|step| step.action == Action::Replace && step.resource.region.as_str() == "us-east-1")
    );
}

#[test]
fn a_multi_region_trail_takes_its_name_in_every_region() {
    let moved = SPEC.replace("bucket: logs}", "bucket: logs, region: us-east-1}");
    let mut others = live(SPEC);
    seen(&mut others, "trail").owner = Owner::Nobody;
    let refused = plan(&desired(&moved), &others.into(), &allowing(&["audit"], &[])).unwrap();
    assert_eq!(refusals(&refused), ["name-taken trail.audit"]);
    // One that has the name of the trail that would stand in for it.
    let mut taken = live(SPEC);
    let (id, one) =
        taken.iter().find(|(id, _)| id.kind == "trail").map(|(id, one)| (id.clone(), one.clone())).unwrap();
    let name = "audit-moving".to_owned();
    taken.insert(ResourceId { name, ..id }, Observed { owner: Owner::Nobody, ..one });
    let refused = plan(&desired(&moved), &taken.into(), &allowing(&["audit"], &[])).unwrap();
    assert_eq!(refusals(&refused), ["name-taken trail.audit"]);
    assert!(refused.refused[0].help.starts_with("choose another `name`: the new one is then made beside"));
    let renamed = moved.replace("region: us-east-1}", "region: us-east-1, name: audit-us}");
    let plan = plan(&desired(&renamed), &live(SPEC).clone().into(), &allowing(&["audit"], &[])).unwrap();
    assert_eq!(refusals(&plan), [""; 0]);
}

#[test]
fn a_trail_that_left_the_spec_is_deleted_only_when_that_is_allowed() {
    let without = "buckets: {logs: {}}\n";
    assert_eq!(refusals(&planned(without, &live(SPEC))), ["protected trail.audit"]);
    let plan = plan(&desired(without), &live(SPEC).clone().into(), &allowing(&["audit"], &[])).unwrap();
    assert!(
        plan.steps
            .iter()
            .any(|step| step.action == Action::Delete && step.calls[0].operation == "DeleteTrail")
    );
    let unprotected = SPEC.replace("bucket: logs}", "bucket: logs, protect: false}");
    assert_eq!(refusals(&planned(without, &live(&unprotected))), [""; 0]);
}

#[test]
fn the_live_protection_counts_not_the_one_of_the_spec() {
    let renamed = "trails: {audit: {bucket: logs, name: audit-2, protect: false}}\nbuckets: {logs: {}}\n";
    assert_eq!(refusals(&planned(renamed, &live(SPEC))), ["protected trail.audit"]);
}

#[test]
fn destroying_keeps_data_unless_it_is_named_and_empty() {
    let all = live(SPEC);
    let destroy = |live: &Live, allow: &[&str], data: &[&str]| {
        let policy = Policy { is_removal: true, ..allowing(allow, data) };
        plan(&desired(SPEC), &live.clone().into(), &policy).unwrap()
    };
    let kept = destroy(&all, &["audit"], &[]);
    assert_eq!(steps(&kept), ["Delete trail.audit in eu-west-1 after {}"]);
    assert_eq!(kept.left_alone[0].address.to_string(), "bucket.logs");
    assert_eq!(refusals(&destroy(&all, &["audit"], &["logs"])), ["protected bucket.logs"]);
    let everything = destroy(&all, &["audit", "logs"], &["logs"]);
    let want = [
        "Delete trail.audit in eu-west-1 after {}",
        "Verify trail.audit in eu-west-1 after {1}",
        "Delete bucket.logs in eu-west-1 after {1, 2}",
    ];
    assert_eq!(steps(&everything), want);
    let mut full = all;
    seen(&mut full, "bucket").holds_data = true;
    assert_eq!(refusals(&destroy(&full, &["audit"], &["logs"])), ["holds-data bucket.logs"]);
}

#[test]
fn a_policy_that_is_merged_keeps_the_statements_of_others() {
    let text = SPEC.replace("logs: {}", "logs: {policy: {mode: merge}}");
    let mut shared = live(SPEC);
    let statements = seen(&mut shared, "bucket").attrs["policy"]["statements"].as_array_mut().unwrap();
    let theirs = json!({"Sid": "Theirs", "Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::logs/*"});
    statements.insert(0, theirs.clone());
    assert_eq!(steps(&planned(&text, &shared)), [""; 0]);
    assert_eq!(steps(&planned(SPEC, &shared)), ["Update bucket.logs in eu-west-1 after {}"]);
    seen(&mut shared, "bucket").attrs["policy"]["statements"].as_array_mut().unwrap().remove(2);
    let healed = &planned(&text, &shared).steps[0];
    assert_eq!(healed.changes[0].path.to_string(), "policy.statements.TrailctlSWrite");
    let written = healed.calls[0].parameters["Policy"]["Statement"].as_array().unwrap();
    assert!(written.contains(&theirs) && written.len() == 4);
}

#[test]
fn a_bucket_cannot_move() {
    let mut elsewhere = live(SPEC);
    seen(&mut elsewhere, "bucket").attrs["region"] = json!("us-west-2");
    assert_eq!(refusals(&planned(SPEC, &elsewhere)), ["cannot-change bucket.logs"]);
}

#[test]
fn a_circle_of_references_is_an_error_that_names_it() {
    let mut all = desired(SPEC);
    all.desired[0].attrs["tags"]["x"] = json!("${trail.audit.arn}");
    let error = plan(&all, &Observation::default(), &allowing(&[], &[])).unwrap_err();
    assert_eq!(
        error.to_string(),
        "these resources refer to each other in a circle: bucket.logs, trail.audit"
    );
}

#[test]
fn an_output_that_nobody_knows_yet_stays_a_reference() {
    let mut all = desired(SPEC);
    all.desired[0].attrs["tags"]["x"] = json!("${bucket.logs.id}");
    let plan = plan(&all, &live(SPEC).into(), &allowing(&[], &[])).unwrap();
    assert_eq!(plan.steps[0].changes[0].new, Some(json!("${bucket.logs.id}")));
    assert_eq!(plan.steps[0].calls[0].parameters["TagSet"]["x"], "${bucket.logs.id}");
}

#[test]
fn a_plan_is_the_same_each_time_and_reads_back() {
    let (one, other) = (planned(SPEC, &Live::new()), planned(SPEC, &Live::new()));
    let text = serde_json::to_string(&one).unwrap();
    assert_eq!(text, serde_json::to_string(&other).unwrap());
    assert_eq!(serde_json::from_str::<Plan>(&text).unwrap(), one);
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap()["format"], FORMAT);
}

#[test]
fn the_spec_says_how_a_key_is_destroyed() {
    let text = "kms_keys: {key: {protect: false, deletion_window_days: 7}}\n";
    let policy = Policy { is_removal: true, ..allowing(&[], &["key"]) };
    let plan = plan(&desired(text), &live(text).into(), &policy).unwrap();
    let last = plan.steps[0].calls.last().unwrap();
    assert_eq!(
        (last.operation.as_str(), &last.parameters["PendingWindowInDays"]),
        ("ScheduleKeyDeletion", &json!(7))
    );
}
