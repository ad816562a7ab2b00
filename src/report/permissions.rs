//! Permissions as Terraform and CloudFormation take them.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::yaml;
use crate::permissions::{Statement, document};

/// What the policies are for.
#[derive(Clone, Copy, Debug)]
pub struct Title<'a> {
    /// The stack.
    pub stack: &'a str,
    /// What somebody may do with it: `apply`.
    pub run: &'a str,
}

impl Title<'_> {
    /// Returns the name of the policy of this number among so many.
    #[must_use]
    pub fn name(self, number: usize, of: usize) -> String {
        let end = if of > 1 { format!("-{number}") } else { String::new() };
        format!("trailctl-{}-{}{end}", self.stack, self.run)
    }

    fn says(self) -> String {
        format!("Lets trailctl {} the stack {}", self.run, self.stack)
    }
}

/// Returns documents as Terraform configuration, laid out as `terraform fmt` does it.
#[must_use]
pub fn terraform(title: Title<'_>, documents: &[Vec<Statement>]) -> String {
    let blocks = documents.iter().enumerate().map(|(place, statements)| {
        let name = title.name(place + 1, documents.len());
        let label = name.replace('-', "_");
        let statements: Vec<String> = statements.iter().map(statement).collect();
        format!(
            "data \"aws_iam_policy_document\" \"{label}\" {{\n{}}}\n\n\
             resource \"aws_iam_policy\" \"{label}\" {{\n  \
               name        = {}\n  \
               description = {}\n  \
               policy      = data.aws_iam_policy_document.{label}.json\n}}\n",
            statements.join("\n"),
            quoted(&name),
            quoted(&title.says()),
        )
    });
    blocks.collect::<Vec<_>>().join("\n")
}

fn statement(statement: &Statement) -> String {
    let Statement { sid, is_deny: _, actions, resources, conditions } = statement;
    let mut text = format!("  statement {{\n    sid    = {}\n", quoted(sid));
    let _ = writeln!(text, "    effect = {}\n", quoted(statement.effect()));
    text += &list("actions", &mut actions.iter().copied());
    text += "\n";
    text += &list("resources", &mut resources.iter().map(String::as_str));
    for ((operator, key), values) in conditions {
        let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
        let _ = write!(
            text,
            "\n    condition {{\n      test     = {}\n      variable = {}\n      values   = [{}]\n    }}\n",
            quoted(operator),
            quoted(key),
            values.join(", ")
        );
    }
    text + "  }\n"
}

fn list(name: &str, items: &mut dyn Iterator<Item = &str>) -> String {
    let lines: String = items.map(|item| format!("      {},\n", quoted(item))).collect();
    format!("    {name} = [\n{lines}    ]\n")
}

/// Returns a text as Terraform reads it. What IAM takes for a variable is written with `&`, as the data source has it.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.replace("${", "&{").replace("%{", "%%{").chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => drop(write!(quoted, "\\u{:04x}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

/// Returns documents as a CloudFormation template.
#[must_use]
pub fn cloudformation(title: Title<'_>, documents: &[Vec<Statement>]) -> String {
    let resources = documents.iter().enumerate().map(|(place, statements)| {
        let name = title.name(place + 1, documents.len());
        let policy = json!({
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {
                "ManagedPolicyName": name,
                "Description": title.says(),
                "PolicyDocument": document(statements),
            },
        });
        (logical_id(&name), policy)
    });
    yaml::text(&json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": title.says(),
        "Resources": resources.collect::<Map<String, Value>>(),
    }))
}

/// Returns a name as CloudFormation takes it: letters and digits.
fn logical_id(name: &str) -> String {
    let capitalized = |part: &str| {
        let mut chars = part.chars();
        chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect::<String>()
    };
    name.split('-').map(capitalized).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permissions::Conditions;
    use std::collections::BTreeSet;

    const TITLE: Title<'_> = Title { stack: "security-audit", run: "apply" };

    fn statements() -> Vec<Statement> {
        vec![Statement {
            sid: "ChangeTrails".to_owned(),
            is_deny: false,
            actions: BTreeSet::from(["cloudtrail:AddTags", "cloudtrail:UpdateTrail"]),
            resources: BTreeSet::from(["arn:aws:cloudtrail:eu-west-1:111122223333:trail/audit".to_owned()]),
            conditions: Conditions::from([(
                ("StringEquals", "aws:ResourceTag/trailctl:stack".to_owned()),
                vec!["security-audit".to_owned(), "${*}".to_owned()],
            )]),
        }]
    }

    #[test]
    fn terraform_reads_it_and_has_nothing_to_lay_out() {
        let want = r#"data "aws_iam_policy_document" "trailctl_security_audit_apply" {
  statement {
    sid    = "ChangeTrails"
    effect = "Allow"

    actions = [
      "cloudtrail:AddTags",
      "cloudtrail:UpdateTrail",
    ]

    resources = [
      "arn:aws:cloudtrail:eu-west-1:111122223333:trail/audit",
    ]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/trailctl:stack"
      values   = ["security-audit", "&{*}"]
    }
  }
}

resource "aws_iam_policy" "trailctl_security_audit_apply" {
  name        = "trailctl-security-audit-apply"
  description = "Lets trailctl apply the stack security-audit"
  policy      = data.aws_iam_policy_document.trailctl_security_audit_apply.json
}
"#;
        assert_eq!(terraform(TITLE, &[statements()]), want);
        let two = terraform(TITLE, &[statements(), statements()]);
        assert!(two.contains("}\n\ndata \"aws_iam_policy_document\" \"trailctl_security_audit_apply_2\" {"));
    }

    #[test]
    fn cloudformation_has_a_managed_policy_for_each_document() {
        let text = cloudformation(TITLE, &[statements(), statements()]);
        let read: Value = serde_yaml::from_str(&text).unwrap();
        let one = &read["Resources"]["TrailctlSecurityAuditApply2"];
        assert_eq!(one["Type"], "AWS::IAM::ManagedPolicy");
        assert_eq!(one["Properties"]["ManagedPolicyName"], "trailctl-security-audit-apply-2");
        assert_eq!(one["Properties"]["PolicyDocument"], document(&statements()));
    }
}
