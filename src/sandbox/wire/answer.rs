//! What a handler gives back, and how it goes onto the wire.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use serde_json::{Value, json};

use super::header;
use super::xml::Element;

/// A call is answered or refused.
pub(crate) type Outcome = Result<Reply, Refusal>;

/// A successful answer.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    status: u16,
    content_type: String,
    headers: Vec<(&'static str, String)>,
    body: Bytes,
}

impl Reply {
    /// Answers with nothing but a status.
    pub(crate) fn empty(status: u16) -> Self {
        Self::bytes(status, "", Bytes::new())
    }

    /// Answers with a JSON document.
    pub(crate) fn json(value: &Value) -> Self {
        Self::bytes(200, "application/x-amz-json-1.1", value.to_string().into())
    }

    /// Answers with a JSON object that has no members.
    pub(crate) fn empty_json() -> Self {
        Self::json(&json!({}))
    }

    /// Answers with an XML document.
    pub(crate) fn xml(body: String) -> Self {
        let body = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{body}");
        Self::bytes(200, "application/xml", body.into())
    }

    /// Answers with any bytes.
    pub(crate) fn bytes(status: u16, content_type: &str, body: Bytes) -> Self {
        Self { status, content_type: content_type.to_owned(), headers: Vec::new(), body }
    }

    /// Adds a header.
    #[must_use]
    pub(crate) fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// An error as AWS gives it.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    status: u16,
    code: &'static str,
    message: String,
    headers: Vec<(&'static str, String)>,
}

impl Refusal {
    /// Refuses with a status, AWS's code and a text.
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), headers: Vec::new() }
    }

    /// Refuses with the status of most refusals, 400.
    pub(crate) fn bad(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(400, code, message)
    }

    /// Adds a header.
    #[must_use]
    pub(crate) fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// How errors are written.
#[derive(Clone, Copy, Debug)]
enum Dialect {
    Json,
    Query,
    RestXml,
}

/// What is the same in all answers to a request, known before its operation is.
#[derive(Debug)]
pub(crate) struct Frame {
    dialect: Dialect,
    is_head: bool,
    request_id: String,
    now: Timestamp,
}

impl Frame {
    /// Looks at the request; `count` makes its id.
    pub(crate) fn new(request: &Request<Bytes>, count: u64, now: Timestamp) -> Self {
        let is_form = header(request, "content-type")
            .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
        let dialect = match header(request, "x-amz-target") {
            Some(_) => Dialect::Json,
            None if is_form => Dialect::Query,
            None => Dialect::RestXml,
        };
        let request_id = format!("00000000-0000-4000-8000-{count:012x}");
        Self { dialect, is_head: request.method() == Method::HEAD, request_id, now }
    }

    /// Writes the response.
    pub(crate) fn render(self, outcome: Outcome) -> Response<Bytes> {
        let reply = outcome.unwrap_or_else(|refusal| self.error(refusal));
        let mut response = Response::new(if self.is_head { Bytes::new() } else { reply.body });
        *response.status_mut() =
            StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let id_header = match self.dialect {
            Dialect::Json | Dialect::Query => "x-amzn-requestid",
            Dialect::RestXml => "x-amz-request-id",
        };
        let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&self.now).unwrap_or_default();
        let shared = [("content-type", reply.content_type), ("date", date), (id_header, self.request_id)];
        for (name, value) in shared.into_iter().chain(reply.headers) {
            if let (false, Ok(value)) = (value.is_empty(), HeaderValue::from_str(&value)) {
                response.headers_mut().insert(HeaderName::from_static(name), value);
            }
        }
        response
    }

    fn error(&self, refusal: Refusal) -> Reply {
        let Refusal { status, code, message, headers } = refusal;
        let fill = |xml: Element| xml.text("Code", code).text("Message", &message);
        let body = match self.dialect {
            Dialect::Json => Reply::json(&json!({"__type": code, "message": message})),
            Dialect::Query => Reply::xml(
                Element::new("ErrorResponse", |xml| {
                    xml.child("Error", |xml| fill(xml.text("Type", "Sender")))
                        .text("RequestId", &self.request_id)
                })
                .into_string(),
            ),
            Dialect::RestXml => Reply::xml(
                Element::new("Error", |xml| fill(xml).text("RequestId", &self.request_id)).into_string(),
            ),
        };
        Reply { status, headers, ..body }
    }
}
