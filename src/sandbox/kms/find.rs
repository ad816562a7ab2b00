//! Finds keys by id, ARN or alias.

use std::fmt;

use super::{Key, Vault, not_found};
use crate::sandbox::identity::{is_account_id, partition};
use crate::sandbox::store::State;
use crate::sandbox::wire::{Call, Refusal};

/// Where a key is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeyArn {
    pub(crate) region: String,
    pub(crate) account: String,
    pub(crate) id: String,
}

impl fmt::Display for KeyArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { region, account, id } = self;
        write!(f, "arn:{}:kms:{region}:{account}:key/{id}", partition(region))
    }
}

/// Why a key is not found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyFault {
    /// The text names no key in any form.
    Malformed,
    Absent,
}

/// Finds a key by any of its spellings. What does not say where it is means `account` and `region`.
pub(crate) fn find<'a>(
    state: &'a State,
    text: &str,
    account: &str,
    region: &str,
) -> Result<(KeyArn, &'a Key), KeyFault> {
    let (account, region, resource) = place(text, account, region)?;
    let vault = vault(state, &account, &region).ok_or(KeyFault::Absent)?;
    let id = match resource.starts_with("alias/") {
        true => vault.aliases.get(&resource).map(|alias| alias.target.clone()).ok_or(KeyFault::Absent)?,
        false => resource,
    };
    let key = vault.keys.get(&id).ok_or(KeyFault::Absent)?;
    Ok((KeyArn { region, account, id }, key))
}

/// Returns account, Region, and the id or the alias.
fn place(text: &str, account: &str, region: &str) -> Result<(String, String, String), KeyFault> {
    let (account, region, resource) = match text.starts_with("arn:") {
        false => (account, region, text),
        true => match text.splitn(6, ':').collect::<Vec<_>>()[..] {
            ["arn", in_partition, "kms", region, account, resource]
                if in_partition == partition(region) && is_account_id(account) && !region.is_empty() =>
            {
                let id = resource.strip_prefix("key/");
                let alias = Some(resource).filter(|resource| resource.starts_with("alias/"));
                (account, region, id.or(alias).ok_or(KeyFault::Malformed)?)
            }
            _ => return Err(KeyFault::Malformed),
        },
    };
    let name = resource.strip_prefix("alias/").unwrap_or(resource);
    // Only an alias can have several parts.
    if !is_name(name) || (name == resource && name.contains('/')) {
        return Err(KeyFault::Malformed);
    }
    Ok((account.to_owned(), region.to_owned(), resource.to_owned()))
}

/// Whether the text can be an id, or the name of an alias.
pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/_-".contains(&byte))
}

pub(super) fn vault<'a>(state: &'a State, account: &str, region: &str) -> Option<&'a Vault> {
    state.vaults.get(account)?.get(region)
}

/// Returns the keys and aliases of the caller in the Region of the call.
pub(super) fn own_vault<'a>(state: &'a mut State, call: &Call<'_>) -> &'a mut Vault {
    let regions = state.vaults.entry(call.caller.account.clone()).or_default();
    regions.entry(call.region.clone()).or_default()
}

/// Finds a key of the caller in the Region of the call, by any of its spellings.
pub(super) fn by_any<'a>(
    state: &'a State,
    call: &Call<'_>,
    text: &str,
) -> Result<(KeyArn, &'a Key), Refusal> {
    let (account, region) = (&call.caller.account, &call.region);
    let place = place(text, account, region).map_err(|_| not_found(format!("Invalid keyId {text}")))?;
    if place.1 != *region {
        return Err(not_found(format!("Invalid arn {}", place.1)));
    }
    if place.0 != *account {
        let message = format!("{} is not authorized to use {text}", call.caller.arn);
        return Err(Refusal::bad("AccessDeniedException", message));
    }
    find(state, text, account, region).map_err(|_| match text.contains("alias/") {
        true => not_found(format!("Alias {text} is not found.")),
        false => not_found(format!("Key {text} does not exist")),
    })
}

/// Finds a key of the caller by its id or ARN: most operations take no alias.
pub(super) fn by_id<'a>(state: &'a State, call: &Call<'_>, text: &str) -> Result<(KeyArn, &'a Key), Refusal> {
    if text.starts_with("alias/") || text.contains(":alias/") {
        return Err(not_found(format!("Invalid keyId {text}")));
    }
    by_any(state, call, text)
}

/// Finds a key of the caller to change it.
pub(super) fn to_change<'a>(
    state: &'a mut State,
    call: &Call<'_>,
    text: &str,
) -> Result<(KeyArn, &'a mut Key), Refusal> {
    let (arn, _) = by_id(state, call, text)?;
    let key = own_vault(state, call).keys.get_mut(&arn.id);
    key.map(|key| (arn, key)).ok_or_else(|| not_found(format!("Key {text} does not exist")))
}
