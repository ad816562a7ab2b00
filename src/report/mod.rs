//! Reports: plans, outcomes and diagnostics as text. Pure: data in, text out.

pub mod coverage;
pub mod diagnostics;
mod github;
pub mod human;
pub mod markdown;
pub mod page;
pub mod permissions;
pub mod plan;
pub mod problem;
pub mod run;
mod sarif;
pub mod status;
mod words;
pub mod yaml;

pub use human::plain;
pub use words::{count, in_quotes, visible, visible_block, visible_json};

use words::in_repository;
