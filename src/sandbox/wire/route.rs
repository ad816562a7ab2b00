//! Finds the operation that a request asks for.
//!
//! Service and Region stand in the credential scope of the `Authorization` header. The signature is not verified: the
//! sandbox has no secrets to do it with.

use bytes::Bytes;
use http::Request;

use super::{Operation, Protocol, Refusal, Service, form, header};

/// What a request asks for.
pub(crate) struct Asked {
    pub(crate) scope: Scope,
    pub(crate) service: &'static Service,
    pub(crate) operation: &'static Operation,
}

/// The parts of a credential scope that matter here.
pub(crate) struct Scope {
    pub(crate) access_key_id: String,
    pub(crate) region: String,
    service: String,
}

/// Finds service and operation, or says as AWS does that there are none.
pub(crate) fn find(
    services: &'static [&'static Service],
    request: &Request<Bytes>,
) -> Result<Asked, Refusal> {
    let scope = scope(request)?;
    let Some(service) = services.iter().find(|service| service.signing_name == scope.service) else {
        let message = format!("The sandbox does not have the service {}.", scope.service);
        return Err(Refusal::new(501, "NotImplemented", message));
    };
    let name = operation_name(&service.protocol, request);
    let known = service.operations.iter().find(|operation| name.as_deref() == Some(operation.name));
    match known {
        Some(operation) => Ok(Asked { scope, service, operation }),
        None => Err(unknown_operation(&service.protocol, name.as_deref().unwrap_or("?"))),
    }
}

/// Reads `AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, ...`.
fn scope(request: &Request<Bytes>) -> Result<Scope, Refusal> {
    let Some(authorization) = header(request, "authorization") else {
        let message = "The request is missing the Authorization header.";
        return Err(Refusal::new(403, "MissingAuthenticationToken", message));
    };
    let credential = authorization.split_once("Credential=").map(|(_, rest)| {
        let end = rest.find([',', ' ']).unwrap_or(rest.len());
        rest[..end].split('/').collect::<Vec<_>>()
    });
    match credential.as_deref() {
        Some([key, _date, region, service, "aws4_request"]) if is_region(region) => Ok(Scope {
            access_key_id: (*key).to_owned(),
            region: (*region).to_owned(),
            service: (*service).to_owned(),
        }),
        _ => {
            let message = "The Authorization header has no credential scope that can be read.";
            Err(Refusal::new(403, "IncompleteSignature", message))
        }
    }
}

fn is_region(text: &str) -> bool {
    let is_part = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    text.contains('-') && text.split('-').all(is_part)
}

fn operation_name(protocol: &Protocol, request: &Request<Bytes>) -> Option<String> {
    match protocol {
        Protocol::AwsJson { target } => {
            let (prefix, name) = header(request, "x-amz-target")?.rsplit_once('.')?;
            // AWS takes the short form of the target too.
            let matches = prefix == *target || target.rsplit('.').next() == Some(prefix);
            matches.then(|| name.to_owned())
        }
        Protocol::AwsQuery => form::value(std::str::from_utf8(request.body()).ok()?, "Action"),
        Protocol::RestXml { operation } => operation(request).map(str::to_owned),
    }
}

fn unknown_operation(protocol: &Protocol, name: &str) -> Refusal {
    match protocol {
        Protocol::AwsJson { .. } => Refusal::new(
            400,
            "UnknownOperationException",
            format!("The sandbox does not have the operation {name}."),
        ),
        Protocol::AwsQuery => Refusal::new(400, "InvalidAction", format!("Could not find operation {name}.")),
        Protocol::RestXml { .. } => {
            let message = "The sandbox does not have the operation that this request asks for.";
            Refusal::new(501, "NotImplemented", message)
        }
    }
}
