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
