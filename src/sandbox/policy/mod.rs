//! Policies as all services of the sandbox have them: what makes one malformed, and what one says about a request.

use serde_json::Value;

use crate::policy::evaluate::{Decision, Request, complete, evaluate};
pub(crate) use crate::preflight::requests::{of_service as request_of_service, with};

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

/// Completes each statement.
fn completed(mut policy: Value) -> Value {
    match policy.get_mut("Statement") {
        Some(Value::Array(list)) => list.iter_mut().for_each(complete),
        Some(one) => complete(one),
        None => {}
    }
    policy
}
