//! The integration tests, in one binary.

#![expect(clippy::unwrap_used, reason = "a test fails by a panic, also in the functions it shares")]

mod access;
mod companions;
mod coverage;
mod delivery;
mod drift;
mod examples;
mod export;
mod faults;
mod found;
mod fuzz;
mod graph;
mod import;
mod input;
mod keys_and_topics;
mod kill;
mod lifecycle;
mod living;
mod lock;
mod merge;
mod moves;
mod organizations;
mod peers;
mod places;
mod reads;
mod round_trip;
mod safety;
mod sandbox;
mod saved;
mod schemas;
mod specs;
mod state;
mod status;
mod support;
mod tidy;
mod transcripts;
mod verify;
