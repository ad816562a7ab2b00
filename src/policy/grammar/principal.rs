//! Who a statement is about.

use serde_json::Value;

use super::{Fault, fault, texts};
use crate::{diagnostic::nearest, path::Path};

const KINDS: [&str; 4] = ["AWS", "Service", "Federated", "CanonicalUser"];

/// Checks `Principal` or `NotPrincipal` (IAM User Guide, "AWS JSON policy elements: Principal").
pub(super) fn check(principal: &Value, partition: Option<&str>, at: &Path, found: &mut Vec<Fault>) {
    let help = "write `\"*\"`, or a mapping such as `{Service: cloudtrail.amazonaws.com}`";
    // Everybody but everybody is nobody.
    let may_be_all = at.last_key() == Some("Principal");
    if principal.as_str() == Some("*") && may_be_all {
        return;
    }
    let Some(kinds) = principal.as_object().filter(|kinds| !kinds.is_empty()) else {
        found.push(fault("policy-principal-form", at.clone(), "this is no principal", help));
        return;
    };
    for (kind, names) in kinds {
        let at = at.key(kind);
        if !KINDS.contains(&kind.as_str()) {
            let help = match nearest(kind, KINDS) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("one of: {}", KINDS.join(", ")),
            };
            let message = format!("`{kind}` is no kind of principal");
            found.push(Fault { is_key: true, ..fault("policy-principal-kind", at, message, help) });
            continue;
        }
        for (at, name) in texts(names, &at, found) {
            found.extend(match kind.as_str() {
                "AWS" => of_aws(name, partition, at),
                "Service" => service(name, at),
                "CanonicalUser" => canonical(name, at),
                _ => name.is_empty().then(|| {
                    let help = "write the name of the provider";
                    fault("policy-principal-form", at, "an empty text is no principal", help)
                }),
            });
        }
    }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn of_aws(name: &str, partition: Option<&str>, at: Path) -> Option<Fault> {
    let help = "write the 12 digits of an account in quotes, the ARN of a role or user, or `*`";
    let wrong = || {
        let message = format!("`{name}` is no AWS principal");
        fault("policy-principal-aws", at.clone(), message, help)
    };
    if name == "*" || is_account(name) {
        return None;
    }
    let parts: Vec<&str> = name.splitn(6, ':').collect();
    let ["arn", here, service, "", account, identity] = parts[..] else { return Some(wrong()) };
    let kinds: &[&str] = match service {
        "iam" if account == "cloudfront" => &["user/"],
        "iam" => &["user/", "role/"],
        "sts" => &["assumed-role/", "federated-user/"],
        _ => return Some(wrong()),
    };
    if let Some(partition) = partition.filter(|partition| *partition != here) {
        let message = format!("`{name}` is of the partition {here}");
        let help = format!("name a principal of the partition {partition}: others cannot come");
        return Some(fault("policy-principal-partition", at, message, help));
    }
    if identity.contains('*') {
        let message = format!("`{name}` has a wildcard, which principals cannot have");
        let help = "write `*` or the account, and a condition such as `ArnLike` on `aws:PrincipalArn`";
        return Some(fault("policy-principal-wildcard", at, message, help));
    }
    let is_one = |kind: &&str| identity.strip_prefix(*kind).is_some_and(|name| !name.is_empty());
    let is_root = identity == "root" && service == "iam";
    let is_valid = (is_account(account) || account == "cloudfront") && (is_root || kinds.iter().any(is_one));
    (!is_valid).then(wrong)
}

fn service(name: &str, at: Path) -> Option<Fault> {
    let ends = [".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu"];
    let is_one = ends.iter().any(|end| name.strip_suffix(end).is_some_and(|service| !service.is_empty()));
    (!is_one).then(|| {
        let message = format!("`{name}` is no service principal");
        fault("policy-principal-service", at, message, "write its name like `cloudtrail.amazonaws.com`")
    })
}

fn canonical(name: &str, at: Path) -> Option<Fault> {
    let is_one = name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    (!is_one).then(|| {
        let message = format!("`{name}` is no canonical user id");
        fault("policy-principal-canonical", at, message, "write its 64 hexadecimal digits")
    })
}
