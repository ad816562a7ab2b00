//! A lock as it was read, and how it stands.

use jiff::{SignedDuration, Timestamp};

use super::body::Body;

/// How long a lease must be over before a lock is stale: the times of S3 are whole seconds, and its servers' clocks differ.
pub const MARGIN: SignedDuration = SignedDuration::from_secs(30);

/// An object at the place of a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// What it says; nothing if it is not a lock that this version understands.
    pub body: Option<Body>,
    /// What S3 calls this very object.
    pub etag: String,
    /// When it was written, by the server's clock: the last sign of life.
    pub written: Option<Timestamp>,
    /// What time it was at the server when it answered.
    pub now: Option<Timestamp>,
}

/// How a lock stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is not a lock that this version understands.
    Foreign,
    /// Somebody holds it, or may.
    Held,
    /// Its lease is over: whoever held it has given no sign of life for long.
    Stale,
}

impl Seen {
    /// Returns how the lock stands. Where the server tells no time it is held: nobody can say that it is not.
    pub fn standing(&self) -> Standing {
        if self.body.is_none() {
            return Standing::Foreign;
        }
        let is_over = |now: Timestamp| Some(now > self.ends()?.saturating_add(MARGIN).ok()?);
        match self.now.and_then(is_over) {
            Some(true) => Standing::Stale,
            Some(false) | None => Standing::Held,
        }
    }

    /// Returns when its lease ends if there is no further sign of life.
    pub fn ends(&self) -> Option<Timestamp> {
        self.written?.saturating_add(self.body.as_ref()?.lease()).ok()
    }

    /// Returns whether a run has written it.
    pub fn is_of(&self, id: &str) -> bool {
        self.body.as_ref().is_some_and(|body| body.id == id)
    }

    /// Says whose it is, since when, and for how long.
    pub fn words(&self) -> String {
        let Some(body) = &self.body else { return "something that is not a lock of this version".to_owned() };
        let Body { format: _, id: _, stack, owner, command, acquired, lease_seconds, beats: _ } = body;
        let alive = self.written.map(|written| format!(", last sign of life {written}")).unwrap_or_default();
        format!(
            "`{command}` of the stack `{stack}` by {owner} since {acquired}{alive}, lease {lease_seconds} s"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lock::body::tests::body;

    fn at(text: &str) -> Option<Timestamp> {
        Some(format!("2026-11-26T{text}Z").parse().unwrap())
    }

    fn seen(now: Option<Timestamp>) -> Seen {
        Seen { body: Some(body()), etag: "\"e\"".to_owned(), written: at("10:30:00"), now }
    }

    #[test]
    fn a_lock_is_stale_when_the_server_says_that_its_lease_is_long_over() {
        for (now, standing) in [
            (at("10:29:00"), Standing::Held),
            (at("10:35:00"), Standing::Held),
            (at("10:35:30"), Standing::Held),
            (at("10:35:31"), Standing::Stale),
            (None, Standing::Held),
        ] {
            assert_eq!(seen(now).standing(), standing, "{now:?}");
        }
        let timeless = Seen { written: None, ..seen(at("23:00:00")) };
        assert_eq!(timeless.standing(), Standing::Held);
        let foreign = Seen { body: None, ..seen(at("23:00:00")) };
        assert_eq!(foreign.standing(), Standing::Foreign);
    }

    #[test]
    fn it_says_whose_it_is() {
        assert_eq!(
            seen(None).words(),
            "`apply` of the stack `audit` by arn:aws:sts::111122223333:assumed-role/deploy/pipeline since \
             2026-11-26T10:00:00Z, last sign of life 2026-11-26T10:30:00Z, lease 300 s"
        );
    }
}
