//! What became of a run: the plan, and what was done of it.

use schemars::JsonSchema;
use serde::Serialize;

use super::problem::Problem;
use crate::{apply::Outcome, plan::Plan};

/// The format of the result of a run as JSON.
pub const FORMAT: &str = "trailctl.apply/1";

/// The result of `apply` or `destroy`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Run<'a> {
    /// The format: `trailctl.apply/1`.
    pub format: &'static str,
    /// The plan.
    pub plan: &'a Plan,
    /// What became of its steps. Nothing when none was begun.
    pub outcome: Option<&'a Outcome>,
    /// What became of the lock. Nothing when none was taken.
    pub lock: Option<&'a Lock>,
    /// What went wrong. Nothing when all is done.
    pub error: Option<Problem>,
}

/// A lock that a run has held.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Lock {
    /// Where it is kept.
    pub place: String,
    /// Whether the run has released it.
    pub released: bool,
}

impl<'a> Run<'a> {
    /// Returns the result of a run.
    pub fn new(
        plan: &'a Plan,
        outcome: Option<&'a Outcome>,
        lock: Option<&'a Lock>,
        error: Option<Problem>,
    ) -> Self {
        Self { format: FORMAT, plan, outcome, lock, error }
    }
}
