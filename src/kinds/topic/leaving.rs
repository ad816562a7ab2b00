//! What a topic's policy must still grant while the trails that publish to the topic move to another one.

use std::collections::BTreeSet;

use serde_json::Value;

use super::policy;
use crate::{
    kinds::{Resource as _, trail::Trail},
    policy::document::{LEAVING, sid},
    resource::{Account, Live, Reference, ResourceId},
};

/// Returns the statement for the stack's live trails that publish and that `want` does not let in. It is made anew, never
/// copied.
pub(super) fn statement(
    topic: &ResourceId,
    want: &[Value],
    stack: &str,
    account: &Account,
    live: &Live,
) -> Option<Value> {
    let own = policy::arn(topic, account);
    let publish = sid(stack, "Publish");
    let is_granted = |arn: &str| {
        let granting = want.iter().filter(|one| one["Sid"] == publish.as_str());
        granting.map(|one| &one["Condition"]["StringEquals"]["aws:SourceArn"]).any(|value| match value {
            Value::Array(all) => all.iter().any(|one| one == arn),
            one => one == arn,
        })
    };
    let mut trails = BTreeSet::new();
    for (_, seen) in live.iter().filter(|(id, seen)| id.kind == Trail::KIND && seen.owner.is(stack)) {
        let Ok(trail) = serde_json::from_value::<Trail>(seen.attrs.clone()) else { continue };
        let Some(arn) = seen.outputs.get("arn") else { continue };
        if trail.topic.as_ref().map(Reference::as_str) == Some(own.as_str()) && !is_granted(arn) {
            trails.insert(arn.clone());
        }
    }
    policy::publish(topic, stack, account, &trails, LEAVING)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::{Observed, Outputs, owner::Owner, region::Region};
    use serde_json::json;

    #[test]
    fn a_trail_that_moves_or_goes_may_still_publish() {
        let id = |kind: &str, name: &str| ResourceId {
            kind: kind.to_owned(),
            region: Region::new("us-east-1"),
            name: name.to_owned(),
        };
        let arn = |name: &str| format!("arn:aws:cloudtrail:us-east-1:111122223333:trail/{name}");
        let (account, topic) = (Account::new("111122223333", "aws"), id("topic", "told"));
        let trail = |name: &str, topic: &str, owner: Owner| {
            let attrs =
                json!({"bucket": "b", "topic": format!("arn:aws:sns:us-east-1:111122223333:{topic}")});
            let outputs = Outputs::from([("arn".to_owned(), arn(name))]);
            (id("trail", name), Observed { attrs, outputs, owner, holds_data: false, beside: Vec::new() })
        };
        let ours = || Owner::Stack { stack: "s".to_owned(), resource: None, nonce: None };
        let live: Live = [
            trail("one", "told", ours()),
            trail("two", "told", ours()),
            trail("other", "others", ours()),
            trail("theirs", "told", Owner::Nobody),
        ]
        .into();
        let granting = |names: &[&str]| {
            let trails = names.iter().map(|name| arn(name)).collect();
            policy::publish(&topic, "s", &account, &trails, "").into_iter().collect::<Vec<_>>()
        };
        let leaving = |want: &[Value]| statement(&topic, want, "s", &account, &live);
        assert_eq!(leaving(&granting(&["one", "two"])), None);
        let one = leaving(&granting(&["one"])).unwrap();
        assert_eq!(one["Sid"], "TrailctlSPublishLeaving");
        assert_eq!(one["Condition"]["StringEquals"]["aws:SourceArn"], arn("two"));
        let both = leaving(&granting(&[])).unwrap();
        assert_eq!(both["Condition"]["StringEquals"]["aws:SourceArn"], json!([arn("one"), arn("two")]));
    }
}
