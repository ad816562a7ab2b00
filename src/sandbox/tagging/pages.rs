//! The pages of an answer, and the tokens between them.

use aws_lc_rs::digest::{SHA256, digest};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::filters::Filters;
use super::{Tagged, invalid};
use crate::sandbox::wire::{Call, Refusal};

const DEFAULT_RESOURCES: usize = 50;
const MAX_RESOURCES: usize = 100;
const MIN_TAGS: usize = 100;
const MAX_TAGS: usize = 500;
/// How long a token can be used.
const LIFETIME: SignedDuration = SignedDuration::from_mins(15);

/// How much a page holds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    resources: usize,
    tags: Option<usize>,
}

impl Size {
    /// The largest page, which takes all resources that a request can name.
    pub(super) const LARGEST: Self = Self { resources: MAX_RESOURCES, tags: None };

    /// Reads the limits of a request.
    pub(super) fn new(resources: Option<usize>, tags: Option<usize>) -> Result<Self, Refusal> {
        if resources.is_some_and(|count| !(1..=MAX_RESOURCES).contains(&count)) {
            return Err(invalid(format!("ResourcesPerPage must be 1 to {MAX_RESOURCES}.")));
        }
        if tags.is_some_and(|count| !(MIN_TAGS..=MAX_TAGS).contains(&count)) {
            return Err(invalid(format!("TagsPerPage must be {MIN_TAGS} to {MAX_TAGS}.")));
        }
        // Who counts tags and not resources gets as many resources as a page can have.
        let default = if tags.is_some() { MAX_RESOURCES } else { DEFAULT_RESOURCES };
        Ok(Self { resources: resources.unwrap_or(default), tags })
    }

    /// Returns how many of the resources are on the first page. None is split, and there is always one.
    pub(super) fn count(self, wanted: &[Tagged<'_>]) -> usize {
        let mut left = self.tags.unwrap_or(usize::MAX);
        let fits = |resource: &&Tagged<'_>| {
            let rest = left.checked_sub(resource.tags.len());
            left = rest.unwrap_or_default();
            rest.is_some()
        };
        wanted.iter().take(self.resources).take_while(fits).count().max(1).min(wanted.len())
    }
}

/// What a token says.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Token {
    /// A digest of the account, the Region and the filters of the request: a token serves no other.
    question: String,
    made: Timestamp,
    /// The ARN that was the last one on the page.
    pub(super) after: String,
}

impl Token {
    /// Makes a token for what comes after an ARN.
    pub(super) fn new(call: &Call<'_>, filters: &Filters, after: &str) -> Result<Self, Refusal> {
        let question = serde_json::to_vec(&(&call.caller.account, &call.region, filters));
        let question = question.map_err(|error| invalid(error.to_string()))?;
        let question = hex::encode(digest(&SHA256, &question));
        Ok(Self { question, made: call.now, after: after.to_owned() })
    }

    /// Reads a token that serves the request.
    pub(super) fn read(call: &Call<'_>, filters: &Filters, text: &str) -> Result<Self, Refusal> {
        let bytes = hex::decode(text).unwrap_or_default();
        let token: Self = serde_json::from_slice(&bytes).map_err(|_| expired())?;
        let serves = token.question == Self::new(call, filters, &token.after)?.question;
        if !serves || call.now.duration_since(token.made) > LIFETIME {
            return Err(expired());
        }
        Ok(token)
    }

    /// Writes the token so that nobody is tempted to read it.
    pub(super) fn text(&self) -> Result<String, Refusal> {
        serde_json::to_vec(self).map(hex::encode).map_err(|error| invalid(error.to_string()))
    }
}

fn expired() -> Refusal {
    let message = "The PaginationToken has expired or does not come from this request.";
    Refusal::bad("PaginationTokenExpiredException", message)
}
