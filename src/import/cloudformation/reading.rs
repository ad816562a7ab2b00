//! A resource of a template while it is read: its properties, and what is to be said of them.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    super::{
        entry::{About, Marks, found},
        quoted,
        tree::{flag, items, number, text, written},
    },
    names::name_property,
    resolver::{Answer, Resolver, call},
};
use crate::{
    export::Found,
    kinds::Resource,
    policy::document::PolicyDocument,
    resource::{
        Outputs, Reference,
        owner::{Owner, Tags},
        region::Region,
    },
};

/// A resource that is read.
pub(super) struct Reading<'r> {
    pub(super) resolver: &'r Resolver<'r>,
    pub(super) logical: &'r str,
    notes: Vec<String>,
    /// The properties that were asked for.
    asked: BTreeSet<String>,
}

impl<'r> Reading<'r> {
    pub(super) fn new(resolver: &'r Resolver<'r>, logical: &'r str) -> Self {
        resolver.stand_ins();
        Self { resolver, logical, notes: Vec::new(), asked: BTreeSet::new() }
    }

    pub(super) fn note(&mut self, sentence: impl Into<String>) {
        self.notes.push(sentence.into());
    }

    /// Returns the notes, for others to add to.
    pub(super) fn notes(&mut self) -> &mut Vec<String> {
        &mut self.notes
    }

    /// Returns the Region of the stack.
    pub(super) fn region(&self) -> Region {
        Region::new(&self.resolver.template.place.region)
    }

    /// Returns the name, with a note if it only stands for the real one.
    pub(super) fn name(&mut self) -> Option<String> {
        let name = self.resolver.name(self.logical).ok()?;
        self.asked.extend(name_property(self.resolver.template.kind(self.logical)).map(str::to_owned));
        self.notes.extend(name.made_up);
        Some(name.text)
    }

    /// Returns a property of this resource. Of a list, what is not known is left out; a note says so.
    pub(super) fn property(&mut self, name: &str) -> Value {
        self.property_of(self.logical, name)
    }

    /// The same of another resource, which is about this one.
    pub(super) fn property_of(&mut self, logical: &str, name: &str) -> Value {
        let Some(value) = self.written(logical, name) else { return Value::Null };
        self.value(logical, name, value)
    }

    /// Returns a property as it is written.
    pub(super) fn written(&mut self, logical: &str, name: &str) -> Option<&'r Value> {
        if logical == self.logical {
            self.asked.insert(name.to_owned());
        }
        self.resolver.template.property(logical, name)
    }

    fn value(&mut self, logical: &str, place: &str, value: &Value) -> Value {
        let value = self.resolver.chosen(value);
        match self.known(logical, place, value) {
            Some(Value::Array(items)) => {
                let items = items.iter().enumerate().filter_map(|(number, item)| {
                    let item = self.resolver.resolve(item);
                    self.known(logical, &format!("{place}[{number}]"), item).flatten()
                });
                Value::Array(items.collect())
            }
            Some(value) => {
                let value = self.resolver.resolve(value);
                self.known(logical, place, value).flatten().unwrap_or_default()
            }
            None => Value::Null,
        }
    }

    /// Returns what is known, or says that it is left out.
    fn known<T>(&mut self, logical: &str, place: &str, answer: Answer<T>) -> Option<T> {
        match answer {
            Ok(value) => Some(value),
            Err(why) => {
                self.note(format!("{} of {} is left out: {why}.", quoted(place), quoted(logical)));
                None
            }
        }
    }

    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        let value = self.property(name);
        written(&value).filter(|text| !text.is_empty())
    }

    pub(super) fn flag(&mut self, name: &str, usual: bool) -> bool {
        flag(&self.property(name)).unwrap_or(usual)
    }

    pub(super) fn number(&mut self, name: &str) -> Option<u32> {
        number(&self.property(name))
    }

    /// Returns what a property names.
    pub(super) fn reference(&mut self, name: &str) -> Option<Reference> {
        self.text(name).map(Reference::Declared)
    }

    /// Returns the key that a property names: one of the template by its alias.
    pub(super) fn key(&mut self, name: &str) -> Option<Reference> {
        let value = self.written(self.logical, name)?;
        let key = self.resolver.key(value);
        self.known(self.logical, name, key).flatten().map(Reference::Declared)
    }

    /// Returns the policy document of a resource. A statement that is not known is left out; a note says so.
    pub(super) fn policy_of(&mut self, logical: &str, name: &str) -> Option<PolicyDocument> {
        let value = self.written(logical, name)?;
        self.document(logical, name, value)
    }

    pub(super) fn document(&mut self, logical: &str, place: &str, value: &Value) -> Option<PolicyDocument> {
        let value = self.resolver.chosen(value);
        let value = self.known(logical, place, value)?;
        let document = match value.as_object().filter(|_| call(value).is_none()) {
            Some(members) => {
                let members = members.iter().map(|(name, value)| {
                    (name.clone(), self.value(logical, &format!("{place}.{name}"), value))
                });
                Value::Object(members.filter(|(_, value)| !value.is_null()).collect())
            }
            None => self.value(logical, place, value),
        };
        match &document {
            Value::Null => None,
            Value::String(text) => Some(PolicyDocument::read(text)),
            tree => Some(PolicyDocument::read(&tree.to_string())),
        }
    }

    /// Returns the tags.
    pub(super) fn marks(&mut self) -> Marks {
        let list = self.property("Tags");
        let tag = |tag: &Value| Some((text(&tag["Key"])?.to_owned(), written(&tag["Value"])?));
        let tags: Tags = items(&list).filter_map(tag).collect();
        Marks::of(tags)
    }

    /// Returns what is found.
    pub(super) fn found<R: Resource>(
        self,
        resource: R,
        (region, name): (Region, String),
        outputs: Outputs,
        owner: Owner,
    ) -> Option<Found> {
        let Self { resolver, logical, mut notes, asked } = self;
        let written =
            resolver.template.resources.get(logical).and_then(|resource| resource["Properties"].as_object());
        let others =
            written.into_iter().flat_map(|members| members.keys()).filter(|name| !asked.contains(*name));
        let others: Vec<String> = others.map(|name| quoted(name)).collect();
        if !others.is_empty() {
            notes.push(format!("An entry cannot say what these properties do: {}.", others.join(", ")));
        }
        // Its own name is spoken of already.
        let own = format!("{} stands", quoted(logical));
        notes.extend(resolver.stand_ins().into_iter().filter(|sentence| !sentence.starts_with(&own)));
        found(resource, About { region, name, outputs, owner, notes })
    }

    /// Returns the outputs of a resource that has a name and an ARN.
    pub(super) fn outputs(&self, name: &str) -> Outputs {
        let arn = self.resolver.arn(self.logical).ok().map(|arn| ("arn".to_owned(), arn));
        arn.into_iter().chain([("name".to_owned(), name.to_owned())]).collect()
    }
}
