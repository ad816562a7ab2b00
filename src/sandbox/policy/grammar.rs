//! What a service refuses in a policy as malformed.
//!
//! Whether the roles and users in it exist is not asked.

use serde_json::{Map, Value};

use crate::policy::evaluate::is_operator;
use crate::sandbox::identity::is_account_id;

/// Why a policy is refused.
pub(crate) type Fault = String;

/// What the policies of one kind of thing may hold.
pub(crate) struct Grammar<'a> {
    pub(crate) partition: &'a str,
    /// Whether statements name principals; if not, they must not.
    pub(crate) has_principals: bool,
    /// Which actions there are, besides `*`.
    pub(crate) is_action: &'a dyn Fn(&str) -> bool,
    /// Which resources there are; `None` if statements must not name any.
    pub(crate) is_resource: Option<&'a dyn Fn(&str) -> bool>,
    /// How condition keys start besides `aws:`; empty for any.
    pub(crate) condition_keys: &'a [&'a str],
}

impl Grammar<'_> {
    /// Refuses a text that is no such policy.
    pub(crate) fn check_text(&self, text: &str) -> Result<(), Fault> {
        self.check(&serde_json::from_str(text).map_err(|_| "The policy is not valid JSON")?)
    }

    /// Refuses a document that is no such policy.
    pub(crate) fn check(&self, policy: &Value) -> Result<(), Fault> {
        let members = policy.as_object().ok_or("The policy is not a JSON object")?;
        check_members(members, &["Version", "Id", "Statement"])?;
        let is_version =
            |version: &Value| [Some("2012-10-17"), Some("2008-10-17")].contains(&version.as_str());
        if members.get("Version").is_some_and(|version| !is_version(version)) {
            return Err("The policy has an unknown Version".to_owned());
        }
        statements(policy)?.iter().try_for_each(|statement| self.check_statement(statement))
    }

    fn check_statement(&self, statement: &Value) -> Result<(), Fault> {
        let members = statement.as_object().ok_or("A statement is not a JSON object")?;
        let mut known = vec!["Sid", "Effect", "Action", "NotAction", "Condition"];
        if self.has_principals {
            known.extend(["Principal", "NotPrincipal"]);
            check_principal(either(members, "Principal", "NotPrincipal")?, self.partition)?;
        }
        if let Some(is_resource) = self.is_resource {
            known.extend(["Resource", "NotResource"]);
            if !texts(either(members, "Resource", "NotResource")?)?.into_iter().all(is_resource) {
                return Err("Policy has invalid resource".to_owned());
            }
        }
        check_members(members, &known)?;
        if members.get("Sid").is_some_and(|sid| !sid.is_string()) {
            return Err("Invalid Sid".to_owned());
        }
        if ![Some("Allow"), Some("Deny")].contains(&members.get("Effect").and_then(Value::as_str)) {
            return Err("Invalid effect in policy".to_owned());
        }
        let actions = texts(either(members, "Action", "NotAction")?)?;
        if !actions.iter().all(|action| *action == "*" || (self.is_action)(action)) {
            return Err("Policy has invalid action".to_owned());
        }
        members.get("Condition").map_or(Ok(()), |condition| self.check_condition(condition))
    }

    fn check_condition(&self, condition: &Value) -> Result<(), Fault> {
        let invalid = || "Policy has an invalid condition".to_owned();
        for (operator, keys) in condition.as_object().ok_or_else(invalid)? {
            if !is_operator(operator) {
                return Err(invalid());
            }
            for (key, values) in keys.as_object().ok_or_else(invalid)? {
                let key = key.to_ascii_lowercase();
                let is_of = |service: &&str| key.starts_with(service);
                let is_any = self.condition_keys.is_empty() && key.contains(':');
                if !is_any && !key.starts_with("aws:") && !self.condition_keys.iter().any(is_of) {
                    return Err("Policy has an invalid condition key".to_owned());
                }
                let is_scalar = |value: &Value| value.is_string() || value.is_boolean() || value.is_number();
                let is_valid = match values {
                    Value::Array(list) => list.iter().all(is_scalar),
                    one => is_scalar(one),
                };
                if !is_valid {
                    return Err(invalid());
                }
            }
        }
        Ok(())
    }
}

/// Whether an action is one of a service, written `SERVICE:` in lower case.
pub(crate) fn is_of_service(action: &str, service: &str) -> bool {
    action.to_ascii_lowercase().strip_prefix(service).is_some_and(|name| !name.is_empty())
}

/// Returns the statements of a policy; `Statement` may be one object instead of a list of them.
pub(crate) fn statements(policy: &Value) -> Result<&[Value], Fault> {
    match policy.get("Statement") {
        Some(Value::Array(list)) if !list.is_empty() => Ok(list),
        Some(one @ Value::Object(_)) => Ok(std::slice::from_ref(one)),
        _ => Err("Missing required field Statement".to_owned()),
    }
}

fn check_members(members: &Map<String, Value>, known: &[&str]) -> Result<(), Fault> {
    match members.keys().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(format!("Unknown field {name}")),
        None => Ok(()),
    }
}

/// Returns the one of two members that is there.
fn either<'a>(members: &'a Map<String, Value>, name: &str, negated: &str) -> Result<&'a Value, Fault> {
    match (members.get(name), members.get(negated)) {
        (Some(value), None) | (None, Some(value)) => Ok(value),
        (None, None) => Err(format!("Missing required field {name}")),
        (Some(_), Some(_)) => Err(format!("{name} and {negated} exclude each other")),
    }
}

/// A text or a list of texts, at least one.
pub(crate) fn texts(value: &Value) -> Result<Vec<&str>, Fault> {
    let texts = match value {
        Value::Array(list) => list.iter().map(Value::as_str).collect(),
        one => one.as_str().map(|text| vec![text]),
    };
    texts.filter(|texts| !texts.is_empty()).ok_or_else(|| "A list of texts is expected".to_owned())
}

fn check_principal(principal: &Value, partition: &str) -> Result<(), Fault> {
    let invalid = || "Invalid principal in policy".to_owned();
    if principal.as_str() == Some("*") {
        return Ok(());
    }
    let kinds = principal.as_object().filter(|kinds| !kinds.is_empty()).ok_or_else(invalid)?;
    for (kind, names) in kinds {
        let is_valid = |name: &&str| match kind.as_str() {
            "AWS" => is_aws_principal(name, partition),
            "Service" => is_service(name),
            "Federated" => !name.is_empty(),
            "CanonicalUser" => name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit()),
            _ => false,
        };
        if !texts(names)?.iter().all(is_valid) {
            return Err(invalid());
        }
    }
    Ok(())
}

fn is_aws_principal(name: &str, partition: &str) -> bool {
    if name == "*" || is_account_id(name) {
        return true;
    }
    let parts: Vec<&str> = name.splitn(6, ':').collect();
    let ["arn", here, service, "", account, identity] = parts[..] else { return false };
    let kinds: &[&str] = match service {
        "iam" if account == "cloudfront" => return identity.starts_with("user/"),
        "iam" => &["user/", "role/"],
        "sts" => &["assumed-role/", "federated-user/"],
        _ => return false,
    };
    let is_one = |kind: &&str| identity.strip_prefix(kind).is_some_and(|name| !name.is_empty());
    here == partition
        && is_account_id(account)
        && !identity.contains('*')
        && (identity == "root" && service == "iam" || kinds.iter().any(is_one))
}

fn is_service(name: &str) -> bool {
    let ends = [".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu"];
    ends.iter().any(|end| name.strip_suffix(end).is_some_and(|service| !service.is_empty()))
}
