//! Random specs are applied, described from what AWS shows, and applied to an empty account: everything is said, and said the same way.

use trailctl::{
    export::{Export, Head, export},
    observe::whole::{Companions, Whole, whole},
    resource::region::Region,
    sandbox::Sandbox,
    spec::parse::parse,
};

use crate::support::{Allowed, Engine, Inside, deep, spec};

/// How many specs are made.
const SPECS: u64 = 56;
/// How many of them must be valid at least: what is not is made anew.
const LEAST_VALID: usize = 20;

/// Chooses, the same each time for the same seed (xorshift64*).
struct Choice(u64);

impl Choice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % most
    }

    fn one<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[usize::try_from(self.below(all.len() as u64)).unwrap()]
    }

    /// Returns some of these members of an entry, in their order: of each list one, or none.
    fn some(&mut self, lists: &[&[&str]]) -> Vec<String> {
        let mut members = Vec::new();
        for list in lists {
            if self.below(2) == 0 {
                members.push(self.one(list).to_owned());
            }
        }
        members
    }
}

const TAGS: &[&str] = &["tags: {team: security}", "tags: {'007': 'yes', 'a:b c': ''}"];
const STATEMENT_OF_BUCKET: &str = "policy: {statements: [{Sid: Mine, Effect: Deny, Principal: '*', Action: 's3:DeleteObject*', Resource: 'arn:aws:s3:::BUCKET/*', \
    Condition: {StringNotEquals: {'aws:PrincipalArn': ['arn:aws:iam::111122223333:role/b', 'arn:aws:iam::111122223333:role/a']}}}]}";

/// Returns a spec that may break rules.
fn random(seed: u64) -> String {
    let mut choice = Choice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let regions = ["us-east-1", "eu-west-1"];
    let mut text = format!(
        "version: 1\nstack: s{}\naccount: '111122223333'\nregion: {}\n",
        choice.below(9),
        choice.one(&regions)
    );
    let mut section = |name: &str, entries: Vec<(String, Vec<String>)>| {
        text.extend([name, ":\n"]);
        text.extend(
            entries.into_iter().map(|(key, members)| format!("  {key}: {{{}}}\n", members.join(", "))),
        );
    };
    let trails = (0..=choice.below(2)).map(|number| {
        let region = choice.one(&regions);
        let mut members = vec![format!("region: {region}, bucket: logs-{region}, prefix: p{number}")];
        members.extend(choice.some(&[
            &[&format!("kms_key: key-{region}")],
            &[&format!("topic: topic-{region}")],
            &[&format!("cloudwatch_logs: {{log_group: group-{region}}}"), &format!("cloudwatch_logs: {{log_group: group-{region}, role: role}}")],
            &["multi_region: false", "multi_region: false, global_service_events: false"],
            &["log_file_validation: false"],
            &["recursive_logging: false"],
            &["logging: false"],
            &["insights: [{type: ApiErrorRateInsight}, {type: ApiCallRateInsight}]"],
            &["protect: false"],
            &["name: a_b.c-1", "name: other"],
            TAGS,
            &[
                "events: [{where: {eventCategory: Management}}]",
                "events: [{name: 'a \"b\": c', where: {eventCategory: Management, readOnly: false, eventSource: {not_equals: [rdsdata.amazonaws.com]}}}, {where: {eventCategory: Data, resources.type: 'AWS::S3::Object', resources.ARN: {starts_with: ['arn:aws:s3:::x/', 'arn:aws:s3:::a/']}}}], aggregation: [API_ACTIVITY]",
                "basic_events: [{read_write: WriteOnly, management: true, exclude_management_sources: [kms.amazonaws.com], data: [{type: 'AWS::S3::Object', values: ['arn:aws:s3:::x/']}]}]",
                "basic_events: [{read_write: All, management: true}, {read_write: ReadOnly, management: false, data: [{type: 'AWS::Lambda::Function', values: ['arn:aws:lambda']}]}]",
            ],
        ]));
        (format!("trail{number}"), members)
    });
    section("trails", trails.collect());
    let buckets = regions.map(|region| {
        let mut members = vec![format!("region: {region}")];
        let own = STATEMENT_OF_BUCKET.replace("BUCKET", &format!("logs-{region}"));
        members.extend(choice.some(&[
            &["versioning: false"],
            &[&format!("encryption: {{kms_key: key-{region}, bucket_key: true}}"), &format!("encryption: {{kms_key: key-{region}}}")],
            &["public_access_block: false", "public_access_block: {block_public_acls: true, ignore_public_acls: false, block_public_policy: true, restrict_public_buckets: true}"],
            &["object_ownership: BucketOwnerPreferred", "object_ownership: ObjectWriter"],
            &["tls_only: false"],
            &["object_lock: {mode: GOVERNANCE, days: 30}"],
            &[
                "lifecycle: [{id: b, prefix: p0/, transitions: [{days: 90, storage_class: GLACIER}], expire_days: 400}, {id: a, enabled: false, noncurrent_expire_days: 30, abort_multipart_days: 3}]",
                "lifecycle: [{id: one, expire_days: 2557, noncurrent_expire_days: 30, noncurrent_keep: 2}]",
            ],
            &[&own, "policy: {mode: merge}"],
            TAGS,
        ]));
        (format!("logs-{region}"), members)
    });
    section("buckets", buckets.into());
    let keys = regions.map(|region| {
        let mut members = vec![format!("region: {region}")];
        members.extend(choice.some(&[
            &["description: 'for: logs'"],
            &["rotation: false", "rotation: {days: 180}"],
            &["multi_region: true"],
            &["deletion_window_days: 7"],
            &["readers: ['arn:aws:iam::111122223333:role/reader', '444455556666']", "readers: ['*']"],
            &["name: other/key"],
            TAGS,
        ]));
        (format!("key-{region}"), members)
    });
    section("kms_keys", keys.into());
    let groups = regions.map(|region| {
        let mut members = vec![format!("region: {region}")];
        members.extend(choice.some(&[
            &["retention_days: 365"],
            &[&format!("kms_key: key-{region}")],
            &["class: INFREQUENT_ACCESS"],
            &["deletion_protection: true"],
            &["name: /audit/trail_1"],
            TAGS,
        ]));
        (format!("group-{region}"), members)
    });
    section("log_groups", groups.into());
    let mut members = choice.some(&[
        &["path: /audit/"],
        &["max_session_seconds: 7200"],
        &["trust: {statements: [{Sid: Mine, Effect: Allow, Principal: {AWS: '444455556666'}, Action: 'sts:AssumeRole'}]}"],
        &["policy: {statements: [{Effect: Allow, Action: 'logs:DescribeLogGroups', Resource: '*'}]}"],
        &["inline_policies: {more: {statements: [{Effect: Allow, Action: 's3:ListAllMyBuckets', Resource: '*'}]}}"],
        &["managed_policies: ['arn:aws:iam::aws:policy/ReadOnlyAccess']"],
        &["protect: true"],
        TAGS,
    ]);
    members.push("name: shared-role".to_owned());
    section("roles", vec![("role".to_owned(), members)]);
    let topics = regions.map(|region| {
        let mut members = vec![format!("region: {region}")];
        members.extend(choice.some(&[
            &[&format!("kms_key: key-{region}")],
            &[&format!("policy: {{statements: [{{Sid: Mine, Effect: Allow, Principal: {{AWS: '444455556666'}}, Action: 'SNS:Subscribe', Resource: 'arn:aws:sns:{region}:111122223333:topic-{region}'}}]}}")],
            TAGS,
        ]));
        (format!("topic-{region}"), members)
    });
    section("topics", topics.into());
    text
}

/// Applies a spec, and sees that it holds.
async fn apply(engine: &Engine, text: &str, seed: u64) {
    let spec = spec(text);
    let plan = engine.plan(&spec, Allowed::default()).await.unwrap();
    assert_eq!(plan.refused, [], "{seed}: {text}");
    let ran = engine.apply(&plan, "n").await;
    assert!(ran.is_complete(), "{seed}: {text}\n{:?}", ran.told);
    let again = engine.plan(&spec, Allowed::default()).await.unwrap();
    assert!(again.steps.is_empty(), "{seed}: {text}\n{:?}", again.steps);
}

/// Describes all trails and what they use.
async fn described(engine: &Engine, stack: &str) -> Export {
    let home = Region::new("us-east-1");
    let ask = Whole { stack, home: &home, is_chosen: None, companions: Companions::Adopted };
    let estate = whole(&engine.aws, &ask).await.unwrap();
    export(Head { stack, account: engine.aws.account(), in_files: false }, &estate)
}

#[test]
fn what_is_described_makes_the_same_again() {
    deep(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let valid = (1..=SPECS).filter(|seed| runtime.block_on(round(*seed))).count();
        assert!(valid >= LEAST_VALID, "{valid} of {SPECS} specs are valid");
    });
}

/// Returns whether the spec of a seed was valid.
async fn round(seed: u64) -> bool {
    let text = random(seed);
    let Some(parsed) = parse(&text).spec else { return false };
    let stack = &parsed.head.stack;
    let first = Sandbox::in_memory();
    let engine = Engine::connect(&Inside::healthy(&first), false).await.unwrap();
    apply(&engine, &text, seed).await;
    let export = described(&engine, stack).await;
    assert_eq!(export.warnings, [""; 0], "{seed}: {text}\n{}", export.spec);
    let plan = engine.plan(&spec(&export.spec), Allowed::default()).await.unwrap();
    assert!(plan.steps.is_empty(), "{seed}: {text}\n{}\n{:?}", export.spec, plan.steps);

    let second = Sandbox::in_memory();
    let engine = Engine::connect(&Inside::healthy(&second), false).await.unwrap();
    apply(&engine, &export.spec, seed).await;
    assert_eq!(described(&engine, stack).await.spec, export.spec, "{seed}: {text}");
    true
}
