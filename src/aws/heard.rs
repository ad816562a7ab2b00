//! What answers say beside their contents: AWS's id of the request, and the time.

use std::cell::RefCell;

use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{Intercept, context::BeforeDeserializationInterceptorContextRef},
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::ConfigBag;
use jiff::Timestamp;

use super::clock;

tokio::task_local! {
    static REQUEST_ID: RefCell<Option<String>>;
    static DATE: RefCell<Option<Timestamp>>;
}

/// Where services put the id of a request.
const HEADERS: [&str; 3] = ["x-amzn-requestid", "x-amz-request-id", "x-amzn-request-id"];

/// Waits for a call, and returns with its result the id that AWS has given its last request.
pub(super) async fn with_request_id<T>(call: impl Future<Output = T>) -> (T, Option<String>) {
    REQUEST_ID
        .scope(RefCell::new(None), async {
            let answer = call.await;
            (answer, REQUEST_ID.with(RefCell::take))
        })
        .await
}

/// Waits for a call, and returns with its result what time it was at the service when it gave its last answer.
pub async fn with_date<T>(call: impl Future<Output = T>) -> (T, Option<Timestamp>) {
    DATE.scope(RefCell::new(None), async {
        let answer = call.await;
        (answer, DATE.with(RefCell::take))
    })
    .await
}

/// Listens for ids of requests, and for the time.
#[derive(Debug)]
pub(super) struct Listener;

impl Intercept for Listener {
    fn name(&self) -> &'static str {
        "Listener"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let headers = context.response().headers();
        if let Some(id) = HEADERS.iter().find_map(|name| headers.get(*name)) {
            // Of a call that nobody records, nobody asks.
            let _ = REQUEST_ID.try_with(|known| known.replace(Some(id.to_owned())));
        }
        let _ = DATE.try_with(|known| known.replace(headers.get("date").and_then(clock::date)));
        Ok(())
    }
}
