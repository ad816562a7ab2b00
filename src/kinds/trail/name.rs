//! How trails may be named.

use std::net::Ipv4Addr;

/// Rules of CloudTrail (User Guide, "Naming requirements").
pub(super) fn problem(name: &str) -> Option<(&'static str, &'static str)> {
    let is_joint = |c: char| matches!(c, '.' | '_' | '-');
    if !(3..=128).contains(&name.len()) {
        return Some(("is too short or too long", "use 3 to 128 characters"));
    }
    if !name.chars().all(|c| c.is_ascii_alphanumeric() || is_joint(c)) {
        return Some((
            "has characters that CloudTrail refuses",
            "use ASCII letters, digits, `.`, `_` and `-`",
        ));
    }
    if name.starts_with(is_joint) || name.ends_with(is_joint) {
        return Some(("starts or ends with a sign", "start and end with a letter or a digit"));
    }
    if name.as_bytes().windows(2).any(|pair| pair.iter().all(|b| is_joint(char::from(*b)))) {
        return Some(("has two signs in a row", "put a letter or a digit between `.`, `_` and `-`"));
    }
    name.parse::<Ipv4Addr>().is_ok().then_some(("looks like an IP address", "choose another name"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trail_names() {
        for good in ["abc", "a.b_c-d", "Management-2", "1.2.3"] {
            assert_eq!(problem(good), None, "{good}");
        }
        for bad in ["ab", "my-_x", "-abc", "abc.", "a b c", "192.168.5.4", "ümlaut"] {
            assert!(problem(bad).is_some(), "{bad}");
        }
    }
}
