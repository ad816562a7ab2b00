//! What is laid out means the same, keeps its comments, and stays as it is when it is laid out again.

mod generated;
mod order;
mod pairs;
mod splice;

use super::*;

/// Lays a text out, checks what holds for all, and returns the text.
#[track_caller]
fn laid(text: &str) -> String {
    let Formatted { text: laid, .. } =
        canonical(text, 0).unwrap_or_else(|refusal| panic!("{refusal:?}\n{text}"));
    holds(text, &laid);
    laid
}

#[track_caller]
fn holds(text: &str, laid: &str) {
    let again = canonical(laid, 0).unwrap_or_else(|refusal| panic!("{refusal:?}\n{laid}"));
    assert_eq!(again.text, laid, "laid out again");
    let (old, new) = (plain(text), plain(laid));
    let (old, new) = (Source::read(&old, 0).unwrap(), Source::read(&new, 0).unwrap());
    assert_eq!(old.value(), new.value(), "{text}\n{laid}");
    let comments = |source: &Source<'_>| {
        let mut all: Vec<String> =
            source.comments().into_iter().map(|at| source.text()[at].to_owned()).collect();
        all.sort_unstable();
        all
    };
    assert_eq!(comments(&old), comments(&new), "{text}\n{laid}");
}

#[test]
fn what_is_not_yaml_is_shown_at_its_place() {
    let text = "\u{feff}# ä\r\na: 1\r\nb: [1,\r\n";
    let Err(Refusal::Unreadable(problems)) = canonical(text, 3) else { panic!() };
    assert_eq!(problems.iter().map(|one| one.code).collect::<Vec<_>>(), ["yaml-syntax"]);
    assert_eq!(Source::read(text, 3).unwrap_err(), problems);
    assert!(matches!(canonical("a: 1\na: 2\n", 0), Err(Refusal::Unreadable(_))));
    assert!(matches!(canonical("a: !x 1\n", 0), Err(Refusal::Unreadable(_))));
}

#[test]
fn what_cannot_be_kept_is_left_alone() {
    let Err(refusal) = canonical("? {a: b}\n: c\n", 0) else { panic!("a key that is a mapping is laid out") };
    assert!(format!("{refusal:?}").contains("yaml-key"), "{refusal:?}");
}
