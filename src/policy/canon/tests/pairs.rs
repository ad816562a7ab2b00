//! Pairs of documents that are the same policy (E) and that are not (N).
//!
//! A cell shows what differs from a base, with `'` for `"`: members to put into the base statement, or into the
//! base document after `doc`; `null` takes a member away. After `text` it is the whole document. `$S` is the base
//! statement, `$T` a second one, `$X` one that is not understood, `$ROOT` the root ARN of the account.

use serde_json::Value;

use super::*;

const S: &str = r#"{"Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:GetBucketAcl","Resource":"arn:aws:s3:::b"}"#;
const T: &str =
    r#"{"Sid":"T","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::b/*"}"#;
const X: &str = r#"{"Sid":"X","Effect":"Allow","Strength":[2,1]}"#;
const ROOT: &str = "arn:aws:iam::111122223333:root";

/// Id, one cell, another cell.
type Pair = (&'static str, &'static str, &'static str);

#[rustfmt::skip]
const EQUAL: [Pair; 31] = [
    ("E01", "", "text {\n  'Version': '2012-10-17',\n  'Statement': [\n    $S\n  ]\n}\n"),
    ("E02", "", "text {'Statement':[{'Resource':'arn:aws:s3:::b','Action':'s3:GetBucketAcl',\
                 'Principal':{'Service':'cloudtrail.amazonaws.com'},'Effect':'Allow'}],'Version':'2012-10-17'}"),
    ("E03", "", "'Action':['s3:GetBucketAcl']"),
    ("E04", "", "'Resource':['arn:aws:s3:::b']"),
    ("E05", "", "'Principal':{'Service':['cloudtrail.amazonaws.com']}"),
    ("E06", "'Action':['s3:GetBucketAcl','s3:ListBucket']", "'Action':['s3:ListBucket','s3:GetBucketAcl']"),
    ("E07", "'Action':['s3:GetBucketAcl','s3:GetBucketAcl']", ""),
    ("E08", "", "'Action':'S3:getbucketACL'"),
    ("E09", "'Principal':{'AWS':'111122223333'}", "'Principal':{'AWS':'$ROOT'}"),
    ("E10", "'Principal':{'AWS':['111122223333','444455556666']}",
            "'Principal':{'AWS':['arn:aws:iam::444455556666:root','$ROOT']}"),
    ("E11", "'Principal':{'AWS':['111122223333','$ROOT']}", "'Principal':{'AWS':'$ROOT'}"),
    ("E12", "'Principal':'*'", "'Principal':{'AWS':'*'}"),
    ("E13", "'Condition':{'Bool':{'aws:SecureTransport':false}}",
            "'Condition':{'Bool':{'aws:SecureTransport':'false'}}"),
    ("E14", "'Condition':{'NumericLessThan':{'s3:max-keys':10}}",
            "'Condition':{'NumericLessThan':{'s3:max-keys':'10'}}"),
    ("E15", "'Condition':{'StringEquals':{'aws:SourceArn':'x'}}",
            "'Condition':{'StringEquals':{'AWS:sourcearn':['x']}}"),
    ("E16", "'Condition':{'StringEquals':{'aws:SourceAccount':['1','2']}}",
            "'Condition':{'StringEquals':{'aws:SourceAccount':['2','1','1']}}"),
    ("E17", "doc 'Statement':[$S,$T]", "doc 'Statement':[$T,$S]"),
    ("E18", "doc 'Statement':$S", "doc 'Statement':[$S]"),
    ("E19", "", "'Sid':''"),
    ("E20", "doc 'Version':null", "doc 'Version':'2008-10-17'"),
    ("E21", "", "'Condition':{}"),
    ("E22", "doc 'Statement':[$S,$S]", "doc 'Statement':[$S]"),
    ("E23", "'Condition':{'StringEquals':{'aws:SourceArn':'x'},'Bool':{}}",
            "'Condition':{'StringEquals':{'aws:SourceArn':'x'}}"),
    ("E24", "", "doc 'Id':''"),
    ("E25", "'Principal':{'AWS':['arn:aws:iam::111122223333:role/b','arn:aws:iam::111122223333:role/a']}",
            "'Principal':{'AWS':['arn:aws:iam::111122223333:role/a','arn:aws:iam::111122223333:role/b']}"),
    ("E26", r"text {'Statement':{'Effect':'Allow','Principal':'\u002a','Action':'s3:*','Resource':'b\/*'}}",
            "text {'Statement':{'Effect':'Allow','Principal':'*','Action':'s3:*','Resource':'b/*'}}"),
    ("E27", "'Effect':'Deny','Principal':null,'NotPrincipal':{'AWS':'111122223333'}",
            "'Effect':'Deny','Principal':null,'NotPrincipal':{'AWS':['$ROOT']}"),
    ("E28", "'Condition':{'StringEquals':{'aws:SourceAccount':111122223333}}",
            "'Condition':{'StringEquals':{'aws:SourceAccount':'111122223333'}}"),
    ("E29", "'Action':null,'NotAction':['s3:B','s3:a']", "'Action':null,'NotAction':['S3:A','s3:b']"),
    ("E30", "'Principal':{'Service':'cloudtrail.amazonaws.com','AWS':[]}", ""),
    ("E31", "doc 'Statement':[$S,$X]",
            "doc 'Statement':[$X,{'Effect':'Allow','Principal':{'Service':'cloudtrail.amazonaws.com'},\
             'Action':'S3:GETBUCKETACL','Resource':'arn:aws:s3:::b'}]"),
];

#[rustfmt::skip]
const DIFFERENT: [Pair; 40] = [
    ("N01", "'Principal':'*'", "'Principal':'$ROOT'"),
    ("N02", "'Principal':'*'", "'Principal':null"),
    ("N03", "'Principal':'*'", "'Principal':{'AWS':[]}"),
    ("N04", "'Principal':{'AWS':'$ROOT'}", "'Principal':{'AWS':'arn:aws-us-gov:iam::111122223333:root'}"),
    ("N05", "'Principal':{'AWS':'111122223333'}", "'Principal':{'AWS':'arn:aws-cn:iam::111122223333:root'}"),
    ("N06", "", "'Effect':'Deny'"),
    ("N07", "", "'Resource':'arn:aws:s3:::B'"),
    ("N08", "", "'Action':null,'NotAction':'s3:GetBucketAcl'"),
    ("N09", "", "'Action':'s3:*'"),
    ("N10", "'Action':['s3:*']", "'Action':['s3:*','s3:GetBucketAcl']"),
    ("N11", "'Condition':{'StringEquals':{'aws:SourceArn':'x'}}", ""),
    ("N12", "'Condition':{'StringEquals':{'aws:SourceArn':'x'}}", "'Condition':{'StringLike':{'aws:SourceArn':'x'}}"),
    ("N13", "'Condition':{'StringEquals':{'aws:SourceArn':'x'}}", "'Condition':{'StringEquals':{'aws:SourceArn':'X'}}"),
    ("N14", "'Condition':{'StringEquals':{'aws:SourceArn':'x'}}",
            "'Condition':{'StringEqualsIfExists':{'aws:SourceArn':'x'}}"),
    ("N15", "'Condition':{'ForAnyValue:StringEquals':{'aws:TagKeys':'x'}}",
            "'Condition':{'ForAllValues:StringEquals':{'aws:TagKeys':'x'}}"),
    ("N16", "", "doc 'Version':'2008-10-17'"),
    ("N17", "", "doc 'Version':null"),
    ("N18", "'Principal':{'AWS':'arn:aws:iam::111122223333:role/r'}", "'Principal':{'AWS':'AROAEXAMPLEEXAMPLE12'}"),
    ("N19", "'Condition':{'NumericEquals':{'s3:max-keys':9007199254740993}}",
            "'Condition':{'NumericEquals':{'s3:max-keys':9007199254740992}}"),
    ("N20", "text {'Version':'2012-10-17','Statement':[{'Effect':'Allow','Effect':'Deny','Principal':'*','Action':'s3:*'}]}",
            "text {'Version':'2012-10-17','Statement':[{'Effect':'Deny','Principal':'*','Action':'s3:*'}]}"),
    ("N21", "'Conditon':{'StringEquals':{'aws:SourceArn':'x'}}", ""),
    ("N22", "'Sid':'A'", "'Sid':'B'"),
    ("N23", "'Action':['s3:GetBucketAcl','s3:ListBucket']",
            "doc 'Statement':[$S,{'Effect':'Allow','Principal':{'Service':'cloudtrail.amazonaws.com'},\
             'Action':'s3:ListBucket','Resource':'arn:aws:s3:::b'}]"),
    ("N24", "", "'Principal':{'AWS':'cloudtrail.amazonaws.com'}"),
    ("N25", "'Effect':'allow'", ""),
    ("N26", "'Condition':{'StringEquals':{'aws:SourceArn':'x','AWS:SourceArn':'y'}}",
            "'Condition':{'StringEquals':{'aws:SourceArn':['x','y']}}"),
    ("N27", "'Condition':{'StringEquals':{'aws:SourceArn':[]}}", ""),
    ("N28", "'Principal':{'AWS':'arn:aws:sts::111122223333:assumed-role/r/s'}",
            "'Principal':{'AWS':'arn:aws:iam::111122223333:role/r'}"),
    ("N29", "doc 'Statement':null,'statement':[$S]", ""),
    ("N30", "'Principal':{'AWS':'111122223333'}", "'Principal':{'AWS':'11122223333'}"),
    ("N31", "'Condition':{'IpAddress':{'aws:SourceIp':'203.0.113.5'}}",
            "'Condition':{'IpAddress':{'aws:SourceIp':'203.0.113.5/32'}}"),
    ("N32", "'Condition':{'StringLike':{'kms:EncryptionContext:aws:cloudtrail:arn':'x'}}",
            "'Condition':{'StringLike':{'kms:EncryptionContext:AWS:cloudtrail:arn':'x'}}"),
    ("N33", "'Principal':{'AWS':['$ROOT']}", "'Principal':{'AWS':['$ROOT','*']}"),
    ("N34", "'Resource':['arn:aws:s3:::b','arn:aws:s3:::c']", ""),
    ("N35", "'Principal':null", "'Principal':{}"),
    ("N36", "doc 'Statement':[]", ""),
    ("N37", "'Principal':{'CanonicalUser':'79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be'}",
            "'Principal':{'AWS':'arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1EXAMPLE'}"),
    ("N38", "'Condition':{'stringequals':{'aws:SourceArn':'x'}}", "'Condition':{'StringEquals':{'aws:SourceArn':'x'}}"),
    ("N39", "", "'Resource':null,'NotResource':'arn:aws:s3:::b'"),
    ("N40", "'Principal':'*'", "'Principal':null,'NotPrincipal':'*'"),
];

/// Documents of the table that are not understood as a whole: a repeated key, an unknown one.
const OPAQUE: [&str; 2] = ["N20", "N29"];

/// Returns the document that a cell stands for.
pub(super) fn document(cell: &str) -> String {
    let cell =
        cell.replace('\'', "\"").replace("$S", S).replace("$T", T).replace("$X", X).replace("$ROOT", ROOT);
    let base = format!(r#"{{"Version":"2012-10-17","Statement":[{S}]}}"#);
    if let Some(text) = cell.strip_prefix("text ") {
        text.to_owned()
    } else if let Some(members) = cell.strip_prefix("doc ") {
        with(&base, members)
    } else {
        format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, with(S, &cell))
    }
}

/// Returns the object with these members put in, or taken away where they are null.
fn with(object: &str, members: &str) -> String {
    let (mut object, Value::Object(members)) = (parse(object), parse(&format!("{{{members}}}"))) else {
        panic!("not members of an object: {members}")
    };
    for (key, value) in members {
        object[key] = value;
    }
    if let Value::Object(all) = &mut object {
        all.retain(|_, value| !value.is_null());
    }
    object.to_string()
}

fn all_documents() -> impl Iterator<Item = (&'static str, String)> {
    EQUAL
        .into_iter()
        .chain(DIFFERENT)
        .flat_map(|(id, left, right)| [(id, document(left)), (id, document(right))])
}

#[test]
fn spellings_of_one_policy_are_equal() {
    for (id, left, right) in EQUAL {
        let (left, right) = (document(left), document(right));
        assert_ne!(left, right, "{id} compares a text with itself");
        assert_eq!(canon(&left, &CTX), canon(&right, &CTX), "{id}\n{left}\n{right}");
    }
}

#[test]
fn different_policies_differ() {
    for (id, left, right) in DIFFERENT {
        let (left, right) = (document(left), document(right));
        assert_ne!(canon(&left, &CTX), canon(&right, &CTX), "{id}\n{left}\n{right}");
    }
}

/// Else the pairs that differ would differ for no better reason than their bytes.
#[test]
fn documents_of_the_table_are_understood() {
    for (id, text) in all_documents() {
        let understood = canon(&text, &CTX).statements().is_some();
        assert!(understood || OPAQUE.contains(&id), "{id}\n{text}");
    }
}

#[test]
fn rendered_documents_have_the_same_form() {
    for (id, text) in all_documents() {
        let canon_once = canon(&text, &CTX);
        let rendered = render(&canon_once);
        assert_eq!(canon(&rendered, &CTX), canon_once, "{id}\n{text}\n{rendered}");
    }
}

#[test]
fn statements_are_the_same_alone_and_in_their_document() {
    for (id, text) in all_documents().filter(|(id, _)| !OPAQUE.contains(id)) {
        assert_eq!(canon(&text, &CTX).statements(), Some(&statements_one_by_one(&text)), "{id}\n{text}");
    }
}
