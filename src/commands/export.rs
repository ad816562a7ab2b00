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
    observe::whole::{Companions, Whole, whole},
    report::{count, visible, yaml},
    resource::Account,
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
    // Whoever sends the result into the file of the spec has emptied that by now.
    let session = Session::without_spec(ui, global).await?;
    let progress = ui.progress("Reading the trails of the account");
    let is_chosen = |name: &str, home: &str| {
        let is_named = args.trail.is_empty() || args.trail.iter().any(|glob| glob.matches(name));
        is_named && (args.home.is_empty() || args.home.iter().any(|region| region == home))
    };
    let companions = if args.adopt { Companions::Adopted } else { Companions::Others };
    let is_all = args.trail.is_empty() && args.home.is_empty();
    let is_chosen = Some(&is_chosen as &dyn Fn(&str, &str) -> bool).filter(|_| !is_all);
    let ask = Whole { stack, home: session.home(), is_chosen, companions };
    let estate = whole(&session.aws, &ask).await?;
    let account = account(&session, &estate).await?;
    drop(progress);
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
            .help("see all trails with `trailctl status`"));
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
        .help("look at them with `trailctl validate`: a live trail is set to what a spec may not say"))
}
