//! Ownership: the tags that say which stack a resource belongs to.
//!
//! There is no state file. A resource is ours if, and only if, it carries the mark of our stack.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The tags of a resource.
pub type Tags = BTreeMap<String, String>;

/// The prefix of all tags that trailctl keeps for itself.
pub const RESERVED: &str = "trailctl:";
/// The tag with the name of the stack that owns the resource.
pub const STACK: &str = "trailctl:stack";
/// The tag with the key of the resource in the spec.
pub const RESOURCE: &str = "trailctl:resource";
/// The tag that says which apply created the resource.
pub const NONCE: &str = "trailctl:nonce";
/// The tag that forbids to delete or replace the resource.
pub const PROTECT: &str = "trailctl:protect";
/// What stands for the nonce in a plan; apply puts in its own.
pub const NONCE_REFERENCE: &str = "${apply.run.nonce}";

/// Whose a live resource is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// It carries no mark of any stack.
    Nobody,
    /// It carries the mark of this stack.
    Stack {
        /// The stack's name.
        stack: String,
        /// Its key in that stack's spec, if it says one.
        resource: Option<String>,
        /// Which apply created it, if it says so.
        nonce: Option<String>,
    },
    /// It exists, but its tags cannot be read: it counts as someone else's.
    Unreadable {
        /// Why not, in words.
        why: String,
    },
}

impl Owner {
    /// Reads the mark from the tags of a resource.
    pub fn of(tags: &Tags) -> Self {
        match tags.get(STACK) {
            Some(stack) => Self::Stack {
                stack: stack.clone(),
                resource: tags.get(RESOURCE).cloned(),
                nonce: tags.get(NONCE).cloned(),
            },
            None => Self::Nobody,
        }
    }

    /// Returns whether the mark is the one of `stack`.
    pub fn is(&self, stack: &str) -> bool {
        matches!(self, Self::Stack { stack: owner, .. } if owner == stack)
    }
}

/// Returns the tags that the resource must carry in AWS: the managed ones and the protection.
pub fn with_protection(tags: &Tags, protect: bool) -> Tags {
    let mut all = tags.clone();
    all.insert(PROTECT.to_owned(), protect.to_string());
    all
}

/// Returns the tags to create a resource with: all it must carry, and who creates it.
pub fn with_nonce(tags: &Tags, protect: bool) -> Tags {
    let mut all = with_protection(tags, protect);
    all.insert(NONCE.to_owned(), NONCE_REFERENCE.to_owned());
    all
}

/// Splits the tags that AWS shows into the managed ones and the protection.
///
/// The nonce is left out: it differs from apply to apply and says nothing about the resource.
pub fn split(mut tags: Tags) -> (Tags, bool) {
    tags.remove(NONCE);
    let protect = tags.remove(PROTECT).is_some_and(|value| value == "true");
    (tags, protect)
}

/// Carries over the tags that AWS keeps for itself (`aws:`): nobody can change them.
pub fn keep_system_tags(want: &mut Tags, seen: &Tags) {
    let system = seen.iter().filter(|(key, _)| key.starts_with("aws:"));
    want.extend(system.map(|(key, value)| (key.clone(), value.clone())));
}

/// Returns the calls that lead from some tags and protection to others: `remove` makes one from keys, `add` one from tags.
///
/// Tags are removed before others are added, so that their number stays within the limit; but what is adopted or taken over
/// gets its mark before anything else is done to it.
pub fn changes<C>(
    (old, was_protected): (&Tags, bool),
    (new, is_protected): (&Tags, bool),
    remove: impl FnOnce(Vec<String>) -> C,
    add: impl FnOnce(Tags) -> C,
) -> Vec<C> {
    let (old, mut added) = (with_protection(old, was_protected), with_protection(new, is_protected));
    let removed: Vec<String> = old.keys().filter(|key| !added.contains_key(*key)).cloned().collect();
    added.retain(|key, value| old.get(key) != Some(value));
    let remove = (!removed.is_empty()).then(|| remove(removed));
    let add = (!added.is_empty()).then(|| add(added));
    let is_ours = old.get(STACK) == new.get(STACK);
    let calls = if is_ours { [remove, add] } else { [add, remove] };
    calls.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_created_reads_back_as_it_was_wanted() {
        let tags =
            Tags::from([(STACK.to_owned(), "s".to_owned()), ("team".to_owned(), "security".to_owned())]);
        for protect in [true, false] {
            assert_eq!(split(with_nonce(&tags, protect)), (tags.clone(), protect));
        }
        assert!(Owner::of(&tags).is("s"));
        assert!(!Owner::of(&tags).is("t"));
        assert_eq!(Owner::of(&Tags::new()), Owner::Nobody);
    }

    #[test]
    fn a_resource_without_the_protection_tag_is_not_protected() {
        assert_eq!(split(Tags::new()), (Tags::new(), false));
    }
}
