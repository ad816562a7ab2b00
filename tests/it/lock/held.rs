//! Taking, holding and releasing a lock, with answers that are lost and others who are faster.

use std::{
    cell::RefCell,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use aws_sdk_s3::primitives::ByteStream;
use trailctl::{
    apply::{Event, Patience, Stop, apply},
    aws::{Aws, CallName, Gate, Use},
    lock::{Body, Holding, Place, Refusal, Release, Take, Times, take},
    resource::region::Region,
    sandbox::Sandbox,
    spec::Lock,
};

use super::{BUCKET, KEY, SPEC, lock, noon, one, s3, with_bucket};
use crate::{
    lifecycle::in_runtime,
    support::{Fault, Inside, Moment, deep},
};

const LEASE: Duration = Duration::from_secs(300);

/// The usual times, with hardly any waits.
fn times() -> Times {
    let short = Duration::from_millis(1);
    Times { beat: short, again: short, first: short, total: short * 8, ..Times::of(LEASE, LEASE / 10) }
}

fn place(aws: &Aws) -> Place<'_> {
    let settings: Lock = serde_json::from_value(serde_json::json!({"bucket": BUCKET})).unwrap();
    Place::new(aws, &settings, "locked", &Region::new("us-east-1"))
}

fn body(id: &str) -> Body {
    let owner = "arn:aws:iam::111122223333:user/ann";
    Body::of(id, "locked", owner, "apply", noon(), LEASE.as_secs())
}

async fn taken<'a>(place: &'a Place<'_>, id: &str, stop: &'a Stop) -> Result<Holding<'a>, Refusal> {
    take(Take { place, body: body(id), times: times(), breaks_stale: true, stop }).await
}

/// Breaks calls of an operation from one number on, so many of them.
fn breaking(
    sandbox: &Sandbox,
    operation: &'static str,
    (from, count): (usize, usize),
    (fault, when): (Fault, Moment),
) -> Inside {
    let before = AtomicUsize::new(0);
    Inside::of(sandbox, move |call, moment| {
        if call.seen.operation != operation {
            return None;
        }
        let number = match moment {
            Moment::Before => before.fetch_add(1, Ordering::SeqCst) + 1,
            Moment::After => before.load(Ordering::SeqCst),
        };
        (moment == when && number >= from && number - from < count).then(|| fault.clone())
    })
}

/// Runs in a thread of its own to its end, while this one waits: as the hook of a call may.
fn meanwhile<F: Future<Output = ()>>(run: impl FnOnce() -> F + Send + 'static) {
    alone(run);
}

/// Runs a test that goes deep.
fn alone<F: Future<Output = ()>>(run: impl FnOnce() -> F + Send + 'static) {
    deep(move || in_runtime(run()));
}

const LOST: [(Fault, Moment); 6] = [
    (Fault::Status(503), Moment::Before),
    (Fault::Status(503), Moment::After),
    (Fault::Reset, Moment::Before),
    (Fault::Timeout, Moment::After),
    (Fault::Page, Moment::Before),
    (Fault::Page, Moment::After),
];

#[test]
fn lost_answers_leave_the_lock_taken_once_and_released() {
    alone(async || {
        for fault in LOST {
            for (operation, number) in
                [("PutObject", 1), ("PutObject", 2), ("PutObject", 3), ("DeleteObject", 2)]
            {
                let case = format!("{fault:?} at {operation} {number}");
                // A proxy that answers for the endpoint when that should refuse looks like one that ignores conditions.
                if operation == "DeleteObject" && matches!(fault.0, Fault::Page) {
                    continue;
                }
                let sandbox = with_bucket().await;
                let aws = breaking(&sandbox, operation, (number, 1), fault.clone()).connect().await;
                let (place, stop) = (place(&aws), Stop::default());
                let holding =
                    taken(&place, "run1", &stop).await.unwrap_or_else(|error| panic!("{case}: {error}"));
                assert_eq!(holding.wait(), None, "{case}");
                assert!(lock(&sandbox).unwrap().contains("run1"), "{case}");
                assert_eq!(holding.release().await.unwrap(), Release::Done, "{case}");
                assert_eq!(lock(&sandbox), None, "{case}");
            }
        }
    });
}

#[test]
fn conflicts_are_waited_for_and_given_up() {
    alone(async || {
        let conflict =
            (Fault::Refused(409, "ConditionalRequestConflict", "at the same time"), Moment::Before);
        for (count, is_taken) in [(2, true), (1000, false)] {
            let sandbox = with_bucket().await;
            let aws = breaking(&sandbox, "PutObject", (1, count), conflict.clone()).connect().await;
            let (place, stop) = (place(&aws), Stop::default());
            let outcome = taken(&place, "run1", &stop).await;
            assert_eq!(outcome.is_ok(), is_taken, "{:?}", outcome.err());
            assert_eq!(lock(&sandbox).is_some(), is_taken);
        }
    });
}

#[test]
fn of_two_that_break_a_stale_lock_one_wins() {
    alone(async || {
        let sandbox = with_bucket().await;
        let aws = Inside::healthy(&sandbox).connect().await;
        let (old, stop) = (place(&aws), Stop::default());
        let dead = taken(&old, "dead", &stop).await.unwrap();
        let later = sandbox.clone().with_clock(one);
        let rival = later.clone();
        let puts = AtomicUsize::new(0);
        // The second write of the first is the one that takes over; before it comes there, the second does it all.
        let slow = Inside::of(&later, move |call, moment| {
            let is_put = (call.seen.operation, moment) == ("PutObject", Moment::Before);
            if is_put && puts.fetch_add(1, Ordering::SeqCst) == 1 {
                let rival = rival.clone();
                meanwhile(move || async move {
                    let aws = Inside::healthy(&rival).connect().await;
                    let (place, stop) = (place(&aws), Stop::default());
                    let holding = taken(&place, "fast", &stop).await.unwrap();
                    assert_eq!(holding.wait(), Some(LEASE));
                });
            }
            None
        });
        let aws = slow.connect().await;
        let new = place(&aws);
        let refused = taken(&new, "slow", &stop).await.err().unwrap();
        assert!(matches!(&refused, Refusal::Held(seen) if seen.is_of("fast")), "{refused}");
        assert!(lock(&sandbox).unwrap().contains("fast"));
        // The one that was dead finds out when it wakes up, and leaves the lock of the other alone.
        let mut dead = dead;
        tokio::select! {
            never = dead.keep(&stop) => match never {},
            () = stop.until_told() => {}
        }
        assert!(stop.why().unwrap().contains("was taken by somebody else: `apply` of the stack `locked`"));
        assert_eq!(dead.release().await.unwrap(), Release::NotOurs);
        assert!(lock(&sandbox).unwrap().contains("fast"));
    });
}

#[test]
fn signs_of_life_are_given_and_survive_lost_answers() {
    alone(async || {
        for fault in LOST {
            let sandbox = with_bucket().await;
            // Three writes take the lock; the fifth is the second sign of life.
            let aws = breaking(&sandbox, "PutObject", (5, 1), fault.clone()).connect().await;
            let (place, stop) = (place(&aws), Stop::default());
            let mut holding = taken(&place, "run1", &stop).await.unwrap();
            let far = async {
                while !lock(&sandbox).unwrap().contains("\"beats\": 9") {
                    tokio::task::yield_now().await;
                }
                assert!(aws.gate().ready().await);
            };
            tokio::select! {
                never = holding.keep(&stop) => match never {},
                () = far => {}
            }
            assert!(!stop.is_told(), "{fault:?}: {:?}", stop.why());
            assert_eq!(holding.release().await.unwrap(), Release::Done, "{fault:?}");
            assert_eq!(lock(&sandbox), None, "{fault:?}");
        }
    });
}

#[test]
fn a_lock_that_cannot_be_renewed_in_time_stops_the_run() {
    alone(async || {
        let sandbox = with_bucket().await;
        let aws = breaking(&sandbox, "PutObject", (4, usize::MAX), (Fault::Status(503), Moment::Before))
            .connect()
            .await;
        let (place, stop) = (place(&aws), Stop::default());
        let times = Times { reserve: LEASE - Duration::from_millis(20), ..times() };
        let wanted = Take { place: &place, body: body("run1"), times, breaks_stale: false, stop: &stop };
        let mut holding = take(wanted).await.unwrap();
        tokio::select! {
            never = holding.keep(&stop) => match never {},
            () = stop.until_told() => {}
        }
        assert!(
            stop.why().unwrap().contains("could not be renewed in time: s3:PutObject"),
            "{:?}",
            stop.why()
        );
        assert!(!aws.gate().ready().await);
        // It is still this run's, and nobody has to wait for it.
        assert_eq!(holding.release().await.unwrap(), Release::Done);
        assert_eq!(lock(&sandbox), None);
    });
}

#[test]
fn what_a_dead_run_has_left_is_taken_over_and_healed() {
    alone(async || {
        let sandbox = with_bucket().await;
        let dies = (Fault::Refused(400, "AccessDeniedException", "no"), Moment::Before);
        let (aws, plan) = breaking(&sandbox, "CreateTrail", (1, 1), dies).planned(SPEC).await;
        let (left, stop) = (place(&aws), Stop::default());
        let holding = taken(&left, "dead", &stop).await.unwrap();
        let outcome =
            apply(&plan, &aws, "dead", &Patience::none(), &stop, &RefCell::default(), &mut |_| {}).await;
        assert!(outcome.has_changed_anything() && !outcome.is_complete());
        drop(holding);
        let inside = Inside::healthy(&sandbox.with_clock(one));
        let (aws, plan) = inside.planned(SPEC).await;
        let place = place(&aws);
        let mut holding = taken(&place, "next", &stop).await.unwrap();
        assert_eq!(holding.wait(), Some(LEASE));
        let (patience, mut ignore) = (Patience::none(), |_: Event<'_>| {});
        let so_far = RefCell::default();
        let outcome = tokio::select! {
            outcome = apply(&plan, &aws, "next", &patience, &stop, &so_far, &mut ignore) => outcome,
            never = holding.keep(&stop) => match never {},
        };
        assert!(outcome.is_complete(), "{outcome:?}");
        assert_eq!(holding.release().await.unwrap(), Release::Done);
        assert!(inside.planned(SPEC).await.1.is_empty());
    });
}

#[test]
fn a_lease_that_is_over_before_it_is_renewed_stops_the_run() {
    alone(async || {
        let sandbox = with_bucket().await;
        let aws = Inside::healthy(&sandbox).connect().await;
        let (place, stop) = (place(&aws), Stop::default());
        // As short as if each renewal took longer than the lease.
        let times = Times { reserve: LEASE - Duration::from_nanos(1), ..times() };
        let wanted = Take { place: &place, body: body("run1"), times, breaks_stale: false, stop: &stop };
        let mut holding = take(wanted).await.unwrap();
        let is_ready = tokio::select! {
            is_ready = aws.gate().ready() => is_ready,
            never = holding.keep(&stop) => match never {},
        };
        assert!(!is_ready && stop.why().unwrap().contains("raise `lease_seconds`"), "{:?}", stop.why());
        assert_eq!(holding.release().await.unwrap(), Release::Done);
    });
}

/// Applies a plan under a lock that is lost at a call, and returns what was sent from then on.
async fn applied_until_lost(operation: &'static str, lose: fn(&Sandbox)) -> (Vec<&'static str>, String) {
    let sandbox = with_bucket().await;
    let (gate, is_lost) = (Arc::new(OnceLock::<Gate>::new()), AtomicBool::new(false));
    let (doubted, loser) = (Arc::clone(&gate), sandbox.clone());
    let inside = Inside::of(&sandbox, move |call, moment| {
        let is_now = (call.seen.operation, moment) == (operation, Moment::After);
        if is_now && !is_lost.swap(true, Ordering::SeqCst) {
            lose(&loser);
            doubted.get().unwrap().doubt();
        }
        None
    });
    let (aws, plan) = inside.planned(SPEC).await;
    gate.set(aws.gate().clone()).unwrap();
    let (place, stop) = (place(&aws), Stop::default());
    let mut holding = taken(&place, "run1", &stop).await.unwrap();
    inside.take_changes();
    let (patience, mut ignore) = (Patience::none(), |_: Event<'_>| {});
    let so_far = RefCell::default();
    let outcome = tokio::select! {
        outcome = apply(&plan, &aws, "run1", &patience, &stop, &so_far, &mut ignore) => outcome,
        never = holding.keep(&stop) => match never {},
    };
    assert!(!outcome.is_complete() && outcome.has_changed_anything(), "{outcome:?}");
    assert!(outcome.failed.is_empty() && outcome.interrupted.len() == plan.steps.len(), "{outcome:?}");
    assert_eq!(holding.release().await.unwrap(), Release::NotOurs);
    (inside.take_changes(), stop.why().unwrap().to_owned())
}

#[test]
fn a_lost_lock_stops_what_is_not_sent_yet() {
    let removed = |sandbox: &Sandbox| {
        let sandbox = sandbox.clone();
        meanwhile(move || async move {
            s3(&sandbox).delete_object().bucket(BUCKET).key(KEY).send().await.unwrap();
        });
    };
    let written = |sandbox: &Sandbox| {
        let sandbox = sandbox.clone();
        meanwhile(move || async move {
            let put = s3(&sandbox).put_object().bucket(BUCKET).key(KEY);
            put.body(ByteStream::from(body("other").text().into_bytes())).send().await.unwrap();
        });
    };
    alone(async move || {
        for (lose, words) in [
            (removed as fn(&Sandbox), "was removed by somebody else"),
            (
                written,
                "was taken by somebody else: `apply` of the stack `locked` by arn:aws:iam::111122223333:user/ann",
            ),
        ] {
            let (changes, why) = applied_until_lost("CreateBucket", lose).await;
            assert_eq!(changes, ["CreateBucket", "PutObject"], "{why}");
            assert!(why.starts_with(&format!("the lock s3://{BUCKET}/{KEY} {words}")), "{why}");
        }
    });
}

#[test]
fn a_change_that_waits_for_its_turn_does_not_leave_when_the_lock_is_lost() {
    alone(async || {
        let sandbox = with_bucket().await;
        let inside = Inside::healthy(&sandbox);
        let aws = inside.connect().await;
        let region = Region::new("us-east-1");
        let create = async |r#use| {
            let client: aws_sdk_s3::Client = aws.client(&region, r#use);
            let name = CallName { service: "s3", operation: "CreateBucket", region: &region };
            aws.send(name, client.create_bucket().bucket("acme-more-locks").send()).await
        };
        aws.gate().lose();
        let held_back = create(Use::Change).await.unwrap_err();
        assert!(held_back.message.starts_with("not sent: the lock could not be kept"), "{held_back:?}");
        assert_eq!(inside.take_changes(), [""; 0]);
        assert!(create(Use::Lock).await.is_ok());
        aws.gate().open();
        assert_eq!(inside.take_changes(), ["CreateBucket"]);
    });
}
