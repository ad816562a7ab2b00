//! How buckets may be named.

use std::net::Ipv4Addr;

/// Rules of S3 (User Guide, "Bucket naming rules"), and those that CloudTrail adds.
pub(super) fn problem(name: &str) -> Option<(&'static str, &'static str)> {
    if !(3..=63).contains(&name.len()) {
        return Some(("is too short or too long", "use 3 to 63 characters"));
    }
    if !name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-')) {
        return Some(("has characters that S3 refuses", "use lower-case letters, digits, `.` and `-`"));
    }
    if name.starts_with(['.', '-']) || name.ends_with(['.', '-']) {
        return Some(("starts or ends with a sign", "start and end with a letter or a digit"));
    }
    if ["..", ".-", "-."].iter().any(|pair| name.contains(pair)) {
        return Some(("has a `.` next to another sign", "put a letter or a digit between them"));
    }
    let reserved = ["xn--", "sthree-", "amzn-s3-demo-"].iter().any(|prefix| name.starts_with(prefix));
    if reserved
        || ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"]
            .iter()
            .any(|suffix| name.ends_with(suffix))
    {
        return Some(("uses a prefix or a suffix that S3 keeps for itself", "choose another name"));
    }
    name.parse::<Ipv4Addr>().is_ok().then_some(("looks like an IP address", "choose another name"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bucket_names() {
        for good in ["abc", "my.logs-1"] {
            assert_eq!(problem(good), None, "{good}");
        }
        for bad in
            ["ab", "My-logs", "a_b_c", "logs-", "a..b", "a.-b", "192.168.5.4", "xn--logs", "logs-s3alias"]
        {
            assert!(problem(bad).is_some(), "{bad}");
        }
    }
}
