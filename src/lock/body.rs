//! What a lock says: whose it is, and for how long. No secrets.

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The format of the object.
pub const FORMAT: &str = "trailctl.lock/1";
/// A longer lease is none of ours: nobody would wait for it.
const MOST_LEASE_SECONDS: u64 = 24 * 60 * 60;

/// The contents of the object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Body {
    /// The format.
    pub format: String,
    /// A word that no other run has.
    pub id: String,
    /// The stack that the run changes.
    pub stack: String,
    /// The ARN of who runs it.
    pub owner: String,
    /// The command.
    pub command: String,
    /// When it was taken, by AWS's clock.
    #[schemars(with = "String")]
    pub acquired: Timestamp,
    /// How long it is believed to be held after it was written.
    pub lease_seconds: u64,
    /// How many signs of life the run has given. It makes each object another one.
    pub beats: u64,
}

impl Body {
    /// Reads the contents of an object. `None` if they are not those of a lock that this version understands.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let body: Self = serde_json::from_slice(bytes).ok()?;
        (body.format == FORMAT && (1..=MOST_LEASE_SECONDS).contains(&body.lease_seconds)).then_some(body)
    }

    /// Returns what a run says of itself when it takes a lock at this time. Parts of seconds say nothing.
    pub fn of(id: &str, stack: &str, owner: &str, command: &str, now: Timestamp, lease_seconds: u64) -> Self {
        Self {
            format: FORMAT.to_owned(),
            id: id.to_owned(),
            stack: stack.to_owned(),
            owner: owner.to_owned(),
            command: command.to_owned(),
            acquired: Timestamp::from_second(now.as_second()).unwrap_or(now),
            lease_seconds,
            beats: 0,
        }
    }

    /// Returns the contents of the object.
    pub fn text(&self) -> String {
        let text = serde_json::to_string_pretty(self).expect("a body is made of texts and numbers");
        format!("{text}\n")
    }

    /// Returns how long it is believed to be held after it was written.
    pub fn lease(&self) -> SignedDuration {
        SignedDuration::from_secs(i64::try_from(self.lease_seconds).unwrap_or(i64::MAX))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use serde_json::json;

    pub(in crate::lock) fn body() -> Body {
        let owner = "arn:aws:sts::111122223333:assumed-role/deploy/pipeline";
        let now = "2026-11-26T10:00:00.5Z".parse().unwrap();
        Body::of("0123456789abcdef", "audit", owner, "apply", now, 300)
    }

    #[test]
    fn what_is_written_is_read() {
        let body = body();
        assert_eq!(Body::read(body.text().as_bytes()), Some(body.clone()));
        assert_ne!(Body { beats: 1, ..body.clone() }.text(), body.text());
    }

    #[test]
    fn what_is_not_a_lock_is_not_taken_for_one() {
        let with = |change: serde_json::Value| {
            let mut tree = serde_json::to_value(body()).unwrap();
            tree.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            Body::read(tree.to_string().as_bytes())
        };
        assert!(with(json!({"more": 1})).is_some());
        for change in [
            json!({"format": "trailctl.lock/2"}),
            json!({"lease_seconds": 0}),
            json!({"lease_seconds": 1_000_000}),
            json!({"lease_seconds": -1}),
            json!({"acquired": "yesterday"}),
            json!({"id": null}),
        ] {
            assert_eq!(with(change.clone()), None, "{change}");
        }
        assert_eq!(Body::read(b""), None);
        assert_eq!(Body::read(b"\xff\xfe"), None);
    }
}
