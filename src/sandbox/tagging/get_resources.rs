//! GetResources.

use serde::Deserialize;
use serde_json::{Value, json};

use super::filters::{Filters, TagFilter};
use super::pages::{Size, Token};
use super::{Tagged, all, invalid};
use crate::sandbox::store::State;
use crate::sandbox::wire::{Call, Outcome, Reply};

pub(super) fn get_resources(state: &State, call: &Call<'_>) -> Outcome {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
    struct Input {
        tag_filters: Vec<TagFilter>,
        resource_type_filters: Vec<String>,
        #[serde(rename = "ResourceARNList")]
        resource_arn_list: Option<Vec<String>>,
        pagination_token: Option<String>,
        resources_per_page: Option<usize>,
        tags_per_page: Option<usize>,
        include_compliance_details: bool,
        exclude_compliant_resources: bool,
    }
    let input: Input = call.input()?;
    let is_paged = input.pagination_token.is_some()
        || input.resources_per_page.is_some()
        || input.tags_per_page.is_some();
    if input.resource_arn_list.is_some() && is_paged {
        return Err(invalid("ResourceARNList excludes pages."));
    }
    if input.exclude_compliant_resources && !input.include_compliance_details {
        return Err(invalid("ExcludeCompliantResources needs IncludeComplianceDetails."));
    }
    let filters = Filters {
        tags: input.tag_filters,
        types: input.resource_type_filters,
        arns: input.resource_arn_list,
    };
    filters.check(call)?;
    let size = match filters.arns {
        Some(_) => Size::LARGEST,
        None => Size::new(input.resources_per_page, input.tags_per_page)?,
    };
    let token = input.pagination_token.filter(|token| !token.is_empty());
    let token = token.map(|token| Token::read(call, &filters, &token)).transpose()?;
    // Without policies for tags every resource complies with them.
    let mut wanted = if input.exclude_compliant_resources { Vec::new() } else { all(state, call) };
    wanted.retain(|resource| filters.take(resource));
    wanted.retain(|resource| token.as_ref().is_none_or(|token| resource.arn > token.after));
    let page = &wanted[..size.count(&wanted)];
    let next = match page.last().filter(|_| page.len() < wanted.len()) {
        Some(last) => Token::new(call, &filters, &last.arn)?.text()?,
        None => String::new(),
    };
    let shown: Vec<Value> =
        page.iter().map(|resource| shown(resource, input.include_compliance_details)).collect();
    Ok(Reply::json(&json!({"PaginationToken": next, "ResourceTagMappingList": shown})))
}

fn shown(resource: &Tagged<'_>, with_compliance: bool) -> Value {
    let tags: Vec<Value> =
        resource.tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect();
    let mut shown = json!({"ResourceARN": resource.arn, "Tags": tags});
    if with_compliance {
        let nothing = json!([]);
        shown["ComplianceDetails"] = json!({
            "ComplianceStatus": true,
            "NoncompliantKeys": nothing,
            "KeysWithNoncompliantValues": nothing,
        });
    }
    shown
}
