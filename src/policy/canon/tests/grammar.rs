//! What is understood, what is opaque, and the limits of reading.

use super::{pairs::document, *};

#[test]
fn documents_outside_the_grammar_are_opaque() {
    let documents = [
        "text ",
        "text null",
        "text []",
        "text 'a'",
        "text {}",
        "text {'Statement':[]} {}",
        "text {'Statement':[],}",
        "text {'Statement':[]}\u{a0}",
        "text \u{feff}{'Statement':[]}",
        r"text {'Statement':[{'Sid':'\ud800'}]}",
        "text {'Statement':[{'Sid':'\u{1}'}]}",
        "text {'Statement':[{'a':01}]}",
        "text {'Statement':[{'a':NaN}]}",
        r"text {'Statement':[{'a':{'b':1,'\u0062':1}}]}",
        "text {'Statement':[],'Statement':[]}",
        "text {'Statement':null}",
        "text {'Statement':'a'}",
        "doc 'Version':'2012-10-18'",
        "doc 'Version':2012",
        "doc 'Version':''",
        "doc 'Id':1",
        "doc 'Comment':''",
        "doc 'version':'2012-10-17'",
    ];
    for cell in documents {
        let text = document(cell);
        let form = canon(&text, &CTX);
        assert_eq!(form.statements(), None, "{text}");
        assert_eq!(render(&form), text);
        assert_ne!(form, canon(&format!("{text} "), &CTX), "{text}");
    }
}

#[test]
fn statements_outside_the_grammar_are_opaque() {
    let statements = [
        "'Sid':1",
        "'Effect':null",
        "'Effect':'ALLOW'",
        "'Effect':['Allow']",
        "'effect':'Allow'",
        "'Principal':'111122223333'",
        "'Principal':['*']",
        "'Principal':{'aws':'*'}",
        "'Principal':{'AWS':1}",
        "'Principal':{'AWS':[['*']]}",
        "'Action':1",
        "'Action':['s3:*',true]",
        "'Action':{}",
        "'Resource':{'a':'b'}",
        "'NotResource':[{}]",
        "'Condition':[]",
        "'Condition':{'Bool':[]}",
        "'Condition':{'Like':{}}",
        "'Condition':{'Like':{'a':'b'}}",
        "'Condition':{'NullIfExists':{'a':'true'}}",
        "'Condition':{'BoolIfExistsIfExists':{'a':'true'}}",
        "'Condition':{'ForSomeValues:Bool':{'a':'true'}}",
        "'Condition':{'ForAnyValue:ForAnyValue:Bool':{'a':'true'}}",
        "'Condition':{'forAnyValue:Bool':{'a':'true'}}",
        "'Condition':{'ForAnyValue:':{'a':'true'}}",
        "'Condition':{'Bool':{'a':{}}}",
        "'Condition':{'Bool':{'a':[['true']]}}",
        "'Condition':{'Bool':{'a':'true','A':'true'}}",
    ];
    for cell in statements {
        assert!(only_statement(cell).is_opaque(), "{cell}");
    }
    for text in ["1", "null", "[]", r#""a""#] {
        assert!(canon_statement(&parse(text), &CTX).is_opaque(), "{text}");
    }
}

#[test]
fn null_is_not_an_absent_element() {
    let names =
        ["Sid", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];
    for name in names {
        let statement = parse(&format!(r#"{{"Effect":"Allow","{name}":null}}"#));
        assert!(canon_statement(&statement, &CTX).is_opaque(), "{name}");
    }
}

#[test]
fn operators_with_qualifier_and_suffix_are_known() {
    let operators = [
        "Null",
        "ForAnyValue:Null",
        "BoolIfExists",
        "ForAllValues:StringNotLikeIfExists",
        "ForAnyValue:ArnLike",
        "NumericGreaterThanEqualsIfExists",
        "StringEqualsIgnoreCase",
    ];
    for operator in operators {
        assert!(
            !only_statement(&format!("'Condition':{{'{operator}':{{'a':'b'}}}}")).is_opaque(),
            "{operator}"
        );
    }
}

#[test]
fn encryption_context_folds_its_prefix_only() {
    let key = |key: &str| only_statement(&format!("'Condition':{{'StringEquals':{{'{key}':'x'}}}}"));
    assert_eq!(key("kms:EncryptionContext:Name"), key("KMS:encryptioncontext:Name"));
    assert_ne!(key("kms:EncryptionContext:Name"), key("kms:EncryptionContext:name"));
    assert_eq!(key("kms:EncryptionContextKeys"), key("kms:encryptioncontextkeys"));
    assert_eq!(key("aws:ÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄX"), key("AWS:ÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄx"));
    assert_ne!(key("aws:Ä"), key("aws:ä"));
}

#[test]
fn numbers_are_their_text() {
    let number = |text: &str| {
        canon(
            &document(&format!(
                "text {{'Statement':{{'Effect':'Allow','Condition':{{'NumericEquals':{{'a':{text}}}}}}}}}"
            )),
            &CTX,
        )
    };
    assert_eq!(number("1.0"), number("'1.0'"));
    let spellings =
        ["1", "1.0", "10e-1", "0.1", "1e400", "2e400", "18446744073709551617", "18446744073709551618"];
    for (place, left) in spellings.iter().enumerate() {
        assert!(number(left).statements().is_some(), "{left}");
        for right in &spellings[place + 1..] {
            assert_ne!(number(left), number(right));
        }
    }
}

#[test]
fn opaque_statements_equal_the_same_json_only() {
    let opaque = |text: &str| only_statement(&format!("'Extra':{text}"));
    assert_eq!(opaque("{'a':1,'b':[1,2]}"), opaque("{ 'b' : [1,2], 'a' : 1 }"));
    assert_ne!(opaque("[1,2]"), opaque("[2,1]"));
    assert_ne!(opaque("[1]"), opaque("1"));
    assert_ne!(opaque("'1'"), opaque("1"));
    assert_ne!(opaque("'a'"), opaque("'A'"));
    assert_ne!(opaque("{}"), opaque("[]"));
}

#[test]
fn depth_is_bounded() {
    let nested = |open: &str, close: &str, levels: usize| {
        format!(r#"{{"Statement":{{"Extra":{}1{}}}}}"#, open.repeat(levels), close.repeat(levels))
    };
    for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
        let deepest = nested(open, close, 30);
        let form = canon(&deepest, &CTX);
        assert!(form.statements().is_some(), "{deepest}");
        assert_eq!(canon(&render(&form), &CTX), form);
        for levels in [31, 126, 127, 128, 100_000] {
            assert_eq!(canon(&nested(open, close, levels), &CTX).statements(), None, "{open} {levels}");
        }
        assert_eq!(canon(&open.repeat(100_000), &CTX).statements(), None);
    }
    let deep = |levels: usize| parse(&format!("{}1{}", "[".repeat(levels), "]".repeat(levels)));
    assert!(canon_statement(&deep(33), &CTX).is_opaque());
    assert_ne!(canon_statement(&deep(33), &CTX), canon_statement(&deep(34), &CTX));
}

#[test]
fn size_is_bounded() {
    let sized = |bytes: usize| format!("{}{}", document(""), " ".repeat(bytes - document("").len()));
    assert_eq!(canon(&sized(1 << 20), &CTX), canon(&document(""), &CTX));
    assert_eq!(canon(&sized((1 << 20) + 1), &CTX).statements(), None);
}

fn only_statement(cell: &str) -> CanonStatement {
    let form = canon(&document(cell), &CTX);
    let mut statements = form.statements().into_iter().flatten().cloned();
    let (Some(only), None) = (statements.next(), statements.next()) else {
        panic!("one statement in {cell}")
    };
    only
}
