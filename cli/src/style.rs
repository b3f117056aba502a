//! How text looks: styles, lines of at most 80 columns, bars and numbers.
//!
//! Styles are always written here. [`output`](crate::output) takes them off where there is no terminal.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use textwrap::{Options, WordSeparator, WordSplitter};

/// The columns of a terminal that nobody resized.
pub(crate) const COLUMNS: usize = 80;

pub(crate) const HEAD: Style = Style::new().bold();
pub(crate) const DIM: Style = Style::new().dimmed();
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
pub(crate) const WARN: Style = AnsiColor::Yellow.on_default();
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();

/// Breaks a text at spaces into lines of at most 80 columns. The first begins where it stands, the others
/// with `indent`. A path that is longer is not broken. Ends with a line break.
pub(crate) fn wrap(text: &str, indent: &str) -> String {
    let options = Options::new(COLUMNS)
        .subsequent_indent(indent)
        .break_words(false)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation);
    textwrap::fill(text, options) + "\n"
}

/// Draws how much of `allowed` is used, 20 columns between brackets. Whatever is over it fills the bar.
pub(crate) fn bar(used: usize, allowed: usize) -> String {
    const WIDTH: usize = 20;
    let full = used
        .saturating_mul(WIDTH)
        .div_ceil(allowed.max(1))
        .min(WIDTH);
    format!("[{}{}]", "#".repeat(full), ".".repeat(WIDTH - full))
}

/// Writes a number with commas between thousands.
pub(crate) fn number(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Writes a text that came from outside so that it cannot move a terminal's cursor or turn its text around:
/// what does not print is escaped.
pub(crate) fn shown(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '"' | '\'' | '\\' => safe.push(char),
            // Writing into a string does not fail.
            _ => write!(safe, "{}", char.escape_debug()).unwrap_or_default(),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[test]
    fn bars_and_numbers() {
        assert_eq!(bar(0, 100), "[....................]");
        assert_eq!(bar(1, 100), "[#...................]");
        assert_eq!(bar(50, 100), "[##########..........]");
        assert_eq!(bar(500, 100), "[####################]");
        assert_eq!(bar(0, 0), "[....................]");
        assert_eq!(
            [0, 999, 1_000, 1_234_567].map(number).join(" "),
            "0 999 1,000 1,234,567"
        );
    }

    #[test]
    fn nothing_from_outside_reaches_the_terminal_as_a_command() {
        let hostile = "a\x1b[2Jb\r\n\u{202e}c\u{9b}\"é\\";
        let safe = shown(hostile);
        assert_eq!(safe, "a\\u{1b}[2Jb\\r\\n\\u{202e}c\\u{9b}\"é\\");
    }

    #[test]
    fn lines_are_broken_at_spaces_and_styles_take_no_room() {
        let text = format!("{BAD}{}{BAD:#} {}", "x".repeat(40), "y".repeat(39));
        assert_eq!(wrap(&text, "  ").lines().count(), 1);
        let long = format!("see {}", "/path".repeat(30));
        assert_eq!(
            wrap(&long, "  "),
            format!("see\n  {}\n", "/path".repeat(30))
        );
    }
}
