//! Keys: what log files, topics and log groups are encrypted with.

mod aws;
pub mod calls;
mod leaving;
mod name;
mod policy;
pub mod settings;

use std::future::Future;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::settings::{Rotation, State};
use super::{Common, Link, NameProblem, Resource, Scope, Target, World};
use crate::{
    aws::{Aws, error::AwsError},
    policy::document::{LEAVING, PolicyDocument},
    resource::{
        Account, Existing, Live, Observed, Outputs, ResourceId,
        owner::{self, Tags},
        region::Region,
    },
};

/// What the name of a key begins with that is known by its id, since no alias of it is known.
const BY_ID: &str = "key/";
/// The output that names the key that the alias points to while that is another one.
const ALIAS_TARGET: &str = "alias_target";
/// How long a key waits for its deletion unless told otherwise (API Reference, ScheduleKeyDeletion).
pub(crate) const USUAL_WINDOW: u32 = 30;

/// A symmetric KMS key. It is known by its alias.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KmsKey {
    /// The name of the alias in AWS, without `alias/`. Default: the key of this entry. A changed name is a new alias of the
    /// same key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The Region. Default: the spec's `region`. A key cannot be moved; it must be where the bucket of the log files is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// What the key is for, in words.
    #[serde(default)]
    pub description: String,
    /// Makes new key material regularly; the old one still decrypts: `true` for every 365 days, `false`, or `{days: 90}` to
    /// `{days: 2560}`.
    #[serde(default)]
    pub rotation: Rotation,
    /// Can have replicas in other Regions. It cannot be changed later.
    #[serde(default)]
    pub multi_region: bool,
    /// How many days the key can still be kept from its deletion when it is deleted: 7 to 30.
    #[serde(default = "usual_window")]
    #[schemars(range(min = 7, max = 30))]
    pub deletion_window_days: u32,
    /// Can be used. A key that somebody has disabled or scheduled for deletion is brought back.
    #[serde(default)]
    pub enabled: State,
    /// Who may administer the key and not decrypt with it: account ids and IAM ARNs, or `*` for everyone of the account.
    /// Default: the account, which gives its administrators every right on the key.
    #[serde(default)]
    pub admins: Vec<String>,
    /// Who may decrypt log files: account ids and IAM ARNs, or `*` for everyone of the account.
    #[serde(default)]
    pub readers: Vec<String>,
    /// The key policy. The statements that the administrators, the readers, and the trails and log groups of the spec need are
    /// added to it, unless it has `generated: false`.
    #[serde(default)]
    pub policy: PolicyDocument,
    /// Tags, added to the spec's own. Tags of the live key that the spec does not name are removed.
    #[serde(default)]
    pub tags: Tags,
    /// Refuses to delete the key unless it is named with `--allow-destroy` too. Kept as a tag of the key.
    #[serde(default = "crate::kinds::yes")]
    pub protect: bool,
    /// Takes over a live key of this alias that carries no mark of a stack. One of another stack is never taken over.
    #[serde(default)]
    pub adopt: bool,
}

fn usual_window() -> u32 {
    USUAL_WINDOW
}

impl Resource for KmsKey {
    const KIND: &'static str = "kms_key";
    const SECTION: &'static str = "kms_keys";
    const SERVICE: &'static str = "kms";
    const KEEPS_DATA: bool = true;
    const RENAMES: bool = true;
    const FIXED: &'static [&'static str] = &["region", "multi_region"];
    const LASTING: &'static [(&'static str, &'static str)] =
        &[("multi_region", "a key stays multi-Region or single-Region for ever")];
    /// 32 KB (KMS Developer Guide, "Resource quotas").
    const POLICY_LIMIT: Option<usize> = Some(32 * 1024);
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
        Vec::new()
    }

    fn complete(&mut self, id: &ResourceId, world: &World<'_>) {
        if !self.policy.generated {
            return;
        }
        let mut statements = policy::people(&self.admins, &self.readers, world.stack, world.account);
        statements.extend(policy::bucket_readers(&self.readers, id, world));
        statements.extend(policy::Users::of_spec(id, world).statements(world.stack, world.account, ""));
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
        // A parameter of the deletion: no key has it before.
        self.deletion_window_days = want.deletion_window_days;
        // They are statements of the policy, which is compared.
        self.admins.clone_from(&want.admins);
        self.readers.clone_from(&want.readers);
        self.policy.align(&want.policy, &id.region);
    }

    /// While trails and log groups move to another key, or go, the policy lets in both.
    fn bridge(&self, id: &ResourceId, account: &Account, live: &Live) -> Option<Self> {
        let stack = self.tags.get(owner::STACK).filter(|_| self.policy.generated)?;
        let key = live.get(id)?;
        let arn = key.outputs.get("arn")?;
        let leaving = leaving::users(arn, &self.policy.statements, stack, live);
        let leaving = leaving.statements(stack, account, LEAVING);
        if leaving.is_empty() {
            return None;
        }
        let mut both = self.clone();
        both.policy.statements.extend(leaving);
        // Who still uses it needs it switched on.
        if self.enabled == State::Disabled && key.attrs["enabled"] == true {
            both.enabled = State::Enabled;
        }
        Some(both)
    }

    /// The ARN has the id of the key, which KMS chooses.
    fn outputs(&self, id: &ResourceId, _account: &Account) -> Outputs {
        let alias = ("alias".to_owned(), alias(&id.name));
        Outputs::from([("name".to_owned(), id.name.clone()), alias])
    }

    fn taken(other: &Outputs) -> Option<(String, String)> {
        other.get("key_id").map(|key| (ALIAS_TARGET.to_owned(), key.clone()))
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

    fn of_arn(arn: &str, _region: &Region) -> Option<ResourceId> {
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let ["arn", _, "kms", region, _, name] = parts[..] else { return None };
        let is_key = name.strip_prefix(BY_ID).is_some_and(|id| !id.is_empty());
        is_key.then(|| ResourceId {
            kind: Self::KIND.to_owned(),
            region: Region::new(region),
            name: name.to_owned(),
        })
    }

    /// An alias is named by its ARN.
    fn one_name(name: &str, region: &Region, account: &Account) -> String {
        match name.starts_with("alias/") {
            true => format!("arn:{}:kms:{region}:{}:{name}", account.partition, account.id),
            false => name.to_owned(),
        }
    }

    /// The ARN of an alias is not that of its key.
    fn told_by(name: &str) -> Outputs {
        let is_key = name.starts_with("arn:") && name.contains(":key/");
        is_key.then(|| ("arn".to_owned(), name.to_owned())).into_iter().collect()
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

/// Returns an alias as KMS writes it.
fn alias(name: &str) -> String {
    format!("alias/{name}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        plan::{Policy, plan},
        resolve::resolve,
        resource::{Observation, owner::Owner},
        spec::parse::parse,
    };
    use serde_json::json;

    /// Applies the plan for a key `audit` that is named `new` to a live one, and returns its calls.
    fn plan_calls(live: impl FnOnce(&mut Observed)) -> Vec<(String, serde_json::Value)> {
        let text = "version: 1\nstack: s\nregion: us-east-1\nkms_keys: {audit: {name: new}}\n";
        let account = Account::new("111122223333", "aws");
        let resolved = resolve(&parse(text).spec.unwrap(), &account, &Region::new("us-east-1"));
        let mut seen = Observed {
            attrs: resolved.desired[0].attrs.clone(),
            outputs: Outputs::from([("key_id".to_owned(), "1234".to_owned())]),
            owner: Owner::Stack { stack: "s".to_owned(), resource: Some("audit".to_owned()), nonce: None },
            holds_data: false,
            beside: Vec::new(),
        };
        live(&mut seen);
        let id =
            KmsKey::of_arn("arn:aws:kms:us-east-1:111122223333:key/1234", &Region::new("eu-west-1")).unwrap();
        let policy = Policy {
            is_removal: false,
            stack: "s".to_owned(),
            account,
            allow_destroy: Default::default(),
            delete_data: Default::default(),
            replace_policy: Default::default(),
            take_from: Default::default(),
            allow_coverage_loss: false,
        };
        let plan = plan(&resolved, &Observation::from(Live::from([(id, seen)])), &policy).unwrap();
        assert_eq!(plan.left_alone, []);
        let calls = plan.steps.into_iter().flat_map(|step| step.calls);
        calls.map(|call| (call.operation, call.parameters)).collect()
    }

    #[test]
    fn a_renamed_key_is_the_same_key_with_another_alias() {
        let create = ("CreateAlias".to_owned(), json!({"AliasName": "alias/new", "TargetKeyId": "1234"}));
        let delete = ("DeleteAlias".to_owned(), json!({"AliasName": "alias/old"}));
        assert_eq!(plan_calls(|seen| seen.attrs["name"] = json!("old")), [create.clone(), delete]);
        let lost = |seen: &mut Observed| drop(seen.attrs.as_object_mut().unwrap().shift_remove("name"));
        assert_eq!(plan_calls(lost), [create]);
    }

    #[test]
    fn arns_of_keys_are_known_and_those_of_aliases_are_not() {
        let region = Region::new("us-east-1");
        let of = |arn| KmsKey::of_arn(arn, &region).map(|id| id.to_string());
        let key = "arn:aws:kms:eu-west-1:111122223333:key/1234";
        assert_eq!(of(key).as_deref(), Some("kms_key.key/1234 in eu-west-1"));
        for other in ["arn:aws:kms:eu-west-1:111122223333:alias/a", "arn:aws:sns:eu-west-1:1:key/x", "key/1"]
        {
            assert_eq!(of(other), None, "{other}");
        }
        assert_eq!(KmsKey::told_by(key)["arn"], key);
        for other in ["arn:aws:kms:eu-west-1:111122223333:alias/a", "alias/a", "1234"] {
            assert!(KmsKey::told_by(other).is_empty(), "{other}");
        }
    }
}
