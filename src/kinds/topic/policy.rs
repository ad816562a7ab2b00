//! The statements of a topic policy that follow from the spec: what CloudTrail needs, or what the account has.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    kinds::{World, trail::Trail},
    policy::document::{one_or_many, sid},
    resource::{Account, ResourceId},
};

/// What the owner of a topic may do with it (Developer Guide, default topic policy).
const MANAGEMENT: &[&str] = &[
    "SNS:GetTopicAttributes",
    "SNS:SetTopicAttributes",
    "SNS:AddPermission",
    "SNS:RemovePermission",
    "SNS:DeleteTopic",
    "SNS:Subscribe",
    "SNS:ListSubscriptionsByTopic",
    "SNS:Publish",
];

/// Returns the ARN of a topic.
pub(super) fn arn(topic: &ResourceId, account: &Account) -> String {
    let ResourceId { kind: _, region, name } = topic;
    format!("arn:{}:sns:{region}:{}:{name}", account.partition, account.id)
}

/// Returns the statement for exactly the trails of the spec that publish to this topic. A topic has a policy always: where no
/// trail needs one, it says what is so anyway, that the account may manage the topic.
pub(super) fn statements(topic: &ResourceId, world: &World<'_>) -> Vec<Value> {
    let publishes = |trail: &Trail| world.names(trail.topic.as_ref(), topic);
    let using = world.all::<Trail>().filter(|(_, trail)| publishes(trail));
    let trails: BTreeSet<String> = using.filter_map(|(entry, _)| entry.outputs.get("arn").cloned()).collect();
    let owner = || {
        let Account { id, partition, .. } = world.account;
        json!({
            "Sid": sid(world.stack, "Owner"),
            "Effect": "Allow",
            "Principal": {"AWS": format!("arn:{partition}:iam::{id}:root")},
            "Action": MANAGEMENT,
            "Resource": arn(topic, world.account),
        })
    };
    vec![publish(topic, world.stack, world.account, &trails, "").unwrap_or_else(owner)]
}

/// Returns the statement that lets trails publish (User Guide, "Amazon SNS topic policy for CloudTrail"), bound to their ARNs and
/// to the accounts that own them.
pub(super) fn publish(
    topic: &ResourceId,
    stack: &str,
    account: &Account,
    trails: &BTreeSet<String>,
    suffix: &str,
) -> Option<Value> {
    let owners: BTreeSet<&str> = trails.iter().filter_map(|arn| arn.split(':').nth(4)).collect();
    (!trails.is_empty()).then(|| {
        json!({
            "Sid": sid(stack, &format!("Publish{suffix}")),
            "Effect": "Allow",
            "Principal": {"Service": "cloudtrail.amazonaws.com"},
            "Action": "SNS:Publish",
            "Resource": arn(topic, account),
            "Condition": {"StringEquals": {"aws:SourceAccount": one_or_many(owners), "aws:SourceArn": one_or_many(trails)}},
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        resolve::resolve,
        resource::{Organization, region::Region},
        spec::parse::parse,
    };

    fn policy(account: &Account, region: &str, text: &str) -> Vec<Value> {
        let parsed = parse(&format!("version: 1\nstack: s\n{text}"));
        let spec = parsed.spec.unwrap_or_else(|| panic!("{:?}", parsed.diagnostics));
        let all = resolve(&spec, account, &Region::new(region)).desired;
        let topic = all.iter().find(|one| one.address.to_string() == "topic.told").unwrap();
        topic.attrs["policy"]["statements"].as_array().unwrap().clone()
    }

    #[test]
    fn a_topic_lets_in_exactly_the_trails_that_use_it() {
        for (partition, region) in
            [("aws", "eu-west-1"), ("aws-cn", "cn-north-1"), ("aws-us-gov", "us-gov-west-1")]
        {
            let text = "buckets: {logs: {}}\ntopics: {told: {policy: {statements: [$MINE]}}, other: {}}\ntrails:\n  \
                        two: {bucket: logs, topic: told}\n  one: {bucket: logs, topic: told}\n  three: {bucket: logs, topic: other}\n";
            let mine = json!({"Sid": "Mine", "Effect": "Deny", "Principal": "*", "Action": "SNS:Subscribe",
                "Resource": format!("arn:{partition}:sns:{region}:111122223333:told")});
            let text = &text.replace("$MINE", &mine.to_string());
            let arn = |name: &str| format!("arn:{partition}:cloudtrail:{region}:111122223333:trail/{name}");
            assert_eq!(
                policy(&Account::new("111122223333", partition), region, text),
                [
                    json!({
                        "Sid": "TrailctlSPublish",
                        "Effect": "Allow",
                        "Principal": {"Service": "cloudtrail.amazonaws.com"},
                        "Action": "SNS:Publish",
                        "Resource": format!("arn:{partition}:sns:{region}:111122223333:told"),
                        "Condition": {"StringEquals": {
                            "aws:SourceAccount": "111122223333", "aws:SourceArn": [arn("one"), arn("two")]}},
                    }),
                    mine,
                ]
            );
        }
    }

    #[test]
    fn a_topic_without_trails_says_that_the_account_owns_it() {
        let all =
            policy(&Account::new("111122223333", "aws-us-gov"), "us-gov-east-1", "topics: {told: {}}\n");
        assert_eq!(all.len(), 1);
        assert_eq!(all[0]["Sid"], "TrailctlSOwner");
        assert_eq!(all[0]["Principal"], json!({"AWS": "arn:aws-us-gov:iam::111122223333:root"}));
    }

    #[test]
    fn an_organizations_trail_is_let_in_as_that_of_the_management_account() {
        let organization =
            Some(Organization { id: "o-1".to_owned(), management_account: "444455556666".to_owned() });
        let account = Account { organization, ..Account::new("111122223333", "aws") };
        let text = "buckets: {logs: {}}\ntopics: {told: {}}\ntrails: {all: {bucket: logs, topic: told, organization: true}}\n";
        assert_eq!(
            policy(&account, "eu-west-1", text)[0]["Condition"]["StringEquals"],
            json!({"aws:SourceAccount": "444455556666",
                "aws:SourceArn": "arn:aws:cloudtrail:eu-west-1:444455556666:trail/all"})
        );
    }
}
