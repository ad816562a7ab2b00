//! Ids that AWS would draw at random: here they count up, so that the same calls give the same ids.

use super::store::State;

/// Returns an id in the form of a UUID.
pub(crate) fn uuid(state: &mut State) -> String {
    format!("00000000-0000-4000-8000-{:012x}", next(state))
}

/// Returns lower-case hexadecimal digits.
pub(crate) fn hex(state: &mut State, digits: usize) -> String {
    format!("{:0digits$x}", next(state))
}

/// Returns the unique id of an IAM entity: a prefix that tells its type, and 17 letters.
pub(crate) fn unique(state: &mut State, prefix: &str) -> String {
    let digits = format!("{:017}", next(state));
    let letters = digits.bytes().map(|digit| char::from(digit - b'0' + b'A'));
    prefix.chars().chain(letters).collect()
}

fn next(state: &mut State) -> u64 {
    state.ids_given += 1;
    state.ids_given
}
