//! The resources of a spec and the flow of events between them, as nodes and edges, and pictures of that. Pure: data in, text out.

mod build;
mod dot;
mod label;
mod layout;
mod mermaid;
mod svg;

use schemars::JsonSchema;
use serde::Serialize;

use crate::resource::{Address, region::Region};

pub use self::{build::graph, dot::dot, mermaid::mermaid, svg::svg};

/// The format of a graph as JSON.
pub const FORMAT: &str = "trailctl.graph/1";

/// Resources, and what goes from one to the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Graph {
    /// The format: `trailctl.graph/1`.
    pub format: &'static str,
    /// The stack.
    pub stack: String,
    /// Whether the nodes say what a plan does to them.
    pub is_planned: bool,
    /// What there is.
    pub nodes: Vec<Node>,
    /// What goes where, each pair of nodes once for each sort of flow.
    pub edges: Vec<Edge>,
}

/// A resource, or what a trail records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// The resource, as the spec names it; absent for events, and for what the spec has no entry for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    /// Its name. Empty for events.
    pub name: String,
    /// Its ARN, if it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// Its Region, as far as it is known and it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// What else there is to say: for events, which ones.
    pub details: Vec<String>,
    /// Who manages it.
    pub managed_by: Manager,
    /// What a plan does to it, if there is a plan and it says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<Mark>,
    /// Whether a plan refuses what is to be done to it.
    pub is_refused: bool,
}

/// What a node stands for. The order is that of the columns of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// What a trail records.
    Events,
    /// A trail.
    Trail,
    /// The role by which events reach a log group.
    Role,
    /// A bucket.
    Bucket,
    /// A log group.
    LogGroup,
    /// A topic.
    Topic,
    /// A key.
    KmsKey,
}

/// Who manages a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Manager {
    /// The stack.
    Stack,
    /// Others: the spec names it by `{existing: …}`.
    Others,
    /// That is not said: something refers to it by a name that nothing here has.
    Unknown,
}

/// What a plan does to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// It is made.
    Create,
    /// It is changed.
    Update,
    /// It is made, and another one with the same key goes.
    Replace,
    /// It goes.
    Delete,
    /// It stands in for another one while the plan is applied.
    Temporary,
    /// It is as it should be.
    Unchanged,
    /// It belongs to the stack and is not touched.
    LeftAlone,
}

/// Something that goes from one node to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Edge {
    /// The place of the node in the list, from 0.
    pub from: usize,
    /// The same for the other node.
    pub to: usize,
    /// What goes.
    pub flow: Flow,
}

/// What goes from one node to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Flow {
    /// Events, to the trail that records them.
    Records,
    /// Log files, to a bucket.
    LogFiles,
    /// Events, to a log group or on the way there.
    Events,
    /// Notifications, to a topic.
    Notifications,
    /// Logs of the requests to a bucket.
    AccessLogs,
    /// Nothing: the first is encrypted with the second.
    EncryptedWith,
}

impl Kind {
    /// Returns what to call it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Trail => "trail",
            Self::Role => "role",
            Self::Bucket => "bucket",
            Self::LogGroup => "log group",
            Self::Topic => "topic",
            Self::KmsKey => "KMS key",
        }
    }

    fn of(kind: &str) -> Option<Self> {
        use crate::kinds::{
            Resource as _, bucket::Bucket, kms_key::KmsKey, log_group::LogGroup, role::Role, topic::Topic,
            trail::Trail,
        };
        let all = [
            (Trail::KIND, Self::Trail),
            (Role::KIND, Self::Role),
            (Bucket::KIND, Self::Bucket),
            (LogGroup::KIND, Self::LogGroup),
            (Topic::KIND, Self::Topic),
            (KmsKey::KIND, Self::KmsKey),
        ];
        all.into_iter().find(|(name, _)| *name == kind).map(|(_, kind)| kind)
    }
}

impl Mark {
    /// All marks, in the order of a legend.
    pub const ALL: [Self; 7] = [
        Self::Create,
        Self::Update,
        Self::Replace,
        Self::Delete,
        Self::Temporary,
        Self::Unchanged,
        Self::LeftAlone,
    ];

    /// Returns what to call it, with its sign.
    pub fn words(self) -> &'static str {
        match self {
            Self::Create => "+ create",
            Self::Update => "~ update",
            Self::Replace => "± replace",
            Self::Delete => "- delete",
            Self::Temporary => "+ - create, then delete",
            Self::Unchanged => "unchanged",
            Self::LeftAlone => "left alone",
        }
    }

    /// Returns what to call it in a style sheet.
    fn class(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Replace => "replace",
            Self::Delete => "delete",
            Self::Temporary => "temporary",
            Self::Unchanged => "unchanged",
            Self::LeftAlone => "left",
        }
    }
}

impl Flow {
    /// Returns what to call it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Records => "recorded by",
            Self::LogFiles => "log files",
            Self::Events => "events",
            Self::Notifications => "notifications",
            Self::AccessLogs => "access logs",
            Self::EncryptedWith => "encrypted with",
        }
    }
}

#[cfg(test)]
mod tests;
