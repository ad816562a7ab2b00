//! What the commands that talk to AWS share: the spec is read, the account is checked, the live state is observed.

use std::path::PathBuf;

use serde::Deserialize;

use super::{Failure, check_region, load::Loaded, show};
use crate::{
    aws::{Aws, config, error::AwsError, organization::Membership},
    cli::{Consent, DEFAULT_FILE, Global, Takeover},
    diagnostic::Place,
    exit,
    kinds::{
        Resource as _, kind,
        trail::{Trail, packed, selectors::Selector},
    },
    lock::Place as LockPlace,
    observe::{Look, observe},
    path::Path,
    plan::{
        Plan, Policy, Spot, Warning, plan,
        seal::{Allowances, Seal, Stale},
    },
    report::{
        diagnostics::{self, Finding, Position, Sources},
        visible,
    },
    resolve::{self, Resolved},
    resource::{Account, Address, Live, Observation, ResourceId, owner::Owner, region::Region},
    sandbox::Sandbox,
    spec::{Spec, parse::entry_path, variables::Facts},
    ui::Ui,
};

/// A spec and the account that it is for.
pub(super) struct Session {
    pub(super) aws: Aws,
    pub(super) stack: String,
    pub(super) resolved: Resolved,
    /// What is known of the organization, if the spec has something to do with it.
    pub(super) membership: Option<Membership>,
    /// Whether there is a spec, or nothing is wanted.
    pub(super) has_spec: bool,
    home: Region,
    loaded: Loaded,
}

/// What a plan may do beyond the usual.
#[derive(Clone, Debug, Default)]
pub(super) struct Allowed {
    pub(super) destroy: Vec<String>,
    pub(super) delete_data: Vec<String>,
    pub(super) replace_policy: Vec<String>,
    pub(super) take_from: Vec<String>,
    pub(super) coverage_loss: bool,
}

impl Allowed {
    /// Returns what the command line allows a run that writes what the spec wants.
    pub(super) fn of(consent: &Consent, takeover: &Takeover) -> Self {
        let Consent { allow_destroy, allow_coverage_loss } = consent;
        let Takeover { replace_policy, take_ownership_from } = takeover;
        Self {
            destroy: allow_destroy.clone(),
            delete_data: Vec::new(),
            replace_policy: replace_policy.clone(),
            take_from: take_ownership_from.clone(),
            coverage_loss: *allow_coverage_loss,
        }
    }
}

impl Allowed {
    /// Returns what a saved plan was allowed.
    pub(super) fn of_saved(plan: &Plan, seal: &Seal) -> Self {
        let list = |set: &std::collections::BTreeSet<String>| set.iter().cloned().collect();
        let Allowances { destroy, replace_policy, take_ownership_from } = &seal.allowed;
        Self {
            destroy: list(destroy),
            delete_data: Vec::new(),
            replace_policy: list(replace_policy),
            take_from: list(take_ownership_from),
            coverage_loss: plan.coverage.is_loss_allowed,
        }
    }
}

impl Session {
    /// Reads the spec, finds the account and resolves the one for the other. Errors of the spec are printed.
    pub(super) async fn open(ui: &Ui, global: &Global) -> Result<Self, Failure> {
        Self::of(ui, global, Some(Loaded::read(global)?)).await
    }

    /// Does the same for a look at the account: if there is no spec, nothing of one is wanted.
    pub(super) async fn of_account(ui: &Ui, global: &Global) -> Result<Self, Failure> {
        let is_there =
            global.file.iter().any(|file| file.exists()) || global.file != [PathBuf::from(DEFAULT_FILE)];
        let loaded = is_there.then(|| Loaded::without_expectations(global)).transpose()?;
        Self::of(ui, global, loaded).await
    }

    /// Connects to the account, whatever the spec says.
    pub(super) async fn without_spec(ui: &Ui, global: &Global) -> Result<Self, Failure> {
        Self::of(ui, global, None).await
    }

    async fn of(ui: &Ui, global: &Global, loaded: Option<Loaded>) -> Result<Self, Failure> {
        let has_spec = loaded.is_some();
        let mut loaded = loaded.unwrap_or_else(Loaded::nothing);
        let Some(spec) = &loaded.parsed.spec else {
            show(ui, global, &loaded)?;
            return Err(Failure::said(exit::ERROR));
        };
        let organization_trail = organization_trail(spec);
        let asked = loaded.parsed.asked;
        let needs_organization = organization_trail.is_some() || asked.organization;
        let (aws, membership) = connect(ui, global, spec, needs_organization).await?;
        if asked.any() || !spec.head.expect.is_empty() {
            loaded = loaded.with(facts(&aws));
        }
        let Some(spec) = &loaded.parsed.spec else {
            show(ui, global, &loaded)?;
            return Err(Failure::said(exit::ERROR));
        };
        check_account(spec, &aws)?;
        if asked.organization && membership.is_none() {
            let message = format!(
                "the spec asks for `${{org}}`, but the account {} is in no organization",
                aws.account().id
            );
            return Err(Failure::refused(format!("{message}\n  nothing was changed"), "write the id itself"));
        }
        if let Some(path) = organization_trail {
            check_organization(&aws, membership.as_ref(), &path, &loaded.sources())?;
        }
        let home = home(spec, &aws, &loaded.sources())?;
        let resolved = resolve::resolve(spec, aws.account(), &home);
        Ok(Self { aws, stack: spec.head.stack.clone(), resolved, membership, has_spec, home, loaded })
    }

    /// Returns the Region of the entries that name none.
    pub(super) fn home(&self) -> &Region {
        &self.home
    }

    /// Returns the first file of the spec.
    pub(super) fn spec_file(&self) -> &str {
        self.loaded.input.files.first().map_or("", |file| &file.name)
    }

    /// Prints the warnings about the spec, to those who want what it says. Returns the words.
    pub(super) fn warn(&self, ui: &Ui) -> String {
        let found = &self.loaded.parsed.diagnostics;
        if found.is_empty() {
            return String::new();
        }
        let words = diagnostics::human(found, &self.loaded.sources());
        ui.note(&words);
        words
    }

    /// Reads the live state of what the spec names and of what the stack owns.
    pub(super) async fn observe(&self, is_removal: bool) -> Result<Observation, AwsError> {
        let Self { aws, stack, resolved, home, .. } = self;
        observe(aws, &Look { resolved, stack, home, is_removal }).await
    }

    /// Returns where the lock of the stack is kept, and for how many seconds a lease is, if the spec wants a lock.
    pub(super) fn lock(&self) -> Option<(LockPlace<'_>, u64)> {
        let lock = self.loaded.parsed.spec.as_ref()?.head.lock.as_ref()?;
        Some((LockPlace::new(&self.aws, lock, &self.stack, &self.home), lock.lease_seconds))
    }

    /// Says which names on the command line name nothing that the spec or the live account has.
    pub(super) fn note_unknown_names(&self, ui: &Ui, live: &Live, allowed: &Allowed) {
        let wanted = self.resolved.desired.iter().map(|want| (want.address.to_string(), &want.id));
        let seen = live.iter().map(|(id, seen)| {
            let key = match &seen.owner {
                Owner::Stack { resource: Some(key), .. } => key,
                _ => &id.name,
            };
            (Address::new(&id.kind, key).to_string(), id)
        });
        let known: Vec<(String, &ResourceId)> = wanted.chain(seen).collect();
        for name in allowed.destroy.iter().chain(&allowed.delete_data).chain(&allowed.replace_policy) {
            let is_meant = |(address, id): &(String, &ResourceId)| {
                address == name
                    || id.name == *name
                    || address.split_once('.').is_some_and(|(_, key)| key == name)
            };
            if !known.iter().any(is_meant) {
                ui.note(&format!("note: nothing here is named `{}`", visible(name)));
            }
        }
    }

    /// Plans what the spec wants, or the removal of everything.
    pub(super) fn plan(
        &self,
        seen: &Observation,
        is_removal: bool,
        allowed: &Allowed,
    ) -> Result<Plan, Failure> {
        let policy = self.policy(seen, is_removal, allowed);
        let plan = plan(&self.resolved, seen, &policy).map_err(|error| Failure::error(error.to_string()))?;
        let plan = self.located(plan);
        // Who removes everything is not warned of what the spec lacks.
        Ok(if is_removal { Plan { warnings: Vec::new(), ..plan } } else { plan })
    }

    /// Returns the plan as it is saved.
    pub(super) fn sealed(&self, plan: Plan, seen: &Observation, allowed: &Allowed) -> Plan {
        match &self.loaded.parsed.spec {
            Some(spec) => {
                plan.sealed(spec, &self.policy(seen, false, allowed), self.aws.caller(), self.aws.now())
            }
            None => plan,
        }
    }

    /// Returns why a saved plan must not be applied where `fresh` is the plan of now.
    pub(super) fn stale(&self, saved: &Plan, fresh: &Plan) -> Vec<Stale> {
        let spec = self.loaded.parsed.spec.as_ref();
        spec.map(|spec| saved.stale(fresh, spec, self.aws.now())).unwrap_or_default()
    }

    fn policy(&self, seen: &Observation, is_removal: bool, allowed: &Allowed) -> Policy {
        Policy {
            stack: self.stack.clone(),
            account: Account { organization: seen.organization.clone(), ..self.aws.account().clone() },
            is_removal,
            allow_destroy: allowed.destroy.iter().cloned().collect(),
            delete_data: allowed.delete_data.iter().cloned().collect(),
            replace_policy: allowed.replace_policy.iter().cloned().collect(),
            take_from: allowed.take_from.iter().cloned().collect(),
            allow_coverage_loss: allowed.coverage_loss,
        }
    }

    /// Notes where everything of a plan stands in the spec, and what there is to warn of.
    fn located(&self, plan: Plan) -> Plan {
        let sources = self.loaded.sources();
        let warnings = diagnostics::findings(&self.loaded.parsed.diagnostics, &sources).diagnostics;
        let warnings =
            warnings.into_iter().map(|Finding { code, message, file, line, column, help, .. }| Warning {
                code: code.to_owned(),
                message,
                help,
                at: Spot { file, line, column }.to_string(),
            });
        let plan = Plan { warnings: warnings.collect(), ..plan };
        let find = |path: &Path| {
            let Position { file, start: (line, column), .. } = sources.find(&Place::Key(path.clone()));
            Spot { file: file.name.clone(), line, column }
        };
        let written = |address: &Address| {
            let spec = self.loaded.parsed.spec.as_ref()?;
            let (_, attrs) = spec.of_kind(Trail::KIND).find(|(entry, _)| entry.address == *address)?;
            let events: Vec<Selector> = Deserialize::deserialize(&attrs["events"]).ok()?;
            packed::sources(&events)
        };
        plan.located(&find, &written)
    }
}

/// Returns what variables can say of the account.
fn facts(aws: &Aws) -> Facts {
    let Account { id, partition, organization } = aws.account();
    Facts {
        account: Some(id.clone()),
        region: aws.default_region().map(|region| region.0),
        partition: Some(partition.clone()),
        organization: organization.as_ref().map(|organization| organization.id.clone()),
    }
}

/// Returns where the spec asks for an organization trail.
fn organization_trail(spec: &Spec) -> Option<Path> {
    let is_one = |attrs: &serde_json::Value| attrs["organization"] == serde_json::Value::Bool(true);
    let (key, _) = spec.entries.iter().find(|(_, attrs)| is_one(attrs))?;
    Some(entry_path(kind(&key.address.kind)?, &key.address).key("organization"))
}

/// What an organization trail needs, before anything is asked or changed.
fn check_organization(
    aws: &Aws,
    membership: Option<&Membership>,
    at: &Path,
    source: &Sources<'_>,
) -> Result<(), Failure> {
    let account = &aws.account().id;
    let obstacle = match membership {
        Some(membership) => membership.obstacle(account),
        None => Some((
            format!("the account {account} is in no organization"),
            "remove `organization: true`, or use credentials of an organization's management account"
                .to_owned(),
        )),
    };
    let Some((message, help)) = obstacle else { return Ok(()) };
    let at = source.position(&Place::Value(at.clone()));
    Err(Failure::refused(format!("{at}: {message}\n  nothing was changed"), help))
}

async fn connect(
    ui: &Ui,
    global: &Global,
    spec: &Spec,
    needs_organization: bool,
) -> Result<(Aws, Option<Membership>), Failure> {
    let access = global.access();
    let region = access.region.as_ref().or(spec.head.region.as_ref());
    let sdk = match &global.sandbox {
        Some(dir) => {
            let sandbox = Sandbox::open(dir).map_err(|error| {
                Failure::error(error.with_causes()).help("name another directory with `--sandbox=DIR`")
            })?;
            config::sandbox(sandbox, region)
        }
        None => {
            let access = config::Access { region: region.cloned(), ..access.clone() };
            config::load(&access, spec.head.assume_role.as_ref()).await?
        }
    };
    // One of the environment or of a profile: those of the spec and of the command line are looked at already.
    if let Some(region) =
        sdk.region().filter(|code| region.is_none_or(|given| given.as_str() != code.as_ref()))
    {
        check_region(ui, region.as_ref(), &format!("`{region}`, of AWS_REGION or the profile,"))?;
    }
    let progress = ui.progress("Asking AWS who the caller is");
    config::check_credentials(&sdk).await.map_err(|error| {
        Failure::error(format!("{error:#}\n  nothing was changed")).help(match config::role_of_token() {
            Some(_) => "see that the role trusts the issuer of the token, its audience and its subject, and that STS can be reached",
            None => {
                "set AWS_PROFILE or the AWS_ACCESS_KEY_ID pair, or run `aws sso login`; `--sandbox` needs none"
            }
        })
    })?;
    let aws = Aws::connect(sdk, usize::from(global.parallelism), needs_organization).await;
    drop(progress);
    Ok(aws?)
}

/// The guards of the spec: a plan for one account must not meet another.
fn check_account(spec: &Spec, aws: &Aws) -> Result<(), Failure> {
    let found = aws.account();
    let guards =
        [("account", &spec.head.account, &found.id), ("partition", &spec.head.partition, &found.partition)];
    for (what, wanted, found) in guards {
        if let Some(wanted) = wanted.as_ref().filter(|wanted| *wanted != found) {
            let message = format!(
                "the spec is for the {what} {wanted}, but the credentials ({}) are for {found}\n  nothing was changed",
                aws.caller()
            );
            return Err(Failure::refused(message, "use other credentials, such as another --profile"));
        }
    }
    Ok(())
}

fn home(spec: &Spec, aws: &Aws, source: &Sources<'_>) -> Result<Region, Failure> {
    if let Some(region) = spec.head.region.clone().or_else(|| aws.default_region()) {
        return Ok(region);
    }
    if let Some(path) = resolve::lacks_region(spec) {
        let at = source.position(&Place::Key(path.clone()));
        return Err(Failure::error(format!("{at}: {path} has no Region, and none is configured"))
            .help("write `region:` in the spec, or set AWS_REGION"));
    }
    let of_entry = spec.entries.values().find_map(|attrs| attrs["region"].as_str());
    Ok(Region::new(of_entry.unwrap_or("us-east-1")))
}
