//! Second opinions: the scenarios against moto and ministack, two AWS endpoints that others wrote.
//!
//! They are installed into the target folder when they are first needed. Without Python or network the tests are
//! skipped and say so; where `CI=true` that is a failure.

mod deviations;
mod install;
mod server;

use self::server::{Peer, Server};
use crate::lifecycle::{self, Deviation};

#[test]
fn every_scenario_comes_true_on_ministack() {
    check(Peer::Ministack, deviations::MINISTACK);
}

#[test]
fn every_scenario_comes_true_on_moto() {
    check(Peer::Moto, deviations::MOTO);
}

fn check(peer: Peer, deviations: &[Deviation]) {
    match install::installed() {
        Ok(environment) => {
            let server = Server::start(&environment, peer);
            lifecycle::run_all(|number| server.endpoint(number), deviations);
        }
        Err(why) => skip(&format!("{peer:?} cannot be installed: {why}")),
    }
}

#[expect(clippy::print_stderr, reason = "who runs the tests must see that one was skipped")]
fn skip(why: &str) {
    assert!(std::env::var("CI").as_deref() != Ok("true"), "{why}");
    eprintln!("skipped: {why}");
}
