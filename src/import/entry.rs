//! How what a file tells of a resource becomes what is found.

use crate::{
    export::Found,
    kinds::Resource,
    policy::document::PolicyDocument,
    resource::{
        Outputs, ResourceId,
        owner::{self, Owner, Tags},
        region::Region,
    },
};

/// The tags of a resource, and what they say of it.
pub(super) struct Marks {
    pub(super) owner: Owner,
    pub(super) tags: Tags,
    pub(super) protect: bool,
}

impl Marks {
    pub(super) fn of(tags: Tags) -> Self {
        let owner = Owner::of(&tags);
        let (tags, protect) = owner::split(tags);
        Self { owner, tags, protect }
    }
}

/// What is known of a resource beside its attributes.
pub(super) struct About {
    pub(super) region: Region,
    pub(super) name: String,
    pub(super) outputs: Outputs,
    pub(super) owner: Owner,
    pub(super) notes: Vec<String>,
}

/// Returns a resource with its attributes in their one spelling.
pub(super) fn found<R: Resource>(mut resource: R, about: About) -> Option<Found> {
    let About { region, name, outputs, owner, notes } = about;
    resource.normalize();
    let id = ResourceId { kind: R::KIND.to_owned(), region, name };
    Some(Found { id, attrs: serde_json::to_value(resource).ok()?, outputs, owner, notes })
}

/// Returns the outputs that have a value.
pub(super) fn outputs<'a>(all: impl IntoIterator<Item = (&'a str, Option<String>)>) -> Outputs {
    all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

/// Reads the policy of a role. One without statements is one all the same: IAM does not remove the role while it is there.
pub(super) fn role_policy(text: &str) -> PolicyDocument {
    let document = PolicyDocument::read(text);
    match document.statements.is_empty() {
        true => PolicyDocument { statements: vec![text.into()], ..PolicyDocument::default() },
        false => document,
    }
}
