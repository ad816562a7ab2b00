//! Roles: what CloudTrail takes to write to a log group.

mod aws;
pub mod calls;
mod leaving;
pub(crate) mod name;
mod policy;

use std::{
    collections::{BTreeMap, BTreeSet},
    future::Future,
};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Common, Link, NameProblem, Resource, Scope, Target, World};
use crate::{
    aws::{Aws, error::AwsError},
    policy::document::PolicyDocument,
    resource::{
        Account, Existing, Live, Observed, Outputs, ResourceId,
        owner::{self, Tags},
        region::Region,
    },
};

/// The name of the inline policy that trailctl writes itself.
pub(crate) const INLINE: &str = "trailctl";

/// An IAM role.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// The name in AWS. Default: the key of this entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The path, which stands before the name in the ARN. It starts and ends with a slash, and cannot be changed.
    #[serde(default = "root")]
    pub path: String,
    /// The ARN of the managed policy that bounds what the role may do. It must allow what CloudTrail needs. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions_boundary: Option<String>,
    /// How long a session of the role may last, in seconds: 3600 to 43200. Sessions of AWS services are not limited by it.
    #[serde(default = "hour")]
    pub max_session_seconds: u32,
    /// The trust policy: who may take the role. The statement that lets CloudTrail take it is added to it, unless it has
    /// `generated: false`.
    #[serde(default)]
    pub trust: PolicyDocument,
    /// The inline policy `trailctl`. The statement that the trails of the spec need is added to it, unless it has
    /// `generated: false`.
    #[serde(default)]
    pub policy: PolicyDocument,
    /// Further inline policies, by name. Those of the live role that the spec does not name are removed.
    #[serde(default)]
    pub inline_policies: BTreeMap<String, PolicyDocument>,
    /// The ARNs of the managed policies that are attached. Those that the spec does not name are detached.
    #[serde(default)]
    pub managed_policies: BTreeSet<String>,
    /// Tags, added to the spec's own. Tags of the live role that the spec does not name are removed.
    #[serde(default)]
    pub tags: Tags,
    /// Refuses to delete or replace the role unless it is named with `--allow-destroy`. Kept as a tag of the role.
    #[serde(default)]
    pub protect: bool,
    /// Takes over a live role of this name that carries no mark of a stack. One of another stack is never taken over.
    #[serde(default)]
    pub adopt: bool,
}

fn root() -> String {
    "/".to_owned()
}

/// Returns the session length that IAM gives to roles unless told otherwise (API Reference, CreateRole).
pub(crate) fn hour() -> u32 {
    3600
}

impl Resource for Role {
    const KIND: &'static str = "role";
    const SECTION: &'static str = "roles";
    const SERVICE: &'static str = "iam";
    const GLOBAL_NAMES: bool = true;
    const LISTED_BY_TAG: bool = false;
    const FIXED: &'static [&'static str] = &["path"];
    type Call = calls::Call;

    fn common(&mut self) -> Common<'_> {
        Common {
            name: &mut self.name,
            region: None,
            tags: &mut self.tags,
            protect: self.protect,
            adopt: self.adopt,
        }
    }

    fn name_problem(name: &str) -> Option<NameProblem> {
        name::problem(name)
    }

    fn links(&mut self) -> Vec<Link<'_>> {
        Vec::new()
    }

    fn complete(&mut self, id: &ResourceId, world: &World<'_>) {
        if self.trust.generated {
            self.trust.statements.insert(0, policy::trust(world.stack));
        }
        if self.policy.generated {
            let deliver = policy::deliver(world.stack, &policy::needed(id, world), "");
            self.policy.statements.splice(0..0, deliver);
        }
    }

    fn normalize(&mut self) {
        self.trust.normalize();
        self.policy.normalize();
        self.inline_policies.values_mut().for_each(PolicyDocument::normalize);
    }

    /// A policy without statements is none.
    fn keep(&mut self, id: &ResourceId, seen: &Self) {
        owner::keep_system_tags(&mut self.tags, &seen.tags);
        let stack = self.tags.get(owner::STACK).map_or("", String::as_str);
        self.trust.keep(&seen.trust, stack, &id.region);
        self.policy.keep(&seen.policy, stack, &id.region);
        for (name, policy) in &mut self.inline_policies {
            if let Some(seen) = seen.inline_policies.get(name) {
                policy.keep(seen, stack, &id.region);
            }
        }
        self.inline_policies.retain(|_, policy| !policy.statements.is_empty());
    }

    fn align(&mut self, id: &ResourceId, want: &Self) {
        self.adopt = want.adopt;
        self.trust.align(&want.trust, &id.region);
        self.policy.align(&want.policy, &id.region);
        for (name, policy) in &mut self.inline_policies {
            if let Some(want) = want.inline_policies.get(name) {
                policy.align(want, &id.region);
            }
        }
    }

    /// While a trail moves to another log group, the role may write to both.
    fn bridge(&self, id: &ResourceId, account: &Account, live: &Live) -> Option<Self> {
        let stack = self.tags.get(owner::STACK).filter(|_| self.policy.generated)?;
        let arn = live.get(id)?.outputs.get("arn")?;
        let leaving = leaving::statement(arn, &self.policy.statements, stack, account, live)?;
        let mut both = self.clone();
        both.policy.statements.push(leaving);
        Some(both)
    }

    fn outputs(&self, id: &ResourceId, account: &Account) -> Outputs {
        let arn = format!("arn:{}:iam::{}:role{}{}", account.partition, account.id, self.path, id.name);
        Outputs::from([("name".to_owned(), id.name.clone()), ("arn".to_owned(), arn)])
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

    fn of_arn(arn: &str, region: &Region) -> Option<ResourceId> {
        let (_, name) = parts(arn)?;
        Some(ResourceId { kind: Self::KIND.to_owned(), region: region.global("iam"), name: name.to_owned() })
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

/// Returns how many characters IAM counts of a policy: it leaves out white space.
pub(crate) fn length(policy: &PolicyDocument) -> usize {
    let text = policy.to_json().map(|document| document.to_string()).unwrap_or_default();
    text.chars().filter(|c| !c.is_whitespace()).count()
}

/// Returns how many characters IAM counts of a trust policy with the statement that is added to it.
pub(crate) fn trust_length(trust: &PolicyDocument, stack: &str) -> usize {
    let mut whole = trust.clone();
    if trust.generated {
        whole.statements.insert(0, policy::trust(stack));
    }
    length(&whole)
}

/// Returns the account and the name that the ARN of a role says.
fn parts(arn: &str) -> Option<(&str, &str)> {
    let (_, rest) = arn.strip_prefix("arn:")?.split_once(":iam::")?;
    let (account, full_name) = rest.split_once(":role/")?;
    let name = full_name.rsplit('/').next().filter(|name| !name.is_empty())?;
    Some((account, name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn role(tree: Value) -> Role {
        serde_json::from_value(tree).unwrap()
    }

    #[test]
    fn a_role_lives_in_the_global_region_and_its_arn_has_its_path() {
        let mut here = role(json!({"path": "/audit/"}));
        let id = here.identify("r", &Region::new("cn-northwest-1"));
        assert_eq!(id.to_string(), "role.r in cn-north-1");
        let arn = here.outputs(&id, &Account::new("111122223333", "aws-cn")).remove("arn").unwrap();
        assert_eq!(arn, "arn:aws-cn:iam::111122223333:role/audit/r");
        assert_eq!(Role::of_arn(&arn, &Region::new("cn-northwest-1")), Some(id));
        for other in ["arn:aws:iam::111122223333:user/r", "arn:aws:s3:::r", "r"] {
            assert_eq!(Role::of_arn(other, &Region::new("us-east-1")), None, "{other}");
        }
    }

    #[test]
    fn further_policies_are_compared_one_by_one_and_those_of_others_differ() {
        let statement = |action: &str| json!({"Effect": "Allow", "Action": action, "Resource": "*"});
        let policies =
            |policies: Value| role(json!({"inline_policies": policies, "tags": {"trailctl:stack": "s"}}));
        let mut want = policies(json!({
            "same": {"statements": [statement("s3:GetObject")]},
            "merged": {"mode": "merge", "statements": []},
            "none": {},
        }));
        let mut seen = policies(json!({
            "same": {"statements": [statement("S3:getobject")]},
            "merged": {"statements": [statement("sqs:*")]},
            "theirs": {"statements": [statement("sqs:*")]},
        }));
        let id = want.identify("r", &Region::new("us-east-1"));
        want.normalize();
        seen.normalize();
        want.keep(&id, &seen);
        seen.align(&id, &want);
        assert_eq!(want.inline_policies["same"], seen.inline_policies["same"]);
        assert_eq!(want.inline_policies["merged"], seen.inline_policies["merged"]);
        assert_eq!(want.inline_policies.keys().collect::<Vec<_>>(), ["merged", "same"]);
        assert_eq!(seen.inline_policies.keys().collect::<Vec<_>>(), ["merged", "same", "theirs"]);
    }
}
