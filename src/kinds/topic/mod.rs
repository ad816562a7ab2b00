//! Topics: who is told of new log files.

mod aws;
pub mod calls;
mod leaving;
mod name;
mod policy;

use std::future::Future;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Common, Link, NameProblem, Resource, Scope, Target, World};
use crate::{
    aws::{Aws, error::AwsError},
    path::Path,
    policy::document::PolicyDocument,
    resource::{
        Account, Existing, Live, Observed, Outputs, Reference, ResourceId,
        owner::{self, Tags},
        region::Region,
    },
};

/// An SNS topic that is told of new log files.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Topic {
    /// The name in AWS. Default: the key of this entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The Region. Default: the spec's `region`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// The KMS key that encrypts the messages, in the Region of the topic: the key of an entry under `kms_keys`, or
    /// `{existing: KEY-ARN}` or `{existing: alias/NAME}`. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kms_key: Option<Reference>,
    /// The topic policy. The statements that the trails of the spec need are added to it, unless it has `generated: false`.
    #[serde(default)]
    pub policy: PolicyDocument,
    /// Tags, added to the spec's own. Tags of the live topic that the spec does not name are removed.
    #[serde(default)]
    pub tags: Tags,
    /// Refuses to delete or replace the topic unless it is named with `--allow-destroy`. Kept as a tag of the topic.
    #[serde(default)]
    pub protect: bool,
    /// Takes over a live topic of this name that carries no mark of a stack. One of another stack is never taken over.
    #[serde(default)]
    pub adopt: bool,
}

impl Resource for Topic {
    const KIND: &'static str = "topic";
    const SECTION: &'static str = "topics";
    const SERVICE: &'static str = "sns";
    /// 30 KB (SNS Developer Guide, quotas).
    const POLICY_LIMIT: Option<usize> = Some(30 * 1024);
    type Call = calls::Call;

    fn common(&mut self) -> Common<'_> {
        Common {
            name: &mut self.name,
            region: Some(&mut self.region),
            tags: &mut self.tags,
            protect: self.protect,
            adopt: self.adopt,
        }
    }

    fn name_problem(name: &str) -> Option<NameProblem> {
        name::problem(name)
    }

    fn links(&mut self) -> Vec<Link<'_>> {
        let path = Path::keys(["kms_key"]);
        self.kms_key
            .as_mut()
            .map(|to| Link { path, kind: "kms_key", output: "arn", to })
            .into_iter()
            .collect()
    }

    fn complete(&mut self, id: &ResourceId, world: &World<'_>) {
        if !self.policy.generated {
            return;
        }
        let mut statements = policy::statements(id, world);
        statements.append(&mut self.policy.statements);
        self.policy.statements = statements;
    }

    fn normalize(&mut self) {
        self.policy.normalize();
    }

    fn keep(&mut self, id: &ResourceId, seen: &Self) {
        owner::keep_system_tags(&mut self.tags, &seen.tags);
        let stack = self.tags.get(owner::STACK).map_or("", String::as_str);
        self.policy.keep(&seen.policy, stack, &id.region);
    }

    fn align(&mut self, id: &ResourceId, want: &Self) {
        self.adopt = want.adopt;
        self.policy.align(&want.policy, &id.region);
    }

    /// While a trail moves to another topic, or goes, the policy lets it publish.
    fn bridge(&self, id: &ResourceId, account: &Account, live: &Live) -> Option<Self> {
        let stack = self.tags.get(owner::STACK).filter(|_| self.policy.generated)?;
        let leaving = leaving::statement(id, &self.policy.statements, stack, account, live)?;
        let mut both = self.clone();
        both.policy.statements.push(leaving);
        Some(both)
    }

    fn outputs(&self, id: &ResourceId, account: &Account) -> Outputs {
        Outputs::from([("name".to_owned(), id.name.clone()), ("arn".to_owned(), policy::arn(id, account))])
    }

    fn calls(target: &Target<'_>, old: Option<&Self>, new: Option<&Self>) -> Vec<calls::Call> {
        calls::calls(target, old, new)
    }

    fn observe(
        aws: &Aws,
        scope: &Scope<'_>,
    ) -> impl Future<Output = Result<Vec<(ResourceId, Observed<Self>)>, AwsError>> + Send {
        aws::observe(aws, scope)
    }

    /// The ARN of a subscription has one part more.
    fn of_arn(arn: &str, _region: &Region) -> Option<ResourceId> {
        let parts: Vec<&str> = arn.split(':').collect();
        let ["arn", _, "sns", region, _, name] = parts[..] else { return None };
        Some(ResourceId { kind: Self::KIND.to_owned(), region: Region::new(region), name: name.to_owned() })
    }

    fn one_name(name: &str, region: &Region, account: &Account) -> String {
        let topic =
            || ResourceId { kind: Self::KIND.to_owned(), region: region.clone(), name: name.to_owned() };
        if name.starts_with("arn:") { name.to_owned() } else { policy::arn(&topic(), account) }
    }

    fn look(aws: &Aws, id: &ResourceId) -> impl Future<Output = Result<Option<Existing>, AwsError>> + Send {
        aws::look(aws, id)
    }

    fn perform(
        aws: &Aws,
        id: &ResourceId,
        call: calls::Call,
    ) -> impl Future<Output = Result<Outputs, AwsError>> + Send {
        aws::perform(aws, id, call)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_of_topics_are_known_and_those_of_subscriptions_are_not() {
        let of = |arn| Topic::of_arn(arn, &Region::new("us-east-1")).map(|id| id.to_string());
        let topic = "arn:aws-cn:sns:cn-north-1:111122223333:told";
        assert_eq!(of(topic).as_deref(), Some("topic.told in cn-north-1"));
        for other in [&format!("{topic}:1-2-3"), "arn:aws:sqs:us-east-1:111122223333:q", "told"] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
