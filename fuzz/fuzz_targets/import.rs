//! cargo-fuzz: `cargo +nightly fuzz run import`, from the folder of the package.

#![no_main]

#[path = "../checks.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|text: &str| checks::import(text));
