//! What AWS shows: all resources that a plan needs, asked for at once, each thing once.

use futures_util::future::try_join_all;

use crate::{
    aws::{Aws, error::AwsError},
    kinds::KINDS,
    resource::{Live, ResourceId, region::Region},
};

/// Reads the wanted resources, and all trails of the account that AWS lists.
///
/// Errors when a wanted resource cannot be read; another one that cannot has an unreadable owner in the answer: nothing is ever taken for absent because it could not be seen.
pub async fn observe(aws: &Aws, wanted: &[ResourceId], home: &Region) -> Result<Live, AwsError> {
    let of_kind = |name: &str| wanted.iter().filter(|id| id.kind == name).cloned().collect::<Vec<_>>();
    let reads = KINDS.iter().map(async |kind| {
        let wanted = of_kind(kind.name());
        kind.observe(aws, &wanted, home).await
    });
    Ok(try_join_all(reads).await?.into_iter().flatten().collect())
}
