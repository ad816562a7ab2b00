//! Reports: plans, outcomes and diagnostics as text. Pure: data in, text out.

pub mod coverage;
pub mod diagnostics;
pub mod human;
pub mod permissions;
pub mod status;
mod words;
pub mod yaml;

pub use words::{count, visible, visible_block, visible_json};
