//! Other spellings of a policy, chosen at random: the ones AWS documents or makes itself.

use serde_json::{Map, Value, json};

use super::*;

/// Choices that follow from a seed.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn below(&mut self, end: usize) -> usize {
        // SplitMix64, Steele et al. 2014.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % end as u64).expect("below a usize")
    }

    pub(super) fn flip(&mut self) -> bool {
        self.below(2) == 0
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            items.swap(end, self.below(end + 1));
        }
    }

    fn recase(&mut self, text: &str) -> String {
        text.chars().map(|char| if self.flip() { char.to_ascii_uppercase() } else { char }).collect()
    }

    /// Respells a list: repeats an item, shuffles, writes one item without brackets.
    fn list(&mut self, value: &mut Value, respell: impl Fn(&mut Self, &Value) -> Value) {
        let Value::Array(items) = value else { panic!("a list: {value}") };
        if self.flip() {
            items.push(items[self.below(items.len())].clone());
        }
        self.shuffle(items);
        for item in items.iter_mut() {
            *item = respell(self, item);
        }
        if items.len() == 1 && self.flip() {
            *value = items[0].take();
        }
    }

    /// Writes JSON with its keys in any order and white space in between.
    fn write(&mut self, value: &Value) -> String {
        let space = [" ", "", "\n", "\t"][self.below(4)];
        match value {
            Value::Array(items) => {
                let items: Vec<String> = items.iter().map(|item| self.write(item)).collect();
                format!("[{space}{}]", items.join(&format!("{space},")))
            }
            Value::Object(members) => {
                let mut all: Vec<String> = Vec::new();
                for (key, value) in members {
                    all.push(format!("{}{space}:{}", Value::from(key.as_str()), self.write(value)));
                }
                self.shuffle(&mut all);
                format!("{{{}{space}}}", all.join(","))
            }
            scalar => format!("{space}{scalar}{space}"),
        }
    }
}

/// Returns another spelling of the same policy.
pub(super) fn respell(policy: &Value, dice: &mut Dice) -> String {
    let mut policy = policy.clone();
    for statement in policy["Statement"].as_array_mut().expect("a list of statements") {
        respell_statement(statement, dice);
    }
    dice.list(&mut policy["Statement"], |_, statement| statement.clone());
    if policy["Version"] == VERSIONS[0] && dice.flip() {
        policy["Version"].take();
    }
    let members = policy.as_object_mut().expect("an object");
    members.retain(|_, value| !value.is_null());
    if dice.flip() {
        members.remove("Id");
    }
    dice.write(&policy)
}

fn respell_statement(statement: &mut Value, dice: &mut Dice) {
    for (name, element) in statement.as_object_mut().expect("an object") {
        match name.as_str() {
            "Action" | "NotAction" => dice.list(element, |dice, item| json!(dice.recase(text(item)))),
            "Resource" | "NotResource" => dice.list(element, |_, item| item.clone()),
            "Principal" | "NotPrincipal" => respell_principal(element, dice),
            "Condition" => respell_condition(element, dice),
            _ => assert!(["Effect", "Sid"].contains(&name.as_str()), "{name}"),
        }
    }
}

fn respell_principal(principal: &mut Value, dice: &mut Dice) {
    if *principal == json!({ "AWS": ["*"] }) && dice.flip() {
        *principal = json!("*");
        return;
    }
    for (kind, values) in principal.as_object_mut().expect("an object") {
        dice.list(values, |dice, value| match text(value) {
            id if kind == "AWS" && id.len() == 12 && id.parse::<u64>().is_ok() && dice.flip() => {
                json!(format!("arn:aws:iam::{id}:root"))
            }
            _ => value.clone(),
        });
    }
    if dice.flip() && principal.get("Federated").is_none() {
        principal["Federated"] = json!([]);
    }
}

fn respell_condition(condition: &mut Value, dice: &mut Dice) {
    for keys in condition.as_object_mut().expect("an object").values_mut() {
        let mut respelled = Map::new();
        for (key, values) in keys.as_object_mut().expect("an object") {
            // Booleans and numbers go without their quotes.
            dice.list(values, |dice, value| match serde_json::from_str::<Value>(text(value)) {
                Ok(bare @ (Value::Bool(_) | Value::Number(_))) if dice.flip() => bare,
                _ => value.clone(),
            });
            respelled.insert(dice.recase(key), values.take());
        }
        *keys = Value::Object(respelled);
    }
    if dice.flip() {
        condition["BinaryEquals"] = json!({});
    }
}

pub(super) fn text(value: &Value) -> &str {
    value.as_str().expect("a string")
}
