//! Documents made at random: other spellings are equal, any change of meaning is not, nothing panics.

use proptest::{
    collection::{btree_map, btree_set, vec},
    prelude::*,
    sample::{select, subsequence},
};
use serde_json::{Value, json};

use super::{
    spelling::{Dice, respell, text},
    *,
};

/// Places in a document are counted in thousandths of its length.
const WHOLE: usize = 1000;

/// A list without repetitions, whatever the case of its items.
fn list(items: &'static str) -> impl Strategy<Value = Value> {
    btree_set(items, 1..4).prop_map(|items| json!(items))
}

fn principal() -> impl Strategy<Value = Value> {
    let types = subsequence(vec!["AWS", "CanonicalUser", "Federated", "Service"], 1..=4);
    let typed = (types, vec(list("[0-9]{12}|[a-zA-Z0-9.:/]{1,8}"), 4));
    let typed = typed.prop_map(|(types, values)| types.into_iter().map(String::from).zip(values).collect());
    prop_oneof![4 => typed.prop_map(Value::Object), 1 => Just(json!({ "AWS": ["*"] }))]
}

fn condition() -> impl Strategy<Value = Value> {
    let operators = select(vec!["StringEquals", "ForAnyValue:ArnLike", "NumericLessThanIfExists", "Null"]);
    let values = prop_oneof![list("[a-zA-Z*]{0,4}"), list("true|false|-?[1-9][0-9]{0,17}")];
    btree_map(operators, btree_map("[a-z]{1,3}:[a-z]{1,5}", values, 1..3), 1..3).prop_map(|all| json!(all))
}

fn statement() -> impl Strategy<Value = Value> {
    let effect = select(vec!["Allow", "Deny"]);
    let names = (
        select(vec!["Principal", "NotPrincipal"]),
        select(vec!["Action", "NotAction"]),
        select(vec!["Resource", "NotResource"]),
    );
    let values = (principal(), list("[a-z]{1,3}:[a-z*]{1,5}"), list("[a-zA-Z:/*]{1,6}"), condition());
    (effect, names, values).prop_map(|(effect, names, (principal, actions, resources, condition))| {
        json!({
            "Effect": effect, names.0: principal, names.1: actions, names.2: resources, "Condition": condition,
        })
    })
}

/// A policy in its longest spelling. Each statement has a `Sid` of its own.
fn policy() -> impl Strategy<Value = Value> {
    (select(VERSIONS.to_vec()), vec(statement(), 1..4)).prop_map(|(version, mut statements)| {
        for (place, statement) in statements.iter_mut().enumerate() {
            statement["Sid"] = json!(format!("S{place}"));
        }
        json!({ "Version": version, "Id": "", "Statement": statements })
    })
}

/// Parts of a policy of which any change is a change of meaning.
#[derive(Clone, Copy, Debug)]
enum Part {
    Version,
    Sid,
    Effect,
    Principal,
    Action,
    Resource,
    Operator,
    Key,
    Value,
}

const PARTS: [Part; 9] = [
    Part::Version,
    Part::Sid,
    Part::Effect,
    Part::Principal,
    Part::Action,
    Part::Resource,
    Part::Operator,
    Part::Key,
    Part::Value,
];

/// Returns the policy with one such part of one statement changed.
fn change(policy: &Value, part: Part, dice: &mut Dice) -> Value {
    let mut policy = policy.clone();
    if let Part::Version = part {
        policy["Version"] = json!(VERSIONS[usize::from(policy["Version"] == VERSIONS[0])]);
        return policy;
    }
    let statement = any_of(&mut policy["Statement"], dice);
    let positive =
        |name: &str| if statement.get(name).is_some() { name.to_owned() } else { format!("Not{name}") };
    let (principal, action, resource) = (positive("Principal"), positive("Action"), positive("Resource"));
    match part {
        Part::Version => {}
        Part::Sid => mark(&mut statement["Sid"]),
        Part::Effect => {
            statement["Effect"] = json!(if statement["Effect"] == "Allow" { "Deny" } else { "Allow" });
        }
        Part::Principal => mark(any_of(any_of(&mut statement[principal], dice), dice)),
        Part::Action => mark(any_of(&mut statement[action], dice)),
        Part::Resource => mark(any_of(&mut statement[resource], dice)),
        Part::Operator => rename_first(&mut statement["Condition"], "DateEquals"),
        Part::Key => rename_first(any_of(&mut statement["Condition"], dice), "a:#"),
        Part::Value => mark(any_of(any_of(any_of(&mut statement["Condition"], dice), dice), dice)),
    }
    policy
}

fn any_of<'a>(value: &'a mut Value, dice: &mut Dice) -> &'a mut Value {
    match value {
        Value::Array(items) => {
            let place = dice.below(items.len());
            &mut items[place]
        }
        Value::Object(members) => {
            let place = dice.below(members.len());
            members.values_mut().nth(place).expect("a member")
        }
        other => panic!("a list or an object: {other}"),
    }
}

/// Appends a character that no generated text has.
fn mark(value: &mut Value) {
    *value = json!(format!("{}#", text(value)));
}

fn rename_first(value: &mut Value, name: &str) {
    let members = value.as_object_mut().expect("an object");
    let first = members.keys().next().expect("a member").clone();
    let moved = members.remove(&first).expect("the first member");
    members.insert(name.to_owned(), moved);
}

fn any_json() -> impl Strategy<Value = Value> {
    let number = any::<i64>().prop_map(Value::from);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        number,
        ".{0,4}".prop_map(Value::from)
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let keys = "Sid|Effect|Principal|Action|Condition|AWS|Bool|Extra|[a-z\"]{1,2}";
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::Array),
            btree_map(keys, inner, 0..4).prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Puts any text through everything that takes text; the canonical form must be a fixed point of rendering.
fn check_text(text: &str) -> Result<(), TestCaseError> {
    for text in [text.to_owned(), decode_percent(text)] {
        let (form, findings) = canon_with_findings(&text, &CTX);
        prop_assert!(findings.is_empty());
        prop_assert_eq!(canon(&render(&form), &CTX), form);
    }
    Ok(())
}

proptest! {
    #[test]
    fn generated_policies_are_understood(policy in policy()) {
        let form = canon(&policy.to_string(), &CTX);
        let statements = form.statements().expect("a document that is understood");
        prop_assert!(statements.iter().all(|statement| !statement.is_opaque()));
    }

    #[test]
    fn any_spelling_is_equal(policy in policy(), seed: u64) {
        let other = respell(&policy, &mut Dice(seed));
        prop_assert_eq!(canon(&policy.to_string(), &CTX), canon(&other, &CTX), "{}", other);
    }

    #[test]
    fn any_change_differs(policy in policy(), part in select(PARTS.to_vec()), seed: u64) {
        let mut dice = Dice(seed);
        let changed = change(&policy, part, &mut dice);
        let other = respell(&changed, &mut dice);
        prop_assert_ne!(canon(&policy.to_string(), &CTX), canon(&other, &CTX), "{}", other);
    }

    #[test]
    fn statements_are_the_same_alone_and_in_any_spelling(policy in policy(), seed: u64) {
        let other = respell(&policy, &mut Dice(seed));
        let form = canon(&policy.to_string(), &CTX);
        prop_assert_eq!(form.statements(), Some(&statements_one_by_one(&other)), "{}", other);
    }

    #[test]
    fn render_is_a_fixed_point(policy in policy(), seed: u64) {
        let form = canon(&respell(&policy, &mut Dice(seed)), &CTX);
        let rendered = render(&form);
        prop_assert_eq!(&canon(&rendered, &CTX), &form);
        prop_assert_eq!(render(&canon(&rendered, &CTX)), rendered);
    }

    #[test]
    fn any_json_as_statement_is_a_fixed_point(statements in vec(any_json(), 0..4)) {
        let text = json!({ "Statement": &statements }).to_string();
        check_text(&text)?;
        let form = canon(&text, &CTX);
        prop_assert_eq!(form.statements(), Some(&statements_one_by_one(&text)));
    }

    #[test]
    fn random_bytes_never_panic(bytes in vec(any::<u8>(), 0..300)) {
        check_text(&String::from_utf8_lossy(&bytes))?;
    }

    #[test]
    fn damaged_documents_never_panic(policy in policy(), place in 0..WHOLE, damage in "[\\[\\]{}\",:\\\\0-9a-z%é]?", cut: bool) {
        let text = policy.to_string();
        let place = text.len() * place / WHOLE;
        let rest = if cut { "" } else { &text[place + 1..] };
        check_text(&format!("{}{damage}{rest}", &text[..place]))?;
    }
}
