//! Where the parts of a plan stand in the files of the spec.

use std::{collections::BTreeMap, fmt, str::FromStr};

use serde_json::Value;

use super::{Action, Elsewhere, Plan};
use crate::{path::Path, resource::Address};

/// A place in a file. Lines and columns count from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// The name of the file.
    pub file: String,
    /// The line.
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// A text that is not a place in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not of the form FILE:LINE:COLUMN")]
pub struct NotASpot;

impl FromStr for Spot {
    type Err = NotASpot;

    fn from_str(text: &str) -> Result<Self, NotASpot> {
        let mut parts = text.rsplitn(3, ':');
        let mut number =
            || parts.next().and_then(|part| part.parse().ok()).filter(|number| *number > 0).ok_or(NotASpot);
        let (column, line) = (number()?, number()?);
        let file = parts.next().filter(|file| !file.is_empty()).ok_or(NotASpot)?.to_owned();
        Ok(Self { file, line, column })
    }
}

/// Tells of a resource of which written selectors each of its own is made, if they had to be packed.
pub type Sources<'a> = dyn Fn(&Address) -> Option<BTreeMap<usize, Vec<usize>>> + 'a;

impl Plan {
    /// Notes where everything stands that the spec describes. `find` tells it of a path into the spec; `sources` tells of a
    /// resource of which written selectors each of its own is made, if they are not the same.
    #[must_use]
    pub fn located(mut self, find: &dyn Fn(&Path) -> Spot, sources: &Sources<'_>) -> Self {
        let at = |origin: &Option<Path>| origin.as_ref().map(|origin| find(origin).to_string());
        for refusal in &mut self.refused {
            refusal.at = at(&refusal.origin);
        }
        for note in self.notes.iter_mut().chain(&mut self.left_alone) {
            note.at = at(&note.origin);
        }
        for step in &mut self.steps {
            step.at = at(&step.origin);
            if let Some(origin) = step.origin.as_ref().filter(|_| step.action != Action::Delete) {
                step.from_elsewhere = elsewhere(origin, &step.attrs, find, &sources(&step.address));
            }
        }
        self
    }
}

/// Returns the items of a resource's lists that stand in another file than the resource.
fn elsewhere(
    origin: &Path,
    attrs: &Value,
    find: &dyn Fn(&Path) -> Spot,
    sources: &Option<BTreeMap<usize, Vec<usize>>>,
) -> Vec<Elsewhere> {
    let home = find(origin).file;
    let lists = attrs.as_object().into_iter().flatten();
    let items = lists.flat_map(|(key, list)| {
        let many = list.as_array().map_or(0, Vec::len);
        (0..many).map(move |place| (key, place))
    });
    let items = items.flat_map(|(key, place)| {
        let list = Path::root().key(key);
        let written = match sources.as_ref().filter(|_| key == "events") {
            Some(sources) => sources.get(&place).cloned().unwrap_or_default(),
            None => vec![place],
        };
        let written: Vec<Path> = written.into_iter().map(|place| list.index(place)).collect();
        written.into_iter().map(move |written| (written, list.index(place)))
    });
    let spots = items.map(|(written, part)| (find(&origin.join(&written)), part));
    spots
        .filter(|(spot, _)| spot.file != home)
        .map(|(spot, part)| Elsewhere { part, at: spot.to_string() })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spot_reads_back() {
        for text in ["trailctl.yaml:3:14", "C:\\a:b.yaml:1:1"] {
            assert_eq!(text.parse::<Spot>().map(|spot| spot.to_string()), Ok(text.to_owned()));
        }
        for text in ["", "a", "a:1", "a:b:1", "a:0:1", ":1:1"] {
            assert_eq!(text.parse::<Spot>(), Err(NotASpot), "{text}");
        }
    }
}
