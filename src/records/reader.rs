//! A stream of JSON to its records. Only the record at hand is kept.

use std::io::{self, Read};

use serde_json::{Deserializer, Map, Value, error::Category};

use super::Record;

/// How long a record may be, in bytes. CloudTrail's have at most 1 MB (User Guide, "Quotas").
pub const MOST_BYTES: usize = 16 << 20;
/// How much is read at once, in bytes.
const CHUNK: usize = 256 << 10;

/// The mark that some editors put before UTF-8.
const BOM: [u8; 3] = [0xef, 0xbb, 0xbf];

/// Why records cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The stream itself.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// It is not JSON, or not what CloudTrail writes.
    #[error("byte {at}: {why}")]
    Syntax {
        /// Where, in bytes from 0.
        at: usize,
        /// What is wrong.
        why: String,
    },
}

/// Where in a document the reader is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Before a document: a record, a list of records, or `{"Records": [`.
    Outside,
    /// In a list. If `true`, that of a log file.
    Within(bool),
    /// Behind the list of a log file.
    Behind,
}

/// Calls `each` for every record of a stream: log files (`{"Records": […]}`), lists of records, or records one behind the other.
/// Ends early when `each` returns `false`.
///
/// # Errors
///
/// When the stream cannot be read, or is not made of records.
pub fn for_each(stream: impl Read, each: &mut dyn FnMut(&Record<'_>) -> bool) -> Result<(), ReadError> {
    let mut window = Window { stream, bytes: Vec::new(), at: 0, before: 0, is_end: false };
    let mut place = Place::Outside;
    let mut is_first = true;
    if window.peek()? == Some(BOM[0]) && window.bytes[window.at..].starts_with(&BOM) {
        window.at += BOM.len();
    }
    loop {
        let Some(byte) = window.peek()? else {
            return match place {
                Place::Outside => Ok(()),
                Place::Within(_) | Place::Behind => {
                    Err(window.wrong("the file ends within the list of records"))
                }
            };
        };
        match (place, byte) {
            (Place::Outside, b'[') => (place, is_first) = (Place::Within(false), true),
            (Place::Outside, b'{') if window.starts_log_file()? => {
                (place, is_first) = (Place::Within(true), true);
            }
            (Place::Outside, _) => {
                if !window.record(each)? {
                    return Ok(());
                }
                continue;
            }
            (Place::Within(is_log_file), b']') => {
                place = if is_log_file { Place::Behind } else { Place::Outside };
            }
            (Place::Within(_), b',') if !is_first => {
                window.at += 1;
                let _ = window.peek()?;
                if !window.record(each)? {
                    return Ok(());
                }
                continue;
            }
            (Place::Within(_), _) if is_first => {
                is_first = false;
                if !window.record(each)? {
                    return Ok(());
                }
                continue;
            }
            (Place::Behind, b'}') => place = Place::Outside,
            (Place::Within(_), _) => {
                return Err(window.wrong("expected a comma or the end of the list of records"));
            }
            (Place::Behind, _) => return Err(window.wrong("expected the end of the log file")),
        }
        window.at += 1;
    }
}

/// The part of the stream that is looked at.
struct Window<R> {
    stream: R,
    bytes: Vec<u8>,
    /// Where in it the reader is.
    at: usize,
    /// How many bytes have gone by before it.
    before: usize,
    is_end: bool,
}

impl<R: Read> Window<R> {
    /// Reads more. Returns whether there was more.
    fn more(&mut self) -> io::Result<bool> {
        if self.is_end {
            return Ok(false);
        }
        self.bytes.drain(..self.at);
        self.before += self.at;
        self.at = 0;
        // The more of a record is known, the more is read of it at once: it is parsed anew each time.
        let wanted = CHUNK.max(self.bytes.len());
        let count = self.stream.by_ref().take(wanted as u64).read_to_end(&mut self.bytes)?;
        self.is_end = count < wanted;
        Ok(count > 0)
    }

    /// Returns the next byte that is no space, and stays before it.
    fn peek(&mut self) -> io::Result<Option<u8>> {
        loop {
            while let Some(byte) = self.bytes.get(self.at) {
                if !byte.is_ascii_whitespace() {
                    return Ok(Some(*byte));
                }
                self.at += 1;
            }
            if !self.more()? {
                return Ok(None);
            }
        }
    }

    /// Goes to the list of a log file if one starts here.
    fn starts_log_file(&mut self) -> io::Result<bool> {
        while self.bytes.len() - self.at < 64 && self.more()? {}
        let mut rest = &self.bytes[self.at..];
        for word in [&b"{"[..], b"\"Records\"", b":", b"["] {
            rest = rest.trim_ascii_start();
            match rest.strip_prefix(word) {
                Some(behind) => rest = behind,
                None => return Ok(false),
            }
        }
        self.at = self.bytes.len() - rest.len() - 1;
        Ok(true)
    }

    /// Reads the record that starts here.
    fn record(&mut self, each: &mut dyn FnMut(&Record<'_>) -> bool) -> Result<bool, ReadError> {
        if self.peek()?.is_some_and(|byte| byte != b'{') {
            return Err(self.wrong("expected a record, which starts with `{`"));
        }
        loop {
            let mut values = Deserializer::from_slice(&self.bytes[self.at..]).into_iter::<Record<'_>>();
            let error = match values.next() {
                Some(Ok(record)) => {
                    if record.is_partial() {
                        let text = &self.bytes[self.at..self.at + values.byte_offset()];
                        let map: Map<String, Value> = serde_json::from_slice(text).unwrap_or_default();
                        if let Some(why) = super::wrong_keys(map.keys().map(String::as_str)) {
                            return Err(self.wrong(&format!("in the record that starts here: {why}")));
                        }
                    }
                    let goes_on = each(&record);
                    drop(record);
                    self.at += values.byte_offset();
                    return Ok(goes_on);
                }
                Some(Err(error)) if error.classify() != Category::Eof => error,
                None | Some(Err(_)) => {
                    if self.bytes.len() - self.at > MOST_BYTES {
                        return Err(self.wrong("the record is longer than any of CloudTrail"));
                    }
                    if !self.more()? {
                        return Err(self.wrong("the file ends within a record"));
                    }
                    continue;
                }
            };
            // serde_json counts lines and columns from here, and writes them behind the reason.
            let why = error.to_string();
            let why = why.split(" at line ").next().unwrap_or_default();
            // The reader knows mappings by the names of our types.
            let why = why.split("expected struct ").next().map_or(String::new(), |start| {
                if start.len() < why.len() { format!("{start}expected a mapping") } else { start.to_owned() }
            });
            return Err(self.wrong(&format!("in the record that starts here: {why}")));
        }
    }

    fn wrong(&self, why: &str) -> ReadError {
        ReadError::Syntax { at: self.before + self.at, why: why.to_owned() }
    }
}
