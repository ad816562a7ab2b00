//! Words for the screen.

use std::fmt::Write as _;

/// Returns a number with its noun in the right form: `1 step`, `2 steps`.
pub fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// Returns a text of one line in which nothing can hide or steer a terminal or a CI log: control characters, line breaks
/// too, characters that change the direction of text or take no room, and starts of commands are written as escapes.
pub fn visible(text: &str) -> String {
    inert(escaped(text, |c| is_hidden(c) || c == '\n' || c == '\t'))
}

/// The same for a text of several lines: its line breaks and tabs stay.
pub fn visible_block(text: &str) -> String {
    inert(escaped(text, is_hidden))
}

/// Starts of commands that a CI obeys wherever they stand in a line.
const COMMANDS: [&str; 3] = ["##[", "##vso[", "##teamcity["];

/// Returns lines that no CI takes for commands. GitHub Actions looks for `::` behind the spaces at the start of each line.
fn inert(text: String) -> String {
    if !text.contains("::") && !text.contains("##") {
        return text;
    }
    let lines = text.split('\n').map(|line| {
        let line = match line.trim_start() {
            command if command.starts_with("::") => {
                let (space, rest) = line.split_at(line.len() - command.len());
                format!("{space}\\u{{3a}}{}", &rest[1..])
            }
            _ => line.to_owned(),
        };
        COMMANDS.iter().fold(line, |line, start| line.replace(start, &format!("\\u{{23}}{}", &start[1..])))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Returns a text in quotes on one line, as JSON and YAML read it, if a CI would take some of it for a command.
pub fn in_quotes(text: &str) -> Option<String> {
    (inert(text.to_owned()) != text).then(|| {
        let json = serde_json::Value::from(text).to_string();
        COMMANDS.iter().fold(json, |json, start| json.replace(start, &format!("\\u0023{}", &start[1..])))
    })
}

/// Returns the name of a file as those write it who look for it in a repository: without `.` and empty parts.
pub(super) fn in_repository(name: &str) -> String {
    let parts = name.split('/').filter(|part| !part.is_empty() && *part != ".");
    let root = if name.starts_with('/') { "/" } else { "" };
    format!("{root}{}", parts.collect::<Vec<_>>().join("/"))
}

/// Returns a JSON text in which nothing can hide or steer either: what would is written as an escape of JSON, so that it reads
/// back the same.
pub fn visible_json(json: &str) -> String {
    // Lines of JSON start with nothing else than its own signs and quotes.
    let json = COMMANDS.iter().fold(json.to_owned(), |json, start| match json.contains(start) {
        true => json.replace(start, &format!("\\u0023{}", &start[1..])),
        false => json,
    });
    if !json.contains(is_hidden) {
        return json;
    }
    let mut text = String::with_capacity(json.len() + 64);
    for c in json.chars() {
        if is_hidden(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(text, "\\u{unit:04x}");
            }
        } else {
            text.push(c);
        }
    }
    text
}

fn escaped(text: &str, is_hidden: impl Fn(char) -> bool) -> String {
    if !text.contains(&is_hidden) {
        return text.to_owned();
    }
    text.chars().map(|c| if is_hidden(c) { c.escape_unicode().to_string() } else { c.to_string() }).collect()
}

fn is_hidden(c: char) -> bool {
    let is_control = c.is_control() && c != '\n' && c != '\t';
    is_control
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}'..='\u{ffff}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_a_command() {
        assert_eq!(visible("::error::x"), "\\u{3a}:error::x");
        assert_eq!(
            visible_block("AWS::S3\n \t::add-mask::x\n- ::y"),
            "AWS::S3\n \t\\u{3a}:add-mask::x\n- ::y"
        );
        assert_eq!(visible("a ##[group]b ##vso[c] ## d"), "a \\u{23}#[group]b \\u{23}#vso[c] ## d");
        let json = visible_json("{\"a\":\"\\\\##[group]\"}");
        assert_eq!(json, "{\"a\":\"\\\\\\u0023#[group]\"}");
        let read: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(read["a"], "\\##[group]");
    }

    #[test]
    fn what_holds_a_command_is_put_in_quotes() {
        assert_eq!(in_quotes("a\nb ::c"), None);
        assert_eq!(in_quotes("a\n ::b").as_deref(), Some("\"a\\n ::b\""));
        let text = "x \"##[group]\"";
        let read: String = serde_yaml::from_str(&in_quotes(text).unwrap()).unwrap();
        assert!(read == text && !in_quotes(text).unwrap().contains("##["));
    }

    #[test]
    fn files_are_named_as_in_a_repository() {
        for (name, want) in
            [("./a//b/./c.yaml", "a/b/c.yaml"), ("/a/./b", "/a/b"), ("../a", "../a"), ("a", "a")]
        {
            assert_eq!(in_repository(name), want);
        }
    }

    #[test]
    fn hidden_characters_are_shown() {
        // XML has no way to say these two.
        assert_eq!(visible("a\u{fffe}\u{ffff}"), "a\\u{fffe}\\u{ffff}");
        assert_eq!(visible("a\u{1b}[31mb\u{202e}c\n::d\r"), "a\\u{1b}[31mb\\u{202e}c\\u{a}::d\\u{d}");
        assert_eq!(visible_block("a\n\u{61c}b"), "a\n\\u{61c}b");
        let text = "a\u{1b}\u{202e}\u{e0001}ü";
        let json = visible_json(&serde_json::to_string(text).unwrap());
        assert_eq!(json, "\"a\\u001b\\u202e\\udb40\\udc01ü\"");
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        assert_eq!(visible("plain ünïcode"), "plain ünïcode");
        assert_eq!(count(1, "step") + &count(2, "step"), "1 step2 steps");
    }
}
