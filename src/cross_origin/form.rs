//! The form token that a request brings: in a header field, or as the first field of a form.
//!
//! Owns where it stands, and how it is read there. It reads at most [`PEEK`] bytes of a body, and does not know which
//! token is the right one.

use memchr::memmem;
use percent_encoding::percent_decode;
use smallvec::SmallVec;

use super::foreign::Foreign;
use super::request::{FieldValue, RequestParts};

/// The name of the form's field.
pub(crate) const FORM_FIELD: &str = "csrf_token";

/// The most bytes of a body that are looked at. A token, its name, and two boundaries of 70 characters (RFC 2046 section
/// 5.1.1) take 300, and Rocket peeks at no more than this.
pub(crate) const PEEK: usize = 512;

/// The header field, which a form cannot set and a script can.
const HEADER: &str = "x-csrf-token";

/// Characters of a token.
const TEXT: usize = 43;

/// A form token as it came.
pub(crate) type TokenText = [u8; TEXT];

/// The place of the form token in a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Brought {
    Token(TokenText),
    Form(FormBody),
    Nothing(Foreign),
}

/// The way in which a body holds the fields of a form.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum FormBody {
    UrlEncoded,
    /// With this boundary.
    Multipart(Box<[u8]>),
}

impl Brought {
    /// Reads the head of a request.
    pub(super) fn of(request: &RequestParts<'_>) -> Brought {
        match request.read(HEADER, |value| text_of(value.iter().copied())) {
            FieldValue::One(Ok(text)) => Brought::Token(text),
            FieldValue::One(Err(foreign)) => Brought::Nothing(foreign),
            FieldValue::Several => Brought::Nothing(Foreign::WrongFormToken),
            FieldValue::Absent => {
                FormBody::of(request).map_or_else(Brought::Nothing, Brought::Form)
            }
        }
    }
}

impl FormBody {
    /// Reads what a request says of its body. No browser compresses a form.
    fn of(request: &RequestParts<'_>) -> Result<FormBody, Foreign> {
        let FieldValue::One(Some(form)) = request.read("content-type", FormBody::named) else {
            return Err(Foreign::NoFormToken);
        };
        let is_plain = |value: &[u8]| value.eq_ignore_ascii_case(b"identity");
        match request.read("content-encoding", is_plain) {
            FieldValue::Absent | FieldValue::One(true) => Ok(form),
            FieldValue::One(false) | FieldValue::Several => Err(Foreign::UnreadForm),
        }
    }

    /// Reads a media type with its parameters. A boundary holds no semicolon (RFC 2046 section 5.1.1).
    fn named(media_type: &[u8]) -> Option<FormBody> {
        let mut parts = media_type
            .split(|byte| *byte == b';')
            .map(<[u8]>::trim_ascii);
        let essence = parts.next()?;
        if essence.eq_ignore_ascii_case(b"application/x-www-form-urlencoded") {
            return Some(FormBody::UrlEncoded);
        }
        let boundary = parts.find_map(|part| parameter(part, b"boundary="))?;
        let is_multipart = essence.eq_ignore_ascii_case(b"multipart/form-data");
        (is_multipart && (1..=70).contains(&boundary.len()))
            .then(|| FormBody::Multipart(boundary.into()))
    }

    /// Returns the token, if it is the first field of the form. `first` is the beginning of the body, and all of it if
    /// it `is_whole`.
    pub(crate) fn token(&self, first: &[u8], is_whole: bool) -> Result<TokenText, Foreign> {
        if first.is_empty() && is_whole {
            return Err(Foreign::NoFormToken);
        }
        let seen = first.get(..PEEK).unwrap_or(first);
        let is_whole = is_whole && seen.len() == first.len();
        let found = match self {
            FormBody::UrlEncoded => in_url_encoded(seen, is_whole),
            FormBody::Multipart(boundary) => in_multipart(seen, boundary),
        };
        found.unwrap_or(Err(Foreign::LateFormToken))
    }
}

/// Reads a token; `None` if the first pair has another name, or no end. Names and values may be percent-encoded,
/// although no browser does that to these.
fn in_url_encoded(seen: &[u8], is_whole: bool) -> Option<Result<TokenText, Foreign>> {
    // Rocket wants the field by which a form names another method than its own to be the first.
    let seen = match seen.strip_prefix(b"_method=") {
        Some(rest) => rest.get(memchr::memchr(b'&', rest)? + 1..)?,
        None => seen,
    };
    let end = memchr::memchr(b'&', seen).or(is_whole.then_some(seen.len()))?;
    let pair = seen.get(..end)?;
    let (name, value) = pair.split_at_checked(memchr::memchr(b'=', pair)?)?;
    let is_token = percent_decode(name).eq(FORM_FIELD.bytes());
    is_token.then(|| text_of(percent_decode(value.get(1..).unwrap_or_default())))
}

/// Reads a token; `None` if the first part has another name, or no end (RFC 7578 section 4.2). No browser writes a
/// preamble.
fn in_multipart(seen: &[u8], boundary: &[u8]) -> Option<Result<TokenText, Foreign>> {
    let rest = seen.strip_prefix(b"--")?.strip_prefix(boundary)?;
    let rest = rest.strip_prefix(b"\r\n")?;
    let (head, rest) = rest.split_at_checked(memmem::find(rest, b"\r\n\r\n")?)?;
    let rest = rest.get(4..)?;
    let value = rest.get(..memmem::find(rest, b"\r\n")?)?;
    is_token_part(head).then(|| text_of(value.iter().copied()))
}

/// Returns whether the header fields of a part give it the name of the token.
fn is_token_part(head: &[u8]) -> bool {
    head.split(|byte| *byte == b'\n').any(|line| {
        let mut words = line.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
        let is_named = |word| parameter(word, b"name=") == Some(FORM_FIELD.as_bytes());
        let first = words.next().unwrap_or_default();
        let first = first.split(|byte| *byte == b':').map(<[u8]>::trim_ascii);
        let wanted: [&[u8]; 2] = [b"content-disposition", b"form-data"];
        first.map(<[u8]>::to_ascii_lowercase).eq(wanted) && words.any(is_named)
    })
}

/// Returns the value of a parameter, without quotes, if `part` is the parameter of this name.
fn parameter<'p>(part: &'p [u8], name: &[u8]) -> Option<&'p [u8]> {
    let (found, value) = part.split_at_checked(name.len())?;
    let is_it = found.eq_ignore_ascii_case(name);
    let quoted = value
        .strip_prefix(b"\"")
        .and_then(|rest| rest.strip_suffix(b"\""));
    is_it.then(|| quoted.unwrap_or(value))
}

/// Returns a token's text, if it is as long as one.
fn text_of(bytes: impl Iterator<Item = u8>) -> Result<TokenText, Foreign> {
    let text: SmallVec<[u8; 64]> = bytes.take(TEXT + 1).collect();
    let text = text.as_slice().try_into();
    text.map_err(|_| Foreign::WrongFormToken)
}

#[cfg(test)]
mod tests;
