//! The checker against plans as they are made, and against the same plans in orders that lose events.

use std::collections::BTreeSet;

use proptest::{
    collection::btree_map,
    prelude::*,
    sample::{select, subsequence},
};

use super::*;
use crate::{
    plan::{Action, Phase, Plan, Policy, plan},
    resolve::resolve,
    resource::{Account, Live, Observation, Observed, Organization, owner::Owner, reference, region::Region},
    spec::parse::parse,
};

fn account() -> Account {
    let organization =
        Organization { id: "o-exampleorgid".to_owned(), management_account: "111122223333".to_owned() };
    Account { organization: Some(organization), ..Account::new("111122223333", "aws") }
}

fn resolved(text: &str) -> crate::resolve::Resolved {
    let parsed = parse(&format!("version: 1\nstack: s\n{text}"));
    let spec = parsed.spec.unwrap_or_else(|| panic!("{:?}", parsed.diagnostics));
    resolve(&spec, &account(), &Region::new("eu-west-1"))
}

/// The live side that a spec leads to.
fn live(text: &str) -> Live {
    let all = resolved(text).desired;
    let outputs = |want: &crate::resource::Desired| {
        let mut outputs = want.outputs.clone();
        if want.id.kind == "kms_key" {
            let arn = format!("arn:aws:kms:{}:111122223333:key/{}", want.id.region, want.address.logical);
            outputs.extend([("arn".to_owned(), arn), ("key_id".to_owned(), want.address.logical.clone())]);
        }
        outputs
    };
    let observed = |want: &crate::resource::Desired| {
        let mut attrs = want.attrs.clone();
        reference::substitute(&mut attrs, &|address, output| {
            outputs(all.iter().find(|other| other.address == *address)?).remove(output)
        });
        let owner =
            Owner::Stack { stack: "s".to_owned(), resource: Some(want.address.logical.clone()), nonce: None };
        let (outputs, beside) = (outputs(want), Vec::new());
        (want.id.clone(), Observed { attrs, outputs, owner, holds_data: false, beside })
    };
    all.iter().map(observed).collect()
}

fn policy() -> Policy {
    let names: BTreeSet<String> =
        ["audit", "one", "two", "old", "all"].iter().map(|name| (*name).to_owned()).collect();
    Policy {
        stack: "s".to_owned(),
        account: account(),
        is_removal: false,
        allow_destroy: names,
        delete_data: BTreeSet::new(),
        replace_policy: BTreeSet::new(),
        take_from: BTreeSet::new(),
        allow_coverage_loss: false,
    }
}

/// A way from one spec to another.
struct Way {
    seen: Observation,
    plan: Plan,
}

impl Way {
    fn new(before: &str, after: &str) -> Self {
        let seen = Observation::from(live(before));
        let plan = plan(&resolved(after), &seen, &policy()).unwrap();
        Self { seen, plan }
    }

    fn flaw(&self) -> Option<Flaw> {
        flaw(&self.plan.steps, &self.seen, &policy())
    }

    /// What it does, in order.
    fn steps(&self) -> Vec<String> {
        let of = |step: &Step| match step.phase {
            Phase::Whole => format!("{:?} {}", step.action, step.resource.name),
            phase => format!("{phase:?} {}", step.resource.name),
        };
        self.plan.steps.iter().map(of).collect()
    }

    fn place(&self, what: &str) -> usize {
        self.steps()
            .iter()
            .position(|step| step == what)
            .unwrap_or_else(|| panic!("{what} in {:?}", self.steps()))
    }

    /// Lets a step wait for these only.
    fn waits(mut self, what: &str, before: &[&str]) -> Self {
        let ids = before.iter().map(|one| self.plan.steps[self.place(one)].id).collect();
        let place = self.place(what);
        self.plan.steps[place].after = ids;
        self
    }

    /// Leaves the verifying out.
    fn without_verifying(mut self) -> Self {
        let is_verify = |step: &Step| step.action == Action::Verify;
        let before: Vec<(usize, BTreeSet<usize>)> = self
            .plan
            .steps
            .iter()
            .filter(|step| is_verify(step))
            .map(|step| (step.id, step.after.clone()))
            .collect();
        self.plan.steps.retain(|step| !is_verify(step));
        for (id, after) in before {
            for step in self.plan.steps.iter_mut().filter(|step| step.after.contains(&id)) {
                step.after.remove(&id);
                step.after.extend(&after);
            }
        }
        self
    }

    fn calls(mut self, what: &str, calls: &[&str]) -> Self {
        let place = self.place(what);
        let one = self.plan.steps[place].calls[0].clone();
        self.plan.steps[place].calls = calls
            .iter()
            .map(|name| crate::kinds::CallRecord { operation: (*name).to_owned(), ..one.clone() })
            .collect();
        self
    }
}

const BUCKET: &str = "buckets: {logs: {}}\n";
const OBJECTS: &str = "{where: {eventCategory: Data, resources.type: AWS::S3::Object}}";
const MANAGEMENT: &str = "{where: {eventCategory: Management}}";

fn audit(attrs: &str) -> String {
    format!("trails: {{audit: {{bucket: logs, {attrs}}}}}\n{BUCKET}")
}

fn prefix() -> Way {
    Way::new(&audit("prefix: old"), &audit("prefix: new"))
}

fn key() -> Way {
    let with = |key: &str, old: &str| {
        format!("kms_keys: {{a: {old}, b: {{}}}}\n{}", audit(&format!("kms_key: {key}")))
    };
    Way::new(&with("a", "{}"), &with("b", "{enabled: false}"))
}

fn rename() -> Way {
    Way::new(&audit("name: old"), &audit("name: new"))
}

fn home() -> Way {
    Way::new(&audit("name: old"), &audit("name: new, region: us-east-1"))
}

/// A multi-Region trail takes its name in every Region.
fn same_name() -> Way {
    Way::new(&audit(""), &audit("region: us-east-1"))
}

fn merge() -> Way {
    let before = format!(
        "trails: {{all: {{bucket: logs, events: [{MANAGEMENT}]}}, old: {{bucket: logs, events: [{OBJECTS}]}}}}\n{BUCKET}"
    );
    let after = format!("trails: {{all: {{bucket: logs, events: [{MANAGEMENT}, {OBJECTS}]}}}}\n{BUCKET}");
    Way::new(&before, &after)
}

/// A multi-Region trail becomes one of a Region, and the objects that another Region is known to have get a trail there.
fn regional() -> Way {
    let of = |region: &str| {
        format!(
            "{{where: {{eventCategory: Data, resources.type: AWS::Lambda::Function, resources.ARN: {{starts_with: ['arn:aws:lambda:{region}:']}}}}}}"
        )
    };
    let both = format!("{}, {}", of("eu-west-1"), of("us-east-1"));
    let before = format!("trails: {{one: {{bucket: logs, events: [{both}]}}}}\n{BUCKET}");
    let after = format!(
        "trails: {{one: {{bucket: logs, multi_region: false, global_service_events: false, events: [{both}]}}, two: {{bucket: logs, \
         region: us-east-1, multi_region: false, global_service_events: false, events: [{both}]}}}}\n{BUCKET}"
    );
    let seen = Observation::from(live(&before));
    let plan = plan(&resolved(&after), &seen, &policy()).unwrap();
    Way { seen, plan }
}

fn organization() -> Way {
    Way::new(&audit(""), &audit("organization: true"))
}

#[test]
fn the_orders_of_plans_are_safe() {
    let more_buckets = "buckets: {logs: {}, other: {}}\n";
    let in_bucket = |bucket: &str, attrs: &str| {
        format!(
            "trails: {{audit: {{bucket: {bucket}, {attrs}}}}}\n{more_buckets}kms_keys: {{a: {{}}, b: {{}}}}\n"
        )
    };
    let split_before =
        format!("trails: {{all: {{bucket: logs, events: [{MANAGEMENT}, {OBJECTS}]}}}}\n{BUCKET}");
    let split_after = format!(
        "trails: {{all: {{bucket: logs, events: [{MANAGEMENT}]}}, two: {{bucket: logs, events: [{OBJECTS}]}}}}\n{BUCKET}"
    );
    let basic = "basic_events: [{data: [{type: AWS::S3::Object, values: ['arn:aws:s3']}]}]";
    let logs = |group: &str| {
        format!(
            "{}log_groups: {{one: {{}}, two: {{}}}}\n",
            audit(&format!("cloudwatch_logs: {{log_group: {group}}}"))
        )
    };
    let topics =
        |topic: &str| format!("{}topics: {{one: {{}}, two: {{}}}}\n", audit(&format!("topic: {topic}")));
    let ways = [
        ("create", Way::new("", &audit(""))),
        ("selectors", Way::new(&audit(""), &audit(&format!("events: [{MANAGEMENT}, {OBJECTS}]")))),
        (
            "basic to advanced",
            Way::new(
                &audit(basic),
                &audit(&format!(
                    "events: [{MANAGEMENT}, {OBJECTS}, {{where: {{eventCategory: Data, resources.type: AWS::Lambda::Function}}}}]"
                )),
            ),
        ),
        ("bucket", Way::new(&in_bucket("logs", ""), &in_bucket("other", ""))),
        ("prefix", prefix()),
        ("key", key()),
        ("no key", Way::new(&in_bucket("logs", "kms_key: a"), &in_bucket("logs", ""))),
        ("bucket and key", Way::new(&in_bucket("logs", "kms_key: a"), &in_bucket("other", "kms_key: b"))),
        ("log group", Way::new(&logs("one"), &logs("two"))),
        ("topic", Way::new(&topics("one"), &topics("two"))),
        (
            "single to multi",
            Way::new(&audit("multi_region: false, global_service_events: false"), &audit("")),
        ),
        ("regional trails", regional()),
        ("organization", organization()),
        ("rename", rename()),
        ("home Region", home()),
        ("home Region under the same name", same_name()),
        ("merge", merge()),
        ("split", Way::new(&split_before, &split_after)),
        (
            "delete",
            Way::new(
                &format!("trails: {{audit: {{bucket: logs}}, two: {{bucket: logs}}}}\n{BUCKET}"),
                &audit(""),
            ),
        ),
    ];
    for (what, way) in ways {
        let refused: Vec<&str> = way.plan.refused.iter().map(|one| one.code.as_str()).collect();
        assert_eq!(
            (way.flaw(), refused.iter().filter(|code| **code != "coverage-loss").count()),
            (None, 0),
            "{what}: {:#?}",
            way.plan.refused
        );
        assert!(!way.plan.is_empty(), "{what}");
    }
}

#[test]
fn what_was_used_is_taken_away_when_the_trail_is_verified() {
    assert_eq!(prefix().steps(), ["Expand logs", "Update audit", "Verify audit", "Contract logs"]);
    let rename = rename();
    assert_eq!(
        rename.steps(),
        ["Expand logs", "Replace new", "Verify new", "Delete old", "Verify old", "Contract logs"]
    );
    assert_eq!(
        merge().steps(),
        ["Expand logs", "Update all", "Verify all", "Delete old", "Verify old", "Contract logs"]
    );
    // Nothing waits, so nothing is verified.
    assert_eq!(
        Way::new(&audit(""), &audit(&format!("events: [{MANAGEMENT}, {OBJECTS}]"))).steps(),
        ["Update audit"]
    );
}

#[test]
fn another_trail_stands_in_for_one_whose_name_is_taken_where_it_goes() {
    let all = [
        "Expand logs",
        "Create audit-moving",
        "Verify audit-moving",
        "Delete audit",
        "Replace audit",
        "Verify audit",
        "Delete audit-moving",
        "Contract logs",
    ];
    let way = same_name();
    let in_order: Vec<usize> = all.iter().map(|step| way.place(step)).collect();
    assert!(in_order.is_sorted(), "{:?}", way.steps());
    assert!(way.plan.refused.is_empty(), "{:?}", way.plan.refused);
    // A run that ended in between is gone on with.
    let between = |old: &str, attrs: &str| {
        let mut seen = live(old);
        // The bucket lets both in.
        let expanded = way.plan.steps[way.place("Expand logs")].attrs.clone();
        seen.iter_mut().find(|(id, _)| id.kind == "bucket").unwrap().1.attrs = expanded;
        for (mut id, mut one) in live(&audit(&format!("region: us-east-1, name: {attrs}"))) {
            if id.kind == "trail" {
                id.name = "audit-moving".to_owned();
                one.attrs["name"] = "audit-moving".into();
                seen.insert(id, one);
            }
        }
        let seen = Observation::from(seen);
        let plan = plan(&resolved(&audit("region: us-east-1")), &seen, &policy()).unwrap();
        Way { seen, plan }
    };
    let both = between(&audit(""), "audit-moving");
    assert_eq!(both.steps().iter().filter(|step| step.contains("Create")).count(), 0, "{:?}", both.steps());
    assert!(both.place("Verify audit-moving") < both.place("Delete audit"));
    assert_eq!((both.flaw(), both.plan.refused.len()), (None, 0));
    let deputy = between(BUCKET, "audit-moving");
    assert!(deputy.place("Verify audit") < deputy.place("Delete audit-moving"), "{:?}", deputy.steps());
    assert_eq!((deputy.flaw(), deputy.plan.refused.len()), (None, 0));
}

#[test]
fn orders_that_lose_events_are_refuted() {
    let ways = [
        ("home under the same name, without verify", same_name().without_verifying()),
        ("home under the same name, the deputy last", same_name().waits("Delete audit", &[])),
        ("rename, delete first", rename().waits("Delete old", &[])),
        ("rename without verify", rename().without_verifying()),
        ("old bucket policy narrowed before verify", prefix().without_verifying()),
        ("bucket switched before its policy", prefix().waits("Update audit", &[])),
        ("old key disabled before verify", key().without_verifying()),
        ("replaced trail deleted without verify", merge().without_verifying()),
        ("multi to single before the regional trails", regional().waits("Update one", &[])),
        ("home moved by delete and recreate", home().waits("Delete old", &[])),
        ("organization on before the policy", organization().waits("Update audit", &[])),
        (
            "stop, update, start",
            prefix().calls("Update audit", &["StopLogging", "UpdateTrail", "StartLogging"]),
        ),
    ];
    for (what, way) in ways {
        match way.flaw() {
            Some(Flaw::Gap { example: Some(example), .. }) => assert!(example.is_possible, "{what}"),
            Some(Flaw::Repeats { .. }) if what == "stop, update, start" => {}
            other => panic!("{what}: {other:?} of {:?}", way.steps()),
        }
    }
    let both = format!("events: [{MANAGEMENT}, {OBJECTS}]");
    let selectors = Way::new(&audit(&both), &audit(&format!("{both}, tags: {{a: b}}")));
    let selectors = selectors.calls("Update audit", &["PutEventSelectors", "PutEventSelectors"]);
    assert!(matches!(selectors.flaw(), Some(Flaw::Repeats { .. })), "{:?}", selectors.flaw());
}

/// A spec of some of these trails, in one of two buckets each.
fn any_spec() -> impl Strategy<Value = String> {
    let events = subsequence(
        vec![
            MANAGEMENT,
            OBJECTS,
            "{where: {eventCategory: Management, eventSource: {not_equals: [kms.amazonaws.com]}}}",
            "{where: {eventCategory: Data, resources.type: AWS::S3::Object, resources.ARN: {starts_with: ['arn:aws:s3:::a/']}}}",
            "{where: {eventCategory: Data, resources.type: AWS::Lambda::Function}}",
        ],
        1..=3,
    );
    let place = (
        select(vec!["logs", "other"]),
        select(vec!["", "prefix: p, "]),
        select(vec!["", "kms_key: one, ", "kms_key: two, "]),
    );
    let reach = select(vec![
        "",
        "multi_region: false, global_service_events: false, ",
        "region: us-east-1, ",
        "organization: true, ",
    ]);
    let trail = (events, place, reach, prop::bool::weighted(0.9)).prop_map(
        |(events, (bucket, prefix, key), reach, logging)| {
            format!(
                "bucket: {bucket}, {prefix}{key}{reach}logging: {logging}, events: [{}]",
                events.join(", ")
            )
        },
    );
    btree_map(select(vec!["one", "two", "all"]), trail, 0..=3).prop_map(|trails| {
        // A key is in the Region of its bucket, wherever the trail is.
        let trails: Vec<String> = trails.iter().map(|(name, attrs)| format!("{name}: {{{attrs}}}")).collect();
        format!(
            "trails: {{{}}}\nbuckets: {{logs: {{}}, other: {{}}}}\nkms_keys: {{one: {{}}, two: {{}}}}\n",
            trails.join(", ")
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_way_between_two_specs_loses_what_both_record(before in any_spec(), after in any_spec()) {
        let way = Way::new(&before, &after);
        let unsafe_order = way.plan.refused.iter().find(|one| one.code == "unsafe-order");
        prop_assert_eq!(unsafe_order, None);
        let gap = way.plan.refused.iter().find(|one| one.code == "coverage-gap");
        // Only trails that leave something to each other cannot be put in order.
        let changed = way.plan.steps.iter().filter(|step| step.resource.kind == "trail" && step.action == Action::Update);
        let stands_in = way.plan.steps.iter().any(|step| step.resource.name.ends_with("-moving"));
        prop_assert!(gap.is_none() || stands_in || changed.count() > 1, "{:?} in {:?}", gap, way.steps());
    }
}
