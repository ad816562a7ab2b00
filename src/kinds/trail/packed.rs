//! More selectors than a trail can have, as fewer that record the same.

use std::collections::{BTreeMap, BTreeSet};

use super::selectors::{Condition, Selector, Where};
use crate::events::MAX_VALUES;

/// How long the name of a selector may be (API Reference, AdvancedEventSelector).
const MOST_CHARACTERS: usize = 1000;

/// Returns how many values the conditions of some selectors have.
pub fn values(selectors: &[Selector]) -> usize {
    let lists = |selector: &Selector| -> usize {
        selector.r#where.0.values().flat_map(|condition| condition.0.lists()).map(Vec::len).sum()
    };
    selectors.iter().map(lists).sum()
}

/// Returns selectors that record the same events, each with the numbers of those that went into it. Selectors that differ in what
/// they take in on one field, and in nothing else, become one: which takes in on that field what any of them does.
pub fn pack(selectors: &[Selector]) -> Vec<(Selector, Vec<usize>)> {
    let mut packed: Vec<(Selector, Vec<usize>)> = Vec::new();
    for (number, selector) in selectors.iter().enumerate() {
        let mut places = packed.iter().enumerate();
        match places.find_map(|(place, (other, _))| Some((place, union(other, selector)?))) {
            Some((place, both)) => {
                packed[place].0 = both;
                packed[place].1.push(number);
            }
            None => packed.push((selector.canonical(), vec![number])),
        }
    }
    packed
}

/// Returns the selector that takes what one of the two takes, if there is one.
fn union(one: &Selector, other: &Selector) -> Option<Selector> {
    let [one, other] = [one, other].map(Selector::canonical);
    let (Where(mut conditions), Where(others)) = (one.r#where, other.r#where);
    if conditions.keys().ne(others.keys()) {
        return None;
    }
    let mut differing = conditions.iter().filter(|(field, condition)| others[*field] != **condition);
    let field = match (differing.next().map(|(field, _)| field.clone()), differing.next()) {
        (None, _) => None,
        (Some(field), None) => Some(field),
        (Some(_), Some(_)) => return None,
    };
    if let Some(field) = field {
        let both = either(&conditions[&field], &others[&field])?;
        conditions.insert(field, both);
    }
    Some(Selector { name: names(one.name, other.name), r#where: Where(conditions) })
}

/// Returns the condition that holds where one of the two does. What they keep out cannot be put together.
fn either(one: &Condition, other: &Condition) -> Option<Condition> {
    let keeps_out = |condition: &Condition| condition.0.lists()[3..].iter().any(|list| !list.is_empty());
    let takes_in = |condition: &Condition| condition.0.lists()[..3].iter().any(|list| !list.is_empty());
    if [one, other].iter().any(|one| keeps_out(one) || !takes_in(one)) {
        return None;
    }
    let joined =
        |one: &[String], other: &[String]| -> BTreeSet<String> { one.iter().chain(other).cloned().collect() };
    let (one, other) = (&one.0, &other.0);
    let starts = joined(&one.starts_with, &other.starts_with);
    let ends = joined(&one.ends_with, &other.ends_with);
    let is_under = |value: &String| {
        starts.iter().any(|start| start != value && value.starts_with(start.as_str()))
            || ends.iter().any(|end| end != value && value.ends_with(end.as_str()))
    };
    let is_longer = |value: &String, all: &BTreeSet<String>, is_in: fn(&str, &str) -> bool| {
        all.iter().any(|other| other != value && is_in(value, other))
    };
    let mut both = Condition::default();
    let whole = joined(&one.equals, &other.equals);
    both.0.equals = whole
        .iter()
        .filter(|value| !is_under(value) && !starts.contains(*value) && !ends.contains(*value))
        .cloned()
        .collect();
    both.0.starts_with = starts
        .iter()
        .filter(|value| !is_longer(value, &starts, |value, start| value.starts_with(start)))
        .cloned()
        .collect();
    both.0.ends_with = ends
        .iter()
        .filter(|value| !is_longer(value, &ends, |value, end| value.ends_with(end)))
        .cloned()
        .collect();
    Some(both)
}

/// Returns a name that has both in it, as far as there is room.
fn names(one: Option<String>, other: Option<String>) -> Option<String> {
    let joined = match (one, other) {
        (Some(one), Some(other)) if one.split("; ").any(|part| part == other) => one,
        (Some(one), Some(other)) => format!("{one}; {other}"),
        (one, other) => return one.or(other),
    };
    match joined.char_indices().nth(MOST_CHARACTERS) {
        None => Some(joined),
        Some(_) => {
            let end = joined.char_indices().nth(MOST_CHARACTERS - 1).map_or(0, |(at, _)| at);
            Some(format!("{}…", &joined[..end]))
        }
    }
}

/// Returns which of the written selectors each of a trail's comes from, if they had to be packed.
pub fn sources(selectors: &[Selector]) -> Option<BTreeMap<usize, Vec<usize>>> {
    let numbers = pack(selectors).into_iter().map(|(_, numbers)| numbers);
    (values(selectors) > MAX_VALUES).then(|| numbers.enumerate().collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        coverage::Selectors,
        kinds::trail::recorded::{advanced, are_same},
    };

    fn read(tree: serde_json::Value) -> Vec<Selector> {
        serde_json::from_value(tree).unwrap()
    }

    fn objects(name: &str, arn: serde_json::Value) -> serde_json::Value {
        json!({"name": name, "where": {"eventCategory": "Data", "resources.type": "AWS::S3::Object", "resources.ARN": arn}})
    }

    fn packed(tree: serde_json::Value) -> serde_json::Value {
        let selectors = read(tree);
        let packed = pack(&selectors);
        let all: Vec<Selector> = packed.iter().map(|(selector, _)| selector.clone()).collect();
        assert!(are_same("aws", advanced(&selectors), advanced(&all)));
        let mut numbers: Vec<usize> = packed.iter().flat_map(|(_, numbers)| numbers.clone()).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (0..selectors.len()).collect::<Vec<_>>());
        serde_json::to_value(all).unwrap()
    }

    #[test]
    fn what_differs_in_what_is_taken_in_becomes_one() {
        let one = objects("a", json!({"starts_with": ["arn:aws:s3:::a/"]}));
        let two = objects(
            "b",
            json!({"starts_with": ["arn:aws:s3:::b/", "arn:aws:s3:::a/x/"], "equals": ["arn:aws:s3:::a/y", "arn:aws:s3:::c/z"]}),
        );
        let both = objects(
            "a; b",
            json!({"equals": ["arn:aws:s3:::c/z"], "starts_with": ["arn:aws:s3:::a/", "arn:aws:s3:::b/"]}),
        );
        assert_eq!(packed(json!([one, two])), json!([both]));
        assert_eq!(packed(json!([one, one])), json!([one]));
    }

    #[test]
    fn what_differs_otherwise_stays_apart() {
        let starts = |bucket: &str| json!({"starts_with": [format!("arn:aws:s3:::{bucket}/")]});
        let mut reads = objects("r", starts("a"));
        reads["where"]["readOnly"] = json!("true");
        let mut writes = objects("w", starts("b"));
        writes["where"]["readOnly"] = json!("false");
        let without = objects("n", json!({"not_starts_with": ["arn:aws:s3:::c/"]}));
        let other = objects("m", json!({"not_starts_with": ["arn:aws:s3:::d/"]}));
        let all = json!({"where": {"eventCategory": "Data", "resources.type": "AWS::S3::Object"}});
        let selectors = json!([reads, writes, without, other, all]);
        assert_eq!(packed(selectors.clone()).as_array().unwrap().len(), 5);
    }

    #[test]
    fn hundreds_of_fragments_fit() {
        let many: Vec<serde_json::Value> = (0..300)
            .map(|number| {
                objects("of a team", json!({"starts_with": [format!("arn:aws:s3:::team-{number:03}/")]}))
            })
            .collect();
        let selectors = read(json!(many));
        assert!(values(&selectors) > MAX_VALUES && sources(&selectors[..100]).is_none());
        let packed = pack(&selectors);
        assert_eq!((packed.len(), packed[0].0.name.as_deref()), (1, Some("of a team")));
        assert_eq!(sources(&selectors).unwrap()[&0].len(), 300);
        let all: Vec<Selector> = packed.into_iter().map(|(selector, _)| selector).collect();
        assert_eq!(values(&all), 302);
        let same: [Selectors; 2] = [advanced(&selectors), advanced(&all)];
        let [one, other] = same;
        assert!(are_same("aws", one, other));
    }

    #[test]
    fn names_are_joined_as_far_as_there_is_room() {
        let long = "ä".repeat(600);
        let name = names(Some(long.clone()), Some(format!("{long}b"))).unwrap();
        assert_eq!((name.chars().count(), name.ends_with('…')), (MOST_CHARACTERS, true));
    }
}
