//! What is wrong from outside: one clear message, the right exit code, and no call that changes anything.

use crate::support::{Local, Output, Workspace};

const SPEC: &str = "
version: 1
stack: input
trails: {audit: {bucket: input-logs}}
buckets: {input-logs: {}}
";

/// Runs `apply --yes` on a spec and expects this exit code and no change of the account.
#[track_caller]
fn refused(aws: &Local, workspace: &Workspace, spec: &str, code: u8) -> Output {
    workspace.spec(spec);
    let before = aws.sandbox.state().unwrap();
    let output = workspace.expect("apply --yes", code);
    assert_eq!(aws.take_changes(), [""; 0]);
    assert_eq!(aws.sandbox.state().unwrap(), before);
    output
}

#[test]
fn a_spec_with_errors_makes_no_call_at_all() {
    let aws = Local::start();
    let workspace = Workspace::at(&aws.endpoint);
    for (spec, code) in [
        ("version: 1\nstack: [s\n", "yaml-syntax"),
        ("version: 1\nstack: s\ntrials: {}\n", "unknown-key"),
        ("version: 1\nstack: s\nbuckets:\n  abc: {}\n  abc: {}\n", "duplicate-key"),
        ("version: 1\nstack: s\ntrails: {audit: {bucket: gone}}\n", "unknown-reference"),
        ("version: 1\nstack: s\nbuckets: {No_Bucket: {}}\n", "bucket-name-upper-case"),
        ("", "not-a-spec"),
    ] {
        let output = refused(&aws, &workspace, spec, 1);
        assert!(output.stderr.contains(&format!("error[{code}]")), "{}", output.stderr);
        assert!(output.stderr.ends_with("1 error in the spec.\n"), "{}", output.stderr);
        assert_eq!(aws.take_calls(), []);
    }
}

#[test]
fn what_aws_would_refuse_is_found_at_its_line_before_any_call() {
    let aws = Local::start();
    let workspace = Workspace::at(&aws.endpoint);
    let trails: String = (1..=6).map(|n| format!("  trail{n}: {{bucket: logs}}\n")).collect();
    let tags: String = (1..=51).map(|n| format!("      tag{n}: x\n")).collect();
    let statement = format!(
        "{{Effect: Deny, Principal: '*', Action: 's3:*', Resource: 'arn:aws:s3:::logs/{}'}}",
        "x".repeat(22_000)
    );
    for (spec, want) in [
        (
            "buckets:\n  one-logs: {access_logs: {bucket: two-logs}}\n  two-logs: {access_logs: {bucket: one-logs}}\n".to_owned(),
            &["4:36: error[circle]", "5:36: error[circle]"][..],
        ),
        ("buckets:\n  one-logs:\n    access_logs: {bucket: one-logs}\n".to_owned(), &["5:27: error[access-logs-to-itself]"]),
        (
            "trails: {audit: {bucket: logs}}\nbuckets:\n  logs: {name: same-logs}\n  more: {name: same-logs}\n".to_owned(),
            &["6:3: error[duplicate-name]"],
        ),
        (
            "trails:\n  audit: {bucket: logs, kms_key: logs}\nbuckets: {logs: {}}\n".to_owned(),
            &["4:34: error[reference-of-other-kind]"],
        ),
        (format!("trails:\n{trails}buckets: {{logs: {{}}}}\n"), &["9:3: error[too-many-trails]"]),
        (format!("buckets:\n  logs:\n    tags:\n{tags}"), &["5:5: error[too-many-tags]"]),
        (
            format!("buckets:\n  logs:\n    policy:\n      statements: [{statement}]\n"),
            &["6:7: error[policy-too-long]"],
        ),
        ("trails:\n  -x: {bucket: {existing: logs}}\n".to_owned(), &["4:3: error[trail-name-length]"]),
        (
            "buckets:\n  logs: {versioning: false, object_lock: {mode: COMPLIANCE}}\n".to_owned(),
            &["4:29: error[object-lock-without-period]", "4:29: error[object-lock-without-versions]"],
        ),
        (
            "buckets:\n  logs: {lifecycle: [{id: a}, {id: a, expire_days: 0}]}\n".to_owned(),
            &["4:27: error[lifecycle-does-nothing]", "4:36: error[lifecycle-id-duplicate]", "4:52: error[lifecycle-days]"],
        ),
        ("buckets:\n  logs: {encryption: {bucket_key: true}}\n".to_owned(), &["4:35: error[bucket-key-alone]"]),
    ] {
        let spec = format!("version: 1\nstack: s\n{spec}");
        let output = refused(&aws, &workspace, &spec, 1);
        let json = workspace.expect("validate --format json", 1).stdout;
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        let mut found: Vec<String> = json["diagnostics"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|one| one["severity"] == "error")
            .map(|one| format!("{}:{}: error[{}]", one["line"], one["column"], one["code"].as_str().unwrap()))
            .collect();
        found.sort_unstable();
        assert_eq!(found, want, "{spec}\n{}", output.stderr);
        assert_eq!(aws.take_calls(), []);
    }
}

#[test]
fn another_account_is_refused() {
    let aws = Local::start();
    let workspace = Workspace::at(&aws.endpoint);
    let output = refused(&aws, &workspace, &format!("{SPEC}account: '444455556666'\n"), 3);
    let want = "error: the spec is for the account 444455556666, but the credentials (arn:aws:iam::111122223333:user/sandbox) \
                are for 111122223333\n  nothing was changed\n  help: use other credentials, such as another --profile\n";
    assert_eq!(output.stderr, want);
    let output = refused(&aws, &workspace, &format!("{SPEC}partition: aws-cn\n"), 3);
    assert!(output.stderr.contains("the spec is for the partition aws-cn"), "{}", output.stderr);
}

#[test]
fn no_credentials_say_what_to_do() {
    let aws = Local::start();
    let mut workspace = Workspace::new();
    workspace.set("AWS_ENDPOINT_URL", &aws.endpoint.url);
    let output = refused(&aws, &workspace, SPEC, 1);
    assert!(output.stderr.starts_with("error: no AWS credentials were found"), "{}", output.stderr);
    assert!(output.stderr.contains("\n  nothing was changed\n  help: set AWS_PROFILE"), "{}", output.stderr);
    assert_eq!(aws.take_calls(), []);
}

#[test]
fn no_region_points_into_the_spec() {
    let aws = Local::start();
    let mut workspace = Workspace::at(&aws.endpoint);
    workspace.set("AWS_REGION", "");
    let output = refused(&aws, &workspace, SPEC, 1);
    let want = "error: trailctl.yaml:5:11: buckets.input-logs has no Region, and none is configured\n  help: write `region:` in the \
                spec, or set AWS_REGION\n";
    assert_eq!(output.stderr, want);
}

#[test]
fn an_endpoint_that_refuses_connections_is_named_soon() {
    let mut workspace = Workspace::at(&Local::start().endpoint);
    // The server has ended with its value: nothing listens there.
    workspace.spec(SPEC);
    let output = workspace.expect("apply --yes", 1);
    assert!(output.stderr.contains("sts:GetCallerIdentity in us-east-1"), "{}", output.stderr);
    assert!(output.stderr.contains("refused"), "{}", output.stderr);
    assert!(
        output.stderr.contains("help: check the network, the Region and the endpoint URL"),
        "{}",
        output.stderr
    );
    workspace.set("AWS_ENDPOINT_URL", "nonsense");
    let output = workspace.expect("plan", 1);
    assert_eq!(output.stderr, "error: the endpoint URL `nonsense` does not start with https:// or http://\n");
}

#[tokio::test]
async fn an_untagged_trail_of_the_same_name_is_left_alone() {
    let aws = Local::start();
    let workspace = Workspace::at(&aws.endpoint);
    workspace.spec(&SPEC.replace("audit", "other"));
    let _ = workspace.expect("apply --yes", 0);
    // The bucket's policy must let the foreign trail write before CloudTrail makes it.
    let s3 = aws.endpoint.s3("us-east-1");
    let policy = s3.get_bucket_policy().bucket("input-logs").send().await.unwrap().policy.unwrap();
    let policy = policy.replace("trail/other", "trail/audit");
    s3.put_bucket_policy().bucket("input-logs").policy(policy).send().await.unwrap();
    let cloudtrail = aws.endpoint.cloudtrail("us-east-1");
    cloudtrail.create_trail().name("audit").s3_bucket_name("input-logs").send().await.unwrap();
    aws.take_calls();
    let both = SPEC.replace("trails: {", "trails: {other: {bucket: input-logs}, ");
    let output = refused(&aws, &workspace, &both, 3);
    let column = both.lines().nth(3).unwrap().find("audit:").unwrap() + 1;
    let want = "! trail.audit refused [no-owner]: trail.audit in us-east-1 exists and carries no mark of a stack\n  --> trailctl.yaml:$LINE\n  help: choose another \
                `name`, or write `adopt: true` if this spec shall take it over\n";
    let want = want.replace("$LINE", &format!("4:{column}"));
    assert!(output.stdout.contains(&want), "{}", output.stdout);
    assert!(output.stderr.ends_with(
        "error: 1 part of this plan is refused; nothing was changed\n  help: see the reasons in the plan\n"
    ),);
}

#[tokio::test]
async fn an_untagged_trail_is_adopted_when_the_spec_says_so() {
    let aws = Local::start();
    let workspace = Workspace::at(&aws.endpoint);
    workspace.spec(SPEC);
    let _ = workspace.expect("apply --yes", 0);
    let tags = ["trailctl:stack", "trailctl:resource", "trailctl:nonce", "trailctl:protect"]
        .map(|key| aws_sdk_cloudtrail::types::Tag::builder().key(key).build().unwrap());
    let cloudtrail = aws.endpoint.cloudtrail("us-east-1");
    let arn = "arn:aws:cloudtrail:us-east-1:111122223333:trail/audit";
    cloudtrail.remove_tags().resource_id(arn).set_tags_list(Some(tags.to_vec())).send().await.unwrap();
    cloudtrail.stop_logging().name("audit").send().await.unwrap();
    aws.take_calls();
    let _ = refused(&aws, &workspace, SPEC, 3);
    workspace.spec(&SPEC.replace("bucket: input-logs}", "bucket: input-logs, adopt: true}"));
    let _ = workspace.expect("apply --yes", 0);
    assert_eq!(aws.take_changes(), ["AddTags", "StartLogging"]);
    workspace.expect_no_changes();
}

#[test]
fn the_trail_of_another_stack_is_left_alone() {
    let aws = Local::start();
    let workspace = Workspace::at(&aws.endpoint);
    workspace.spec(SPEC);
    let _ = workspace.expect("apply --yes", 0);
    aws.take_calls();
    let output = refused(&aws, &workspace, &SPEC.replace("stack: input", "stack: mine"), 3);
    assert!(
        output.stdout.contains("trail.audit in us-east-1 belongs to the stack `input`"),
        "{}",
        output.stdout
    );
    assert!(
        output.stdout.contains("bucket.input-logs in us-east-1 belongs to the stack `input`"),
        "{}",
        output.stdout
    );
}

#[test]
fn a_bucket_of_another_account_is_left_alone() {
    let aws = Local::start();
    let workspace = Workspace::at(&aws.endpoint);
    workspace.spec("version: 1\nstack: input\nbuckets: {input-logs: {}}\n");
    let _ = workspace.expect("apply --yes", 0);
    aws.take_calls();
    let mut other = Workspace::at(&aws.endpoint);
    other.set("AWS_ACCESS_KEY_ID", "444455556666");
    let output = refused(&aws, &other, SPEC, 3);
    assert!(output.stdout.contains("bucket.input-logs refused [unreadable-owner]"), "{}", output.stdout);
}

#[test]
fn without_a_terminal_apply_needs_a_yes() {
    let aws = Local::start();
    let workspace = Workspace::at(&aws.endpoint);
    workspace.spec(SPEC);
    let output = workspace.expect("apply", 3);
    assert!(output.stdout.ends_with("Plan: 2 to create, 0 to update, 0 to delete.\n"), "{}", output.stdout);
    assert!(output.stderr.contains("run again with --yes"), "{}", output.stderr);
    assert_eq!(aws.take_changes(), [""; 0]);
}

#[test]
fn a_command_line_that_is_not_understood_exits_with_64() {
    let workspace = Workspace::new();
    let _ = workspace.expect("pln", 64);
    for both in [
        "plan --sandbox=x --profile y",
        "--sandbox plan --profile y",
        "--endpoint-url http://x plan --sandbox",
    ] {
        let output = workspace.expect(both, 64);
        assert!(output.stderr.contains("means nothing beside `--sandbox`"), "{}", output.stderr);
    }
    let _ = workspace.expect("validate --log aws_sigv4=trace", 64);
    let _ = workspace.expect("--version", 0);
    let output = workspace.expect("validate", 1);
    assert!(output.stderr.contains("cannot read the spec trailctl.yaml"), "{}", output.stderr);
}

#[test]
fn values_of_variables_that_no_spec_asks_for_are_said() {
    let workspace = Workspace::new();
    workspace.spec(&format!("{SPEC}vars: {{team: red}}\ntags: {{team: \"${{var.team}}\"}}\n"));
    let _ = workspace.expect("validate --var team=blue", 0);
    let output = workspace.expect("validate --var teem=blue", 64);
    let says = "error: `--var teem=…`: the spec has no variable `teem`\n  help: did you mean `team`?";
    assert!(output.stderr.starts_with(says), "{}", output.stderr);
    workspace.write("values", "team: blue\nsite: x\n");
    let output = workspace.expect("validate --var-file values", 0);
    assert!(output.stderr.contains("warning[undeclared-variable]"), "{}", output.stderr);
    assert!(output.stderr.contains("values:2:1"), "{}", output.stderr);
    let _ = workspace.expect("validate --var-file values --allow undeclared-variable", 0);
    let _ = workspace.expect("validate --var-file ./trailctl.yaml", 64);
    // The same file twice is one file.
    let twice = workspace.expect("validate --var-file values --var-file ./values", 0);
    assert!(twice.stderr.ends_with("with 1 warning.\n"), "{}", twice.stderr);
    workspace.write(
        "values",
        "team: blue # trailctl: allow(unused-variable) x\nsite: x # trailctl: allow(undeclared-variable) shared\n",
    );
    let output = workspace.expect("validate --var-file values", 0);
    assert!(output.stderr.contains("unused-allow") && !output.stderr.contains("undeclared-variable"));
}

#[test]
fn a_variable_counts_as_used_wherever_it_stands() {
    let workspace = Workspace::new();
    // What is wrong before it in the text is what is said.
    for (text, code) in [
        ("${var.a}-${var.n}", "unset-variable"),
        ("${acount}-${var.n}", "unknown-variable"),
        ("x-${var.n", "unclosed-variable"),
    ] {
        workspace.spec(&format!("{SPEC}tags: {{t: \"{text}\"}}\n"));
        let output = workspace.expect("validate --var n=x", 1);
        assert!(output.stderr.contains(&format!("error[{code}]")), "{text}: {}", output.stderr);
    }
    // One of two specs that are compared may lack it.
    workspace.spec(SPEC);
    workspace.write("new.yaml", &format!("{SPEC}tags: {{t: \"${{var.n}}\"}}\n"));
    let _ = workspace.expect("coverage diff trailctl.yaml new.yaml --var n=x", 0);
    let _ = workspace.expect("coverage diff new.yaml trailctl.yaml --var n=x", 0);
    let _ = workspace.expect("coverage diff trailctl.yaml new.yaml --var m=x --var n=x", 64);
    let _ = workspace.expect("coverage map --var n=x", 64);
    let _ = workspace.expect("graph -f new.yaml --var n=x", 0);
    let output = workspace.expect("coverage diff - -", 64);
    assert!(output.stderr.contains("stdin is named twice"), "{}", output.stderr);
}

#[test]
fn of_a_text_without_its_variables_nothing_else_is_said() {
    let workspace = Workspace::new();
    workspace.spec("version: 1\nstack: input\nregion: '${var.where}'\nvars: {team: x, wide: {default: x}}\n\
        trails: {audit: {bucket: input-logs}}\nbuckets: {input-logs: {name: 'a-${var.must}-logs', tags: {t: '${var.team}'}}}\n");
    let output = workspace.expect("validate --format json", 1);
    let found: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    let found = found["diagnostics"].as_array().unwrap();
    let codes: Vec<&str> = found.iter().map(|one| one["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["unset-variable", "wrong-type", "unset-variable"], "{found:?}");
    assert!(found[0]["help"].as_str().unwrap().contains("give `--var where=VALUE`"), "{found:?}");
    assert_eq!(found[1]["help"], "write the text itself: a variable has a default and nothing else");
}

#[test]
fn who_denies_on_the_command_line_has_the_last_word() {
    let workspace = Workspace::new();
    workspace.spec(&SPEC.replace("bucket: input-logs", "bucket: input-logs, log_file_validation: false"));
    let allowed = std::fs::read_to_string(workspace.path().join("trailctl.yaml")).unwrap();
    workspace.spec(&allowed.replace("\nbuckets", " # trailctl: allow(validation-off) because\nbuckets"));
    let _ = workspace.expect("validate", 0);
    let denied = workspace.expect("validate --deny validation-off", 1);
    assert!(denied.stderr.contains("error[validation-off]") && !denied.stderr.contains("unused-allow"));
    let both = workspace.expect("validate --allow validation-off --deny validation-off", 64);
    assert!(both.stderr.contains("`validation-off` is both allowed and denied"), "{}", both.stderr);
}

#[test]
fn of_a_directory_the_files_of_yaml_are_read() {
    let workspace = Workspace::new();
    std::fs::create_dir_all(workspace.path().join("all/below")).unwrap();
    workspace.write("all/one.YAML", SPEC);
    for other in ["all/.hidden.yaml", "all/below/two.yaml", "all/notes.txt"] {
        workspace.write(other, "version: 1\nstack: other\n");
    }
    let _ = workspace.expect("validate -f all", 0);
}

#[test]
fn a_wrong_value_of_a_file_of_variables_is_not_repeated_in_other_words() {
    let workspace = Workspace::new();
    let used = "tags: {h: '${var.hex}', f: '${var.few}', d: '${var.data}', t: '${var.text}'}";
    workspace.spec(&format!("{SPEC}{used}\n"));
    workspace.write(
        "values",
        "unused: 7\nhex: 0x1F\nfew: 1.50\ndata: {password: hunter}\ntext: \"# trailctl: allow(nonsense) y\"\n",
    );
    let output = workspace.expect("validate --var-file values --allow undeclared-variable --format json", 1);
    assert!(
        output.stdout.contains("put it in quotes: \\\"0x1F\\\"") && output.stdout.contains("\\\"1.50\\\""),
        "{}",
        output.stdout
    );
    assert!(
        !output.stdout.contains("hunter") && !output.stdout.contains("unknown-code"),
        "{}",
        output.stdout
    );
}

#[test]
fn a_spec_is_read_from_stdin_and_written_to_stdout() {
    let workspace = Workspace::new();
    let spec = workspace.expect("init -f - --stack s --bucket stdin-logs --region eu-west-1", 0).stdout;
    assert_eq!(std::fs::read_dir(workspace.path()).unwrap().count(), 0);
    let spec = workspace.write("spec", &spec);
    for arguments in
        ["validate -f -", "plan -f - --sandbox", "apply --yes -f - --sandbox", "fmt -f - --check"]
    {
        let output = workspace.run_on(&spec, arguments);
        assert_eq!(output.code, Some(0), "{arguments}: {}", output.stderr);
    }
    let wrong = workspace.write("wrong", "version: 1\nstack: s\ntrials: {}\n");
    let output = workspace.run_on(&wrong, "validate -f -");
    assert!(output.stderr.contains("<stdin>:3:1"), "{}", output.stderr);
}

#[test]
fn a_step_that_fails_skips_what_depends_on_it() {
    let aws = Local::serving(trailctl::sandbox::Sandbox::in_memory(), |call, _, _| {
        use crate::support::Verdict;
        if call.operation == "PutBucketVersioning" { Verdict::Refuse } else { Verdict::Continue }
    });
    let workspace = Workspace::at(&aws.endpoint);
    workspace.spec(&SPEC.replace("buckets: {", "buckets: {input-more: {versioning: false}, "));
    let output = workspace.expect("apply --yes", 4);
    assert!(
        output.stderr.contains("failed bucket.input-logs: s3:PutBucketVersioning in us-east-1"),
        "{}",
        output.stderr
    );
    assert!(
        output.stderr.contains("1 step skipped, it depends on what failed: trail.audit"),
        "{}",
        output.stderr
    );
    assert!(output.stderr.contains("done: bucket.input-more"), "{}", output.stderr);
    assert!(!aws.take_changes().contains(&"CreateTrail"));
}

#[test]
fn who_removes_everything_is_not_warned_of_what_the_spec_lacks() {
    let aws = Local::start();
    let workspace = Workspace::at(&aws.endpoint);
    workspace.spec("version: 1\nstack: s\nbuckets: {some-logs: {protect: false, versioning: false}}\n");
    let warns = |arguments: &str| workspace.expect(arguments, 0).stderr.contains("warning[");
    assert!(warns("plan"));
    assert!(warns("apply --yes"));
    assert!(!warns("destroy --yes --delete-data some-logs"));
}
