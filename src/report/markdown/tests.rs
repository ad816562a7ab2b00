//! Pages, read back by a reader of GitHub's Markdown.

use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::*;
use crate::{
    plan::Plan,
    report::{
        human::Detail,
        plan::sample::{HOSTILE, large, plan as sample},
        run::Run,
    },
};

/// What GitHub adds to Markdown.
const EXTENSIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS)
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_GFM)
    .union(Options::ENABLE_MATH);
const CALLS: Detail = Detail { calls: true };

/// What a reader makes of a page: its markup, line by line, with every text of code left out.
fn outline(page: &str) -> Vec<String> {
    let mut outline = Vec::new();
    let mut in_block = false;
    for event in Parser::new_ext(page, EXTENSIONS) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => in_block = true,
            Event::End(TagEnd::CodeBlock) => {
                in_block = false;
                outline.push("block".to_owned());
            }
            Event::Text(_) if in_block => {}
            Event::Code(_) => outline.push("code".to_owned()),
            Event::Html(html) => {
                // What is between our tags is escaped.
                let bare = html.split("<code>").enumerate().map(|(place, part)| match place {
                    0 => part.to_owned(),
                    _ => part.split_once("</code>").map_or(part.to_owned(), |(text, rest)| {
                        assert!(!text.contains(['<', '>', '"', '\'', '\n']), "{html}");
                        format!("code{rest}")
                    }),
                });
                outline.push(bare.collect());
            }
            Event::Text(text) => outline.push(text.into_string()),
            Event::SoftBreak => outline.push("break".to_owned()),
            event => outline.push(format!("{event:?}")),
        }
    }
    outline
}

/// What a page must never have.
#[track_caller]
fn is_safe(page: &str, what: &str) {
    for line in page.lines() {
        assert!(!line.trim_start().starts_with("::") && !line.contains("##["), "{what:?}: {line:?}");
    }
    let hidden = |c: char| (c.is_control() && c != '\n') || "\u{202e}\u{2066}\u{200b}\u{feff}".contains(c);
    assert!(!page.contains(hidden), "{what:?}: {page:?}");
    for text in outline(page) {
        let is_markup = [
            "Link",
            "Image",
            "Table",
            "InlineHtml",
            "Math",
            "Footnote",
            "TaskList",
            "Strike",
            "Emphasis",
            "BlockQuote",
            "Rule",
        ];
        assert!(!is_markup.iter().any(|markup| text.contains(markup)), "{what:?}: {text}");
        for forged in ["script", "@", "http", "www.", "#1", "GH-", ":tada:", "forged", "evil"] {
            assert!(!text.contains(forged), "{what:?}: {text}\n{page}");
        }
    }
    let open = |tag: &str| outline(page).iter().filter(|text| text.contains(tag)).count();
    assert_eq!(open("<details>"), open("</details>"), "{what:?}: {page}");
}

fn all(plan_of: &Plan) -> [String; 3] {
    let error =
        Problem { exit_code: 4, message: Some(plan_of.stack.clone()), help: Some(plan_of.stack.clone()) };
    let done = Run::new(plan_of, None, None, Some(error.clone()));
    [plan(plan_of, CALLS), run(&done, "apply", "Plan.", "Done.", CALLS), problem(&error, "trailctl plan")]
}

#[test]
fn a_plan_has_the_verdict_first_and_changes_to_unfold() {
    let page = plan(&sample("audit"), Detail::default());
    let start = "### trailctl plan: `audit in 111122223333`

**Coverage: reduced**

- **no longer recorded:** a data event of audit (by audit)
- **no longer recorded:** a data event of audit (by audit)
- **newly recorded:** a data event of audit (by audit)
- **weakened:** `trail audit`: audit is off

Plan: 1 to create, 1 to update, 1 to delete; 1 unchanged; 2 refused.

#### Refused

- **refused** `role.audit` (`coverage-loss`) at `dir/audit.yaml:7:3`: it belongs to `audit`
  help: ask `audit`
- **refused** `role.audit` (`no-owner`) at `dir/audit.yaml:7:3`: it belongs to `audit`
  help: ask `audit`

#### Warnings of the spec

- **warning** `unused-bucket` at `dir/audit.yaml:7:3`: `audit` is used nowhere
  help: remove `audit`

#### Notes

- `kms_key.audit` at `dir/audit.yaml:7:3`: it has a grant of audit
- `log_group.audit` is left alone at `dir/audit.yaml:7:3`: it has a grant of audit

#### Changes

<details>
<summary>~ update <code>bucket.audit</code> in <code>eu-west-1</code></summary>

`dir/audit.yaml:7:3`

```diff
- versioning: false
+ versioning: true
- tags.team: audit
+ tags.team: auditaudit
  lifecycle:
    - id: audit
+   - id: b
# events[1] is from dir/audit.yaml:7:3
```

</details>

<details>
<summary>+ create <code>trail.audit</code> in <code>eu-west-1</code></summary>
";
    assert!(page.starts_with(start), "{page}");
    for lines in [
        "```diff\n+ prefix: audit\n! cannot be taken back: audit\n",
        "# waits until AWS shows it as wanted, and it delivers, before bucket.audit\n",
        "# after trail.audit\n- policy.statements.A:\n-   Sid: audit\n",
    ] {
        assert!(page.contains(lines), "{page}");
    }
    assert_eq!(page, plan(&sample("audit"), Detail::default()));
    let calls = plan(&sample("audit"), CALLS);
    assert!(
        calls.contains("```text\ns3:PutBucketTagging in eu-west-1\n    TagSet:\n      audit: audit\n```\n"),
        "{calls}"
    );
}

#[test]
fn no_text_becomes_markup() {
    let plain = all(&sample("audit")).map(|page| outline(&page));
    for text in HOSTILE {
        for (page, plain) in all(&sample(text)).iter().zip(&plain) {
            is_safe(page, text);
            // The same blocks in the same order; only words differ.
            let blocks = |outline: &[String]| -> Vec<String> {
                let is_block = |text: &&String| {
                    text.starts_with("Start")
                        || text.contains("<details>")
                        || text.contains("</details>")
                        || *text == "block"
                };
                outline.iter().filter(is_block).cloned().collect()
            };
            assert_eq!(blocks(&outline(page)), blocks(plain), "{text:?}\n{page}");
        }
    }
}

#[test]
fn a_page_ends_before_it_is_too_long_and_says_what_is_missing() {
    for (number, size) in [(40, 4_000), (2_000, 50), (3, 200_000), (400, 1_000)] {
        let large = large(number, size);
        let page = plan(&large, CALLS);
        assert!(page.len() <= MOST, "{number} {size}: {}", page.len());
        is_safe(&page, "large");
        let last = page.lines().last().unwrap();
        let shown = page.matches("<summary>").count();
        if shown < large.steps.len() {
            assert!(last.starts_with("**Not shown, as the page would be too long:** "), "{last}");
            let changes = super::super::count(large.steps.len() - shown, "change");
            assert!(last.contains(&changes) && last.ends_with("`trailctl plan` shows all."), "{last}");
        }
    }
}

#[test]
fn code_is_what_it_was() {
    for text in HOSTILE.iter().chain(&["`", "a`b", "``", " a ", "a b", "\\"]) {
        let span = code(text);
        let mut events = Parser::new(&span).filter_map(|event| match event {
            Event::Code(text) => Some(text.into_string()),
            Event::Text(text) => Some(format!("text {text}")),
            _ => None,
        });
        assert_eq!(events.next(), Some(visible(text)), "{span}");
        assert_eq!(events.next(), None, "{span}");
        let fenced = fence("text", text);
        let block: String = Parser::new(&fenced)
            .filter_map(|event| match event {
                Event::Text(text) => Some(text.into_string()),
                _ => None,
            })
            .collect();
        assert_eq!(block.trim_end_matches('\n'), visible_block(text).trim_end_matches('\n'), "{fenced}");
    }
}

#[test]
fn what_changes_is_named_before_what_has_no_room() {
    let mut plan = large(0, 10);
    let (bucket, trail) = (plan.steps[0].clone(), plan.steps[1].clone());
    plan.steps = (0..200)
        .map(|number| {
            let mut step = bucket.clone();
            step.address.logical = format!("b{number}");
            step.changes[2].new = Some(serde_json::json!(vec!["word"; 100]));
            step
        })
        .chain([trail])
        .collect();
    plan.warnings.clear();
    let page = super::plan(&plan, Detail::default());
    assert!(page.len() <= MOST);
    let (list, rest) = page.split_once("#### Each change").unwrap();
    assert!(list.contains("#### Changes\n\n- create `trail.x`\n- update `bucket.b0`\n"), "{list}");
    assert!(list.contains("- update `bucket.b199`\n") && !rest.contains("bucket.b199"), "{rest}");
}

#[test]
fn only_plain_words_stand_outside_of_code() {
    for (text, line) in [
        (
            "the policy of `acme-logs` denies it (statement X).",
            "the policy of `acme-logs` denies it (statement X).",
        ),
        ("no-longer a multi-Region trail, 2 days", "no-longer a multi-Region trail, 2 days"),
        ("ask @everyone, or #1", "ask `@everyone`, or `#1`"),
        ("<b>x</b> *y* a_b", "`<b>x</b> *y* a_b`"),
        ("one of: vars, log_groups, kms_keys", "one of: vars, `log_groups`, `kms_keys`"),
        ("write {existing: nope} there: a", "write `{existing: nope}` there: a"),
        ("is (a_b) c_d", "is `(a_b`) `c_d`"),
        ("odd ` one `a` b", "odd `` ` `` one `` `a` `` b"),
        ("x`y`@z", "x`y` `@z`"),
        ("", ""),
    ] {
        assert_eq!(prose(text), line);
    }
}

/// Returns the texts of a page that are neither code nor markup of ours.
fn words(page: &str) -> Vec<String> {
    let mut in_block = false;
    let texts = Parser::new_ext(page, EXTENSIONS).filter_map(|event| match event {
        Event::Start(Tag::CodeBlock(_)) | Event::End(TagEnd::CodeBlock) => {
            in_block = !in_block;
            None
        }
        Event::Text(text) => (!in_block).then(|| text.into_string()),
        _ => None,
    });
    texts.collect()
}

proptest! {
    #[test]
    fn any_text_is_code_or_plain_words(text in "[`<>@#|*_!&:;~$\\\\ \n\t\\-a-c1/.()\\[\\]{}'\"=\u{202e}\u{1b}é]{1,40}") {
        for page in all(&sample(&text)) {
            let is_plain = |c: char| c.is_ascii_alphanumeric() || " .,;:()'-?…".contains(c);
            for words in words(&page) {
                prop_assert!(words.chars().all(is_plain), "{:?}\n{}", words, page);
            }
            let is_command = |line: &str| line.trim_start().starts_with("::");
            prop_assert!(!page.lines().any(is_command), "{}", page);
            let rules = page.matches("\n<details>\n").count();
            let html = Parser::new_ext(&page, EXTENSIONS).filter(|event| matches!(event, Event::Html(html) if html.trim() == "<details>"));
            prop_assert_eq!(html.count(), rules, "{}", page);
        }
    }
}
