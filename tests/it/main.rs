//! The integration tests, in one binary.

#![expect(clippy::unwrap_used, reason = "a test fails by a panic, also in the functions it shares")]

mod access;
mod ci;
mod companions;
mod coverage;
mod delivery;
mod drift;
mod examples;
mod exit_codes;
mod export;
mod faults;
mod formats;
mod found;
mod fuzz;
mod graph;
mod help;
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
mod permissions;
mod places;
mod readme;
mod reads;
mod round_trip;
mod safety;
mod sandbox;
mod saved;
mod schemas;
mod specs;
mod state;
mod status;
mod story;
mod support;
mod tidy;
mod transcripts;
mod verify;
