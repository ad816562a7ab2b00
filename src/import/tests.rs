//! Cases that are easier to see in short files.

use serde_json::json;

use super::*;

/// Returns a state with these resources, each with one instance.
fn state(resources: &[(&str, serde_json::Value, &[&str])]) -> String {
    let resource = |(kind, attributes, hidden): &(&str, serde_json::Value, &[&str])| {
        let paths = hidden.iter().map(|name| json!([{"type": "get_attr", "value": name}]));
        let instance = json!({"attributes": attributes, "sensitive_attributes": paths.collect::<Vec<_>>()});
        json!({"mode": "managed", "type": kind, "name": "one", "instances": [instance]})
    };
    json!({"version": 4, "resources": resources.iter().map(resource).collect::<Vec<_>>()}).to_string()
}

fn trail(more: serde_json::Value) -> serde_json::Value {
    let mut trail = json!({"name": "t", "arn": "arn:aws:cloudtrail:eu-west-1:111122223333:trail/t", "home_region": "eu-west-1",
        "s3_bucket_name": "logs"});
    trail.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    trail
}

fn ids(import: &Import) -> Vec<String> {
    import.found.iter().map(|one| one.id.to_string()).collect()
}

#[test]
fn a_file_that_is_no_such_file_is_a_problem_with_a_remedy() {
    for (text, says) in [
        ("", "it is not JSON (line 1, column 0)"),
        ("[]", "it has neither"),
        ("{\"Resources\": {}}", "it has neither"),
        ("{\"version\": 4}", "it has no `resources`"),
        ("{\"version\": 3, \"terraform_version\": \"0.11.14\", \"modules\": []}", "its version is 3"),
        ("{\"version\": 4, \"encrypted_data\": \"c2VjcmV0\"}", "the state is encrypted"),
        ("{\"format_version\": \"1.2\", \"planned_values\": {}}", "this is a plan of Terraform"),
    ] {
        let problem = terraform(text).unwrap_err();
        assert!(problem.message.contains(says) && !problem.help.is_empty(), "{text}: {}", problem.message);
    }
    for (text, says) in [
        ("", "it has no `Resources`"),
        ("Resources: [", "it is not YAML"),
        ("Resources: {a: {kind: x}}", "without a `Type`"),
        ("{\"version\": 4, \"resources\": []}", "it has no `Resources`"),
        (&"x".repeat(2 << 20), "is larger than"),
    ] {
        let problem = cloudformation(text).unwrap_err();
        assert!(problem.message.contains(says) && !problem.help.is_empty(), "{}", problem.message);
    }
    for import in
        [terraform("{\"format_version\": \"1.0\"}"), terraform(&state(&[])), cloudformation("Resources: {}")]
    {
        let import = import.unwrap();
        assert!(import.found.is_empty() && !import.notes.is_empty());
    }
}

#[test]
fn what_is_sensitive_is_left_out_also_where_another_attribute_repeats_it() {
    let document = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"hidden\"}]}";
    let logs = json!({"cloud_watch_logs_group_arn": "arn:aws:logs:eu-west-1:111122223333:log-group:g",
        "cloud_watch_logs_role_arn": "arn:aws:iam::111122223333:role/r", "tags": {"a": "hidden"}, "tags_all": {"a": "hidden"}});
    let text = state(&[
        ("aws_cloudtrail", trail(logs), &["tags"]),
        ("aws_s3_bucket", json!({"bucket": "logs", "region": "eu-west-1", "policy": document}), &[]),
        ("aws_s3_bucket_policy", json!({"bucket": "logs", "policy": document}), &["policy"]),
        (
            "aws_iam_role",
            json!({"name": "r", "arn": "arn:aws:iam::111122223333:role/r", "inline_policy": [{"name": "p", "policy": document}]}),
            &[],
        ),
        ("aws_iam_role_policy", json!({"role": "r", "name": "p", "policy": document}), &["policy"]),
    ]);
    let import = terraform(&text).unwrap();
    assert_eq!(ids(&import), ["bucket.logs in eu-west-1", "role.r in us-east-1", "trail.t in eu-west-1"]);
    assert!(!format!("{import:?}").contains("hidden"), "{import:?}");
    assert_eq!(
        import.notes,
        [
            "The state marks `policy` of `aws_iam_role_policy.one` as sensitive: it is left out.",
            "The state marks `policy` of `aws_s3_bucket_policy.one` as sensitive: it is left out.",
        ]
    );
}

#[test]
fn a_trail_without_what_it_takes_to_be_one_is_named() {
    let text = state(&[("aws_cloudtrail", json!({"name": "t", "s3_bucket_name": "logs"}), &[])]);
    let import = terraform(&text).unwrap();
    assert_eq!(import.notes, ["`aws_cloudtrail.one` is left out: the state does not tell its home Region."]);
    assert!(import.found.is_empty());
}

#[test]
fn accounts_are_told_apart() {
    let there = json!({"name": "u", "arn": "arn:aws:cloudtrail:eu-west-1:444455556666:trail/u", "home_region": "eu-west-1"});
    let mut resources = vec![("aws_cloudtrail", trail(json!({})), &[] as &[&str])];
    resources.push(("aws_cloudtrail", trail(json!({"name": "v"})), &[]));
    resources.push(("aws_cloudtrail", there, &[]));
    let all: Vec<String> = resources.iter().map(|one| state(std::slice::from_ref(one))).collect();
    let mut merged: serde_json::Value = serde_json::from_str(&all[0]).unwrap();
    for (number, other) in all.iter().enumerate().skip(1) {
        let mut other: serde_json::Value = serde_json::from_str(other).unwrap();
        other["resources"][0]["name"] = json!(format!("number-{number}"));
        merged["resources"].as_array_mut().unwrap().push(other["resources"][0].take());
    }
    let import = terraform(&merged.to_string()).unwrap();
    assert_eq!((import.account.as_deref(), import.found.len()), (Some("111122223333"), 3));
    assert_eq!(
        import.notes,
        ["What the trails use is in several accounts: most of it in 111122223333, some in 444455556666."]
    );
    let organizations =
        terraform(&state(&[("aws_cloudtrail", trail(json!({"is_organization_trail": true})), &[])]));
    assert_eq!(organizations.unwrap().account.as_deref(), Some("111122223333"));
}

#[test]
fn a_template_that_writes_out_the_arn_of_its_trail_tells_where_it_is_for() {
    let text = "Resources:\n  T: {Type: 'AWS::CloudTrail::Trail', Properties: {TrailName: audit, S3BucketName: !Ref B}}\n  \
                B: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !Sub 'logs-${AWS::AccountId}-${AWS::Region}'}}\n  \
                P: {Type: 'AWS::S3::BucketPolicy', Properties: {Bucket: !Ref B, PolicyDocument: {Version: 2012-10-17, Statement: \
                [{Effect: Allow, Principal: {Service: !Sub 'cloudtrail.${AWS::URLSuffix}'}, Condition: {StringEquals: {'aws:SourceArn': $ARN}}}]}}}\n";
    let told =
        cloudformation(&text.replace("$ARN", "'arn:aws-cn:cloudtrail:cn-north-1:111122223333:trail/audit'"))
            .unwrap();
    assert_eq!(
        ids(&told),
        ["bucket.logs-111122223333-cn-north-1 in cn-north-1", "trail.audit in cn-north-1"]
    );
    assert_eq!(told.account.as_deref(), Some("111122223333"));
    let principal = &told.found[0].attrs["policy"]["statements"][0]["Principal"];
    assert_eq!(*principal, json!({"Service": "cloudtrail.amazonaws.com.cn"}));
    assert!(told.notes.is_empty());
    for other in [
        "'arn:aws:cloudtrail:eu-west-1:111122223333:trail/other'",
        "'arn:aws:cloudtrail:*:111122223333:trail/audit'",
    ] {
        let untold = cloudformation(&text.replace("$ARN", other)).unwrap();
        assert_eq!(ids(&untold)[1], "trail.audit in ${region}");
        assert_eq!((untold.account, untold.notes.len()), (None, 1));
    }
}

#[test]
fn what_leads_back_to_itself_or_grows_without_end_has_no_value() {
    let mut text = "Conditions:\n  C0: !Equals [a, a]\n".to_owned();
    text.extend((1..60).map(|n| format!("  C{n}: !And [!Condition C{0}, !Condition C{0}]\n", n - 1)));
    text.push_str("Resources:\n  T: {Type: 'AWS::CloudTrail::Trail', Condition: C59, Properties: {TrailName: !Ref B60, S3BucketName: !Ref A}}\n");
    text.push_str("  A: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !Sub '${A}'}}\n  B0: {Type: 'AWS::S3::Bucket', Properties: {BucketName: xy}}\n");
    text.extend((1..=60).map(|n| {
        format!(
            "  B{n}: {{Type: 'AWS::S3::Bucket', Properties: {{BucketName: !Sub '${{B{0}}}${{B{0}}}'}}}}\n",
            n - 1
        )
    }));
    let import = cloudformation(&text).unwrap();
    assert_eq!(import.found.len(), 2);
    let bucket = &import.found[0];
    assert_eq!(
        bucket.notes[0],
        "`A` stands for its name, which `BucketName` does not tell: it refers to itself."
    );
    assert!(import.found[1].id.name.len() < 1 << 17);
}

#[test]
fn a_key_that_is_given_by_its_id_is_one_of_the_stack() {
    let template = |key: &str| {
        format!(
            "Resources: {{T: {{Type: 'AWS::CloudTrail::Trail', Properties: {{TrailName: t, S3BucketName: b, KMSKeyId: {key}}}}}}}"
        )
    };
    for (key, want) in [
        ("1234-5678", "arn:${partition}:kms:${region}:${account}:key/1234-5678"),
        ("alias/a", "alias/a"),
        ("'arn:aws:kms:eu-west-1:111122223333:key/1'", "arn:aws:kms:eu-west-1:111122223333:key/1"),
        ("!ImportValue other", ""),
    ] {
        let import = cloudformation(&template(key)).unwrap();
        assert_eq!(import.found[0].attrs["kms_key"].as_str().unwrap_or_default(), want);
        let is_noted =
            import.found[0].notes[0] == "`KMSKeyId` of `T` is left out: `Fn::ImportValue` is not followed.";
        assert_eq!(is_noted, want.is_empty());
    }
}

#[test]
fn what_leads_far_is_given_up() {
    let mut text =
        "Mappings: {M: {a: {b: !FindInMap [M, a, b]}}}\nConditions:\n  C0: !Equals [a, a]\n".to_owned();
    text.extend((1..5000).map(|n| format!("  C{n}: !Not [!Condition C{}]\n", n - 1)));
    text.push_str(
        "Resources:\n  T: {Type: 'AWS::CloudTrail::Trail', Condition: C4999, Properties: {TrailName: t, KMSKeyId: !Ref A89, S3BucketName: !Ref B900, \
         S3KeyPrefix: !FindInMap [M, a, b], CloudWatchLogsLogGroupArn: g, CloudWatchLogsRoleArn: !GetAtt R.Arn}}\n",
    );
    text.push_str("  R: {Type: 'AWS::IAM::Role', Properties: {RoleName: r, Path: !GetAtt R.Arn}}\n");
    text.push_str("  B0: {Type: 'AWS::S3::Bucket', Properties: {BucketName: xyz}}\n");
    text.extend((1..=900).map(|n| {
        let before = format!("!Join ['', [!Join ['', [!Ref B{}]]]]", n - 1);
        format!("  B{n}: {{Type: 'AWS::S3::Bucket', Properties: {{BucketName: {before}}}}}\n")
    }));
    text.extend((1..90).map(|n| {
        let name = format!("AliasName: alias/a{n}, TargetKeyId: !Ref A{}", n - 1);
        format!("  A{n}: {{Type: 'AWS::KMS::Alias', Properties: {{{name}}}}}\n")
    }));
    let import = cloudformation(&text).unwrap();
    let trail = import.found.last().unwrap();
    let has = |note: &str| trail.notes.iter().any(|one| one == note);
    assert!(has("Whether it is made at all is not known: the template is too entangled to be followed."));
    assert!(has("`S3KeyPrefix` of `T` is left out: it refers to itself."));
    assert!(has("`CloudWatchLogsRoleArn` of `T` is left out: it refers to itself."));
    assert_eq!(trail.id.name, "t");
}
