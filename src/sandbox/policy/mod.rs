//! Policies as all services of the sandbox have them: what makes one malformed, and what one says about a request.

pub(super) mod grammar;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::policy::evaluate::{Decision, Principal, Request, evaluate};

/// Returns the request of an AWS service that acts for a resource of an account.
pub(crate) fn request_of_service(service: &str, action: &str, resource: &str, account: &str) -> Request {
    let context = [
        ("aws:SourceAccount", account),
        ("aws:SecureTransport", "true"),
        ("aws:PrincipalIsAWSService", "true"),
        ("aws:PrincipalServiceName", service),
    ];
    let context = context.map(|(key, value)| (key.to_owned(), vec![value.to_owned()]));
    Request {
        principal: Principal::Service(service.to_owned()),
        action: action.to_owned(),
        resource: resource.to_owned(),
        context: BTreeMap::from(context),
    }
}

/// Adds a condition key to a request.
#[must_use]
pub(crate) fn with(mut request: Request, key: &str, value: &str) -> Request {
    request.context.insert(key.to_owned(), vec![value.to_owned()]);
    request
}

/// Whether the text of a policy allows a request. What is no policy allows nothing.
pub(crate) fn allows(policy: &str, request: &Request) -> bool {
    serde_json::from_str(policy).is_ok_and(|policy: Value| decision(&policy, request) == Some(true))
}

/// What policies without principals or without resources, such as those of a role, say together: `Some(false)` if one
/// denies, `None` if no one speaks of the request.
pub(crate) fn of_role<'a>(policies: impl IntoIterator<Item = &'a str>, request: &Request) -> Option<bool> {
    let decisions = policies.into_iter().map(|text| match serde_json::from_str(text) {
        Ok(policy) => decision(&completed(policy), request),
        Err(_) => Some(false),
    });
    // One denial is enough; without any, one allowance is.
    let decisions: Vec<_> = decisions.collect();
    if decisions.contains(&Some(false)) { Some(false) } else { decisions.into_iter().flatten().next() }
}

fn decision(policy: &Value, request: &Request) -> Option<bool> {
    match evaluate(policy, request) {
        Decision::Allowed { .. } => Some(true),
        Decision::Denied { .. } => Some(false),
        Decision::NoMatch => None,
    }
}

/// Gives each statement the principal or resource that it leaves open.
fn completed(mut policy: Value) -> Value {
    let complete = |statement: &mut Value| {
        let Some(members) = statement.as_object_mut() else { return };
        for (name, negated) in [("Principal", "NotPrincipal"), ("Resource", "NotResource")] {
            if !members.contains_key(negated) {
                members.entry(name).or_insert_with(|| json!("*"));
            }
        }
    };
    match policy.get_mut("Statement") {
        Some(Value::Array(list)) => list.iter_mut().for_each(complete),
        Some(one) => complete(one),
        None => {}
    }
    policy
}
