//! The audit trail as code: plans and applies AWS CloudTrail trails from a YAML spec.
//!
//! ```text
//! text -> spec -> resolve -> desired ┐
//!                 AWS -> observe -> live ┴ plan -> report
//!                                            └---> apply -> AWS, then observe and plan again: empty
//! ```
//!
//! | room | for |
//! | --- | --- |
//! | [`spec`] | YAML text to a spec, with the place of every value |
//! | [`rules`] | what is wrong with a spec, as diagnostics |
//! | [`coverage`] | which events trails record, decided exactly |
//! | [`record`] | the audit record of a run |
//! | [`records`] | CloudTrail's records as they are delivered, one after the other |
//! | [`resolve`] | a spec and an account to the wanted resources |
//! | [`kinds`] | the kinds of resources: attributes, calls, how AWS is asked; a kind is a folder and a line in `KINDS` |
//! | [`events`] | what CloudTrail takes in event selectors: tables for the rules and for the embedded AWS |
//! | [`resource`] | ids, owners, references, Regions: what all kinds share |
//! | [`policy`] | policy documents: canonical form, evaluation |
//! | [`preflight`] | whether the policies around a trail let CloudTrail in, before it is asked |
//! | [`align`], [`diff`] | one spelling for what means the same; two trees of attributes to changes |
//! | [`plan`] | wanted and live to steps, refusals and notes |
//! | [`observe`] | the live resources, all asked for at once |
//! | [`permissions`] | which IAM permissions a run needs |
//! | [`estate`] | every trail that an account sees, and what needs attention |
//! | [`export`] | from live trails to a spec |
//! | [`import`] | trails and what they use, as the files of Terraform and CloudFormation tell of them |
//! | [`apply`] | runs a plan and tells what happened |
//! | [`lock`] | the lock that a run holds while it changes a stack |
//! | [`aws`] | clients, credentials, errors |
//! | [`sandbox`] | the embedded AWS, at the wire |
//! | [`format`] | the layout of spec texts, and newer spellings of the same meaning |
//! | [`graph`] | resources and the flow of events as pictures: nodes and edges, and one file per language |
//! | [`report`] | plans, outcomes and diagnostics as text |
//! | [`commands`] | one file per subcommand; [`cli`] is the command line, [`exit`] the exit codes, [`ui`] prints |
//! | [`path`], [`diagnostic`] | places in trees, findings about specs |
//!
//! The rooms `spec`, `rules`, `events`, `coverage`, `resolve`, `resource`, `policy`, `preflight`, `align`, `diff`, `plan`, `permissions`, `estate`, `export`, `import`, `format`, `graph` and `report` are
//! pure: no network, no files, no clock, no environment. A test holds them to it.

pub mod align;
pub mod apply;
pub mod aws;
pub mod cli;
pub mod commands;
pub mod coverage;
pub mod diagnostic;
pub mod diff;
pub mod estate;
pub mod events;
pub mod exit;
pub mod export;
pub mod format;
pub mod graph;
pub mod import;
pub mod kinds;
pub mod lock;
pub mod observe;
pub mod path;
pub mod permissions;
pub mod plan;
pub mod policy;
pub mod preflight;
pub mod record;
pub mod records;
pub mod report;
pub mod resolve;
pub mod resource;
pub mod rules;
pub mod sandbox;
pub mod spec;
pub mod ui;
