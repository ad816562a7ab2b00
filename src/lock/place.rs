//! Where a lock is kept: how S3 is asked about the object, and how it is written under conditions.

use aws_sdk_s3::{Client, operation::get_object::GetObjectOutput, primitives::ByteStream};
use jiff::Timestamp;

use super::{Body, Seen};
use crate::{
    aws::{
        self, Aws, CallName, Use,
        error::{AwsError, Class},
    },
    resource::region::Region,
    spec::Lock,
};

/// A larger object is not a lock.
const MOST_BYTES: i64 = 64 * 1024;

/// The place of a lock, in a bucket of the account of the run.
pub struct Place<'a> {
    aws: &'a Aws,
    bucket: String,
    key: String,
    region: Region,
}

/// What became of a lock that was to be released for somebody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// It is deleted.
    Done,
    /// It was gone already.
    Gone,
    /// It is another one by now, or has shown a sign of life, and is left alone.
    Changed,
}

/// Under which condition something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Condition<'a> {
    /// There is no object.
    Free,
    /// The object is this very one.
    Is(&'a str),
}

/// What an error of a call under a condition means.
#[derive(Debug)]
pub(super) enum Miss {
    /// The condition does not hold.
    Condition(AwsError),
    /// There is no object.
    Absent(AwsError),
    /// Something else is being done to the object, which may end either way.
    Conflict(AwsError),
    /// It had no effect, and may have one later.
    Later(AwsError),
    /// It may have had its effect.
    Unclear(AwsError),
    /// It had no effect, and will have none.
    Failed(AwsError),
}

impl From<AwsError> for Miss {
    fn from(error: AwsError) -> Self {
        match error.class {
            _ if error.is("PreconditionFailed") => Self::Condition(error),
            _ if error.is("NoSuchKey") => Self::Absent(error),
            Class::Conflict => Self::Conflict(error),
            Class::Throttled | Class::Unreachable => Self::Later(error),
            Class::Unknown => Self::Unclear(error),
            _ => Self::Failed(error),
        }
    }
}

impl Miss {
    /// Returns the error itself.
    pub(super) fn into_error(self) -> AwsError {
        match self {
            Self::Condition(error)
            | Self::Absent(error)
            | Self::Conflict(error)
            | Self::Later(error)
            | Self::Unclear(error)
            | Self::Failed(error) => error,
        }
    }
}

impl Condition<'_> {
    /// Returns whether it holds for what was seen.
    pub(super) fn holds(self, seen: Option<&Seen>) -> bool {
        match (self, seen) {
            (Self::Free, None) => true,
            (Self::Is(etag), Some(seen)) => seen.etag == etag,
            (Self::Free, Some(_)) | (Self::Is(_), None) => false,
        }
    }
}

impl<'a> Place<'a> {
    /// Returns the place of the lock of a stack. `home` is the Region of what names none.
    pub fn new(aws: &'a Aws, lock: &Lock, stack: &str, home: &Region) -> Self {
        let region = lock.region.clone().unwrap_or_else(|| home.clone());
        Self { aws, bucket: lock.bucket.clone(), key: lock.key(stack), region }
    }

    /// Returns it as the AWS CLI writes it.
    pub fn name(&self) -> String {
        format!("s3://{}/{}", self.bucket, self.key)
    }

    pub(super) fn aws(&self) -> &'a Aws {
        self.aws
    }

    fn call(&self, operation: &'static str) -> CallName<'_> {
        CallName { service: "s3", operation, region: &self.region }
    }

    fn owner(&self) -> &str {
        &self.aws.account().id
    }

    /// Reads the object, if there is one. A delete marker is none.
    pub async fn read(&self) -> Result<Option<Seen>, AwsError> {
        let client: Client = self.aws.client(&self.region, Use::Read);
        let request =
            client.get_object().bucket(&self.bucket).key(&self.key).expected_bucket_owner(self.owner());
        let mut now = None;
        let call = async {
            let (answer, date) = aws::with_date(request.send()).await;
            now = date;
            answer
        };
        let answer = match self.aws.send_aside(self.call("GetObject"), call).await {
            Err(error) if error.is("NoSuchKey") => return Ok(None),
            answer => answer?,
        };
        self.seen(answer, now).await.map(Some)
    }

    async fn seen(&self, answer: GetObjectOutput, now: Option<Timestamp>) -> Result<Seen, AwsError> {
        let incomplete = |what| AwsError::incomplete("s3:GetObject", &self.region, what);
        let etag = answer.e_tag.ok_or_else(|| incomplete("ETag"))?;
        let written = answer.last_modified.and_then(|time| Timestamp::from_second(time.secs()).ok());
        let body = match answer.content_length {
            Some(size) if size > MOST_BYTES => None,
            _ => {
                let bytes = answer.body.collect().await.map_err(|_| incomplete("whole body"))?;
                Body::read(&bytes.into_bytes())
            }
        };
        Ok(Seen { body, etag, written, now })
    }

    /// Writes the object under a condition. Returns what S3 calls it.
    pub(super) async fn put(&self, body: &Body, condition: Condition<'_>) -> Result<String, Miss> {
        let client: Client = self.aws.client(&self.region, Use::Lock);
        let request = client
            .put_object()
            .bucket(&self.bucket)
            .key(&self.key)
            .expected_bucket_owner(self.owner())
            .content_type("application/json")
            .body(ByteStream::from(body.text().into_bytes()));
        let request = match condition {
            Condition::Free => request.if_none_match("*"),
            Condition::Is(etag) => request.if_match(etag),
        };
        let answer = self.aws.send_aside(self.call("PutObject"), request.send()).await?;
        // What says yes without it may be a proxy.
        let etag = answer.e_tag.ok_or_else(|| AwsError::incomplete("s3:PutObject", &self.region, "ETag"))?;
        Ok(etag)
    }

    /// Deletes the object, if it is this very one.
    pub(super) async fn delete(&self, etag: &str) -> Result<(), Miss> {
        let client: Client = self.aws.client(&self.region, Use::Lock);
        let request = client
            .delete_object()
            .bucket(&self.bucket)
            .key(&self.key)
            .expected_bucket_owner(self.owner())
            .if_match(etag);
        self.aws.send_aside(self.call("DeleteObject"), request.send()).await?;
        Ok(())
    }

    /// Deletes the object that was seen, whoever has written it, if it is still the same.
    ///
    /// # Errors
    ///
    /// When S3 refuses, or its answer does not tell what became of it.
    pub async fn break_open(&self, seen: &Seen) -> Result<Broken, AwsError> {
        match self.delete(&seen.etag).await {
            Ok(()) => Ok(Broken::Done),
            Err(Miss::Absent(_)) => Ok(Broken::Gone),
            Err(Miss::Condition(_)) => Ok(Broken::Changed),
            Err(miss) => Err(miss.into_error()),
        }
    }

    /// Returns whether the bucket keeps each new object from being deleted.
    pub(super) async fn retains(&self) -> Result<bool, AwsError> {
        let client: Client = self.aws.client(&self.region, Use::Read);
        let request =
            client.get_object_lock_configuration().bucket(&self.bucket).expected_bucket_owner(self.owner());
        match self.aws.send_aside(self.call("GetObjectLockConfiguration"), request.send()).await {
            Err(error) if error.is("ObjectLockConfigurationNotFoundError") => Ok(false),
            answer => Ok(answer?.object_lock_configuration.is_some_and(|lock| lock.rule.is_some())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_hold_for_what_they_name() {
        let seen = |etag: &str| Seen { body: None, etag: etag.to_owned(), written: None, now: None };
        assert!(Condition::Free.holds(None) && !Condition::Free.holds(Some(&seen("a"))));
        assert!(Condition::Is("a").holds(Some(&seen("a"))) && !Condition::Is("a").holds(Some(&seen("b"))));
        assert!(!Condition::Is("a").holds(None));
    }
}
