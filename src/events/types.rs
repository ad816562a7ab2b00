//! The types of resources whose data events CloudTrail records.

/// Those that the User Guide lists ("Logging data events", April 2026), sorted. New ones appear all the time: a type that is
/// not here may well exist. Mind the spelling: `AWS::Quicksight::ActionConnector`, but `AWS::QuickSight::Flow`.
pub const TYPES: &[&str] = &[
    "AWS::AIDevOps::AgentSpace",
    "AWS::AIDevOps::Association",
    "AWS::AIDevOps::OperatorAppTeam",
    "AWS::AIDevOps::PipelineMetadata",
    "AWS::AIDevOps::Service",
    "AWS::AIOps::InvestigationGroup",
    "AWS::AppConfig::Configuration",
    "AWS::AppSync::GraphQLApi",
    "AWS::B2BI::Transformer",
    "AWS::Backup::SearchJob",
    "AWS::Bedrock::AdvancedOptimizePromptJob",
    "AWS::Bedrock::AgentAlias",
    "AWS::Bedrock::AsyncInvoke",
    "AWS::Bedrock::AutomatedReasoningPolicy",
    "AWS::Bedrock::AutomatedReasoningPolicyVersion",
    "AWS::Bedrock::Blueprint",
    "AWS::Bedrock::DataAutomationInvocation",
    "AWS::Bedrock::DataAutomationProfile",
    "AWS::Bedrock::DataAutomationProject",
    "AWS::Bedrock::FlowAlias",
    "AWS::Bedrock::FlowExecution",
    "AWS::Bedrock::Guardrail",
    "AWS::Bedrock::InlineAgent",
    "AWS::Bedrock::KnowledgeBase",
    "AWS::Bedrock::Model",
    "AWS::Bedrock::PromptVersion",
    "AWS::Bedrock::Session",
    "AWS::Bedrock::Tool",
    "AWS::BedrockAgentCore::APIKeyCredentialProvider",
    "AWS::BedrockAgentCore::Browser",
    "AWS::BedrockAgentCore::BrowserCustom",
    "AWS::BedrockAgentCore::CodeInterpreter",
    "AWS::BedrockAgentCore::CodeInterpreterCustom",
    "AWS::BedrockAgentCore::Evaluator",
    "AWS::BedrockAgentCore::Gateway",
    "AWS::BedrockAgentCore::Memory",
    "AWS::BedrockAgentCore::OAuth2CredentialProvider",
    "AWS::BedrockAgentCore::Runtime",
    "AWS::BedrockAgentCore::RuntimeEndpoint",
    "AWS::BedrockAgentCore::TokenVault",
    "AWS::BedrockAgentCore::WorkloadIdentity",
    "AWS::BedrockAgentCore::WorkloadIdentityDirectory",
    "AWS::Cassandra::Stream",
    "AWS::Cassandra::Table",
    "AWS::CloudFront::KeyValueStore",
    "AWS::CloudOptimization::Profile",
    "AWS::CloudOptimization::Recommendation",
    "AWS::CloudTrail::Channel",
    "AWS::CloudWatch::Metric",
    "AWS::CodeGuruProfiler::ProfilingGroup",
    "AWS::CodeWhisperer::Customization",
    "AWS::CodeWhisperer::Profile",
    "AWS::Cognito::IdentityPool",
    "AWS::DSQL::Cluster",
    "AWS::DataExchange::Asset",
    "AWS::Deadline::Fleet",
    "AWS::Deadline::Job",
    "AWS::Deadline::Queue",
    "AWS::Deadline::Worker",
    "AWS::DynamoDB::Stream",
    "AWS::DynamoDB::Table",
    "AWS::EC2::InstanceConnectEndpoint",
    "AWS::EC2::Snapshot",
    "AWS::ECS::ContainerInstance",
    "AWS::EKS::Dashboard",
    "AWS::EMRWAL::Workspace",
    "AWS::FSx::Volume",
    "AWS::FinSpace::Environment",
    "AWS::GameLiftStreams::Application",
    "AWS::GameLiftStreams::StreamGroup",
    "AWS::GeoMaps::Provider",
    "AWS::GeoPlaces::Provider",
    "AWS::GeoRoutes::Provider",
    "AWS::Glue::Table",
    "AWS::GreengrassV2::ComponentVersion",
    "AWS::GreengrassV2::Deployment",
    "AWS::GuardDuty::Detector",
    "AWS::GuardDuty::MalwareScan",
    "AWS::IoT::Certificate",
    "AWS::IoT::Thing",
    "AWS::IoTSiteWise::Asset",
    "AWS::IoTSiteWise::TimeSeries",
    "AWS::IoTTwinMaker::Entity",
    "AWS::IoTTwinMaker::Workspace",
    "AWS::KendraRanking::ExecutionPlan",
    "AWS::Kinesis::Stream",
    "AWS::Kinesis::StreamConsumer",
    "AWS::KinesisFirehose::DeliveryStream",
    "AWS::KinesisVideo::SignalingChannel",
    "AWS::KinesisVideo::Stream",
    "AWS::Lambda::Function",
    "AWS::MWAA::Environment",
    "AWS::MachineLearning::MlModel",
    "AWS::ManagedBlockchain::Network",
    "AWS::ManagedBlockchain::Node",
    "AWS::ManagedBlockchainQuery::QueryAPI",
    "AWS::MedicalImaging::Datastore",
    "AWS::MedicalImaging::Imageset",
    "AWS::NeptuneGraph::Graph",
    "AWS::NetworkFlowMonitor::Monitor",
    "AWS::NetworkFlowMonitor::Scope",
    "AWS::NovaAct::WorkflowDefinition",
    "AWS::NovaAct::WorkflowRun",
    "AWS::One::UKey",
    "AWS::One::User",
    "AWS::PCAConnectorAD::Connector",
    "AWS::PCAConnectorSCEP::Connector",
    "AWS::PaymentCryptography::Alias",
    "AWS::PaymentCryptography::Key",
    "AWS::Pinpoint::App",
    "AWS::QApps::QApp",
    "AWS::QApps::QAppSession",
    "AWS::QBusiness::Application",
    "AWS::QBusiness::DataSource",
    "AWS::QBusiness::Index",
    "AWS::QBusiness::Integration",
    "AWS::QBusiness::WebExperience",
    "AWS::QDeveloper::Integration",
    "AWS::QuickSight::Flow",
    "AWS::QuickSight::FlowSession",
    "AWS::Quicksight::ActionConnector",
    "AWS::RDS::DBCluster",
    "AWS::RUM::AppMonitor",
    "AWS::Redshift::Cluster",
    "AWS::S3::AccessPoint",
    "AWS::S3::Object",
    "AWS::S3Express::Object",
    "AWS::S3ObjectLambda::AccessPoint",
    "AWS::S3Outposts::Object",
    "AWS::S3Tables::Table",
    "AWS::S3Tables::TableBucket",
    "AWS::S3Vectors::Index",
    "AWS::S3Vectors::VectorBucket",
    "AWS::SCN::Instance",
    "AWS::SDB::Domain",
    "AWS::SES::ConfigurationSet",
    "AWS::SES::EmailIdentity",
    "AWS::SES::Template",
    "AWS::SMSVoice::Message",
    "AWS::SMSVoice::OriginationIdentity",
    "AWS::SNS::PlatformEndpoint",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
    "AWS::SSM::ExecutionPreview",
    "AWS::SSM::ManagedNode",
    "AWS::SSMMessages::ControlChannel",
    "AWS::SWF::Domain",
    "AWS::SageMaker::Endpoint",
    "AWS::SageMaker::ExperimentTrialComponent",
    "AWS::SageMaker::FeatureGroup",
    "AWS::SageMaker::MlflowTrackingServer",
    "AWS::ServiceDiscovery::Namespace",
    "AWS::ServiceDiscovery::Service",
    "AWS::Signer::SigningJob",
    "AWS::Signer::SigningProfile",
    "AWS::SitewiseAssistant::Conversation",
    "AWS::SocialMessaging::PhoneNumberId",
    "AWS::SocialMessaging::WabaId",
    "AWS::StepFunctions::Activity",
    "AWS::StepFunctions::StateMachine",
    "AWS::SupportAccess::Tenant",
    "AWS::SupportAccess::TrustingAccount",
    "AWS::SupportAccess::TrustingRole",
    "AWS::ThinClient::Device",
    "AWS::ThinClient::Environment",
    "AWS::Timestream::Database",
    "AWS::Timestream::RegionalEndpoint",
    "AWS::Timestream::Table",
    "AWS::Transform::AgentInstance",
    "AWS::TransformCustom::Campaign",
    "AWS::TransformCustom::Conversation",
    "AWS::TransformCustom::KnowledgeItem",
    "AWS::TransformCustom::Package",
    "AWS::VerifiedPermissions::PolicyStore",
    "AWS::XRay::Trace",
];

/// Returns whether the type is listed.
pub fn is_known(kind: &str) -> bool {
    TYPES.binary_search(&kind).is_ok()
}

/// Returns whether it is written like a type: `AWS::SERVICE::RESOURCE`.
pub fn is_type(kind: &str) -> bool {
    let parts: Vec<&str> = kind.split("::").collect();
    let is_word = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    parts.len() == 3 && parts[0] == "AWS" && parts.iter().all(is_word)
}

/// Returns the type that differs from this one in nothing but capitals and separators.
pub fn respelt(kind: &str) -> Option<&'static str> {
    let letters = |text: &str| text.replace([':', '-', '_', '.'], "").to_ascii_lowercase();
    let wanted = letters(kind);
    TYPES.iter().copied().find(|known| letters(known) == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_sorted_and_look_like_types() {
        assert_eq!(TYPES.len(), 175);
        assert!(TYPES.is_sorted_by(|one, next| one < next));
        assert!(TYPES.iter().all(|kind| is_type(kind) && is_known(kind)));
    }

    #[test]
    fn finds_the_spelling_that_cloudtrail_takes() {
        for (given, meant) in [
            ("AWS::QuickSight::ActionConnector", "AWS::Quicksight::ActionConnector"),
            ("AWS::Quicksight::Flow", "AWS::QuickSight::Flow"),
            ("AWS::QApps:QApp", "AWS::QApps::QApp"),
            ("aws::s3::object", "AWS::S3::Object"),
        ] {
            assert_eq!(respelt(given), Some(meant));
            assert!(!is_known(given));
        }
        assert_eq!(respelt("AWS::S3::Bucket"), None);
        for given in
            ["S3", "AWS::S3", "AWS::QApps:QApp", "AWS::S3::Object::Key", "AWS::S3::", "Aws::S3::Object"]
        {
            assert!(!is_type(given), "{given}");
        }
    }
}
