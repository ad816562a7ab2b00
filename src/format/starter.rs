//! The spec that a newcomer starts with.

use super::write;

/// What a new spec is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answers {
    /// The name of the stack.
    pub stack: String,
    /// The name of the bucket.
    pub bucket: String,
    /// The home Region.
    pub region: String,
}

/// The text, with the names of the answers between `@`.
const TEMPLATE: &str = include_str!("starter.yaml");

/// The name of a stack, unless another is given.
pub const STACK: &str = "security-audit";
/// The home Region, unless another is given.
pub const REGION: &str = "us-east-1";

/// Returns a name for the bucket of a stack. Bucket names are unique in the world; with the account in it, this one is.
pub fn bucket_of(stack: &str) -> String {
    format!("{stack}-logs-${{account}}")
}

/// Returns the text of a new spec. `schema` is where an editor finds the schema.
pub fn starter(answers: &Answers, schema: Option<&str>) -> String {
    let Answers { stack, bucket, region } = answers;
    let head = schema.map_or_else(String::new, |path| format!("# yaml-language-server: $schema={path}\n"));
    let parts = TEMPLATE.split('@').map(|part| match part {
        "stack" => write::scalar(stack),
        "region" => write::scalar(region),
        "bucket" => write::scalar(bucket),
        text => text.to_owned(),
    });
    head + &parts.collect::<String>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        format::{Formatted, canonical},
        spec::parse::{Parsed, parse},
    };

    fn usual() -> String {
        let answers =
            Answers { stack: STACK.to_owned(), bucket: bucket_of(STACK), region: REGION.to_owned() };
        starter(&answers, Some("schemas/trailctl.schema.json"))
    }

    /// Removes the `#` of all options. Prose has one space behind it.
    fn with_all_options(text: &str) -> String {
        let line = |line: &str| {
            let start = line.len() - line.trim_start().len();
            let is_prose = line[start..].starts_with("# ") && !line[start..].starts_with("#  ");
            if line[start..].starts_with('#') && !is_prose {
                format!("{}{}\n", &line[..start], &line[start + 1..])
            } else {
                format!("{line}\n")
            }
        };
        text.lines().map(line).collect()
    }

    #[test]
    fn it_is_valid_laid_out_and_so_are_its_options() {
        for text in [usual(), with_all_options(&usual())] {
            let Parsed { spec, diagnostics, .. } = parse(&text);
            assert_eq!(diagnostics, [], "{text}");
            assert!(spec.is_some());
            assert_eq!(canonical(&text, 0), Ok(Formatted { text: text.clone(), notes: Vec::new() }));
        }
        let options = usual().lines().filter(|line| line.trim_start().starts_with("#")).count();
        let left =
            with_all_options(&usual()).lines().filter(|line| line.trim_start().starts_with("#")).count();
        assert!(options > left + 10, "{options} {left}");
    }

    #[test]
    fn answers_cannot_become_more_than_values() {
        let answers = Answers {
            stack: "a: b".to_owned(),
            bucket: "x\nversion: 2 # @region@".to_owned(),
            region: "@bucket@".to_owned(),
        };
        let text = starter(&answers, None);
        let value = crate::spec::document::Document::parse(&text, 0).unwrap().value();
        assert_eq!(value["stack"], "a: b");
        assert_eq!(value["version"], 1);
        assert_eq!(value["region"], "@bucket@");
        assert_eq!(value["buckets"]["logs"]["name"], "x\nversion: 2 # @region@");
    }
}
