//! The accounts: one for each habit of the tools that make trails.

use super::{
    changes::Change::*,
    policies::{
        accounts_of_regions, console, constructs, key_for_all, key_of_console, of_account, patterns, unbound,
    },
    seed::{
        Account, Key, Logs,
        Selectors::{Advanced, Basic, Never},
        Settings,
        Test::{Is, IsNot, Starts},
    },
};

/// A trail as the command line makes it, with what the guide says.
const PLAIN: Account = Account {
    name: "plain",
    trail: "audit",
    region: "us-east-1",
    multi_region: true,
    global: true,
    validation: true,
    logging: true,
    prefix: None,
    selectors: Never,
    insights: false,
    tags: &[],
    bucket: "acme-cloudtrail-logs",
    bucket_region: "us-east-1",
    bucket_policy: unbound,
    bucket_settings: Settings::New,
    key: None,
    logs: None,
    topic: None,
    says: &[],
    changes: &[],
};

const CONSOLE_LOGS: Logs = Logs {
    group: "aws-cloudtrail-logs-111122223333-a1b2c3",
    retention: None,
    path: "/service-role/",
    role: "CloudTrailRoleForCloudWatchLogs_audit",
    inline: "Cloudtrail-CW-access-policy-audit-1f2e",
};

pub(super) const ACCOUNTS: &[Account] = &[
    Account {
        name: "console",
        selectors: Advanced(&[("Management events selector", &[("eventCategory", Is(&["Management"]))])]),
        bucket: "aws-cloudtrail-logs-111122223333-abcdef01",
        bucket_policy: console,
        says: &["generated: false", "aws-cloudtrail-logs-111122223333-abcdef01"],
        changes: &[LoggingStopped, StatementRemoved],
        ..PLAIN
    },
    Account {
        name: "console with everything",
        selectors: Advanced(&[
            (
                "Management events selector",
                &[
                    ("eventCategory", Is(&["Management"])),
                    ("eventSource", IsNot(&["kms.amazonaws.com", "rdsdata.amazonaws.com"])),
                ],
            ),
            ("", &[("eventCategory", Is(&["Data"])), ("resources.type", Is(&["AWS::S3::Object"]))]),
        ]),
        insights: true,
        bucket: "aws-cloudtrail-logs-111122223333-abcdef02",
        bucket_policy: console,
        key: Some(Key { alias: Some("audit-logs"), rotation: true, policy: key_of_console }),
        logs: Some(CONSOLE_LOGS),
        says: &["path: /service-role/", "Cloudtrail-CW-access-policy-audit-1f2e:"],
        changes: &[RotationOff, KeyDisabled, SelectorsReplaced, RolePolicyRemoved, LogGroupDeleted],
        ..PLAIN
    },
    Account {
        name: "console of 2014, with the accounts of the Regions",
        bucket_policy: accounts_of_regions,
        bucket_settings: Settings::Old,
        validation: false,
        says: &[
            "version: 2008-10-17",
            "id: AWSConsole-AccessLogs",
            "903692715234",
            "object_ownership: ObjectWriter",
        ],
        changes: &[StatementRemoved],
        ..PLAIN
    },
    Account {
        name: "command line, never selected anything",
        says: &["aws:SourceArn"],
        changes: &[SelectorsReplaced, TrailDeleted],
        ..PLAIN
    },
    Account {
        name: "command line, one Region, stopped",
        region: "eu-west-1",
        bucket_region: "eu-west-1",
        multi_region: false,
        global: false,
        validation: false,
        logging: false,
        says: &[
            "multi_region: false",
            "global_service_events: false",
            "log_file_validation: false",
            "logging: false",
            "It is stopped, and records nothing.",
        ],
        changes: &[StatementRemoved],
        ..PLAIN
    },
    Account {
        name: "Terraform, a module for several trails",
        trail: "acme-prod-cloudtrail",
        tags: &[("Name", "acme-prod-cloudtrail"), ("Namespace", "acme"), ("Stage", "prod")],
        bucket_policy: patterns,
        bucket_settings: Settings::Careful,
        says: &[
            "tf-s3-lifecycle-20240101",
            "managed-by: terraform",
            "restrict_public_buckets: false",
            "DenyInsecureTransport",
        ],
        changes: &[PrefixChanged, TagRemoved, LifecycleRemoved, VersioningSuspended, StatementRemoved],
        ..PLAIN
    },
    Account {
        name: "Terraform, empty lists of selectors",
        selectors: Basic("All", true, &[], &[]),
        bucket_policy: of_account,
        says: &["StringEqualsIgnoreCase"],
        changes: &[SelectorsReplaced],
        ..PLAIN
    },
    Account {
        name: "Terraform, basic selectors for all of S3 and Lambda",
        selectors: Basic(
            "All",
            true,
            &["kms.amazonaws.com"],
            &[("AWS::S3::Object", &["arn:aws:s3"]), ("AWS::Lambda::Function", &["arn:aws:lambda"])],
        ),
        says: &["basic_events:", "trailctl fmt --upgrade"],
        changes: &[SelectorsReplaced, ValidationOff],
        ..PLAIN
    },
    Account {
        name: "Terraform, writes to one bucket only",
        selectors: Basic(
            "WriteOnly",
            false,
            &[],
            &[("AWS::S3::Object", &["arn:aws:s3:::acme-ledger/", "arn:aws:s3:::acme-books/2024/"])],
        ),
        says: &["read_write: WriteOnly", "management: false"],
        changes: &[LoggingStopped],
        ..PLAIN
    },
    Account {
        name: "Terraform, key and log group with one key",
        key: Some(Key { alias: Some("cloudtrail/logs"), rotation: true, policy: key_for_all }),
        logs: Some(Logs {
            group: "/aws/cloudtrail/acme",
            retention: Some(365),
            path: "/",
            role: "acme-cloudtrail-cloudwatch",
            inline: "terraform-20240101000000000000000001",
        }),
        says: &["cloudtrail/logs:", "retention_days: 365"],
        changes: &[RetentionChanged, RotationOff, TrustReplaced],
        ..PLAIN
    },
    Account {
        name: "CloudFormation, topic",
        trail: "security-stack-Trail-1ABCDEFGHIJKL",
        topic: Some("security-stack-Topic-XYZ"),
        says: &["topic: security-stack-Topic-XYZ", "__default_policy_ID"],
        changes: &[TopicStatementRemoved, LoggingStopped],
        ..PLAIN
    },
    Account {
        name: "CDK",
        trail: "AuditStack-Trail022F0CF2-mK3vN8pQ",
        bucket: "auditstack-trails3306ced0-x1y2z3",
        bucket_policy: constructs,
        logs: Some(Logs {
            group: "AuditStack-TrailLogGroupF1B2-abcDEF",
            retention: Some(365),
            path: "/",
            role: "AuditStack-TrailLogsRole4A5F-6789",
            inline: "TrailLogsRoleDefaultPolicy95B3A03C",
        }),
        says: &["TrailLogsRoleDefaultPolicy95B3A03C:", "s3:GetObject*"],
        changes: &[LogGroupDeleted, StatementRemoved],
        ..PLAIN
    },
    Account {
        name: "landing zone",
        trail: "aws-controltower-BaselineCloudTrail",
        bucket: "aws-controltower-logs-111122223333-us-east-1",
        bucket_settings: Settings::Careful,
        prefix: Some("o-abcdefghij"),
        logs: Some(Logs {
            group: "aws-controltower/CloudTrailLogs",
            retention: Some(14),
            path: "/service-role/",
            role: "aws-controltower-CloudTrailRole",
            inline: "aws-controltower-CloudTrailRolePolicy",
        }),
        says: &["aws-controltower/CloudTrailLogs:", "prefix: o-abcdefghij"],
        changes: &[RetentionChanged, LoggingStopped],
        ..PLAIN
    },
    Account {
        name: "prefix with slashes",
        prefix: Some("prod/eu/audit"),
        bucket_policy: console,
        says: &["prefix: prod/eu/audit"],
        changes: &[ValidationOff],
        ..PLAIN
    },
    Account {
        name: "bucket in another Region",
        region: "eu-central-1",
        bucket: "acme-logs-ireland",
        bucket_region: "eu-west-1",
        bucket_policy: console,
        says: &["region: eu-west-1"],
        changes: &[StatementRemoved],
        ..PLAIN
    },
    Account {
        name: "key without an alias",
        key: Some(Key { alias: None, rotation: false, policy: key_of_console }),
        says: &["kms_key: {existing: arn:aws:kms:", "It stays with others"],
        changes: &[ValidationOff],
        ..PLAIN
    },
    Account {
        name: "key in the Region of the bucket",
        region: "eu-west-1",
        bucket_region: "us-west-2",
        key: Some(Key { alias: Some("logs"), rotation: false, policy: key_for_all }),
        says: &["rotation: false", "region: us-west-2"],
        changes: &[KeyDisabled],
        ..PLAIN
    },
    Account {
        name: "bucket with a key that AWS manages",
        bucket_settings: Settings::Unsaid,
        says: &[
            "bucket: {existing: acme-cloudtrail-logs}",
            "It stays with others: it has the encryption `aws/s3`, which an entry cannot say.",
        ],
        changes: &[LoggingStopped],
        ..PLAIN
    },
    Account {
        name: "odd tags",
        tags: &[("cost:center", "007"), ("on", "no"), ("Über uns", "grün = @team"), ("empty", "")],
        says: &["Über uns: grün = @team", "cost:center: \"007\""],
        changes: &[TagRemoved],
        ..PLAIN
    },
    Account {
        name: "odd names",
        trail: "a.b-c_d.1",
        bucket: "1.2.3.logs",
        bucket_policy: console,
        says: &["a.b-c_d.1:"],
        changes: &[LoggingStopped],
        ..PLAIN
    },
    Account {
        name: "many fields",
        selectors: Advanced(&[
            (
                "writes: but not \"those\"",
                &[("eventCategory", Is(&["Management"])), ("readOnly", Is(&["false"]))],
            ),
            (
                "ledger",
                &[
                    ("eventCategory", Is(&["Data"])),
                    ("resources.type", Is(&["AWS::S3::Object"])),
                    ("resources.ARN", Starts(&["arn:aws:s3:::acme-ledger/", "arn:aws:s3:::acme-books/"])),
                    ("eventName", IsNot(&["GetObject", "HeadObject"])),
                ],
            ),
            (
                "network",
                &[
                    ("eventCategory", Is(&["NetworkActivity"])),
                    ("eventSource", Is(&["ec2.amazonaws.com"])),
                    ("errorCode", Is(&["VpceAccessDenied"])),
                ],
            ),
        ]),
        bucket_policy: patterns,
        says: &["errorCode: VpceAccessDenied", "readOnly: \"false\""],
        changes: &[SelectorsReplaced],
        ..PLAIN
    },
    Account {
        name: "events of data only",
        selectors: Advanced(&[(
            "all functions",
            &[("eventCategory", Is(&["Data"])), ("resources.type", Is(&["AWS::Lambda::Function"]))],
        )]),
        says: &["resources.type: AWS::Lambda::Function"],
        changes: &[SelectorsReplaced, LoggingStopped],
        ..PLAIN
    },
    Account {
        name: "everything at once",
        region: "ap-southeast-2",
        bucket_region: "ap-southeast-2",
        prefix: Some("all"),
        tags: &[("team", "security")],
        selectors: Basic("All", true, &[], &[("AWS::S3::Object", &["arn:aws:s3:::acme-ledger/"])]),
        insights: true,
        bucket_policy: constructs,
        bucket_settings: Settings::Careful,
        key: Some(Key { alias: Some("all"), rotation: true, policy: key_for_all }),
        logs: Some(CONSOLE_LOGS),
        topic: Some("all"),
        says: &["kms_keys:", "topics:", "log_groups:", "roles:", "buckets:"],
        changes: &[
            LoggingStopped,
            SelectorsReplaced,
            ValidationOff,
            TagRemoved,
            StatementRemoved,
            VersioningSuspended,
            LifecycleRemoved,
            RotationOff,
            RetentionChanged,
            RolePolicyRemoved,
            TopicStatementRemoved,
        ],
        ..PLAIN
    },
];
