//! The statements of a key policy that follow from the spec: for people, for CloudTrail, for CloudWatch Logs.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::{
    kinds::{World, bucket::Bucket, trail::Trail},
    policy::document::{one_or_many, sid},
    resource::{Account, Reference, ResourceId, region::Region},
};

/// The condition key for the trail whose log files are encrypted.
const OF_TRAIL: &str = "kms:EncryptionContext:aws:cloudtrail:arn";
/// The condition key for the log group that is encrypted.
pub(super) const OF_LOG_GROUP: &str = "kms:EncryptionContext:aws:logs:arn";
/// The condition key for the trail that asks.
pub(super) const SOURCE: &str = "aws:SourceArn";

/// What administers a key (Developer Guide, "Allows key administrators to administer the KMS key").
const ADMINISTRATION: &[&str] = &[
    "kms:Create*",
    "kms:Describe*",
    "kms:Enable*",
    "kms:List*",
    "kms:Put*",
    "kms:Update*",
    "kms:Revoke*",
    "kms:Disable*",
    "kms:Get*",
    "kms:Delete*",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:ScheduleKeyDeletion",
    "kms:CancelKeyDeletion",
];

/// Returns the statements for those who administer the key and those who read what it encrypts. Without administrators the
/// account has every right, and its IAM policies decide.
pub(super) fn people(admins: &[String], readers: &[String], stack: &str, account: &Account) -> Vec<Value> {
    let root = format!("arn:{}:iam::{}:root", account.partition, account.id);
    let first = if admins.is_empty() {
        allow(&sid(stack, "Root"), json!({"AWS": root}), json!("kms:*"))
    } else {
        of_people(&sid(stack, "Admins"), admins, json!(ADMINISTRATION), account)
    };
    let mut statements = vec![first];
    if !readers.is_empty() {
        let mut read = of_people(&sid(stack, "Readers"), readers, json!("kms:Decrypt"), account);
        read["Condition"]["Null"] = json!({OF_TRAIL: "false"});
        statements.push(read);
    }
    statements
}

/// Returns the statement for those who read what is in buckets that this key encrypts by default: S3 gives the ARN of the object,
/// or of the bucket with a Bucket Key, as the encryption context (S3 User Guide, "Encryption context").
pub(super) fn bucket_readers(readers: &[String], key: &ResourceId, world: &World<'_>) -> Option<Value> {
    let buckets =
        world.all::<Bucket>().filter(|(_, bucket)| world.names(bucket.encryption.kms_key.as_ref(), key));
    let arns: BTreeSet<String> = buckets
        .filter_map(|(entry, _)| entry.outputs.get("arn"))
        .flat_map(|arn| [arn.clone(), format!("{arn}/*")])
        .collect();
    if readers.is_empty() || arns.is_empty() {
        return None;
    }
    let name = sid(world.stack, "BucketReaders");
    let mut read = of_people(&name, readers, json!("kms:Decrypt"), world.account);
    read["Condition"]["StringLike"] = json!({"kms:EncryptionContext:aws:s3:arn": arns});
    Some(read)
}

fn allow(sid: &str, principal: Value, action: Value) -> Value {
    json!({"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*"})
}

/// `*` is everyone of the account: a key that all of AWS may use is never meant.
fn of_people(sid: &str, people: &[String], action: Value, account: &Account) -> Value {
    let people: BTreeSet<&String> = people.iter().collect();
    let is_everyone = people.iter().any(|one| *one == "*");
    let mut statement = allow(sid, json!({"AWS": one_or_many(people)}), action);
    if is_everyone {
        statement["Condition"]["StringEquals"] = json!({"kms:CallerAccount": account.id});
    }
    statement
}

/// The services that use a key for resources of a stack.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Users {
    /// The ARNs of the trails whose log files it encrypts.
    pub(super) encrypting: BTreeSet<String>,
    /// The ARNs of the trails that deliver to a bucket or a topic that it encrypts.
    pub(super) delivering: BTreeSet<String>,
    /// The ARNs of the log groups that it encrypts, by Region.
    pub(super) log_groups: BTreeMap<Region, BTreeSet<String>>,
}

impl Users {
    /// Returns who uses a key according to the spec.
    pub(super) fn of_spec(key: &ResourceId, world: &World<'_>) -> Self {
        let is_key = |tree: &Value| {
            let to = serde_json::from_value::<Reference>(tree.clone());
            to.is_ok_and(|to| world.names(Some(&to), key))
        };
        let mut users = Self::default();
        for (entry, trail) in world.all::<Trail>() {
            let Some(arn) = entry.outputs.get("arn") else { continue };
            let bucket = world.entry("bucket", &trail.bucket);
            let topic = trail.topic.as_ref().and_then(|topic| world.entry("topic", topic));
            // What names no key of its own is encrypted as the bucket says.
            let by_bucket = trail.kms_key.is_none()
                && bucket.is_some_and(|bucket| is_key(&bucket.attrs["encryption"]["kms_key"]));
            if world.names(trail.kms_key.as_ref(), key) {
                users.encrypting.insert(arn.clone());
            }
            if by_bucket || topic.is_some_and(|topic| is_key(&topic.attrs["kms_key"])) {
                users.delivering.insert(arn.clone());
            }
        }
        let log_groups = world.entries.iter().filter(|entry| entry.address.kind == "log_group");
        for ResourceId { region, name, .. } in
            log_groups.filter(|entry| is_key(&entry.attrs["kms_key"])).map(|entry| &entry.id)
        {
            let Account { id, partition, .. } = world.account;
            let arn = format!("arn:{partition}:logs:{region}:{id}:log-group:{name}");
            users.log_groups.entry(region.clone()).or_default().insert(arn);
        }
        users
    }

    /// Returns the statements that they need (User Guide, "Configure AWS KMS key policies for CloudTrail"; CloudWatch Logs User
    /// Guide, "Encrypt log data"). Each is bound to the ARNs.
    pub(super) fn statements(&self, stack: &str, account: &Account, suffix: &str) -> Vec<Value> {
        let sid = |name: &str| sid(stack, &format!("{name}{suffix}"));
        let Self { encrypting, delivering, log_groups } = self;
        let mut statements = Vec::new();
        if !encrypting.is_empty() {
            let mut encrypt = of_trails(&sid("Encrypt"), json!("kms:GenerateDataKey*"), encrypting);
            encrypt["Condition"]["StringLike"] = json!({OF_TRAIL: of_owners(encrypting, account)});
            statements.push(encrypt);
            statements.push(of_trails(&sid("Use"), json!("kms:DescribeKey"), encrypting));
            statements.push(decrypt(&sid("Decrypt"), encrypting, account));
        }
        if !delivering.is_empty() {
            let actions = json!(["kms:GenerateDataKey*", "kms:Decrypt"]);
            statements.push(of_trails(&sid("Deliver"), actions, delivering));
        }
        for (place, (region, arns)) in log_groups.iter().enumerate() {
            let name = if place == 0 { "Logs".to_owned() } else { format!("Logs{}", place + 1) };
            let service = format!("logs.{region}.{}", region.dns_suffix());
            let actions =
                ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"];
            let mut logs = allow(&sid(&name), json!({"Service": service}), json!(actions));
            logs["Condition"] = json!({"ArnEquals": {OF_LOG_GROUP: one_or_many(arns)}});
            statements.push(logs);
        }
        statements
    }
}

fn of_trails(sid: &str, action: Value, trails: &BTreeSet<String>) -> Value {
    let mut statement = allow(sid, json!({"Service": "cloudtrail.amazonaws.com"}), action);
    statement["Condition"] = json!({"StringEquals": sources(trails)});
    statement
}

/// AWS documents the permission to decrypt without any condition: whether such a request names the trail and, with an S3
/// Bucket Key, the log file's trail is not known. What it names must be right.
fn decrypt(sid: &str, trails: &BTreeSet<String>, account: &Account) -> Value {
    let mut statement = of_trails(sid, json!("kms:Decrypt"), trails);
    statement["Condition"] = json!({
        "StringEqualsIfExists": sources(trails),
        "StringLikeIfExists": {OF_TRAIL: of_owners(trails, account)},
    });
    statement
}

fn sources(trails: &BTreeSet<String>) -> Value {
    json!({"aws:SourceAccount": one_or_many(owners(trails)), SOURCE: one_or_many(trails)})
}

/// Returns the accounts that own trails: for an organization's trail, the one that manages the organization.
fn owners(trails: &BTreeSet<String>) -> BTreeSet<&str> {
    trails.iter().filter_map(|arn| arn.split(':').nth(4)).collect()
}

fn of_owners(trails: &BTreeSet<String>, account: &Account) -> Value {
    let pattern = |owner: &str| format!("arn:{}:cloudtrail:*:{owner}:trail/*", account.partition);
    one_or_many(owners(trails).into_iter().map(pattern).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kinds::{Resource as _, kms_key::KmsKey},
        policy::evaluate::{Decision, Principal, Request, evaluate},
        resolve::resolve,
        resource::{Address, Desired, Organization, Outputs},
        spec::parse::parse,
    };

    const ALL: &str = "kms_keys: {audit: {readers: [arn:aws:iam::444455556666:role/r]}, other: {}}\n\
        buckets: {plain: {}, coded: {encryption: {kms_key: audit}}}\ntopics: {told: {kms_key: audit}, open: {}}\n\
        trails:\n  two: {bucket: plain, kms_key: audit}\n  one: {bucket: plain, kms_key: audit, topic: told}\n  \
        three: {bucket: coded}\n  four: {bucket: coded, kms_key: other, topic: open}\n  five: {bucket: plain}\n";

    fn policy(account: &Account, region: &str, text: &str) -> Vec<Value> {
        let parsed = parse(&format!("version: 1\nstack: s\n{text}"));
        let spec = parsed.spec.unwrap_or_else(|| panic!("{:?}", parsed.diagnostics));
        let all = resolve(&spec, account, &Region::new(region)).desired;
        let key = all.iter().find(|one| one.address.to_string() == "kms_key.audit").unwrap();
        key.attrs["policy"]["statements"].as_array().unwrap().clone()
    }

    fn sids(statements: &[Value]) -> Vec<&str> {
        let sids = statements.iter().map(|one| one["Sid"].as_str().unwrap());
        sids.map(|sid| sid.strip_prefix("TrailctlS").unwrap_or(sid)).collect()
    }

    #[test]
    fn a_key_lets_in_exactly_those_who_use_it_in_every_partition() {
        for (partition, region) in
            [("aws", "eu-west-1"), ("aws-cn", "cn-north-1"), ("aws-us-gov", "us-gov-west-1")]
        {
            let account = Account::new("111122223333", partition);
            let all = policy(&account, region, ALL);
            assert_eq!(
                sids(&all),
                ["Root", "Readers", "BucketReaders", "Encrypt", "Use", "Decrypt", "Deliver"]
            );
            let arn = |name: &str| format!("arn:{partition}:cloudtrail:{region}:111122223333:trail/{name}");
            assert_eq!(
                all[0],
                json!({"Sid": "TrailctlSRoot", "Effect": "Allow", "Action": "kms:*", "Resource": "*",
                    "Principal": {"AWS": format!("arn:{partition}:iam::111122223333:root")}})
            );
            let sources =
                json!({"aws:SourceAccount": "111122223333", "aws:SourceArn": [arn("one"), arn("two")]});
            let context = json!({OF_TRAIL: format!("arn:{partition}:cloudtrail:*:111122223333:trail/*")});
            assert!(all[2]["Condition"]["StringLike"]["kms:EncryptionContext:aws:s3:arn"].is_array());
            assert_eq!(
                all[3],
                json!({"Sid": "TrailctlSEncrypt", "Effect": "Allow", "Action": "kms:GenerateDataKey*", "Resource": "*",
                    "Principal": {"Service": "cloudtrail.amazonaws.com"},
                    "Condition": {"StringEquals": sources, "StringLike": context}})
            );
            assert_eq!(all[4]["Condition"], json!({"StringEquals": sources}));
            assert_eq!(
                all[5]["Condition"],
                json!({"StringEqualsIfExists": sources, "StringLikeIfExists": context})
            );
            assert_eq!(
                all[6]["Condition"]["StringEquals"]["aws:SourceArn"],
                json!([arn("one"), arn("three")])
            );
        }
    }

    #[test]
    fn cloudtrail_may_do_what_it_does_for_these_trails_and_nothing_for_others() {
        let account = Account::new("111122223333", "aws");
        let document = json!({"Version": "2012-10-17", "Statement": policy(&account, "eu-west-1", ALL)});
        let allows = |action: &str, trail: &str, context: &[(&str, &str)]| {
            let source = [("aws:SourceArn", trail), ("aws:SourceAccount", trail.split(':').nth(4).unwrap())];
            let context = context.iter().chain(&source);
            let request = Request {
                principal: Principal::Service("cloudtrail.amazonaws.com".to_owned()),
                action: action.to_owned(),
                resource: "arn:aws:kms:eu-west-1:111122223333:key/k".to_owned(),
                context: context.map(|(key, value)| ((*key).to_owned(), vec![(*value).to_owned()])).collect(),
            };
            matches!(evaluate(&document, &request), Decision::Allowed { .. })
        };
        let arn = |name: &str| format!("arn:aws:cloudtrail:eu-west-1:111122223333:trail/{name}");
        let (two, three, five) = (arn("two"), arn("three"), arn("five"));
        let foreign = "arn:aws:cloudtrail:eu-west-1:999900001111:trail/two";
        fn of(trail: &str) -> [(&str, &str); 1] {
            [(OF_TRAIL, trail)]
        }
        assert!(allows("kms:GenerateDataKey", &two, &of(&two)));
        assert!(allows("kms:DescribeKey", &two, &[]));
        assert!(allows("kms:Decrypt", &two, &of(&two)));
        assert!(allows("kms:GenerateDataKey", &three, &[]));
        for (action, trail) in
            [("kms:GenerateDataKey", &*five), ("kms:Decrypt", &five), ("kms:Encrypt", &two)]
        {
            assert!(!allows(action, trail, &of(trail)), "{action} {trail}");
        }
        for action in ["kms:GenerateDataKey", "kms:Decrypt", "kms:DescribeKey"] {
            assert!(!allows(action, foreign, &of(foreign)), "{action}");
        }
    }

    #[test]
    fn administrators_take_the_place_of_the_account_and_do_not_decrypt() {
        let account = Account::new("111122223333", "aws");
        let all = policy(
            &account,
            "eu-west-1",
            "kms_keys: {audit: {admins: ['444455556666', '111122223333'], readers: ['*']}}\n",
        );
        assert_eq!(sids(&all), ["Admins", "Readers"]);
        assert_eq!(all[0]["Principal"], json!({"AWS": ["111122223333", "444455556666"]}));
        assert_eq!(all[0]["Action"], json!(ADMINISTRATION));
        assert!(all[0].get("Condition").is_none());
        assert_eq!(
            all[1]["Condition"],
            json!({"StringEquals": {"kms:CallerAccount": "111122223333"}, "Null": {OF_TRAIL: "false"}})
        );
    }

    #[test]
    fn an_organizations_trail_encrypts_as_that_of_the_management_account() {
        let organization =
            Some(Organization { id: "o-1".to_owned(), management_account: "444455556666".to_owned() });
        let account = Account { organization, ..Account::new("111122223333", "aws") };
        let text = "kms_keys: {audit: {}}\nbuckets: {logs: {}}\ntrails:\n  all: {bucket: logs, kms_key: audit, organization: true}\n  \
                    own: {bucket: logs, kms_key: audit}\n";
        let encrypt = policy(&account, "eu-west-1", text).remove(1);
        assert_eq!(
            encrypt["Condition"]["StringEquals"]["aws:SourceAccount"],
            json!(["111122223333", "444455556666"])
        );
        assert_eq!(
            encrypt["Condition"]["StringLike"][OF_TRAIL],
            json!(["arn:aws:cloudtrail:*:111122223333:trail/*", "arn:aws:cloudtrail:*:444455556666:trail/*"])
        );
    }

    #[test]
    fn log_groups_are_let_in_by_the_service_of_their_region() {
        let id = |kind: &str, region: &str, name: &str| ResourceId {
            kind: kind.to_owned(),
            region: Region::new(region),
            name: name.to_owned(),
        };
        let entry = |id: ResourceId, attrs: Value| Desired {
            address: Address::new(&id.kind, &id.name),
            attrs,
            outputs: Outputs::new(),
            origin: crate::path::Path::root(),
            id,
        };
        let key = id(KmsKey::KIND, "cn-north-1", "audit");
        let of_key = json!({"kms_key": "audit"});
        let entries = [
            entry(key.clone(), json!({})),
            entry(id("log_group", "cn-north-1", "/a"), of_key.clone()),
            entry(id("log_group", "cn-northwest-1", "/b"), of_key),
            entry(id("log_group", "cn-north-1", "/c"), json!({})),
        ];
        let account = Account::new("111122223333", "aws-cn");
        let world = World { stack: "s", account: &account, entries: &entries };
        let all = Users::of_spec(&key, &world).statements("s", &account, "");
        assert_eq!(sids(&all), ["Logs", "Logs2"]);
        assert_eq!(all[0]["Principal"], json!({"Service": "logs.cn-north-1.amazonaws.com.cn"}));
        assert_eq!(
            all[1]["Condition"],
            json!({"ArnEquals": {OF_LOG_GROUP: "arn:aws-cn:logs:cn-northwest-1:111122223333:log-group:/b"}})
        );
    }
}
