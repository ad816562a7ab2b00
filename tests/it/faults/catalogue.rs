//! What can go wrong with a call.

use std::collections::BTreeMap;

use serde_json::Value;
use trailctl::sandbox::Sandbox;

use super::others::Other;
use crate::support::{Attempt, Fault, Moment, Says, Seen};

/// Something that goes wrong at one attempt, or from there on.
#[derive(Clone, Debug)]
pub(super) enum Case {
    /// One answer is not what it should be.
    Once(Moment, Fault),
    /// The call is refused so often, then it is taken; always, if no number is given.
    Refused(Fault, Option<usize>),
    /// The credentials are over from there on.
    Expired,
    /// So many reads of the service after the call do not see its effect; its answer may be lost too.
    Late { is_lost: bool, reads: usize },
    /// Another client does something just before the call.
    Foreign(Other),
    /// Every attempt is broken when it is sent for the first time, each in another way that a run gets over: in turns, so
    /// that all ways meet all attempts.
    Each { turn: usize },
}

/// How many tries eventual consistency takes.
const TRIES: [Option<usize>; 4] = [Some(1), Some(2), Some(3), None];
/// How many reads do not see what was written: one, some, and all of a look at the largest kind.
const LATE_READS: [usize; 3] = [1, 4, 16];
/// What foreign clients do between a read and a write.
const FOREIGN: [Other; 5] =
    [Other::BucketStatement, Other::KeyStatement, Other::TrailTag, Other::BucketTag, Other::Stop];

/// Returns all that can go wrong with a call.
pub(super) fn cases(call: &Seen) -> Vec<Case> {
    use Moment::{After, Before};
    let once = Case::Once;
    let says = |says: Says| says.by(call.service);
    let mut cases = vec![
        once(Before, Fault::Status(503)),
        once(Before, Fault::Status(500)),
        once(Before, Fault::Reset),
        once(Before, Fault::Timeout),
        once(Before, Fault::Page),
        once(Before, Fault::Empty),
        once(After, Fault::Truncated),
        once(Before, Fault::Killed),
        Case::Expired,
    ];
    cases.extend(says(Says::Throttled).map(|fault| Case::Refused(fault, Some(1))));
    cases.extend(says(Says::Denied).map(|fault| Case::Refused(fault, None)));
    cases.extend(says(Says::Limit).map(|fault| once(Before, fault)));
    if !call.mutates {
        return cases;
    }
    cases.extend(says(Says::Throttled).map(|fault| Case::Refused(fault, None)));
    cases.extend(says(Says::Conflict).map(|fault| Case::Refused(fault, Some(1))));
    cases.extend(says(Says::Conflict).map(|fault| Case::Refused(fault, None)));
    for fault in [Fault::Status(503), Fault::Status(500), Fault::Reset, Fault::Timeout] {
        cases.push(once(After, fault));
    }
    cases.extend([Fault::Page, Fault::Empty, Fault::Killed].map(|fault| once(After, fault)));
    for fault in spreading(call) {
        cases.extend(TRIES.map(|tries| Case::Refused(fault.clone(), tries)));
    }
    for reads in LATE_READS {
        cases.extend([true, false].map(|is_lost| Case::Late { is_lost, reads }));
    }
    cases.extend(FOREIGN.map(Case::Foreign));
    cases
}

/// Returns what can go wrong with a call and is over when it is sent again.
fn turns(call: &Seen) -> Vec<Case> {
    cases(call).into_iter().filter(|case| case.is_over(call)).collect()
}

/// Returns how many turns there are, so that each way in which one of the calls can break comes to it.
pub(super) fn most_turns(calls: &[Seen]) -> usize {
    calls.iter().map(|call| turns(call).len()).max().unwrap_or(0)
}

/// Returns how AWS says that it does not see yet what a call rests on.
fn spreading(call: &Seen) -> Vec<Fault> {
    let refused = |status: u16, codes: &[(&'static str, &'static str)]| {
        codes.iter().map(|(code, message)| Fault::Refused(status, code, message)).collect()
    };
    match (call.service, call.operation) {
        ("cloudtrail", "CreateTrail" | "UpdateTrail") => refused(
            400,
            &[
                ("InsufficientS3BucketPolicyException", "Incorrect S3 bucket policy is detected."),
                ("S3BucketDoesNotExistException", "S3 bucket does not exist!"),
                ("InsufficientEncryptionPolicyException", "Insufficient permissions to access the key."),
                ("KmsKeyNotFoundException", "KMS key does not exist."),
                ("InsufficientSnsTopicPolicyException", "SNS topic policy is incorrect."),
                ("InvalidCloudWatchLogsRoleArnException", "Access denied. Check the trust relationships."),
                ("InvalidCloudWatchLogsLogGroupArnException", "Access denied. Check the permissions."),
            ],
        ),
        ("cloudtrail", _) => refused(400, &[("TrailNotFoundException", "Unknown trail.")]),
        ("kms", "CreateKey" | "PutKeyPolicy") => {
            refused(400, &[("MalformedPolicyDocumentException", "no such principal")])
        }
        ("kms", _) => refused(400, &[("NotFoundException", "no such key")]),
        ("s3", "CreateBucket") | ("iam", "CreateRole") | ("sns", "CreateTopic") => Vec::new(),
        ("s3", _) => refused(404, &[("NoSuchBucket", "no such bucket")]),
        ("iam", _) => refused(404, &[("NoSuchEntity", "no such role")]),
        ("sns", _) => refused(404, &[("NotFound", "no such topic")]),
        ("logs", "CreateLogGroup" | "AssociateKmsKey") => {
            refused(400, &[("AccessDeniedException", "The key is not allowed to be used with Arn 'arn:l'")])
        }
        ("logs", _) => refused(400, &[("ResourceNotFoundException", "no such log group")]),
        _ => Vec::new(),
    }
}

impl Case {
    /// Returns what it is called in a table.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Once(moment, fault) => {
                let fault = format!("{fault:?}");
                let code = fault.split('"').nth(1).unwrap_or(&fault);
                format!("{code} {}", format!("{moment:?}").to_lowercase())
            }
            Self::Refused(Fault::Refused(_, code, _), Some(tries)) => format!("{code} x{tries}"),
            Self::Refused(Fault::Refused(_, code, _), None) => format!("{code} always"),
            Self::Refused(fault, _) => format!("{fault:?}"),
            Self::Expired => "credentials expire".to_owned(),
            Self::Late { is_lost: true, reads } => format!("lost, {reads} late reads"),
            Self::Late { is_lost: false, reads } => format!("{reads} late reads"),
            Self::Foreign(other) => format!("others: {other:?}"),
            Self::Each { turn } => format!("each in turn {turn}"),
        }
    }

    /// Returns whether a run must get over it at a call, and do all of its plan.
    pub(super) fn is_got_over(&self, call: &Seen) -> bool {
        match self {
            Self::Once(_, Fault::Status(_) | Fault::Reset | Fault::Timeout) => true,
            Self::Once(moment, Fault::Page | Fault::Empty | Fault::Truncated) => {
                call.mutates && *moment == Moment::After
            }
            Self::Once(..) => false,
            Self::Refused(Fault::Refused(_, code, _), Some(1)) => {
                [Says::Throttled, Says::Conflict].iter().any(|says| {
                    SERVICES.iter().any(|service| {
                        matches!(says.by(service), Some(Fault::Refused(_, other, _)) if other == *code)
                    })
                })
            }
            Self::Refused(..) | Self::Expired | Self::Foreign(_) => false,
            Self::Late { reads, .. } => *reads <= LATE_READS[1],
            Self::Each { .. } => true,
        }
    }

    /// Returns whether it is over when the call is sent again.
    pub(super) fn is_over(&self, call: &Seen) -> bool {
        self.is_got_over(call) && !matches!(self, Self::Late { .. })
    }

    /// Returns whether an answer said that all is well when nothing was done. That shows only when all is read again.
    pub(super) fn lies(&self) -> bool {
        matches!(self, Self::Once(Moment::Before, Fault::Page | Fault::Empty))
    }

    /// Returns whether others interfere: what they do may be found in the next plan.
    pub(super) fn is_foreign(&self) -> bool {
        matches!(self, Self::Foreign(_))
    }

    /// Returns whether others stop a recording: that is a gap, and not ours.
    pub(super) fn stops_recording(&self) -> bool {
        matches!(self, Self::Foreign(Other::Stop))
    }

    /// Returns what breaks the attempt of this number, and what follows from it.
    pub(super) fn breaking(&self, number: usize) -> Breaking {
        Breaking { case: self.clone(), number, broken: None, old: None, left: 0, each: BTreeMap::new() }
    }
}

const SERVICES: [&str; 9] =
    ["cloudtrail", "iam", "kms", "logs", "organizations", "s3", "sns", "sts", "tagging"];

/// Breaks one attempt, and what follows from it.
pub(super) struct Breaking {
    case: Case,
    number: usize,
    /// The call that was broken.
    broken: Option<(Seen, String)>,
    /// What those see who are late.
    old: Option<Sandbox>,
    /// How often it still happens.
    left: usize,
    /// What breaks each of the attempts that were seen.
    each: BTreeMap<String, Self>,
}

impl Breaking {
    /// Returns what becomes of an attempt.
    pub(super) fn meet(&mut self, attempt: &Attempt<'_>, moment: Moment) -> Option<Fault> {
        let is_here = attempt.number == self.number;
        match &self.case {
            Case::Once(when, fault) => (is_here && *when == moment).then(|| fault.clone()),
            Case::Refused(fault, tries) => {
                let is_first = is_here && moment == Moment::Before;
                if is_first {
                    self.broken = Some((attempt.seen.clone(), identity(attempt)));
                    self.left = tries.unwrap_or(usize::MAX);
                }
                let is_it = self.broken.as_ref().is_some_and(|(seen, identity_of_it)| {
                    seen == attempt.seen && *identity_of_it == identity(attempt)
                });
                if moment == Moment::After || !is_it || self.left == 0 {
                    return None;
                }
                self.left -= 1;
                Some(fault.clone())
            }
            Case::Expired => (attempt.number >= self.number && moment == Moment::Before)
                .then(|| Says::Expired.by(attempt.seen.service))
                .flatten(),
            Case::Late { is_lost, reads } => match moment {
                Moment::Before if is_here => {
                    self.old = Some(attempt.sandbox.fork().unwrap());
                    self.broken = Some((attempt.seen.clone(), String::new()));
                    None
                }
                Moment::After if is_here => {
                    self.left = *reads;
                    is_lost.then_some(Fault::Timeout)
                }
                Moment::Before if self.left > 0 && !attempt.seen.mutates => {
                    let is_of_service =
                        self.broken.as_ref().is_some_and(|(seen, _)| seen.service == attempt.seen.service);
                    self.left -= usize::from(is_of_service);
                    self.old.clone().filter(|_| is_of_service).map(Fault::From)
                }
                _ => None,
            },
            Case::Each { turn } => {
                let (identity, place) = (identity(attempt), self.each.len());
                let ways = turns(attempt.seen);
                let new = || ways[(place + turn) % ways.len()].breaking(attempt.number);
                self.each.entry(identity).or_insert_with(new).meet(attempt, moment)
            }
            Case::Foreign(other) => {
                if is_here && moment == Moment::Before {
                    other.happen(attempt.sandbox);
                }
                None
            }
        }
    }
}

/// Returns what a request says, beside what its signature does.
fn identity(attempt: &Attempt<'_>) -> String {
    let body = attempt.request.body();
    // The members of a map come in any order.
    let body = match serde_json::from_slice::<Value>(body) {
        Ok(mut tree) => {
            tree.sort_all_objects();
            tree.to_string()
        }
        Err(_) => String::from_utf8_lossy(body).into_owned(),
    };
    format!("{} {} {body}", attempt.seen.operation, attempt.request.uri())
}
