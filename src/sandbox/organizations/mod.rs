//! Organizations: an organization with its members, trusted services and delegated administrators.

mod admins;
mod membership;
mod services;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub(crate) use self::membership::{join, of_account};
use super::wire::{Call, Operation, Protocol, Refusal, Service};

/// The service.
pub(crate) static SERVICE: Service = Service {
    signing_name: "organizations",
    protocol: Protocol::AwsJson { target: "AWSOrganizationsV20161128" },
    operations: &[
        Operation::write("CreateOrganization", membership::create_organization),
        Operation::read("DescribeOrganization", membership::describe_organization),
        Operation::write("EnableAWSServiceAccess", services::enable_aws_service_access),
        Operation::write("DisableAWSServiceAccess", services::disable_aws_service_access),
        Operation::read("ListAWSServiceAccessForOrganization", services::list_aws_service_access),
        Operation::write("RegisterDelegatedAdministrator", admins::register_delegated_administrator),
        Operation::read("ListDelegatedAdministrators", admins::list_delegated_administrators),
    ],
};

/// An organization. Partition and management account are where it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Organization {
    pub(crate) id: String,
    pub(crate) has_all_features: bool,
    /// The accounts besides the management account, and since when they belong.
    members: BTreeMap<String, Timestamp>,
    /// The services with trusted access, and since when they have it.
    services: BTreeMap<String, Timestamp>,
    /// For each service the accounts that administer it.
    admins: BTreeMap<String, BTreeSet<String>>,
}

impl Organization {
    /// Whether a service may act in all accounts.
    pub(crate) fn trusts(&self, service: &str) -> bool {
        self.services.contains_key(service)
    }

    /// Whether an account administers a service for the organization.
    pub(crate) fn is_admin(&self, account: &str, service: &str) -> bool {
        self.admins.get(service).is_some_and(|accounts| accounts.contains(account))
    }
}

fn check_region(call: &Call<'_>) -> Result<(), Refusal> {
    call.check_global(&[
        ("aws", "us-east-1"),
        ("aws-cn", "cn-northwest-1"),
        ("aws-us-gov", "us-gov-west-1"),
        ("aws-eusc", "eusc-de-east-1"),
    ])
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::bad("InvalidInputException", message)
}
