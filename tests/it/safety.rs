//! Names, tags and texts that try to forge output: in a terminal, in a CI log, in XML, JSON and SARIF.

use serde_json::Value;
use trailctl::sandbox::Sandbox;

use crate::support::{Local, Moment, Output, Verdict, Workspace};

/// What may not reach a terminal or a log as it is: escape sequences, carriage returns, characters that turn or hide text.
const HIDDEN: &[char] = &['\u{1b}', '\r', '\u{7}', '\u{202e}', '\u{2066}', '\u{200b}', '\u{9b}', '\u{feff}'];
/// Texts as YAML writes them between double quotes.
const HOSTILE: &[&str] = &[
    "\\e[2K\\e[1A\\e[32mNo changes.",
    "a\\r::error file=x::forged",
    "x\\n::set-output name=a::b",
    "\\u202egnp.exe",
    "\\u2066hidden\\u200b",
    "`$(touch x)`<script>alert(1)</script>]]>&amp;",
    "\\x9b31m",
    "%0A::warning::forged",
    "\\uFEFF",
];

fn spec(text: &str) -> String {
    format!(
        "version: 1\nstack: s\nregion: us-east-1\ntags: {{\"{text}\": \"{text}\"}}\ntrails:\n  \"{text}\": {{bucket: \"{text}\"}}\n\
         buckets:\n  acme-logs: {{colour: \"{text}\", \"{text}\": 1, policy: {{statements: [{{Sid: \"{text}\"}}]}}}}\n"
    )
}

#[track_caller]
fn is_clean(output: &str, context: &str) {
    assert!(!output.contains(HIDDEN), "{context}: {output:?}");
}

#[test]
fn no_text_of_a_spec_can_forge_output() {
    let workspace = Workspace::new();
    for text in HOSTILE {
        workspace.spec(&spec(text));
        for format in ["human", "json", "markdown", "github", "sarif", "junit"] {
            let output = workspace.expect(&format!("validate --format {format}"), 1);
            is_clean(&output.stdout, text);
            is_clean(&output.stderr, text);
            match format {
                "json" | "sarif" => {
                    let document: Value = serde_json::from_str(&output.stdout).unwrap();
                    assert!(document.is_object(), "{text}");
                }
                "github" => {
                    let commands: Vec<&str> = output.stdout.lines().collect();
                    let (last, commands) = commands.split_last().unwrap();
                    let is_ours = |line: &&str| line.starts_with("::error file=trailctl.yaml,line=");
                    assert!(commands.iter().all(is_ours), "{text}: {commands:?}");
                    assert!(last.ends_with("in the spec."), "{text}: {last}");
                }
                "junit" => {
                    let report: Result<quick_junit::Report, _> =
                        quick_junit::Report::deserialize_from_str(&output.stdout);
                    assert_eq!(report.unwrap().test_suites.len(), 1, "{text}");
                }
                "markdown" => {
                    let forged = output.stdout.lines().any(|line| line.trim_start().starts_with("::"));
                    assert!(!forged && output.stdout.starts_with("### trailctl validate\n"), "{text}");
                }
                _ => {
                    let forged = output.stderr.lines().any(|line| line.trim_start().starts_with("::"));
                    assert!(!forged, "{text}: {}", output.stderr);
                }
            }
        }
    }
}

#[tokio::test]
async fn no_text_of_the_account_can_forge_output() {
    let aws = Local::start();
    let workspace = Workspace::at(&aws.endpoint);
    workspace.spec("version: 1\nstack: s\nbuckets: {acme-logs: {}}\n");
    let _ = workspace.expect("apply --yes", 0);
    let tag = |key: &str, value: &str| {
        let tag = aws_sdk_s3::types::Tag::builder().key(key).value(value).build().unwrap();
        aws_sdk_s3::types::Tagging::builder().tag_set(tag)
    };
    // Whose it is cannot be told any more, and what is there steers terminals.
    let tagging = tag("trailctl:stack", "x\u{1b}[2K\u{202e}y\n::error::forged").build().unwrap();
    let s3 = aws.endpoint.s3("us-east-1");
    let forged = s3.put_bucket_tagging().bucket("acme-logs").tagging(tagging).send().await;
    // The embedded AWS refuses what S3 refuses in tags: then a policy carries the text.
    if forged.is_err() {
        let statement = serde_json::json!({"Sid": "x\u{1b}[2K\u{202e}y\n::error::forged", "Effect": "Deny", "Principal": "*",
            "Action": "s3:DeleteBucket", "Resource": "arn:aws:s3:::acme-logs"});
        let policy = serde_json::json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
        s3.put_bucket_policy().bucket("acme-logs").policy(policy).send().await.unwrap();
    }
    for arguments in [
        "plan",
        "plan --calls",
        "plan --format json",
        "plan --format markdown --calls",
        "plan --format junit",
        "apply --format markdown --calls",
    ] {
        let output = workspace.run(arguments);
        assert!(output.stdout.contains("forged"), "{arguments}: {}", output.stdout);
        is_clean(&output.stdout, arguments);
        let forged = output.stdout.lines().any(|line| line.trim_start().starts_with("::"));
        assert!(!forged, "{arguments}: {}", output.stdout);
    }
    // With colours of its own too, what is of others is shown as it is written.
    let output = workspace.run("plan --color always");
    assert!(output.stdout.contains("forged") && output.stdout.contains('\u{1b}'), "{}", output.stdout);
    assert!(
        !output.stdout.contains("\u{1b}[2K") && !output.stdout.contains(&HIDDEN[1..]),
        "{}",
        output.stdout
    );
}

/// Credentials that nobody has.
const CANARIES: [&str; 3] =
    ["AKIACANARYACCESSKEY1", "canary/Secret+Access/Key0123456789abcdef", "canaryToken//abc+def=="];

/// Returns whether a text has a canary in it, as it is or as it may be written: in a URL, in JSON, in base64.
fn sings(text: &str) -> bool {
    let encoded = |canary: &str| {
        let in_url =
            percent_encoding::utf8_percent_encode(canary, percent_encoding::NON_ALPHANUMERIC).to_string();
        // Wherever a canary begins in what is encoded, this part of it is there.
        [canary.to_owned(), in_url, canary.replace('/', "\\/"), aws_smithy_types::base64::encode(canary)]
    };
    CANARIES.iter().flat_map(|canary| encoded(canary)).any(|canary| text.contains(&canary))
}

#[test]
fn credentials_are_nowhere() {
    let spec = "version: 1\nstack: s\nregion: us-east-1\ntrails: {audit: {bucket: acme-logs, kms_key: key}}\n\
                buckets: {acme-logs: {}}\nkms_keys: {key: {}}\n";
    // Some calls fail, so that errors are told too; an answer may say what the request was.
    let aws = Local::serving(Sandbox::in_memory(), |_, number, when| {
        if number % 5 == 3 && when == Moment::After { Verdict::Fail } else { Verdict::Continue }
    });
    let mut workspace = Workspace::at(&aws.endpoint);
    let names = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];
    for (name, canary) in names.iter().zip(CANARIES) {
        workspace.set(name, canary);
    }
    workspace.spec(spec);
    let look = |output: &Output, what: &str| {
        assert!(!sings(&output.stdout) && !sings(&output.stderr), "{what}: {output:?}");
    };
    let mut logged = 0;
    let formats = ["human", "json"].into_iter().cycle();
    for (format, (arguments, file)) in formats.zip([
        ("plan -o plan.json --calls", Some("plan.json")),
        ("plan --format json", None),
        ("apply plan.json --record record.jsonl", Some("record.jsonl")),
        ("apply --yes --format json --record record.jsonl", Some("record.jsonl")),
        (
            "destroy --yes --allow-destroy audit --allow-coverage-loss --record record.jsonl",
            Some("record.jsonl"),
        ),
    ]) {
        let output = workspace.run(&format!("{arguments} --log trace --log-format {format}"));
        look(&output, arguments);
        logged += output.stderr.len();
        if let Some(file) = file {
            let text = std::fs::read_to_string(workspace.path().join(file)).unwrap();
            assert!(!text.is_empty() && !sings(&text), "{file}: {text}");
        }
    }
    assert!(logged > 10_000, "the log is on: {logged}");
    // Refused credentials are told of without them.
    let aws = Local::asked(Sandbox::in_memory(), |_, _, _| Verdict::Refuse);
    workspace.set("AWS_ENDPOINT_URL", &aws.endpoint.url);
    for format in ["human", "json"] {
        let refused = workspace.run(&format!("plan --log trace --log-format {format}"));
        assert_ne!(refused.code, Some(0));
        look(&refused, "refused");
    }
    // Neither does a token that is not taken appear.
    let token = CANARIES.concat();
    let mut guest = Workspace::new();
    guest.spec(spec);
    guest.set("AWS_ENDPOINT_URL", &aws.endpoint.url);
    guest.set("AWS_REGION", "us-east-1");
    guest.set("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/ci");
    guest.set("AWS_WEB_IDENTITY_TOKEN_FILE", guest.write("token", &token).to_str().unwrap());
    let refused = guest.run("plan --log trace --log-format json");
    assert_ne!(refused.code, Some(0));
    look(&refused, "a token");
    // What is looked for would be found.
    assert!(CANARIES.iter().all(|canary| sings(&format!("<{canary}>"))));
}

#[test]
fn of_a_bucket_that_was_renamed_only_the_old_one_is_meant_by_its_name() {
    let workspace = Workspace::new();
    let named = |name: &str| {
        let spec = format!(
            "version: 1\nstack: renamed\nregion: us-east-1\nbuckets: {{logs: {{name: {name}, protect: false}}}}\n"
        );
        workspace.spec(&spec);
        workspace.expect("apply --yes --sandbox", 0).stdout
    };
    named("renamed-1");
    named("renamed-2");
    let plan = workspace.expect("plan --sandbox", 0).stdout;
    let says = "the bucket renamed-1 is made to hold data; `destroy --delete-data renamed-1` deletes it";
    assert!(plan.contains(says), "{plan}");
    let left = || {
        let state = std::fs::read_to_string(workspace.path().join(".trailctl-sandbox/state.json")).unwrap();
        ["renamed-1", "renamed-2"].map(|name| state.contains(name))
    };
    for word in ["logs", "bucket.logs"] {
        let refused = workspace.expect(&format!("destroy --yes --sandbox --delete-data {word}"), 3);
        assert!(refused.stdout.contains("could also mean bucket.logs, named renamed-"), "{}", refused.stdout);
        assert_eq!(left(), [true, true]);
    }
    let _ = workspace.expect("destroy --yes --sandbox --delete-data renamed-1", 0);
    assert_eq!(left(), [false, true]);
}
