//! From live trails to a spec that describes them: what a plan of it would change is whose they are, and nothing else.
//!
//! What the trails use stays with those who manage it: it is written as `{existing: …}`. Attributes that are as usual are left out.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize as _, Serialize};
use serde_json::{Map, Value, json};

use crate::{
    format,
    kinds::{
        Resource as _,
        trail::{CloudWatchLogs, Trail, selectors::Selector},
    },
    report::{visible, yaml},
    resource::{
        Outputs, Reference, ResourceId,
        owner::{Owner, RESERVED},
        region::Region,
    },
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

/// What a spec is written for.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    /// The name of the stack.
    pub stack: &'a str,
    /// The 12 digits of the account.
    pub account: &'a str,
}

/// A spec of live trails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Export {
    /// The format: `trailctl.export/1`.
    pub format: &'static str,
    /// The ARNs of the trails that it describes.
    pub trails: Vec<String>,
    /// The trails that it leaves out.
    pub left_out: Vec<LeftOut>,
    /// The text of the spec, in YAML.
    pub spec: String,
}

/// A trail that a spec leaves out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct LeftOut {
    /// Its ARN.
    pub arn: String,
    /// Why, in words that go on after "it".
    pub why: String,
}

/// Returns a spec of all trails that the stack can have. `others` are the ARNs of trails of other accounts that this one sees.
/// The same trails give the same text.
pub fn export(head: Head<'_>, found: &[Found], others: &[String]) -> Export {
    let mut left_out: Vec<LeftOut> = others
        .iter()
        .map(|arn| LeftOut {
            arn: arn.clone(),
            why: "belongs to another account of the organization".to_owned(),
        })
        .collect();
    let mut described: Vec<&Found> = Vec::new();
    for one in found {
        match obstacle(one, head.stack) {
            Some(why) => left_out.push(LeftOut { arn: one.arn(), why }),
            None => described.push(one),
        }
    }
    described.sort_by_key(|one| (&one.id.name, &one.id.region));
    left_out.sort();
    let home = usual_home(&described);
    let keys = keys(&described);
    let mut entries = Map::new();
    for (one, key) in described.iter().zip(keys) {
        let entry = entry(one, &key, home);
        entries.insert(key, entry);
    }
    let mut tree = json!({"version": 1, "stack": head.stack, "account": head.account});
    if let Some(home) = home {
        tree["region"] = json!(home);
    }
    tree["trails"] = Value::Object(entries);
    Export {
        format: FORMAT,
        trails: described.iter().map(|one| one.arn()).collect(),
        spec: text(&tree, head.account, &left_out),
        left_out,
    }
}

/// Returns why a stack cannot have a trail, or a spec cannot say what it is set to.
fn obstacle(one: &Found, stack: &str) -> Option<String> {
    match &one.owner {
        Owner::Stack { stack: owner, .. } if owner != stack => {
            return Some(format!("belongs to the stack `{owner}`: export that with `--stack`"));
        }
        Owner::Unreadable { why } => return Some(format!("has tags that cannot be read: {why}")),
        Owner::Nobody | Owner::Stack { .. } => {}
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

/// Returns the home Region that most trails have; of several, the first.
fn usual_home<'f>(found: &[&'f Found]) -> Option<&'f Region> {
    let mut counts = BTreeMap::<&Region, usize>::new();
    for one in found {
        *counts.entry(&one.id.region).or_default() += 1;
    }
    let most = counts.values().max().copied()?;
    counts.into_iter().find(|(_, count)| *count == most).map(|(region, _)| region)
}

/// Returns the keys of the entries: those that the stack knows them by, else their names, where they tell them apart.
fn keys(found: &[&Found]) -> Vec<String> {
    let known = |one: &&Found| match &one.owner {
        Owner::Stack { resource, .. } => resource.clone(),
        _ => None,
    };
    let mut taken: BTreeSet<String> = found.iter().filter_map(known).collect();
    let key = |one: &&Found| {
        known(one).unwrap_or_else(|| {
            let Found { id: ResourceId { name, region, .. }, .. } = one;
            let spellings = std::iter::once(name.clone())
                .chain([format!("{name}-{region}")])
                .chain((2..).map(|number| format!("{name}-{region}-{number}")));
            let mut free = spellings.filter(|key| !taken.contains(key));
            let key = free.next().unwrap_or_default();
            taken.insert(key.clone());
            key
        })
    };
    found.iter().map(key).collect()
}

/// Returns the entry of a trail, without what is as usual.
fn entry(found: &Found, key: &str, home: Option<&Region>) -> Value {
    let Found { id, attrs, owner, .. } = found;
    let Ok(mut trail) = Trail::deserialize(attrs) else { return Value::Null };
    let existing = |reference: &Reference| Reference::Existing(reference.as_str().to_owned());
    trail.normalize();
    trail.name = Some(id.name.clone()).filter(|name| name != key);
    trail.region = Some(id.region.clone()).filter(|region| Some(region) != home);
    trail.bucket = existing(&trail.bucket);
    trail.kms_key = trail.kms_key.as_ref().map(existing);
    trail.topic = trail.topic.as_ref().map(existing);
    trail.cloudwatch_logs = trail.cloudwatch_logs.map(|logs| CloudWatchLogs {
        log_group: existing(&logs.log_group),
        role: logs.role.as_ref().map(existing),
    });
    trail.tags.retain(|tag, _| !tag.starts_with(RESERVED) && !tag.starts_with("aws:"));
    // Whether it is protected is a mark too: who has none yet gets the usual one.
    let is_free = *owner == Owner::Nobody;
    (trail.adopt, trail.protect) = (is_free, is_free || trail.protect);
    without_usual(&trail)
}

/// Returns a trail as an entry that says only what differs from the defaults.
fn without_usual(trail: &Trail) -> Value {
    let tree = |trail: &Trail| serde_json::to_value(trail).unwrap_or_default();
    let usual = Trail::deserialize(json!({"bucket": ""})).map(|mut usual| {
        usual.normalize();
        tree(&usual)
    });
    let usual = usual.unwrap_or_default();
    let mut entry = tree(trail);
    if let Some(members) = entry.as_object_mut() {
        members.retain(|name, value| *name == "bucket" || usual[name] != *value);
    }
    entry
}

/// Returns the text of a spec. What is left out is said in comments.
fn text(tree: &Value, account: &str, left_out: &[LeftOut]) -> String {
    let mut text = format!(
        "# The trails of the account {account}, as they were found. What they use is managed elsewhere.\n"
    );
    if !left_out.is_empty() {
        text.push_str("#\n# Left out:\n");
    }
    let told = |LeftOut { arn, why }: &LeftOut| format!("# - {}: it {}\n", visible(arn), visible(why));
    text.extend(left_out.iter().map(told));
    text.push_str(&in_one_line(&yaml::text(tree)));
    match format::canonical(&text, 0) {
        Ok(formatted) => formatted.text,
        Err(_) => text,
    }
}

/// Writes what others manage as people do: `bucket: {existing: NAME}`.
fn in_one_line(text: &str) -> String {
    let mut lines = text.lines().peekable();
    let mut all = String::new();
    while let Some(line) = lines.next() {
        all.push_str(line);
        let is_plain = |name: &&str| !name.contains(|c: char| " ,[]{}'\"".contains(c));
        let existing =
            |next: &&str| next.trim_start().strip_prefix("existing: ").is_some_and(|name| is_plain(&name));
        if line.ends_with(':')
            && let Some(existing) = lines.next_if(existing)
        {
            all.extend([" {", existing.trim_start(), "}"]);
        }
        all.push('\n');
    }
    all
}
