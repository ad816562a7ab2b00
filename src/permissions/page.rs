//! The page about permissions, made from the tables.

use std::fmt::Write as _;

use super::{
    Run,
    tables::{Guard, On, Row, TABLES},
};

const HEAD: &str = "# Permissions

This page is made from trailctl's own tables; a test holds every call of its runs against them.

`trailctl iam-policy --role plan|apply|destroy` prints the least policy for a spec, without AWS. `--format terraform` and `--format cloudformation`
write it in these languages. Names and ARNs are those of the spec; an account or a Region that is not known is a `*`, but where the spec uses one
in a text, `--account` and `--region` must say it. IAM takes no policy of more than 6,144 characters: a large spec has several, one document after the
other, or one list with `--format json`.

```sh
trailctl iam-policy --role plan > plan.json
trailctl iam-policy --role apply --format terraform > apply.tf
```

- **plan** reads. It reads nothing that is kept in a bucket and decrypts nothing. Keys, log groups, roles, topics and trails are read in the
  whole account, since a plan looks for what left the spec and tells what is somebody else's; buckets only by their names. A bucket that
  left the spec is then said to be unreadable, and left alone.
- **apply** adds what makes and changes the entries of the spec, whatever they were changed to by others. What exists must carry the tag
  `trailctl:stack` of the stack, and no call may write another stack's tag. CloudTrail alone can be passed a role, and only one that a
  trail of the spec uses. A trail can be stopped only if the spec has `logging: false` for it. It denies, whatever else is attached:
  to decrypt, to disable a key that the spec wants enabled, to schedule a key for deletion, to delete a bucket or an object in one of the spec's buckets.
- **destroy** adds to *plan* what removes the entries of the spec.

apply and destroy have what the lock of the spec needs, on that object and its bucket. If the bucket is encrypted with a key of KMS, give
`kms:Decrypt` and `kms:GenerateDataKey` for it: the policy of apply does not deny that.

The policy of a spec is for that spec. A plan that removes or replaces something, such as a trail with another name, needs the policy of
*apply* of the spec, and that of *destroy* of the spec that described it; the move of a multi-Region trail to another home Region needs
that of *destroy* of both. With the policy of *apply* alone such a run makes what is new, leaves what is old, and ends with exit code 4:
nothing is lost, and the next run with both goes on there. A spec without its last organization trail needs what the one before it had.

What IAM cannot tell apart:

- A tag that comes with the creation and one that is set later. What has a name of the spec and carries no mark of any stack can therefore
  be marked, as `adopt: true` does. The id of a new key is not known, so that this is so for **every** unmarked key of the Region. If that
  matters, make keys elsewhere and refer to them by `{existing: …}`. What another stack has marked is safe, unless `--take-ownership-from`
  names that stack.
- Buckets by their tags, which S3 looks at only where that is switched on.
- What a role may be changed to: who may write the policies of a role of the spec may give it every right. A permissions boundary in the
  spec bounds new roles.

What else they hold:

| for | action | on | why |
| --- | --- | --- | --- |
| all | `tag:GetResources` | `*` | finds by its tags what left the spec |
| all, with an organization trail or `${org}` | `organizations:DescribeOrganization`, `organizations:ListAWSServiceAccessForOrganization`, `organizations:ListDelegatedAdministrators`; `cloudtrail:GetTrail` | `*`; all trails | an organization trail needs an organization that lets CloudTrail in |
| apply, with an organization trail | `organizations:ListAccounts`, `iam:CreateServiceLinkedRole` | `*`; the role of CloudTrail | CloudTrail asks for both in the caller's name |
| apply | `iam:PassRole` | the roles that trails of the spec use, to CloudTrail | delivery to CloudWatch Logs |
| apply, destroy, with `lock:` | `s3:GetObject`, `s3:PutObject`, `s3:DeleteObject`; `s3:ListBucket`, `s3:GetBucketObjectLockConfiguration` | the object of the lock; its bucket | takes, renews and releases it |
| apply, denied | `kms:Decrypt`, `kms:DisableKey`, `kms:ScheduleKeyDeletion`; `s3:DeleteBucket`; `s3:DeleteObject*` | all keys; the buckets of the spec; what they hold | keeps the log files and what reads them |

`status` and `coverage … --live` need what *plan* needs, and `unlock` what *apply* needs for the lock. `export` needs the actions that are
for all below on every bucket, key, log group, role and topic that a trail of the account uses, with a spec or without.

IAM takes 6,144 characters in a policy. What is longer is written as several, all of which are needed; a role takes ten.
";

/// Returns the page.
#[must_use]
pub fn page() -> String {
    let mut page = HEAD.to_owned();
    for table in TABLES {
        let title = table.title.replace("LogGroups", "Log groups");
        let _ = write!(
            page,
            "\n## {title}\n\n| for | operation | action | on | if |\n| --- | --- | --- | --- | --- |\n"
        );
        page.extend(table.rows.iter().map(line));
    }
    page
}

fn line(row: &Row) -> String {
    let run = match row.run {
        Run::Plan => "all",
        other => other.name(),
    };
    format!("| {run} | {} | `{}` | {} | {} |\n", row.operation, row.action, on(row.on), condition(row.guard))
}

fn on(on: On) -> &'static str {
    match on {
        On::Everything => "`*`",
        On::All => "all of the account",
        On::Own => "those of the spec",
        On::Alias => "aliases of the spec",
        On::Existing => "existing ones of others",
    }
}

fn condition(guard: Guard) -> &'static str {
    match guard {
        Guard::Free => "",
        Guard::New => "it marks, and no other mark is there",
        Guard::NewBounded => "it marks, with the boundary of the spec",
        Guard::Marked => "the mark is there",
        Guard::MarkedEntry => "the mark is there, of this entry",
        Guard::MarkedPolicies => "the mark is there; policies of the spec",
        Guard::MarkedBoundary => "the mark is there; the boundary of the spec",
    }
}
