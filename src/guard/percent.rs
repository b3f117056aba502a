//! Percent-encoding, and the parameters of a query.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Splits a target into its path and query. The query is empty if there is none.
pub(super) fn split(target: &str) -> (&str, &str) {
    target.split_once('?').unwrap_or((target, ""))
}

/// Decodes every percent-encoded byte of `text`, once.
pub(super) fn decoded(text: &str) -> Vec<u8> {
    percent_decode_str(text).collect()
}

/// Encodes ASCII `text` as the value of a parameter. Slashes stay, which RFC 3986 section 3.4 permits.
pub(super) fn encoded(text: &str) -> String {
    const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'~')
        .remove(b'/');
    utf8_percent_encode(text, ENCODED).to_string()
}

/// Returns whether a query has a parameter of this name.
pub(super) fn has(query: &str, name: &str) -> bool {
    values(query, name).next().is_some()
}

/// Returns the value of a parameter that comes once, and is text without a plus sign.
pub(crate) fn only(query: &str, name: &str) -> Option<String> {
    let mut found = values(query, name);
    let value = found.next()?;
    // Another reader of the query may take the second of two, or read a plus sign as a space.
    if found.next().is_some() || value.contains('+') {
        return None;
    }
    String::from_utf8(decoded(value)).ok()
}

/// Returns the values of a parameter, still encoded. Names are compared decoded, as a form's reader sees
/// them.
pub(super) fn values<'q>(query: &'q str, name: &str) -> impl Iterator<Item = &'q str> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let named = pairs.filter(move |(found, _)| decoded(found) == name.as_bytes());
    named.map(|(_, value)| value)
}
