//! What binds a saved plan.

use jiff::Timestamp;

use super::*;
use crate::{plan::seal::Stale, spec::Spec};

const NOW: &str = "2026-11-26T10:00:00Z";
const CALLER: &str = "arn:aws:sts::111122223333:assumed-role/ci/run-7";

fn spec(text: &str) -> Spec {
    parse(&format!("version: 1\nstack: {STACK}\n{text}")).spec.unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn saved(text: &str, live: &Live) -> Plan {
    let plan = planned(text, live).sealed(&spec(text), &allowing(&["audit"], &[]), CALLER, at(NOW));
    // As it comes from a file.
    Plan::read(&serde_json::to_string(&plan).unwrap()).unwrap()
}

fn stale(saved: &Plan, fresh: &Plan, text: &str, now: &str) -> Vec<String> {
    saved.stale(fresh, &spec(text), at(now)).iter().map(ToString::to_string).collect()
}

#[test]
fn the_same_plan_is_applied() {
    let text = "trails: {audit: {bucket: logs, prefix: a}}\nbuckets: {logs: {}}\n";
    let plan = saved(text, &live(SPEC));
    let seal = plan.seal().unwrap();
    assert_eq!(seal.caller, "arn:aws:sts::111122223333:assumed-role/ci");
    assert_eq!((seal.expires, seal.allowed.destroy.len()), (at("2026-11-27T10:00:00Z"), 1));
    let fresh = planned(text, &live(SPEC));
    assert_eq!(stale(&plan, &fresh, text, "2026-11-27T09:59:59Z"), [""; 0]);
    // Comments and layout make no difference.
    let other = "# why\ntrails:\n  audit: # this\n    prefix: a\n    bucket: logs\nbuckets: {logs: }\n";
    assert_eq!(stale(&plan, &fresh, other, NOW), [""; 0]);
}

#[test]
fn what_has_changed_is_said() {
    let text = "trails: {audit: {bucket: logs, prefix: a}}\nbuckets: {logs: {}}\n";
    let plan = saved(text, &live(SPEC));
    let fresh = || planned(text, &live(SPEC));
    let expired = "it has expired: it could be applied until 2026-11-27T10:00:00Z";
    assert_eq!(stale(&plan, &fresh(), text, "2026-11-27T10:00:00Z"), [expired]);
    let other = text.replace("prefix: a", "prefix: b");
    assert_eq!(
        stale(&plan, &planned(&other, &live(SPEC)), &other, NOW),
        ["the spec is not the one that it was made from"]
    );
    let elsewhere = Plan { account: Account::new("444455556666", "aws"), ..fresh() };
    assert_eq!(
        stale(&plan, &elsewhere, text, NOW),
        ["it is for the account 111122223333, and this is 444455556666"]
    );
    let mut stopped = live(SPEC);
    seen(&mut stopped, "trail").attrs["logging"] = json!(false);
    assert_eq!(
        stale(&plan, &planned(text, &stopped), text, NOW),
        ["trail.audit in eu-west-1 has changed since it was made"]
    );
    let mut gone = live(SPEC);
    gone.retain(|id, _| id.kind != "trail");
    let reasons = plan.stale(&planned(text, &gone), &spec(text), at(NOW));
    assert!(reasons.iter().all(Stale::is_of_account));
    assert_eq!(
        stale(&plan, &planned(text, &gone), text, NOW),
        ["trail.audit in eu-west-1 is gone since it was made"]
    );
    let newer = Plan { trailctl: "9.9.9".to_owned(), steps: Vec::new(), ..fresh() };
    let says =
        format!("trailctl 9.9.9 would do something else than {}, which made it", env!("CARGO_PKG_VERSION"));
    assert_eq!(stale(&plan, &newer, text, NOW), [says]);
}

#[test]
fn whatever_is_edited_breaks_the_seal() {
    let text = "trails: {audit: {bucket: logs, prefix: a}}\nbuckets: {logs: {}}\n";
    let plan = serde_json::to_value(saved(text, &live(SPEC))).unwrap();
    let edited = |above: &str, key: &str, value: Value| {
        let mut plan = plan.clone();
        plan.pointer_mut(above).unwrap_or_else(|| panic!("{above}"))[key] = value;
        Plan::read(&plan.to_string()).unwrap().seal().map(|_| ())
    };
    assert_eq!(edited("", "stack", json!(STACK)), Ok(()));
    for (above, key, value) in [
        ("", "stack", json!("other")),
        ("/steps/0/calls/0", "parameters", json!({})),
        ("/coverage", "is_loss_allowed", json!(true)),
        ("/seal", "expires", json!("2036-01-01T00:00:00Z")),
        ("/seal/allowed", "destroy", json!(["audit", "logs"])),
        ("/seal", "sha256", json!("00")),
        ("/read_set", "trail.audit in eu-west-1", json!("00")),
    ] {
        assert_eq!(edited(above, key, value), Err(Stale::Edited), "{above} {key}");
    }
    let unsealed = planned(text, &live(SPEC));
    assert_eq!(unsealed.seal(), Err(Stale::Unsealed));
}
