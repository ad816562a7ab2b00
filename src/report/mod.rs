//! Reports: plans, outcomes and diagnostics as text. Pure: data in, text out.

pub mod coverage;
pub mod diagnostics;
pub mod human;
pub mod page;
pub mod status;
mod words;
pub mod yaml;

pub use human::plain;
pub use words::{count, visible, visible_block, visible_json};
