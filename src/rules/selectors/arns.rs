//! ARNs in selectors: those of resources, of the type that is selected, and those of who makes requests.

use super::{Home, values::Problem};
use crate::{
    diagnostic::nearest,
    events::{
        Operator,
        arns::{Arn, Shape},
    },
    kinds::{Resource as _, bucket::Bucket},
    resource::region::Region,
};

const FUNCTION: &str = "AWS::Lambda::Function";
const OBJECT: &str = "AWS::S3::Object";

/// Returns what is wrong with a value of `resources.ARN`.
pub(super) fn problem(
    kind: Option<&str>,
    home: Home<'_>,
    operator: Operator,
    value: &str,
) -> Option<Problem> {
    if operator.is_exact() {
        whole(kind, home, operator, value).or_else(|| odd(kind, home, operator, value))
    } else if operator.for_start() == operator {
        start(kind, home.partition, value).or_else(|| odd(kind, home, operator, value))
    } else {
        None
    }
}

/// Returns what is wrong with a value that must be the ARN of one resource of the type.
pub(super) fn whole(kind: Option<&str>, home: Home<'_>, operator: Operator, value: &str) -> Option<Problem> {
    let Home { partition, only: _ } = home;
    let what = kind.unwrap_or("resource");
    let shape = kind.and_then(Shape::of);
    let Some(arn) = Arn::read(value) else {
        let example = shape.map_or_else(
            || "write it like `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`".to_owned(),
            |shape| format!("write it like `{}`", shape.example(partition.unwrap_or("aws"))),
        );
        return Some(("not-an-arn", format!("`{value}` is not the ARN of one {what}"), example));
    };
    if let Some(problem) = other_partition(partition, arn.partition, value)
        .or_else(|| slash(kind, value))
        .or_else(|| account(&arn))
        .or_else(|| foreign_region(arn.partition, arn.region))
    {
        return Some(problem);
    }
    let shape = shape?;
    let example = shape.example(arn.partition);
    if arn.service != shape.service {
        let message = format!("`{value}` is of `{}`, and the selector is for {what}", arn.service);
        return Some(("arn-of-other-service", message, format!("ARNs of that type look like `{example}`")));
    }
    let prefix = operator.for_start().key();
    if !shape.fits(&arn) {
        let message = format!("`{value}` is not the ARN of one {what}");
        let help = format!("write it like `{example}`, or select what ARNs start with, with `{prefix}`");
        return Some(("inexact-arn", message, help));
    }
    (kind == Some(OBJECT) && value.ends_with('/') && arn.resource.matches('/').count() == 1).then(|| {
        let message = "no object has a bucket for its ARN: this fits nothing".to_owned();
        (
            "bucket-as-object",
            message,
            format!("for all objects of the bucket write `{prefix}: [\"{value}\"]`"),
        )
    })
}

/// Returns what is wrong with a value that ARNs must start with.
fn start(kind: Option<&str>, partition: Option<&str>, value: &str) -> Option<Problem> {
    let what = kind.unwrap_or("resource");
    let shape = kind.and_then(Shape::of);
    let (own, rest) = value.strip_prefix("arn:").and_then(|rest| rest.split_once(':')).unzip();
    if let Some(problem) =
        own.and_then(|own| other_partition(partition, own, value)).or_else(|| slash(kind, value))
    {
        return Some(problem);
    }
    let nothing = || {
        let example = shape
            .map_or_else(|| "arn:".to_owned(), |shape| shape.example(own.or(partition).unwrap_or("aws")));
        let message = format!("no ARN of {what} starts with `{value}`");
        Some(("prefix-of-no-arn", message, format!("they start like `{example}`")))
    };
    let Some(shape) = shape else {
        let can_start = value.starts_with("arn:") || "arn:".starts_with(value);
        return if can_start { None } else { nothing() };
    };
    let partition = own.or(partition).unwrap_or("aws");
    if !shape.can_start(value, partition) {
        let service = rest.and_then(|rest| rest.split_once(':')).map(|(service, _)| service);
        return match service.filter(|service| *service != shape.service) {
            Some(service) => {
                let message = format!("`{value}` is of `{service}`, and the selector is for {what}");
                let help = format!("ARNs of that type look like `{}`", shape.example(partition));
                Some(("prefix-of-other-service", message, help))
            }
            None => nothing(),
        };
    }
    let bucket = rest.and_then(|rest| rest.strip_prefix("s3:::")).filter(|_| kind == Some(OBJECT))?;
    (!bucket.is_empty() && !bucket.contains('/')).then(|| {
        let message =
            format!("without a slash behind it, `{bucket}` is also the start of other buckets' names");
        ("bucket-prefix-without-slash", message, format!("write `{value}/`"))
    })
}

/// An account has 12 digits.
fn account(arn: &Arn<'_>) -> Option<Problem> {
    let is_one = arn.account.len() == 12 && arn.account.bytes().all(|byte| byte.is_ascii_digit());
    (!arn.account.is_empty() && arn.account != "aws" && !is_one).then(|| {
        let message = format!("`{}` is not the id of an account, which has 12 digits", arn.account);
        ("arn-of-no-account", message, "write the 12 digits, or `${account}`".to_owned())
    })
}

/// The Region of an ARN is one of its partition.
fn foreign_region(partition: &str, region: &str) -> Option<Problem> {
    let here = Region::new(region).partition();
    (!region.is_empty() && here != partition).then(|| {
        let message = format!("`{region}` is a Region of `{here}`, and the ARN is of `{partition}`");
        ("arn-of-other-partition", message, format!("write `arn:{here}:`, or another Region"))
    })
}

/// Returns what is odd about an ARN of the type, or the start of one: what keeps it from fitting anything.
pub(super) fn odd(kind: Option<&str>, home: Home<'_>, operator: Operator, value: &str) -> Option<Problem> {
    // A Region is whole if something stands behind it.
    let parts: Vec<&str> = value.splitn(6, ':').collect();
    let ["arn", partition, _, region, _, ref rest @ ..] = parts[..] else { return None };
    if region.is_empty() {
        return bucket(kind, rest.first()?);
    }
    foreign_region(partition, region)
        .or_else(|| unknown_region(region))
        .or_else(|| other_region(home, operator, region))
}

/// Objects are in a bucket, and not all names are names of buckets.
fn bucket(kind: Option<&str>, resource: &str) -> Option<Problem> {
    let (name, _) = resource.split_once('/').filter(|_| kind == Some(OBJECT))?;
    let problem = Bucket::name_problem(name)?;
    if !matches!(problem.code, "bucket-name-upper-case" | "bucket-name-characters") {
        return None;
    }
    let message = format!("no bucket is named `{name}`, which {}: this fits nothing", problem.says);
    Some(("selects-no-bucket", message, "write the name of the bucket as S3 shows it".to_owned()))
}

fn unknown_region(region: &str) -> Option<Problem> {
    if Region::known().any(|known| known == region) {
        return None;
    }
    let help = match nearest(region, Region::known()) {
        Some(known) => format!("did you mean `{known}`?"),
        None => "Regions are written like `eu-west-1`".to_owned(),
    };
    Some(("unknown-region", format!("the Region `{region}` is not known"), help))
}

/// A trail of one Region records what happens there only.
fn other_region(home: Home<'_>, operator: Operator, region: &str) -> Option<Problem> {
    let only = home.only.filter(|only| *only != region && !operator.is_negative())?;
    let message = format!("this is in {region}, and the trail records {only} only: it selects nothing");
    let help = "remove it, or record all Regions with `multi_region: true`".to_owned();
    Some(("selects-other-region", message, help))
}

pub(super) fn other_partition(partition: Option<&str>, own: &str, value: &str) -> Option<Problem> {
    let here = partition.filter(|here| *here != own)?;
    let message = format!("`{value}` is of the partition `{own}`, and the trail is in `{here}`");
    Some(("arn-of-other-partition", message, format!("write `arn:{here}:`, or `arn:${{partition}}:`")))
}

/// A spelling that stands in AWS's own examples, and that no function has.
pub(super) fn slash(kind: Option<&str>, value: &str) -> Option<Problem> {
    let (before, name) = value.split_once(":function/").filter(|_| kind == Some(FUNCTION))?;
    let message = "the ARN of a function has a colon before the name".to_owned();
    Some(("function-arn-with-slash", message, format!("write `{before}:function:{name}`")))
}

/// Returns what is wrong with a value of `userIdentity.arn`.
pub(super) fn principal(partition: Option<&str>, operator: Operator, value: &str) -> Option<Problem> {
    if operator.for_end() == operator {
        return None;
    }
    let is_arn = value.starts_with("arn:") || (!operator.is_exact() && "arn:".starts_with(value));
    if !is_arn {
        let message = format!("`{value}` is not the ARN of who makes requests");
        let help = "write it like `arn:aws:iam::ACCOUNT:user/NAME`".to_owned();
        return Some(("principal-without-arn", message, help));
    }
    let own = value.strip_prefix("arn:").and_then(|rest| rest.split_once(':')).map(|(own, _)| own);
    if let Some(problem) = own.and_then(|own| other_partition(partition, own, value)) {
        return Some(problem);
    }
    if let Some(problem) = Arn::read(value).filter(|_| operator.is_exact()).and_then(|arn| account(&arn)) {
        return Some(problem);
    }
    let (partition, role) = value.strip_prefix("arn:")?.split_once(":iam::")?;
    let (account, name) = role.split_once(":role/")?;
    let name = name.rsplit('/').next().filter(|name| !name.is_empty()).map(|name| format!("{name}/"));
    let name = name.unwrap_or_default();
    let message = "events name the session of a role, and never the role".to_owned();
    let operator = operator.for_start().key();
    let help = format!("write `{operator}: [\"arn:{partition}:sts::{account}:assumed-role/{name}\"]`");
    Some(("role-as-principal", message, help))
}
