//! Checks that a path stays on this site even if somebody decodes or normalises it once too often.
//!
//! A browser decodes nothing before it looks for a host. Others may: a proxy that decodes a `Location` and
//! writes it anew, a script that assigns a decoded path to `location`, a handler that normalises it first.
//! This file reads a path in all these ways at once.

use super::percent::decoded;

/// How many times a path is decoded at most. The last round sees that nothing is left, so a path may be encoded
/// three times. No honest path is encoded more often.
const ROUNDS: usize = 4;

/// Returns whether `path` stays on this site under every reading.
pub(super) fn is_safe(path: &str) -> bool {
    let Some(read) = read(path) else {
        return false;
    };
    let is_odd = |letter: char| letter.is_control() || letter == '\\';
    let Some(rest) = read.strip_prefix('/') else {
        return false;
    };
    if read.contains(is_odd) {
        return false;
    }
    let is_dots = |name: &str| [".", ".."].contains(&name);
    let (last, others) = match rest.rsplit_once('/') {
        Some((others, last)) => (last, Some(others)),
        None => (rest, None),
    };
    let mut others = others.into_iter().flat_map(|others| others.split('/'));
    // Two slashes in a row begin a host once a reader has removed the segments before them.
    let is_named = |name: &str| !name.is_empty() && !is_dots(name);
    !is_dots(name(last)) && others.all(|segment| is_named(name(segment)))
}

/// Writes a path as a router may read it: decoded, without parameters of segments and a slash at the end. Returns
/// `None` if it cannot be read.
pub(super) fn plain(path: &str) -> Option<String> {
    let read = read(path)?;
    let names: Vec<&str> = read.split('/').map(name).collect();
    Some(names.join("/").trim_end_matches('/').to_owned())
}

/// Returns a segment without its parameters (RFC 3986 section 3.3), which servlet containers cut off (Jakarta
/// Servlet 6.0 section 3.5).
fn name(segment: &str) -> &str {
    segment.split(';').next().unwrap_or_default()
}

/// Decodes `path` until nothing is left to decode. Returns `None` if that takes too many rounds, or if the
/// result is no text.
fn read(path: &str) -> Option<String> {
    let mut text = path.to_owned();
    for _ in 0..ROUNDS {
        // Overlong forms of a slash are not UTF-8 (RFC 3629 section 10).
        let bytes = String::from_utf8(decoded(&text)).ok()?;
        let read: String = bytes.chars().map(folded).collect();
        if read == text {
            return Some(read);
        }
        text = read;
    }
    None
}

/// Folds a letter as compatibility normalisation (UAX #15) and best-fit tables do, as far as it matters to a
/// path.
fn folded(letter: char) -> char {
    let code = u32::from(letter);
    match letter {
        // Full-width forms of ASCII, slashes and percent signs among them.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(code - 0xfee0).unwrap_or(letter),
        // A fraction slash and a division slash.
        '\u{2044}' | '\u{2215}' => '/',
        // A small backslash, a set minus, and the signs of the yen and the won, which stand in its place in
        // Japanese and Korean code pages.
        '\u{fe68}' | '\u{2216}' | '\u{a5}' | '\u{20a9}' => '\\',
        '\u{fe6a}' => '%',
        // A Greek question mark, which any normalisation makes a semicolon, and a small semicolon.
        '\u{37e}' | '\u{fe54}' => ';',
        // Small and leading full stops; the second and the last stand for two.
        '\u{2024}' | '\u{2025}' | '\u{fe52}' | '\u{fe30}' => '.',
        _ => letter,
    }
}
