//! The head of a spec: its version, its stack, who it is for, which role it takes.

use crate::{
    diagnostic::Diagnostic,
    path::Path,
    resource::region::partitions,
    spec::{Head, Spec},
};

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    let head = &spec.head;
    if head.version != 1 {
        let message = format!("version {} is not known", head.version);
        let diagnostic = Diagnostic::at("unknown-version", Path::keys(["version"]), message);
        found.push(diagnostic.help("write `version: 1`"));
    }
    stack(&head.stack, found);
    if let Some(account) = head.account.as_ref().filter(|account| !is_account(account)) {
        let message = format!("`{account}` is not an account id");
        let diagnostic = Diagnostic::at("invalid-account", Path::keys(["account"]), message);
        found.push(diagnostic.help("write its 12 digits, in quotes"));
    }
    if let Some(partition) = head.partition.as_ref().filter(|one| partitions().all(|known| known != **one)) {
        let message = format!("`{partition}` is not a partition");
        let help = format!("one of: {}", partitions().collect::<Vec<_>>().join(", "));
        found.push(Diagnostic::at("unknown-partition", Path::keys(["partition"]), message).help(help));
    }
    assume_role(head, found);
}

/// The name of the stack is the value of a tag and a part of the ids of statements.
fn stack(stack: &str, found: &mut Vec<Diagnostic>) {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let (code, problem, help) = if !(1..=63).contains(&stack.len()) {
        ("stack-name-length", "is too short or too long", "use 1 to 63 characters")
    } else if !stack.chars().all(|c| is_plain(c) || c == '-') {
        let help = "use lower-case letters, digits and dashes";
        ("stack-name-characters", "has characters that cannot be used", help)
    } else if !stack.starts_with(is_plain) {
        ("stack-name-start", "starts with a dash", "start with a letter or a digit")
    } else {
        return;
    };
    let message = format!("the stack name `{stack}` {problem}");
    found.push(Diagnostic::at(code, Path::keys(["stack"]), message).help(help));
}

/// What STS wants of the role that is taken first (STS API Reference, AssumeRole).
fn assume_role(head: &Head, found: &mut Vec<Diagnostic>) {
    let Some(role) = &head.assume_role else { return };
    let at = Path::keys(["assume_role"]);
    let is_word =
        |signs: &str, text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || signs.contains(c));
    if let Some(id) = role.external_id()
        && (!(2..=1224).contains(&id.len()) || !is_word("_+=,.@:/-", id))
    {
        let message = format!("`{id}` is not an external id");
        let help = "use 2 to 1224 letters, digits, `_`, `+`, `=`, `,`, `.`, `@`, `:`, `/` and `-`";
        found.push(Diagnostic::at("external-id", at.key("external_id"), message).help(help));
    }
    if let Some(name) = role.session_name()
        && (!(2..=64).contains(&name.len()) || !is_word("_+=,.@-", name))
    {
        let message = format!("`{name}` is not the name of a session");
        let help = "use 2 to 64 letters, digits, `_`, `+`, `=`, `,`, `.`, `@` and `-`";
        found.push(Diagnostic::at("session-name", at.key("session_name"), message).help(help));
    }
}

/// Returns whether a text is the id of an account.
pub(super) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}
