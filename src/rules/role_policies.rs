//! The policies of roles: managed ones, inline ones, and how much IAM takes of the trust policy.

use serde_json::Value;

use super::arns;
use crate::{
    diagnostic::Diagnostic,
    kinds::{
        Resource as _,
        role::{INLINE, Role, trust_length},
    },
    path::Path,
    policy::document::PolicyDocument,
    spec::{EntryKey, Spec},
};

/// How many managed policies a role can have, and how many after the quota was raised (IAM User Guide, "IAM and AWS STS
/// quotas").
const MANAGED: usize = 10;
const MOST_MANAGED: usize = 20;
/// How many characters a trust policy can have, and how many after the quota was raised (the same page).
const TRUST: usize = 2048;
const MOST_TRUST: usize = 4096;

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    for (EntryKey { address, .. }, attrs) in spec.of_kind(Role::KIND) {
        let at = Path::keys([Role::SECTION, &address.logical]);
        managed(spec, attrs, &at, found);
        names(attrs, &at, found);
        empty(attrs, &at, found);
        sizes(spec, attrs, &at, found);
    }
}

fn managed(spec: &Spec, attrs: &Value, at: &Path, found: &mut Vec<Diagnostic>) {
    let mut one = |arn: &Value, at: Path| {
        let Some(arn) = arn.as_str() else { return };
        if !arns::check(spec, arn, &arns::POLICY, &at, found) {
            return;
        }
        let account = arns::account(arn).filter(|_| spec.head.account.is_some());
        if let Some(other) = account.filter(|account| spec.head.account.as_deref() != Some(*account)) {
            let message =
                format!("the policy is of the account {other}, and a role takes those of its own only");
            let help = "name a policy of the account, or one of AWS (`arn:aws:iam::aws:policy/…`)";
            found.push(Diagnostic::at("managed-policy-account", at, message).help(help));
        }
    };
    one(&attrs["permissions_boundary"], at.key("permissions_boundary"));
    let list = attrs["managed_policies"].as_array().map_or(&[][..], Vec::as_slice);
    let at = at.key("managed_policies");
    for (index, arn) in list.iter().enumerate() {
        one(arn, at.index(index));
    }
    let count = list.len();
    let help = "merge some into one, or write their statements under `policy:`";
    if count > MOST_MANAGED {
        let message = format!("{count} managed policies are too many: IAM takes {MOST_MANAGED} at most");
        found.push(Diagnostic::at("too-many-managed-policies", at, message).at_key().help(help));
    } else if count > MANAGED {
        let message = format!("{count} managed policies need a raised quota: IAM takes {MANAGED} without");
        found.push(Diagnostic::at("many-managed-policies", at, message).at_key().help(help));
    }
}

fn names(attrs: &Value, at: &Path, found: &mut Vec<Diagnostic>) {
    for name in attrs["inline_policies"].as_object().into_iter().flatten().map(|(name, _)| name) {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
        let (code, problem, help) = if name == INLINE {
            let help = "put the statements under `policy:`";
            ("inline-policy-name-reserved", "is that of the one that trailctl writes itself", help)
        } else if !(1..=128).contains(&name.len()) {
            ("inline-policy-name-length", "is too short or too long", "use 1 to 128 characters")
        } else if !name.chars().all(is_plain) {
            let help = "use ASCII letters, digits, `_`, `+`, `=`, `,`, `.`, `@` and `-`";
            ("inline-policy-name-characters", "has characters that IAM refuses", help)
        } else {
            continue;
        };
        let message = format!("the policy name `{name}` {problem}");
        found.push(Diagnostic::at(code, at.key("inline_policies").key(name), message).at_key().help(help));
    }
}

/// IAM takes no policy without statements. In the mode `merge`, one is there for the statements of others.
fn empty(attrs: &Value, at: &Path, found: &mut Vec<Diagnostic>) {
    for (name, policy) in attrs["inline_policies"].as_object().into_iter().flatten() {
        if policy["mode"] == "exclusive" && policy["statements"].as_array().is_some_and(Vec::is_empty) {
            let message = format!("the policy `{name}` has no statements: there will be none of that name");
            let help = "add `statements:`, or remove it";
            let place = at.key("inline_policies").key(name);
            found.push(Diagnostic::at("inline-policy-empty", place, message).at_key().help(help));
        }
    }
}

fn sizes(spec: &Spec, attrs: &Value, at: &Path, found: &mut Vec<Diagnostic>) {
    let read = |policy: &Value| serde_json::from_value::<PolicyDocument>(policy.clone()).unwrap_or_default();
    let size = trust_length(&read(&attrs["trust"]), &spec.head.stack);
    let place = at.key("trust").key("statements");
    let help = "merge statements, or remove some: one that lets CloudTrail in is added to them";
    if size > MOST_TRUST {
        let message = format!("the trust policy has {size} characters: IAM takes {MOST_TRUST} at most");
        found.push(Diagnostic::at("trust-policy-too-long", place, message).help(help));
    } else if size > TRUST {
        let message =
            format!("the trust policy has {size} characters: IAM takes {TRUST} without a raised quota");
        found.push(Diagnostic::at("trust-policy-long", place, message).help(help));
    }
}
