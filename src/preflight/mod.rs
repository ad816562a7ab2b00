//! Whether what is around a trail will let CloudTrail in, before CloudTrail is asked: what it checks when a trail is made, on
//! the policies that will be in force.
//!
//! What is certain is told from what is not: AWS knows more of a request than is known here.

pub mod requests;
mod verdict;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use self::{
    requests::{Need, Trail, of_log_groups_key},
    verdict::{Answers, Policies},
};
use crate::{
    kinds::{Resource as _, kind, log_group, trail},
    path::Path,
    policy::document::is_generated,
    resource::{Address, Desired, Existing, reference},
};

/// What a spec wants, and what is known of the rest.
pub struct Setup<'a> {
    /// The stack.
    pub stack: &'a str,
    /// The id of the account's organization.
    pub organization: Option<&'a str>,
    /// The entries.
    pub desired: &'a [Desired],
    /// The attributes that an entry will have, with the references in them filled in as far as they are known. `None` for one
    /// that is left as it is.
    pub becoming: &'a dyn Fn(&'a Desired) -> Option<&'a Value>,
    /// An output of an entry, or of what others manage, as far as it is known.
    pub output: &'a dyn Fn(&Address, &str) -> Option<String>,
    /// What others manage.
    pub existing: &'a BTreeMap<Address, Existing>,
}

/// Something that keeps CloudTrail out, or may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What kind of finding it is, in kebab-case; stable.
    pub code: &'static str,
    /// Whether it is certain.
    pub is_certain: bool,
    /// The entry that has to change.
    pub address: Address,
    /// The place in the spec.
    pub at: Path,
    /// Whether that is a statement which the spec itself holds, so that everything could be said without AWS.
    pub is_written: bool,
    /// All entries that are concerned.
    pub concerns: BTreeSet<Address>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// Something that a trail or a log group uses.
struct Thing<'a> {
    address: Address,
    /// Its entry, if the spec has one.
    entry: Option<&'a Desired>,
    /// Its attributes; of what others manage, those that could be read.
    attrs: &'a Value,
}

/// Who asks a thing, and for what.
struct Asking<'a> {
    /// The entry that uses the thing.
    by: &'a Desired,
    /// Which of its attributes names the thing.
    link: Path,
    /// What is asked for.
    needs: Vec<Need>,
}

/// Returns everything that keeps CloudTrail, or CloudWatch Logs for a log group, out of what it needs.
pub fn check(setup: &Setup<'_>) -> Vec<Finding> {
    let mut answers = Answers::new(setup.stack);
    for entry in setup.desired {
        let Some(attrs) = (setup.becoming)(entry) else { continue };
        match entry.address.kind.as_str() {
            trail::Trail::KIND => setup.trail(entry, attrs, &mut answers),
            log_group::LogGroup::KIND => setup.log_group(entry, &mut answers),
            _ => {}
        }
    }
    words::findings(answers)
}

/// Returns whether a trail of this ARN may deliver: its bucket lets it write, and its key lets it encrypt. What is not known is
/// taken to let it in: only a certain no counts.
pub fn lets_in(
    arn: &str,
    organization: Option<&str>,
    (bucket, of_bucket, prefix): (&str, Option<&Value>, Option<&str>),
    key: Option<(&str, Option<&Value>)>,
) -> bool {
    let Some(trail) = Trail::of_arn(arn, organization) else { return true };
    let lets_in = |attrs: Option<&Value>, needs: Vec<Need>| {
        let policies = attrs.and_then(|attrs| Policies::of_resource(attrs, "policy"));
        policies.is_none_or(|policies| !needs.iter().any(|need| policies.keep_out(need)))
    };
    let has_bucket_key = of_bucket.is_some_and(|attrs| attrs["encryption"]["bucket_key"] == true);
    let lets_encrypt = |(name, attrs): (&str, Option<&Value>)| {
        attrs.is_none_or(|attrs| attrs["enabled"] != false)
            && lets_in(attrs, trail.of_key(name, bucket, has_bucket_key))
    };
    lets_in(of_bucket, trail.of_bucket(bucket, prefix, key.map(|(name, _)| name)))
        && key.is_none_or(lets_encrypt)
}

impl<'a> Setup<'a> {
    fn trail(&self, entry: &'a Desired, attrs: &Value, answers: &mut Answers<'a>) {
        let organization = self.organization.filter(|_| attrs["organization"] == true);
        let known = (self.output)(&entry.address, "arn").or_else(|| entry.outputs.get("arn").cloned());
        let Some(arn) = known else { return };
        let Some(trail) = Trail::of_arn(&arn, organization) else { return };
        let Some(bucket) = attrs["bucket"].as_str() else { return };
        let key = attrs["kms_key"].as_str();
        let ask = |link: Path, needs| Asking { by: entry, link, needs };

        let at = Path::keys(["bucket"]);
        let of_bucket = self.thing(entry, &at);
        if let Some(thing) = &of_bucket {
            let needs = trail.of_bucket(bucket, attrs["prefix"].as_str(), key);
            answers.judge(thing, Policies::of_resource(thing.attrs, "policy"), ask(at.clone(), needs));
            if key.is_none() {
                self.default_key(thing, &trail, &ask(at, Vec::new()), answers);
            }
        }
        let at = Path::keys(["kms_key"]);
        if let (Some(thing), Some(key)) = (self.thing(entry, &at), key) {
            let has_bucket_key =
                of_bucket.as_ref().is_some_and(|thing| thing.attrs["encryption"]["bucket_key"] == true);
            let needs = trail.of_key(key, bucket, has_bucket_key);
            answers.judge(&thing, Policies::of_resource(thing.attrs, "policy"), ask(at.clone(), needs));
            let regions = of_bucket.as_ref().and_then(region).zip(region(&thing));
            if let Some((bucket, key)) = regions.filter(|(bucket, key)| bucket != key) {
                answers.elsewhere(&thing, &ask(at, Vec::new()), key, bucket);
            }
        }
        let at = Path::keys(["topic"]);
        if let (Some(thing), Some(topic)) = (self.thing(entry, &at), attrs["topic"].as_str()) {
            let needs = trail.of_topic(topic);
            answers.judge(&thing, Policies::of_resource(thing.attrs, "policy"), ask(at.clone(), needs));
            self.key_of(&thing, &Path::keys(["kms_key"]), &trail, &ask(at, Vec::new()), answers, true);
        }
        let at = Path::keys(["cloudwatch_logs"]);
        let (group, role) = (&attrs["cloudwatch_logs"]["log_group"], &attrs["cloudwatch_logs"]["role"]);
        let at = at.key("role");
        if let (Some(thing), Some(group), Some(role)) =
            (self.thing(entry, &at), group.as_str(), role.as_str())
        {
            let trust = Policies::of_trust(thing.attrs);
            answers.judge(&thing, trust, ask(at.clone(), trail.of_trust(role)));
            // An ARN that is not known yet matches no statement of others.
            if !group.contains("${") {
                let needs = trail.of_role(role, log_group::without_star(group));
                answers.judge(&thing, Policies::of_role(thing.attrs), ask(at, needs));
            }
        }
    }

    /// S3 may encrypt what is written without a key with the bucket's default one.
    fn default_key(
        &self,
        bucket: &Thing<'a>,
        trail: &Trail<'_>,
        asking: &Asking<'a>,
        answers: &mut Answers<'a>,
    ) {
        let at = Path::keys(["encryption", "kms_key"]);
        self.key_of(bucket, &at, trail, asking, answers, false);
    }

    /// Judges the key of a thing, which must let in who delivers there.
    fn key_of(
        &self,
        thing: &Thing<'a>,
        at: &Path,
        trail: &Trail<'_>,
        asking: &Asking<'a>,
        answers: &mut Answers<'a>,
        is_certain: bool,
    ) {
        let Some(entry) = thing.entry else { return };
        let Some(key) = self.thing(entry, at) else { return };
        let arn = self.arn(&key.address);
        let needs = trail.of_their_key(&arn).into_iter().map(|need| Need { is_certain, ..need }).collect();
        let asking = Asking { by: asking.by, link: asking.link.clone(), needs };
        answers.judge(&key, Policies::of_resource(key.attrs, "policy"), asking);
    }

    fn log_group(&self, entry: &'a Desired, answers: &mut Answers<'a>) {
        let link = Path::keys(["kms_key"]);
        let Some(thing) = self.thing(entry, &link) else { return };
        let region = &entry.id.region;
        let service = format!("logs.{region}.{}", region.dns_suffix());
        let Some(group) = entry.outputs.get("arn") else { return };
        let account = group.split(':').nth(4).unwrap_or_default();
        let group = log_group::without_star(group);
        let needs = of_log_groups_key(&service, account, group, &self.arn(&thing.address));
        let asking = Asking { by: entry, link, needs };
        answers.judge(&thing, Policies::of_resource(thing.attrs, "policy"), asking);
    }

    /// Returns the ARN of a thing, or the reference that stands for it.
    fn arn(&self, address: &Address) -> String {
        (self.output)(address, "arn").unwrap_or_else(|| reference::to(address, "arn"))
    }

    /// Returns what an attribute of an entry names, if something is known of it.
    fn thing(&self, entry: &'a Desired, attribute: &Path) -> Option<Thing<'a>> {
        let links = kind(&entry.address.kind)?.links(&entry.attrs);
        let (_, _, to) = links.into_iter().find(|(path, ..)| path == attribute)?;
        let mut named = None;
        reference::visit(&Value::from(to.as_str()), &mut |address, _| named = Some(address.clone()));
        let address = named?;
        if let Some(existing) = self.existing.get(&address) {
            return Some(Thing { address, entry: None, attrs: &existing.attrs });
        }
        let entry = self.desired.iter().find(|one| one.address == address)?;
        Some(Thing { address, entry: Some(entry), attrs: (self.becoming)(entry)? })
    }
}

impl Thing<'_> {
    /// Returns where the spec has a statement of one of the thing's policies, if the spec itself has it.
    fn statement(&self, stack: &str, policy: &Path, place: usize) -> Option<Path> {
        let entry = self.entry?;
        let written = policy.value_in(&entry.attrs)?.get("statements")?.as_array()?;
        let is_ours = |one: &&Value| one["Sid"].as_str().is_some_and(|sid| is_generated(stack, sid));
        let generated = written.iter().take_while(is_ours).count();
        let index = place.checked_sub(generated).filter(|_| place < written.len())?;
        Some(entry.origin.join(policy).key("statements").index(index))
    }
}

/// Returns the Region of a thing. Only buckets of others are asked for theirs: ARNs of keys tell it.
fn region(thing: &Thing<'_>) -> Option<String> {
    let known = || thing.attrs["region"].as_str().map(str::to_owned);
    let of_name = || {
        let (region, _) = thing.address.logical.strip_prefix('=')?.split_once('=')?;
        (thing.address.kind != "bucket").then(|| region.to_owned())
    };
    match thing.entry {
        Some(entry) => Some(entry.id.region.to_string()),
        None => known().or_else(of_name),
    }
}
