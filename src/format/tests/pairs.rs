//! Texts and their layouts.

use super::laid;

#[track_caller]
fn pair(text: &str, want: &str) {
    assert_eq!(laid(text), want);
}

#[test]
fn indentation_spaces_quotes_and_empty_lines() {
    pair(
        "\n\nversion:   1\nstack:  'audit'   # one\n\n\n\ntrails:\n    a:\n        bucket:   x\n    b: {  bucket: x,prefix: \"it's\"  }\n    c:\n        events:\n        - where: { eventName: [ a,b ] }\n\n\n",
        "version: 1\nstack: \"audit\" # one\n\ntrails:\n  a:\n    bucket: x\n  b: {bucket: x, prefix: \"it's\"}\n  c:\n    events:\n      - where: {eventName: [a, b]}\n",
    );
    pair("account: '012345678901'\nregion: 'a\"b'\n", "account: \"012345678901\"\nregion: 'a\"b'\n");
    pair("a: {b: 1, # one\n c: 2}\n", "a: {\n  b: 1, # one\n  c: 2,\n}\n");
    pair(
        "---\na: |\n     text\n       more  \n\n     # text\nb: >-\n  x\n",
        "---\na: |\n  text\n    more  \n\n  # text\nb: >-\n  x\n",
    );
}

#[test]
fn long_lines_stay_lines() {
    let long = format!("a: {{b: [{}]}} # about all of it\n", vec!["arn:aws:s3:::b/"; 60].join(", "));
    pair(&long, &long);
}

#[test]
fn line_ends_stay_and_a_mark_of_byte_order_goes() {
    pair("\u{feff}a:   1\r\n# x\r\nb: |\r\n    t\r\n", "a: 1\r\n# x\r\nb: |\r\n  t\r\n");
    pair("a:   1\nb: 2\r\n", "a: 1\nb: 2\n");
    pair("", "");
    pair("\n \n", "");
    pair("# only this", "# only this\n");
}

#[test]
fn comments_stay_at_the_level_of_what_they_are_about() {
    // Below a line that ends in a comment, below a key without a value, at the end of a mapping, beside a list.
    pair(
        "a:\n    b: 1 # one\n    #c: 2\n    d:\n        #e: 3\n\n        #  f: 4\n    #g: 5\n\n# next\nh:\n- 1\n# - 2\n- 3\n# about i\ni:\n- j\n# - k\n",
        "a:\n  b: 1 # one\n  #c: 2\n  d:\n    #e: 3\n\n    #  f: 4\n  #g: 5\n\n# next\nh:\n  - 1\n  # - 2\n  - 3\n# about i\ni:\n  - j\n# - k\n",
    );
    pair("a:\n    b: 1\n#    c: 2\n    d: 3\n", "a:\n  b: 1\n  #    c: 2\n  d: 3\n");
    pair(
        "a:\n    # first\n    - b: 1 # two\n      # c\n    # d\n    - e\n      # f\n# g\n",
        "a:\n  # first\n  - b: 1 # two\n    # c\n  # d\n  - e\n  # f\n# g\n",
    );
    pair(
        "a: &x {b: 1}\nc: *x\n  # deep\nd: ~\n  # deeper\n",
        "a: &x {b: 1}\nc: *x\n# deep\nd: ~\n# deeper\n",
    );
}
