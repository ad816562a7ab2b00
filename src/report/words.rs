//! Words for the screen.

/// Returns a number with its noun in the right form: `1 step`, `2 steps`.
pub fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// Returns a text in which nothing can hide or steer a terminal: control characters, and characters that change the
/// direction of text or take no room, are written as escapes. Line breaks and tabs stay.
pub fn visible(text: &str) -> String {
    let is_hidden = |c: char| {
        (c.is_control() && c != '\n' && c != '\t')
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{2028}' | '\u{2029}')
    };
    if !text.contains(is_hidden) {
        return text.to_owned();
    }
    text.chars().map(|c| if is_hidden(c) { c.escape_unicode().to_string() } else { c.to_string() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_are_shown() {
        assert_eq!(visible("a\u{1b}[31mb\u{202e}c\nd\r"), "a\\u{1b}[31mb\\u{202e}c\nd\\u{d}");
        assert_eq!(visible("plain ünïcode"), "plain ünïcode");
        assert_eq!(count(1, "step") + &count(2, "step"), "1 step2 steps");
    }
}
