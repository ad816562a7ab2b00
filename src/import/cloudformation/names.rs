//! The names and the ARNs of the resources of a template. A name that CloudFormation makes is not known: the logical id stands
//! for it.

use serde_json::Value;

use super::{
    super::quoted,
    resolver::{Answer, Resolver, attribute, call},
    template::Place,
};

/// The types of resources whose names are known, and the property that has the name.
const NAMED: &[(&str, &str)] = &[
    ("AWS::CloudTrail::Trail", "TrailName"),
    ("AWS::IAM::ManagedPolicy", "ManagedPolicyName"),
    ("AWS::IAM::Role", "RoleName"),
    ("AWS::KMS::Alias", "AliasName"),
    ("AWS::Logs::LogGroup", "LogGroupName"),
    ("AWS::S3::Bucket", "BucketName"),
    ("AWS::SNS::Topic", "TopicName"),
];
const KEY: &str = "AWS::KMS::Key";

/// Returns the property that has the name of a resource of a type.
pub(super) fn name_property(kind: &str) -> Option<&'static str> {
    NAMED.iter().find(|(named, _)| *named == kind).map(|(_, property)| *property)
}

/// The name of a resource.
#[derive(Clone)]
pub(super) struct Name {
    pub(super) text: String,
    /// If it only stands for the name that is not known: a sentence that says why.
    pub(super) made_up: Option<String>,
}

impl Resolver<'_> {
    /// Returns the name of a resource.
    pub(super) fn name(&self, logical: &str) -> Answer<Name> {
        if let Some(known) = self.names.borrow().get(logical) {
            return Ok(known.clone());
        }
        let shown = quoted(logical);
        let kind = self.template.kind(logical);
        let property = name_property(kind).ok_or_else(|| match kind {
            "" => format!("there is neither a parameter nor a resource {shown}"),
            _ => format!("the template does not tell how {shown} is named"),
        })?;
        let written = self.template.property(logical, property);
        // What leads back to the name has no value; the name itself is then unknown.
        let said = written.map(|value| self.once(format!("name {logical}"), || Ok(self.resolve(value))));
        let said = said.transpose()?;
        let unknown = |why: &str| Name {
            text: logical.to_owned(),
            made_up: Some(format!("{shown} stands for its name, which {why}.")),
        };
        let name = match said {
            None | Some(Ok(None)) => unknown("CloudFormation makes"),
            Some(Ok(Some(Value::String(text)))) if !text.is_empty() => Name { text, made_up: None },
            Some(Ok(_)) => unknown(&format!("`{property}` does not tell as a text")),
            Some(Err(why)) => unknown(&format!("`{property}` does not tell: {why}")),
        };
        self.names.borrow_mut().insert(logical.to_owned(), name.clone());
        Ok(name)
    }

    /// Returns the name of a resource that another one names.
    fn named(&self, logical: &str) -> Answer<String> {
        let name = self.name(logical)?;
        if name.made_up.is_some() {
            self.stand_in(format!(
                "{} stands for a name that the template does not tell.",
                quoted(&name.text)
            ));
        }
        Ok(name.text)
    }

    /// Returns what `Ref` gives of a resource.
    pub(super) fn of_resource(&self, logical: &str) -> Answer<String> {
        match self.template.kind(logical) {
            KEY => Err(unknown_key(logical)),
            "AWS::SNS::Topic" | "AWS::IAM::ManagedPolicy" => self.arn(logical),
            _ => self.named(logical),
        }
    }

    /// Returns what `Fn::GetAtt` gives of a resource.
    pub(super) fn attribute(&self, logical: &str, attribute: &str) -> Answer<String> {
        match (self.template.kind(logical), attribute) {
            (KEY, _) => Err(unknown_key(logical)),
            ("AWS::Logs::LogGroup", "Arn") => self.arn(logical).map(|arn| format!("{arn}:*")),
            ("AWS::SNS::Topic", "TopicArn")
            | ("AWS::CloudTrail::Trail" | "AWS::IAM::Role" | "AWS::S3::Bucket", "Arn") => self.arn(logical),
            ("AWS::SNS::Topic", "TopicName") => self.named(logical),
            ("", _) => Err(format!("there is no resource {}", quoted(logical))),
            _ => Err(format!("the template does not tell {} of {}", quoted(attribute), quoted(logical))),
        }
    }

    /// Returns the ARN of a resource: that of a log group without a star.
    pub(super) fn arn(&self, logical: &str) -> Answer<String> {
        let Place { account, region, partition } = &self.template.place;
        let name = self.named(logical)?;
        let arn = match self.template.kind(logical) {
            "AWS::CloudTrail::Trail" => format!("arn:{partition}:cloudtrail:{region}:{account}:trail/{name}"),
            "AWS::IAM::ManagedPolicy" => {
                format!("arn:{partition}:iam::{account}:policy{}{name}", self.path(logical)?)
            }
            "AWS::IAM::Role" => format!("arn:{partition}:iam::{account}:role{}{name}", self.path(logical)?),
            "AWS::Logs::LogGroup" => format!("arn:{partition}:logs:{region}:{account}:log-group:{name}"),
            "AWS::S3::Bucket" => format!("arn:{partition}:s3:::{name}"),
            "AWS::SNS::Topic" => format!("arn:{partition}:sns:{region}:{account}:{name}"),
            _ => return Err(format!("the template does not tell the ARN of {}", quoted(logical))),
        };
        Ok(arn)
    }

    /// Returns the path of a role or a policy.
    pub(super) fn path(&self, logical: &str) -> Answer<String> {
        let path = self.template.property(logical, "Path");
        path.map_or_else(
            || Ok("/".to_owned()),
            |path| self.once(format!("path {logical}"), || self.text(path)),
        )
    }

    /// Returns the resource that a reference leads to.
    pub(super) fn target<'v>(&self, value: &'v Value) -> Answer<Option<&'v str>> {
        let to = match call(self.chosen(value)?) {
            Some(("Ref", name)) => name.as_str(),
            Some(("Fn::GetAtt", argument)) => attribute(argument).map(|(resource, _)| resource),
            _ => None,
        };
        Ok(to.filter(|logical| self.template.resources.contains_key(*logical)))
    }

    /// Returns what names a key: of one of the template, its alias, since KMS makes its id.
    pub(super) fn key(&self, value: &Value) -> Answer<Option<String>> {
        let value = self.chosen(value)?;
        match self.target(value)?.map(|logical| (logical, self.template.kind(logical))) {
            Some((key, KEY)) => self.key_name(key).map(Some),
            Some((alias, "AWS::KMS::Alias")) => self.once(format!("key {alias}"), || {
                let target = self.template.property(alias, "TargetKeyId");
                let is_ours = target.map(|target| self.target(target)).transpose()?.flatten();
                match (target, is_ours) {
                    (Some(target), Some(_)) => self.key(target),
                    _ => self.named(alias).map(Some),
                }
            }),
            _ => {
                let resolved = self.resolve(value)?;
                Ok(resolved
                    .as_ref()
                    .and_then(Value::as_str)
                    .filter(|text| !text.is_empty())
                    .map(str::to_owned))
            }
        }
    }

    /// Returns what stands for a key of the template: its alias, or `key/` and its logical id.
    pub(super) fn key_name(&self, logical: &str) -> Answer<String> {
        match &self.aliases(logical)[..] {
            [one] => Ok(format!("alias/{one}")),
            _ => {
                self.stand_in(format!(
                    "{} stands for a key whose id the template does not tell.",
                    quoted(&format!("key/{logical}"))
                ));
                Ok(format!("key/{logical}"))
            }
        }
    }

    /// Returns the names of the aliases of a key, without `alias/`.
    pub(super) fn aliases(&self, key: &str) -> Vec<String> {
        let is_of = |logical: &&str| {
            let target = self.template.property(logical, "TargetKeyId");
            target.is_some_and(|target| self.target(target) == Ok(Some(key)))
                && self.is_made(logical) != Ok(false)
        };
        let all = self.template.of("AWS::KMS::Alias").filter(is_of);
        let names = all.filter_map(|logical| self.name(logical).ok().filter(|name| name.made_up.is_none()));
        names.filter_map(|name| name.text.strip_prefix("alias/").map(str::to_owned)).collect()
    }

    /// Returns whether a resource is made at all.
    pub(super) fn is_made(&self, logical: &str) -> Answer<bool> {
        match self.template.resources.get(logical).and_then(|resource| resource["Condition"].as_str()) {
            Some(condition) => self.holds(condition),
            None => Ok(true),
        }
    }
}

fn unknown_key(logical: &str) -> String {
    format!("KMS makes the id of the key {}", quoted(logical))
}
