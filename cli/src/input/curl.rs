//! A curl command, as a person writes it and as browsers copy it: quoted for a POSIX shell or for cmd.exe.

use std::iter::Peekable;
use std::str::Chars;

use super::har::host;
use crate::input::message::Message;

/// Returns whether a command's first word is curl.
pub(super) fn is_curl(word: &str) -> bool {
    let word = word.trim_end_matches(".exe");
    word == "curl" || word.ends_with("/curl") || word.ends_with("\\curl")
}

/// Reads a text of one command, or of several, as "Copy all as cURL" writes them.
pub(super) fn messages(text: &str) -> Vec<Message> {
    // cmd.exe escapes by a caret, also the quotation marks that Chromium writes.
    let words = match text.contains("^\"") || text.contains("^\n") || text.contains("^\r") {
        true => words(&without_carets(text), Shell::Cmd),
        false => words(text, Shell::Posix),
    };
    let mut commands: Vec<Vec<String>> = Vec::new();
    for word in words {
        match commands.last_mut() {
            _ if is_curl(&word) => commands.push(Vec::new()),
            Some(command) => command.push(word),
            None => {}
        }
    }
    let several = commands.len() > 1;
    let numbered = commands.iter().zip(1..).map(|(words, number)| {
        let mut message = command(words);
        if several {
            message.place = format!("curl command {number}");
        }
        message
    });
    numbered.collect()
}

/// Reads the words behind `curl`.
pub(super) fn command(words: &[String]) -> Message {
    let mut message = Message::at_place("the curl command");
    let mut words = words.iter().map(String::as_str);
    while let Some(word) = words.next() {
        let (option, joined) = split_option(word);
        match option {
            "-H" | "--header" => {
                let field = joined.or_else(|| words.next()).unwrap_or_default();
                let (name, value) = field.split_once(':').unwrap_or((field, ""));
                message.take(name, value);
            }
            "-b" | "--cookie" => {
                let cookies = joined.or_else(|| words.next()).unwrap_or_default();
                match cookies.contains('=') {
                    true => message.take("cookie", cookies),
                    // As curl takes it.
                    false => message.notes.push(
                        "`-b` without an equals sign names a file of curl's, which was not read"
                            .to_owned(),
                    ),
                }
            }
            _ => message.host = message.host.take().or_else(|| host(word)),
        }
    }
    message
}

/// Splits `-HX`, `-bX`, `--header=X` and `--cookie=X`; the value of any other option is the next word.
fn split_option(word: &str) -> (&str, Option<&str>) {
    for short in ["-H", "-b"] {
        if let Some(joined) = word.strip_prefix(short) {
            return (short, Some(joined).filter(|joined| !joined.is_empty()));
        }
    }
    match word.split_once('=') {
        Some((long @ ("--header" | "--cookie"), value)) => (long, Some(value)),
        _ => (word, None),
    }
}

/// Whose rules of quoting count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shell {
    Posix,
    Cmd,
}

/// Takes a command line into words. A quotation that does not end goes up to the end.
fn words(text: &str, shell: Shell) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '\'' if shell == Shell::Posix => single(&mut chars, word.get_or_insert_default()),
            '"' => double(&mut chars, word.get_or_insert_default(), shell),
            '$' if shell == Shell::Posix && chars.peek() == Some(&'\'') => {
                chars.next();
                ansi_c(&mut chars, word.get_or_insert_default());
            }
            '\\' if shell == Shell::Posix => match chars.next() {
                Some('\r') => drop(chars.next_if_eq(&'\n')),
                Some('\n') | None => {}
                Some(char) => word.get_or_insert_default().push(char),
            },
            // "Copy all as cURL" puts one of these between commands.
            ';' | '&' if word.is_none() => {}
            ';' if chars.peek().is_none_or(|next| next.is_whitespace()) => {
                words.extend(word.take())
            }
            _ if char.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(char),
        }
    }
    words.extend(word);
    words
}

type Rest<'t> = Peekable<Chars<'t>>;

fn single(chars: &mut Rest<'_>, word: &mut String) {
    word.extend(chars.by_ref().take_while(|char| *char != '\''));
}

fn double(chars: &mut Rest<'_>, word: &mut String, shell: Shell) {
    while let Some(char) = chars.next() {
        match char {
            // Firefox doubles a quotation mark for cmd.exe.
            '"' if shell == Shell::Cmd && chars.next_if_eq(&'"').is_some() => word.push('"'),
            '"' => return,
            '\\' => match chars.next_if(|next| "\\\"$`\n".contains(*next)) {
                Some('\n') => {}
                Some(escaped) => word.push(escaped),
                None => word.push('\\'),
            },
            _ => word.push(char),
        }
    }
}

/// Reads `$'..'`, by which Chromium writes what has a quotation mark or a control character in it.
fn ansi_c(chars: &mut Rest<'_>, word: &mut String) {
    while let Some(char) = chars.next() {
        let escaped = match char {
            '\'' => return,
            '\\' => chars.next().unwrap_or('\\'),
            _ => {
                word.push(char);
                continue;
            }
        };
        let digits = match escaped {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        match escaped {
            _ if digits > 0 => word.extend(code(chars, digits)),
            'n' => word.push('\n'),
            'r' => word.push('\r'),
            't' => word.push('\t'),
            other => word.push(other),
        }
    }
}

/// Reads at most so many hex digits.
fn code(chars: &mut Rest<'_>, digits: usize) -> Option<char> {
    let mut number = 0;
    for _ in 0..digits {
        let Some(digit) = chars.peek().and_then(|char| char.to_digit(16)) else {
            break;
        };
        number = number * 16 + digit;
        chars.next();
    }
    char::from_u32(number)
}

fn without_carets(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '^' => match chars.next() {
                Some('\r') => drop(chars.next_if_eq(&'\n')),
                Some('\n') | None => {}
                Some(escaped) => plain.push(escaped),
            },
            _ => plain.push(char),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, reason = "a test may panic")]

    use super::*;

    #[test]
    fn cookies_are_found_in_what_people_write_and_browsers_copy() {
        let chromium = "curl 'https://shop.example/cart' \\\n  -H 'accept: */*' \\\n  -b 's=A; t=it'\\''s' \\\n  --compressed";
        let older = "curl 'https://shop.example/cart' \\\r\n  -H $'cookie: s=A; t=it\\'s' ";
        let firefox =
            "curl 'https://shop.example/cart' --compressed -H 'Cookie: s=A; t=it'\"'\"'s'";
        let cmd = "curl ^\"https://shop.example/cart^\" ^\r\n  -H ^\"accept: */*^\" ^\r\n  -b ^\"s=A; t=it's^\" ^\r\n  --compressed";
        let firefox_cmd = "curl \"https://shop.example/cart\" -H \"Cookie: s=A; t=it's\"";
        let joined = "/usr/bin/curl -sbs=A\\;\\ t=it\\'s https://shop.example -H'X: y'";
        let long = "curl.exe --cookie=\"s=A; t=it's\" https://user@shop.example/";
        for text in [chromium, older, firefox, cmd, firefox_cmd, long] {
            let found = messages(text);
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!(found[0].cookies, ["s=A; t=it's"], "{text}");
            assert_eq!(found[0].host.as_deref(), Some("shop.example"), "{text}");
        }
        assert!(
            messages(joined)[0].cookies.is_empty(),
            "joined short options are rare"
        );
    }

    #[test]
    fn several_commands_are_several_messages() {
        for between in [" ;\n", " &\n", "\n", "; "] {
            let text = format!(
                "curl 'https://a/x?y=1&z=2' -b 's=A'{between}curl 'https://b/' -H 'cookie: s=B'"
            );
            let found = messages(&text);
            let cookies: Vec<&str> = found.iter().map(|one| one.cookies[0].as_str()).collect();
            assert_eq!(cookies, ["s=A", "s=B"], "{between:?}");
        }
    }

    #[test]
    fn what_is_odd_is_read_as_far_as_it_goes() {
        assert!(messages("curl -b jar.txt https://a/")[0].notes[0].contains("names a file"));
        for odd in [
            "curl",
            "curl -b",
            "curl -H",
            "curl '",
            "curl \"\\",
            "curl $'\\",
            "curl ^",
            "curl -b $'\\uD800\\xg\\U'",
        ] {
            assert!(messages(odd)[0].cookies.is_empty(), "{odd}");
        }
        assert_eq!(
            messages("curl -b $'s=\\u0041\\x42\\t'")[0].cookies,
            ["s=AB"]
        );
        assert_eq!(
            messages("curl -b \"s=\\\"A\\\\\\\" ^\"")[0].cookies.len(),
            1
        );
    }
}
