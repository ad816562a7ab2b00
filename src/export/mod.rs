//! From what is found to a spec that describes it: a plan of it changes whose things are, and nothing else.
//!
//! What trails use is described too where it was read in full, and stays with others where not: then it is written as
//! `{existing: …}`. Attributes that are as usual are left out. What an entry cannot say is said in a comment.

mod compare;
mod entry;
mod policies;
mod remarks;
mod split;
#[cfg(test)]
mod tests;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize as _, Serialize};
use serde_json::{Map, Value, json};

pub use self::split::Part;
use self::{
    entry::Names,
    remarks::{Kept, Remark},
};
use crate::{
    kinds::{
        KINDS, Resource as _, kind,
        role::Role,
        trail::{Trail, selectors::Selector},
    },
    path::Path,
    resource::{Account, Existing, Outputs, ResourceId, owner::Owner, region::Region},
    spec::parse::parse,
};

/// The format of the JSON document.
pub const FORMAT: &str = "trailctl.export/1";

/// A resource that a spec can describe: live, or in another tool's file.
#[derive(Clone, Debug)]
pub struct Found {
    /// Which it is. A key is named by its alias, or by `key/` and its id.
    pub id: ResourceId,
    /// What it is set to, as the kind of the resource has it; references are as AWS shows them.
    pub attrs: Value,
    /// What AWS says of it, such as its `arn`, as far as that is known.
    pub outputs: Outputs,
    /// Whose it is.
    pub owner: Owner,
    /// What an entry cannot say of it, or should be looked at: sentences.
    pub notes: Vec<String>,
}

impl Found {
    /// Returns its ARN, or what names it as well while that is not known.
    fn arn(&self) -> String {
        self.outputs.get("arn").cloned().unwrap_or_else(|| self.id.to_string())
    }
}

/// What trails use and others keep managing.
#[derive(Clone, Debug)]
pub struct Looked {
    /// Its kind, and the name by which trails refer to it.
    pub id: ResourceId,
    /// What was seen of it; nothing if there is none.
    pub existing: Option<Existing>,
    /// Why it stays with others, if somebody has asked for it: a sentence.
    pub why: Option<String>,
}

/// What a spec is written of.
#[derive(Clone, Debug, Default)]
pub struct Estate {
    /// The trails, and of what they use what the spec is to manage.
    pub found: Vec<Found>,
    /// The rest of what they use, as far as it was looked at.
    pub looked: Vec<Looked>,
    /// The ARNs of trails of other accounts that this one sees.
    pub others: Vec<String>,
    /// What is to be said about the whole: sentences.
    pub notes: Vec<String>,
}

/// What a spec is written for.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    /// The name of the stack.
    pub stack: &'a str,
    /// The account. One that is not known has no id.
    pub account: &'a Account,
    /// Whether the spec is wanted in several files too.
    pub in_files: bool,
}

/// A spec of what was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Export {
    /// The format: `trailctl.export/1`.
    pub format: &'static str,
    /// The ARNs of the trails that it describes.
    pub trails: Vec<String>,
    /// The trails that it leaves out.
    pub left_out: Vec<LeftOut>,
    /// What it cannot say, and what a plan of it would change.
    pub warnings: Vec<String>,
    /// The text of the spec, in YAML.
    pub spec: String,
    /// The same spec in several files, if that was wanted: one for each trail, with what only that trail uses, and one with what several
    /// use.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<Part>,
}

/// A trail that a spec leaves out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct LeftOut {
    /// Its ARN.
    pub arn: String,
    /// Why, in words that go on after "it".
    pub why: String,
}

/// Returns a spec of all trails that the stack can have, and of what they use. The same estate gives the same text.
pub fn export(head: Head<'_>, estate: &Estate) -> Export {
    let elsewhere = |arn: &String| LeftOut {
        arn: arn.clone(),
        why: "belongs to another account of the organization".to_owned(),
    };
    let mut left_out: Vec<LeftOut> = estate.others.iter().map(elsewhere).collect();
    let mut trails: Vec<&Found> = Vec::new();
    for one in estate.found.iter().filter(|one| one.id.kind == Trail::KIND) {
        match no_trail(one).or_else(|| obstacle(one, head.stack)) {
            Some(why) => left_out.push(LeftOut { arn: one.arn(), why }),
            None => trails.push(one),
        }
    }
    left_out.sort();
    let (companions, kept) = companions(&trails, estate, head);
    let home = usual_home(&trails);
    let described: Vec<&Found> = trails.iter().copied().chain(companions).collect();
    let names = Names::new(described);

    let mut tree = json!({"version": 1, "stack": head.stack});
    if is_known(head.account) {
        tree["account"] = json!(head.account.id);
    }
    if let Some(home) = home {
        tree["region"] = json!(home);
    }
    for kind in KINDS.iter().rev() {
        let entries = names.of_kind(kind.name()).map(|(key, one)| {
            let entry = entry::entry(*kind, one, key, home, &names);
            (key.to_owned(), entry)
        });
        let entries: Map<String, Value> = entries.collect();
        if !entries.is_empty() {
            tree[kind.section()] = Value::Object(entries);
        }
    }
    let mut remarks = policies::write(&mut tree, &names, head);
    remarks.extend(remarks::of(&names, &kept, &estate.looked, head));
    let draft = text::plain(&tree);
    let parsed = parse(&draft);
    remarks.extend(remarks::linted(&parsed.diagnostics));
    if let Some(spec) = &parsed.spec {
        remarks.extend(compare::differences(spec, &names, head));
    }
    let files = split::files(&names).into_iter().map(|(file, entries)| {
        let about = remarks.iter().filter(|one| split::is_about(one, &entries)).cloned().collect();
        let draft = text::plain(&split::part(&tree, &entries));
        Part { file, spec: text::text(&draft, head, &[], &[], about) }
    });
    let warnings = remarks.iter().filter(|one| one.is_warning);
    Export {
        format: FORMAT,
        trails: trails.iter().map(|one| one.arn()).collect(),
        warnings: estate.notes.iter().cloned().chain(warnings.map(Remark::sentence)).collect(),
        spec: text::text(&draft, head, &left_out, &estate.notes, remarks.clone()),
        files: if head.in_files { files.collect() } else { Vec::new() },
        left_out,
    }
}

fn is_known(account: &Account) -> bool {
    account.id.len() == 12 && account.id.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns why a spec cannot say what a trail is set to.
fn no_trail(one: &Found) -> Option<String> {
    if matches!(one.owner, Owner::Unreadable { .. }) {
        return None;
    }
    let Ok(trail) = Trail::deserialize(&one.attrs) else {
        return Some("is not set as a trail can be".to_owned());
    };
    if trail.bucket.as_str().is_empty() {
        return Some("has no bucket".to_owned());
    }
    let repeats = |selector: &Selector| selector.r#where.0.keys().any(|field| field.ends_with('\''));
    let is_repeated = trail.events.iter().flatten().any(repeats);
    is_repeated.then(|| "has a selector that names a field twice, which a spec cannot say".to_owned())
}

/// Returns why a stack cannot have a resource.
fn obstacle(one: &Found, stack: &str) -> Option<String> {
    match &one.owner {
        Owner::Stack { stack: owner, .. } if owner != stack => {
            Some(format!("belongs to the stack `{owner}`: export that with `--stack`"))
        }
        Owner::Unreadable { why } => Some(format!("cannot be read: {why}")),
        Owner::Nobody | Owner::Stack { .. } => None,
    }
}

/// Returns what the stack has, and what the trails use, directly or through something else, of what the spec can manage; and why it
/// cannot have the rest.
fn companions<'f>(trails: &[&'f Found], estate: &'f Estate, head: Head<'_>) -> (Vec<&'f Found>, Vec<Kept>) {
    let (stack, is_live) = (head.stack, is_known(head.account));
    let all: Vec<&Found> = estate.found.iter().filter(|one| one.id.kind != Trail::KIND).collect();
    let (mut used, mut kept, mut seen) = (Vec::<&Found>::new(), Vec::new(), BTreeSet::new());
    let own = all.iter().filter(|one| one.owner.is(stack));
    used.extend(own.clone().copied());
    seen.extend(own.map(|one| &one.id));
    let mut open: Vec<&Found> = trails.iter().copied().chain(used.iter().copied()).collect();
    while let Some(one) = open.pop() {
        let links = kind(&one.id.kind).map(|kind| kind.links(&one.attrs)).unwrap_or_default();
        for (_, kind, to) in links {
            let Some(companion) = all.iter().find(|other| entry::is_named(other, kind, to.as_str())) else {
                continue;
            };
            if !seen.insert(&companion.id) {
                continue;
            }
            match unfit(companion, is_live).or_else(|| obstacle(companion, stack)) {
                Some(why) => {
                    kept.push((kind, to.as_str().to_owned(), format!("It stays with others: it {why}.")));
                }
                None => {
                    used.push(*companion);
                    open.push(companion);
                }
            }
        }
    }
    (used, kept)
}

/// Returns why an entry cannot be one of what was found. What only stands for something that is not known is told by the rules.
fn unfit(one: &Found, is_live: bool) -> Option<String> {
    let kind = kind(&one.id.kind)?;
    if matches!(one.owner, Owner::Unreadable { .. }) {
        return None;
    }
    let is_opaque = |name: &str| {
        let statements = one.attrs[name]["statements"].as_array();
        statements.is_some_and(|all| all.iter().any(Value::is_string))
    };
    if ["policy", "trust"].into_iter().any(is_opaque) {
        return Some("has a policy that is no policy document".to_owned());
    }
    let Some(name) = one.attrs["name"].as_str() else {
        return Some("has no alias, or several: an entry knows its key by one".to_owned());
    };
    if !is_live {
        return None;
    }
    let problem = kind.name_problem(name);
    let name = problem.map(|problem| format!("has a name that an entry cannot have: it {}", problem.says));
    name.or_else(|| unsaid(&one.attrs).map(|what| format!("has {what}, which an entry cannot say")))
}

/// Returns what a bucket has for which there are no words: it is seen in brackets.
fn unsaid(attrs: &Value) -> Option<String> {
    let key = attrs["encryption"]["kms_key"].as_str().filter(|key| key.starts_with('('));
    let mut rules =
        attrs["lifecycle"].as_array().into_iter().flatten().filter_map(|rule| rule["id"].as_str());
    let key = key.map(|key| format!("the encryption `{}`", key.replace(['(', ')'], "")));
    key.or_else(|| Some(format!("the lifecycle rule `{}`", rules.find(|id| id.contains(" (with "))?)))
}

/// Returns the home Region that most trails have; of several, the first.
fn usual_home<'f>(found: &[&'f Found]) -> Option<&'f Region> {
    let mut counts = BTreeMap::<&Region, usize>::new();
    for one in found.iter().filter(|one| !entry::is_open(&one.id.region)) {
        *counts.entry(&one.id.region).or_default() += 1;
    }
    let most = counts.values().max().copied()?;
    counts.into_iter().find(|(_, count)| *count == most).map(|(region, _)| region)
}

/// Returns the place of an entry in a spec.
fn place(kind_name: &str, key: &str) -> Path {
    let section = kind(kind_name).map_or("", |kind| kind.section());
    Path::keys([section, key])
}

/// Returns whether entries of a kind live in a Region.
fn has_region(kind: &str) -> bool {
    kind != Role::KIND
}
