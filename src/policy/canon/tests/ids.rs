//! Account ids, unique ids and percent-encoding.

use super::{pairs::document, *};

const ID: &str = "AROAEXAMPLEEXAMPLE12";
const ROLE: &str = "arn:aws:iam::111122223333:role/r";

fn grant_to(principal: &str) -> String {
    document(&format!("'Sid':'A','Principal':{{'AWS':'{principal}'}}"))
}

fn same_with(owner: &IdOwner, id: &str, arn: &str) -> bool {
    let resolver = |_: &str| owner.clone();
    let ctx = Context { resolver: Some(&resolver), ..CTX };
    canon(&grant_to(id), &ctx) == canon(&grant_to(arn), &ctx)
}

fn findings(owner: &IdOwner, text: &str) -> Vec<DanglingPrincipal> {
    let resolver = |_: &str| owner.clone();
    canon_with_findings(text, &Context { resolver: Some(&resolver), ..CTX }).1.into_iter().collect()
}

#[test]
fn unique_id_is_its_present_holder_only() {
    assert!(same_with(&IdOwner::Arn(ROLE.to_owned()), ID, ROLE));
    assert!(!same_with(&IdOwner::Arn(format!("{ROLE}2")), ID, ROLE));
    assert!(!same_with(&IdOwner::Gone, ID, ROLE));
    assert!(!same_with(&IdOwner::Unknown, ID, ROLE));
    let user = "arn:aws:iam::111122223333:user/u";
    assert!(same_with(&IdOwner::Arn(user.to_owned()), "AIDAEXAMPLEEXAMPLE12", user));
}

#[test]
fn resolver_is_trusted_only_within_the_account() {
    let elsewhere = [
        "arn:aws:iam::444455556666:role/r",
        "arn:aws-cn:iam::111122223333:role/r",
        "arn:aws:iam::111122223333:user/r",
        "arn:aws:iam::111122223333:root",
        "*",
    ];
    for arn in elsewhere {
        assert!(!same_with(&IdOwner::Arn(arn.to_owned()), ID, arn), "{arn}");
    }
}

#[test]
fn only_unique_ids_of_the_aws_type_are_resolved() {
    let owner = IdOwner::Arn(ROLE.to_owned());
    for value in ["AKIAEXAMPLEEXAMPLE12", "aroaexampleexample12", "AROA-EXAMPLE", "ARO", "ärö", "*", ""] {
        assert!(!same_with(&owner, value, ROLE), "{value}");
    }
    let resolver = |_: &str| IdOwner::Arn(ROLE.to_owned());
    let ctx = Context { resolver: Some(&resolver), ..CTX };
    let federated = |value: &str| canon(&document(&format!("'Principal':{{'Federated':'{value}'}}")), &ctx);
    assert_ne!(federated(ID), federated(ROLE));
}

#[test]
fn id_without_a_holder_is_a_finding() {
    let dangling = DanglingPrincipal { sid: "A".to_owned(), id: ID.to_owned() };
    assert_eq!(findings(&IdOwner::Gone, &grant_to(ID)), std::slice::from_ref(&dangling));
    let not_principal =
        document(&format!("'Sid':'A','Principal':null,'NotPrincipal':{{'AWS':['{ID}','*']}}"));
    assert_eq!(findings(&IdOwner::Gone, &not_principal), [dangling]);
    assert_eq!(findings(&IdOwner::Unknown, &grant_to(ID)), []);
    assert_eq!(findings(&IdOwner::Arn(ROLE.to_owned()), &grant_to(ID)), []);
    assert_eq!(findings(&IdOwner::Arn("*".to_owned()), &grant_to(ID)), []);
    assert_eq!(findings(&IdOwner::Gone, &grant_to(ROLE)), []);
    assert_eq!(findings(&IdOwner::Gone, &document("doc 'Statement':[$X]")), []);
    assert!(canon_with_findings(&grant_to(ID), &CTX).1.is_empty());
}

#[test]
fn findings_do_not_change_the_form() {
    let resolver = |_: &str| IdOwner::Gone;
    let ctx = Context { resolver: Some(&resolver), ..CTX };
    assert_eq!(canon_with_findings(&grant_to(ID), &ctx).0, canon(&grant_to(ID), &CTX));
}

#[test]
fn account_id_takes_the_partition_of_the_context() {
    let ctx = Context { partition: "aws-cn", ..CTX };
    let china = grant_to("arn:aws-cn:iam::444455556666:root");
    assert_eq!(canon(&grant_to("444455556666"), &ctx), canon(&china, &ctx));
    assert_ne!(canon(&grant_to("444455556666"), &CTX), canon(&china, &CTX));
}

#[test]
fn only_twelve_digits_are_an_account_id() {
    for value in ["44445555666", "4444555566667", "44445555666x", "4444555566٣", "", "-44445555666"] {
        let root = format!("arn:aws:iam::{value}:root");
        assert_ne!(canon(&grant_to(value), &CTX), canon(&grant_to(&root), &CTX), "{value}");
    }
}

#[test]
fn percent_decoding_keeps_plus_signs() {
    assert_eq!(decode_percent("%7B%22a%22%3A%22b%2Bc+d%20e%22%7d"), r#"{"a":"b+c+d e"}"#);
    assert_eq!(decode_percent("%2525"), "%25");
    assert_eq!(decode_percent("%C3%A4"), "ä");
}

#[test]
fn percent_decoding_leaves_what_it_cannot_decode() {
    for text in ["", "100%", "%zz", "%4", "{\"a\":1}", "%7B%FF", "%C3"] {
        assert_eq!(decode_percent(text), text);
    }
}

#[test]
fn encoded_document_equals_the_plain_one_after_decoding() {
    let plain = document("");
    let encoded: String = plain.bytes().map(|byte| format!("%{byte:02X}")).collect();
    assert_eq!(canon(&decode_percent(&encoded), &CTX), canon(&plain, &CTX));
    assert_ne!(canon(&encoded, &CTX), canon(&plain, &CTX));
}
