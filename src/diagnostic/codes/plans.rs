//! What a plan says of the account: why it is refused, and what else there is to know.

use super::Code;

pub(super) const CODES: &[Code] = &[
    Code::error(
        "coverage-loss",
        "Less would be recorded than before.",
        "Events that the trails of the account record now would be recorded by none after the plan; the reason names examples. Record \
         them, or allow the loss with `--allow-coverage-loss`, for this run.",
        "trailctl: the trails before and after are compared as sets of events",
    ),
    Code::error(
        "coverage-gap",
        "Something that is recorded before and after the plan may be missed in between.",
        "The calls of a plan take time, and any of them may be the last one that succeeds. No order was found in which the event of the \
         reason is recorded all the time. Do it in two runs: first record it by both, then leave it out.",
        "trailctl: every state that an apply can stop in is compared with those before and after",
    ),
    Code::error(
        "protected",
        "What carries a protection would be deleted or replaced.",
        "Trails, buckets and keys are protected unless the spec said `protect: false` when they were applied last. \
         `--allow-destroy NAME` allows it, for this run.",
        "trailctl",
    ),
    Code::error(
        "holds-data",
        "A bucket that is to be deleted is not empty.",
        "trailctl never deletes log files. Move or delete what it holds first.",
        "trailctl",
    ),
    Code::error(
        "ambiguous",
        "A name on the command line could mean several resources that hold data.",
        "Write the whole address, such as `bucket.audit-logs`.",
        "trailctl",
    ),
    Code::error(
        "no-owner",
        "A resource of this name exists and carries no mark of a stack.",
        "Somebody made it by hand or with another tool. Choose another `name`, or write `adopt: true` if this spec shall take it over.",
        "trailctl: only what carries the tag `trailctl:stack` is ever touched",
    ),
    Code::error(
        "other-stack",
        "A resource of this name belongs to another stack.",
        "Two specs would change it back and forth. Choose another `name`, or remove it from the other spec and take it over with \
         `--take-ownership-from STACK`.",
        "trailctl: the tag `trailctl:stack` says whose a resource is",
    ),
    Code::error(
        "unreadable-owner",
        "A resource of this name exists, and whose it is cannot be read.",
        "Use credentials that may read it and its tags; `trailctl iam-policy --role plan` prints what is needed. A bucket may be one of \
         another account: names of buckets are the same everywhere.",
        "trailctl",
    ),
    Code::error(
        "name-moved",
        "The name now leads to another resource than the stack's own.",
        "Somebody has pointed an alias at another key. Find out who, point it back, or choose another `name`.",
        "trailctl",
    ),
    Code::error(
        "name-taken",
        "AWS would refuse the resource beside another one of the same name.",
        "A multi-Region trail is seen in every Region, so that no other trail can have its name there. Choose another `name`.",
        "API Reference, CreateTrail",
    ),
    Code::error(
        "unseen",
        "The resource may exist under another name, and that cannot be seen.",
        "A key whose alias was changed is found by its tags only, and those cannot be read: it would be made a second time. Allow what \
         the help names, and plan again.",
        "trailctl",
    ),
    Code::error(
        "unread-user",
        "A trail that cannot be read may need what would be taken away.",
        "The policy lets in a trail that cannot be read now. Plan again with credentials that may read it.",
        "trailctl",
    ),
    Code::error(
        "opaque-policy",
        "A live policy is not understood, and would be written over.",
        "It has parts that trailctl cannot compare, and nobody knows what would be lost with it. Look at it, or allow to replace it with \
         `--replace-policy NAME`, for this run.",
        "trailctl",
    ),
    Code::error(
        "cannot-change",
        "An attribute would change that AWS never changes.",
        "Such as the Region of a bucket. Write what is live, or choose another `name` for a new resource.",
        "API References: the attribute is set when the resource is created",
    ),
    Code::error(
        "not-found",
        "An `{existing: …}` names something that the account does not have.",
        "Correct the name or the ARN, or describe it as an entry of this spec.",
        "trailctl",
    ),
    Code::error(
        "unfit",
        "What an `{existing: …}` names cannot serve as it is.",
        "The reason says what is wrong with it. Put that right, or name another one: trailctl does not change what it does not own.",
        "trailctl",
    ),
    Code::error(
        "key-elsewhere",
        "A key is in another Region than the bucket of its trail.",
        "CloudTrail looks for the key where the bucket is. Name a key in that Region.",
        "API Reference, CreateTrail: KmsKeyId",
    ),
    Code::error(
        "bucket-lacks-delivery",
        "The policy of a bucket of others does not let CloudTrail write.",
        "CloudTrail would refuse the trail. Who manages it must add the statement that the help shows. Of one that no step of the plan needs, this is a note.",
        "CloudTrail User Guide, \"Amazon S3 bucket policy for CloudTrail\"",
    ),
    Code::error(
        "key-lacks-delivery",
        "The policy of a key of others does not let CloudTrail use it.",
        "CloudTrail would refuse the trail, or could not encrypt log files. Who manages it must add the statement that the help shows. Of one that no step of the plan needs, this is a note.",
        "CloudTrail User Guide, \"Configure AWS KMS key policies for CloudTrail\"",
    ),
    Code::error(
        "topic-lacks-delivery",
        "The policy of a topic of others does not let CloudTrail publish.",
        "CloudTrail would refuse the trail. Who manages it must add the statement that the help shows. Of one that no step of the plan needs, this is a note.",
        "CloudTrail User Guide, \"Amazon SNS topic policy for CloudTrail\"",
    ),
    Code::error(
        "role-lacks-delivery",
        "A role of others does not let CloudTrail write to the log group.",
        "CloudTrail would refuse the trail, or nothing would arrive. Who manages it must add the statement that the help shows. Of one that no step of the plan needs, this is a note.",
        "CloudTrail User Guide, \"Role policy document for CloudTrail to use CloudWatch Logs for monitoring\"",
    ),
    Code::error(
        "unsafe-order",
        "The order of a plan breaks a rule that trailctl checks of every plan.",
        "This is a fault of trailctl: please report it. Nothing was changed.",
        "trailctl",
    ),
    Code::warning(
        "protection-weakened",
        "Records would be less protected than before, or kept for a shorter time.",
        "Such as without validation, without a key of their own, without versioning, or kept for a shorter time. Nothing keeps the plan \
         from being applied.",
        "trailctl",
    ),
    Code::warning(
        "note",
        "Something about a resource is worth knowing and no reason to change anything.",
        "Such as what others have added beside it, what a setting that cannot be taken back leaves behind, or what could not be read.",
        "trailctl",
    ),
    Code::warning(
        "left-alone",
        "Something belongs to the stack, is in the spec no more, and is not touched.",
        "Buckets, keys and log groups are made to hold data. `trailctl destroy --delete-data NAME` deletes it, with all that the stack owns; \
         only a bucket must be empty for that.",
        "trailctl",
    ),
];
