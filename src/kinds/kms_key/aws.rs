//! How KMS is asked about keys, and how their calls are sent.

use std::collections::BTreeSet;

use aws_sdk_kms::{
    Client,
    types::{self, KeyMetadata},
};
use futures_util::future::{join_all, try_join, try_join_all, try_join5};
use tokio::sync::OnceCell;

use super::{
    BY_ID, KmsKey, USUAL_WINDOW, alias, calls,
    calls::Call,
    settings::{Rotation, State},
};
use crate::{
    aws::{
        Aws, CallName, Use,
        error::{AwsError, Class},
    },
    kinds::{Scope, learn},
    policy::document::PolicyDocument,
    resource::{
        Existing, Observed, Outputs, ResourceId,
        owner::{self, Owner, RESOURCE, Tags},
        region::Region,
    },
};

/// How many pages a list may have: an endpoint that repeats its markers would never end.
const MOST_PAGES: usize = 100;
/// The name of the policy of a key: it has one.
const POLICY: &str = "default";

/// Reads the wanted keys, in two rounds: which key an alias means, then all about it. Those that are marked are read too, unless
/// an alias was found to mean them.
pub(super) async fn observe(
    aws: &Aws,
    scope: &Scope<'_>,
) -> Result<Vec<(ResourceId, Observed<KmsKey>)>, AwsError> {
    let named: Vec<Named<'_>> = scope.wanted.iter().map(|id| Named { id, key: OnceCell::new() }).collect();
    let wanted = try_join_all(named.iter().map(async |one| read(aws, one.id, one.key(aws).await?).await));
    let others = async {
        let marked = scope.others::<KmsKey>().await;
        let known = try_join_all(named.iter().map(async |one| {
            let key = one.key(aws).await?;
            Ok::<_, AwsError>(key.map(|key| (&one.id.region, format!("{BY_ID}{}", key.key_id))))
        }));
        let known: BTreeSet<(&Region, String)> = known.await?.into_iter().flatten().collect();
        let others = marked.into_iter().filter(|id| !known.contains(&(&id.region, id.name.clone())));
        Ok(join_all(others.map(async |id| (read_by_id(aws, &id, scope.is_removal).await, id))).await)
    };
    let (wanted, others) = try_join(wanted, others).await?;
    let wanted = scope.wanted.iter().cloned().zip(wanted);
    let all = wanted.chain(others.into_iter().map(|(seen, id)| (id, seen)));
    Ok(all.filter_map(|(id, key)| Some((id, key?))).collect())
}

/// A key that the spec names by its alias.
struct Named<'a> {
    id: &'a ResourceId,
    key: OnceCell<Option<KeyMetadata>>,
}

impl Named<'_> {
    /// Returns which key it is. KMS is asked once.
    async fn key(&self, aws: &Aws) -> Result<Option<&KeyMetadata>, AwsError> {
        let key = self.key.get_or_try_init(|| describe(aws, &self.id.region, alias(&self.id.name))).await?;
        Ok(key.as_ref())
    }
}

fn name<'a>(operation: &'static str, region: &'a Region) -> CallName<'a> {
    CallName { service: "kms", operation, region }
}

/// What a question about a key is sent with.
struct Question<'a> {
    aws: &'a Aws,
    client: Client,
    key_id: &'a str,
    region: &'a Region,
}

/// Reads a key that the spec does not name. One that cannot be read must not stop the plan.
async fn read_by_id(aws: &Aws, id: &ResourceId, is_removal: bool) -> Option<Observed<KmsKey>> {
    let key_id = id.name.strip_prefix(BY_ID).unwrap_or(&id.name).to_owned();
    let seen = async {
        let key = describe(aws, &id.region, key_id).await?;
        read(aws, id, key.as_ref()).await
    };
    // What is to be deleted and has lost its alias is as good as removed.
    let is_removed = |key: &KmsKey| key.enabled == State::PendingDeletion && key.name.is_none();
    match seen.await {
        Ok(seen) => seen.filter(|seen| !(is_removal && is_removed(&seen.attrs))),
        Err(error) => {
            let outputs = Outputs::from([("name".to_owned(), id.name.clone())]);
            Some(unread(id, outputs, error.to_string()))
        }
    }
}

/// Reads the rest about a key that was described, if there was one.
async fn read(
    aws: &Aws,
    id: &ResourceId,
    key: Option<&KeyMetadata>,
) -> Result<Option<Observed<KmsKey>>, AwsError> {
    let Some(key) = key else { return Ok(None) };
    let mut outputs = outputs(key);
    if let Some(why) = unfit(key) {
        return Ok(Some(unread(id, outputs, why)));
    }
    let client: Client = aws.client(&id.region, Use::Read);
    let ask = Question { aws, client, key_id: &key.key_id, region: &id.region };
    let (policy, rotation, all_tags, grants, aliases) =
        try_join5(ask.policy(), ask.rotation(), ask.tags(), ask.grants(), ask.aliases()).await?;
    let name = match id.name.starts_with(BY_ID) {
        true => chosen(&aliases, all_tags.get(RESOURCE)),
        false => Some(id.name.clone()),
    };
    let others = aliases.iter().filter(|other| Some(*other) != name.as_ref());
    let beside = grants.into_iter().chain(others.map(|other| format!("another alias, {}", alias(other))));
    let beside = beside.collect();
    if let Some(name) = &name {
        outputs.extend([("name".to_owned(), name.clone()), ("alias".to_owned(), alias(name))]);
    }
    let owner = Owner::of(&all_tags);
    let (tags, protect) = owner::split(all_tags);
    let attrs = KmsKey {
        name,
        region: Some(id.region.clone()),
        description: key.description.clone().unwrap_or_default(),
        rotation,
        multi_region: key.multi_region.unwrap_or(false),
        // Not to be seen in AWS.
        deletion_window_days: USUAL_WINDOW,
        enabled: state(key),
        // Statements of the policy, which is compared.
        admins: Vec::new(),
        readers: Vec::new(),
        policy,
        tags,
        protect,
        adopt: false,
    };
    Ok(Some(Observed { attrs, outputs, owner, holds_data: false, beside }))
}

/// Returns the alias that is ours among those of a key: the one that its tag says, or the only one. Several others are
/// somebody's, and none of them is ours to move.
fn chosen(aliases: &[String], key: Option<&String>) -> Option<String> {
    match aliases {
        [one] => Some(one.clone()),
        several => several.iter().find(|one| Some(*one) == key).cloned(),
    }
}

/// Finds a key by its id, its ARN or an alias.
async fn describe(aws: &Aws, region: &Region, key: String) -> Result<Option<KeyMetadata>, AwsError> {
    let client: Client = aws.client(region, Use::Read);
    match aws.send(name("DescribeKey", region), client.describe_key().key_id(key).send()).await {
        Err(error) if error.class == Class::NotFound => Ok(None),
        answer => {
            let missing = || AwsError::incomplete("kms:DescribeKey", region, "key");
            answer?.key_metadata.ok_or_else(missing).map(Some)
        }
    }
}

fn outputs(key: &KeyMetadata) -> Outputs {
    let arn = key.arn.clone().map(|arn| ("arn".to_owned(), arn));
    arn.into_iter().chain([("key_id".to_owned(), key.key_id.clone())]).collect()
}

fn state(key: &KeyMetadata) -> State {
    use types::KeyState;
    match key.key_state {
        Some(KeyState::Enabled | KeyState::Creating | KeyState::Updating) => State::Enabled,
        Some(KeyState::PendingDeletion | KeyState::PendingReplicaDeletion) => State::PendingDeletion,
        None if key.enabled => State::Enabled,
        Some(_) | None => State::Disabled,
    }
}

/// Returns why a key is not one for log files.
fn asymmetric(key: &KeyMetadata) -> Option<String> {
    let spec = key.key_spec.as_ref().map_or("SYMMETRIC_DEFAULT", types::KeySpec::as_str);
    let usage = key.key_usage.as_ref().map_or("ENCRYPT_DECRYPT", types::KeyUsageType::as_str);
    let is_symmetric = (spec, usage) == ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT");
    (!is_symmetric).then(|| format!("is not a symmetric key for encryption ({spec}, {usage})"))
}

/// Returns why a key is not of the sort that an entry describes. None of that can be changed.
fn unfit(key: &KeyMetadata) -> Option<String> {
    let origin = key.origin.as_ref().map_or("AWS_KMS", types::OriginType::as_str);
    let replicas = key.multi_region_configuration.as_ref();
    if key.key_manager == Some(types::KeyManagerType::Aws) {
        Some("its key is managed by AWS".to_owned())
    } else if let Some(why) = asymmetric(key) {
        Some(format!("its key {why}"))
    } else if origin != "AWS_KMS" {
        Some(format!("its key has material that KMS did not make ({origin})"))
    } else if replicas.is_some_and(|r| r.multi_region_key_type == Some(types::MultiRegionKeyType::Replica)) {
        Some("its key is the replica of one in another Region".to_owned())
    } else {
        None
    }
}

/// Returns what stands for a key that exists and is not ours to change.
fn unread(id: &ResourceId, outputs: Outputs, why: String) -> Observed<KmsKey> {
    let attrs = KmsKey {
        name: Some(id.name.clone()),
        region: Some(id.region.clone()),
        description: String::new(),
        rotation: Rotation(None),
        multi_region: false,
        deletion_window_days: USUAL_WINDOW,
        enabled: State::Disabled,
        admins: Vec::new(),
        readers: Vec::new(),
        policy: PolicyDocument::default(),
        tags: Tags::new(),
        protect: true,
        adopt: false,
    };
    Observed { attrs, outputs, owner: Owner::Unreadable { why }, holds_data: true, beside: Vec::new() }
}

/// Asks about a key that others manage, perhaps in another account.
pub(super) async fn look(aws: &Aws, id: &ResourceId) -> Result<Option<Existing>, AwsError> {
    let Some(key) = describe(aws, &id.region, id.name.clone()).await? else { return Ok(None) };
    let of_state = match state(&key) {
        State::Enabled => None,
        State::Disabled => Some("is disabled".to_owned()),
        State::PendingDeletion => Some("is pending deletion".to_owned()),
    };
    let key_id = key.arn.as_deref().unwrap_or(&key.key_id);
    let ask = Question { aws, client: aws.client(&id.region, Use::Read), key_id, region: &id.region };
    let policy = ask.policy().await;
    let problem = asymmetric(&key).or(of_state);
    let mut found = Existing { outputs: outputs(&key), problem, ..Existing::default() };
    learn(&mut found, "policy", policy)?;
    Ok(Some(found))
}

impl Question<'_> {
    async fn policy(&self) -> Result<PolicyDocument, AwsError> {
        let call = self.client.get_key_policy().key_id(self.key_id).policy_name(POLICY).send();
        let answer = self.aws.send(name("GetKeyPolicy", self.region), call).await?;
        let missing = || AwsError::incomplete("kms:GetKeyPolicy", self.region, "policy");
        Ok(PolicyDocument::read(&answer.policy.ok_or_else(missing)?))
    }

    async fn rotation(&self) -> Result<Rotation, AwsError> {
        let call = self.client.get_key_rotation_status().key_id(self.key_id).send();
        let answer = self.aws.send(name("GetKeyRotationStatus", self.region), call).await?;
        let days = answer.rotation_period_in_days.and_then(|days| u32::try_from(days).ok());
        Ok(Rotation::seen(answer.key_rotation_enabled, days))
    }

    async fn tags(&self) -> Result<Tags, AwsError> {
        let (mut found, mut marker) = (Tags::new(), None);
        for _ in 0..MOST_PAGES {
            let call = self.client.list_resource_tags().key_id(self.key_id).set_marker(marker).send();
            let answer = self.aws.send(name("ListResourceTags", self.region), call).await?;
            found.extend(answer.tags.unwrap_or_default().into_iter().map(|tag| (tag.tag_key, tag.tag_value)));
            marker = answer.next_marker.filter(|_| answer.truncated);
            if marker.is_none() {
                return Ok(found);
            }
        }
        Err(AwsError::incomplete("kms:ListResourceTags", self.region, "last page"))
    }

    /// Returns the grants in words. Those that AWS services have made for themselves name no principal of IAM.
    async fn grants(&self) -> Result<Vec<String>, AwsError> {
        let (mut found, mut marker) = (Vec::new(), None);
        for _ in 0..MOST_PAGES {
            let call = self.client.list_grants().key_id(self.key_id).set_marker(marker).send();
            let answer = self.aws.send(name("ListGrants", self.region), call).await?;
            found.extend(answer.grants.unwrap_or_default().into_iter().filter_map(in_words));
            marker = answer.next_marker.filter(|_| answer.truncated);
            if marker.is_none() {
                found.sort();
                return Ok(found);
            }
        }
        Err(AwsError::incomplete("kms:ListGrants", self.region, "last page"))
    }

    /// Returns the names of the aliases, without `alias/`.
    async fn aliases(&self) -> Result<Vec<String>, AwsError> {
        let (mut found, mut marker) = (Vec::new(), None);
        for _ in 0..MOST_PAGES {
            let call = self.client.list_aliases().key_id(self.key_id).set_marker(marker).send();
            let answer = self.aws.send(name("ListAliases", self.region), call).await?;
            let aliases = answer.aliases.unwrap_or_default().into_iter().filter_map(|one| one.alias_name);
            found.extend(aliases.filter_map(|one| one.strip_prefix("alias/").map(str::to_owned)));
            marker = answer.next_marker.filter(|_| answer.truncated);
            if marker.is_none() {
                found.sort();
                return Ok(found);
            }
        }
        Err(AwsError::incomplete("kms:ListAliases", self.region, "last page"))
    }
}

fn in_words(grant: types::GrantListEntry) -> Option<String> {
    let principal = grant.grantee_principal.filter(|principal| principal.starts_with("arn:"))?;
    let mut operations: Vec<&str> =
        grant.operations.iter().flatten().map(types::GrantOperation::as_str).collect();
    operations.sort_unstable();
    Some(format!("a grant that lets {principal} do {}", operations.join(", ")))
}

/// Sends one request, in the key's Region.
pub(super) async fn perform(aws: &Aws, id: &ResourceId, call: Call) -> Result<Outputs, AwsError> {
    let region = &id.region;
    let client: Client = aws.client(region, Use::Change);
    match call {
        Call::CreateKey { description, multi_region, policy, tags } => {
            let request = client
                .create_key()
                .description(description)
                .multi_region(multi_region)
                .policy(policy.to_string())
                .set_tags(Some(sdk_tags(tags)));
            let answer = aws.send(name("CreateKey", region), request.send()).await?;
            let missing = || AwsError::incomplete("kms:CreateKey", region, "key");
            return answer.key_metadata.as_ref().map(outputs).ok_or_else(missing);
        }
        Call::CreateAlias { alias_name, target_key_id } => {
            let request = client.create_alias().alias_name(alias_name).target_key_id(target_key_id);
            aws.send(name("CreateAlias", region), request.send()).await.map(drop)
        }
        Call::UpdateAlias { alias_name, target_key_id } => {
            let request = client.update_alias().alias_name(alias_name).target_key_id(target_key_id);
            aws.send(name("UpdateAlias", region), request.send()).await.map(drop)
        }
        Call::DeleteAlias { alias_name } => {
            let request = client.delete_alias().alias_name(alias_name);
            aws.send(name("DeleteAlias", region), request.send()).await.map(drop)
        }
        Call::TagResource { key_id, tags } => {
            let request = client.tag_resource().key_id(key_id).set_tags(Some(sdk_tags(tags)));
            aws.send(name("TagResource", region), request.send()).await.map(drop)
        }
        Call::UntagResource { key_id, tag_keys } => {
            let request = client.untag_resource().key_id(key_id).set_tag_keys(Some(tag_keys));
            aws.send(name("UntagResource", region), request.send()).await.map(drop)
        }
        Call::UpdateKeyDescription { key_id, description } => {
            let request = client.update_key_description().key_id(key_id).description(description);
            aws.send(name("UpdateKeyDescription", region), request.send()).await.map(drop)
        }
        Call::EnableKey { key_id } => {
            let request = client.enable_key().key_id(key_id);
            aws.send(name("EnableKey", region), request.send()).await.map(drop)
        }
        Call::DisableKey { key_id } => {
            let request = client.disable_key().key_id(key_id);
            aws.send(name("DisableKey", region), request.send()).await.map(drop)
        }
        Call::EnableKeyRotation { key_id, rotation_period_in_days } => {
            let days = i32::try_from(rotation_period_in_days).unwrap_or(i32::MAX);
            let request = client.enable_key_rotation().key_id(key_id).rotation_period_in_days(days);
            aws.send(name("EnableKeyRotation", region), request.send()).await.map(drop)
        }
        Call::DisableKeyRotation { key_id } => {
            let request = client.disable_key_rotation().key_id(key_id);
            aws.send(name("DisableKeyRotation", region), request.send()).await.map(drop)
        }
        Call::PutKeyPolicy { key_id, policy } => {
            let request =
                client.put_key_policy().key_id(key_id).policy_name(POLICY).policy(policy.to_string());
            aws.send(name("PutKeyPolicy", region), request.send()).await.map(drop)
        }
        Call::CancelKeyDeletion { key_id } => {
            let request = client.cancel_key_deletion().key_id(key_id);
            aws.send(name("CancelKeyDeletion", region), request.send()).await.map(drop)
        }
        Call::ScheduleKeyDeletion { key_id, pending_window_in_days } => {
            let days = i32::try_from(pending_window_in_days).unwrap_or(i32::MAX);
            let request = client.schedule_key_deletion().key_id(key_id).pending_window_in_days(days);
            aws.send(name("ScheduleKeyDeletion", region), request.send()).await.map(drop)
        }
    }?;
    Ok(Outputs::new())
}

fn sdk_tags(tags: Vec<calls::Tag>) -> Vec<types::Tag> {
    let tag = |tag: calls::Tag| {
        let built = types::Tag::builder().tag_key(tag.tag_key).tag_value(tag.tag_value).build();
        built.expect("key and value are set")
    };
    tags.into_iter().map(tag).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(
        build: impl Fn(types::builders::KeyMetadataBuilder) -> types::builders::KeyMetadataBuilder,
    ) -> KeyMetadata {
        build(KeyMetadata::builder().key_id("k").key_state(types::KeyState::Enabled)).build().unwrap()
    }

    #[test]
    fn only_symmetric_keys_of_kms_itself_are_described_by_entries() {
        assert_eq!(unfit(&key(|k| k)), None);
        let plain = key(|k| k.key_spec(types::KeySpec::SymmetricDefault).origin(types::OriginType::AwsKms));
        assert_eq!(unfit(&plain), None);
        for other in [
            key(|k| k.key_spec(types::KeySpec::Rsa2048)),
            key(|k| k.key_usage(types::KeyUsageType::SignVerify)),
            key(|k| k.origin(types::OriginType::External)),
            key(|k| k.key_manager(types::KeyManagerType::Aws)),
        ] {
            assert!(unfit(&other).is_some(), "{other:?}");
        }
    }

    #[test]
    fn an_alias_is_ours_if_the_key_says_so_or_has_no_other() {
        let of = |aliases: &[&str]| {
            let aliases: Vec<String> = aliases.iter().map(|one| (*one).to_owned()).collect();
            chosen(&aliases, Some(&"audit".to_owned()))
        };
        assert_eq!(of(&[]), None);
        assert_eq!(of(&["old"]).as_deref(), Some("old"));
        assert_eq!(of(&["app", "audit"]).as_deref(), Some("audit"));
        assert_eq!(of(&["app", "other"]), None);
    }
}
