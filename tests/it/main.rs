//! The integration tests, in one binary.

#![expect(clippy::unwrap_used, reason = "a test fails by a panic, also in the functions it shares")]

mod drift;
mod sandbox;
mod support;
