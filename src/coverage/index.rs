//! What many patterns say of each field, side by side.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Assumptions, Condition, Event, Field, Pattern,
    bits::{Bits, Seen},
    budget::{Budget, TooComplex},
    condition::Term,
    text::{Choice, Texts},
};

/// Patterns, by field. A pattern has one column, and one more for each further condition that it has on the same field; it
/// accepts what all of its columns accept.
pub(super) struct Index<'p> {
    /// How many columns there are.
    width: usize,
    /// The columns of each pattern; the first has the number of the pattern.
    columns: Vec<Vec<usize>>,
    /// The patterns that have more than one column.
    repeated: Vec<usize>,
    /// What is said of each field that a condition is on.
    tables: BTreeMap<&'p Field, Table<'p>>,
    rules: Assumptions,
}

/// What the patterns say of one field.
enum Table<'p> {
    /// The values are texts.
    Texts(Texts),
    /// Nothing is known of the values. The conditions, each with its column.
    Opaque(Vec<(usize, &'p Condition)>),
}

/// A value of a field that is worth trying.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// A text, or none.
    Text(Choice),
    /// Something for which these terms hold, and no others that take in.
    Holding(BTreeSet<Term>),
}

/// A value with the patterns that accept it.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) value: Value,
    pub(super) accepted: Bits,
}

impl<'p> Index<'p> {
    pub(super) fn new(patterns: &[&'p Pattern], rules: Assumptions) -> Self {
        let mut width = patterns.len();
        let mut columns: Vec<Vec<usize>> = (0..patterns.len()).map(|number| vec![number]).collect();
        let mut conditions = BTreeMap::<&Field, Vec<(usize, &Condition)>>::new();
        for (pattern, columns) in patterns.iter().zip(&mut columns) {
            let mut uses = BTreeMap::<&Field, usize>::new();
            for (field, condition) in &pattern.0 {
                let use_of_field = uses.entry(field).or_default();
                if *use_of_field == columns.len() {
                    columns.push(width);
                    width += 1;
                }
                conditions.entry(field).or_default().push((columns[*use_of_field], condition));
                *use_of_field += 1;
            }
        }
        let table = |(field, conditions): (&'p Field, Vec<(usize, &'p Condition)>)| {
            let table = match field.is_opaque(&rules) {
                true => Table::Opaque(conditions),
                false => Table::Texts(Texts::new(field, &conditions, width, &rules)),
            };
            (field, table)
        };
        let tables = conditions.into_iter().map(table).collect();
        let repeated = (0..columns.len()).filter(|number| columns[*number].len() > 1).collect();
        Self { width, columns, repeated, tables, rules }
    }

    /// Returns how many patterns there are.
    pub(super) fn len(&self) -> usize {
        self.columns.len()
    }

    /// Returns the fields that a condition is on.
    pub(super) fn fields(&self) -> impl Iterator<Item = &'p Field> {
        self.tables.keys().copied()
    }

    /// Returns the set of patterns with these numbers.
    pub(super) fn set(&self, numbers: impl IntoIterator<Item = usize>) -> Bits {
        Bits::of(self.width, numbers)
    }

    /// Returns the values of a field that pattern `own` accepts, each with the rivals that accept it. Only those are left that
    /// as few rivals as possible accept: of two values, one that is accepted by all the rivals of the other can be spared.
    pub(super) fn candidates(
        &self,
        field: &Field,
        own: usize,
        rivals: &Bits,
        budget: &mut Budget,
    ) -> Result<Vec<Candidate>, TooComplex> {
        let (own, mut wide) = (&self.columns[own], rivals.clone());
        self.repeated
            .iter()
            .flat_map(|number| &self.columns[*number])
            .for_each(|column| wide.insert(*column));
        let found: Vec<Candidate> = match &self.tables[field] {
            Table::Opaque(conditions) => self.holding(conditions, own),
            Table::Texts(texts) => {
                let found = texts.accepted_by(own, &wide, budget)?.into_iter();
                found.map(|(choice, accepted)| Candidate { value: Value::Text(choice), accepted }).collect()
            }
        };
        minimal(found.into_iter().map(|candidate| self.against(candidate, rivals)).collect(), budget)
    }

    /// Leaves the rivals that accept the value with all of their columns.
    fn against(&self, mut candidate: Candidate, rivals: &Bits) -> Candidate {
        for columns in self.repeated.iter().map(|number| &self.columns[*number]) {
            if !columns.iter().all(|column| candidate.accepted.has(*column)) {
                candidate.accepted.remove(columns[0]);
            }
        }
        candidate.accepted.keep(rivals);
        candidate
    }

    /// Returns the worst that can be for a field of which nothing is known: of each condition of `own`, one term that takes in
    /// holds, those that keep out hold, and no others.
    fn holding(&self, conditions: &[(usize, &Condition)], own: &[usize]) -> Vec<Candidate> {
        let mut all = vec![BTreeSet::new()];
        for (_, condition) in conditions.iter().filter(|(column, _)| own.contains(column)) {
            let (select, exclude): (Vec<Term>, Vec<Term>) =
                condition.0.iter().cloned().partition(|term| term.operator.selects());
            all.iter_mut().for_each(|holding| holding.extend(exclude.iter().cloned()));
            if !select.is_empty() {
                let with = |(holding, term): (&BTreeSet<Term>, &Term)| {
                    holding.iter().chain([term]).cloned().collect()
                };
                all = all
                    .iter()
                    .flat_map(|holding| select.iter().map(move |term| (holding, term)))
                    .map(with)
                    .collect();
            }
        }
        let candidate = |holding| {
            let mut accepted = self.set(0..self.width);
            let refuse = |(_, condition): &&(usize, &Condition)| !condition.allows(&holding);
            conditions.iter().filter(refuse).for_each(|(column, _)| accepted.remove(*column));
            Candidate { accepted, value: Value::Holding(holding) }
        };
        all.into_iter().map(candidate).collect()
    }

    /// Gives an event the value of a field. `fillers` are words to put between a start and an end.
    pub(super) fn assign(
        &self,
        event: &mut Event,
        field: &Field,
        value: &Value,
        fillers: impl Fn(&str, &str) -> Vec<String>,
    ) {
        match (value, &self.tables[field]) {
            (Value::Text(choice), Table::Texts(texts)) => {
                let word = texts.word(*choice, &self.rules, fillers);
                event.values.extend(word.map(|word| (field.clone(), word)));
            }
            (Value::Holding(terms), _) => {
                event.holding.insert(field.clone(), terms.clone());
            }
            (Value::Text(_), Table::Opaque(_)) => {}
        }
    }
}

/// With how many better candidates one is compared. Those that nothing is compared with stay: that costs time later, and changes
/// no verdict.
const COMPARED: usize = 256;

/// Leaves the candidates that no other is better than; of equal ones the first. Sorted by how many rivals accept them.
fn minimal(mut candidates: Vec<Candidate>, budget: &mut Budget) -> Result<Vec<Candidate>, TooComplex> {
    let mut seen = Seen::new();
    candidates.retain(|candidate| seen.insert(candidate.accepted.clone()));
    candidates.sort_by_cached_key(|candidate| candidate.accepted.count());
    let mut kept: Vec<(u32, Candidate)> = Vec::new();
    for candidate in candidates {
        let count = candidate.accepted.count();
        let fewer = kept.partition_point(|(fewer, _)| *fewer < count).min(COMPARED);
        budget.spend(fewer * candidate.accepted.words() / 16)?;
        if !kept[..fewer].iter().any(|(_, better)| better.accepted.is_subset(&candidate.accepted)) {
            kept.push((count, candidate));
        }
    }
    Ok(kept.into_iter().map(|(_, candidate)| candidate).collect())
}
