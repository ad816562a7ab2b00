//! What of a live policy must stay while the trails that need it move.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::policy::{canonical, sid};
use crate::{
    policy::{
        canon::CanonStatement,
        evaluate::{Decision, Principal, Request, evaluate},
    },
    resource::region::Region,
};

/// Stands for whatever a `*` may match: no policy names it.
const ANYTHING: &str = "\u{e000}/\u{e001}";

/// Returns the statements of the stack that grant something that the wanted ones do not: each under a Sid that
/// no wanted one has. Statements of others do not stay: what they grant was never this stack's to keep.
pub(super) fn leaving(seen: &[Value], want: &[Value], stack: &str, region: Option<&Region>) -> Vec<Value> {
    let ours = sid(stack, "");
    let sids: Vec<&str> = want.iter().filter_map(|statement| statement["Sid"].as_str()).collect();
    let wanted: Vec<CanonStatement> = want.iter().map(|statement| canonical(statement, region)).collect();
    let mut leaving = Vec::new();
    for statement in seen.iter().filter(|statement| statement["Effect"] == "Allow") {
        let Some(sid) = statement["Sid"].as_str().filter(|sid| sid.starts_with(&ours)) else { continue };
        if wanted.contains(&canonical(statement, region)) || is_granted_by(want, statement) {
            continue;
        }
        let mut statement = statement.clone();
        if sids.contains(&sid) {
            statement["Sid"] = json!(format!("{sid}Leaving"));
        }
        leaving.push(statement);
    }
    leaving
}

/// Returns whether all that a generated statement grants is granted by these, too. One of another shape than the generated
/// ones may grant more than can be told.
fn is_granted_by(want: &[Value], statement: &Value) -> bool {
    let policy = json!({"Version": "2012-10-17", "Statement": want});
    let Some(requests) = requests(statement) else { return false };
    requests.iter().all(|request| matches!(evaluate(&policy, request), Decision::Allowed { .. }))
}

/// Returns one request for each trail that a generated statement lets in.
fn requests(statement: &Value) -> Option<Vec<Request>> {
    let principal = Principal::Service(statement["Principal"]["Service"].as_str()?.to_owned());
    let action = statement["Action"].as_str()?.to_owned();
    let resource = statement["Resource"].as_str()?.replace('*', ANYTHING);
    let conditions = statement["Condition"].as_object()?;
    let equals = statement["Condition"]["StringEquals"].as_object().filter(|_| conditions.len() == 1)?;
    let mut context = BTreeMap::from([("aws:SecureTransport".to_owned(), vec!["true".to_owned()])]);
    let mut trails = Vec::new();
    for (key, value) in equals {
        match value {
            Value::String(one) if key != "aws:SourceArn" => {
                context.insert(key.clone(), vec![one.clone()]);
            }
            Value::String(one) => trails.push(one.clone()),
            Value::Array(many) if key == "aws:SourceArn" => {
                trails.extend(many.iter().filter_map(Value::as_str).map(str::to_owned));
            }
            _ => return None,
        }
    }
    let request = |trail: String| {
        let mut context = context.clone();
        context.insert("aws:SourceArn".to_owned(), vec![trail]);
        Request { principal: principal.clone(), action: action.clone(), resource: resource.clone(), context }
    };
    (!trails.is_empty()).then(|| trails.into_iter().map(request).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_grants_of_the_stack_stay_for_a_while() {
        let grant = |sid: &str, resource: &str| json!({"Sid": sid, "Effect": "Allow", "Action": "s3:PutObject", "Resource": resource});
        let deny = json!({"Sid": "TrailctlSTlsOnly", "Effect": "Deny"});
        let foreign = grant("Other", "f");
        let seen = [
            grant("TrailctlSWrite", "old"),
            grant("TrailctlSAclCheck", "a"),
            grant("TrailctlSWrite2", "b"),
            deny,
            foreign,
        ];
        let want = [grant("TrailctlSWrite", "new"), grant("TrailctlSAclCheck", "a")];
        let stay = [grant("TrailctlSWriteLeaving", "old"), grant("TrailctlSWrite2", "b")];
        assert_eq!(leaving(&seen, &want, "s", None), stay);
        assert_eq!(leaving(&want, &want, "s", None), [json!(null); 0]);
    }

    #[test]
    fn a_grant_that_only_grows_needs_no_second_statement() {
        let write = |sid: &str, resource: &str, trails: &[&str]| {
            json!({"Sid": sid, "Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"},
                "Action": "s3:PutObject", "Resource": format!("arn:aws:s3:::b/{resource}"),
                "Condition": {"StringEquals": {"aws:SourceAccount": "1", "aws:SourceArn": trails}}})
        };
        let sids = |seen: &Value, want: &[Value]| {
            let stay = leaving(std::slice::from_ref(seen), want, "s", None);
            stay.iter().map(|one| one["Sid"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let old = write("TrailctlSWrite", "AWSLogs/1/*", &["t1"]);
        assert_eq!(sids(&old, &[write("TrailctlSWrite", "AWSLogs/1/*", &["t1", "t2"])]), [""; 0]);
        assert_eq!(sids(&old, &[write("TrailctlSWrite9", "AWSLogs/*", &["t1"])]), [""; 0]);
        assert_eq!(sids(&old, &[write("TrailctlSWrite", "AWSLogs/1/*", &["t2"])]), ["TrailctlSWriteLeaving"]);
        assert_eq!(
            sids(&old, &[write("TrailctlSWrite", "AWSLogs/1/CloudTrail/*", &["t1"])]),
            ["TrailctlSWriteLeaving"]
        );
    }
}
