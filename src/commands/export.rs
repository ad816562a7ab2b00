//! `export`: a spec of the trails that the account has.

use serde_json::json;

use super::{Failure, Outcome, pretty, session::Session, write};
use crate::{
    aws::{error::AwsError, organization},
    cli::{ExportArgs, Format, Global},
    diagnostic::Severity,
    exit,
    export::{Estate, Found, Head, LeftOut, export},
    format::starter,
    import::{Import, Problem, cloudformation, terraform},
    kinds::{Resource as _, trail::Trail},
    observe::whole::{Companions, Whole, whole},
    report::{count, visible, yaml},
    resource::{Account, region::Region},
    spec::parse::parse,
    ui::Ui,
};

pub(super) async fn run(ui: &Ui, global: &Global, args: &ExportArgs) -> Outcome {
    if let Some(path) = args.out.as_deref().filter(|path| path.exists()) {
        let shown = visible(&path.display().to_string());
        return Err(Failure::error(format!("{shown} exists already; it was not changed"))
            .help("name another file with `--out`"));
    }
    let stack = args.stack.as_deref().unwrap_or(starter::STACK);
    check_stack(stack)?;
    let is_chosen = |name: &str, home: &str| {
        let is_named = args.trail.is_empty() || args.trail.iter().any(|glob| glob.matches(name));
        is_named && (args.home.is_empty() || args.home.iter().any(|region| region == home))
    };
    let import = file(args)?;
    let is_file = import.is_some();
    let (estate, account) = match import {
        Some(import) => of_file(import, &is_chosen),
        None => of_account(ui, global, args, stack, &is_chosen).await?,
    };
    let export = export(Head { stack, account: &account, in_files: args.split }, &estate);
    for LeftOut { arn, why } in &export.left_out {
        ui.note(&format!("left out: {} {}\n", visible(arn), visible(why)));
    }
    for warning in &export.warnings {
        ui.note(&format!("warning: {}\n", visible(warning)));
    }
    if export.trails.is_empty() {
        let which =
            if args.trail.is_empty() && args.home.is_empty() { "" } else { " among those that are chosen" };
        return Err(Failure::error(format!("there is no trail to describe{which}; nothing was written"))
            .help(if is_file { "see what the file has" } else { "see all trails with `trailctl status`" }));
    }
    match &args.out {
        Some(path) => {
            let shown = visible(&path.display().to_string());
            let files = export.files.iter().map(|part| (part.file.as_str(), part.spec.as_str()));
            let written = match args.split {
                true => write::create_folder(path, files),
                false => write::create(path, &export.spec),
            };
            written.map_err(|error| Failure::error(format!("cannot write {shown}: {error}")))?;
            ui.note(&format!("Wrote {} to {shown}.\n", count(export.trails.len(), "trail")));
        }
        None if global.format == Format::Human => ui.result(&export.spec)?,
        None => {}
    }
    if global.format != Format::Human {
        ui.result(&pretty(&export))?;
    }
    check(&export.spec)
}

type Reader = fn(&str) -> Result<Import, Problem>;

/// Returns what a file of another tool tells, if one is given.
fn file(args: &ExportArgs) -> Result<Option<Import>, Failure> {
    let (path, read): (_, Reader) = match (&args.from_terraform_state, &args.from_cloudformation) {
        (Some(path), _) => (path, terraform),
        (None, Some(path)) => (path, cloudformation),
        (None, None) => return Ok(None),
    };
    let shown = visible(&path.display().to_string());
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::error(format!("cannot read {shown}: {error}")))?;
    let failed = |Problem { message, help }| Failure::error(format!("{shown}: {message}")).help(help);
    read(&text).map(Some).map_err(failed)
}

/// Returns what a file tells of the chosen trails.
fn of_file(import: Import, is_chosen: &dyn Fn(&str, &str) -> bool) -> (Estate, Account) {
    let Import { account, mut found, notes } = import;
    found.retain(|one| one.id.kind != Trail::KIND || is_chosen(&one.id.name, &one.id.region.0));
    let mut regions = found.iter().map(|one| &one.id.region);
    let partition = regions.find(|region| !region.0.contains("${")).map_or("aws", Region::partition);
    let account = Account::new(account.as_deref().unwrap_or_default(), partition);
    (Estate { found, notes, ..Estate::default() }, account)
}

/// Returns what the account has of the chosen trails.
async fn of_account(
    ui: &Ui,
    global: &Global,
    args: &ExportArgs,
    stack: &str,
    is_chosen: &(dyn Fn(&str, &str) -> bool + Sync),
) -> Result<(Estate, Account), Failure> {
    // Whoever sends the result into the file of the spec has emptied that by now.
    let session = Session::without_spec(ui, global).await?;
    let progress = ui.progress("Reading the trails of the account");
    let companions = if args.adopt { Companions::Adopted } else { Companions::Others };
    let is_all = args.trail.is_empty() && args.home.is_empty();
    let is_chosen = Some(is_chosen as &dyn Fn(&str, &str) -> bool).filter(|_| !is_all);
    let ask = Whole { stack, home: session.home(), is_chosen, companions };
    let estate = whole(&session.aws, &ask).await?;
    let account = account(&session, &estate).await?;
    drop(progress);
    Ok((estate, account))
}

/// Returns the account, with its organization if a trail has to do with it.
async fn account(session: &Session, estate: &Estate) -> Result<Account, AwsError> {
    let mut account = session.aws.account().clone();
    let is_organizations = |one: &Found| one.attrs["organization"] == true;
    if account.organization.is_none() && estate.found.iter().any(is_organizations) {
        let found = organization::find(&session.aws, session.home()).await?;
        account.organization = found.map(|found| found.organization);
    }
    Ok(account)
}

/// Refuses a name that no stack can have.
fn check_stack(stack: &str) -> Result<(), Failure> {
    let head = yaml::text(&json!({"version": 1, "stack": stack}));
    match parse(&head).diagnostics.into_iter().find(|one| one.severity == Severity::Error) {
        None => Ok(()),
        Some(found) => Err(Failure {
            code: exit::USAGE,
            message: Some(format!("`--stack`: {}", found.message)),
            help: found.help,
        }),
    }
}

/// Says what is wrong with the spec: AWS keeps settings that it would not take any more.
fn check(text: &str) -> Outcome {
    let errors = parse(text).diagnostics.into_iter().filter(|one| one.severity == Severity::Error).count();
    if errors == 0 {
        return Ok(exit::DONE);
    }
    Err(Failure::error(format!("the spec that describes the trails has {}", count(errors, "error")))
        .help("look at them with `trailctl validate`: what was found is set to what a spec may not say"))
}
