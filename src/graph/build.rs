//! From a resolved spec, and a plan if there is one, to nodes and edges.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize as _;
use serde_json::Value;

use super::{Edge, FORMAT, Flow, Graph, Kind, Manager, Mark, Node};
use crate::{
    estate::records,
    kinds::{self, References, trail::Trail},
    plan::{Action, Plan},
    resolve::Resolved,
    resource::{Address, Outputs, ResourceId, reference, region::Region},
    spec::variables,
};

/// Makes the graph of a spec. `unplaced` are the entries whose Region is not known. With a plan the nodes say what it does, and
/// what it deletes or leaves alone is there too.
pub fn graph(stack: &str, resolved: &Resolved, unplaced: &BTreeSet<Address>, plan: Option<&Plan>) -> Graph {
    let mut drawing = Drawing { plan, all: Vec::new() };
    for want in &resolved.desired {
        let (id, attrs, outputs) = (Some(&want.id), Some(&want.attrs), Some(&want.outputs));
        let who = Who { id, attrs, outputs, is_wanted: true };
        let at = drawing.add(Manager::Stack, Some(&want.address), who);
        if let Some((node, _)) = at.filter(|_| unplaced.contains(&want.address)) {
            node.region = None;
        }
    }
    for (address, wanted) in &resolved.existing {
        let who = Who { id: Some(&wanted.id), ..Who::default() };
        if let Some((node, known)) = drawing.add(Manager::Others, None, who) {
            known.referred = Some(address);
            // A name that is no ARN does not tell the Region.
            node.region = node.region.take().filter(|_| wanted.id.name.starts_with("arn:"));
        }
    }
    if let Some(plan) = plan {
        drawing.add_planned(plan);
    }
    let edges = drawing.connect();
    drawing.done(stack, edges)
}

/// What is known of a node, to find who refers to it and what it refers to.
#[derive(Clone, Copy, Default)]
struct Who<'a> {
    id: Option<&'a ResourceId>,
    attrs: Option<&'a Value>,
    outputs: Option<&'a Outputs>,
    /// Whether the spec wants it.
    is_wanted: bool,
}

#[derive(Default)]
struct Known<'a> {
    who: Who<'a>,
    /// What its outputs are: by the spec, and by the steps of the plan.
    told: Vec<&'a Outputs>,
    /// By which references name it.
    referred: Option<&'a Address>,
}

struct Drawing<'a> {
    plan: Option<&'a Plan>,
    all: Vec<(Node, Known<'a>)>,
}

impl<'a> Drawing<'a> {
    fn add(
        &mut self,
        managed_by: Manager,
        address: Option<&'a Address>,
        who: Who<'a>,
    ) -> Option<&mut (Node, Known<'a>)> {
        let id = who.id?;
        let kind = Kind::of(&id.kind)?;
        let wanted = address.filter(|_| who.is_wanted);
        let steps = self.plan.iter().flat_map(|plan| &plan.steps).filter(|step| step.resource == *id);
        let told: Vec<&Outputs> = who.outputs.into_iter().chain(steps.map(|step| &step.outputs)).collect();
        let action = self.plan.and_then(|plan| mark(plan, id, wanted));
        let node = Node {
            kind,
            address: address.cloned(),
            name: name(id),
            arn: arn(id, &told),
            region: (kind != Kind::Role).then(|| id.region.clone()),
            details: who.attrs.map(|attrs| details(kind, attrs)).unwrap_or_default(),
            managed_by,
            action,
            is_refused: false,
        };
        self.all.push((node, Known { who, told, referred: wanted }));
        self.all.last_mut()
    }

    /// Adds what a plan deletes, leaves alone or refuses and the spec does not have.
    fn add_planned(&mut self, plan: &'a Plan) {
        for step in plan.steps.iter().filter(|step| step.action != Action::Verify) {
            if self.all.iter().all(|(_, known)| known.who.id != Some(&step.resource)) {
                let (id, attrs, outputs) = (Some(&step.resource), Some(&step.attrs), Some(&step.outputs));
                let who = Who { id, attrs, outputs, is_wanted: false };
                self.add(Manager::Stack, Some(&step.address), who);
            }
        }
        for note in &plan.left_alone {
            // The spec may name it as one that others manage.
            let is_it = |node: &Node| node.managed_by == Manager::Others && is_named(node, &note.address);
            match self.all.iter_mut().find(|(node, _)| is_it(node)) {
                Some((node, _)) => node.action = Some(Mark::LeftAlone),
                None => self.add_bare(&note.address, Some(Mark::LeftAlone)),
            }
        }
        for refusal in &plan.refused {
            let has_it = |node: &Node| node.address.as_ref() == Some(&refusal.address);
            if !self.all.iter().any(|(node, _)| has_it(node)) {
                self.add_bare(&refusal.address, None);
            }
            // Of several with one address, all are meant.
            for (node, _) in self.all.iter_mut().filter(|(node, _)| has_it(node)) {
                node.is_refused = true;
            }
        }
    }

    /// Adds what only its address is known of.
    fn add_bare(&mut self, address: &'a Address, action: Option<Mark>) {
        let Some(kind) = Kind::of(&address.kind) else { return };
        let node = bare(kind, address.logical.clone(), Manager::Stack);
        let node = Node { address: Some(address.clone()), action, ..node };
        self.all.push((node, Known::default()));
    }

    /// Finds what each node refers to, and adds what is referred to and not there.
    fn connect(&mut self) -> BTreeSet<Edge> {
        let mut edges = BTreeSet::new();
        for from in 0..self.all.len() {
            let Who { id: Some(id), attrs: Some(attrs), .. } = self.all[from].1.who else { continue };
            // The attributes of a saved plan may be anything.
            let references: References = kinds::kind(&id.kind)
                .and_then(|kind| kind.read(attrs).ok())
                .map(|(_, found)| found)
                .unwrap_or_default();
            let mut ends = BTreeMap::new();
            for (path, kind, to) in references {
                let Some(to) = self.find(kind, to.as_str()) else { continue };
                ends.insert(path.last_key().unwrap_or_default().to_owned(), to);
            }
            let is_trail = self.all[from].0.kind == Kind::Trail;
            for (key, to) in &ends {
                let (from, flow) = match key.as_str() {
                    "bucket" if is_trail => (from, Flow::LogFiles),
                    "bucket" => (from, Flow::AccessLogs),
                    "topic" => (from, Flow::Notifications),
                    "role" => (from, Flow::Events),
                    "log_group" => (ends.get("role").copied().unwrap_or(from), Flow::Events),
                    _ => (from, Flow::EncryptedWith),
                };
                if from != *to {
                    edges.insert(Edge { from, to: *to, flow });
                }
            }
            if is_trail && let Some(events) = events(attrs) {
                self.all.push((events, Known::default()));
                edges.insert(Edge { from: self.all.len() - 1, to: from, flow: Flow::Records });
            }
        }
        edges
    }

    /// Returns the node that a reference names: by `${KIND.KEY.OUTPUT}`, by its name or by its ARN.
    fn find(&mut self, kind: &str, text: &str) -> Option<usize> {
        let (of, kind) = (kind, Kind::of(kind)?);
        let mut address = None;
        reference::visit(&Value::String(text.to_owned()), &mut |found, _| address = Some(found.clone()));
        let is_it = |(node, known): &(Node, Known<'_>)| {
            let is_told = |outputs: &Outputs| outputs.values().any(|output| output == text);
            let is_meant = match &address {
                Some(address) => known.referred == Some(address),
                None => {
                    known.who.id.is_some_and(|id| id.name == text)
                        || known.told.iter().any(|outputs| is_told(outputs))
                        || node.managed_by == Manager::Unknown
                            && node.arn.as_ref().unwrap_or(&node.name) == text
                }
            };
            node.kind == kind && is_meant
        };
        if let Some(place) = self.all.iter().position(is_it) {
            return Some(place);
        }
        let id = ResourceId { kind: of.to_owned(), region: Region::new(""), name: text.to_owned() };
        let arn = text.starts_with("arn:").then(|| text.to_owned());
        self.all.push((Node { arn, ..bare(kind, name(&id), Manager::Unknown) }, Known::default()));
        Some(self.all.len() - 1)
    }

    /// Puts the nodes in the order of their kinds.
    fn done(self, stack: &str, edges: BTreeSet<Edge>) -> Graph {
        let mut order: Vec<usize> = (0..self.all.len()).collect();
        order.sort_by_key(|place| self.all[*place].0.kind);
        let mut place_of = vec![0; order.len()];
        for (new, old) in order.iter().enumerate() {
            place_of[*old] = new;
        }
        let moved = |edge: Edge| Edge { from: place_of[edge.from], to: place_of[edge.to], flow: edge.flow };
        let edges: BTreeSet<Edge> = edges.into_iter().map(moved).collect();
        let nodes = order.iter().map(|place| self.all[*place].0.clone()).collect();
        Graph {
            format: FORMAT,
            stack: stack.to_owned(),
            is_planned: self.plan.is_some(),
            nodes,
            edges: edges.into_iter().collect(),
        }
    }
}

/// Returns what a plan does to a resource. `wanted` is its entry, if the spec has one.
fn mark(plan: &Plan, id: &ResourceId, wanted: Option<&Address>) -> Option<Mark> {
    let steps = plan.steps.iter().filter(|step| step.resource == *id && step.action != Action::Verify);
    let actions: BTreeSet<Action> = steps.map(|step| step.action).collect();
    let has = |action| actions.contains(&action);
    let is_made = has(Action::Create) || has(Action::Update) || has(Action::Replace);
    Some(match wanted {
        _ if has(Action::Delete) && !is_made => Mark::Delete,
        None if has(Action::Delete) => Mark::Temporary,
        Some(_) if has(Action::Delete) => Mark::Replace,
        _ if has(Action::Replace) => Mark::Replace,
        _ if has(Action::Create) => Mark::Create,
        _ if has(Action::Update) => Mark::Update,
        Some(address) if plan.unchanged.contains(address) => Mark::Unchanged,
        _ => return None,
    })
}

fn bare(kind: Kind, name: String, managed_by: Manager) -> Node {
    Node {
        kind,
        address: None,
        name,
        arn: None,
        region: None,
        details: Vec::new(),
        managed_by,
        action: None,
        is_refused: false,
    }
}

fn is_named(node: &Node, address: &Address) -> bool {
    Kind::of(&address.kind) == Some(node.kind) && node.name == address.logical
}

/// Returns what a person would call a resource.
fn name(id: &ResourceId) -> String {
    let named = || kinds::kind(&id.kind)?.of_arn(&id.name, &id.region).map(|of| of.name);
    match id.name.starts_with("arn:") {
        true => named().unwrap_or_else(|| short(&id.name).to_owned()),
        false => id.name.clone(),
    }
}

/// Returns what an ARN says behind the account.
fn short(arn: &str) -> &str {
    arn.splitn(6, ':').nth(5).unwrap_or(arn)
}

/// Returns the ARN of a resource, if it is known: one of an account that is stood in for is not.
fn arn(id: &ResourceId, told: &[&Outputs]) -> Option<String> {
    let mut told = told.iter().filter_map(|outputs| outputs.get("arn"));
    let arn = told
        .find(|arn| arn.starts_with("arn:"))
        .or_else(|| Some(&id.name).filter(|name| name.starts_with("arn:")))?;
    (!arn.contains(variables::ACCOUNT)).then(|| arn.clone())
}

fn details(kind: Kind, attrs: &Value) -> Vec<String> {
    let (Kind::Trail, Ok(trail)) = (kind, Trail::deserialize(attrs)) else { return Vec::new() };
    let prefix = trail.prefix.map(|prefix| format!("prefix {prefix}"));
    let said = [
        Some(if trail.multi_region { "all Regions" } else { "one Region" }.to_owned()),
        (!trail.logging).then(|| "does not log".to_owned()),
        trail.organization.then(|| "all accounts of the organization".to_owned()),
        prefix,
    ];
    said.into_iter().flatten().collect()
}

/// Returns the node of what a trail records.
fn events(attrs: &Value) -> Option<Node> {
    let trail = Trail::deserialize(attrs).ok()?;
    let words = records(&trail);
    let mut details: Vec<String> = words.split("; ").map(str::to_owned).collect();
    details.extend(trail.insights.iter().map(|one| format!("Insights: {}", one.r#type)));
    Some(Node { details, ..bare(Kind::Events, String::new(), Manager::Stack) })
}
