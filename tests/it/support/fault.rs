//! How an answer of AWS can be broken on its way, or be one that AWS gives when it is busy, strict or late.

use aws_smithy_runtime_api::client::result::ConnectorError;
use bytes::Bytes;
use http::{Request, Response};
use trailctl::sandbox::Sandbox;

/// What a client gets for a request.
pub(crate) type Answer = Result<Response<Bytes>, ConnectorError>;

/// What becomes of an attempt.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// It is answered with this status and nothing else.
    Status(u16),
    /// The connection ends without an answer.
    Reset,
    /// No answer comes in time.
    Timeout,
    /// It is answered with 200 and the page of a proxy.
    Page,
    /// It is answered with 200 and nothing else.
    Empty,
    /// The second half of the answer is lost.
    Truncated,
    /// It is refused with this status, code and message.
    Refused(u16, &'static str, &'static str),
    /// It is answered by this AWS: one that does not know yet.
    From(Sandbox),
    /// The process of the client ends.
    Killed,
    /// It stands still until it is asked about again.
    Held,
}

impl Fault {
    /// Returns the answer to a request of a service, which may have had its effect and an answer. `None` if nobody is there
    /// to take it.
    pub(super) fn answer(
        self,
        request: &Request<Bytes>,
        service: &str,
        answer: Option<Response<Bytes>>,
    ) -> Option<Answer> {
        let with =
            |status: u16, body: String| Ok(Response::builder().status(status).body(body.into()).unwrap());
        Some(match self {
            Self::Killed | Self::Held => return None,
            Self::Status(status) => with(status, String::new()),
            Self::Reset => Err(ConnectorError::io("connection reset by peer".into())),
            Self::Timeout => Err(ConnectorError::timeout("no answer in time".into())),
            Self::Page => with(200, "<html><body>Welcome</body></html>".to_owned()),
            Self::Empty => with(200, String::new()),
            Self::Truncated => match answer {
                Some(answer) => Ok(answer.map(|body| body.slice(..body.len() / 2))),
                None => Err(ConnectorError::io("connection reset by peer".into())),
            },
            Self::Refused(status, code, message) => match service {
                "s3" => {
                    with(status, format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>"))
                }
                "iam" | "sns" | "sts" => with(
                    status,
                    format!(
                        "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}\
                         </Message></Error></ErrorResponse>"
                    ),
                ),
                _ => with(status, serde_json::json!({"__type": code, "message": message}).to_string()),
            },
            Self::From(other) => Ok(other.handle(request.clone())),
        })
    }
}

/// How a service says something that several say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Says {
    /// Too many calls.
    Throttled,
    /// The caller may not do this.
    Denied,
    /// Something else is at work on the same thing.
    Conflict,
    /// A limit of the account is reached.
    Limit,
    /// The credentials are over.
    Expired,
}

impl Says {
    /// Returns the refusal in the words of a service, as it is signed for. `None` if it never says so.
    pub(crate) fn by(self, service: &str) -> Option<Fault> {
        let (status, code) = match (self, service) {
            (Self::Throttled, "s3") => (503, "SlowDown"),
            (Self::Throttled, "iam" | "sts") => (400, "Throttling"),
            (Self::Throttled, "sns") => (429, "Throttled"),
            (Self::Throttled, "tagging") => (400, "ThrottledException"),
            (Self::Throttled, "organizations") => (400, "TooManyRequestsException"),
            (Self::Throttled, _) => (400, "ThrottlingException"),
            (Self::Denied, "s3" | "iam" | "sts") => (403, "AccessDenied"),
            (Self::Denied, "sns") => (403, "AuthorizationError"),
            (Self::Denied, _) => (400, "AccessDeniedException"),
            (Self::Conflict, "s3") => (409, "OperationAborted"),
            (Self::Conflict, "iam") => (409, "ConcurrentModification"),
            (Self::Conflict, "sns") => (400, "ConcurrentAccess"),
            (Self::Conflict, "logs") => (400, "OperationAbortedException"),
            (Self::Conflict, "cloudtrail" | "kms") => (400, "ConflictException"),
            (Self::Conflict, _) => return None,
            (Self::Limit, "iam") => (409, "LimitExceeded"),
            (Self::Limit, "kms" | "logs") => (400, "LimitExceededException"),
            (Self::Limit, _) => return None,
            (Self::Expired, "s3") => (400, "ExpiredToken"),
            (Self::Expired, "iam" | "sns" | "sts") => (403, "ExpiredToken"),
            (Self::Expired, _) => (400, "ExpiredTokenException"),
        };
        Some(Fault::Refused(status, code, "the test says so"))
    }
}
