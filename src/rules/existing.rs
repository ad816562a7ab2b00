//! `{existing: …}`: names and ARNs of what others manage, each of the right kind and where it can be used.

use serde_json::Value;

use super::{arns, name_of, region_of, regions};
use crate::{
    diagnostic::{Diagnostic, Place},
    kinds::{Resource as _, bucket::Bucket, kind, log_group::without_star, trail::Trail},
    path::Path,
    resource::{Address, Reference},
    spec::{EntryKey, Spec, parse::entry_path},
};

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    for (entry @ EntryKey { address, .. }, attrs) in &spec.entries {
        let Some(of) = kind(&address.kind) else { continue };
        for &(ref path, wanted, ref reference) in spec.links_of(address) {
            let Reference::Existing(name) = &reference else { continue };
            let at = entry_path(of, address).join(path);
            match wanted {
                "bucket" => bucket(name, &at, found),
                "kms_key" => key(spec, name, &at, found),
                _ => named(spec, wanted, name, &at, found),
            }
            if wanted == "kms_key" && is_managed(name) && cannot_be_managed(spec, entry, attrs) {
                let message = "the AWS managed key cannot be used by CloudTrail";
                let help = "name a key of your own: the policy of an AWS managed key cannot be changed";
                found.push(Diagnostic::at("aws-managed-key", at, message).help(help));
            }
        }
        if address.kind == Trail::KIND {
            accounts(spec, &address.logical, attrs, found);
        }
    }
    if let Some(role) = &spec.head.assume_role {
        arns::check(spec, role.arn(), &arns::ROLE, &Path::keys(["assume_role", "arn"]), found);
    }
}

fn bucket(name: &str, at: &Path, found: &mut Vec<Diagnostic>) {
    if let Some((_, bare)) = name.split_once(":s3:::").filter(|_| name.starts_with("arn:")) {
        let help = format!("write {{existing: {bare}}}");
        found.push(
            Diagnostic::at("existing-bucket-arn", at.clone(), "a bucket is named by its name, not its ARN")
                .help(help),
        );
    } else if let Some(problem) = Bucket::name_problem(name) {
        let message = format!("there is no bucket `{name}`: the name {}", problem.says);
        found.push(Diagnostic::at("existing-bucket-name", at.clone(), message).help(problem.help));
    }
}

fn key(spec: &Spec, name: &str, at: &Path, found: &mut Vec<Diagnostic>) {
    let is_arn = name.starts_with("arn:");
    if is_arn && !arns::check(spec, name, &arns::KEY, at, found) {
        return;
    }
    let name = arns::parts(name).map_or(name, |arn| arn.resource);
    if let Some(id) = name.strip_prefix("key/").filter(|_| is_arn) {
        if !is_key_id(id) {
            let message = format!("`{id}` does not look like the id of a key");
            let help = "ids are written like `1234abcd-12ab-34cd-56ef-1234567890ab`, those of multi-Region keys like \
                        `mrk-1234abcd12ab34cd56ef1234567890ab`";
            found.push(Diagnostic::at("existing-key-id", at.clone(), message).help(help));
        }
        return;
    }
    let Some(alias) = name.strip_prefix("alias/") else {
        let message = format!("`{name}` does not say which key it is in which Region");
        let help = "write {existing: KEY-ARN} or {existing: alias/NAME}";
        found.push(Diagnostic::at("existing-key-form", at.clone(), message).help(help));
        return;
    };
    let is_valid = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-');
    if !(1..=250).contains(&alias.len()) || !alias.chars().all(is_valid) {
        let message = format!("there is no alias `{name}`");
        let help = "aliases have 1 to 250 ASCII letters, digits, `/`, `_` and `-` behind `alias/`";
        found.push(Diagnostic::at("existing-alias-name", at.clone(), message).help(help));
    }
}

/// How KMS makes ids (KMS Developer Guide, "Key identifiers").
fn is_key_id(id: &str) -> bool {
    let is_hex = |text: &str, length| text.len() == length && text.bytes().all(|b| b.is_ascii_hexdigit());
    match id.strip_prefix("mrk-") {
        Some(rest) => is_hex(rest, 32),
        None => {
            let parts: Vec<&str> = id.split('-').collect();
            parts.len() == 5 && parts.iter().zip([8, 4, 4, 4, 12]).all(|(part, length)| is_hex(part, length))
        }
    }
}

/// A topic, a log group or a role: by its ARN, or by its name where the entry is.
fn named(spec: &Spec, wanted: &str, name: &str, at: &Path, found: &mut Vec<Diagnostic>) {
    let (form, code) = match wanted {
        "topic" => (&arns::TOPIC, "existing-topic-name"),
        "log_group" => (&arns::LOG_GROUP, "existing-log-group-name"),
        _ => (&arns::ROLE, "existing-role-name"),
    };
    if wanted == "topic" && name.ends_with(".fifo") {
        let message = "CloudTrail does not publish to a FIFO topic";
        let help = "name a standard topic";
        found.push(Diagnostic::at("existing-fifo-topic", at.clone(), message).help(help));
        return;
    }
    let is_arn = name.starts_with("arn:");
    if is_arn && !arns::check(spec, name, form, at, found) {
        return;
    }
    let name = arns::parts(name).map_or(name, |arn| match wanted {
        "topic" => arn.resource,
        "log_group" => without_star(arn.resource.trim_start_matches("log-group:")),
        _ => arn.resource.rsplit('/').next().unwrap_or_default(),
    });
    if let Some(problem) = kind(wanted).and_then(|kind| kind.name_problem(name)) {
        let what = form.what;
        let message = format!("`{name}` is not the name of {what}: it {}", problem.says);
        let help = if is_arn {
            problem.help.to_owned()
        } else {
            format!("write its name, or its ARN like `{}`", form.example)
        };
        found.push(Diagnostic::at(code, at.clone(), message).help(help));
    }
}

/// Returns whether a key is one that AWS makes for a service.
fn is_managed(name: &str) -> bool {
    name.strip_prefix("alias/aws/").or(name.split_once(":alias/aws/").map(|(_, rest)| rest)).is_some()
}

/// Returns whether CloudTrail, or CloudWatch Logs for it, uses the keys of an entry. Of a bucket, it uses the default key for
/// trails that have none.
fn cannot_be_managed(spec: &Spec, entry: &EntryKey, attrs: &Value) -> bool {
    let key = Value::String(entry.address.logical.clone());
    entry.address.kind != Bucket::KIND
        || attrs["encryption"]["kms_key"].is_null()
        || spec.of_kind(Trail::KIND).any(|(_, trail)| trail["bucket"] == key && trail["kms_key"].is_null())
}

/// CloudTrail writes to a log group, and takes a role, of the account that makes the trail (User Guide, "Sending events to
/// CloudWatch Logs").
fn accounts(spec: &Spec, key: &str, attrs: &Value, found: &mut Vec<Diagnostic>) {
    let at = Path::keys([Trail::SECTION, key, "cloudwatch_logs"]);
    let logs = &attrs["cloudwatch_logs"];
    let of = |attribute: &str| logs[attribute]["existing"].as_str().and_then(arns::account);
    let (of_group, of_role) = (of("log_group"), of("role"));
    let help = "CloudTrail uses log groups and roles of the account that makes the trail only";
    if let Some(account) = spec.head.account.as_deref() {
        for (code, attribute, of) in
            [("log-group-account", "log_group", of_group), ("role-account", "role", of_role)]
        {
            if let Some(of) = of.filter(|of| *of != account) {
                let message = format!("this ARN is of the account {of}, and the spec is for {account}");
                found.push(Diagnostic::at(code, at.key(attribute), message).help(help));
            }
        }
    } else if let (Some(of_group), Some(of_role)) = (of_group, of_role)
        && of_group != of_role
    {
        let message = format!("the role is of the account {of_role}, and the log group of {of_group}");
        let diagnostic = Diagnostic::at("role-account", at.key("role"), message).help(help);
        found.push(diagnostic.related(Place::Value(at.key("log_group")), "the log group"));
    }
}

/// Returns the Region of what a reference names, if the spec tells it: of an entry, or in an ARN.
pub(super) fn region<'a>(spec: &'a Spec, kind: &str, to: &'a Value) -> Option<&'a str> {
    match super::declared(spec, kind, to) {
        Some(entry) => region_of(spec, entry),
        None => regions::of_existing(to),
    }
}

/// Returns where an entry stands that a reference names, if it names one.
pub(super) fn place(spec: &Spec, kind_name: &str, to: &Value) -> Option<Place> {
    let address = Address::new(kind_name, to.as_str()?);
    let (entry, _) = spec.of_kind(kind_name).find(|(entry, _)| entry.address == address)?;
    Some(Place::Key(entry_path(kind(kind_name)?, &entry.address)))
}

/// Returns the key of the entry that has this name in AWS. A key is named by its alias.
pub(super) fn declares<'a>(spec: &'a Spec, kind: &str, name: &str) -> Option<&'a str> {
    let name = name.strip_prefix("alias/").filter(|_| kind == "kms_key").unwrap_or(name);
    let of_kind = spec.entries.iter().filter(|(entry, _)| entry.address.kind == kind);
    let mut named = of_kind.filter(|(entry, attrs)| name_of(entry, attrs) == name);
    named.next().map(|(entry, _)| entry.address.logical.as_str())
}
