//! Estates of many trails: the spec that the bench of plans and the tests of reads share.

/// How many trails share a Region: CloudTrail takes no more.
pub(crate) const PER_REGION: usize = 5;
/// The Regions, in the order in which they fill up.
pub(crate) const REGIONS: [&str; 20] = [
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "ca-central-1",
    "sa-east-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
];

/// Returns the spec of so many complete trails: each has a bucket, a key, a log group, a role and a topic of its own.
pub(crate) fn spec(stack: &str, size: usize) -> String {
    let mut sections = [
        "trails:\n".to_owned(),
        "buckets:\n".to_owned(),
        "kms_keys:\n".to_owned(),
        "log_groups:\n".to_owned(),
        "roles:\n".to_owned(),
        "topics:\n".to_owned(),
    ];
    for number in 0..size {
        let region = REGIONS[number / PER_REGION];
        let key = format!("{stack}-{number:03}");
        let lines = [
            format!(
                "  {key}: {{region: {region}, multi_region: false, global_service_events: {}, bucket: {key}-logs, kms_key: {key}, \
                 topic: {key}, cloudwatch_logs: {{log_group: {key}, role: {key}}}, events: [{{where: {{eventCategory: \
                 Management}}}}, {{where: {{eventCategory: Data, resources.type: 'AWS::S3::Object', readOnly: false}}}}], \
                 insights: [{{type: ApiCallRateInsight}}], aggregation: [API_ACTIVITY], tags: {{number: '{number}'}}}}\n",
                region == REGIONS[0]
            ),
            format!(
                "  {key}-logs: {{region: {region}, encryption: {{kms_key: {key}, bucket_key: true}}, lifecycle: [{{id: old, \
                 expire_days: 400}}]}}\n"
            ),
            format!("  {key}: {{region: {region}}}\n"),
            format!("  {key}: {{region: {region}, retention_days: 365, kms_key: {key}}}\n"),
            format!("  {key}: {{}}\n"),
            format!("  {key}: {{region: {region}, kms_key: {key}}}\n"),
        ];
        for (section, line) in sections.iter_mut().zip(lines) {
            section.push_str(&line);
        }
    }
    format!("version: 1\nstack: {stack}\n{}", sections.concat())
}
