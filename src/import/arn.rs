//! ARNs, taken apart.

use crate::resource::region::Region;

/// The parts of an ARN.
pub(super) struct Arn<'a> {
    pub(super) partition: &'a str,
    pub(super) region: &'a str,
    pub(super) account: &'a str,
}

impl<'a> Arn<'a> {
    /// Takes a text apart, if it is an ARN.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let ["arn", partition, _service, region, account, _rest] = parts[..] else { return None };
        Some(Self { partition, region, account })
    }

    /// Returns its Region, if it says one.
    pub(super) fn region(&self) -> Option<Region> {
        (!self.region.is_empty()).then(|| Region::new(self.region))
    }
}
