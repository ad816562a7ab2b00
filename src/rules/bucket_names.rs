//! Names of buckets that S3 takes and that make trouble later.

use super::name_of;
use crate::{
    diagnostic::{Diagnostic, Place},
    kinds::{Resource as _, bucket::Bucket},
    path::Path,
    spec::Spec,
};

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    for (entry, attrs) in spec.of_kind(Bucket::KIND) {
        let (name, at) = (name_of(entry, attrs), Path::keys([Bucket::SECTION, &entry.address.logical]));
        let place = if attrs["name"].is_null() { Place::Key(at) } else { Place::Value(at.key("name")) };
        if name.contains('.') {
            let message = format!("the bucket name `{name}` has dots, which certificates of S3 do not cover");
            let help = "use dashes: a name can never be changed";
            found.push(Diagnostic::new("bucket-name-dots", place.clone(), message).help(help));
        }
        if name.ends_with("-an") {
            let message = format!("the bucket name `{name}` ends like those of a namespace of one account");
            let help = "choose a name that does not end in `-an`";
            found.push(Diagnostic::new("bucket-name-namespace", place, message).help(help));
        }
    }
}
