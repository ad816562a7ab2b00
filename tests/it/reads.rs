//! What a plan reads: each thing once, in as few rounds as AWS allows, and nothing that no plan needs.

use std::collections::BTreeMap;

use trailctl::sandbox::DEFAULT_ACCOUNT;

use crate::support::{Local, Reads, Workspace, estate};

/// The rounds of a plan of whatever the account matches: who the caller is; which things there are; all about them.
const ROUNDS: usize = 3;
/// The calls of a plan of one complete trail that is alone in its account, beside the one that tells the account.
const ALONE: usize = 36;
/// Those of them that tell its settings, and the one that tells the account.
const SETTINGS_ALONE: usize = 25;
/// The calls of a further complete trail in the same Region, and what a further Region adds.
const FURTHER: usize = 30;
const FURTHER_REGION: usize = 4;

/// Returns an AWS where a spec is applied.
fn applied(spec: &str) -> Local {
    let aws = Local::start();
    apply(&aws, spec);
    aws
}

fn apply(aws: &Local, spec: &str) {
    let workspace = Workspace::at(&aws.endpoint);
    workspace.spec(spec);
    let _ = workspace.expect("apply --yes", 0);
    workspace.expect_no_changes();
}

fn read(aws: &Local, spec: &str) -> Reads {
    let reads = Reads::of(&aws.sandbox, spec);
    reads.expect_each_once();
    reads
}

/// Returns how many calls of each operation the second has more than the first.
fn more(first: &Reads, second: &Reads) -> Vec<(String, usize)> {
    let before = first.counts();
    let more = |(name, count): (String, usize)| {
        let more = count.saturating_sub(before.get(&name).copied().unwrap_or_default());
        (more > 0).then_some((name, more))
    };
    second.counts().into_iter().filter_map(more).collect()
}

fn named(list: &[(&str, usize)]) -> Vec<(String, usize)> {
    list.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
}

/// What is asked about each complete trail and what is its own: what its settings are.
const SETTINGS: &[(&str, usize)] = &[
    ("cloudtrail:GetEventSelectors", 1),
    ("cloudtrail:GetInsightSelectors", 1),
    ("cloudtrail:GetTrailStatus", 1),
    ("iam:GetRole", 1),
    ("iam:GetRolePolicy", 1),
    ("iam:ListAttachedRolePolicies", 1),
    ("iam:ListRolePolicies", 1),
    ("kms:DescribeKey", 1),
    ("kms:GetKeyPolicy", 1),
    ("kms:GetKeyRotationStatus", 1),
    ("kms:ListResourceTags", 1),
    ("logs:ListTagsForResource", 1),
    ("s3:GetBucketEncryption", 1),
    ("s3:GetBucketLifecycleConfiguration", 1),
    ("s3:GetBucketOwnershipControls", 1),
    ("s3:GetBucketPolicy", 1),
    ("s3:GetBucketTagging", 1),
    ("s3:GetBucketVersioning", 1),
    ("s3:GetPublicAccessBlock", 1),
    ("sns:GetTopicAttributes", 1),
    ("sns:ListTagsForResource", 1),
];
/// What is asked about them for what others may have set beside the spec, and for attributes that few specs set.
const BESIDE: &[(&str, usize)] = &[
    ("cloudtrail:GetEventConfiguration", 1),
    ("kms:ListAliases", 1),
    ("kms:ListGrants", 1),
    ("logs:DescribeSubscriptionFilters", 1),
    ("s3:GetBucketLogging", 1),
    ("s3:GetBucketNotificationConfiguration", 1),
    ("s3:GetBucketReplication", 1),
    ("s3:GetObjectLockConfiguration", 1),
    ("sns:ListSubscriptionsByTopic", 1),
];
/// What is asked once in each Region, of which the last finds what has left the spec.
const EACH_REGION: &[(&str, usize)] = &[
    ("cloudtrail:DescribeTrails", 1),
    ("cloudtrail:ListTags", 1),
    ("logs:DescribeLogGroups", 1),
    ("tagging:GetResources", 1),
];
/// What is asked once.
const ONCE: &[(&str, usize)] =
    &[("cloudtrail:ListTrails", 1), ("iam:ListRoles", 1), ("sts:GetCallerIdentity", 1)];

#[test]
fn a_complete_trail_needs_these_calls_and_a_further_one_no_more_than_its_own() {
    let spec = |size| estate::spec("reads", size);
    let aws = applied(&spec(6));
    let [one, two, five, six] = [1, 2, 5, 6].map(|size| {
        let aws = applied(&spec(size));
        let reads = read(&aws, &spec(size));
        assert_eq!(reads.rounds.len(), ROUNDS);
        reads
    });
    let each = [SETTINGS, BESIDE].concat();
    let all: BTreeMap<String, usize> = named(&[&each, EACH_REGION, ONCE].concat()).into_iter().collect();
    assert_eq!(one.counts(), all);
    assert_eq!(one.all().count(), ALONE + 1);
    let for_what_left = ["cloudtrail:ListTrails", "iam:ListRoles", "tagging:GetResources"];
    let for_settings = all.keys().filter(|name| !for_what_left.contains(&name.as_str()));
    assert_eq!(for_settings.count() - BESIDE.len(), SETTINGS_ALONE);
    let mut expected = named(&each);
    expected.sort();
    assert_eq!(more(&one, &two), expected);
    assert_eq!(each.len(), FURTHER);
    let mut with_region = named(&[&each, EACH_REGION].concat());
    with_region.sort();
    assert_eq!(more(&five, &six), with_region);
    assert_eq!(EACH_REGION.len(), FURTHER_REGION);
    // The binary asks no more than that.
    let workspace = Workspace::at(&aws.endpoint);
    workspace.spec(&spec(6));
    aws.take_calls();
    workspace.expect_no_changes();
    assert_eq!(aws.take_calls().len(), six.all().count());
}

#[test]
fn a_plan_of_many_trails_takes_the_rounds_of_a_plan_of_one() {
    let spec = estate::spec("reads", 25);
    let aws = applied(&spec);
    let reads = read(&aws, &spec);
    assert_eq!(reads.rounds.len(), ROUNDS);
    assert_eq!(reads.all().count(), 1 + ALONE + 24 * FURTHER + 4 * FURTHER_REGION);
    // A plan that makes them asks less, in no more rounds.
    let reads = read(&Local::start(), &spec);
    assert!(reads.rounds.len() <= ROUNDS);
}

#[test]
fn every_attribute_of_every_kind_is_read_in_as_many_rounds() {
    let spec = include_str!("../../examples/complete.yaml");
    let aws = applied(spec);
    assert_eq!(read(&aws, spec).rounds.len(), ROUNDS);
}

const SECTIONS: [&str; 6] = ["buckets", "kms_keys", "log_groups", "roles", "topics", "trails"];

/// Returns a spec without the entries of some sections whose keys begin so.
fn without(spec: &str, sections: &[&str], key: &str) -> String {
    let mut section = "";
    let keeps = |line: &&str| {
        section = SECTIONS.into_iter().find(|name| line.starts_with(name)).unwrap_or(section);
        !(sections.contains(&section) && line.trim_start().starts_with(key))
    };
    spec.lines().filter(keeps).map(|line| format!("{line}\n")).collect()
}

#[test]
fn what_left_the_spec_is_read_once_and_a_round_later() {
    let spec = estate::spec("reads", 2);
    let aws = applied(&spec);
    let before = read(&aws, &spec);
    // Without the trail, the rest of it can leave too.
    let mut cases = vec![SECTIONS.to_vec()];
    cases.extend(SECTIONS.map(|section| vec!["trails", section]));
    for sections in cases {
        let spec = without(&spec, &sections, "reads-001");
        let spec = match sections.contains(&"kms_keys") {
            true => spec.replace("kms_key: reads-001", "kms_key: {existing: alias/reads-001}"),
            false => spec,
        };
        let after = read(&aws, &spec);
        assert_eq!(after.rounds.len(), ROUNDS + 1, "{sections:?}");
        // Nothing is lost; the key that others still name is only looked at.
        let found = after.seen.live.len() + after.seen.existing.len();
        assert_eq!(found, before.seen.live.len(), "{sections:?}");
        // The names of log groups are asked for in lists, one for those that the spec names and one for the others.
        let lists = [("logs:DescribeLogGroups", usize::from(sections.contains(&"log_groups")))];
        assert_eq!(more(&before, &after), named(&lists[1 - lists[0].1..]), "{sections:?}");
    }
}

#[test]
fn what_only_a_live_trail_tells_of_is_read_once_and_a_few_rounds_later() {
    let bucket = "version: 1\nstack: reads\nregion: us-east-1\nbuckets: {reads-logs: {}}\n";
    let far = "log_groups: {far: {region: eu-west-1}}\n\
               trails: {audit: {region: eu-west-1, bucket: reads-logs, cloudwatch_logs: {log_group: far}}}\n";
    let aws = applied(&format!("{bucket}{far}"));
    let moved = format!("{bucket}trails: {{audit: {{bucket: reads-logs}}}}\n");
    for spec in [moved.as_str(), bucket] {
        let reads = read(&aws, spec);
        assert_eq!(reads.rounds.len(), ROUNDS + 4);
        let found: Vec<String> = reads.seen.live.keys().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "bucket.reads-logs in us-east-1",
                "log_group.far in eu-west-1",
                "role.audit-cloudwatch-logs in us-east-1",
                "trail.audit in eu-west-1",
            ]
        );
    }
}

#[test]
fn an_existing_key_is_asked_about_once_however_it_is_named() {
    let aws = applied("version: 1\nstack: keys\nkms_keys: {k: {policy: {mode: merge}}}\n");
    let arn = format!("arn:aws:kms:us-east-1:{DEFAULT_ACCOUNT}:alias/k");
    let spec = format!(
        "version: 1\nstack: reads\nregion: us-east-1\nbuckets: {{reads-logs: {{encryption: {{kms_key: {{existing: alias/k}}}}}}}}\n\
         topics: {{told: {{kms_key: {{existing: '{arn}'}}}}}}\nlog_groups: {{g: {{kms_key: {{existing: alias/k}}}}}}\n\
         trails: {{audit: {{bucket: reads-logs, kms_key: {{existing: alias/k}}}}}}\n"
    );
    let reads = read(&aws, &spec);
    assert_eq!(reads.counts()["kms:DescribeKey"], 1);
    assert_eq!(reads.seen.existing.len(), 1);
}

#[test]
fn an_existing_role_is_asked_about_once_although_it_is_listed() {
    let aws = applied("version: 1\nstack: roles\nroles: {to-logs: {}}\n");
    let role = format!("arn:aws:iam::{DEFAULT_ACCOUNT}:role/to-logs");
    let spec = format!(
        "version: 1\nstack: reads\nbuckets: {{reads-logs: {{}}}}\nlog_groups: {{g: {{}}}}\n\
         trails: {{audit: {{bucket: reads-logs, cloudwatch_logs: {{log_group: g, role: {{existing: '{role}'}}}}}}}}\n"
    );
    assert_eq!(read(&aws, &spec).counts()["iam:GetRole"], 1);
}

#[test]
fn of_other_stacks_only_the_trails_are_read_and_who_may_be_the_stacks() {
    let spec = estate::spec("reads", 1);
    let aws = applied(&spec);
    let before = read(&aws, &spec);
    // Four in the same Region, one of them without Insights, and one in another.
    let others = without(&estate::spec("other", 6), &SECTIONS, "other-000");
    apply(&aws, &others.replacen("insights: [{type: ApiCallRateInsight}], ", "", 1));
    let after = read(&aws, &spec);
    assert_eq!(after.rounds.len(), ROUNDS);
    // Of trails, what they record; of roles, whose they are.
    let others = [
        ("cloudtrail:DescribeTrails", 1),
        ("cloudtrail:GetEventSelectors", 5),
        ("cloudtrail:GetInsightSelectors", 4),
        ("cloudtrail:GetTrailStatus", 5),
        ("cloudtrail:ListTags", 1),
        ("iam:GetRole", 5),
    ];
    assert_eq!(more(&before, &after), named(&others));
}
