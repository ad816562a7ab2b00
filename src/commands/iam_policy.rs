//! `iam-policy`: the least policy for a spec.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::{
    Failure, Outcome,
    load::{Loaded, known_variables},
    pretty, reports, show,
};
use crate::{
    cli::{Format, Global, IamPolicyArgs, Role},
    exit,
    permissions::{MOST_CHARACTERS, Need, Run, Statement, document, fitted, size, statements},
    report::{
        count,
        permissions::{Title, cloudformation, terraform},
        visible_block,
    },
    resolve::{account_of, resolve},
    resource::{Account, region::Region},
    spec::{
        Spec,
        variables::{Asked, Facts, ORGANIZATION},
    },
    ui::Ui,
};

/// The format of the JSON document.
pub(super) const FORMAT: &str = "trailctl.iam-policy/1";

/// The IAM policies with which somebody can run trailctl on a spec.
#[derive(Serialize, JsonSchema)]
pub(super) struct Policies<'a> {
    /// The format: `trailctl.iam-policy/1`.
    format: &'static str,
    /// The stack.
    stack: &'a str,
    /// What they let somebody do: plan, apply or destroy.
    role: &'a str,
    /// The managed policies. All of them are needed.
    policies: Vec<Named>,
}

/// A managed policy.
#[derive(Serialize, JsonSchema)]
struct Named {
    /// Its name.
    name: String,
    /// How many characters IAM counts: 6,144 at most.
    characters: usize,
    /// The policy, as IAM takes it.
    document: Value,
}
/// What stands in an ARN for what is not known.
const ANY: &str = "*";

pub(super) fn run(ui: &Ui, global: &Global, args: &IamPolicyArgs) -> Outcome {
    let facts = Facts { account: args.account.clone(), region: global.region.clone(), ..Facts::default() };
    let loaded = Loaded::without_expectations(global)?.with(facts);
    known_variables(global, &[&loaded.parsed])?;
    let Some(spec) = &loaded.parsed.spec else {
        show(ui, global, &loaded)?;
        return Err(Failure::said(exit::ERROR));
    };
    let account = account(spec, args)?;
    let region = spec.head.region.clone().or_else(|| global.region.as_deref().map(Region::new));
    check_facts(loaded.parsed.asked, &account, region.as_ref(), spec.head.partition.as_deref())?;
    let resolved = resolve(spec, &account, &region.unwrap_or_else(|| Region::new(ANY)));
    let run = match args.role {
        Role::Plan => Run::Plan,
        Role::Apply => Run::Apply,
        Role::Destroy => Run::Destroy,
    };
    let has_trail_of_organization = resolved.desired.iter().any(|entry| entry.attrs["organization"] == true);
    let need = Need {
        run,
        stack: &spec.head.stack,
        resolved: &resolved,
        account: &account,
        lock: spec.head.lock.as_ref(),
        has_organization: loaded.parsed.asked.organization || has_trail_of_organization,
        take_from: &args.take_ownership_from,
    };
    let documents = fitted(statements(&need), MOST_CHARACTERS);
    // It is in no name of an ARN of its own, but may be in a bucket's.
    if loaded.parsed.asked.organization
        && documents.iter().any(|one| document(one).to_string().contains(ORGANIZATION))
    {
        let message = "the spec uses `${org}` in a name, and only AWS can say which it is";
        return Err(Failure::error(message).help("write the id of the organization itself"));
    }
    let title = Title { stack: &spec.head.stack, run: run.name() };
    reports::give(ui, global, &|format| text(format, title, &documents))?;
    if documents.len() > 1 {
        ui.note(&format!(
            "note: {}: IAM takes no policy of more than {MOST_CHARACTERS} characters. All of them are needed.\n",
            count(documents.len(), "policy document")
        ));
    }
    Ok(exit::DONE)
}

/// Names that hold what is not known would be those of everybody.
fn check_facts(
    asked: Asked,
    account: &Account,
    region: Option<&Region>,
    partition: Option<&str>,
) -> Result<(), Failure> {
    let missing = [
        ("account", "--account ID", asked.account && account.id == ANY),
        ("region", "--region REGION", asked.region && region.is_none()),
        ("partition", "--region REGION", asked.partition && region.is_none() && partition.is_none()),
    ];
    let Some((fact, option, _)) = missing.into_iter().find(|(_, _, is_missing)| *is_missing) else {
        return Ok(());
    };
    let message = format!("the spec uses `${{{fact}}}` and does not say which it is");
    Err(Failure::error(message).help(format!("give `{option}`, or write `{fact}:` in the spec")))
}

/// Returns the account that the policy is for: any, if neither the spec nor the command line says it.
fn account(spec: &Spec, args: &IamPolicyArgs) -> Result<Account, Failure> {
    let said = spec.head.account.as_ref();
    if let (Some(said), Some(given)) = (said, &args.account)
        && said != given
    {
        let message = format!("the spec is for the account {said}, not for {given}");
        return Err(
            Failure { code: exit::USAGE, message: Some(message), help: None }.help("leave `--account` out")
        );
    }
    let id = args.account.clone().or_else(|| said.cloned()).unwrap_or_else(|| ANY.to_owned());
    Ok(Account::new(&id, &account_of(spec).partition))
}

fn text(format: Format, title: Title<'_>, documents: &[Vec<Statement>]) -> Result<String, Failure> {
    match format {
        Format::Human => {
            Ok(documents.iter().map(|one| pretty(&document(one))).collect::<Vec<_>>().join("\n"))
        }
        Format::Terraform => Ok(visible_block(&terraform(title, documents))),
        Format::Cloudformation => Ok(visible_block(&cloudformation(title, documents))),
        Format::Json => {
            let policies = documents.iter().enumerate().map(|(place, statements)| {
                let document = document(statements);
                Named { name: title.name(place + 1, documents.len()), characters: size(&document), document }
            });
            let policies = policies.collect();
            Ok(pretty(&Policies { format: FORMAT, stack: title.stack, role: title.run, policies }))
        }
        other => Err(reports::unknown(other)),
    }
}
