//! The scenarios, as data.

use super::{Drift, Scenario, Spec, Step, What};

/// All scenarios.
pub(crate) static SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "small",
        steps: &[
            CREATED,
            Step { name: "destroy without consent", what: What::KeepAll { refusal: "refused [protected]" } },
            destroy("destroy", "--allow-destroy audit", true),
        ],
    },
    Scenario {
        name: "empty-bucket",
        steps: &[CREATED, destroy("destroy", "--delete-data logs --allow-destroy audit --allow-destroy logs", false)],
    },
    Scenario {
        name: "advanced-events",
        steps: &[
            CREATED,
            trail("writes", "events: [{where: {eventCategory: Management, readOnly: false}}]", EVENTS),
            trail(
                "without KMS",
                "events: [{name: no keys, where: {eventCategory: Management, eventSource: {not_equals: [kms.amazonaws.com]}}}]",
                EVENTS,
            ),
            trail(
                "six operators",
                "events: [{where: {eventCategory: Management}}, {name: six, where: {
                   eventCategory: Data, resources.type: 'AWS::S3::Object', readOnly: false,
                   eventName: {equals: [PutObject, DeleteObject]},
                   userIdentity.arn: {not_equals: ['arn:aws:iam::111122223333:role/backup']},
                   resources.ARN: {
                     starts_with: ['arn:aws:s3:::one/', 'arn:aws:s3:::two/'], ends_with: [.csv, .json],
                     not_starts_with: ['arn:aws:s3:::one/tmp/'], not_ends_with: [.tmp.csv]}}}]",
                EVENTS,
            ),
            trail(
                "data events of three services",
                "events: [
                   {where: {eventCategory: Management}},
                   {where: {eventCategory: Data, resources.type: 'AWS::S3::Object'}},
                   {where: {eventCategory: Data, resources.type: 'AWS::Lambda::Function',
                            resources.ARN: 'arn:aws:lambda:us-east-1:111122223333:function:pay'}},
                   {where: {eventCategory: Data, resources.type: 'AWS::DynamoDB::Table', readOnly: true}}]",
                EVENTS,
            ),
            trail(
                "one selector less",
                "events: [
                   {where: {eventCategory: Management}},
                   {where: {eventCategory: Data, resources.type: 'AWS::DynamoDB::Table', readOnly: true}}]",
                EVENTS,
            ),
            trail("default", "", EVENTS),
        ],
    },
    Scenario {
        name: "basic-events",
        steps: &[
            CREATED,
            trail("from default to basic", "basic_events: [{read_write: WriteOnly}]", BOTH_EVENTS),
            trail(
                "basic changed",
                "basic_events: [{read_write: ReadOnly, exclude_management_sources: [kms.amazonaws.com]}]",
                BASIC_EVENTS,
            ),
            trail(
                "basic data events",
                "basic_events: [
                   {read_write: WriteOnly, data: [{type: 'AWS::S3::Object', values: ['arn:aws:s3:::one/', 'arn:aws:s3:::two/x']}]},
                   {management: false, data: [
                     {type: 'AWS::Lambda::Function', values: ['arn:aws:lambda']},
                     {type: 'AWS::DynamoDB::Table', values: ['arn:aws:dynamodb']}]}]",
                BASIC_EVENTS,
            ),
            trail(
                "from basic to advanced",
                "events: [{where: {eventCategory: Management, readOnly: true}}]",
                BOTH_EVENTS,
            ),
            trail("the same as basic ones", "basic_events: [{read_write: ReadOnly}]", &[]),
            trail("from advanced to basic", "basic_events: [{read_write: WriteOnly}]", BOTH_EVENTS),
            trail("from basic to default", "", BOTH_EVENTS),
        ],
    },
    Scenario {
        name: "bucket-policy",
        steps: &[
            CREATED,
            bucket(
                "TLS not forced",
                "tls_only: false",
                &[  "bucket.logs policy.statements.TrailctlLifeTlsOnly"],
            ),
            bucket(
                "TLS forced",
                "",
                &[  "bucket.logs policy.statements.TrailctlLifeTlsOnly"],
            ),
            bucket(
                "further statements",
                "policy: {statements: [
                   {Sid: Readers, Effect: Allow, Principal: {AWS: ['arn:aws:iam::111122223333:root']},
                    Action: ['s3:GetObject'], Resource: 'arn:aws:s3:::$BUCKET-logs/*'},
                   {Sid: Keep, Effect: Deny, Principal: '*', Action: ['s3:DeleteObject', 's3:DeleteObjectVersion'],
                    Resource: ['arn:aws:s3:::$BUCKET-logs/*']}]}",
                &["bucket.logs policy.statements.Readers", "bucket.logs policy.statements.Keep"],
            ),
            bucket(
                "statement changed, and one removed",
                "policy: {id: mine, statements: [
                   {Sid: Keep, Effect: Deny, Principal: '*', Action: 's3:DeleteObject', Resource: 'arn:aws:s3:::$BUCKET-logs/*'}]}",
                &["bucket.logs policy.id", "bucket.logs policy.statements.Keep", "bucket.logs policy.statements.Readers"],
            ),
            bucket(
                "statements cleared",
                "",
                &["bucket.logs policy.statements.Keep", "bucket.logs policy.id"],
            ),
        ],
    },
    Scenario {
        name: "shared-bucket",
        steps: &[
            create(
                "two trails, one bucket",
                "trails:
  audit: {bucket: logs, prefix: audit}
  other: {bucket: logs, prefix: other, multi_region: false}
buckets: {logs: {name: $BUCKET-logs}}
",
                &["create bucket.logs", "create trail.audit", "create trail.other"],
            ),
            create(
                "prefixes exchanged",
                "trails:
  audit: {bucket: logs, prefix: other}
  other: {bucket: logs, prefix: audit, multi_region: false}
buckets: {logs: {name: $BUCKET-logs}}
",
                &[
                    "bucket.logs policy.statements.TrailctlLifeWrite",
                    "bucket.logs policy.statements.TrailctlLifeWrite2",
                    "trail.audit prefix",
                    "trail.other prefix",
                ],
            ),
            create(
                "a bucket for each",
                "trails:
  audit: {bucket: logs}
  other: {bucket: more, multi_region: false}
buckets:
  logs: {name: $BUCKET-logs}
  more: {name: $BUCKET-more}
",
                &[
                    "bucket.logs policy.statements.TrailctlLifeAclCheck",
                    "bucket.logs policy.statements.TrailctlLifeWrite",
                    "bucket.logs policy.statements.TrailctlLifeWrite2",
                    "create bucket.more",
                    "trail.audit prefix",
                    "trail.other bucket",
                    "trail.other prefix",
                ],
            ),
        ],
    },
    Scenario {
        name: "regions",
        steps: &[
            create(
                "bucket elsewhere",
                "trails: {audit: {bucket: logs}}
buckets: {logs: {name: $BUCKET-logs, region: eu-central-1}}
",
                &["create bucket.logs", "create trail.audit"],
            ),
            create(
                "trails in two Regions",
                "trails:
  audit: {bucket: logs}
  europe: {bucket: logs, region: eu-west-1, prefix: europe}
buckets: {logs: {name: $BUCKET-logs, region: eu-central-1}}
",
                &[
                    "bucket.logs policy.statements.TrailctlLifeAclCheck",
                    "bucket.logs policy.statements.TrailctlLifeWrite2",
                    "create trail.europe",
                ],
            ),
            create(
                "both changed",
                "trails:
  audit: {bucket: logs, logging: false}
  europe: {bucket: logs, region: eu-west-1, prefix: europe, multi_region: false, tags: {a: b}}
buckets: {logs: {name: $BUCKET-logs, region: eu-central-1, versioning: false}}
",
                &[
                    "bucket.logs versioning",
                    "trail.audit logging",
                    "trail.europe multi_region",
                    "trail.europe tags.a",
                ],
            ),
            refuse(
                "a bucket cannot be moved, nor is a trail of one other Region forgotten",
                "trails: {audit: {bucket: logs}}
buckets: {logs: {name: $BUCKET-logs, region: eu-north-1}}
",
                &["cannot-change bucket.logs", "protected trail.europe"],
            ),
            create(
                "all Regions again",
                "trails:
  audit: {bucket: logs, logging: false}
  europe: {bucket: logs, region: eu-west-1, prefix: europe}
buckets: {logs: {name: $BUCKET-logs, region: eu-central-1, versioning: false}}
",
                &["trail.europe multi_region", "trail.europe tags.a"],
            ),
            refuse(
                "a trail of all Regions is not forgotten",
                "trails: {audit: {bucket: logs, logging: false}}
buckets: {logs: {name: $BUCKET-logs, region: eu-central-1, versioning: false}}
",
                &["protected trail.europe", "coverage-loss trail.europe"],
            ),
            apply_allowed(
                "a trail moves to another Region, under another name",
                "trails:
  audit: {bucket: logs, logging: false}
  europe: {name: europe-2, bucket: logs, region: eu-west-2, prefix: europe}
buckets: {logs: {name: $BUCKET-logs, region: eu-central-1, versioning: false}}
",
                "--allow-destroy europe",
                &[
                    "bucket.logs policy.statements.TrailctlLifeAclCheck",
                    "bucket.logs policy.statements.TrailctlLifeWrite2",
                    "replace trail.europe",
                    "delete trail.europe",
                ],
            ),
        ],
    },
    Scenario {
        name: "renamed",
        steps: &[
            CREATED,
            Step {
                name: "another name without consent",
                what: What::Refuse {
                    spec: Spec::Small { trail: "name: audit-2", bucket: "" },
                    refusals: &["protected trail.audit"],
                },
            },
            Step {
                name: "another name",
                what: What::Apply {
                    spec: Spec::Small { trail: "name: audit-2", bucket: "" },
                    consent: "--allow-destroy audit",
                    changes: &[
                        "bucket.logs policy.statements.TrailctlLifeAclCheck",
                        "bucket.logs policy.statements.TrailctlLifeWrite",
                        "replace trail.audit",
                        "delete trail.audit",
                    ],
                },
            },
            destroy("destroy by the new name", "--allow-destroy audit-2", true),
        ],
    },
    Scenario {
        name: "fixed",
        steps: &[
            create(
                "created",
                "log_groups: {group: {}}
roles: {role: {}}
kms_keys: {key: {}}
",
                &["create kms_key.key", "create log_group.group", "create role.role"],
            ),
            refuse("a log group keeps its class", "log_groups: {group: {class: INFREQUENT_ACCESS}}
roles: {role: {}}
kms_keys: {key: {}}
", &["cannot-change log_group.group"]),
            refuse("a role keeps its path", "log_groups: {group: {}}
roles: {role: {path: /audit/}}
kms_keys: {key: {}}
", &["cannot-change role.role"]),
            refuse("a key stays in one Region", "log_groups: {group: {}}
roles: {role: {}}
kms_keys: {key: {multi_region: true}}
", &["cannot-change kms_key.key"]),
            create("another alias of the same key", "log_groups: {group: {}}
roles: {role: {}}
kms_keys: {key: {name: key-2}}
", &["kms_key.key name"]),
        ],
    },
    Scenario {
        name: "removed",
        steps: &[
            CREATED,
            refuse("removed without consent", WITHOUT_TRAIL, &["protected trail.audit", "coverage-loss trail.audit"]),
            apply_allowed(
                "removed",
                WITHOUT_TRAIL,
                "--allow-destroy audit",
                &[
                    "bucket.logs policy.statements.TrailctlLifeAclCheck",
                    "bucket.logs policy.statements.TrailctlLifeWrite",
                    "delete trail.audit",
                ],
            ),
            trail(
                "back again",
                "",
                &[
                    "bucket.logs policy.statements.TrailctlLifeAclCheck",
                    "bucket.logs policy.statements.TrailctlLifeWrite",
                    "create trail.audit",
                ],
            ),
            trail("unprotected", "protect: false", &["trail.audit protect"]),
            create("removed with its bucket", "trails: {}\n", &["delete trail.audit"]),
            create("the bucket was left alone", WITHOUT_TRAIL, &[
                "bucket.logs policy.statements.TrailctlLifeAclCheck",
                "bucket.logs policy.statements.TrailctlLifeWrite",
            ]),
        ],
    },
    Scenario {
        name: "drift",
        steps: &[
            CREATED,
            trail("tagged", "tags: {team: security}", &["trail.audit tags.team"]),
            heal(Drift::LoggingStopped, "logging was stopped", &["trail.audit logging"]),
            heal(Drift::SelectorsReplaced, "selectors were replaced", BOTH_EVENTS),
            heal(Drift::TagAdded, "a tag was added", &["trail.audit tags.added"]),
            heal(Drift::TagRemoved, "a tag was removed", &["trail.audit tags.team"]),
            heal(Drift::TrailDeleted, "the trail was deleted", &["create trail.audit"]),
            heal(Drift::VersioningSuspended, "versioning was suspended", &["bucket.logs versioning"]),
            heal(
                Drift::PolicyDeleted,
                "the policy was deleted",
                &[
                    "bucket.logs policy.statements.TrailctlLifeAclCheck",
                    "bucket.logs policy.statements.TrailctlLifeWrite",
                    "bucket.logs policy.statements.TrailctlLifeTlsOnly",
                ],
            ),
            heal(
                Drift::StatementRemoved,
                "a statement was removed",
                &["bucket.logs policy.statements.TrailctlLifeWrite"],
            ),
        ],
    },
];

const CREATED: Step = trail("created", "", &["create bucket.logs", "create trail.audit"]);
const EVENTS: &[&str] = &["trail.audit events"];
const BASIC_EVENTS: &[&str] = &["trail.audit basic_events"];
const BOTH_EVENTS: &[&str] = &["trail.audit events", "trail.audit basic_events"];
const WITHOUT_TRAIL: &str = "buckets: {logs: {name: $BUCKET-logs}}\n";

const fn trail(name: &'static str, lines: &'static str, changes: &'static [&'static str]) -> Step {
    let spec = Spec::Small { trail: lines, bucket: "" };
    Step { name, what: What::Apply { spec, consent: "", changes } }
}

const fn bucket(name: &'static str, lines: &'static str, changes: &'static [&'static str]) -> Step {
    let spec = Spec::Small { trail: "", bucket: lines };
    Step { name, what: What::Apply { spec, consent: "", changes } }
}

const fn create(name: &'static str, entries: &'static str, changes: &'static [&'static str]) -> Step {
    apply_allowed(name, entries, "", changes)
}

const fn apply_allowed(
    name: &'static str,
    entries: &'static str,
    consent: &'static str,
    changes: &'static [&'static str],
) -> Step {
    Step { name, what: What::Apply { spec: Spec::Entries(entries), consent, changes } }
}

const fn refuse(name: &'static str, entries: &'static str, refusals: &'static [&'static str]) -> Step {
    Step { name, what: What::Refuse { spec: Spec::Entries(entries), refusals } }
}

const fn heal(drift: Drift, name: &'static str, changes: &'static [&'static str]) -> Step {
    Step { name, what: What::Heal { drift, changes } }
}

const fn destroy(name: &'static str, consent: &'static str, stays: bool) -> Step {
    Step { name, what: What::Destroy { consent, stays } }
}
