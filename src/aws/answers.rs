//! What the SDK does not look at in answers: whether a read was answered at all, and that 429 asks for patience.

use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{
            Intercept,
            context::{
                AfterDeserializationInterceptorContextRef, BeforeTransmitInterceptorContextRef,
                InterceptorContext,
            },
        },
        retries::classifiers::{ClassifyRetry, RetryAction},
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};

use super::Use;

/// What is said of a read that got no answer but a status.
pub(super) const EMPTY: &str = "the answer is empty";

/// Takes no empty body for the answer to a read: the SDK reads it as one that says that there is nothing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Whole(pub(super) Use);

/// The answer to a request has no body.
#[derive(Debug)]
struct WithoutBody;

impl Storable for WithoutBody {
    type Storer = StoreReplace<Self>;
}

impl Intercept for Whole {
    fn name(&self) -> &'static str {
        "Whole"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        state: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if context.request().method() == "HEAD" {
            state.interceptor_state().store_put(WithoutBody);
        }
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        state: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let answer = context.response();
        let is_empty = answer.body().bytes().is_some_and(<[u8]>::is_empty);
        let is_expected = state.load::<WithoutBody>().is_none();
        if self.0 == Use::Read && answer.status().is_success() && is_empty && is_expected {
            return Err(EMPTY.into());
        }
        Ok(())
    }
}

/// Takes the status 429 for what it says, whatever the code: SNS has one of its own, which the SDK does not know.
#[derive(Debug)]
pub(super) struct TooMany;

impl ClassifyRetry for TooMany {
    fn name(&self) -> &'static str {
        "TooMany"
    }

    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        match context.response() {
            Some(answer) if answer.status().as_u16() == 429 => RetryAction::throttling_error(),
            _ => RetryAction::NoActionIndicated,
        }
    }
}
