//! Names and values of query strings and form bodies.

use percent_encoding::percent_decode_str;

/// Takes apart `name=value&name=value`. A name without a sign of equality has the empty value.
pub(crate) fn pairs(text: &str) -> impl Iterator<Item = (String, String)> {
    text.split('&').filter(|part| !part.is_empty()).map(|part| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        (decoded(name), decoded(value))
    })
}

/// Returns the first value of a name.
pub(crate) fn value(text: &str, name: &str) -> Option<String> {
    pairs(text).find(|(known, _)| known == name).map(|(_, value)| value)
}

fn decoded(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}
