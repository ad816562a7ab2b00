//! What a role must still be allowed while the trails that use it move to other log groups.

use std::collections::BTreeSet;

use serde_json::Value;

use super::policy;
use crate::{
    kinds::{Resource as _, trail::Trail},
    policy::document::LEAVING,
    resource::{Account, Live},
};

/// Stands for whatever a `*` may match: no policy names it.
const ANYTHING: &str = "\u{e000}/\u{e001}";

/// Returns the statement that the stack's live trails need to write as they do, and that `want` does not have. It is made
/// anew, never copied: what somebody else has put into the live policy does not stay.
pub(super) fn statement(
    role: &str,
    want: &[Value],
    stack: &str,
    account: &Account,
    live: &Live,
) -> Option<Value> {
    let mut leaving = BTreeSet::new();
    for (id, seen) in live.iter().filter(|(id, seen)| id.kind == Trail::KIND && seen.owner.is(stack)) {
        let Ok(trail) = serde_json::from_value::<Trail>(seen.attrs.clone()) else { continue };
        let Some(logs) = trail.cloudwatch_logs else { continue };
        if logs.role.is_some_and(|used| used.as_str() == role) {
            let streams = policy::streams(logs.log_group.as_str(), &id.region, trail.organization, account);
            leaving.extend(streams.into_iter().filter(|streams| !is_granted(role, want, streams)));
        }
    }
    policy::deliver(stack, &leaving, LEAVING)
}

/// Returns whether a role's policy lets it write to all streams of a pattern.
fn is_granted(role: &str, policy: &[Value], streams: &str) -> bool {
    let streams = streams.replace('*', ANYTHING);
    policy::ACTIONS.iter().all(|action| policy::lets(policy, role, action, &streams))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kinds::role::Role,
        resource::{Observed, Outputs, ResourceId, owner::Owner, region::Region},
    };
    use serde_json::json;

    const ROLE: &str = "arn:aws:iam::111122223333:role/r";

    fn account() -> Account {
        Account::new("111122223333", "aws")
    }

    fn group(name: &str) -> String {
        format!("arn:aws:logs:us-east-1:111122223333:log-group:{name}")
    }

    fn stream(name: &str) -> String {
        format!("{}:log-stream:111122223333_CloudTrail_us-east-1*", group(name))
    }

    fn live_one(kind: &str, name: &str, attrs: Value, arn: &str, is_ours: bool) -> (ResourceId, Observed) {
        let id =
            ResourceId { kind: kind.to_owned(), region: Region::new("us-east-1"), name: name.to_owned() };
        let owner = if is_ours {
            Owner::Stack { stack: "s".to_owned(), resource: None, nonce: None }
        } else {
            Owner::Nobody
        };
        let outputs = Outputs::from([("arn".to_owned(), arn.to_owned())]);
        (id, Observed { attrs, outputs, owner, holds_data: false, beside: Vec::new() })
    }

    /// Live trails of the stack `s` (or of nobody) that write to a log group with a role.
    fn live(trails: &[(&str, &str, &str, bool)]) -> Live {
        let trail = |(name, to, role, is_ours): &(&str, &str, &str, bool)| {
            let attrs = json!({"bucket": "b", "cloudwatch_logs": {"log_group": group(to), "role": role}});
            live_one("trail", name, attrs, "arn:trail", *is_ours)
        };
        trails.iter().map(trail).collect()
    }

    fn leaving(want: &[&str], live: &Live) -> Value {
        let want: BTreeSet<String> = want.iter().map(|name| stream(name)).collect();
        let want: Vec<Value> = policy::deliver("s", &want, "").into_iter().collect();
        statement(ROLE, &want, "s", &account(), live).unwrap_or_default()
    }

    #[test]
    fn what_is_allowed_already_needs_nothing() {
        let here = live(&[("one", "a", ROLE, true)]);
        assert_eq!(leaving(&["a"], &here), Value::Null);
        let all = json!({"Effect": "Allow", "Action": "logs:*", "Resource": "*"});
        assert_eq!(statement(ROLE, &[all], "s", &account(), &here), None);
    }

    #[test]
    fn a_trail_that_moves_or_goes_keeps_what_it_has() {
        let here = live(&[("one", "a", ROLE, true), ("two", "c", ROLE, true)]);
        let found = leaving(&["b", "c"], &here);
        assert_eq!(found["Sid"], "TrailctlSDeliverLeaving");
        assert_eq!(found["Resource"], json!(stream("a")));
        assert_eq!(leaving(&[], &here)["Resource"], json!([stream("a"), stream("c")]));
    }

    #[test]
    fn the_trails_of_others_and_of_other_roles_are_not_ours_to_let_in() {
        let here = live(&[("one", "a", ROLE, false), ("two", "a", "arn:aws:iam::111122223333:role/o", true)]);
        assert_eq!(leaving(&[], &here), Value::Null);
    }

    #[test]
    fn the_state_between_has_both() {
        let mut role: Role = serde_json::from_value(json!({"tags": {"trailctl:stack": "s"}})).unwrap();
        let id = role.identify("r", &Region::new("us-east-1"));
        role.policy.statements.extend(policy::deliver("s", &BTreeSet::from([stream("b")]), ""));
        let mut live = live(&[("one", "a", ROLE, true)]);
        assert!(role.bridge(&id, &account(), &live).is_none(), "the role is not live");
        live.extend([live_one("role", "r", json!({}), ROLE, true)]);
        let both = role.bridge(&id, &account(), &live).unwrap();
        let sids: Vec<_> = both.policy.statements.iter().map(|one| one["Sid"].clone()).collect();
        assert_eq!(sids, ["TrailctlSDeliver", "TrailctlSDeliverLeaving"]);
    }
}
