//! CreateKey, DescribeKey, ListKeys, UpdateKeyDescription.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::find::{KeyArn, by_any, own_vault, to_change, vault};
use super::tagging::{KeyTag, add as add_tags};
use super::{Key, Listing, invalid, named, policy};
use crate::sandbox::ids;
use crate::sandbox::store::State;
use crate::sandbox::wire::{Call, Outcome, Refusal, Reply};

const MAX_DESCRIPTION: usize = 8192;

/// The specs of keys with the usages they can have.
static SPECS: &[(&str, &[&str])] = &[
    ("SYMMETRIC_DEFAULT", &["ENCRYPT_DECRYPT"]),
    ("RSA_2048", &["ENCRYPT_DECRYPT", "SIGN_VERIFY"]),
    ("RSA_3072", &["ENCRYPT_DECRYPT", "SIGN_VERIFY"]),
    ("RSA_4096", &["ENCRYPT_DECRYPT", "SIGN_VERIFY"]),
    ("ECC_NIST_P256", &["SIGN_VERIFY", "KEY_AGREEMENT"]),
    ("ECC_NIST_P384", &["SIGN_VERIFY", "KEY_AGREEMENT"]),
    ("ECC_NIST_P521", &["SIGN_VERIFY", "KEY_AGREEMENT"]),
    ("HMAC_256", &["GENERATE_VERIFY_MAC"]),
];

pub(super) fn create_key(state: &mut State, call: &Call<'_>) -> Outcome {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
    struct Input {
        description: String,
        policy: Option<String>,
        tags: Vec<KeyTag>,
        multi_region: bool,
        key_spec: Option<String>,
        key_usage: Option<String>,
        origin: Option<String>,
        bypass_policy_lockout_safety_check: bool,
    }
    let input: Input = call.input()?;
    check_description(&input.description)?;
    let spec = input.key_spec.unwrap_or_else(|| "SYMMETRIC_DEFAULT".to_owned());
    let usage = input.key_usage.unwrap_or_else(|| "ENCRYPT_DECRYPT".to_owned());
    let Some((_, usages)) = SPECS.iter().find(|(known, _)| *known == spec) else {
        return Err(invalid(format!("The key spec {spec} is not known.")));
    };
    if !usages.contains(&usage.as_str()) {
        return Err(invalid(format!("A key with the spec {spec} cannot have the usage {usage}.")));
    }
    if input.origin.is_some_and(|origin| origin != "AWS_KMS") {
        let message = "The sandbox makes its key material itself.";
        return Err(Refusal::bad("UnsupportedOperationException", message));
    }
    let account = &call.caller.account;
    let text = input.policy.unwrap_or_else(|| policy::of_owner(call));
    policy::check(call, &text, input.bypass_policy_lockout_safety_check)?;
    let mut tags = BTreeMap::new();
    add_tags(&mut tags, input.tags)?;
    let id = match input.multi_region {
        true => format!("mrk-{}", ids::hex(state, 32)),
        false => ids::uuid(state),
    };
    let key = Key {
        created: call.now,
        description: input.description,
        policy: text,
        spec,
        usage,
        multi_region: input.multi_region,
        enabled: true,
        deletion: None,
        rotation: None,
        rotation_period: None,
        tags,
        grants: BTreeMap::new(),
    };
    let arn = KeyArn { region: call.region.clone(), account: account.clone(), id: id.clone() };
    let reply = Reply::json(&json!({"KeyMetadata": metadata(&arn, &key)}));
    own_vault(state, call).keys.insert(id, key);
    Ok(reply)
}

pub(super) fn describe_key(state: &State, call: &Call<'_>) -> Outcome {
    let (arn, key) = by_any(state, call, &named(call)?)?;
    Ok(Reply::json(&json!({"KeyMetadata": metadata(&arn, key)})))
}

pub(super) fn list_keys(state: &State, call: &Call<'_>) -> Outcome {
    if Listing::read(call)?.is_some() {
        return Err(invalid("ListKeys takes no KeyId."));
    }
    let keys =
        vault(state, &call.caller.account, &call.region).into_iter().flat_map(|vault| vault.keys.keys());
    let keys: Vec<Value> = keys
        .map(|id| {
            let (region, account) = (call.region.clone(), call.caller.account.clone());
            json!({"KeyId": id, "KeyArn": KeyArn { region, account, id: id.clone() }.to_string()})
        })
        .collect();
    Ok(Reply::json(&json!({"Keys": keys, "Truncated": false})))
}

pub(super) fn update_key_description(state: &mut State, call: &Call<'_>) -> Outcome {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase", deny_unknown_fields)]
    struct Input {
        key_id: String,
        description: String,
    }
    let Input { key_id, description } = call.input()?;
    let (arn, key) = to_change(state, call, &key_id)?;
    key.check_kept(&arn)?;
    check_description(&description)?;
    key.description = description;
    Ok(Reply::empty_json())
}

fn check_description(description: &str) -> Result<(), Refusal> {
    if description.chars().count() > MAX_DESCRIPTION {
        return Err(invalid(format!("A description has up to {MAX_DESCRIPTION} characters.")));
    }
    Ok(())
}

fn metadata(arn: &KeyArn, key: &Key) -> Value {
    let mut members = Map::new();
    let mut add = |name: &str, value: Value| members.insert(name.to_owned(), value);
    add("AWSAccountId", json!(arn.account));
    add("KeyId", json!(arn.id));
    add("Arn", json!(arn.to_string()));
    add("CreationDate", json!(key.created.as_second()));
    add("Enabled", json!(key.is_usable()));
    add("Description", json!(key.description));
    add("KeyUsage", json!(key.usage));
    add("KeyState", json!(key.state()));
    if let Some(deletion) = key.deletion {
        add("DeletionDate", json!(deletion.as_second()));
    }
    add("Origin", json!("AWS_KMS"));
    add("KeyManager", json!("CUSTOMER"));
    add("CustomerMasterKeySpec", json!(key.spec));
    add("KeySpec", json!(key.spec));
    if key.is_symmetric() {
        add("EncryptionAlgorithms", json!(["SYMMETRIC_DEFAULT"]));
    }
    add("MultiRegion", json!(key.multi_region));
    if key.multi_region {
        let primary = json!({"Arn": arn.to_string(), "Region": arn.region});
        let configuration =
            json!({"MultiRegionKeyType": "PRIMARY", "PrimaryKey": primary, "ReplicaKeys": []});
        add("MultiRegionConfiguration", configuration);
    }
    members.into()
}
