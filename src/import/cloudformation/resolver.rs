//! What the intrinsic functions of a template stand for, as far as the template tells.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
};

use serde_json::{Map, Value};

use super::{
    super::{
        quoted,
        tree::{number, text, written},
    },
    names::Name,
    template::{Place, Template},
};
use crate::resource::region::Region;

/// How much is looked at before the rest of a template counts as too entangled to be followed.
const MOST_STEPS: usize = 1_000_000;
/// How many bytes of a text count as one step.
const STEP_BYTES: usize = 16;
/// How many values may lie in each other, or lead to each other.
const MOST_LEVELS: usize = 200;
/// How long a text may become.
const MOST_BYTES: usize = 64 * 1024;

/// The property of a bucket, deep in it, that names a key.
const KEY_MEMBER: &str = "KMSMasterKeyID";

/// What something stands for, `None` if it is to be as if it were not written. `Err` says why that is not known: a sentence
/// without its period.
pub(super) type Answer<T = Option<Value>> = Result<T, String>;

/// Resolves values of a template.
pub(super) struct Resolver<'t> {
    pub(super) template: &'t Template,
    steps: Cell<usize>,
    levels: Cell<usize>,
    /// What is being resolved: what leads back to it has no value.
    open: RefCell<BTreeSet<String>>,
    /// What is known of the names.
    pub(super) names: RefCell<BTreeMap<String, Name>>,
    /// What is known of the conditions.
    pub(super) conditions: RefCell<BTreeMap<String, Answer<bool>>>,
    /// The parameters that were taken at their defaults.
    defaults: RefCell<BTreeSet<String>>,
    /// What stands in for something that is not known: sentences.
    stand_ins: RefCell<BTreeSet<String>>,
}

impl<'t> Resolver<'t> {
    pub(super) fn new(template: &'t Template) -> Self {
        Self {
            template,
            steps: Cell::new(0),
            levels: Cell::new(0),
            open: RefCell::default(),
            names: RefCell::default(),
            conditions: RefCell::default(),
            defaults: RefCell::default(),
            stand_ins: RefCell::default(),
        }
    }

    /// Returns the parameters that were taken at their defaults.
    pub(super) fn defaults(&self) -> Vec<String> {
        self.defaults.borrow().iter().map(|name| quoted(name)).collect()
    }

    /// Returns what has stood in for something since this was asked last.
    pub(super) fn stand_ins(&self) -> BTreeSet<String> {
        self.stand_ins.take()
    }

    /// Does what is said of nothing.
    pub(super) fn quietly<T>(&self, work: impl FnOnce() -> T) -> T {
        let before = self.stand_ins();
        let answer = work();
        self.stand_ins.replace(before);
        answer
    }

    pub(super) fn stand_in(&self, sentence: String) {
        self.stand_ins.borrow_mut().insert(sentence);
    }

    /// Says when enough was looked at.
    pub(super) fn spend(&self, bytes: usize) -> Answer<()> {
        let steps = self.steps.get().saturating_add(1 + bytes / STEP_BYTES);
        self.steps.set(steps);
        if steps > MOST_STEPS { Err(entangled()) } else { Ok(()) }
    }

    /// Does what leads to a value, unless it is being done already.
    pub(super) fn once<T>(&self, what: String, work: impl FnOnce() -> Answer<T>) -> Answer<T> {
        if !self.open.borrow_mut().insert(what.clone()) {
            return Err("it refers to itself".to_owned());
        }
        let answer = self.deeper(work);
        self.open.borrow_mut().remove(&what);
        answer
    }

    /// Does what is one level further in.
    pub(super) fn deeper<T>(&self, work: impl FnOnce() -> Answer<T>) -> Answer<T> {
        self.spend(0)?;
        let levels = self.levels.get();
        if levels >= MOST_LEVELS {
            return Err(entangled());
        }
        self.levels.set(levels + 1);
        let answer = work();
        self.levels.set(levels);
        answer
    }

    /// Returns what a value stands for.
    pub(super) fn resolve(&self, value: &Value) -> Answer {
        self.deeper(|| self.resolved(value))
    }

    fn resolved(&self, value: &Value) -> Answer {
        match value {
            Value::String(text) => {
                self.spend(text.len())?;
                match text.contains("{{resolve:") {
                    true => Err("CloudFormation looks it up elsewhere".to_owned()),
                    false => Ok(Some(value.clone())),
                }
            }
            Value::Array(items) => {
                let items: Answer<Vec<Option<Value>>> = items.iter().map(|item| self.resolve(item)).collect();
                Ok(Some(Value::Array(items?.into_iter().flatten().collect())))
            }
            Value::Object(members) => match call(value) {
                Some((function, argument)) => self.call(function, argument),
                None => {
                    let mut resolved = Map::new();
                    for (name, value) in members {
                        if name.starts_with("Fn::") {
                            return Err(format!("{} is not followed", quoted(name)));
                        }
                        self.spend(name.len())?;
                        let value = match name == KEY_MEMBER {
                            true => self.key(value)?.map(Value::String),
                            false => self.resolve(value)?,
                        };
                        resolved.extend(value.map(|value| (name.clone(), value)));
                    }
                    Ok(Some(Value::Object(resolved)))
                }
            },
            Value::Null | Value::Bool(_) | Value::Number(_) => Ok(Some(value.clone())),
        }
    }

    /// Returns the text that a value stands for.
    pub(super) fn text(&self, value: &Value) -> Answer<String> {
        let resolved = self.resolve(value)?.unwrap_or_default();
        written(&resolved).ok_or_else(|| "it is not a text".to_owned())
    }

    fn call(&self, function: &str, argument: &Value) -> Answer {
        match function {
            "Ref" => self.reference(text(argument).ok_or("`Ref` takes a name")?),
            "Fn::GetAtt" => {
                let (resource, attribute) = attribute(argument).ok_or("`Fn::GetAtt` takes two names")?;
                self.attribute(resource, attribute).map(|text| Some(Value::String(text)))
            }
            "Fn::Sub" => self.sub(argument),
            "Fn::Join" => {
                let [between, parts] = list(argument)? else {
                    return Err("`Fn::Join` takes two values".to_owned());
                };
                let between = text_or_empty(between);
                let Some(Value::Array(parts)) = self.resolve(parts)? else {
                    return Err("`Fn::Join` takes a list".to_owned());
                };
                let parts: Option<Vec<String>> = parts.iter().map(written).collect();
                self.long(parts.ok_or("`Fn::Join` takes texts")?.join(between))
            }
            "Fn::If" => self.resolve(self.branch(argument)?),
            "Fn::Select" => {
                let [place, all] = list(argument)? else {
                    return Err("`Fn::Select` takes two values".to_owned());
                };
                let place = self.resolve(place)?.unwrap_or_default();
                let place: Option<usize> = number(&place).and_then(|place: i64| usize::try_from(place).ok());
                let all = self.resolve(all)?.unwrap_or_default();
                let chosen = place.and_then(|place| all.get(place));
                chosen.cloned().map(Some).ok_or_else(|| "`Fn::Select` selects nothing".to_owned())
            }
            "Fn::Split" => {
                let [at, whole] = list(argument)? else {
                    return Err("`Fn::Split` takes two values".to_owned());
                };
                let at = text(at).ok_or("`Fn::Split` takes a text to split at")?;
                let whole = self.text(whole)?;
                self.spend(whole.len() * STEP_BYTES)?;
                Ok(Some(whole.split(at).collect()))
            }
            "Fn::FindInMap" => {
                let [map, first, second, ..] = list(argument)? else {
                    return Err("`Fn::FindInMap` takes three values".to_owned());
                };
                let (map, first, second) = (self.text(map)?, self.text(first)?, self.text(second)?);
                let found = self.template.mappings.get(&map).and_then(|map| map.get(&first)?.get(&second));
                match found {
                    Some(value) => {
                        self.once(format!("mapping {map}.{first}.{second}"), || self.resolve(value))
                    }
                    None => Err(format!("the mapping {} has no such key", quoted(&map))),
                }
            }
            other => Err(format!("{} is not followed", quoted(other))),
        }
    }

    fn long(&self, text: String) -> Answer {
        self.spend(text.len())?;
        if text.len() > MOST_BYTES { Err("it is too long".to_owned()) } else { Ok(Some(Value::String(text))) }
    }

    /// Puts values into a text: `${Name}`, `${Name.Attribute}`; `${!Name}` stays, without the mark.
    fn sub(&self, argument: &Value) -> Answer {
        let none = Value::Null;
        let (template, given) = match argument {
            Value::Array(items) => match &items[..] {
                [template, given] => (template, given),
                _ => return Err("`Fn::Sub` takes a text and values".to_owned()),
            },
            one => (one, &none),
        };
        let mut rest = text(template).ok_or("`Fn::Sub` takes a text")?;
        self.spend(rest.len())?;
        let mut all = String::new();
        while let Some((before, inner)) = rest.split_once("${") {
            let (name, after) = inner.split_once('}').ok_or("a `${` is not closed")?;
            let name = name.trim();
            all.push_str(before);
            let value = match (name.strip_prefix('!'), given.get(name), name.split_once('.')) {
                (Some(literal), _, _) => format!("${{{literal}}}"),
                (None, Some(value), _) => self.text(value)?,
                (None, None, Some((resource, attribute))) => self.attribute(resource, attribute)?,
                (None, None, None) => {
                    let value = self.reference(name)?.unwrap_or_default();
                    written(&value).ok_or_else(|| format!("{} is not a text", quoted(name)))?
                }
            };
            self.spend(value.len())?;
            all.push_str(&value);
            if all.len() > MOST_BYTES {
                return Err("it is too long".to_owned());
            }
            rest = after;
        }
        all.push_str(rest);
        self.long(all)
    }

    /// Returns what `Ref` gives: of the template's place, of a parameter, of a resource.
    fn reference(&self, name: &str) -> Answer {
        let Place { account, region, partition } = &self.template.place;
        let said = |text: &str| Ok(Some(Value::String(text.to_owned())));
        match name {
            "AWS::NoValue" => Ok(None),
            "AWS::AccountId" => said(account),
            "AWS::Region" => said(region),
            "AWS::Partition" => said(partition),
            "AWS::URLSuffix" if Place::is_open(region) => {
                self.stand_in("`AWS::URLSuffix` is taken to be `amazonaws.com`.".to_owned());
                said("amazonaws.com")
            }
            "AWS::URLSuffix" => said(Region::new(region).dns_suffix()),
            _ if name.starts_with("AWS::") => Err(format!("the template does not tell {}", quoted(name))),
            _ => match self.template.parameters.get(name) {
                Some(parameter) => self.parameter(name, parameter),
                None => self.of_resource(name).map(|text| Some(Value::String(text))),
            },
        }
    }

    fn parameter(&self, name: &str, parameter: &Value) -> Answer {
        let shown = quoted(name);
        let kind = text(&parameter["Type"]).unwrap_or_default();
        if written(&parameter["NoEcho"]).is_some_and(|word| word.eq_ignore_ascii_case("true")) {
            return Err(format!("the parameter {shown} is a secret"));
        }
        if kind.starts_with("AWS::SSM::Parameter") {
            return Err(format!("the parameter {shown} is looked up in Systems Manager"));
        }
        let default =
            written(&parameter["Default"]).ok_or_else(|| format!("the parameter {shown} has no default"))?;
        self.spend(default.len())?;
        if default.contains("{{resolve:") {
            return Err(format!("the parameter {shown} is looked up elsewhere"));
        }
        self.defaults.borrow_mut().insert(name.to_owned());
        let is_list = kind == "CommaDelimitedList" || kind.starts_with("List<");
        if is_list {
            self.spend(default.len() * STEP_BYTES)?;
        }
        Ok(Some(if is_list { default.split(',').map(str::trim).collect() } else { Value::String(default) }))
    }
}

fn entangled() -> String {
    "the template is too entangled to be followed".to_owned()
}

/// Takes a function and its argument apart.
pub(super) fn call(value: &Value) -> Option<(&str, &Value)> {
    let members = value.as_object().filter(|members| members.len() == 1)?;
    let (name, argument) = members.iter().next()?;
    let is_condition = || name == "Condition" && argument.is_string();
    (name == "Ref" || name.starts_with("Fn::") || is_condition()).then_some((name, argument))
}

/// Returns the resource and the attribute that `Fn::GetAtt` names.
pub(super) fn attribute(argument: &Value) -> Option<(&str, &str)> {
    match argument {
        Value::String(text) => text.split_once('.'),
        Value::Array(items) => match &items[..] {
            [resource, attribute] => Some((resource.as_str()?, attribute.as_str()?)),
            _ => None,
        },
        _ => None,
    }
}

/// Returns the items of a list of arguments.
pub(super) fn list(value: &Value) -> Answer<&[Value]> {
    value.as_array().map(Vec::as_slice).ok_or_else(|| "a function takes a list and has none".to_owned())
}

fn text_or_empty(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
