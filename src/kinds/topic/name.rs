//! How topics may be named.

/// Rules of SNS (API Reference, CreateTopic), and what CloudTrail publishes to.
pub(super) fn problem(name: &str) -> Option<(&'static str, &'static str)> {
    if name.ends_with(".fifo") {
        return Some((
            "is that of a FIFO topic, and CloudTrail publishes to standard topics only",
            "choose a name without `.fifo`",
        ));
    }
    if !(1..=256).contains(&name.len()) {
        return Some(("is too short or too long", "use 1 to 256 characters"));
    }
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let is_wrong = !name.chars().all(is_plain);
    is_wrong.then_some(("has characters that SNS refuses", "use ASCII letters, digits, `_` and `-`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topic_names() {
        for good in ["a", "audit-delivered_1"] {
            assert_eq!(problem(good), None, "{good}");
        }
        for bad in ["", "a.b", "a/b", "audit.fifo", "ümlaut", &"a".repeat(257)] {
            assert!(problem(bad).is_some(), "{bad}");
        }
    }
}
