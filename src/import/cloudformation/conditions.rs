//! The conditions of a template: whether they hold with the defaults of the parameters, and which branch they choose.

use serde_json::Value;

use super::{
    super::{quoted, tree::text},
    resolver::{Answer, Resolver, call, list},
    template::Place,
};

impl Resolver<'_> {
    /// Returns the branch that `Fn::If` chooses, and other values as they are.
    pub(super) fn chosen<'v>(&self, mut value: &'v Value) -> Answer<&'v Value> {
        while let Some(("Fn::If", argument)) = call(value) {
            value = self.branch(argument)?;
        }
        Ok(value)
    }

    pub(super) fn branch<'v>(&self, argument: &'v Value) -> Answer<&'v Value> {
        let [condition, yes, no] = list(argument)? else {
            return Err("`Fn::If` takes three values".to_owned());
        };
        let name = text(condition).ok_or("`Fn::If` takes the name of a condition")?;
        Ok(if self.holds(name)? { yes } else { no })
    }

    /// Returns whether a condition holds.
    pub(super) fn holds(&self, name: &str) -> Answer<bool> {
        self.spend(name.len())?;
        if let Some(known) = self.conditions.borrow().get(name) {
            return known.clone();
        }
        let answer = match self.template.conditions.get(name) {
            Some(condition) => self.once(format!("condition {name}"), || self.is_true(condition)),
            None => Err(format!("there is no condition {}", quoted(name))),
        };
        self.conditions.borrow_mut().insert(name.to_owned(), answer.clone());
        answer
    }

    fn is_true(&self, condition: &Value) -> Answer<bool> {
        self.deeper(|| self.decided(condition))
    }

    fn decided(&self, condition: &Value) -> Answer<bool> {
        let unclear = || "a condition is not one that can be followed".to_owned();
        let (function, argument) = call(condition).ok_or_else(unclear)?;
        match function {
            "Condition" => self.holds(text(argument).ok_or_else(unclear)?),
            "Fn::Equals" => {
                let [one, other] = list(argument)? else { return Err(unclear()) };
                let (one, other) = (self.text(one)?, self.text(other)?);
                match Place::is_open(&one) || Place::is_open(&other) {
                    true => Err("a condition asks for the account or the Region".to_owned()),
                    false => Ok(one == other),
                }
            }
            "Fn::Not" => match list(argument)? {
                [one] => self.is_true(one).map(|holds| !holds),
                _ => Err(unclear()),
            },
            // One that is not known decides only if no other one does.
            "Fn::And" | "Fn::Or" => {
                let decides = function == "Fn::Or";
                let all: Vec<Answer<bool>> = list(argument)?.iter().map(|one| self.is_true(one)).collect();
                match all.contains(&Ok(decides)) {
                    true => Ok(decides),
                    false => all.into_iter().collect::<Answer<Vec<bool>>>().map(|_| !decides),
                }
            }
            _ => Err(unclear()),
        }
    }
}
