//! Limits that all kinds share.

use serde_json::Value;

use crate::{
    diagnostic::Diagnostic,
    kinds::kind,
    spec::{EntryKey, Spec, parse::entry_path},
};

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    for (EntryKey { address, .. }, attrs) in &spec.entries {
        let Some(kind) = kind(&address.kind) else { continue };
        let at = entry_path(kind, address);
        if let Some(most) = kind.policy_limit() {
            let statements = &attrs["policy"]["statements"];
            let size = statements.to_string().len();
            if size > most {
                let message = format!("the policy has {size} bytes: AWS takes at most {most}");
                let place = at.key("policy").key("statements");
                found.push(
                    Diagnostic::at("policy-too-long", place, message)
                        .help("merge statements, or remove some"),
                );
            }
        }
    }
}

/// Returns whether an attribute is off or not there.
pub(super) fn is_off(value: &Value) -> bool {
    matches!(value, Value::Bool(false) | Value::Null)
}
