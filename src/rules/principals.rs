//! Administrators and readers of keys: principals that a key policy can name.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    arns::{self, Form},
    head::is_account,
};
use crate::{
    diagnostic::{Diagnostic, Place},
    kinds::{Resource as _, kms_key::KmsKey},
    path::Path,
    spec::{EntryKey, Spec},
};

const OF_IAM: Form = Form {
    what: "a principal",
    services: &["iam", "sts"],
    has_region: false,
    owner: None,
    starts: &["role/", "user/"],
    without: &[':'],
    example: "arn:aws:iam::111122223333:role/NAME",
};
const OF_STS: Form = Form {
    starts: &["assumed-role/", "federated-user/"],
    example: "arn:aws:sts::111122223333:assumed-role/ROLE/SESSION",
    ..OF_IAM
};

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    for (EntryKey { address, .. }, attrs) in spec.of_kind(KmsKey::KIND) {
        let at = Path::keys([KmsKey::SECTION, &address.logical]);
        let lists = ["admins", "readers"].map(|list| (list, names(&attrs[list])));
        for (list, people) in &lists {
            let mut seen = BTreeSet::new();
            for (index, name) in people.iter().enumerate() {
                let at = at.key(list).index(index);
                one(spec, name, &at, found);
                if !seen.insert(name) {
                    let message = format!("`{name}` stands here twice");
                    found.push(Diagnostic::at("duplicate-principal", at, message).help("remove one of them"));
                }
            }
            everyone(list, people, &at.key(list), found);
        }
        let [(_, admins), (_, readers)] = &lists;
        for (index, name) in readers.iter().enumerate() {
            if let Some(place) = admins.iter().position(|admin| admin == name) {
                let message = format!("`{name}` administers the key and may decrypt with it too");
                let help = "take it out of one of the lists: `admins` is for those who shall not read";
                let diagnostic = Diagnostic::at("admin-reads", at.key("readers").index(index), message);
                let other = Place::Value(at.key("admins").index(place));
                found.push(diagnostic.related(other, "an administrator").help(help));
            }
        }
    }
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// What a key policy can name (IAM User Guide, "AWS JSON policy elements: Principal").
fn one(spec: &Spec, name: &str, at: &Path, found: &mut Vec<Diagnostic>) {
    let mut says = |code, message: String, help: &str| {
        found.push(Diagnostic::at(code, at.clone(), message).help(help));
    };
    let help = "write the 12 digits of an account in quotes, the ARN of a role or user, or `*`";
    if name == "*" || is_account(name) {
        return;
    }
    if !name.is_empty() && name.bytes().all(|b| b.is_ascii_digit()) {
        says("principal-account", format!("`{name}` does not have the 12 digits of an account id"), help);
    } else if !name.starts_with("arn:") {
        says("principal-form", format!("`{name}` is not a principal"), help);
    } else if name.contains('*') {
        let help = "name each role or user, or the account; conditions can go into `policy:`";
        says("principal-wildcard", format!("`{name}` has a wildcard, which principals cannot have"), help);
    } else if arns::parts(name).is_some_and(|arn| arn.service == "iam" && arn.resource == "root") {
        let role = format!("{}role/r", name.trim_end_matches("root"));
        arns::check(spec, &role, &OF_IAM, at, found);
    } else {
        let is_of_sts = arns::parts(name).is_some_and(|arn| arn.service == "sts");
        arns::check(spec, name, if is_of_sts { &OF_STS } else { &OF_IAM }, at, found);
    }
}

fn everyone(list: &str, people: &[&str], at: &Path, found: &mut Vec<Diagnostic>) {
    let Some(place) = people.iter().position(|name| *name == "*") else { return };
    let at = at.index(place);
    if people.len() > 1 {
        let message = "`*` is everyone of the account, and stands alone";
        found.push(Diagnostic::at("principal-not-alone", at, message).help("remove it, or the others"));
        return;
    }
    let (code, message) = if list == "readers" {
        ("everyone-reads", "everyone of the account may decrypt the log files")
    } else {
        ("everyone-administers", "everyone of the account may administer the key")
    };
    found.push(Diagnostic::at(code, at, message).help("name the roles that shall"));
}

#[cfg(test)]
mod tests {
    use crate::spec::parse::parse;

    #[test]
    fn a_key_policy_names_accounts_and_people() {
        let codes = |list: &str| {
            let found = parse(&format!("version: 1\nstack: s\nkms_keys: {{k: {{{list}}}}}\n")).diagnostics;
            found.iter().map(|one| one.code).collect::<Vec<_>>()
        };
        for (list, wanted) in [
            ("admins: ['111122223333', 'arn:aws-cn:iam::111122223333:role/a/b']", &[][..]),
            ("admins: ['arn:aws:iam::111122223333:root', 'arn:aws:iam::111122223333:user/x']", &[]),
            ("readers: ['arn:aws:sts::111122223333:assumed-role/r/s']", &[]),
            ("readers: ['*']", &["everyone-reads"]),
            ("admins: ['*']", &["everyone-administers"]),
            ("readers: ['*', '111122223333']", &["principal-not-alone"]),
            ("readers: ['11112222']", &["principal-account"]),
            ("readers: [somebody]", &["principal-form"]),
            ("readers: ['arn:aws:iam::111122223333:role/*']", &["principal-wildcard"]),
            ("readers: ['arn:aws:iam::1111:root']", &["arn-account"]),
            ("readers: ['arn:aws:iam::111122223333:group/g']", &["arn-resource-type"]),
            ("readers: ['arn:aws:sts::111122223333:role/g']", &["arn-resource-type"]),
            ("readers: ['arn:aws:s3:::b']", &["arn-service"]),
            ("admins: ['111122223333'], readers: ['111122223333']", &["admin-reads"]),
            ("admins: ['111122223333', '111122223333']", &["duplicate-principal"]),
        ] {
            assert_eq!(codes(list), wanted, "{list}");
        }
    }
}
