//! AWS policy documents as data: the canonical form that decides whether two are equal, and whether one allows a request,
//! what AWS refuses as malformed.
//!
//! Everything here is pure. Fetching and writing policies belongs to the kinds.

pub mod canon;
pub mod document;
pub mod evaluate;
pub mod grammar;
pub mod public;
mod sids;
