//! Event sources: the services that make the calls of an event, as `kms.amazonaws.com`.

/// What event sources end in, in all partitions.
pub const SUFFIX: &str = ".amazonaws.com";

/// The sources whose management events a trail can leave out.
pub const EXCLUDABLE: &[&str] = &["kms.amazonaws.com", "rdsdata.amazonaws.com"];

/// The sources of network activity events (User Guide, "Logging network activity events", April 2026), sorted. More may come.
pub const NETWORK_ACTIVITY: &[&str] = &[
    "aco-automation.amazonaws.com",
    "appconfig.amazonaws.com",
    "application-signals.amazonaws.com",
    "appmesh.amazonaws.com",
    "athena.amazonaws.com",
    "b2bi.amazonaws.com",
    "backup-gateway.amazonaws.com",
    "bcm-data-exports.amazonaws.com",
    "bcm-pricing-calculator.amazonaws.com",
    "bedrock-agentcore.amazonaws.com",
    "bedrock.amazonaws.com",
    "billing.amazonaws.com",
    "cassandra.amazonaws.com",
    "ce.amazonaws.com",
    "cloudcontrolapi.amazonaws.com",
    "cloudformation.amazonaws.com",
    "cloudhsm.amazonaws.com",
    "cloudoptimization.amazonaws.com",
    "cloudtrail.amazonaws.com",
    "codedeploy.amazonaws.com",
    "comprehend.amazonaws.com",
    "comprehendmedical.amazonaws.com",
    "config.amazonaws.com",
    "ds.amazonaws.com",
    "dynamodb.amazonaws.com",
    "ec2.amazonaws.com",
    "ecs.amazonaws.com",
    "elasticfilesystem.amazonaws.com",
    "elasticloadbalancing.amazonaws.com",
    "events.amazonaws.com",
    "firehose.amazonaws.com",
    "frauddetector.amazonaws.com",
    "freetier.amazonaws.com",
    "fsx.amazonaws.com",
    "glue.amazonaws.com",
    "healthlake.amazonaws.com",
    "invoicing.amazonaws.com",
    "iot.amazonaws.com",
    "iotfleetwise.amazonaws.com",
    "iotsecuredtunneling.amazonaws.com",
    "kms.amazonaws.com",
    "lakeformation.amazonaws.com",
    "lambda.amazonaws.com",
    "license-manager.amazonaws.com",
    "lookoutequipment.amazonaws.com",
    "lookoutvision.amazonaws.com",
    "monitoring.amazonaws.com",
    "nova-act.amazonaws.com",
    "personalize.amazonaws.com",
    "qbusiness.amazonaws.com",
    "rds.amazonaws.com",
    "rekognition.amazonaws.com",
    "rolesanywhere.amazonaws.com",
    "s3.amazonaws.com",
    "sagemaker.amazonaws.com",
    "scheduler.amazonaws.com",
    "secretsmanager.amazonaws.com",
    "servicediscovery.amazonaws.com",
    "sns.amazonaws.com",
    "sqs.amazonaws.com",
    "ssm-contacts.amazonaws.com",
    "ssm.amazonaws.com",
    "storagegateway.amazonaws.com",
    "swf.amazonaws.com",
    "textract.amazonaws.com",
    "transcribe.amazonaws.com",
    "transcribestreaming.amazonaws.com",
    "transform-agents.amazonaws.com",
    "transform-custom.amazonaws.com",
    "transform.amazonaws.com",
    "translate.amazonaws.com",
    "user-subscriptions.amazonaws.com",
    "verifiedpermissions.amazonaws.com",
    "voiceid.amazonaws.com",
    "workmail.amazonaws.com",
    "workmailmessageflow.amazonaws.com",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_of_network_activity_are_sorted_and_whole() {
        assert_eq!(NETWORK_ACTIVITY.len(), 76);
        assert!(NETWORK_ACTIVITY.is_sorted_by(|one, next| one < next));
        assert!(NETWORK_ACTIVITY.iter().all(|source| source.ends_with(SUFFIX)));
    }
}
