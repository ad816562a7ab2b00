//! A template, and what it tells of the account and the Region that it is for.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{
    super::{Problem, quoted, tree::text},
    yaml,
};
use crate::resource::{
    reference::strings,
    region::{Region, partitions},
};

/// How many resources a template may have: twice of what CloudFormation takes (User Guide, "Understand CloudFormation quotas").
const MOST_RESOURCES: usize = 1000;

/// A template.
pub(super) struct Template {
    pub(super) parameters: Map<String, Value>,
    pub(super) mappings: Value,
    pub(super) conditions: Map<String, Value>,
    pub(super) resources: Map<String, Value>,
    /// The logical ids of the resources, by their types.
    kinds: BTreeMap<String, Vec<String>>,
    /// The names of the macros that CloudFormation sends it through.
    pub(super) macros: Vec<String>,
    pub(super) place: Place,
}

/// Where a template is for: what it tells, or else the variables of specs that stand for it.
pub(super) struct Place {
    pub(super) account: String,
    pub(super) region: String,
    pub(super) partition: String,
}

impl Default for Place {
    fn default() -> Self {
        let variable = |name: &str| format!("${{{name}}}");
        Self { account: variable("account"), region: variable("region"), partition: variable("partition") }
    }
}

impl Place {
    /// Returns whether a text holds what stands for something that the template does not tell.
    pub(super) fn is_open(text: &str) -> bool {
        let Self { account, region, partition } = Self::default();
        [account, region, partition].iter().any(|variable| text.contains(variable.as_str()))
    }
}

impl Template {
    /// Reads the text of a template.
    pub(super) fn read(source: &str) -> Result<Self, Problem> {
        let help =
            "name the file of a template: one with `Resources`, in JSON or YAML, such as `cdk synth` writes";
        let problem =
            |why: &str| Problem::new(format!("this is not a template of CloudFormation: it {why}"), help);
        let mut tree = yaml::read(source).map_err(|why| problem(&why))?;
        let mut section = |name: &str| match tree.get_mut(name).map(Value::take) {
            Some(Value::Object(members)) => Some(members),
            _ => None,
        };
        let (parameters, conditions) = (section("Parameters"), section("Conditions"));
        let mappings = section("Mappings").map(Value::Object);
        let resources = section("Resources").ok_or_else(|| problem("has no `Resources`"))?;
        if !resources.is_empty() && resources.values().all(|resource| text(&resource["Type"]).is_none()) {
            return Err(problem("has `Resources` without a `Type`"));
        }
        if resources.len() > MOST_RESOURCES {
            return Err(problem(&format!("has more than {MOST_RESOURCES} resources")));
        }
        let macros = strings(&tree["Transform"]).into_iter().map(quoted).collect();
        let mut kinds = BTreeMap::<String, Vec<String>>::new();
        for (logical, resource) in &resources {
            let kind = text(&resource["Type"]).unwrap_or_default();
            kinds.entry(kind.to_owned()).or_default().push(logical.clone());
        }
        let mut template = Self {
            parameters: parameters.unwrap_or_default(),
            mappings: mappings.unwrap_or_default(),
            conditions: conditions.unwrap_or_default(),
            resources,
            kinds,
            macros,
            place: Place::default(),
        };
        template.place = template.told();
        Ok(template)
    }

    /// Returns the type of a resource.
    pub(super) fn kind(&self, logical: &str) -> &str {
        self.resources.get(logical).and_then(|resource| text(&resource["Type"])).unwrap_or_default()
    }

    /// Returns the resources of a type.
    pub(super) fn of(&self, kind: &str) -> impl Iterator<Item = &str> {
        self.kinds.get(kind).into_iter().flatten().map(String::as_str)
    }

    /// Returns a property of a resource as it is written.
    pub(super) fn property(&self, logical: &str, name: &str) -> Option<&Value> {
        self.resources.get(logical)?.get("Properties")?.get(name).filter(|value| !value.is_null())
    }

    /// Returns what the policies tell of the place: they name a trail of the template by an ARN that is written out.
    fn told(&self) -> Place {
        let trails = self.of("AWS::CloudTrail::Trail");
        let names: Vec<&str> =
            trails.filter_map(|logical| self.property(logical, "TrailName")?.as_str()).collect();
        let mut arns: Vec<[&str; 3]> = Vec::new();
        for one in self.resources.values().flat_map(strings) {
            let parts: Vec<&str> = one.split(':').collect();
            let ["arn", partition, "cloudtrail", region, account, name] = parts[..] else { continue };
            let is_ours = name.strip_prefix("trail/").is_some_and(|name| names.contains(&name));
            let is_id = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
            let is_known =
                partitions().any(|known| known == partition) && Region::known().any(|one| one == region);
            if is_ours && is_id && is_known {
                arns.push([partition, region, account]);
            }
        }
        arns.sort_unstable();
        arns.dedup();
        match arns[..] {
            [[partition, region, account]] => Place {
                account: account.to_owned(),
                region: region.to_owned(),
                partition: partition.to_owned(),
            },
            _ => Place::default(),
        }
    }
}
