//! What keeps CloudTrail out, as refusals and notes of a plan.

use super::{
    Refusal,
    draft::{Draft, note},
};
use crate::preflight::{self, Finding, Setup};

/// Refuses what is certain to fail, and notes what may. What fails already and is not touched is no reason to refuse the rest.
pub(super) fn check(draft: &mut Draft<'_>) {
    let setup = Setup {
        stack: &draft.policy.stack,
        organization: draft.policy.account.organization.as_ref().map(|found| found.id.as_str()),
        desired: draft.desired,
        becoming: &|entry| draft.becoming.get(&entry.address),
        output: &|address, output| draft.output(address, output),
        existing: &draft.seen.existing,
    };
    for finding in preflight::check(&setup) {
        let Finding { code, is_certain, address, at, is_written, concerns, message, help } = finding;
        let is_touched = draft.steps.iter().any(|step| concerns.contains(&step.address));
        if is_certain && is_touched {
            let (code, origin) = (code.to_owned(), Some(at));
            draft.refused.push(Refusal { address, code, reason: message, help, origin, at: None });
        } else if is_certain || !is_written {
            // Of what the spec itself holds and is not certain, the spec's warnings tell.
            draft.notes.push(note(address, message, Some(&at)));
        }
    }
}
