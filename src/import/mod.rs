//! Trails and what they use, as the files of other tools tell of them: a state of Terraform, a template of CloudFormation.
//!
//! Such a file tells less than AWS does. What it does not tell is taken to be as usual, and a note says so.

mod arn;
mod bucket;
mod cloudformation;
mod entry;
mod selectors;
mod terraform;
#[cfg(test)]
mod tests;
mod tree;
mod used;

use std::collections::BTreeMap;

use self::arn::Arn;
pub use self::{cloudformation::cloudformation, terraform::terraform};
use crate::{
    export::Found,
    kinds::{Resource as _, trail::Trail},
    report::visible,
};

/// What a file of another tool tells.
#[derive(Clone, Debug)]
pub struct Import {
    /// The 12 digits of the account that most of it is in, if the file tells.
    pub account: Option<String>,
    /// The trails, and what they use of the file, directly or through keys. In the order of their ids.
    pub found: Vec<Found>,
    /// What is to be known of the whole: sentences.
    pub notes: Vec<String>,
}

/// Why a file cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong with it, and why.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl Problem {
    fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: visible(&message.into()), help: help.into() }
    }
}

/// Returns what trails use of all that a file has, and the account that most of it is in.
fn import(all: Vec<Found>, mut notes: Vec<String>) -> Import {
    let found = used::used(all);
    let accounts = accounts(&found);
    let mut ranked: Vec<(&String, &usize)> = accounts.iter().collect();
    ranked.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    let account = ranked.first().map(|(account, _)| (*account).clone());
    if let (Some(account), true) = (&account, accounts.len() > 1) {
        let others: Vec<String> = accounts.keys().filter(|other| *other != account).cloned().collect();
        notes.push(format!(
            "What the trails use is in several accounts: most of it in {account}, some in {}.",
            others.join(", ")
        ));
    }
    Import { account, found, notes }
}

/// Returns how many of the resources are in which account. The ARN of an organization's trail names another one, perhaps: it
/// counts only if nothing else tells.
fn accounts(found: &[Found]) -> BTreeMap<String, usize> {
    let count = |with_organizations: bool| {
        let mut counts = BTreeMap::<String, usize>::new();
        for one in found {
            let is_organizations = one.id.kind == Trail::KIND && one.attrs["organization"] == true;
            let arn = one.outputs.get("arn").and_then(|arn| Arn::read(arn));
            let is_id = |account: &&str| account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
            if let Some(account) = arn.map(|arn| arn.account).filter(is_id)
                && is_organizations == with_organizations
            {
                *counts.entry(account.to_owned()).or_default() += 1;
            }
        }
        counts
    };
    let counts = count(false);
    if counts.is_empty() { count(true) } else { counts }
}

/// Returns a name of a file in words: quoted, and with nothing in it that hides or steers.
fn quoted(name: &str) -> String {
    format!("`{}`", visible(name))
}
