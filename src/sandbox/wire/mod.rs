//! The protocols of AWS: which operation a request asks for, and how an answer is written.

pub(super) mod answer;
pub(super) mod form;
pub(super) mod query;
pub(super) mod route;
pub(super) mod xml;

use bytes::Bytes;
use http::Request;
use jiff::Timestamp;
use serde::de::DeserializeOwned;

pub(crate) use self::answer::{Outcome, Refusal, Reply};
use super::identity::{Caller, partition};
use super::store::State;

/// A service: how it is addressed, and what it can do.
pub(crate) struct Service {
    /// The name in the credential scope of a request.
    pub(crate) signing_name: &'static str,
    pub(crate) protocol: Protocol,
    pub(crate) operations: &'static [Operation],
}

/// How a request names its operation.
pub(crate) enum Protocol {
    /// The header `X-Amz-Target` holds this prefix, a dot and the name.
    AwsJson { target: &'static str },
    /// The field `Action` of the form in the body.
    AwsQuery,
    /// Method, path, query and headers decide.
    RestXml { operation: fn(&Request<Bytes>) -> Option<&'static str> },
}

/// A call that the sandbox answers.
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    pub(crate) handler: Handler,
}

/// What answers a call. Only a `Write` can change the state.
#[derive(Clone, Copy)]
pub(crate) enum Handler {
    Read(fn(&State, &Call<'_>) -> Outcome),
    Write(fn(&mut State, &Call<'_>) -> Outcome),
}

impl Operation {
    pub(crate) const fn read(name: &'static str, handler: fn(&State, &Call<'_>) -> Outcome) -> Self {
        Self { name, handler: Handler::Read(handler) }
    }

    pub(crate) const fn write(name: &'static str, handler: fn(&mut State, &Call<'_>) -> Outcome) -> Self {
        Self { name, handler: Handler::Write(handler) }
    }

    pub(crate) fn mutates(&self) -> bool {
        matches!(self.handler, Handler::Write(_))
    }
}

/// One call with what is known of its caller.
pub(crate) struct Call<'a> {
    pub(crate) caller: Caller,
    pub(crate) region: String,
    pub(crate) now: Timestamp,
    pub(crate) request: &'a Request<Bytes>,
}

impl Call<'_> {
    pub(crate) fn partition(&self) -> &'static str {
        partition(&self.region)
    }

    /// Refuses a call to a service that only one Region of each partition has.
    pub(crate) fn check_global(&self, regions: &[(&str, &str)]) -> Result<(), Refusal> {
        match regions.iter().find(|(partition, _)| *partition == self.partition()) {
            Some((_, region)) if *region != self.region => {
                let message = format!("Credential should be scoped to a valid region, not {}.", self.region);
                Err(Refusal::new(403, "SignatureDoesNotMatch", message))
            }
            _ => Ok(()),
        }
    }

    /// Reads a body of JSON. Members that the sandbox does not know are refused, as it could not honour them.
    pub(crate) fn input<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        serde_json::from_slice(self.request.body())
            .map_err(|error| Refusal::bad("SerializationException", error.to_string()))
    }
}

/// Returns a header as text; one that is no text counts as absent.
pub(crate) fn header<'a>(request: &'a Request<Bytes>, name: &str) -> Option<&'a str> {
    request.headers().get(name)?.to_str().ok()
}
