//! The lock of a stack: an object in a bucket, so that no two runs change the stack at the same time.
//!
//! ```text
//! take -> is the endpoint true to conditions? -> keep alive, side by side with the work -> release
//! ```
//!
//! Every write has a condition, so that S3 itself decides who wins:
//!
//! | what | call | condition |
//! | --- | --- | --- |
//! | take | PutObject | there is no object |
//! | take what a dead run has left | PutObject | the object is the one that was seen |
//! | sign of life | PutObject | the object is the last one of ours |
//! | release | DeleteObject | the object is the last one of ours |
//!
//! No two objects are the same, also of one run: the condition then says "nothing has happened since". Whether a lock is
//! stale is told by the server's clock alone, from one answer: when the object was written, and what time it is.
//!
//! What a lock cannot do: AWS takes no fencing token with a call. A run that is paused in the middle of one, for longer than
//! its lease, is not held back by AWS when it goes on. It sends nothing more ([`Gate`](crate::aws::Gate)), and whoever breaks its
//! lock waits for a lease before the first change.
//!
//! [`body`], [`seen`] and [`refusal`] are pure; [`place`] is the edge.

pub mod body;
mod hold;
pub mod place;
pub mod refusal;
pub mod seen;
mod take;
mod times;

pub use self::{
    body::Body,
    hold::{Holding, Release},
    place::{Broken, Place},
    refusal::Refusal,
    seen::{Seen, Standing},
    take::{Take, take},
    times::Times,
};
