//! The contract of every attribute: it is set in the spec, changed by another client, and cleared, and each time the plan says
//! exactly that, apply makes it so, and nothing is left to do.
//!
//! The attributes are those of the schema: one that no row covers fails a test.

/// The rows of a policy: `$document` changes the live one, `$theirs` is a statement that others add to it.
macro_rules! policy_row {
    (id, $policy:literal, $entry:literal, $statement:literal, $document:path) => {
        Row {
            covers: &[concat!($policy, ".id")],
            needs: concat!($policy, ": {id: old, statements: [", $statement, "]}"),
            sets: concat!($policy, ": {id: new, statements: [", $statement, "]}"),
            shows: &[concat!($entry, " ", $policy, ".id")],
            outside: |there| {
                Box::pin(async move { $document(there, |policy| policy["Id"] = json!("theirs")).await })
            },
            heals: &[concat!($entry, " ", $policy, ".id")],
        }
    };
    (version, $policy:literal, $entry:literal, $statement:literal, $document:path) => {
        Row {
            covers: &[concat!($policy, ".version")],
            needs: concat!($policy, ": {statements: [", $statement, "]}"),
            sets: concat!($policy, ": {version: '2008-10-17', statements: [", $statement, "]}"),
            shows: &[concat!($entry, " ", $policy, ".version")],
            outside: |there| {
                Box::pin(async move {
                    $document(there, |policy| policy["Version"] = json!("2012-10-17")).await;
                })
            },
            heals: &[concat!($entry, " ", $policy, ".version")],
        }
    };
    (statements, $policy:literal, $entry:literal, $statement:literal, $document:path, $theirs:expr) => {
        Row {
            covers: &[concat!($policy, ".statements")],
            needs: "",
            sets: concat!($policy, ": {statements: [", $statement, "]}"),
            shows: &[concat!($entry, " ", $policy, ".statements.Mine")],
            outside: |there| {
                Box::pin(async move {
                    $document(there, |policy| {
                        let statements = policy["Statement"].as_array_mut().unwrap();
                        statements.retain(|one| one["Sid"] != "Mine");
                        statements.push($theirs(there));
                    })
                    .await;
                })
            },
            heals: &[
                concat!($entry, " ", $policy, ".statements.Mine"),
                concat!($entry, " ", $policy, ".statements.Opened"),
            ],
        }
    };
}

mod bucket;
mod kms_key;
mod lifecycle_rules;
mod log_group;
mod outside;
mod role;
mod schema;
mod selecting;
mod topic;
mod trail;

use std::pin::Pin;

pub(crate) use self::outside::There;
use super::{Scenario, Spec, Step, What};

/// One attribute, or several that only go together.
pub(super) struct Row {
    /// The attributes, as the schema has them: `encryption.kms_key`.
    pub(super) covers: &'static [&'static str],
    /// Lines that the entry has before and after, in YAML's flow style. A line that sets the same attribute replaces one.
    pub(super) needs: &'static str,
    /// Lines that set the attribute.
    pub(super) sets: &'static str,
    /// What the plan shows when they are added, and when they are taken away again.
    pub(super) shows: &'static [&'static str],
    /// What another client does while they are there.
    pub(super) outside: Outside,
    /// What the plan shows then.
    pub(super) heals: &'static [&'static str],
}

/// A change by another client.
pub(super) type Outside = for<'a> fn(&'a There<'a>) -> Pin<Box<dyn Future<Output = ()> + 'a>>;

/// The rows of a kind, and the entries around the one that they are about.
pub(super) struct Contract {
    /// The name of the scenario.
    pub(super) name: &'static str,
    /// The section of the kind.
    pub(super) section: &'static str,
    /// All entries. `$ENTRY` stands for the lines of the one that the rows are about.
    pub(super) entries: &'static str,
    /// Lines that this entry has where no row has them.
    pub(super) base: &'static [&'static str],
    /// What the first plan shows.
    pub(super) creates: &'static [&'static str],
    /// What removes everything.
    pub(super) consent: &'static str,
    /// The rows.
    pub(super) rows: &'static [Row],
}

/// All contracts.
pub(super) static CONTRACTS: &[&Contract] = &[
    &kms_key::CONTRACT,
    &bucket::CONTRACT,
    &lifecycle_rules::CONTRACT,
    &log_group::CONTRACT,
    &role::CONTRACT,
    &topic::CONTRACT,
    &trail::CONTRACT,
    &selecting::CONTRACT,
    &selecting::INSIGHTS,
];

/// Attributes that have no row, and why.
const WITHOUT_ROW: &[(&str, &str)] = &[
    ("name", "another name is another resource: scenarios `renamed`"),
    ("region", "another Region is another resource, or refused: scenarios `regions`"),
    ("adopt", "says what a plan may do: tests of adoption"),
    (
        "policy.generated",
        "says who writes the statements: the accounts of other tools are taken over with it",
    ),
    ("trust.generated", "says who writes the statements: the accounts of other tools are taken over with it"),
    ("policy.mode", "says what becomes of the statements of others: tests of merging"),
    ("trust.mode", "says what becomes of the statements of others: tests of merging"),
    ("kms_keys deletion_window_days", "cannot be seen before the key is deleted: tests of the calls of keys"),
    ("kms_keys multi_region", "cannot be changed: scenario `fixed`"),
    ("log_groups class", "cannot be changed: scenario `fixed`"),
    ("roles path", "cannot be changed: scenario `fixed`"),
    ("trails organization", "needs an organization: `organizations.rs`"),
];

/// Returns the contracts as scenarios.
pub(super) fn scenarios() -> Vec<Scenario> {
    CONTRACTS.iter().map(|contract| contract.scenario()).collect()
}

impl Contract {
    fn scenario(&self) -> Scenario {
        let spec = |rows: &[&str]| {
            let key = |line: &str| line.split(':').next().unwrap_or_default().to_owned();
            let base = self.base.iter().filter(|line| rows.iter().all(|row| key(row) != key(line)));
            // A later line takes the place of an earlier one of the same key.
            let rows = rows
                .iter()
                .enumerate()
                .filter(|(at, row)| !rows[at + 1..].iter().any(|later| key(later) == key(row)));
            let rows = rows.map(|(_, row)| row);
            let lines: Vec<&str> = base.chain(rows).copied().filter(|lines| !lines.is_empty()).collect();
            Spec::Entries(self.entries.replace("$ENTRY", &lines.join(", ")).leak())
        };
        let apply = |name: String, lines: &[&str], changes| Step {
            name: name.leak(),
            what: What::Apply { spec: spec(lines), consent: "", changes },
        };
        let mut steps = vec![apply("created".to_owned(), &[], self.creates)];
        for Row { covers, needs, sets, shows, outside, heals } in self.rows {
            let name = covers.join(", ");
            if !needs.is_empty() {
                let what = What::Prepare { spec: spec(&[needs]) };
                steps.push(Step { name: format!("{name}: before").leak(), what });
            }
            steps.push(apply(format!("{name}: set"), &[needs, sets], shows));
            let what = What::Outside { change: *outside, changes: heals };
            steps.push(Step { name: format!("{name}: changed by others").leak(), what });
            steps.push(apply(format!("{name}: cleared"), &[needs], shows));
            if !needs.is_empty() {
                steps.push(Step {
                    name: format!("{name}: after").leak(),
                    what: What::Prepare { spec: spec(&[]) },
                });
            }
        }
        steps.push(Step { name: "destroyed", what: What::DestroyAll { consent: self.consent } });
        Scenario { name: self.name, steps: steps.leak() }
    }
}
