//! Transcripts of the command line: what is typed and what is seen.

#[test]
fn transcripts() {
    let cases = trycmd::TestCases::new();
    cases.env("NO_COLOR", "1").env("AWS_EC2_METADATA_DISABLED", "true").case("tests/cli/*.md");
    cases.run();
}
