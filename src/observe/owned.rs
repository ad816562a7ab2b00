//! What carries the mark of a stack, whether or not the spec names it.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_resourcegroupstagging::{Client, types::TagFilter};
use futures_util::future::join_all;

use crate::{
    aws::{Aws, CallName, Use, error::AwsError},
    resource::{owner, region::Region},
};

/// How many pages a list may have: an endpoint that repeats its tokens would never end.
const MOST_PAGES: usize = 100;
/// How many resources a page has at most (API Reference, GetResources).
const PAGE: i32 = 100;

/// Returns the ARNs of the resources in these Regions that are tagged as the stack's, each with its Region, and why those of a Region could not
/// be listed. Roles are not among them: the Resource Groups Tagging API does not know them.
pub(super) async fn find(
    aws: &Aws,
    stack: &str,
    regions: &BTreeSet<&Region>,
) -> (BTreeSet<(String, Region)>, BTreeMap<Region, String>) {
    let (mut arns, mut unseen) = (BTreeSet::new(), BTreeMap::new());
    let mark = [(owner::STACK, stack)];
    for (found, region) in
        join_all(regions.iter().map(|region| list(aws, &mark, region))).await.into_iter().zip(regions)
    {
        match found {
            Ok(found) => arns.extend(found.into_iter().map(|arn| (arn, (*region).clone()))),
            Err(error) => drop(unseen.insert(
                (*region).clone(),
                format!("resources that left the spec were not looked for: {error}"),
            )),
        }
    }
    (arns, unseen)
}

/// Returns the ARNs of the resources in a Region that carry all of these tags.
pub(super) async fn list(aws: &Aws, tags: &[(&str, &str)], region: &Region) -> Result<Vec<String>, AwsError> {
    let client: Client = aws.client(region, Use::Read);
    let filters: Vec<TagFilter> =
        tags.iter().map(|(key, value)| TagFilter::builder().key(*key).values(*value).build()).collect();
    let name = CallName { service: "tag", operation: "GetResources", region };
    let (mut found, mut token) = (Vec::new(), None);
    for _ in 0..MOST_PAGES {
        let call = client.get_resources().set_tag_filters(Some(filters.clone())).resources_per_page(PAGE);
        let answer = aws.send(name, call.set_pagination_token(token).send()).await?;
        let listed = answer.resource_tag_mapping_list.unwrap_or_default();
        found.extend(listed.into_iter().filter_map(|one| one.resource_arn));
        token = answer.pagination_token.filter(|token| !token.is_empty());
        if token.is_none() {
            return Ok(found);
        }
    }
    Err(AwsError::incomplete("tag:GetResources", region, "last page"))
}
