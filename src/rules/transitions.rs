//! Moves of objects to other storage classes: which S3 makes, in which order, and when.

use serde_json::Value;

use crate::{
    diagnostic::{Diagnostic, nearest},
    kinds::bucket::lifecycle::CLASSES,
    path::Path,
};

/// Storage classes that objects are written to and never moved to.
const OTHER: &[&str] = &["STANDARD", "REDUCED_REDUNDANCY", "OUTPOSTS", "SNOW", "EXPRESS_ONEZONE"];
/// How long objects stay in the classes for infrequent access before they can move on.
const STAY: i64 = 30;

pub(super) fn check(rule: &Value, at: &Path, found: &mut Vec<Diagnostic>) {
    for (list, expiry) in
        [("transitions", "expire_days"), ("noncurrent_transitions", "noncurrent_expire_days")]
    {
        let moves: Vec<(usize, i64, &str)> = moves(&rule[list]);
        for (index, days, class) in &moves {
            one(*days, class, &at.key(list).index(*index), found);
        }
        order(&moves, &at.key(list), found);
        let last = moves.iter().map(|(_, days, _)| *days).max();
        if let (Some(last), Some(end)) = (last, rule[expiry].as_i64())
            && (1..=last).contains(&end)
        {
            let message = format!("objects are gone after {end} days, and would move after {last}");
            let help = format!("write more than {last}, or remove the later transitions");
            found.push(Diagnostic::at("transition-after-expiry", at.key(expiry), message).help(help));
        }
    }
}

fn moves(list: &Value) -> Vec<(usize, i64, &str)> {
    let all = list.as_array().into_iter().flatten().enumerate();
    all.filter_map(|(index, one)| Some((index, one["days"].as_i64()?, one["storage_class"].as_str()?)))
        .collect()
}

fn rank(class: &str) -> Option<usize> {
    CLASSES.iter().position(|(known, _)| *known == class)
}

fn one(days: i64, class: &str, at: &Path, found: &mut Vec<Diagnostic>) {
    let mut says = |code, key: &str, message: String, help: String| {
        found.push(Diagnostic::at(code, at.key(key), message).help(help));
    };
    let known = || CLASSES.iter().map(|(name, _)| *name).collect::<Vec<_>>();
    match rank(class).and_then(|rank| CLASSES.get(rank)) {
        Some((_, least)) if days < *least && days >= 0 => {
            let message = format!("objects can move to {class} after {least} days at the earliest");
            says("transition-too-soon", "days", message, format!("write {least} or more"));
        }
        Some(_) => {}
        None if OTHER.contains(&class) => {
            let message = format!("objects cannot move to {class}");
            let help = format!("one of: {}", known().join(", "));
            says("transition-to-no-target", "storage_class", message, help);
        }
        None => {
            let help = match nearest(class, known()) {
                Some(known) => format!("did you mean `{known}`?"),
                None => format!("those that are known are {}", known().join(", ")),
            };
            says(
                "unknown-storage-class",
                "storage_class",
                format!("the storage class `{class}` is not known"),
                help,
            );
        }
    }
    if days < 0 {
        let message = "the number of days is 0 or more".to_owned();
        says("transition-days", "days", message, "write `0` or more".to_owned());
    }
}

/// Objects move from warmer to colder classes only, to each once, and stay in those for infrequent access for a while.
fn order(moves: &[(usize, i64, &str)], at: &Path, found: &mut Vec<Diagnostic>) {
    let mut sorted: Vec<_> =
        moves.iter().filter_map(|(index, days, class)| Some((rank(class)?, *days, *index, *class))).collect();
    sorted.sort_unstable();
    for pair in sorted.windows(2) {
        let [(warm, earlier, _, before), (cold, later, index, class)] = [pair[0], pair[1]];
        let place = |key: &str| at.index(index).key(key);
        if warm == cold {
            let message = format!("objects move to {class} twice");
            let diagnostic = Diagnostic::at("transition-twice", place("storage_class"), message);
            found.push(diagnostic.help("remove one of the two"));
        } else if later <= earlier {
            let message = format!("objects cannot move to {class} before or with their move to {before}");
            let help = format!("write more than {earlier} days: objects move to colder classes only");
            found.push(Diagnostic::at("transition-order", place("days"), message).help(help));
        } else if before.ends_with("_IA") && later - earlier < STAY {
            let message = format!("objects stay in {before} for {STAY} days at least");
            let help = format!("write {} or more", earlier + STAY);
            found.push(Diagnostic::at("transition-gap", place("days"), message).help(help));
        }
    }
}
