//! The audit record of a run: each call that was sent, with what became of it, as lines of JSON. No secrets, no contents.
//!
//! | line | has |
//! | --- | --- |
//! | `run` | who does what to which stack and account, and by which plan |
//! | `change` | a request that changes something is about to be sent, for a resource |
//! | `call` | an answer: service, operation, Region, outcome, AWS's id of the request |
//! | `step` | what became of a step |
//! | `summary` | how it ended, and the SHA-256 of all lines of the run before it |

mod line;

use std::{
    fs::{File, OpenOptions},
    io::{self, Write as _},
    path::Path,
    sync::{Mutex, PoisonError},
};

use aws_lc_rs::digest::{Context, SHA256};
use jiff::Timestamp;
use serde_json::{Map, Value};

pub use self::line::{Answer, End, Line};

/// The format of the lines.
pub const FORMAT: &str = "trailctl.record/1";

/// Writes the record of a run behind what is in a file.
#[derive(Debug)]
pub struct Recorder(Mutex<Writing>);

struct Writing {
    file: File,
    /// The hash of the lines so far.
    hash: Context,
    failed: Option<io::Error>,
}

impl Recorder {
    /// Opens the file, which only the user can read if it is new.
    ///
    /// # Errors
    ///
    /// When it cannot be opened for writing.
    pub fn open(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path)?;
        Ok(Self(Mutex::new(Writing { file, hash: Context::new(&SHA256), failed: None })))
    }

    /// Writes a line.
    pub fn line(&self, at: Timestamp, what: &str, more: Value) {
        self.write(at, what, |_| more);
    }

    /// Writes the last line, with the hash of those before it.
    ///
    /// # Errors
    ///
    /// When a line of the run could not be written.
    pub fn summary(&self, at: Timestamp, mut more: Value) -> io::Result<()> {
        self.write(at, "summary", |writing| {
            more["sha256"] = Value::String(hex::encode(writing.hash.clone().finish()));
            more
        });
        let mut writing = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match writing.failed.take() {
            Some(error) => Err(error),
            None => writing.file.sync_all(),
        }
    }

    fn write(&self, at: Timestamp, what: &str, more: impl FnOnce(&Writing) -> Value) {
        let mut writing = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut line = Map::new();
        line.insert("at".to_owned(), at.to_string().into());
        line.insert("what".to_owned(), what.into());
        if let Value::Object(more) = more(&writing) {
            line.extend(more);
        }
        let line = format!("{}\n", Value::Object(line));
        writing.hash.update(line.as_bytes());
        if let Err(error) = writing.file.write_all(line.as_bytes()) {
            writing.failed.get_or_insert(error);
        }
    }
}

impl std::fmt::Debug for Writing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Writing")
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::digest::digest;
    use serde_json::json;

    use super::*;

    #[test]
    fn the_summary_has_the_hash_of_the_lines_of_its_run() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("record.jsonl");
        let at = "2026-11-26T10:00:00Z".parse().unwrap();
        for run in 0..2 {
            let recorder = Recorder::open(&path).unwrap();
            recorder.line(at, "run", json!({"number": run}));
            recorder.line(at, "call", json!({"operation": "CreateTrail"}));
            recorder.summary(at, json!({"exit_code": 0})).unwrap();
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        assert_eq!(lines.len(), 6);
        assert_eq!(lines[3], "{\"at\":\"2026-11-26T10:00:00Z\",\"what\":\"run\",\"number\":1}\n");
        let summary: Value = serde_json::from_str(lines[5]).unwrap();
        assert_eq!(
            summary["sha256"],
            hex::encode(digest(&SHA256, (lines[3].to_owned() + lines[4]).as_bytes()))
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}
