//! Rules on whole specs: what is found, and where.

use crate::{diagnostic::Place, spec::parse::parse};

/// Returns the findings about a spec: the code, and the path that each points to.
fn findings(text: &str) -> Vec<(&'static str, String)> {
    let parsed = parse(&format!("version: 1\nstack: s\nregion: eu-west-1\n{text}"));
    let found = parsed.diagnostics.into_iter().map(|one| match one.place {
        Place::Value(path) | Place::Key(path) => (one.code, path.to_string()),
        Place::Text(_) => panic!("the text is a tree: {}", one.message),
    });
    found.collect()
}

fn of_trail(trail: &str, more: &str) -> Vec<(&'static str, String)> {
    findings(&format!("trails: {{audit: {{bucket: {{existing: logs}}, {trail}}}}}\n{more}"))
}

#[test]
fn log_groups_keep_events_as_long_as_aws_can() {
    for days in [1, 365, 3653] {
        assert_eq!(findings(&format!("log_groups: {{l: {{retention_days: {days}}}}}")), []);
    }
    for days in [0, 366, 9999] {
        let found = findings(&format!("log_groups: {{l: {{retention_days: {days}}}}}"));
        assert_eq!(found, [("log-group-retention", "log_groups.l.retention_days".to_owned())]);
    }
    let found = findings("log_groups: {l: {class: STANDRAD, retention_days: 1}}");
    assert_eq!(found, [("unknown-log-group-class", "log_groups.l.class".to_owned())]);
}

#[test]
fn a_trail_writes_to_a_log_group_that_is_with_it_and_takes_its_events() {
    let at = "trails.audit.cloudwatch_logs.log_group".to_owned();
    let with =
        |group: &str| of_trail("cloudwatch_logs: {log_group: l}", &format!("log_groups: {{l: {group}}}"));
    assert_eq!(with("{}"), []);
    assert_eq!(with("{region: eu-west-1}"), []);
    assert_eq!(with("{region: us-east-1}"), [("log-group-region", at.clone())]);
    let of_class = |class: &str| with(&format!("{{class: {class}, retention_days: 1}}"));
    assert_eq!(of_class("INFREQUENT_ACCESS"), [("log-group-without-filters", at.clone())]);
    assert_eq!(of_class("DELIVERY"), [("log-group-class", at)]);
}

#[test]
fn roles_are_as_iam_wants_them() {
    let of = |role: &str| findings(&format!("roles: {{r: {role}}}"));
    let good = "{path: /a/b/, max_session_seconds: 43200, permissions_boundary: 'arn:aws:iam::111122223333:policy/p', \
                managed_policies: ['arn:aws:iam::aws:policy/service-role/x'], \
                inline_policies: {more: {statements: [{Effect: Deny, Action: 's3:*', Resource: 'arn:aws:s3:::a/${aws:username}'}]}}}";
    assert_eq!(of(good), []);
    for (role, code, at) in [
        ("{path: audit}", "role-path-ends", "path"),
        ("{path: /a//b/}", "role-path-slashes", "path"),
        ("{max_session_seconds: 900}", "role-session-length", "max_session_seconds"),
        ("{permissions_boundary: p}", "malformed-arn", "permissions_boundary"),
        ("{managed_policies: ['arn:aws:iam::aws:role/x']}", "arn-resource-type", "managed_policies[0]"),
        (
            "{inline_policies: {trailctl: {mode: merge}}}",
            "inline-policy-name-reserved",
            "inline_policies.trailctl",
        ),
        (
            "{inline_policies: {a b: {mode: merge}}}",
            "inline-policy-name-characters",
            "inline_policies[\"a b\"]",
        ),
    ] {
        assert_eq!(of(role), [(code, format!("roles.r.{at}"))], "{role}");
    }
}

#[test]
fn names_of_roles_differ_in_more_than_case() {
    assert_eq!(
        findings("roles: {Audit: {}, audit: {}}"),
        [("duplicate-role-name", "roles.audit".to_owned())]
    );
    assert_eq!(findings("roles: {a: {name: x}, b: {name: x}}").len(), 1);
    assert_eq!(findings("roles: {a: {}, b: {}}"), []);
}

#[test]
fn the_role_that_is_made_for_a_trail_needs_a_name_that_iam_takes() {
    let name = "x".repeat(49);
    let logs = "cloudwatch_logs: {log_group: {existing: l}";
    let at = "trails.audit.cloudwatch_logs".to_owned();
    assert_eq!(of_trail(&format!("name: {name}, {logs}}}"), ""), [("role-name-too-long", at)]);
    assert_eq!(of_trail(&format!("name: {}, {logs}}}", &name[1..]), ""), []);
    assert_eq!(of_trail(&format!("name: {name}, {logs}, role: {{existing: r}}}}"), ""), []);
    assert_eq!(of_trail(&format!("name: {name}, {logs}}}"), "roles: {audit-cloudwatch-logs: {}}"), []);
}
