//! Guards: what a plan must not do, and what it needs to be allowed.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Policy, Refusal, draft::Draft};
use crate::{
    kinds::{self, Kind},
    policy::document::PolicyDocument,
    resolve::Wanted,
    resource::{Address, Desired, Live, Observation, Observed, ResourceId, owner::Owner},
};

/// Whether a live resource of the stack that is not wanted may be removed.
pub(super) enum Removal {
    Allowed,
    Kept(String),
    Refused(Refusal),
}

/// Refuses to refer to what does not exist.
pub(super) fn absent(wanted: &Wanted) -> Refusal {
    let reason = format!("there is no {}", named(&wanted.id));
    let help = "correct the name or the ARN, or describe it as an entry of this spec".to_owned();
    of_existing(wanted, "not-found", reason, help)
}

/// Refuses to refer to an entry of the spec as to something that others manage: its policy would not let the other in.
pub(super) fn declared(wanted: &Wanted, entry: &Address) -> Refusal {
    let reason = format!("{} is {entry}, which this spec describes", named(&wanted.id));
    let help = format!("write `{}`, the key of the entry", entry.logical);
    of_existing(wanted, "existing-is-declared", reason, help)
}

/// Refuses to refer to what cannot serve as it is.
pub(super) fn unfit(wanted: &Wanted, problem: &str) -> Refusal {
    let reason = format!("{} {problem}", named(&wanted.id));
    let help =
        "put that right, or name another one; trailctl does not change what it does not own".to_owned();
    of_existing(wanted, "unfit", reason, help)
}

fn of_existing(wanted: &Wanted, code: &str, reason: String, help: String) -> Refusal {
    let origin = Some(wanted.origin.clone());
    Refusal { address: wanted.by.clone(), code: code.to_owned(), reason, help, origin, at: None }
}

/// An ARN says where it is; a name does not.
fn named(id: &ResourceId) -> String {
    let kind = id.kind.replace('_', " ");
    if id.name.starts_with("arn:") {
        format!("{kind} {}", id.name)
    } else {
        format!("{kind} {} in {}", id.name, id.region)
    }
}

/// Refuses to touch what carries no mark and is not to be adopted, and what is another stack's.
pub(super) fn foreign(
    kind: &dyn Kind,
    want: &Desired,
    seen: &Observed,
    former: Option<&Observed>,
    policy: &Policy,
) -> Option<Refusal> {
    let moved_from =
        former.filter(|former| !std::ptr::eq(*former, seen)).and_then(|it| it.outputs.get("arn"));
    let (code, reason, help) = match &seen.owner {
        Owner::Stack { stack, .. } if *stack == policy.stack || policy.take_from.contains(stack) => {
            return None;
        }
        Owner::Stack { stack, .. } => (
            "other-stack",
            format!("{} belongs to the stack `{stack}`", want.id),
            format!(
                "choose another `name`, or remove it from the other spec and take it over with `--take-ownership-from {stack}`"
            ),
        ),
        Owner::Nobody if kind.adopts(&want.attrs) => return None,
        Owner::Nobody if moved_from.is_some() => (
            "name-moved",
            format!(
                "{} now names another {} than the stack's own, {}",
                want.id,
                kind.name().replace('_', " "),
                moved_from.map_or("", String::as_str)
            ),
            "find out who has moved it; point it back, or choose another `name`".to_owned(),
        ),
        Owner::Nobody => (
            "no-owner",
            format!("{} exists and carries no mark of a stack", want.id),
            "choose another `name`, or write `adopt: true` if this spec shall take it over".to_owned(),
        ),
        Owner::Unreadable { why } => (
            "unreadable-owner",
            format!("{} exists and cannot be read: {why}", want.id),
            "choose another `name`, or use credentials that may read it".to_owned(),
        ),
    };
    Some(refusal(&want.address, code, reason, help, Some(want)))
}

/// Refuses to write over a live policy that was not understood: nobody knows what would be lost with it.
pub(super) fn opaque(want: &Desired, seen: &Observed, policy: &Policy) -> Option<Refusal> {
    if is_meant(&policy.replace_policy, &want.id, &want.address) {
        return None;
    }
    let is_opaque = |tree: &Value| {
        let read = serde_json::from_value::<PolicyDocument>(tree.clone());
        read.is_ok_and(|document| document.is_opaque())
    };
    let documents = ["policy", "trust"].map(|name| (name.to_owned(), &seen.attrs[name]));
    let further = seen.attrs["inline_policies"].as_object().into_iter().flatten();
    let further = further.map(|(name, tree)| (format!("inline policy `{name}`"), tree));
    let (name, _) = documents.into_iter().chain(further).find(|(_, tree)| is_opaque(tree))?;
    let reason = format!("the {name} of {} is not understood, and would be written over", want.id);
    let help = format!(
        "look at it and correct it, or allow to replace it with `--replace-policy {}`, for this run",
        want.address.logical
    );
    Some(refusal(&want.address, "opaque-policy", reason, help, Some(want)))
}

/// Refuses to create what AWS would refuse beside another live resource of the same name.
pub(super) fn clash(
    kind: &dyn Kind,
    want: &Desired,
    attrs: &Value,
    live: &Live,
    stack: &str,
) -> Option<Refusal> {
    let is_namesake =
        |id: &&ResourceId| id.kind == want.id.kind && id.name == want.id.name && **id != want.id;
    let (id, why) = live
        .keys()
        .filter(is_namesake)
        .find_map(|id| Some((id, kind.clash(attrs, &live.get(id)?.attrs)?)))?;
    let reason = format!("{} cannot be created beside {id}: {why}", want.id);
    let help = match &live[id].owner {
        Owner::Stack { stack: owner, resource: Some(key), nonce: _ } if owner == stack && *key == want.address.logical => {
            "choose another `name`: the new one is then made beside the old one, which goes when it is in place"
        }
        _ => "choose another `name`",
    }
    .to_owned();
    Some(refusal(&want.address, "name-taken", reason, help, Some(want)))
}

/// Refuses to make anew what may be there, unseen: a key that a broken run has left without its alias, or whose alias the spec
/// changes, is found by its tags only.
pub(super) fn unseen(kind: &dyn Kind, want: &Desired, seen: &Observation) -> Option<Refusal> {
    let is_like_it = |id: &ResourceId| id.kind == want.id.kind && id.region == want.id.region;
    let unread = || {
        seen.live.iter().find_map(|(id, one)| match &one.owner {
            Owner::Unreadable { why } if is_like_it(id) => Some((why, "use credentials that may read it")),
            _ => None,
        })
    };
    let unlisted = seen.unseen.get(&want.id.region).map(|why| (why, "allow tag:GetResources"));
    let (why, what) = unlisted.or_else(unread).filter(|_| kind.can_rename())?;
    let reason = format!("{} may exist under another name: {why}", want.id);
    Some(refusal(&want.address, "unseen", reason, format!("{what}, and plan again"), Some(want)))
}

/// Refuses to take away what a trail that cannot be read may need.
pub(super) fn unread(want: &Desired, old: &Value, new: &Value, live: &Live) -> Option<Refusal> {
    let unread = live.iter().filter(|(_, seen)| matches!(seen.owner, Owner::Unreadable { .. }));
    let (old, new) = (old.to_string(), new.to_string());
    let mut needs = unread.filter(|(_, seen)| {
        seen.outputs.get("arn").is_some_and(|arn| {
            let arn = format!("\"{arn}\"");
            old.contains(&arn) && !new.contains(&arn)
        })
    });
    let (id, _) = needs.next()?;
    let reason = format!("{} lets in {id}, which cannot be read now and may need that", want.id);
    let help = "plan again with credentials that may read it".to_owned();
    Some(refusal(&want.address, "unread-user", reason, help, Some(want)))
}

/// Refuses to write a policy, with all that is generated and kept in it, that AWS would refuse as too long.
pub(super) fn too_long(kind: &dyn Kind, want: &Desired, attrs: &Value) -> Option<Refusal> {
    let most = kind.policy_limit()?;
    let size = attrs["policy"]["statements"].to_string().len();
    let reason = format!("the policy of {} would have {size} bytes; AWS takes at most {most}", want.id);
    let help = "merge statements, or remove some".to_owned();
    (size > most).then(|| refusal(&want.address, "policy-too-long", reason, help, Some(want)))
}

/// Refuses to change what AWS cannot change.
pub(super) fn fixed(kind: &dyn Kind, want: &Desired, old: &Value, new: &Value) -> Option<Refusal> {
    let key = kind.fixed().iter().find(|key| old[**key] != new[**key])?;
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let reason =
        format!("{} has {key} {}, which cannot become {}", want.id, text(&old[*key]), text(&new[*key]));
    let help =
        format!("write `{key}: {}`, or choose another `name` for a new {}", text(&old[*key]), kind.name());
    Some(refusal(&want.address, "cannot-change", reason, help, Some(want)))
}

/// Returns whether one of the names means a resource: by its key, its name or its address.
pub(super) fn is_meant(names: &BTreeSet<String>, id: &ResourceId, address: &Address) -> bool {
    names.iter().any(|name| means(name, id, address))
}

fn means(name: &str, id: &ResourceId, address: &Address) -> bool {
    name == address.logical || name == id.name || name == address.to_string()
}

/// Decides about a removal: data is kept unless it is named, protected things are not removed unless they are named,
/// and nothing that holds data is ever deleted.
pub(super) fn removal(
    kind: &dyn Kind,
    address: &Address,
    id: &ResourceId,
    seen: &Observed,
    draft: &Draft<'_>,
) -> Removal {
    let policy = draft.policy;
    if kind.keeps_data() {
        // A word that means several is not enough to delete data. What was renamed has the key of what took its place.
        let others = draft.going.iter().filter(|(other, _)| **other != id);
        let others = others.filter(|(other, _)| kinds::kind(&other.kind).is_some_and(Kind::keeps_data));
        let others: Vec<(&ResourceId, Address)> =
            others.map(|(other, seen)| (*other, address_of(other, seen))).collect();
        let also_means = |name: &str| -> Vec<String> {
            let meant = others.iter().filter(|(other, address)| means(name, other, address));
            meant.map(|(other, address)| format!("{address}, named {}", other.name)).collect()
        };
        let mut given = policy.delete_data.iter().filter(|name| means(name, id, address));
        let Some(first) = given.clone().next() else {
            let is_replaced = draft.desired.iter().any(|want| want.address == *address);
            return Removal::Kept(format!(
                "the {} {} is made to hold data; `destroy --delete-data {}` deletes it, with all that the stack owns",
                kind.name().replace('_', " "),
                id.name,
                if is_replaced { &id.name } else { &address.logical }
            ));
        };
        if !given.any(|name| also_means(name).is_empty()) {
            let reason =
                format!("`--delete-data {first}` could also mean {}", also_means(first).join(" and "));
            let words = [address.to_string(), id.name.clone()];
            let word = words.iter().find(|word| also_means(word).is_empty()).unwrap_or(&words[1]);
            let help = format!("write `--delete-data {word}`");
            return Removal::Refused(refusal(address, "ambiguous", reason, help, None));
        }
        if seen.holds_data {
            let reason = format!("{id} is not empty");
            let help = "move or delete what it holds first; trailctl never deletes log files".to_owned();
            return Removal::Refused(refusal(address, "holds-data", reason, help, None));
        }
    }
    if kind.is_protected(&seen.attrs) && !is_meant(&policy.allow_destroy, id, address) {
        let reason = format!("{id} is protected");
        let help = format!("`--allow-destroy {}` allows it, for this run", address.logical);
        return Removal::Refused(refusal(address, "protected", reason, help, None));
    }
    Removal::Allowed
}

/// Returns the address that a live resource of the stack says it has.
pub(super) fn address_of(id: &ResourceId, seen: &Observed) -> Address {
    match &seen.owner {
        Owner::Stack { resource: Some(resource), .. } => Address::new(&id.kind, resource),
        _ => Address::new(&id.kind, &id.name),
    }
}

fn refusal(address: &Address, code: &str, reason: String, help: String, want: Option<&Desired>) -> Refusal {
    Refusal {
        address: address.clone(),
        code: code.to_owned(),
        reason,
        help,
        origin: want.map(|want| want.origin.clone()),
        at: None,
    }
}
