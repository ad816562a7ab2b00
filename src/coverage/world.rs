//! What else is known of events: which ones AWS cannot make, and which words look like its own.

use crate::events::sources;

use super::{Assumptions, Condition, Event, Field, Operator, Pattern, Trail};

/// The partition and leader Regions that a comparison is about, and what follows for events.
pub(super) struct World {
    pub(super) rules: Assumptions,
    /// Patterns of events that cannot be. Whatever is not certain is left out.
    pub(super) impossible: Vec<Pattern>,
    /// Patterns of events that do not look like those of AWS: no good examples, and no more than that.
    pub(super) unlikely: [Pattern; 1],
    partition: String,
    leader: String,
}

/// How events of a type of resources look.
struct Kind {
    r#type: &'static str,
    service: &'static str,
    /// What the ARNs start with, after `arn:` and the partition.
    arn: &'static str,
    /// How an ARN goes on, `{r}` for the Region and `{a}` for the account.
    rest: &'static str,
    reads: &'static str,
    writes: &'static str,
}

/// The types of resources whose data events are recorded most (User Guide, "Logging data events").
#[rustfmt::skip]
const KINDS: [Kind; 8] = [
    Kind { r#type: "AWS::S3::Object", service: "s3", arn: ":s3:::", rest: "bucket/key", reads: "GetObject", writes: "PutObject" },
    Kind { r#type: "AWS::Lambda::Function", service: "lambda", arn: ":lambda:", rest: "{r}:{a}:function:name", reads: "Invoke", writes: "Invoke" },
    Kind { r#type: "AWS::DynamoDB::Table", service: "dynamodb", arn: ":dynamodb:", rest: "{r}:{a}:table/name", reads: "GetItem", writes: "PutItem" },
    Kind { r#type: "AWS::DynamoDB::Stream", service: "dynamodb", arn: ":dynamodb:", rest: "{r}:{a}:table/name/stream/date", reads: "GetRecords", writes: "GetRecords" },
    Kind { r#type: "AWS::S3::AccessPoint", service: "s3", arn: ":s3:", rest: "{r}:{a}:accesspoint/name", reads: "GetObject", writes: "PutObject" },
    Kind { r#type: "AWS::SNS::Topic", service: "sns", arn: ":sns:", rest: "{r}:{a}:name", reads: "Publish", writes: "Publish" },
    Kind { r#type: "AWS::SQS::Queue", service: "sqs", arn: ":sqs:", rest: "{r}:{a}:name", reads: "ReceiveMessage", writes: "SendMessage" },
    Kind { r#type: "AWS::EC2::Snapshot", service: "ebs", arn: ":ec2:", rest: "{r}::snapshot/snap-0a1b2c3d", reads: "GetSnapshotBlock", writes: "PutSnapshotBlock" },
];

/// Stands for a Region that does not exist yet.
pub(super) const LATER_REGION: &str = "xx-later-1";

/// What CloudTrail does when it delivers log files (User Guide, "Suppressing recursive events").
pub const DELIVERIES: [(&str, &str); 2] =
    [("s3.amazonaws.com", "PutObject"), ("logs.amazonaws.com", "PutLogEvents")];

/// The services whose events are those of a global service, wherever their requests go (User Guide, "CloudTrail concepts").
pub const GLOBAL_SOURCES: [&str; 2] = ["iam.amazonaws.com", "cloudfront.amazonaws.com"];

impl World {
    /// Returns the world of these trails.
    pub(super) fn of<'t>(rules: Assumptions, trails: impl IntoIterator<Item = &'t Trail>) -> Self {
        let trails: Vec<&Trail> = trails.into_iter().collect();
        let partitions: Vec<&str> = trails.iter().map(|trail| trail.partition.as_str()).collect();
        let leaders: Vec<&str> = trails.iter().map(|trail| trail.leader.as_str()).collect();
        Self {
            rules,
            impossible: impossible(&partitions, &leaders),
            unlikely: [unlikely()],
            partition: trails.first().map_or("aws", |trail| &trail.partition).to_owned(),
            leader: trails.first().map_or("us-east-1", |trail| &trail.leader).to_owned(),
        }
    }

    /// Returns whether the event can be, as far as is known.
    pub(super) fn is_possible(&self, event: &Event) -> bool {
        !self.impossible.iter().any(|pattern| pattern.contains(event, &self.rules))
    }

    /// Returns whether the event looks like those of AWS.
    pub(super) fn is_likely(&self, event: &Event) -> bool {
        !self.unlikely.iter().any(|pattern| pattern.contains(event, &self.rules))
    }

    /// Gives a field the value that it has in a plain event which is like this one in the fields before.
    pub(super) fn set_usual(&self, field: &Field, event: &mut Event) {
        let category = event.get(&Field::EventCategory);
        let is_there = match field {
            Field::ResourceType | Field::ResourceArn => category == Some("Data"),
            Field::VpcEndpointId => category == Some("NetworkActivity"),
            Field::ConsoleSession | Field::ErrorCode | Field::Other(_) => false,
            _ => true,
        };
        let word = self.words(field, event).into_iter().next().filter(|_| is_there);
        event.values.remove(field);
        event.holding.remove(field);
        event.values.extend(word.map(|word| (field.clone(), word)));
    }

    /// Returns what may be put between `start` and `end` to make a likely value, the best first.
    pub(super) fn fillers(&self, field: &Field, event: &Event, start: &str, end: &str) -> Vec<String> {
        let words = self.words(field, event);
        let mut fillers: Vec<String> = words.iter().flat_map(|word| completions(start, word)).collect();
        if *field == Field::EventName {
            let parts = if start.is_empty() {
                ["Head", "Get", "Put", "List"]
            } else {
                ["Object", "Bucket", "Item", "Key"]
            };
            let at = if end.is_empty() { fillers.len() } else { 0 };
            fillers.splice(at..at, parts.map(str::to_owned));
        }
        // What ends so already needs no second end.
        for filler in fillers.iter_mut().filter(|_| !end.is_empty()) {
            if let Some(shorter) = filler.strip_suffix(end) {
                *filler = shorter.to_owned();
            }
        }
        fillers.extend([String::from("x"), String::from("0"), String::new()]);
        fillers
    }

    /// Returns likely values of a field, the best first.
    fn words(&self, field: &Field, event: &Event) -> Vec<String> {
        let of = |field| event.get(&field);
        let kind = KINDS.iter().find(|kind| of(Field::ResourceType) == Some(kind.r#type));
        let (is_global, reads) = (of(Field::Scope) == Some("global"), of(Field::ReadOnly) == Some("true"));
        let list = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let account = of(Field::Account).unwrap_or("111122223333");
        match field {
            Field::ResourceType => KINDS.iter().map(|kind| kind.r#type.to_owned()).collect(),
            Field::Account => list(&["111122223333", "444455556666", "777788889999"]),
            Field::Region if is_global => vec![self.leader.clone()],
            Field::Region => self.regions(),
            Field::EventSource => match kind {
                Some(kind) => vec![format!("{}.amazonaws.com", kind.service)],
                None if is_global => list(&["iam.amazonaws.com", "cloudfront.amazonaws.com"]),
                None => list(&["ec2.amazonaws.com", "sts.amazonaws.com", "kms.amazonaws.com"]),
            },
            Field::EventName => match kind {
                Some(kind) => list(&[if reads { kind.reads } else { kind.writes }, kind.reads, kind.writes]),
                None if is_global => list(&[if reads { "ListUsers" } else { "CreateUser" }]),
                None => list(&[if reads { "DescribeInstances" } else { "RunInstances" }]),
            },
            Field::EventType => list(&["AwsApiCall", "AwsServiceEvent"]),
            Field::ResourceArn => {
                let kind = kind.unwrap_or(&KINDS[0]);
                let arn = |region: String| {
                    let rest = kind.rest.replace("{r}", &region).replace("{a}", account);
                    format!("arn:{}{}{rest}", self.partition, kind.arn)
                };
                of(Field::Region).map(str::to_owned).into_iter().chain(self.regions()).map(arn).collect()
            }
            Field::UserIdentityArn => vec![format!("arn:{}:iam::{account}:user/alice", self.partition)],
            Field::ErrorCode => list(&["VpceAccessDenied", "AccessDenied"]),
            Field::VpcEndpointId => list(&["vpce-0a1b2c3d4e5f67890"]),
            _ => list(field.values()),
        }
    }

    /// Returns some Regions of the partition, and one to come.
    fn regions(&self) -> Vec<String> {
        let known: &[&str] = match self.partition.as_str() {
            "aws" => &["eu-west-1", "us-east-1", "us-west-2", "ap-southeast-2"],
            "aws-cn" => &["cn-north-1", "cn-northwest-1"],
            "aws-us-gov" => &["us-gov-west-1", "us-gov-east-1"],
            _ => &[&self.leader],
        };
        known.iter().chain(&[LATER_REGION]).map(|region| (*region).to_owned()).collect()
    }
}

/// Returns what makes a value like `word` out of one that starts with `start`: the rest of the word if it starts so too, else
/// the rest of the word after as many colons.
fn completions(start: &str, word: &str) -> Vec<String> {
    if let Some(rest) = word.strip_prefix(start) {
        return vec![rest.to_owned()];
    }
    let colons = start.matches(':').count();
    let mut rest = word.splitn(colons + 1, ':').skip(colons);
    match (rest.next(), start.ends_with(':')) {
        (Some(rest), true) => vec![rest.to_owned()],
        // Within a part of an ARN: `x` ends the part, and the word tells how it goes on.
        (Some(rest), false) => match rest.find([':', '/']).filter(|_| !start.contains('/')) {
            Some(at) => vec![format!("x{}", &rest[at..])],
            None => Vec::new(),
        },
        (None, _) => Vec::new(),
    }
}

/// A source that is not named like a service of AWS. (User Guide, "CloudTrail record contents": it is "typically" named so.)
fn unlikely() -> Pattern {
    let otherwise = Condition::new(Operator::NotEndsWith, [sources::SUFFIX]);
    Pattern::default().and(Field::EventSource, otherwise)
}

/// Returns patterns of events that cannot be where trails are in these partitions with these leader Regions.
fn impossible(partitions: &[&str], leaders: &[&str]) -> Vec<Pattern> {
    let any = Pattern::default;
    let but = |values: &[&str]| Condition::new(Operator::NotEquals, values.iter().copied());
    // Has the field (an event without it does not start with anything), and starts otherwise.
    let odd = |starts: Vec<String>| {
        Condition::new(Operator::StartsWith, [""]).with(Operator::NotStartsWith, starts)
    };
    let deliveries = || any().is(Field::SelfDelivery, "yes");
    let mut impossible = vec![
        any().is(Field::Scope, "global").and(Field::EventCategory, but(&["Management"])),
        deliveries().and(Field::EventSource, but(&DELIVERIES.map(|(source, _)| source))),
        deliveries().and(Field::EventName, but(&DELIVERIES.map(|(_, name)| name))),
        deliveries().is(Field::ReadOnly, "true"),
        deliveries().is(Field::Scope, "global"),
        deliveries().is(Field::EventSource, DELIVERIES[0].0).and(Field::EventCategory, but(&["Data"])),
        any().and(Field::UserIdentityArn, odd(vec!["arn:".to_owned()])),
        any()
            .is(Field::Scope, "regional")
            .and(Field::EventSource, Condition::new(Operator::Equals, GLOBAL_SOURCES)),
    ];
    // Without any trail, neither partition nor leader Region is known.
    if !leaders.is_empty() {
        impossible.push(any().is(Field::Scope, "global").and(Field::Region, but(leaders)));
    }
    for Kind { r#type, arn, .. } in KINDS.iter().filter(|_| !partitions.is_empty()) {
        let starts = partitions.iter().map(|partition| format!("arn:{partition}{arn}")).collect();
        impossible.push(any().is(Field::ResourceType, r#type).and(Field::ResourceArn, odd(starts)));
    }
    impossible
}
