//! What the tests of the binary share: an AWS on loopback, the binary in a clean environment, other AWS clients.

mod cli;
mod endpoint;
mod inside;

pub(crate) use self::{
    cli::{Output, Workspace},
    endpoint::{Endpoint, Local, Moment, Seen, Verdict},
    inside::{Fault, Inside, Ran},
};
