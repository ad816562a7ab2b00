//! What a plan of a spec would change of what it was made of: nothing, unless the spec cannot say it.

use serde_json::Value;

use super::{Head, entry::Names, is_known, remarks::Remark};
use crate::{
    diff::diff,
    kinds::kind,
    path::{Path, Segment},
    resolve::resolve,
    resource::{Address, owner::RESERVED, reference, region::Region},
    spec::Spec,
};

/// Returns the attributes that a spec says otherwise than what it was made of.
pub(super) fn differences(spec: &Spec, names: &Names<'_>, head: Head<'_>) -> Vec<Remark> {
    if !is_known(head.account) {
        return Vec::new();
    }
    let resolved = resolve(spec, head.account, &Region::leader(&head.account.partition));
    let output = |address: &Address, output: &str| match address.logical.strip_prefix('=') {
        Some(existing) => existing.split_once('=').map(|(_, name)| name.to_owned()),
        None => names.get(&address.kind, &address.logical)?.outputs.get(output).cloned(),
    };
    let mut remarks = Vec::new();
    for want in &resolved.desired {
        let Address { kind: kind_name, logical } = &want.address;
        let Some((kind, found)) = kind(kind_name).zip(names.get(kind_name, logical)) else { continue };
        let (mut new, mut old) = (want.attrs.clone(), found.attrs.clone());
        reference::substitute(&mut new, &output);
        kind.reconcile(&want.id, &mut new, &mut old);
        let changed = diff(&old, &new).into_iter().filter(|change| !is_mark(&change.path));
        remarks.extend(changed.map(|change| {
            let shown = change.old.as_ref().map_or_else(|| "nothing".to_owned(), Value::to_string);
            let text = format!("A plan of this changes `{}`, which is {shown}.", change.path);
            Remark::warning(want.origin.join(&change.path), text)
        }));
    }
    remarks
}

/// Returns whether an attribute only says whose a resource is.
fn is_mark(path: &Path) -> bool {
    match path.segments() {
        [Segment::Key(key)] => key == "protect" || key == "adopt",
        [Segment::Key(key), Segment::Key(tag)] => key == "tags" && tag.starts_with(RESERVED),
        _ => false,
    }
}
