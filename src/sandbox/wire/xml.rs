//! XML in requests and answers.

use quick_xml::escape::escape;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, Writer};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Refusal;

/// Reads a document whose root is `root`. Elements that `T` does not know are refused.
pub(crate) fn parse<T: DeserializeOwned>(root: &str, body: &[u8]) -> Result<T, Refusal> {
    let read = || quick_xml::de::from_str(&without_attributes(root, body)?).ok();
    read().ok_or_else(|| {
        let message =
            "The XML you provided was not well-formed or did not validate against our published schema";
        Refusal::new(400, "MalformedXML", message)
    })
}

/// Name spaces and types stand in attributes; the documents read here hold nothing else in them.
fn without_attributes(root: &str, body: &[u8]) -> Option<String> {
    let mut reader = Reader::from_str(std::str::from_utf8(body).ok()?);
    let mut writer = Writer::new(Vec::new());
    let mut named = false;
    loop {
        let event = match reader.read_event().ok()? {
            Event::Eof => break,
            Event::Start(element) => Event::Start(bare(&element)),
            Event::Empty(element) => Event::Empty(bare(&element)),
            Event::DocType(_) => return None,
            other => other.into_owned(),
        };
        if let (false, Event::Start(element) | Event::Empty(element)) = (named, &event) {
            named = element.name().as_ref() == root;
            if !named {
                return None;
            }
        }
        writer.write_event(event).ok()?;
    }
    String::from_utf8(writer.into_inner()).ok()
}

fn bare(element: &BytesStart<'_>) -> BytesStart<'static> {
    BytesStart::new(element.name().as_ref().to_owned())
}

/// Writes a document from its type.
pub(crate) fn document(root: &str, value: &impl Serialize) -> Result<String, Refusal> {
    quick_xml::se::to_string_with_root(root, value)
        .map_err(|error| Refusal::new(500, "InternalError", error.to_string()))
}

/// A piece of XML, written from the outside in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Element(String);

impl Element {
    /// Returns an element with what `fill` puts into it.
    pub(crate) fn new(name: &str, fill: impl FnOnce(Self) -> Self) -> Self {
        Self::default().child(name, fill)
    }

    /// Adds an element with what `fill` puts into it.
    #[must_use]
    pub(crate) fn child(mut self, name: &str, fill: impl FnOnce(Self) -> Self) -> Self {
        let Self(inner) = fill(Self::default());
        for part in ["<", name, ">", &inner, "</", name, ">"] {
            self.0.push_str(part);
        }
        self
    }

    /// Adds an element that holds a text.
    #[must_use]
    pub(crate) fn text(self, name: &str, text: impl ToString) -> Self {
        let text = text.to_string();
        // Characters that XML cannot hold at all, not even escaped.
        let text = text.replace(|c: char| c.is_control() && !"\t\n\r".contains(c), "\u{fffd}");
        self.child(name, |inner| Self(inner.0 + &escape(text.as_str())))
    }

    /// Adds an element for each item.
    #[must_use]
    pub(crate) fn each<T>(
        self,
        name: &str,
        items: impl IntoIterator<Item = T>,
        fill: impl Fn(Self, T) -> Self,
    ) -> Self {
        items.into_iter().fold(self, |xml, item| xml.child(name, |inner| fill(inner, item)))
    }

    /// Returns the XML.
    pub(crate) fn into_string(self) -> String {
        self.0
    }
}
