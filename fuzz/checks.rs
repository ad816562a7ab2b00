//! What must hold for any text. Used by the fuzz targets, and by the test suite on the kept corpus and mutations of it.

#![expect(clippy::unwrap_used, reason = "a check fails by a panic")]

use std::io::Read as _;

use trailctl::{
    import::{Import, cloudformation, terraform},
    kinds::kind,
    plan::Plan,
    policy::{
        canon::{Context, canon, render},
        document::PolicyDocument,
        evaluate::{Principal, Request, evaluate},
    },
    records::{Account, for_each},
    report::{
        diagnostics::{Sources, findings, github, human, junit, sarif},
        human::{Detail, plan as show},
        visible,
    },
    resolve::resolve,
    resource::{self, region::Region},
    spec::parse::{File, Input, read},
};

/// Reads a spec, reports what is wrong with it in every format, and resolves it if nothing is.
pub(crate) fn spec(text: &str) {
    let files = vec![File { name: "trailctl.yaml".to_owned(), text: text.to_owned() }];
    let input = Input { files, ..Input::default() };
    let parsed = read(&input);
    let sources = Sources::new(&input.files, parsed.document.as_ref());
    let found = &parsed.diagnostics;
    for one in findings(found, &sources).diagnostics {
        assert!(one.line >= 1 && one.column >= 1 && (one.end_line, one.end_column) >= (one.line, one.column));
    }
    serde_json::to_string(&sarif(found, &sources)).unwrap();
    junit(found, &sources, "trailctl validate").unwrap();
    let annotations = github(found, &sources);
    assert!(annotations.lines().all(|line| !line.contains('\u{1b}')));
    // What is shown to people is costly, and the same for many findings.
    human(&found[..found.len().min(3)], &sources);
    match &parsed.spec {
        Some(spec) => {
            let resolved =
                resolve(spec, &resource::Account::new("111122223333", "aws"), &Region::new("us-east-1"));
            assert!(resolved.desired.len() >= spec.entries.len());
        }
        None => assert!(!found.is_empty()),
    }
}

/// Reads a policy: its canonical form is stable, and a request can be judged.
pub(crate) fn policy(text: &str) {
    let context = Context { partition: "aws", account: "111122223333", resolver: None };
    let form = canon(text, &context);
    if text.len() < 100_000 {
        assert!(canon(&render(&form), &context) == form);
    }
    let document = PolicyDocument::read(text);
    if let Some(policy) = document.to_json() {
        let request = Request {
            principal: Principal::Service("cloudtrail.amazonaws.com".to_owned()),
            action: "s3:PutObject".to_owned(),
            resource: "arn:aws:s3:::logs/AWSLogs/111122223333/x".to_owned(),
            context: [("aws:SecureTransport".to_owned(), vec!["true".to_owned()])].into(),
        };
        let _ = evaluate(&policy, &request);
    }
}

/// Reads records of events, however they arrive: the same ones, and each says what it stands for.
pub(crate) fn records(text: &str) {
    let account = Account { id: "111122223333", is_unknown: false };
    let read = |stream: &mut dyn std::io::Read| {
        let mut found = Vec::new();
        let end = for_each(stream, &mut |record| {
            assert!(!record.events(account).is_empty() && !record.patterns(account).is_empty());
            found.push(record.title());
            true
        });
        (found, end.map_err(|error| error.to_string()))
    };
    let (start, end) = text.as_bytes().split_at(text.len() / 2);
    let at_once = read(&mut text.as_bytes());
    assert_eq!(read(&mut start.chain(end)), at_once);
}

/// Reads a file of another tool as each of them; what is found is a tree of its kind, and no sentence can steer a terminal.
pub(crate) fn import(text: &str) {
    for read in [terraform, cloudformation] {
        match read(text) {
            Ok(Import { account: _, found, notes }) => {
                for one in &found {
                    assert!(kind(&one.id.kind).unwrap().parse(&one.attrs).is_ok());
                }
                let all = found.iter().flat_map(|one| &one.notes).chain(&notes);
                assert!(all.clone().all(|note| visible(note) == *note && note.ends_with('.')));
            }
            Err(problem) => assert!(visible(&problem.message) == problem.message),
        }
    }
}

/// Reads a plan; one that is a plan can be shown, and reads back the same.
pub(crate) fn plan(text: &str) {
    let Ok(plan) = Plan::read(text) else { return };
    let shown = show(&plan, Detail { calls: true });
    assert!(!shown.contains('\u{202e}'));
    let again = Plan::read(&serde_json::to_string(&plan).unwrap()).unwrap();
    assert_eq!(again, plan);
}
