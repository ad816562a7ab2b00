//! Credentials, Regions, profiles and endpoints: found as the AWS CLI finds them.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpListener,
    process::Stdio,
};

use serde_json::{Value, json};

use crate::support::{Local, Workspace};

const SPEC: &str = "
version: 1
stack: access
trails: {audit: {bucket: access-logs}}
buckets: {access-logs: {}}
";

/// A folder whose AWS configuration files have profiles for this endpoint.
fn with_profiles(url: &str) -> Workspace {
    let workspace = Workspace::new();
    std::fs::create_dir(workspace.path().join(".aws")).unwrap();
    workspace.write(
        ".aws/config",
        &format!(
            "[profile plain]\nregion = eu-west-1\nendpoint_url = {url}\n\n\
             [profile role]\nregion = eu-west-1\nendpoint_url = {url}\nsource_profile = plain\n\
             role_arn = arn:aws:iam::444455556666:role/trailctl\n"
        ),
    );
    let keys = "[plain]\naws_access_key_id = 111122223333\naws_secret_access_key = secret\n";
    workspace.write(".aws/credentials", keys);
    workspace.spec(SPEC);
    workspace
}

#[test]
fn a_profile_gives_region_endpoint_and_credentials() {
    let aws = Local::start();
    let workspace = with_profiles(&aws.endpoint.url);
    let output = workspace.expect("plan --profile plain", 0);
    assert!(
        output.stdout.contains("arn:aws:cloudtrail:eu-west-1:111122223333:trail/audit"),
        "{}",
        output.stdout
    );
    let output = workspace.expect("plan --profile plain --region us-west-2", 0);
    assert!(
        output.stdout.contains("arn:aws:cloudtrail:us-west-2:111122223333:trail/audit"),
        "{}",
        output.stdout
    );
}

#[test]
fn a_profile_of_the_command_line_wins_over_credentials_of_the_environment() {
    let aws = Local::start();
    let mut workspace = with_profiles(&aws.endpoint.url);
    workspace.set("AWS_ACCESS_KEY_ID", "444455556666");
    workspace.set("AWS_SECRET_ACCESS_KEY", "secret");
    let output = workspace.expect("plan --profile plain", 0);
    assert!(output.stdout.contains(":111122223333:trail/audit"), "{}", output.stdout);
    workspace.set("AWS_PROFILE", "plain");
    let output = workspace.expect("plan", 0);
    assert!(output.stdout.contains(":444455556666:trail/audit"), "{}", output.stdout);
}

#[test]
fn a_profile_that_is_not_there_is_named_with_those_that_are() {
    let aws = Local::start();
    let mut workspace = with_profiles(&aws.endpoint.url);
    let says = "the AWS configuration has no profile `plane`; its profiles: plain, role\n";
    for output in [workspace.expect("plan --profile plane", 1), {
        workspace.set("AWS_PROFILE", "plane");
        workspace.expect("plan", 1)
    }] {
        assert!(output.stderr.contains(says), "{}", output.stderr);
    }
    workspace.write(".aws/config", "[profile plain\nregion = eu-west-1\n");
    workspace.set("AWS_PROFILE", "");
    let output = workspace.expect("plan", 1);
    assert!(output.stderr.contains("the AWS configuration cannot be read: "), "{}", output.stderr);
    assert!(output.stderr.contains(".aws/config on line 1"), "{}", output.stderr);
    assert_eq!(aws.take_calls(), []);
}

#[test]
fn a_region_that_is_none_is_refused_and_an_unknown_one_is_named() {
    let aws = Local::start();
    let mut workspace = Workspace::at(&aws.endpoint);
    workspace.spec(SPEC);
    let output = workspace.expect("plan --region eu_west", 64);
    assert!(output.stderr.contains("`--region eu_west` is not a Region"), "{}", output.stderr);
    let warns = "warning: `--region eu-west-9`: the Region is not known\n  help: did you mean `eu-west-";
    assert!(workspace.expect("plan --region eu-west-9", 0).stderr.contains(warns));
    workspace.set("AWS_REGION", "example.com/x");
    let output = workspace.expect("plan", 1);
    assert!(output.stderr.contains("`example.com/x`, of AWS_REGION or the profile, is not a Region"));
    assert_eq!(workspace.expect("plan --region eu-west-1", 0).stderr, "");
}

#[test]
fn the_role_of_a_profile_is_assumed() {
    let aws = Local::start();
    let mut workspace = with_profiles(&aws.endpoint.url);
    workspace.set("AWS_ENDPOINT_URL", &aws.endpoint.url);
    let planned = workspace.expect("plan --profile role", 0).stdout;
    assert!(planned.contains("444455556666:trail/audit"), "{planned}");
    workspace.set("AWS_PROFILE", "role");
    let _ = workspace.expect("apply --yes", 0);
    workspace.expect_no_changes();
    assert!(aws.take_calls().iter().any(|call| call.operation == "AssumeRole"));
    let state = aws.sandbox.state().unwrap().to_string();
    assert!(state.contains("444455556666:trail/audit"), "{state}");
}

#[test]
fn the_role_of_the_spec_is_assumed() {
    let aws = Local::start();
    let workspace = Workspace::at(&aws.endpoint);
    for role in [
        "arn:aws:iam::444455556666:role/trailctl",
        "{arn: 'arn:aws:iam::444455556666:role/trailctl', external_id: xyz, session_name: me}",
    ] {
        workspace.spec(&format!("{SPEC}account: '444455556666'\nassume_role: {role}\n"));
        let _ = workspace.expect("apply --yes", 0);
        workspace.expect_no_changes();
    }
}

#[test]
fn the_endpoint_of_one_service_is_respected() {
    let (aws, elsewhere) = (Local::start(), Local::start());
    let mut workspace = Workspace::at(&aws.endpoint);
    workspace.set("AWS_ENDPOINT_URL_S3", &elsewhere.endpoint.url);
    workspace.spec("version: 1\nstack: access\nbuckets: {access-logs: {}}\n");
    let _ = workspace.expect("apply --yes", 0);
    assert!(elsewhere.take_calls().iter().all(|call| call.service == "s3"));
    assert!(aws.take_calls().iter().all(|call| call.service != "s3"));
}

#[test]
fn the_flag_wins_over_the_environment() {
    let (aws, elsewhere) = (Local::start(), Local::start());
    let workspace = Workspace::at(&elsewhere.endpoint);
    workspace.spec(SPEC);
    let _ = workspace.expect(&format!("plan --endpoint-url {}", aws.endpoint.url), 0);
    assert_eq!(elsewhere.take_calls(), []);
}

#[test]
fn a_role_that_the_token_of_a_job_does_not_get_is_named() {
    let mut workspace = Workspace::new();
    workspace.spec(SPEC);
    let token = workspace.write("token", "the.to-ken");
    workspace.set("AWS_WEB_IDENTITY_TOKEN_FILE", token.to_str().unwrap());
    workspace.set("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/ci");
    workspace.set("AWS_REGION", "us-east-1");
    workspace.set("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
    let output = workspace.expect("plan", 1);
    let says = "error: the role arn:aws:iam::111122223333:role/ci could not be assumed with the token in AWS_WEB_IDENTITY_TOKEN_FILE: ";
    assert!(output.stderr.starts_with(says), "{}", output.stderr);
    assert!(output.stderr.contains("help: see that the role trusts the issuer"), "{}", output.stderr);
}

#[test]
fn the_sandbox_is_in_the_region_of_the_environment() {
    let mut workspace = Workspace::new();
    workspace.spec(SPEC);
    workspace.set("AWS_REGION", "eu-west-3");
    let output = workspace.expect("plan --sandbox", 0);
    assert!(output.stdout.contains("arn:aws:cloudtrail:eu-west-3:"), "{}", output.stdout);
}

#[test]
fn a_missing_ca_bundle_is_named() {
    let mut workspace = Workspace::at(&Local::start().endpoint);
    workspace.spec(SPEC);
    workspace.set("AWS_CA_BUNDLE", "missing.pem");
    let output = workspace.expect("plan", 1);
    assert!(output.stderr.starts_with("error: cannot read AWS_CA_BUNDLE missing.pem: "), "{}", output.stderr);
}

#[test]
fn credentials_appear_nowhere() {
    const SECRET: &str = "canary-secret-canary";
    let aws = Local::start();
    let mut workspace = Workspace::at(&aws.endpoint);
    workspace.set("AWS_SECRET_ACCESS_KEY", SECRET);
    workspace.set("AWS_SESSION_TOKEN", "canary-token-canary");
    workspace.spec(SPEC);
    for arguments in
        ["plan --log trace -o plan.json --calls", "apply --yes --log trace", "plan --log trace --format json"]
    {
        let output = workspace.expect(arguments, 0);
        assert!(
            output.stderr.contains("GetCallerIdentity"),
            "the log says what is called: {}",
            output.stderr
        );
        let saved = std::fs::read_to_string(workspace.path().join("plan.json")).unwrap();
        for text in [output.stdout, output.stderr, saved] {
            assert!(!text.contains("canary"), "{text}");
        }
    }
}

#[test]
fn the_token_of_a_job_is_exchanged_for_a_role() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut asked = String::new();
        let mut buffer = [0; 4096];
        while !asked.contains("WebIdentityToken=") {
            let length = stream.read(&mut buffer).unwrap();
            assert!(length > 0, "{asked}");
            asked += &String::from_utf8_lossy(&buffer[..length]);
        }
        let refusal = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>not you</Message></Error></ErrorResponse>";
        write!(stream, "HTTP/1.1 403 Forbidden\r\nContent-Length: {}\r\n\r\n{refusal}", refusal.len())
            .unwrap();
        asked
    });
    let mut workspace = Workspace::new();
    workspace.spec(SPEC);
    workspace.set("AWS_ENDPOINT_URL", &url);
    workspace.set("AWS_REGION", "us-east-1");
    workspace.set("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/ci");
    workspace.set("AWS_ROLE_SESSION_NAME", "trailctl-7");
    workspace.set("AWS_WEB_IDENTITY_TOKEN_FILE", workspace.write("token", "the.to-ken").to_str().unwrap());
    let _ = workspace.expect("plan", 1);
    let asked = asked.join().unwrap();
    for part in [
        "Action=AssumeRoleWithWebIdentity",
        "role%2Fci",
        "RoleSessionName=trailctl-7",
        "WebIdentityToken=the.to-ken",
    ] {
        assert!(asked.contains(part), "{part}: {asked}");
    }
    assert!(!asked.to_lowercase().contains("\r\nauthorization:"), "{asked}");
}

#[test]
fn the_log_can_be_lines_of_json() {
    let aws = Local::start();
    let workspace = Workspace::at(&aws.endpoint);
    workspace.spec(SPEC);
    let output = workspace.expect("plan --log debug --log-format json", 0);
    let lines: Vec<Value> = output.stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let called = lines.iter().find(|line| line["operation"] == "GetCallerIdentity").unwrap();
    assert_eq!((&called["level"], &called["message"]), (&json!("DEBUG"), &json!("call")));
    assert!(called["timestamp"].is_string() && called["region"] == "us-east-1", "{called}");
    assert!(called["outcome"] == "ok" && called["milliseconds"].is_u64(), "{called}");
    // Results are what they are without it; a log that is off says nothing.
    let plain = workspace.expect("plan --log-format json", 0);
    assert_eq!((plain.stdout, plain.stderr), (output.stdout, String::new()));
}

#[test]
fn calls_that_change_something_are_logged_before_others() {
    let aws = Local::start();
    let workspace = Workspace::at(&aws.endpoint);
    workspace.spec(SPEC);
    let logged = |level: &str| -> Vec<String> {
        let output = workspace.expect(&format!("apply --yes --quiet --log {level} --log-format json"), 0);
        let lines = output.stderr.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.map(|line| line["operation"].as_str().unwrap().to_owned()).collect()
    };
    let mut changes = logged("info");
    let mut sent = aws.take_changes();
    changes.sort();
    sent.sort_unstable();
    assert!(sent.contains(&"CreateTrail") && changes == sent, "{changes:?} {sent:?}");
    assert_eq!(logged("info"), [""; 0]);
    assert!(logged("debug").contains(&"GetTrailStatus".to_owned()));
}

#[test]
fn the_served_sandbox_answers_other_clients_and_keeps_its_state() {
    let mut workspace = Workspace::new();
    let mut server = workspace
        .command("sandbox serve --sandbox=aws")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut url = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut url).unwrap();
    workspace.set("AWS_ENDPOINT_URL", url.trim());
    workspace.set("AWS_ACCESS_KEY_ID", "any");
    workspace.set("AWS_SECRET_ACCESS_KEY", "secret");
    workspace.set("AWS_REGION", "us-east-1");
    workspace.spec(SPEC);
    let applied = workspace.run("apply --yes");
    server.kill().unwrap();
    server.wait().unwrap();
    assert_eq!(applied.code, Some(0), "{applied:?}");
    // The same directory, in process.
    let mut plain = workspace;
    plain.set("AWS_ENDPOINT_URL", "");
    let output = plain.expect("--sandbox=aws plan", 0);
    assert_eq!(output.stdout, "No changes. The account matches the spec.\n");
}
