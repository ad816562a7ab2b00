//! `AWS::KMS::Key`, with `AWS::KMS::Alias`. The id of a key is KMS's own, so that no template tells the ARN.

use super::{
    super::{
        entry::{Marks, outputs},
        quoted,
    },
    Reading,
};
use crate::{
    export::Found,
    kinds::kms_key::{
        KmsKey, USUAL_WINDOW,
        settings::{Rotation, State},
    },
};

pub(super) fn found(mut reading: Reading<'_>) -> Option<Found> {
    let region = reading.region();
    let Marks { owner, tags, protect } = reading.marks();
    let aliases = reading.resolver.aliases(reading.logical);
    let name = match &aliases[..] {
        [one] => Some(one.clone()),
        [] => {
            reading.note(format!(
                "KMS makes its id, and the template gives it no alias: {} stands for it.",
                quoted(&format!("key/{}", reading.logical))
            ));
            None
        }
        [_, ..] => {
            let names: Vec<String> = aliases.iter().map(|name| quoted(&format!("alias/{name}"))).collect();
            reading.note(format!("It has several aliases, of which an entry has one: {}.", names.join(", ")));
            None
        }
    };
    let Rotation(usual) = Rotation::default();
    let days = reading.number("RotationPeriodInDays");
    let policy = reading.policy_of(reading.logical, "KeyPolicy");
    if policy.is_none() {
        reading.note("The template does not tell its policy.");
    }
    let key = KmsKey {
        name: name.clone(),
        region: Some(region.clone()),
        description: reading.text("Description").unwrap_or_default(),
        rotation: Rotation(if reading.flag("EnableKeyRotation", false) { days.or(usual) } else { None }),
        multi_region: reading.flag("MultiRegion", false),
        deletion_window_days: reading.number("PendingWindowInDays").unwrap_or(USUAL_WINDOW),
        enabled: if reading.flag("Enabled", true) { State::Enabled } else { State::Disabled },
        // Statements of the policy.
        admins: Vec::new(),
        readers: Vec::new(),
        policy: policy.unwrap_or_default(),
        tags,
        protect,
        adopt: false,
    };
    let name_in_aws = name.clone().unwrap_or_else(|| format!("key/{}", reading.logical));
    let alias = name.map(|name| format!("alias/{name}"));
    let outputs = outputs([("name", Some(name_in_aws.clone())), ("alias", alias)]);
    reading.found(key, (region, name_in_aws), outputs, owner)
}
