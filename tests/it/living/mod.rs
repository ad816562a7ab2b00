//! Accounts as other tools leave them: each is described by a spec whose plan changes nothing, taken over, changed from outside, and healed.

mod accounts;
mod changes;
mod policies;
mod seed;

use std::thread;

use trailctl::exit;

use self::{
    accounts::ACCOUNTS,
    seed::{Account, seed},
};
use crate::{
    lifecycle::in_runtime,
    support::{Local, Output, Workspace},
};

/// How many accounts are looked at in one thread.
const AT_ONCE: usize = 2;

#[test]
fn accounts_of_other_tools_are_described_taken_over_and_healed() {
    assert!(ACCOUNTS.len() >= 20, "{}", ACCOUNTS.len());
    thread::scope(|scope| {
        for part in 0..AT_ONCE {
            scope.spawn(move || ACCOUNTS.iter().skip(part).step_by(AT_ONCE).for_each(live));
        }
    });
}

/// Takes one account over.
fn live(account: &Account) {
    let name = account.name;
    let aws = Local::start();
    in_runtime(seed(account, &aws.endpoint));
    let workspace = Workspace::at(&aws.endpoint);
    let read = |file: &str| std::fs::read_to_string(workspace.path().join(file)).unwrap();

    let _ = workspace.expect("export --out left.yaml", exit::DONE);
    only_marks(name, &workspace.expect("plan --file left.yaml --format json", exit::DONE));
    let _ = workspace.expect("export --adopt --out trailctl.yaml", exit::DONE);
    let spec = read("trailctl.yaml");
    for words in account.says {
        assert!(spec.contains(words), "{name}: {words}\n{spec}");
    }
    only_marks(name, &workspace.expect("plan --format json", exit::DONE));
    aws.take_calls();
    let _ = workspace.expect("apply --yes", exit::DONE);
    let changes = aws.take_changes();
    let is_mark = |call: &&str| call.contains("Tag");
    assert!(changes.iter().all(is_mark), "{name}: {changes:?}");
    workspace.expect_no_changes();

    // What the stack has is described in the same way again.
    let _ = workspace.expect("export --adopt --out again.yaml", exit::DONE);
    let again = workspace.expect("plan --detailed-exitcode --file again.yaml", exit::DONE);
    assert!(again.stdout.ends_with("The account matches the spec.\n"), "{name}: {}", again.stdout);
    let _ = workspace.expect("export --adopt --out third.yaml", exit::DONE);
    assert_eq!(read("again.yaml"), read("third.yaml"), "{name}");

    for change in account.changes {
        in_runtime(change.happen(&aws.endpoint, account));
        let plan = workspace.run("plan --allow-coverage-loss --detailed-exitcode --format json");
        assert_eq!(
            plan.code,
            Some(exit::CHANGES.into()),
            "{name}, {change:?}: {}\n{}",
            plan.stdout,
            plan.stderr
        );
        let seen = plan.changes();
        assert!(
            seen.iter().any(|one| one.split(' ').any(|word| word.starts_with(change.kind()))),
            "{name}, {change:?}: {seen:?}"
        );
        let healed = workspace.run("apply --allow-coverage-loss --yes");
        assert_eq!(healed.code, Some(exit::DONE.into()), "{name}, {change:?}: {}", healed.stderr);
        workspace.expect_no_changes();
    }
}

/// Holds a plan to say whose the things are and nothing else, and that all is recorded as before.
fn only_marks(name: &str, plan: &Output) {
    let is_mark = |change: &String| {
        change
            .split_once(' ')
            .is_some_and(|(_, path)| path == "protect" || path.starts_with("tags.trailctl:"))
    };
    let mut changed = plan.changes();
    changed.retain(|change| !is_mark(change));
    assert_eq!(changed, [""; 0], "{name}");
    assert_eq!(plan.refusals(), [""; 0], "{name}");
    assert!(plan.stdout.contains("\"verdict\": \"unchanged\""), "{name}: {}", plan.stdout);
}
