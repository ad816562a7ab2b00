//! What the lines of a record have: the schema of each.

use schemars::JsonSchema;

use crate::resource::{Address, region::Region};

/// A line of a record.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(tag = "what", rename_all = "lowercase", deny_unknown_fields)]
pub enum Line {
    /// A run begins.
    Run {
        /// When it was written, by AWS's clock.
        at: String,
        /// The format: `trailctl.record/1`.
        format: String,
        /// The version of trailctl.
        trailctl: String,
        /// The command.
        command: String,
        /// The stack that it changes.
        stack: String,
        /// The account.
        account: String,
        /// The ARN of who runs it.
        caller: String,
        /// The hash in the saved plan that is applied. Nothing when none is.
        plan_sha256: Option<String>,
    },
    /// A request that changes something is about to be sent.
    Change {
        /// When it was written, by AWS's clock.
        at: String,
        /// The resource, as the spec names it.
        address: Address,
        /// The resource, as AWS knows it.
        resource: String,
        /// The service.
        service: String,
        /// The operation.
        operation: String,
        /// The Region whose endpoint is asked.
        region: Region,
    },
    /// A request was answered, or was not.
    Call {
        /// When it was written, by AWS's clock.
        at: String,
        /// The service.
        service: String,
        /// The operation.
        operation: String,
        /// The Region whose endpoint was asked.
        region: Region,
        /// What became of it.
        outcome: Answer,
        /// AWS's error code, if there was one.
        code: Option<String>,
        /// AWS's id of the request.
        request_id: Option<String>,
    },
    /// A step has ended.
    Step {
        /// When it was written, by AWS's clock.
        at: String,
        /// The resource, as the spec names it.
        address: Address,
        /// The resource, as AWS knows it.
        resource: String,
        /// What became of it.
        outcome: End,
    },
    /// The run has ended.
    Summary {
        /// When it was written, by AWS's clock.
        at: String,
        /// The stack.
        stack: String,
        /// The exit code.
        exit_code: u8,
        /// The SHA-256 of all lines of the run before this one, in hexadecimal.
        sha256: String,
    },
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "lowercase")]
pub enum Answer {
    /// It succeeded.
    Ok,
    /// It failed.
    Error,
    /// It may or may not have had its effect.
    Unknown,
}

/// What became of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "lowercase")]
pub enum End {
    /// All its requests have succeeded.
    Done,
    /// One has failed.
    Failed,
    /// The trail could not be verified in the time that is given.
    #[schemars(rename = "not verified")]
    NotVerified,
}
