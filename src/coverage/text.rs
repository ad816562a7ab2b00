//! The texts that are worth trying on one field, and which patterns accept each.
//!
//! Let P and S be all starts and ends that conditions compare with, the empty text among them, and E all whole values. What the
//! conditions say of a text outside E depends on nothing but the longest member of P that it starts with and the longest
//! member of S that it ends with: the others that fit are parts of these. So the members of E and one text for each pair of P
//! and S stand for all texts. Sets of columns say which patterns accept; a column is one condition of one pattern.

use std::collections::BTreeMap;

use super::{
    Condition, Field, Operator,
    assumptions::Assumptions,
    bits::{Bits, Seen},
    budget::{Budget, TooComplex},
    condition::Term,
};

/// The texts of one field.
pub(super) struct Texts {
    /// The columns that take everything in, unless they keep it out.
    open: Bits,
    /// The columns that accept an event without the field, if there are such events.
    absent: Option<Bits>,
    /// The whole values, with the columns that accept them.
    whole: Vec<(String, Bits)>,
    /// The starts; the empty one first. None for a field that has few values: `whole` has them all.
    starts: Vec<Part>,
    /// The ends, written backwards.
    ends: Vec<Part>,
}

/// A start or an end of texts.
struct Part {
    text: String,
    /// The longest other part that this one starts with.
    parent: usize,
    said: Said,
}

/// What conditions say of texts.
struct Said {
    /// The columns that take them in.
    select: Bits,
    /// The columns that keep them out.
    exclude: Bits,
}

/// A text that is worth trying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    /// The event does not have the field.
    Absent,
    /// The whole value of this number.
    Whole(usize),
    /// A text of this start and end, in none of the whole values.
    Class(usize, usize),
}

type Parts = BTreeMap<String, Said>;

impl Texts {
    /// Gathers the texts that the conditions, each with its column, speak of.
    pub(super) fn new(
        field: &Field,
        conditions: &[(usize, &Condition)],
        width: usize,
        rules: &Assumptions,
    ) -> Self {
        let (mut open, mut absent) = (Bits::of(width, 0..width), Bits::of(width, 0..width));
        let (mut starts, mut ends, mut whole) = (Parts::new(), Parts::new(), Parts::new());
        let nothing = || Said { select: Bits::none(width), exclude: Bits::none(width) };
        for &(column, condition) in conditions {
            if !condition.accepts(None, rules) {
                absent.remove(column);
            }
            for Term { operator, value } in &condition.0 {
                let value = rules.fold(value);
                let (parts, text) = match operator {
                    Operator::Equals | Operator::NotEquals => (&mut whole, value.into_owned()),
                    Operator::StartsWith | Operator::NotStartsWith => (&mut starts, value.into_owned()),
                    Operator::EndsWith | Operator::NotEndsWith => (&mut ends, backwards(&value)),
                };
                let said = parts.entry(text).or_insert_with(nothing);
                if operator.selects() {
                    open.remove(column);
                    said.select.insert(column);
                } else {
                    said.exclude.insert(column);
                }
            }
        }
        let absent = field.may_be_absent(rules).then_some(absent);
        let mut texts = Self { open, absent, whole: Vec::new(), starts: Vec::new(), ends: Vec::new() };
        if field.values().is_empty() {
            starts.entry(String::new()).or_insert_with(nothing);
            ends.entry(String::new()).or_insert_with(nothing);
            (texts.starts, texts.ends) = (chained(starts), chained(ends));
            let accepted = |(text, said): (String, Said)| {
                let (start, end) = texts.class(&text);
                let accepted = texts.accepted(start, end, Some(&said));
                (text, accepted)
            };
            texts.whole = whole.into_iter().map(accepted).collect();
        } else {
            // A value that only a condition knows of is one more: AWS may have learnt it since.
            let said =
                conditions.iter().flat_map(|(_, condition)| &condition.0).map(|term| term.value.as_str());
            for value in field.values().iter().copied().chain(said) {
                if texts.whole.iter().all(|(known, _)| known != value) {
                    let refuse =
                        |(_, condition): &&(usize, &Condition)| !condition.accepts(Some(value), rules);
                    let mut accepted = Bits::of(width, 0..width);
                    conditions.iter().filter(refuse).for_each(|(column, _)| accepted.remove(*column));
                    texts.whole.push((value.to_owned(), accepted));
                }
            }
        }
        texts
    }

    /// Returns texts that all `own` columns accept, each with the columns that accept it. Of texts that the same `rivals` accept
    /// some are left out.
    pub(super) fn accepted_by(
        &self,
        own: &[usize],
        rivals: &Bits,
        budget: &mut Budget,
    ) -> Result<Vec<(Choice, Bits)>, TooComplex> {
        let mut found = Vec::new();
        let mut consider = |choice, accepted: Bits| {
            if own.iter().all(|column| accepted.has(*column)) {
                found.push((choice, accepted));
            }
        };
        let heads = self.worth_trying(&self.starts, &self.ends, own, rivals);
        let tails = self.worth_trying(&self.ends, &self.starts, own, rivals);
        // To make a text and to compare it with others costs as much as some tries, the more the wider the sets are.
        budget.spend(self.starts.len() / 16 + heads.len() * tails.len() * (8 + rivals.words()) / 4)?;
        for &head in &heads {
            tails
                .iter()
                .for_each(|tail| consider(Choice::Class(head, *tail), self.accepted(head, *tail, None)));
        }
        for (number, (_, accepted)) in self.whole.iter().enumerate() {
            consider(Choice::Whole(number), accepted.clone());
        }
        if let Some(accepted) = &self.absent {
            consider(Choice::Absent, accepted.clone());
        }
        Ok(found)
    }

    /// Returns the parts that can be in a text which all `own` columns accept; of those of which the same is said the first.
    fn worth_trying(&self, parts: &[Part], other_side: &[Part], own: &[usize], rivals: &Bits) -> Vec<usize> {
        // A column that takes texts in by the other side, or without being asked, takes in any part on this one.
        let is_free = |column: usize| {
            self.open.has(column) || other_side.iter().any(|part| part.said.select.has(column))
        };
        let bound: Vec<usize> = own.iter().copied().filter(|column| !is_free(*column)).collect();
        let mut relevant = rivals.clone();
        own.iter().for_each(|column| relevant.insert(*column));
        let mut seen = Seen::new();
        let mut is_worth = |Said { select, exclude }: &Said| {
            bound.iter().all(|column| select.has(*column))
                && !own.iter().any(|column| exclude.has(*column))
                && seen.insert((select.and(&relevant), exclude.and(&relevant)))
        };
        (0..parts.len()).filter(|number| is_worth(&parts[*number].said)).collect()
    }

    /// Returns the columns that accept a text of this start and end, and of this whole value if it is one.
    fn accepted(&self, start: usize, end: usize, whole: Option<&Said>) -> Bits {
        let all = || [&self.starts[start].said, &self.ends[end].said].into_iter().chain(whole);
        let mut accepted = self.open.clone();
        all().for_each(|said| accepted.add(&said.select));
        all().for_each(|said| accepted.drop(&said.exclude));
        accepted
    }

    /// Returns the longest start and the longest end of a text.
    fn class(&self, text: &str) -> (usize, usize) {
        (longest(&self.starts, text), longest(&self.ends, &backwards(text)))
    }

    /// Returns the first text for a choice that is made by a filler between its start and its end and is accepted as the
    /// choice is. A sign that is in no condition always makes one.
    pub(super) fn word(
        &self,
        choice: Choice,
        rules: &Assumptions,
        fillers: impl Fn(&str, &str) -> Vec<String>,
    ) -> Option<String> {
        match choice {
            Choice::Absent => None,
            Choice::Whole(number) => Some(self.whole[number].0.clone()),
            Choice::Class(start, end) => {
                let (head, tail) = (&self.starts[start].text, backwards(&self.ends[end].text));
                let fits = |text: &String| {
                    let text = rules.fold(text);
                    self.class(&text) == (start, end) && self.whole.iter().all(|(whole, _)| *whole != *text)
                };
                let unused = ('a'..='z').chain('\u{a1}'..=char::MAX).map(String::from);
                fillers(head, &tail)
                    .into_iter()
                    .chain(unused)
                    .map(|word| format!("{head}{word}{tail}"))
                    .find(fits)
            }
        }
    }
}

fn backwards(text: &str) -> String {
    text.chars().rev().collect()
}

/// Hands down what is said of each part to the longer ones that start with it.
fn chained(parts: Parts) -> Vec<Part> {
    let mut chained: Vec<Part> = Vec::with_capacity(parts.len());
    for (text, mut said) in parts {
        let parent = longest(&chained, &text);
        if let Some(shorter) = chained.get(parent) {
            said.select.add(&shorter.said.select);
            said.exclude.add(&shorter.said.exclude);
        }
        chained.push(Part { text, parent, said });
    }
    chained
}

/// Returns the longest part that the text starts with. In sorted order only parts that start with it too stand between it
/// and the text, so it is the last part before the text, or one that this one starts with.
fn longest(parts: &[Part], text: &str) -> usize {
    let mut number = parts.partition_point(|part| *part.text <= *text).saturating_sub(1);
    while number > 0 && !text.starts_with(&parts[number].text) {
        number = parts[number].parent;
    }
    number
}
