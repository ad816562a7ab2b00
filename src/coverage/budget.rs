//! How long a comparison may go on.

use std::fmt;

/// How many steps one comparison may take: values that are tried, and the work to find them. That is a fraction of a second.
/// Trails as people write them take a few hundred steps. One that needs more ends without a verdict, which counts as a loss:
/// each further field would multiply its time.
pub const NODE_BUDGET: usize = 2_000_000;

/// A comparison was given up: it would take too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooComplex;

impl fmt::Display for TooComplex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the selectors are too complex to be compared")
    }
}

impl std::error::Error for TooComplex {}

/// The steps that are left.
#[derive(Debug)]
pub(super) struct Budget(usize);

impl Default for Budget {
    fn default() -> Self {
        Self(NODE_BUDGET)
    }
}

impl Budget {
    /// Returns few steps, for what is only nice to have.
    pub(super) fn small() -> Self {
        Self(NODE_BUDGET / 100)
    }

    /// Takes some steps.
    pub(super) fn spend(&mut self, steps: usize) -> Result<(), TooComplex> {
        self.0 = self.0.checked_sub(steps).ok_or(TooComplex)?;
        Ok(())
    }
}
