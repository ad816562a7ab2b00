//! Keys that nobody could manage any more: KMS refuses a policy that keeps its caller from changing it again.

use std::slice;

use serde_json::Value;

use crate::{
    diagnostic::Diagnostic,
    kinds::{Resource as _, kms_key::KmsKey},
    path::Path,
    policy::evaluate::{Principal, Request, judge},
    resolve::account_of,
    resource::Account,
    spec::Spec,
};

/// Somebody of the account that no policy names.
const ANYONE: &str = "role/trailctl-anyone";
/// What changes a policy.
const CHANGE: &str = "kms:PutKeyPolicy";

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    let account = account_of(spec);
    for (entry, key) in spec.of_kind(KmsKey::KIND) {
        let at = Path::keys([KmsKey::SECTION, &entry.address.logical, "policy", "statements"]);
        let statements = key["policy"]["statements"].as_array().into_iter().flatten();
        for (index, statement) in statements.enumerate() {
            if locks_out(key, statement, &account) {
                let message = "the statement keeps everybody from ever changing the policy of the key again, and KMS refuses that";
                let help = "name those who shall not, or let the administrators pass by a condition on `aws:PrincipalArn`";
                found.push(Diagnostic::at("key-locks-out", at.index(index), message).help(help));
            }
        }
    }
}

/// Returns whether a statement certainly denies everybody of the account, and all administrators, to change the policy. One with
/// `NotPrincipal` lets somebody pass.
fn locks_out(key: &Value, statement: &Value, account: &Account) -> bool {
    let Account { id, partition, .. } = account;
    let admins = key["admins"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let admins = admins.filter(|admin| admin.starts_with("arn:")).map(str::to_owned);
    let everybody = [format!("arn:{partition}:iam::{id}:{ANYONE}")].into_iter().chain(admins);
    let is_denied = |who: String| {
        let context = ["kms:CallerAccount", "aws:PrincipalAccount"];
        let request = Request {
            principal: Principal::Aws(who),
            action: CHANGE.to_owned(),
            resource: format!("arn:{partition}:kms:us-east-1:{id}:key/any"),
            context: context.map(|key| (key.to_owned(), vec![id.clone()])).into(),
        };
        judge(slice::from_ref(statement), &request, &|_| false).denies.is_some()
    };
    statement["Effect"] == "Deny"
        && statement.get("Principal").is_some()
        && everybody.into_iter().all(is_denied)
}

#[cfg(test)]
mod tests {
    use crate::spec::parse::parse;

    fn is_found(account: &str, key: &str, statement: &str) -> bool {
        let text = format!(
            "version: 1\nstack: s\nregion: eu-west-1\n{account}kms_keys: {{k: {{{key}policy: {{statements: [{statement}]}}}}}}\n"
        );
        parse(&text).diagnostics.iter().any(|one| one.code == "key-locks-out")
    }

    #[test]
    fn a_key_stays_in_somebodys_hands() {
        let known = "account: '111122223333'\n";
        let deny = |who: &str, action: &str, more: &str| {
            format!("{{Effect: Deny, Principal: {who}, Action: '{action}', Resource: '*'{more}}}")
        };
        let root = "{AWS: 'arn:aws:iam::111122223333:root'}";
        let admin = "arn:aws:iam::111122223333:role/admin";
        let admins = format!("admins: ['{admin}'], ");
        for (account, key, statement, want) in [
            (known, "", deny("'*'", "kms:PutKeyPolicy", ""), true),
            ("", "", deny("{AWS: '*'}", "kms:*", ""), true),
            ("", &admins, deny("'*'", "kms:Put*", ""), true),
            (known, "", deny(root, "kms:*", ""), true),
            (known, "", deny("{AWS: '111122223333'}", "kms:*", ""), true),
            ("", "", deny("{AWS: 'arn:${partition}:iam::${account}:root'}", "kms:*", ""), true),
            (
                known,
                "",
                deny("'*'", "kms:*", ", Condition: {StringEquals: {'kms:CallerAccount': '111122223333'}}"),
                true,
            ),
            (known, "", deny("'*'", "kms:Decrypt", ""), false),
            (known, &admins, deny(&format!("{{AWS: '{admin}'}}"), "kms:*", ""), false),
            (known, "", deny("{AWS: '444455556666'}", "kms:*", ""), false),
            ("", "", deny(root, "kms:*", ""), false),
            (
                known,
                "",
                deny(
                    "'*'",
                    "kms:*",
                    &format!(", Condition: {{ArnNotLike: {{'aws:PrincipalArn': '{admin}'}}}}"),
                ),
                false,
            ),
            (
                known,
                "",
                deny("'*'", "kms:*", ", Condition: {Bool: {'aws:MultiFactorAuthPresent': 'false'}}"),
                false,
            ),
            (
                known,
                "",
                format!("{{Effect: Deny, NotPrincipal: {{AWS: '{admin}'}}, Action: 'kms:*', Resource: '*'}}"),
                false,
            ),
        ] {
            assert_eq!(is_found(account, key, &statement), want, "{key}{statement}");
        }
    }
}
