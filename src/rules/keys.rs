//! Keys: what KMS would refuse, and what weakens them.

use serde_json::Value;

use crate::{
    diagnostic::Diagnostic,
    kinds::{Resource as _, kms_key::KmsKey},
    path::Path,
    spec::{EntryKey, Spec},
};

/// The most characters of a description (KMS API Reference, CreateKey).
const DESCRIPTION: usize = 8192;

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    for (EntryKey { address, .. }, attrs) in spec.of_kind(KmsKey::KIND) {
        key(attrs, &Path::keys([KmsKey::SECTION, &address.logical]), found);
    }
}

fn key(attrs: &Value, at: &Path, found: &mut Vec<Diagnostic>) {
    let mut days = |code, what: &str, value: &Value, at: Path, least: u64, most: u64| {
        if value.as_u64().is_some_and(|days| !(least..=most).contains(&days)) {
            let message = format!("{what} cannot be {value} days");
            found.push(Diagnostic::at(code, at, message).help(format!("write {least} to {most}")));
        }
    };
    let rotation = at.key("rotation");
    days(
        "key-rotation-period",
        "the period of rotation",
        &attrs["rotation"]["days"],
        rotation.key("days"),
        90,
        2560,
    );
    let window = &attrs["deletion_window_days"];
    days("key-deletion-window", "the time before a deletion", window, at.key("deletion_window_days"), 7, 30);
    if attrs["rotation"] == Value::Bool(false) {
        let message = "the key does not rotate";
        let help = "remove the line: old key material still decrypts what it has encrypted";
        found.push(Diagnostic::at("key-without-rotation", rotation, message).help(help));
    }
    if attrs["enabled"].is_string() {
        let message = "a key is enabled or not";
        let diagnostic = Diagnostic::at("key-state", at.key("enabled"), message);
        found.push(diagnostic.help("write `true` or `false`"));
    }
    let length = attrs["description"].as_str().unwrap_or_default().chars().count();
    if length > DESCRIPTION {
        let message = format!("the description has {length} characters: KMS takes at most {DESCRIPTION}");
        found.push(
            Diagnostic::at("key-description-length", at.key("description"), message).help("shorten it"),
        );
    }
}
