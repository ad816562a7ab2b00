//! States of Terraform and OpenTofu: the state file, and what `terraform show -json` writes.

mod bucket;
mod kms_key;
mod lifecycle;
mod log_group;
mod role;
mod state;
mod topic;
mod trail;

use self::state::{Item, State};
use super::{Import, Problem, entry::Marks, import, quoted, tree::items};
use crate::{export::Found, resource::owner::Tags};

/// How an item of a type becomes what is found. `Err` says why it cannot.
type Reader = fn(&State, &Item) -> Result<Option<Found>, String>;

/// The types of resources that are read.
const READERS: &[(&str, Reader)] = &[
    ("aws_cloudtrail", trail::found),
    ("aws_s3_bucket", bucket::found),
    ("aws_kms_key", kms_key::found),
    ("aws_cloudwatch_log_group", log_group::found),
    ("aws_iam_role", role::found),
    ("aws_sns_topic", topic::found),
];

/// The types of resources that describe a part of another one, which may be sensitive.
const PARTS: &[&str] = &[
    "aws_iam_role_policy",
    "aws_kms_key_policy",
    "aws_s3_bucket_lifecycle_configuration",
    "aws_s3_bucket_logging",
    "aws_s3_bucket_policy",
    "aws_s3_bucket_server_side_encryption_configuration",
    "aws_sns_topic_policy",
];

/// Reads a state.
pub fn terraform(text: &str) -> Result<Import, Problem> {
    let state = State::read(text)?;
    let (mut all, mut notes) = (Vec::new(), state.notes.clone());
    for (kind, read) in READERS {
        for item in state.of(kind) {
            let address = quoted(&item.address);
            match read(&state, item) {
                Ok(Some(mut found)) => {
                    found.notes.extend(item.hidden_notes());
                    all.push(found);
                }
                Ok(None) => {}
                Err(why) => notes.push(format!("{address} is left out: {why}.")),
            }
        }
    }
    notes.extend(PARTS.iter().flat_map(|kind| state.of(kind)).flat_map(Item::hidden_notes));
    if state.of("aws_cloudtrail").next().is_none() {
        notes.push("The state has no `aws_cloudtrail` resource.".to_owned());
    }
    Ok(import(all, notes))
}

impl Item {
    /// Says which attributes are left out since they are sensitive.
    fn hidden_notes(&self) -> impl Iterator<Item = String> {
        let address = quoted(&self.address);
        self.hidden.iter().map(move |name| {
            format!("The state marks {} of {address} as sensitive: it is left out.", quoted(name))
        })
    }

    /// Returns its tags as AWS has them: with those that the provider gives to all.
    fn marks(&self) -> Marks {
        let tags = |name: &str| -> Tags {
            let tags = self.values[name].as_object().into_iter().flatten();
            tags.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
        };
        let all = tags("tags_all");
        Marks::of(if all.is_empty() { tags("tags") } else { all })
    }
}

impl State {
    /// Returns the item of a type that is about what has one of these names.
    fn about(&self, kind: &str, attribute: &str, names: &[&str]) -> Option<&Item> {
        self.of(kind).find(|item| item.values[attribute].as_str().is_some_and(|name| names.contains(&name)))
    }

    /// Returns the ARN of a key that the state tells of and that is named by its id or an alias, else the name.
    fn key_arn(&self, name: &str) -> String {
        let aliases = self.of("aws_kms_alias").filter(|alias| {
            ["name", "arn"].iter().any(|attribute| alias.values[*attribute].as_str() == Some(name))
        });
        let targets: Vec<&str> = aliases
            .flat_map(|alias| items(&alias.values["target_key_id"]))
            .filter_map(|id| id.as_str())
            .collect();
        let is_meant = |key: &&Item| {
            let ids = ["key_id", "arn"].map(|attribute| key.values[attribute].as_str());
            ids.iter().flatten().any(|id| *id == name || targets.contains(id))
        };
        let key = self.of("aws_kms_key").find(is_meant);
        key.and_then(|key| key.values["arn"].as_str()).unwrap_or(name).to_owned()
    }
}
