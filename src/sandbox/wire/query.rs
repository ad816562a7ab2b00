//! Calls of the query protocol: parameters in a form, answers in XML.

use std::collections::BTreeMap;

use super::xml::Element;
use super::{Call, Refusal, Reply, form};
use crate::sandbox::tags::Tag;

/// The parameters of a call.
#[derive(Debug)]
pub(crate) struct Params {
    values: BTreeMap<String, String>,
    /// The code of the service for a parameter that it does not take.
    code: &'static str,
}

impl Params {
    /// Reads the form. A parameter that is neither known nor inside a known list or map is refused, as the sandbox
    /// could not honour it.
    pub(crate) fn read(call: &Call<'_>, code: &'static str, known: &[&str]) -> Result<Self, Refusal> {
        let body = std::str::from_utf8(call.request.body())
            .map_err(|_| Refusal::bad(code, "The form is not text."))?;
        let values: BTreeMap<String, String> = form::pairs(body).collect();
        let is_known = |name: &str| {
            let head = name.split('.').next().unwrap_or(name);
            ["Action", "Version"].contains(&head) || known.contains(&head)
        };
        match values.keys().find(|name| !is_known(name)) {
            Some(name) => Err(Refusal::bad(code, format!("The parameter {name} is not known."))),
            None => Ok(Self { values, code }),
        }
    }

    /// Returns a parameter.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// Returns a parameter that must be there and not be empty.
    pub(crate) fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| Refusal::bad(self.code, format!("{name} must not be null or empty.")))
    }

    /// Returns the items of `NAME.member.N`.
    pub(crate) fn list(&self, name: &str) -> Vec<&str> {
        (1_usize..).map_while(|number| self.get(&format!("{name}.member.{number}"))).collect()
    }

    /// Returns the items of `NAME.entry.N.key` and `NAME.entry.N.value`.
    pub(crate) fn map(&self, name: &str) -> BTreeMap<&str, &str> {
        let entry = |number| {
            let part = |part| self.get(&format!("{name}.entry.{number}.{part}"));
            Some((part("key")?, part("value").unwrap_or_default()))
        };
        (1_usize..).map_while(entry).collect()
    }

    /// Returns the tags in `Tags.member.N`.
    pub(crate) fn tags(&self) -> Vec<Tag> {
        let tag = |number| {
            let part = |part| self.get(&format!("Tags.member.{number}.{part}"));
            Some(Tag { key: part("Key")?.to_owned(), value: part("Value").unwrap_or_default().to_owned() })
        };
        (1_usize..).map_while(tag).collect()
    }
}

/// Answers with `OPERATIONResponse`, which holds `OPERATIONResult`.
pub(crate) fn answer(operation: &str, fill: impl FnOnce(Element) -> Element) -> Reply {
    let xml =
        Element::new(&format!("{operation}Response"), |xml| xml.child(&format!("{operation}Result"), fill));
    Reply::xml(xml.into_string())
}

/// Answers an operation that has nothing to say.
pub(crate) fn done(operation: &str) -> Reply {
    answer(operation, |xml| xml)
}

/// Writes tags as a list of members.
pub(crate) fn tags_shown(xml: Element, tags: &BTreeMap<String, String>) -> Element {
    xml.child("Tags", |xml| {
        xml.each("member", tags, |xml, (key, value)| xml.text("Key", key).text("Value", value))
    })
}
