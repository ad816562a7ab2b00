//! Regions and the partitions they belong to.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// The code of an AWS Region, such as `eu-west-1`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Region(pub String);

impl JsonSchema for Region {
    fn schema_name() -> Cow<'static, str> {
        "Region".into()
    }

    /// Any text, so that editors complete the known Regions and take others.
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "The code of an AWS Region, such as `eu-west-1`.",
            "anyOf": [{ "enum": Self::known().collect::<Vec<_>>() }, { "type": "string" }],
        })
    }
}

/// The Regions where CloudTrail has an endpoint, by partition, with the prefix of their codes (SDK endpoint data, 2026).
const PARTITIONS: &[(&str, &[&str], &[&str])] = &[
    ("aws-cn", &["cn-"], &["cn-north-1", "cn-northwest-1"]),
    ("aws-us-gov", &["us-gov-"], &["us-gov-east-1", "us-gov-west-1"]),
    ("aws-eusc", &["eusc-"], &["eusc-de-east-1"]),
    ("aws-iso", &["us-iso-"], &["us-iso-east-1", "us-iso-west-1"]),
    ("aws-iso-b", &["us-isob-"], &["us-isob-east-1", "us-isob-west-1"]),
    ("aws-iso-e", &["eu-isoe-"], &["eu-isoe-west-1"]),
    ("aws-iso-f", &["us-isof-"], &["us-isof-east-1", "us-isof-south-1"]),
    (
        "aws",
        &[""],
        &[
            "af-south-1",
            "ap-east-1",
            "ap-east-2",
            "ap-northeast-1",
            "ap-northeast-2",
            "ap-northeast-3",
            "ap-south-1",
            "ap-south-2",
            "ap-southeast-1",
            "ap-southeast-2",
            "ap-southeast-3",
            "ap-southeast-4",
            "ap-southeast-5",
            "ap-southeast-6",
            "ap-southeast-7",
            "ca-central-1",
            "ca-west-1",
            "eu-central-1",
            "eu-central-2",
            "eu-north-1",
            "eu-south-1",
            "eu-south-2",
            "eu-west-1",
            "eu-west-2",
            "eu-west-3",
            "il-central-1",
            "me-central-1",
            "me-south-1",
            "mx-central-1",
            "sa-east-1",
            "us-east-1",
            "us-east-2",
            "us-west-1",
            "us-west-2",
        ],
    ),
];

impl Region {
    /// Returns the Region of this code.
    pub fn new(code: &str) -> Self {
        Self(code.to_owned())
    }

    /// Returns the code.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether it looks like a Region, which may be one that this version does not know.
    pub fn is_plausible(&self) -> bool {
        let is_of_code = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        self.0.contains('-') && self.0.len() <= 32 && self.0.bytes().all(is_of_code)
    }

    /// Returns the partition that a Region of this code belongs to.
    pub fn partition(&self) -> &'static str {
        let of_prefix = |prefixes: &[&str]| prefixes.iter().any(|prefix| self.0.starts_with(prefix));
        PARTITIONS.iter().find(|(_, prefixes, _)| of_prefix(prefixes)).map_or("aws", |(name, _, _)| name)
    }

    /// Returns the Region that a global service of this Region's partition is asked in (SDK endpoint data, 2026).
    #[must_use]
    pub fn global(&self, service: &str) -> Self {
        let code = match self.partition() {
            "aws-cn" if service == "iam" => "cn-north-1",
            "aws-cn" => "cn-northwest-1",
            "aws-us-gov" => "us-gov-west-1",
            "aws-eusc" => "eusc-de-east-1",
            "aws-iso" => "us-iso-east-1",
            "aws-iso-b" => "us-isob-east-1",
            "aws-iso-e" => "eu-isoe-west-1",
            "aws-iso-f" => "us-isof-south-1",
            _ => "us-east-1",
        };
        Self::new(code)
    }

    /// Returns the leader Region of a partition, where events of global services are recorded (API Reference, CreateTrail, names
    /// it for `aws`; elsewhere it is taken to be where IAM is).
    pub fn leader(partition: &str) -> Self {
        let first =
            PARTITIONS.iter().find(|(name, _, _)| *name == partition).and_then(|(_, _, all)| all.first());
        Self::new(first.copied().unwrap_or("us-east-1")).global("iam")
    }

    /// Returns the domain under which the endpoints of this Region's partition are (SDK partition data, 2026).
    pub fn dns_suffix(&self) -> &'static str {
        match self.partition() {
            "aws-cn" => "amazonaws.com.cn",
            "aws-eusc" => "amazonaws.eu",
            "aws-iso" => "c2s.ic.gov",
            "aws-iso-b" => "sc2s.sgov.gov",
            "aws-iso-e" => "cloud.adc-e.uk",
            "aws-iso-f" => "csp.hci.ic.gov",
            _ => "amazonaws.com",
        }
    }

    /// Returns the codes of all Regions that were known when this version was made.
    pub fn known() -> impl Iterator<Item = &'static str> {
        PARTITIONS.iter().flat_map(|(_, _, regions)| regions.iter().copied())
    }

    /// Returns the Regions of a partition that were known when this version was made.
    pub fn of_partition(partition: &str) -> impl Iterator<Item = Self> {
        let known = PARTITIONS.iter().find(|(name, _, _)| *name == partition);
        known.into_iter().flat_map(|(_, _, regions)| regions.iter().copied().map(Self::new))
    }
}

/// Returns the names of all partitions.
pub fn partitions() -> impl Iterator<Item = &'static str> {
    PARTITIONS.iter().map(|(name, _, _)| *name)
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_region_is_of_the_partition_that_lists_it() {
        for (partition, _, regions) in PARTITIONS {
            for region in *regions {
                assert_eq!(Region::new(region).partition(), *partition, "{region}");
            }
            assert_eq!(Region::of_partition(partition).count(), regions.len());
        }
    }
}
