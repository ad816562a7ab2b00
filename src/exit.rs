//! The exit codes: part of the documented interface, one constant each.

/// Everything asked for is done, or there was nothing to do.
pub const DONE: u8 = 0;
/// Something failed: the spec has errors, AWS cannot be read. Nothing was changed; or all was done, and a report or record of it could
/// not be written.
pub const ERROR: u8 = 1;
/// `plan --detailed-exitcode`: there are changes to apply. `status`: something needs attention.
pub const CHANGES: u8 = 2;
/// A guard refused: a protected or foreign resource, the wrong account, a lock that somebody else holds. Nothing was changed.
pub const REFUSED: u8 = 3;
/// Some of the plan was applied and some was not. Running again continues.
pub const PARTIAL: u8 = 4;
/// The command line was not understood.
pub const USAGE: u8 = 64;
/// Interrupted, by Ctrl-C or by being asked to end, after the call in flight had ended, or at once by a second signal.
pub const INTERRUPTED: u8 = 130;

/// What the exit codes mean, for the help and the manual.
pub const MEANINGS: [(u8, &str); 7] = [
    (DONE, "done, or nothing to do"),
    (
        ERROR,
        "an error: the spec is wrong, or AWS cannot be read; nothing was changed. Or all was done, and a report or record of it could \
         not be written",
    ),
    (
        CHANGES,
        "changes are pending (plan --detailed-exitcode), events are not recorded (coverage explain, coverage diff), or something needs \
         attention (status)",
    ),
    (
        REFUSED,
        "refused by a guard: a loss or gap of coverage, a protection, another owner or account, a stale plan, a lock, a yes that nobody gave",
    ),
    (PARTIAL, "partly applied: run again to continue"),
    (USAGE, "the command line was not understood"),
    (INTERRUPTED, "interrupted by Ctrl-C or SIGTERM; what was done is said"),
];

/// Returns the meanings as the help shows them.
pub fn help() -> String {
    let lines = MEANINGS.iter().map(|(code, meaning)| format!("  {code:>3}  {meaning}\n"));
    format!("Exit codes:\n{}", lines.collect::<String>())
}
