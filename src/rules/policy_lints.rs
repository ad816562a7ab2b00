//! Statements that AWS takes and that say more, or less, than is meant.

use serde_json::Value;

use super::{
    policies::{self, Policy},
    service_principals,
};
use crate::{
    diagnostic::Diagnostic,
    path::Path,
    policy::{grammar::Of, public::is_open},
    spec::Spec,
};

/// The keys that bind a service to the resource or the account that it acts for.
const SOURCES: [&str; 4] = ["aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths"];

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    lint(policies::all(spec), found);
}

/// Looks at policies, wherever they come from.
pub(super) fn lint(policies: Vec<Policy<'_>>, found: &mut Vec<Diagnostic>) {
    for policy in policies {
        for (at, statement) in policy.statements() {
            let is_allow = statement["Effect"] == "Allow";
            if is_allow && policy.grammar.of != Of::Role {
                open(&policy, statement, &at, found);
                services(&policy, statement, &at, found);
            }
            if is_allow {
                negated(statement, &at, found);
            }
            service_principals::check(statement, policy.grammar.partition, &at, found);
            conditions(&statement["Condition"], &at.key("Condition"), found);
        }
    }
}

fn open(policy: &Policy<'_>, statement: &Value, at: &Path, found: &mut Vec<Diagnostic>) {
    let has_principal = statement.get("Principal").is_some();
    if statement.get("NotPrincipal").is_some() {
        let message = "`NotPrincipal` with `Allow` lets in everybody else, also from outside of the account";
        let help = "name those who are let in with `Principal`";
        found.push(
            Diagnostic::at("policy-allows-not-principal", at.key("NotPrincipal"), message)
                .at_key()
                .help(help),
        );
    } else if has_principal && !matches!(policy.grammar.of, Of::Bucket { .. }) && is_open(statement) {
        let message = "the statement lets in everybody, also from outside of the account";
        let help = "name principals, or hold everybody to an account or an organization by a condition";
        found.push(Diagnostic::at("policy-allows-everybody", at.clone(), message).help(help));
    }
}

/// A service acts for whoever asks it to (IAM User Guide, "The confused deputy problem").
fn services(policy: &Policy<'_>, statement: &Value, at: &Path, found: &mut Vec<Diagnostic>) {
    let services = &statement["Principal"]["Service"];
    if services.is_null() || policy.grammar.of == Of::Trust || policy.grammar.of == Of::Key {
        return;
    }
    let operators = statement["Condition"].as_object().into_iter().flatten();
    let mut keys = operators.filter_map(|(_, keys)| keys.as_object()).flat_map(|keys| keys.keys());
    if !keys.any(|key| SOURCES.contains(&key.to_ascii_lowercase().as_str())) {
        let message = "the service is let in for whoever asks it to, also from other accounts";
        let help = "add a condition on `aws:SourceArn` or `aws:SourceAccount`";
        let at = at.key("Principal").key("Service");
        found.push(Diagnostic::at("policy-service-unbound", at, message).help(help));
    }
}

fn negated(statement: &Value, at: &Path, found: &mut Vec<Diagnostic>) {
    for name in ["NotAction", "NotResource"] {
        if statement.get(name).is_some() {
            let message = format!("`{name}` with `Allow` allows everything else, also what AWS adds later");
            let help = format!("name what is allowed with `{}`", name.trim_start_matches("Not"));
            found.push(Diagnostic::at("policy-allows-the-rest", at.key(name), message).at_key().help(help));
        }
    }
}

fn conditions(condition: &Value, at: &Path, found: &mut Vec<Diagnostic>) {
    for (operator, keys) in condition.as_object().into_iter().flatten() {
        let plain = operator.rsplit(':').next().unwrap_or_default().to_ascii_lowercase();
        let plain = plain.strip_suffix("ifexists").unwrap_or(&plain);
        for (key, values) in keys.as_object().into_iter().flatten() {
            let at = at.key(operator).key(key);
            let list: Vec<(Path, &Value)> = match values {
                Value::Array(list) => {
                    list.iter().enumerate().map(|(place, one)| (at.index(place), one)).collect()
                }
                one => vec![(at.clone(), one)],
            };
            for (at, value) in list {
                found.extend(one(operator, plain, value, at));
            }
        }
    }
}

fn one(operator: &str, plain: &str, value: &Value, at: Path) -> Option<Diagnostic> {
    let text = value.as_str().unwrap_or_default();
    if matches!(plain, "stringequals" | "stringnotequals") && text.contains('*') {
        let message = format!("`{operator}` takes the `*` in `{text}` for a character, not for anything");
        let help = format!("write `{}`", operator.replace("Equals", "Like"));
        return Some(Diagnostic::at("policy-wildcard-is-text", at, message).help(help));
    }
    let is_switch = || value.is_boolean() || ["true", "false"].contains(&text.to_ascii_lowercase().as_str());
    if matches!(plain, "bool" | "null") && !is_switch() {
        let message = format!("`{operator}` compares with `true` and `false` only: this never holds");
        return Some(
            Diagnostic::at("policy-not-a-switch", at, message).help("write `\"true\"` or `\"false\"`"),
        );
    }
    None
}
