//! Why a lock was not taken, in words.

use super::seen::Seen;
use crate::aws::error::AwsError;

/// Why a lock was not taken. Said after the name of the lock.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Somebody holds it.
    #[error("is held: {}", .0.words())]
    Held(Seen),
    /// Somebody has held it, and has given no sign of life since its lease is over.
    #[error("is stale: {}", .0.words())]
    Stale(Seen),
    /// It was there, and was gone when it was to be taken over.
    #[error("was released while it was to be broken")]
    Released,
    /// There is an object that is no lock.
    #[error("cannot be taken: there is an object that is not a lock of this version")]
    Foreign,
    /// Objects of the bucket cannot be deleted for a while, so neither could the lock be released.
    #[error(
        "cannot be taken: the bucket keeps new objects from being deleted, by the default retention of Object Lock"
    )]
    Retained,
    /// The endpoint does what it is asked for only under a condition that does not hold.
    #[error("cannot be trusted: this endpoint ignores the condition of {0}")]
    IgnoresConditions(&'static str),
    /// It went away while it was tried.
    #[error("was taken, and was gone at once")]
    Lost,
    /// The lease is too short for calls that take as long as they may.
    #[error("cannot be kept: its lease of {lease} s is too short for calls that may take {call} s")]
    TooShort {
        /// The lease, in seconds.
        lease: u64,
        /// How long a call may take, in seconds.
        call: u64,
    },
    /// S3 could not take the call for a while.
    #[error("cannot be taken: others are at it")]
    Busy,
    /// The run was told to stop.
    #[error("was not taken: interrupted")]
    Interrupted,
    /// A call failed.
    #[error("cannot be taken: {0}")]
    Aws(AwsError),
    /// It was taken and not kept, and could not be released.
    #[error("{0}; it could not be released: {1}")]
    Left(Box<Self>, AwsError),
}

impl Refusal {
    /// Returns what to do about it.
    pub fn help(&self) -> Option<String> {
        let help = match self {
            Self::Held(seen) => match seen.ends() {
                Some(end) => format!(
                    "wait for that run; if it is dead, its lease ends at {end}, and soon after `--break-stale-lock` takes the lock"
                ),
                None => "wait for that run; if it is dead, see `trailctl unlock`".to_owned(),
            },
            Self::Stale(_) => "see that this run is dead; then use `--break-stale-lock`".to_owned(),
            Self::Released | Self::Lost | Self::Busy => "run again".to_owned(),
            Self::Foreign => {
                "look at what it is; give the lock another `key`, or remove the object".to_owned()
            }
            Self::Retained => "name another bucket in `lock:`".to_owned(),
            Self::IgnoresConditions(_) => {
                "use an endpoint that knows conditional writes and deletes, as S3 does, or remove `lock:`"
                    .to_owned()
            }
            Self::TooShort { .. } => "raise `lease_seconds` of the lock, or lower --timeout".to_owned(),
            Self::Interrupted => return None,
            Self::Aws(error) if error.is("NoSuchBucket") => {
                "make the bucket, which trailctl does not, or name another one in `lock:`".to_owned()
            }
            Self::Aws(error) => return error.hint.clone(),
            Self::Left(why, _) => return why.help(),
        };
        Some(help)
    }

    /// Returns whether a guard refuses: all is as it should be, but this run must not go on.
    pub fn is_guard(&self) -> bool {
        match self {
            Self::Aws(_) | Self::Busy | Self::Interrupted => false,
            Self::Left(why, _) => why.is_guard(),
            _ => true,
        }
    }

    /// Returns whether the run was told to stop.
    pub fn is_interrupted(&self) -> bool {
        match self {
            Self::Interrupted => true,
            Self::Left(why, _) => why.is_interrupted(),
            _ => false,
        }
    }
}

impl From<AwsError> for Refusal {
    fn from(error: AwsError) -> Self {
        Self::Aws(error)
    }
}
