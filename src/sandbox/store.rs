//! Where the sandbox remembers: in memory, or in the file `state.json` of a directory.
//!
//! A directory is shared by processes: every request takes a lock, reads the file afresh, and replaces it in one step if
//! it changed something. A request that fails leaves the state as it was.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::cloudtrail::Trail;
use super::iam::Role;
use super::kms::Vault;
use super::logs::LogGroup;
use super::organizations::Organization;
use super::s3::Bucket;
use super::sns::Topic;
use super::sts::Session;

const STATE_FILE: &str = "state.json";
const LOCK_FILE: &str = "state.lock";

/// The files of a sandbox in its directory.
pub const FILES: [&str; 2] = [STATE_FILE, LOCK_FILE];

/// Everything the sandbox remembers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct State {
    pub(crate) format: Format,
    /// Trails by account, home Region and name.
    pub(crate) trails: BTreeMap<String, BTreeMap<String, BTreeMap<String, Trail>>>,
    /// Buckets by partition and name.
    pub(crate) buckets: BTreeMap<String, BTreeMap<String, Bucket>>,
    /// Role sessions by access key id.
    pub(crate) sessions: BTreeMap<String, Session>,
    /// Keys and aliases by account and Region.
    pub(crate) vaults: BTreeMap<String, BTreeMap<String, Vault>>,
    /// Roles by partition, account, and name in lower case.
    pub(crate) roles: BTreeMap<String, BTreeMap<String, BTreeMap<String, Role>>>,
    /// Log groups by account, Region and name.
    pub(crate) log_groups: BTreeMap<String, BTreeMap<String, BTreeMap<String, LogGroup>>>,
    /// Topics by account, Region and name.
    pub(crate) topics: BTreeMap<String, BTreeMap<String, BTreeMap<String, Topic>>>,
    /// Organizations by partition and management account.
    pub(crate) organizations: BTreeMap<String, BTreeMap<String, Organization>>,
    /// How many ids were given to anything.
    pub(crate) ids_given: u64,
}

/// The form of the state file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Format {
    #[default]
    #[serde(rename = "trailctl.sandbox/1")]
    V1,
}

/// A failure of the sandbox itself, as against a refusal that AWS would give.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// A file or the directory cannot be used.
    #[error("cannot use the sandbox at {}", path.display())]
    Unusable {
        /// The file or directory.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The state file is not what the sandbox wrote.
    #[error("the sandbox state {} is damaged; delete it to start anew", path.display())]
    Damaged {
        /// The state file.
        path: PathBuf,
        /// Where it goes wrong.
        source: serde_json::Error,
    },
    /// The state file was written by a version with another format.
    #[error("the sandbox state {} has the format `{format}`, which this version does not read", path.display())]
    Format {
        /// The state file.
        path: PathBuf,
        /// The format it names.
        format: String,
    },
    /// The state cannot be turned into JSON.
    #[error("cannot write the sandbox state")]
    Unwritable(#[source] serde_json::Error),
    /// An account cannot become a member of an organization.
    #[error("cannot join the organization: {0}")]
    CannotJoin(String),
}

impl SandboxError {
    /// The error with its causes in one line, for an answer that has room for one text.
    pub(crate) fn with_causes(&self) -> String {
        let mut text = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            text = format!("{text}: {error}");
            cause = error.source();
        }
        text
    }
}

/// The state and its place.
#[derive(Debug)]
pub(crate) enum Store {
    Memory(Mutex<State>),
    Directory(PathBuf),
}

impl Store {
    pub(crate) fn in_memory() -> Self {
        Self::Memory(Mutex::default())
    }

    pub(crate) fn open(dir: &Path) -> Result<Self, SandboxError> {
        fs::create_dir_all(dir).map_err(unusable(dir))?;
        let store = Self::Directory(dir.to_owned());
        store.read(|_| ())?;
        Ok(store)
    }

    /// Copies the state into memory.
    pub(crate) fn fork(&self) -> Result<Self, SandboxError> {
        self.read(|state| Self::Memory(Mutex::new(state.clone())))
    }

    /// Looks at the state.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&State) -> T) -> Result<T, SandboxError> {
        match self {
            Self::Memory(state) => Ok(look(&state.lock().unwrap_or_else(PoisonError::into_inner))),
            Self::Directory(dir) => {
                let lock = lock_file(dir)?;
                lock.lock_shared().map_err(unusable(dir))?;
                Ok(look(&load(dir)?))
            }
        }
    }

    /// Changes the state if `change` succeeds.
    pub(crate) fn change<T, E>(
        &self,
        change: impl FnOnce(&mut State) -> Result<T, E>,
    ) -> Result<Result<T, E>, SandboxError> {
        match self {
            Self::Memory(state) => {
                let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
                let mut next = state.clone();
                let outcome = change(&mut next);
                if outcome.is_ok() {
                    *state = next;
                }
                Ok(outcome)
            }
            Self::Directory(dir) => {
                let lock = lock_file(dir)?;
                lock.lock().map_err(unusable(dir))?;
                let mut next = load(dir)?;
                let outcome = change(&mut next);
                if outcome.is_ok() {
                    save(dir, &next)?;
                }
                Ok(outcome)
            }
        }
    }
}

/// The lock has a file of its own, since the state file is replaced. It ends when the file is closed.
fn lock_file(dir: &Path) -> Result<File, SandboxError> {
    let path = dir.join(LOCK_FILE);
    File::options().create(true).truncate(false).write(true).open(&path).map_err(unusable(&path))
}

fn load(dir: &Path) -> Result<State, SandboxError> {
    let path = dir.join(STATE_FILE);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(State::default()),
        Err(error) => return Err(unusable(&path)(error)),
    };
    #[derive(Deserialize)]
    struct Header {
        format: String,
    }
    let damaged = |source| SandboxError::Damaged { path: path.clone(), source };
    let header: Header = serde_json::from_slice(&bytes).map_err(damaged)?;
    match serde_json::from_value(header.format.clone().into()) {
        Ok(Format::V1) => serde_json::from_slice(&bytes).map_err(damaged),
        Err(_) => Err(SandboxError::Format { path: path.clone(), format: header.format }),
    }
}

fn save(dir: &Path, state: &State) -> Result<(), SandboxError> {
    let bytes = serde_json::to_vec_pretty(state).map_err(SandboxError::Unwritable)?;
    let write = || {
        let mut file = tempfile::Builder::new().prefix(".state").tempfile_in(dir)?;
        file.write_all(&bytes)?;
        file.persist(dir.join(STATE_FILE))?;
        Ok(())
    };
    write().map_err(unusable(dir))
}

fn unusable(path: &Path) -> impl FnOnce(io::Error) -> SandboxError {
    move |source| SandboxError::Unusable { path: path.to_owned(), source }
}
