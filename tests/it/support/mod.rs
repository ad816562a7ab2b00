//! What the tests of the binary share: an AWS on loopback, the binary in a clean environment, other AWS clients.

mod cli;
mod endpoint;
pub(crate) mod estate;
mod fault;
mod inside;
mod rounds;
pub(crate) mod sarif;

pub(crate) use self::{
    cli::{Output, Workspace},
    endpoint::{Count, Endpoint, Local, Moment, Seen, Verdict},
    fault::{Fault, Says},
    inside::{Allowed, Attempt, Engine, HOME, Inside, Ran, deep, spec},
    rounds::Reads,
};
