//! The kinds of resources: their attributes, what changes them, how AWS is asked about them.
//!
//! A kind is a type that implements [`Resource`], in a folder of its own, and one line in [`KINDS`]. The spec, the
//! schema, the plan, the rendering and apply work on all kinds of the list.

pub mod bucket;
pub mod erased;
pub mod kms_key;
pub mod log_group;
pub mod resource;
pub mod role;
pub mod topic;
pub mod trail;

use std::marker::PhantomData;

use schemars::{Schema, json_schema};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use self::erased::Of;
pub use self::{
    erased::{Foreign, Kind, Pending, References},
    resource::{CallRecord, Common, Implied, Link, NameProblem, Reach, Resource, Scope, Target, World},
};
use crate::{
    aws::error::{AwsError, Class},
    resource::Existing,
};

/// All kinds. A kind stands after the ones that it refers to: deletes go the other way.
pub static KINDS: &[&dyn Kind] = &[
    &Of::<kms_key::KmsKey>(PhantomData),
    &Of::<bucket::Bucket>(PhantomData),
    &Of::<log_group::LogGroup>(PhantomData),
    &Of::<role::Role>(PhantomData),
    &Of::<topic::Topic>(PhantomData),
    &Of::<trail::Trail>(PhantomData),
];

/// Returns the kind of this name.
pub fn kind(name: &str) -> Option<&'static dyn Kind> {
    KINDS.iter().copied().find(|kind| kind.name() == name)
}

/// The default of attributes that are on unless the spec says otherwise.
pub(crate) fn yes() -> bool {
    true
}

/// Returns the schema of a text that is one of some known ones, or one that is not known yet: editors complete it, and take others.
fn open_words(known: impl IntoIterator<Item = &'static str>) -> Schema {
    json_schema!({ "anyOf": [{ "enum": known.into_iter().collect::<Vec<_>>() }, { "type": "string" }] })
}

/// Returns the schema of a list of such texts.
fn open_lists(known: impl IntoIterator<Item = &'static str>) -> Schema {
    json_schema!({ "type": "array", "items": open_words(known) })
}

/// Takes over an attribute of what others manage. One that may not be read is not known.
fn learn<T: Serialize>(
    found: &mut Existing,
    attribute: &str,
    answer: Result<T, AwsError>,
) -> Result<(), AwsError> {
    match answer {
        Ok(value) => found.attrs[attribute] = to_tree(&value),
        Err(error) if error.class == Class::Denied => found.unread = Some(error.to_string()),
        Err(error) => return Err(error),
    }
    Ok(())
}

fn edit<R: Resource, T>(attrs: &mut Value, change: impl FnOnce(&mut R) -> T) -> T {
    let mut resource: R = from_tree(attrs.take());
    let answer = change(&mut resource);
    *attrs = to_tree(&resource);
    answer
}

fn to_tree<T: Serialize>(resource: &T) -> Value {
    serde_json::to_value(resource).expect("attributes and calls are made of text, numbers, lists and maps")
}

fn from_tree<R: DeserializeOwned>(tree: Value) -> R {
    serde_json::from_value(tree).expect("a tree of a kind was written by that kind")
}
