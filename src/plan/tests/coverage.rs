//! What a plan says of what is recorded.

use super::*;
use crate::coverage::Outlook;

/// A trail of the stack whose attributes are these, beside its bucket.
fn spec(attrs: &str) -> String {
    format!("trails: {{audit: {{bucket: logs, {attrs}}}}}\nbuckets: {{logs: {{}}}}\n")
}

const OBJECTS: &str = "{where: {eventCategory: Data, resources.type: AWS::S3::Object}}";
const MANAGEMENT: &str = "{where: {eventCategory: Management}}";

fn both() -> String {
    spec(&format!("events: [{MANAGEMENT}, {OBJECTS}]"))
}

fn strict() -> Policy {
    Policy { allow_coverage_loss: false, ..allowing(&["audit"], &[]) }
}

/// Plans without consent to losses.
fn of(text: &str, live: &Live) -> Plan {
    plan(&desired(text), &live.clone().into(), &strict()).unwrap()
}

fn weakened(plan: &Plan) -> Vec<&str> {
    plan.coverage.weakened.iter().map(|one| one.what.as_str()).collect()
}

/// Adds a live trail of somebody else, which is otherwise as the spec has it.
fn with_other(mut all: Live, text: &str) -> Live {
    for (mut id, mut seen) in live(text).into_iter().filter(|(id, _)| id.kind == "trail") {
        id.name = "theirs".to_owned();
        seen.owner = Owner::Nobody;
        all.insert(id, seen);
    }
    all
}

#[test]
fn a_first_trail_extends_it() {
    let plan = of(SPEC, &Live::new());
    assert_eq!(plan.coverage.events.verdict, Outlook::Extended);
    let gained: Vec<&str> = plan.coverage.events.gained.iter().map(|one| one.words.as_str()).collect();
    assert_eq!(
        gained,
        ["a management event, in any Region", "a management event of a global service, in us-east-1"]
    );
    assert_eq!(refusals(&plan), [""; 0]);
}

#[test]
fn what_does_not_touch_selectors_leaves_it_unchanged() {
    for (old, new) in [("", "prefix: a"), ("", "tags: {a: b}"), ("", &format!("events: [{MANAGEMENT}]"))] {
        let plan = of(&spec(new), &live(&spec(old)));
        assert_eq!(plan.coverage.events, Default::default(), "{new}");
    }
}

#[test]
fn less_is_refused_unless_it_is_allowed() {
    let losses: [(&str, &str, &str); 6] = [
        (
            &format!("events: [{MANAGEMENT}, {OBJECTS}]"),
            "",
            "any call on any AWS::S3::Object by anyone in any Region",
        ),
        (
            "",
            "events: [{where: {eventCategory: Management, eventSource: {not_equals: [kms.amazonaws.com]}}}]",
            "a management event, of kms.amazonaws.com, in any Region",
        ),
        ("", "logging: false", "a management event, in any Region"),
        ("", "multi_region: false, global_service_events: false", "a management event, in us-west-2"),
        (
            "",
            "events: [{where: {eventCategory: Management, readOnly: false}}]",
            "a management event that reads, in any Region",
        ),
        (
            &format!("events: [{OBJECTS}]"),
            &format!("recursive_logging: false, events: [{OBJECTS}]"),
            "any call on any AWS::S3::Object by anyone in any Region, caused by CloudTrail's own delivery",
        ),
    ];
    for (old, new, words) in losses {
        let live = live(&spec(old));
        let plan = of(&spec(new), &live);
        assert_eq!(plan.coverage.events.verdict, Outlook::Reduced, "{new}");
        assert_eq!(refusals(&plan), ["coverage-loss trail.audit"], "{new}");
        let lost = &plan.coverage.events.lost[0];
        assert_eq!(lost.words, words);
        assert_eq!(lost.recorded_by.as_ref().unwrap().trail, "audit");
        assert!(
            plan.refused[0].reason.contains(words) && plan.refused[0].origin.is_some(),
            "{:?}",
            plan.refused
        );
        let allowed = planned(&spec(new), &live);
        assert_eq!(refusals(&allowed), [""; 0]);
        assert!(allowed.coverage.is_loss_allowed && !plan.coverage.is_loss_allowed);
        assert_eq!(allowed.steps, plan.steps);
    }
}

#[test]
fn consent_without_a_loss_is_not_kept() {
    assert!(!planned(SPEC, &Live::new()).coverage.is_loss_allowed);
}

#[test]
fn a_removed_trail_is_a_loss() {
    let without = "trails: {}\nbuckets: {logs: {}}\n";
    let plan = of(without, &live(SPEC));
    assert_eq!(steps(&plan).iter().filter(|step| step.starts_with("Delete trail.audit")).count(), 1);
    assert_eq!(refusals(&plan), ["coverage-loss trail.audit"]);
    let removal = Policy { is_removal: true, ..strict() };
    let plan = super::plan(&desired(SPEC), &live(SPEC).into(), &removal).unwrap();
    assert_eq!(refusals(&plan), ["coverage-loss trail.audit"]);
}

#[test]
fn a_plan_that_touches_a_trail_rests_on_all_trails() {
    let others = with_other(live(&both()), &both());
    let theirs = others.keys().find(|id| id.name == "theirs").unwrap().to_string();
    assert!(of(&spec(""), &others).read_set.contains_key(&theirs));
    assert!(!of(&both(), &others).read_set.contains_key(&theirs));
}

#[test]
fn what_another_trail_records_is_not_lost() {
    let others = with_other(live(&both()), &both());
    for smaller in [spec(""), spec("logging: false"), "trails: {}\nbuckets: {logs: {}}\n".to_owned()] {
        let plan = of(&smaller, &others);
        assert!(!plan.is_empty());
        assert_eq!(plan.coverage.events.verdict, Outlook::Unchanged, "{smaller}");
        assert_eq!(refusals(&plan), [""; 0]);
    }
    // One that records management events only does not record the rest.
    let others = with_other(live(&both()), SPEC);
    assert_eq!(of(&spec(""), &others).coverage.events.verdict, Outlook::Reduced);
    assert_eq!(
        of(&spec(&format!("events: [{OBJECTS}]")), &others).coverage.events.verdict,
        Outlook::Unchanged
    );
}

#[test]
fn copies_of_management_events_are_said_when_they_begin() {
    let notes = |plan: &Plan| -> Vec<String> {
        plan.notes.iter().map(|note| format!("{}: {}", note.address, note.reason)).collect()
    };
    let says = |what: &str| {
        format!(
            "trail.audit: theirs records management events{what} too; each copy but the first is billed, about $2 per 100,000 events"
        )
    };
    let theirs = |attrs: &str| with_other(Live::new(), &spec(attrs));
    assert_eq!(notes(&of(SPEC, &theirs(""))), [says(" in all Regions")]);
    let reads = "events: [{where: {eventCategory: Management, readOnly: true}}]";
    assert_eq!(notes(&of(&spec(reads), &theirs(""))), [says(" that read in all Regions")]);
    let near = "multi_region: false, global_service_events: false";
    assert_eq!(notes(&of(&spec(near), &theirs(""))), [says(" in eu-west-1")]);
    for other in [theirs("logging: false"), theirs(&format!("events: [{OBJECTS}]")), Live::new()] {
        assert_eq!(notes(&of(SPEC, &other)), [""; 0]);
    }
    // What was there before is no news.
    let both = with_other(live(SPEC), SPEC);
    assert_eq!(notes(&of(&spec("tags: {a: b}"), &both)), [""; 0]);
}

#[test]
fn a_trail_that_cannot_be_read_records_nothing_for_certain() {
    let mut others = with_other(live(&both()), &both());
    let (_, theirs) = others.iter_mut().find(|(id, _)| id.name == "theirs").unwrap();
    theirs.owner = Owner::Unreadable { why: "denied".to_owned() };
    assert_eq!(of(&spec(""), &others).coverage.events.verdict, Outlook::Reduced);
}

#[test]
fn a_replaced_trail_records_before_the_old_one_goes() {
    let renamed = "trails: {audit: {bucket: logs, name: audit-2}}\nbuckets: {logs: {}}\n";
    let plan = of(renamed, &live(SPEC));
    assert_eq!(plan.counts(), [0, 1, 1, 0]);
    assert_eq!(plan.coverage, CoverageReport::default());
}

#[test]
fn what_one_trail_gives_to_another_is_recorded_all_the_time() {
    let selector = |bucket: &str| {
        format!(
            "{{where: {{eventCategory: Data, resources.type: AWS::S3::Object, resources.ARN: {{starts_with: ['arn:aws:s3:::{bucket}/']}}}}}}"
        )
    };
    let two = |one: &[&str], other: &[&str]| {
        let list = |all: &[&str]| all.iter().map(|bucket| selector(bucket)).collect::<Vec<_>>().join(", ");
        let other = match other {
            [] => String::new(),
            other => format!(", zeta: {{bucket: logs, prefix: z, events: [{}]}}", list(other)),
        };
        format!(
            "trails: {{audit: {{bucket: logs, events: [{}]}}{other}}}\nbuckets: {{logs: {{}}}}\n",
            list(one)
        )
    };
    let order = |plan: &Plan| -> Vec<String> {
        let trails = plan.steps.iter().filter(|step| step.address.kind == "trail");
        let changed = trails.filter(|step| step.action != Action::Verify);
        changed.map(|step| format!("{:?} {}", step.action, step.address)).collect()
    };
    // To a new one, and to one that is there: first the one that takes it, whatever its name.
    let plan = of(&two(&["a"], &["b"]), &live(&two(&["a", "b"], &[])));
    assert_eq!(order(&plan), ["Create trail.zeta", "Update trail.audit"]);
    let step = |key: &str| plan.steps.iter().find(|step| step.address.logical == key).unwrap();
    assert!(step("audit").after.contains(&step("zeta").id));
    assert_eq!((plan.coverage.events.verdict, refusals(&plan)), (Outlook::Unchanged, vec![]));
    let plan = of(&two(&["a"], &["b", "c"]), &live(&two(&["a", "b"], &["c"])));
    assert_eq!(order(&plan), ["Update trail.zeta", "Update trail.audit"]);
    let plan = of(&two(&["a", "b"], &["c"]), &live(&two(&["a"], &["b", "c"])));
    assert_eq!(order(&plan), ["Update trail.audit", "Update trail.zeta"]);
    assert_eq!(refusals(&plan), [""; 0]);
    // To each other: whichever goes first would leave a gap, so both record both for a while.
    let swapped = two(&["b"], &["a"]);
    let plan = of(&swapped, &live(&two(&["a"], &["b"])));
    let phases: Vec<String> = plan
        .steps
        .iter()
        .map(|step| format!("{:?} {:?} {}", step.action, step.phase, step.address))
        .collect();
    assert_eq!(
        phases,
        [
            "Update Expand trail.zeta",
            "Update Expand trail.audit",
            "Verify Whole trail.zeta",
            "Verify Whole trail.audit",
            "Update Contract trail.zeta",
            "Update Contract trail.audit"
        ]
    );
    assert_eq!((plan.coverage.events.verdict, refusals(&plan)), (Outlook::Unchanged, vec![]));
    assert_eq!(plan.counts(), [0, 2, 0, 0]);
    // Unless one of them changes in more than that.
    let before = two(&["a"], &["b"]).replace("prefix: z", "prefix: z, recursive_logging: false");
    let plan = of(&swapped, &live(&before));
    assert_eq!((refusals(&plan).len(), plan.refused[0].code.as_str()), (1, "coverage-gap"));
    assert!(plan.refused[0].reason.contains("any call on arn:aws:s3:::"), "{}", plan.refused[0].reason);
    assert_eq!(refusals(&planned(&swapped, &live(&before))), [""; 0]);
    // One takes from another that only leaves something, and leaves something that is recorded elsewhere.
    let elsewhere = |live: Live| with_other(live, &spec(&format!("events: [{}]", selector("a"))));
    let plan = of(&two(&["b"], &["c"]), &elsewhere(live(&two(&["a"], &["b", "c"]))));
    assert_eq!(order(&plan), ["Update trail.audit", "Update trail.zeta"]);
    assert_eq!((plan.coverage.events.verdict, refusals(&plan)), (Outlook::Unchanged, vec![]));
    // Two that leave out what a third one takes.
    let third = |plan: &str| {
        plan.replace("}}]}}\nbuckets", "}}]}, third: {bucket: logs, prefix: t, events: [{where: {eventCategory: Data, resources.type: AWS::S3::Object}}]}}\nbuckets")
    };
    let plan = of(&third(&two(&["a"], &["c"])), &live(&two(&["a", "b"], &["c", "d"])));
    assert_eq!(order(&plan)[0], "Create trail.third");
    assert_eq!(refusals(&plan), [""; 0]);
}

#[test]
fn a_trail_that_somebody_stopped_is_an_extension() {
    let mut stopped = live(SPEC);
    seen(&mut stopped, "trail").attrs["logging"] = json!(false);
    assert_eq!(of(SPEC, &stopped).coverage.events.verdict, Outlook::Extended);
}

#[test]
fn protection_that_goes_is_said() {
    let around = "log_groups: {group: {}}\nroles: {}\ntopics: {told: {}}\nkms_keys: {key: {}}\n";
    let full = "kms_key: key, topic: told, cloudwatch_logs: {log_group: group}";
    let with = |attrs: &str| format!("{}{around}", spec(attrs));
    let live = live(&with(full));
    let gone = |attrs: &str| {
        let plan = of(&with(attrs), &live);
        assert_eq!(plan.coverage.events.verdict, Outlook::Unchanged, "{attrs}");
        let trails: BTreeSet<&str> = plan.coverage.weakened.iter().map(|one| one.resource.as_str()).collect();
        assert!(trails.is_empty() || trails == BTreeSet::from(["trail audit"]));
        weakened(&plan).join("; ")
    };
    assert_eq!(gone(&format!("{full}, tags: {{a: b}}")), "");
    assert!(gone(&format!("{full}, log_file_validation: false")).contains("validation is off"));
    assert!(gone("topic: told, cloudwatch_logs: {log_group: group}").contains("KMS key"));
    assert!(gone("kms_key: key, cloudwatch_logs: {log_group: group}").contains("SNS topic"));
    assert!(gone("kms_key: key, topic: told").contains("CloudWatch Logs"));
    // A renamed trail is compared with the one that takes its place.
    assert!(
        gone(&format!("name: audit-2, log_file_validation: false, {full}")).contains("validation is off")
    );
    assert_eq!(gone(&format!("name: audit-2, {full}")), "");
}

#[test]
fn another_trail_may_protect_less() {
    let without = "trails: {}\nbuckets: {logs: {}}\n";
    let others = |attrs: &str| with_other(live(SPEC), &spec(attrs));
    assert_eq!(weakened(&of(without, &others(""))), [""; 0]);
    let plan = of(without, &others("log_file_validation: false"));
    assert_eq!(weakened(&plan), ["what it recorded is no longer in log files that can be proved unchanged"]);
    // What is lost is not said to be weaker too.
    assert_eq!(weakened(&of(without, &live(SPEC))), [""; 0]);
}

#[test]
fn insights_that_no_trail_has_any_more_are_said() {
    let both = "insights: [{type: ApiCallRateInsight, categories: [Management, Data]}, {type: ApiErrorRateInsight}], \
                events: [{where: {eventCategory: Management}}, {where: {eventCategory: Data, resources.type: AWS::S3::Object}}]";
    let fewer =
        both.replace("[Management, Data]", "[Management]").replace(", {type: ApiErrorRateInsight}", "");
    let plan = of(&spec(&fewer), &live(&spec(both)));
    assert_eq!(
        weakened(&plan),
        [
            "ApiCallRateInsight no longer looks at data events",
            "ApiErrorRateInsight no longer looks at management events"
        ]
    );
    assert_eq!(refusals(&plan), [""; 0]);
    let others = with_other(live(&spec(both)), &spec(both));
    assert_eq!(weakened(&of(&spec(&fewer), &others)), [""; 0]);
}

#[test]
fn selectors_of_the_other_form_that_record_the_same_are_no_change() {
    let basic = "basic_events: [{read_write: WriteOnly, exclude_management_sources: [kms.amazonaws.com], \
                 data: [{type: AWS::S3::Object, values: ['arn:aws:s3:::ledger/']}]}]";
    let write = "eventCategory: Management, readOnly: false, eventSource: {not_equals: [kms.amazonaws.com]}";
    let objects = "eventCategory: Data, readOnly: false, resources.type: AWS::S3::Object, resources.ARN: {starts_with: ['arn:aws:s3:::ledger/']}";
    let advanced = format!("events: [{{where: {{{objects}}}}}, {{where: {{{write}}}}}]");
    for (old, new) in [(basic, advanced.as_str()), (&advanced, basic)] {
        assert_eq!(steps(&of(&spec(new), &live(&spec(old)))), [""; 0], "{new}");
    }
    // Names are for people, and only advanced selectors have them.
    let named = advanced.replacen("{where", "{name: Ledger, where", 1);
    let plan = of(&spec(&named), &live(&spec(basic)));
    assert_eq!((plan.counts(), plan.coverage.events.verdict), ([0, 1, 0, 0], Outlook::Unchanged));
    assert_eq!(steps(&of(&spec(basic), &live(&spec(&named)))), [""; 0]);
    // A real difference is one.
    let other = advanced.replace("ledger/", "ledger/2026/");
    assert_eq!(of(&spec(&other), &live(&spec(basic))).coverage.events.verdict, Outlook::Reduced);
    assert_eq!(of(&spec(basic), &live(&spec(&other))).coverage.events.verdict, Outlook::Extended);
}

#[test]
fn protection_beside_the_trails_is_said_too() {
    let text = |bucket: &str, group: &str| {
        format!(
            "trails: {{audit: {{bucket: logs}}}}\nbuckets: {{logs: {{{bucket}}}}}\nlog_groups: {{group: {{{group}}}}}\n"
        )
    };
    let before = live(&text("lifecycle: [{id: a, expire_days: 400}]", ""));
    let said = |bucket: &str, group: &str| -> Vec<String> {
        let all = of(&text(bucket, group), &before).coverage.weakened.into_iter();
        all.map(|one| format!("{}: {}", one.resource, one.what)).collect()
    };
    assert_eq!(said("lifecycle: [{id: a, expire_days: 500}]", ""), [""; 0]);
    assert_eq!(
        said(
            "lifecycle: [{id: a, expire_days: 30}], versioning: false, tls_only: false",
            "retention_days: 1"
        ),
        [
            "log group group: events are kept for 1 day, and before without an end",
            "bucket logs: log files are kept for 30 days, and before for 400 days",
            "bucket logs: what is overwritten or deleted is no longer kept: versioning is off",
            "bucket logs: requests without TLS are no longer denied",
        ]
    );
}

#[test]
fn what_a_removal_would_lose_is_said_though_it_is_refused() {
    let policy = Policy { allow_coverage_loss: false, ..allowing(&[], &[]) };
    let plan = plan(&desired("trails: {}\nbuckets: {logs: {}}\n"), &live(SPEC).into(), &policy).unwrap();
    let codes: Vec<&str> = plan.refused.iter().map(|one| one.code.as_str()).collect();
    assert_eq!((plan.coverage.events.verdict, codes), (Outlook::Reduced, vec!["protected", "coverage-loss"]));
}
