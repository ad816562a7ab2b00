//! ARNs of resources: their parts, and how those of a type look.

/// The parts of an ARN: `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arn<'a> {
    /// Such as `aws`.
    pub partition: &'a str,
    /// Such as `s3`.
    pub service: &'a str,
    /// Empty where the type has none.
    pub region: &'a str,
    /// Empty where the type has none.
    pub account: &'a str,
    /// All that is left, colons included.
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// Takes an ARN apart.
    pub fn read(arn: &'a str) -> Option<Self> {
        let mut parts = arn.splitn(6, ':');
        if parts.next() != Some("arn") {
            return None;
        }
        let mut next = || parts.next();
        let (partition, service, region) = (next()?, next()?, next()?);
        let (account, resource) = (next()?, next()?);
        let is_whole = !partition.is_empty() && !service.is_empty() && !resource.is_empty();
        is_whole.then_some(Self { partition, service, region, account, resource })
    }
}

/// How the ARNs of a type look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// The type.
    pub kind: &'static str,
    /// The service.
    pub service: &'static str,
    /// Whether they name a Region, and an account.
    has: (bool, bool),
    /// The resource: `*` is a name, which has no `/` and no `:`, and `**` is anything.
    resource: &'static str,
}

const fn regional(kind: &'static str, service: &'static str, resource: &'static str) -> Shape {
    Shape { kind, service, has: (true, true), resource }
}

const fn no_account(kind: &'static str, service: &'static str, resource: &'static str) -> Shape {
    Shape { kind, service, has: (true, false), resource }
}

/// The ARNs that the API Reference has described (AdvancedFieldSelector, 2024; Amazon SNS), and those of S3's further services
/// and of streams (Service Authorization Reference). Those of other types are not checked.
pub const SHAPES: &[Shape] = &[
    Shape { kind: "AWS::S3::Object", service: "s3", has: (false, false), resource: "*/**" },
    regional("AWS::Lambda::Function", "lambda", "function:*"),
    regional("AWS::DynamoDB::Table", "dynamodb", "table/*"),
    regional("AWS::DynamoDB::Stream", "dynamodb", "table/*/stream/**"),
    no_account("AWS::EC2::Snapshot", "ec2", "snapshot/*"),
    no_account("AWS::EMRWAL::Workspace", "emrwal", "workspace/**"),
    regional("AWS::Glue::Table", "glue", "table/*/*"),
    regional("AWS::Cognito::IdentityPool", "cognito-identity", "identitypool/**"),
    regional("AWS::AppConfig::Configuration", "appconfig", "application/*/environment/*/configuration/*"),
    regional("AWS::Cassandra::Table", "cassandra", "/keyspace/*/table/*"),
    regional("AWS::Bedrock::AgentAlias", "bedrock", "agent-alias/*/*"),
    regional("AWS::Bedrock::KnowledgeBase", "bedrock", "knowledge-base/*"),
    Shape {
        kind: "AWS::ManagedBlockchain::Network",
        service: "managedblockchain",
        has: (false, false),
        resource: "networks/*",
    },
    regional("AWS::CloudTrail::Channel", "cloudtrail", "channel/*"),
    regional("AWS::FinSpace::Environment", "finspace", "environment/**"),
    regional("AWS::GuardDuty::Detector", "guardduty", "detector/*"),
    regional("AWS::KendraRanking::ExecutionPlan", "kendra-ranking", "rescore-execution-plan/*"),
    regional("AWS::Kinesis::Stream", "kinesis", "stream/*"),
    regional("AWS::Kinesis::StreamConsumer", "kinesis", "stream/*/consumer/**"),
    regional("AWS::KinesisVideo::SignalingChannel", "kinesisvideo", "channel/**"),
    regional("AWS::KinesisVideo::Stream", "kinesisvideo", "stream/**"),
    regional("AWS::ManagedBlockchain::Node", "managedblockchain", "nodes/*"),
    regional("AWS::MedicalImaging::Datastore", "medical-imaging", "datastore/**"),
    regional("AWS::NeptuneGraph::Graph", "neptune-graph", "graph/*"),
    regional("AWS::PCAConnectorAD::Connector", "pca-connector-ad", "connector/*"),
    regional("AWS::S3::AccessPoint", "s3", "accesspoint/**"),
    regional("AWS::S3Express::Object", "s3express", "bucket/**"),
    regional("AWS::S3ObjectLambda::AccessPoint", "s3-object-lambda", "accesspoint/**"),
    regional("AWS::S3Outposts::Object", "s3-outposts", "**"),
    regional("AWS::S3Tables::Table", "s3tables", "bucket/*/table/**"),
    regional("AWS::S3Tables::TableBucket", "s3tables", "bucket/*"),
    regional("AWS::SNS::PlatformEndpoint", "sns", "endpoint/**"),
    regional("AWS::SNS::Topic", "sns", "*"),
    regional("AWS::SQS::Queue", "sqs", "*"),
    regional("AWS::SSMMessages::ControlChannel", "ssmmessages", "control-channel/**"),
    regional("AWS::SageMaker::Endpoint", "sagemaker", "endpoint/*"),
    regional("AWS::SageMaker::ExperimentTrialComponent", "sagemaker", "experiment-trial-component/*"),
    regional("AWS::SageMaker::FeatureGroup", "sagemaker", "feature-group/*"),
    regional("AWS::ServiceDiscovery::Namespace", "servicediscovery", "namespace/*"),
    regional("AWS::ServiceDiscovery::Service", "servicediscovery", "service/**"),
    regional("AWS::Timestream::Database", "timestream", "database/*"),
    regional("AWS::Timestream::Table", "timestream", "database/*/table/*"),
];

impl Shape {
    /// Returns the shape of a type, if it is known.
    pub fn of(kind: &str) -> Option<&'static Self> {
        SHAPES.iter().find(|shape| shape.kind == kind)
    }

    /// Returns whether this is the ARN of one resource of the type. Says nothing of the partition.
    pub fn fits(&self, arn: &Arn<'_>) -> bool {
        let (has_region, has_account) = self.has;
        arn.service == self.service
            && arn.region.is_empty() != has_region
            && arn.account.is_empty() != has_account
            && fits(self.resource, arn.resource)
    }

    /// Returns whether an ARN of the type can start like this.
    pub fn can_start(&self, start: &str, partition: &str) -> bool {
        let (has_region, has_account) = self.has;
        let head = match (has_region, has_account) {
            (true, _) => format!("arn:{partition}:{}:", self.service),
            (false, _) => format!("arn:{partition}:{}:::", self.service),
        };
        let tells_none = |rest: &str| has_region && rest.starts_with(':');
        head.starts_with(start) || start.strip_prefix(&head).is_some_and(|rest| !tells_none(rest))
    }

    /// Returns an example, for help texts.
    pub fn example(&self, partition: &str) -> String {
        let (has_region, has_account) = self.has;
        let region = if has_region { "REGION" } else { "" };
        let account = if has_account { "ACCOUNT" } else { "" };
        let resource = match self.resource {
            "*/**" => "BUCKET/KEY".to_owned(),
            resource => resource.replace("**", "NAME").replace('*', "NAME"),
        };
        format!("arn:{partition}:{}:{region}:{account}:{resource}", self.service)
    }
}

/// A name ends where a `/` or a `:` stands, so that there is only one way to read a text.
fn fits(pattern: &str, text: &str) -> bool {
    if pattern == "**" {
        return true;
    }
    let Some((literal, rest)) = pattern.split_once('*') else { return pattern == text };
    if rest == "*" {
        return text.starts_with(literal);
    }
    let Some(text) = text.strip_prefix(literal) else { return false };
    let end = text.find(['/', ':']).unwrap_or(text.len());
    end > 0 && fits(rest, &text[end..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::types;

    fn fits_type(kind: &str, arn: &str) -> bool {
        Arn::read(arn).is_some_and(|arn| Shape::of(kind).unwrap().fits(&arn))
    }

    #[test]
    fn shapes_are_of_known_types_and_fit_their_examples() {
        for shape in SHAPES {
            assert!(types::is_known(shape.kind), "{}", shape.kind);
            assert!(fits_type(shape.kind, &shape.example("aws")), "{}", shape.example("aws"));
        }
    }

    #[test]
    fn tells_the_arn_of_one_resource_from_others() {
        for (kind, arn, want) in [
            ("AWS::S3::Object", "arn:aws:s3:::bucket/a/b:c", true),
            ("AWS::S3::Object", "arn:aws:s3:::bucket/", true),
            ("AWS::S3::Object", "arn:aws:s3:::bucket", false),
            ("AWS::S3::Object", "arn:aws:s3:::/key", false),
            ("AWS::S3::Object", "arn:aws:s3:eu-west-1:111122223333:bucket/key", false),
            ("AWS::Lambda::Function", "arn:aws:lambda:eu-west-1:111122223333:function:f", true),
            ("AWS::Lambda::Function", "arn:aws:lambda:eu-west-1:111122223333:function:f:1", false),
            ("AWS::Lambda::Function", "arn:aws:lambda:eu-west-1:111122223333:function/f", false),
            ("AWS::Lambda::Function", "arn:aws:lambda:::function:f", false),
            ("AWS::DynamoDB::Table", "arn:aws:dynamodb:eu-west-1:111122223333:table/t", true),
            ("AWS::DynamoDB::Table", "arn:aws:dynamodb:eu-west-1:111122223333:table/t/stream/2026", false),
            (
                "AWS::DynamoDB::Stream",
                "arn:aws:dynamodb:eu-west-1:1:table/t/stream/2026-01-01T00:00:00.000",
                true,
            ),
            ("AWS::EC2::Snapshot", "arn:aws:ec2:eu-west-1::snapshot/snap-1", true),
            ("AWS::EC2::Snapshot", "arn:aws:ec2:eu-west-1:111122223333:snapshot/snap-1", false),
            ("AWS::S3Express::Object", "arn:aws:s3express:eu-north-1:1:bucket/b--eun1-az1--x-s3", true),
            ("AWS::S3Express::Object", "arn:aws:s3:::bucket/key", false),
            ("AWS::S3::AccessPoint", "arn:aws:s3:eu-west-1:1:accesspoint/p", true),
            ("AWS::S3::AccessPoint", "arn:aws:s3:eu-west-1:1:accesspoint/p/object/a/b", true),
            ("AWS::S3::AccessPoint", "arn:aws:s3:::p/key", false),
            ("AWS::S3Tables::Table", "arn:aws:s3tables:eu-west-1:1:bucket/b/table/1-2", true),
            ("AWS::S3Tables::Table", "arn:aws:s3tables:eu-west-1:1:bucket/b", false),
            ("AWS::KinesisVideo::Stream", "arn:aws:kinesisvideo:eu-west-1:1:stream/s/1526941650137", true),
            ("AWS::KinesisVideo::Stream", "arn:aws:kinesis:eu-west-1:1:stream/s", false),
            ("AWS::Kinesis::StreamConsumer", "arn:aws:kinesis:eu-west-1:1:stream/s/consumer/c:15269", true),
            (
                "AWS::Cognito::IdentityPool",
                "arn:aws:cognito-identity:eu-west-1:1:identitypool/eu-west-1:x",
                true,
            ),
        ] {
            assert_eq!(fits_type(kind, arn), want, "{kind} {arn}");
        }
        for text in
            ["", "bucket", "arn:aws:s3", "arn:aws:s3:::", "arn::s3:::b", "arn:aws::::b", "ARN:aws:s3:::b"]
        {
            assert_eq!(Arn::read(text), None, "{text}");
        }
    }

    #[test]
    fn knows_how_arns_start() {
        let objects = Shape::of("AWS::S3::Object").unwrap();
        let functions = Shape::of("AWS::Lambda::Function").unwrap();
        for start in ["a", "arn:aws:", "arn:aws:s3:::", "arn:aws:s3:::bucket/"] {
            assert!(objects.can_start(start, "aws"), "{start}");
        }
        for start in ["bucket/", "arn:aws:s3:eu-west-1:", "arn:aws-cn:s3:::bucket/", "arn:aws:s3-outposts:"] {
            assert!(!objects.can_start(start, "aws"), "{start}");
        }
        assert!(functions.can_start("arn:aws:lambda:eu-west-1:", "aws"));
        assert!(!functions.can_start("arn:aws:s3:::", "aws"));
        let points = Shape::of("AWS::S3::AccessPoint").unwrap();
        assert!(points.can_start("arn:aws:s3:eu-west-1:", "aws"));
        assert!(!points.can_start("arn:aws:s3:::bucket/", "aws"));
    }
}
