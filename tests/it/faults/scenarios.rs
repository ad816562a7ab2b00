//! The scenarios, as data: what is there, what others have done to it, and what is wanted.

use super::others::Other;

/// One apply that is broken in every way.
pub(super) struct Scenario {
    /// Its name.
    pub(super) name: &'static str,
    /// The specs that were applied before, one after the other.
    pub(super) setup: &'static [&'static str],
    /// What others have done then.
    pub(super) others: &'static [Other],
    /// The spec that is applied.
    pub(super) target: &'static str,
    /// The protected resources that may go.
    pub(super) may_go: &'static [&'static str],
    /// Whether the account manages an organization.
    pub(super) organization: bool,
}

/// Returns a scenario that leads from one version of a spec to the next.
const fn change(name: &'static str, setup: &'static [&'static str], target: &'static str) -> Scenario {
    Scenario { name, setup, others: &[], target, may_go: &[], organization: false }
}

impl Scenario {
    const fn may_go(mut self, names: &'static [&'static str]) -> Self {
        self.may_go = names;
        self
    }

    const fn others(mut self, others: &'static [Other]) -> Self {
        self.others = others;
        self
    }

    const fn of_organization(mut self) -> Self {
        self.organization = true;
        self
    }
}

/// Completes the entries of a spec.
macro_rules! spec {
    ($($entries:literal),+ $(,)?) => { concat!("version: 1\nstack: faults\n", $($entries, "\n"),+) };
}

const SMALL: &str = spec!("trails: {audit: {bucket: faults-logs}}", "buckets: {faults-logs: {}}");

/// All kinds, and a further one of each that nothing refers to.
const COMPLETE: &str = spec!(
    "trails:
  audit:
    bucket: faults-logs
    kms_key: key
    topic: topic
    cloudwatch_logs: {log_group: group}
    events: [{where: {eventCategory: Management, readOnly: false}}]
    insights: [{type: ApiCallRateInsight}]
buckets:
  faults-logs:
    encryption: {kms_key: key}
    object_lock: {mode: GOVERNANCE, days: 1}
    lifecycle: [{id: old, expire_days: 400}]
kms_keys: {key: {}}
log_groups: {group: {retention_days: 365, kms_key: key}}
topics: {topic: {kms_key: key}}
roles: {further: {inline_policies: {more: {statements: [{Effect: Allow, Action: 's3:ListAllMyBuckets', Resource: '*'}]}}}}"
);

/// Differs from `COMPLETE` in something for most calls that an update has.
const CHANGED: &str = spec!(
    "tags: {team: security}
trails:
  audit: {bucket: faults-logs, prefix: prod, logging: false, tags: {a: b}, protect: false}
buckets:
  faults-logs: {object_ownership: BucketOwnerPreferred, tls_only: false, object_lock: {mode: GOVERNANCE, days: 2}}
kms_keys: {key: {name: other, rotation: false, description: d}}
log_groups: {group: {}}
topics: {topic: {}}
roles: {further: {path: /, max_session_seconds: 7200}}"
);

const DATA: &str = spec!(
    "trails:
  audit:
    bucket: faults-logs
    events:
      - where: {eventCategory: Management, readOnly: false}
      - where:
          eventCategory: Data
          resources.type: AWS::S3::Object
          resources.ARN: {starts_with: ['arn:aws:s3:::one/', 'arn:aws:s3:::two/']}
      - where: {eventCategory: Data, resources.type: AWS::Lambda::Function}
buckets: {faults-logs: {}}"
);

const OTHER_DATA: &str = spec!(
    "trails:
  audit:
    bucket: faults-logs
    events:
      - where: {eventCategory: Management}
      - where: {eventCategory: Data, resources.type: AWS::S3::Object, resources.ARN: {starts_with: ['arn:aws:s3:::one/']}}
      - where: {eventCategory: Data, resources.type: AWS::DynamoDB::Table}
buckets: {faults-logs: {}}"
);

const BASIC: &str = spec!(
    "trails:
  audit:
    bucket: faults-logs
    basic_events:
      - read_write: WriteOnly
        exclude_management_sources: [kms.amazonaws.com]
        data: [{type: AWS::S3::Object, values: ['arn:aws:s3:::one/']}, {type: AWS::Lambda::Function, values: ['arn:aws:lambda']}]
buckets: {faults-logs: {}}"
);

const TWO_BUCKETS: &str =
    spec!("trails: {audit: {bucket: faults-logs}}", "buckets: {faults-logs: {}, faults-more: {}}");

const KEYED: &str = spec!(
    "trails: {audit: {bucket: faults-logs, kms_key: one}}
buckets: {faults-logs: {}, faults-more: {}}
kms_keys: {one: {}, two: {}}"
);

const AROUND: &str = spec!(
    "trails: {audit: {bucket: faults-logs, topic: one, cloudwatch_logs: {log_group: one, role: one}}}
buckets: {faults-logs: {}}
topics: {one: {}, two: {}}
log_groups: {one: {}, two: {}}
roles: {one: {}, two: {}}"
);

const SINGLE: &str =
    spec!("trails: {audit: {bucket: faults-logs, multi_region: false}}", "buckets: {faults-logs: {}}");

const SPLIT: &str = spec!(
    "trails:
  audit: {bucket: faults-logs, prefix: a, protect: false, events: [{where: {eventCategory: Management, readOnly: false}}]}
  reads: {bucket: faults-logs, prefix: b, protect: false, events: [{where: {eventCategory: Management, readOnly: true}}]}
buckets: {faults-logs: {}}"
);

const MERGED: &str =
    spec!("trails: {audit: {bucket: faults-logs, prefix: a, protect: false}}", "buckets: {faults-logs: {}}");

const ORGANIZATION: &str =
    spec!("trails: {audit: {bucket: faults-logs, organization: true}}", "buckets: {faults-logs: {}}");

const SHARED: &str = spec!(
    "trails: {audit: {bucket: faults-logs}}",
    "buckets: {faults-logs: {policy: {mode: merge}}}",
    "kms_keys: {key: {policy: {mode: merge}}}"
);

/// The owner of a bucket that another stack's trail delivers into.
const OWNER: &str = "version: 1
stack: owner
buckets:
  owner-logs:
    policy:
      mode: merge
      statements:
        - {Sid: Acl, Effect: Allow, Principal: {Service: cloudtrail.amazonaws.com}, Action: 's3:GetBucketAcl', Resource: 'arn:aws:s3:::owner-logs'}
        - {Sid: Put, Effect: Allow, Principal: {Service: cloudtrail.amazonaws.com}, Action: 's3:PutObject', Resource: 'arn:aws:s3:::owner-logs/guest/AWSLogs/*'}
trails: {owner: {bucket: owner-logs, prefix: host}}
";

/// All scenarios.
pub(super) static SCENARIOS: &[Scenario] = &[
    change("create, small", &[], SMALL),
    change("nothing to do", &[SMALL], SMALL),
    change("create", &[], COMPLETE),
    change("nothing to do for all kinds", &[COMPLETE], COMPLETE),
    change("update", &[COMPLETE], CHANGED),
    change("selectors", &[DATA], OTHER_DATA),
    change("from basic to advanced", &[BASIC], DATA),
    change("from advanced to basic", &[DATA], BASIC),
    change(
        "selectors and Insights",
        &[spec!(
            "trails: {audit: {bucket: faults-logs, insights: [{type: ApiCallRateInsight}]}}",
            "buckets: {faults-logs: {}}"
        )],
        DATA,
    ),
    change(
        "bucket",
        &[TWO_BUCKETS],
        spec!("trails: {audit: {bucket: faults-more}}", "buckets: {faults-logs: {}, faults-more: {}}"),
    ),
    change(
        "prefix",
        &[SMALL],
        spec!("trails: {audit: {bucket: faults-logs, prefix: prod}}", "buckets: {faults-logs: {}}"),
    ),
    change("key on", &[TWO_BUCKETS], KEYED),
    change(
        "key",
        &[KEYED],
        spec!(
            "trails: {audit: {bucket: faults-logs, kms_key: two}}
buckets: {faults-logs: {}, faults-more: {}}
kms_keys: {one: {}, two: {}}"
        ),
    ),
    change(
        "key removed",
        &[KEYED],
        spec!(
            "trails: {audit: {bucket: faults-logs}}
buckets: {faults-logs: {}, faults-more: {}}
kms_keys: {one: {}, two: {}}"
        ),
    ),
    change(
        "bucket and key together",
        &[KEYED],
        spec!(
            "trails: {audit: {bucket: faults-more, kms_key: two}}
buckets: {faults-logs: {}, faults-more: {}}
kms_keys: {one: {}, two: {}}"
        ),
    ),
    change(
        "log group and role",
        &[AROUND],
        spec!(
            "trails: {audit: {bucket: faults-logs, topic: one, cloudwatch_logs: {log_group: two, role: two}}}
buckets: {faults-logs: {}}
topics: {one: {}, two: {}}
log_groups: {one: {}, two: {}}
roles: {one: {}, two: {}}"
        ),
    ),
    change(
        "topic",
        &[AROUND],
        spec!(
            "trails: {audit: {bucket: faults-logs, topic: two, cloudwatch_logs: {log_group: one, role: one}}}
buckets: {faults-logs: {}}
topics: {one: {}, two: {}}
log_groups: {one: {}, two: {}}
roles: {one: {}, two: {}}"
        ),
    ),
    change("from one Region to all", &[SINGLE], SMALL),
    change("from all Regions to one", &[SMALL], SINGLE),
    change("from account to organization", &[SMALL], ORGANIZATION).of_organization(),
    change("from organization to account", &[ORGANIZATION], SMALL).of_organization(),
    change(
        "another name",
        &[SMALL],
        spec!("trails: {audit: {name: audit-2, bucket: faults-logs}}", "buckets: {faults-logs: {}}"),
    )
    .may_go(&["audit"]),
    change(
        "another home Region under another name",
        &[SMALL],
        spec!(
            "trails: {audit: {name: audit-2, region: eu-west-1, bucket: faults-more}}",
            "buckets: {faults-logs: {}, faults-more: {}}"
        ),
    )
    .may_go(&["audit"]),
    change("two trails become one", &[SPLIT], MERGED),
    change("one trail becomes two", &[MERGED], SPLIT),
    change("delete", &[SMALL], spec!("buckets: {faults-logs: {}}")).may_go(&["audit"]),
    change(
        "logging off",
        &[SMALL],
        spec!("trails: {audit: {bucket: faults-logs, logging: false}}", "buckets: {faults-logs: {}}"),
    ),
    change(
        "adopt",
        &[SMALL],
        spec!(
            "trails: {audit: {bucket: faults-logs, adopt: true}}",
            "buckets: {faults-logs: {adopt: true, versioning: false}}"
        ),
    )
    .others(&[Other::UnmarkTrail, Other::UnmarkBucket]),
    change(
        "prune",
        &[COMPLETE],
        spec!("trails: {audit: {bucket: faults-logs}}", "buckets: {faults-logs: {}}", "kms_keys: {key: {}}"),
    ),
    change(
        "shared policies",
        &[SHARED],
        spec!(
            "trails: {audit: {bucket: faults-logs, prefix: prod, kms_key: key}}",
            "buckets: {faults-logs: {policy: {mode: merge}}}",
            "kms_keys: {key: {policy: {mode: merge}}}"
        ),
    )
    .others(&[Other::BucketStatement, Other::KeyStatement]),
    change(
        "two stacks, one bucket",
        &[OWNER],
        spec!("trails: {audit: {bucket: {existing: owner-logs}, prefix: guest}}"),
    ),
];
