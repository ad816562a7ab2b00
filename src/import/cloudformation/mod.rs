//! Templates of CloudFormation, in JSON or YAML: written by hand, or by the CDK.

mod bucket;
mod conditions;
mod kms_key;
mod lifecycle;
mod log_group;
mod names;
mod reading;
mod resolver;
mod role;
mod template;
mod topic;
mod trail;
mod yaml;

use self::{
    reading::Reading,
    resolver::Resolver,
    template::{Place, Template},
};
use super::{Import, Problem, import, quoted, tree::items};
use crate::{export::Found, resource::reference::strings};

/// How a resource of a type becomes what is found.
type Reader = fn(Reading<'_>) -> Option<Found>;

/// The types of resources that are read.
const READERS: &[(&str, Reader)] = &[
    ("AWS::CloudTrail::Trail", trail::found),
    ("AWS::S3::Bucket", bucket::found),
    ("AWS::KMS::Key", kms_key::found),
    ("AWS::Logs::LogGroup", log_group::found),
    ("AWS::IAM::Role", role::found),
    ("AWS::SNS::Topic", topic::found),
];

/// Reads a template.
pub fn cloudformation(text: &str) -> Result<Import, Problem> {
    let template = Template::read(text)?;
    let resolver = Resolver::new(&template);
    let (mut all, mut notes) = (Vec::new(), Vec::new());
    for (kind, read) in READERS {
        for logical in template.of(kind) {
            let mut reading = Reading::new(&resolver, logical);
            match resolver.is_made(logical) {
                Ok(true) => {}
                Ok(false) => {
                    if *kind == READERS[0].0 {
                        notes.push(format!(
                            "{} is left out: the parameters have defaults with which it is not made.",
                            quoted(logical)
                        ));
                    }
                    continue;
                }
                Err(why) => reading.note(format!("Whether it is made at all is not known: {why}.")),
            }
            all.extend(read(reading));
        }
    }
    if all.iter().all(|found| found.id.kind != "trail") {
        notes.push("The template has no `AWS::CloudTrail::Trail` that is made.".to_owned());
    }
    notes.extend(about(&template, &resolver));
    Ok(import(all, notes))
}

/// Returns what is to be known of the whole.
fn about(template: &Template, resolver: &Resolver<'_>) -> Vec<String> {
    let Place { account, region, partition } = &template.place;
    let mut notes = Vec::new();
    if [account, region, partition].iter().any(|text| Place::is_open(text)) {
        notes.push(format!(
            "The template does not tell the account, the Region and the partition: `{account}`, `{region}` and \
             `{partition}` stand for them."
        ));
    }
    let defaults = resolver.defaults();
    if !defaults.is_empty() {
        notes.push(format!("Parameters are taken at their defaults: {}.", defaults.join(", ")));
    }
    if !template.macros.is_empty() {
        notes.push(format!(
            "What macros make of the template is not followed: {}.",
            template.macros.join(", ")
        ));
    }
    let is_function = |name: &&String| name.starts_with("Fn::");
    let makers: Vec<String> =
        template.resources.keys().filter(is_function).map(|name| quoted(name)).collect();
    if !makers.is_empty() {
        notes.push(format!("Functions that make resources are not followed: {}.", makers.join(", ")));
    }
    notes
}

impl Resolver<'_> {
    /// Returns the resources of a type whose property leads to one of these texts, as far as they are made.
    fn about(&self, kind: &str, property: &str, names: &[&str]) -> Vec<&str> {
        let is_about = |logical: &&str| {
            let value = self.template.property(logical, property);
            let resolved = value.and_then(|value| self.resolve(value).ok()?).unwrap_or_default();
            let mut texts = items(&resolved).flat_map(strings);
            texts.any(|text| names.contains(&text)) && self.is_made(logical) != Ok(false)
        };
        self.quietly(|| self.template.of(kind).filter(is_about).collect())
    }
}
