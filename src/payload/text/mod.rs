//! Text packing: base64, hex and UUID text in an attribute's value becomes the bytes it stands for.
//!
//! Most of a real session is such text, and no compressor sees through it: base64 shifts what it
//! encodes across byte borders. Packing looks at one value by itself, so no run joins what two
//! attributes hold, and never at a secret one. What would not come back exactly stays as it is.
//! FORMAT.md is the normative description.

mod scan;

use base64_simd::{Base64, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use self::scan::Span;
use super::wire::{Source, put_varint};
use crate::error::Refusal;

/// What a run of text is. The numbers are frozen: see FORMAT.md.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Base64Url = 0,
    Base64 = 1,
    Hex = 2,
    Uuid = 3,
    /// Base64url of bytes that are packed in turn.
    Base64UrlOfPacked = 4,
    /// Base64 of bytes that are packed in turn.
    Base64OfPacked = 5,
}

/// Bits of the kind in a run's tag; the rest is the number of bytes.
const KIND_BITS: u32 = 3;

/// Bytes of a UUID, and characters of its text (RFC 9562 section 4).
const UUID: usize = 16;
const UUID_TEXT: usize = 36;

impl Kind {
    fn of(tag: usize) -> Option<Kind> {
        let known = [
            Kind::Base64Url,
            Kind::Base64,
            Kind::Hex,
            Kind::Uuid,
            Kind::Base64UrlOfPacked,
            Kind::Base64OfPacked,
        ];
        known.get(tag & ((1 << KIND_BITS) - 1)).copied()
    }

    /// Its alphabet. The decoder refuses padding and non-zero trailing bits, so that text and
    /// bytes stand for each other one to one.
    fn base64(self) -> Option<&'static Base64> {
        match self {
            Kind::Base64Url | Kind::Base64UrlOfPacked => Some(&URL_SAFE_NO_PAD),
            Kind::Base64 | Kind::Base64OfPacked => Some(&STANDARD_NO_PAD),
            Kind::Hex | Kind::Uuid => None,
        }
    }

    fn is_of_packed(self) -> bool {
        matches!(self, Kind::Base64UrlOfPacked | Kind::Base64OfPacked)
    }

    /// Characters of the text of `bytes` bytes.
    fn text_length(self, bytes: usize) -> usize {
        match self {
            Kind::Hex => bytes * 2,
            Kind::Uuid => UUID_TEXT,
            _ => (bytes * 4).div_ceil(3),
        }
    }
}

/// The packed form of `value`, if it is smaller.
pub(super) fn pack(value: &[u8]) -> Option<Vec<u8>> {
    pack_spans(value, &scan::spans(value))
}

/// The packed form of what base64 stood for. It is searched for hex and UUIDs only: base64 within
/// base64 is rare, and one level is what a reader has to bound.
fn pack_within(bytes: &[u8]) -> Option<Vec<u8>> {
    pack_spans(bytes, &scan::spans_but_base64(bytes))
}

fn pack_spans(text: &[u8], spans: &[Span]) -> Option<Vec<u8>> {
    if spans.is_empty() {
        return None;
    }
    let mut out = Vec::with_capacity(text.len());
    let mut done = 0;
    for span in spans {
        let part = text.get(span.range()).unwrap_or_default();
        let Some((bytes, body)) = decode(span.kind, part) else {
            continue;
        };
        put_literal(&mut out, text.get(done..span.at).unwrap_or_default());
        done = span.at + span.kind.text_length(bytes);
        match (span.kind, pack_if_base64(span.kind, &body)) {
            (Kind::Base64Url, Some(packed)) => {
                put_run(&mut out, Kind::Base64UrlOfPacked, bytes, &packed);
            }
            (Kind::Base64, Some(packed)) => {
                put_run(&mut out, Kind::Base64OfPacked, bytes, &packed);
            }
            (kind, _) => put_run(&mut out, kind, bytes, &body),
        }
    }
    let rest = text.get(done..).unwrap_or_default();
    if !rest.is_empty() {
        put_literal(&mut out, rest);
    }
    (out.len() < text.len()).then_some(out)
}

fn pack_if_base64(kind: Kind, body: &[u8]) -> Option<Vec<u8>> {
    kind.base64().and_then(|_| pack_within(body))
}

fn put_literal(out: &mut Vec<u8>, literal: &[u8]) {
    put_varint(out, literal.len());
    out.extend_from_slice(literal);
}

fn put_run(out: &mut Vec<u8>, kind: Kind, bytes: usize, body: &[u8]) {
    // Every UUID has as many, so its tag is one byte.
    let bytes = if kind == Kind::Uuid { 0 } else { bytes };
    put_varint(out, bytes << KIND_BITS | kind as usize);
    out.extend_from_slice(body);
}

/// The bytes that `text` stands for, and how many; of base64 perhaps less than the whole text.
fn decode(kind: Kind, text: &[u8]) -> Option<(usize, Vec<u8>)> {
    let body = match kind.base64() {
        // What does not fill whole bytes has to be cut off; whole groups always do.
        Some(engine) => engine
            .decode_to_vec(text)
            .or_else(|_| engine.decode_to_vec(text.get(..text.len() / 4 * 4).unwrap_or_default()))
            .ok()?,
        None if kind == Kind::Uuid => scan::uuid(text),
        None => scan::digits(text),
    };
    Some((body.len(), body))
}

/// The length of what [`unpack`] gives, at most three times that of `packed`. Every rule of the
/// format is checked here, once, when the session is opened; nothing is allocated.
pub(super) fn unpacked_length(packed: &[u8]) -> Result<usize, Refusal> {
    walk(&mut Source::new(packed, 0), None, &mut |_| {})
}

/// The value of a packed form that [`unpacked_length`] has accepted, and of which it told the length.
pub(super) fn unpack(packed: &[u8], length: usize) -> Vec<u8> {
    unpack_parts(packed, None, length)
}

fn unpack_parts(packed: &[u8], within: Option<usize>, length: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(length);
    let mut source = Source::new(packed, 0);
    let checked = walk(&mut source, within, &mut |part| part.write(&mut out));
    debug_assert!(checked.is_ok(), "was checked before");
    out
}

/// A piece of a packed form.
enum Part<'a> {
    Literal(&'a [u8]),
    Run {
        kind: Kind,
        bytes: usize,
        body: &'a [u8],
    },
}

/// Calls `each` with every part, and returns the length of their text: of all of `source`, or
/// `within` base64 until there are as many bytes as it stands for.
fn walk<'a>(
    source: &mut Source<'a>,
    within: Option<usize>,
    each: &mut dyn FnMut(&Part<'a>),
) -> Result<usize, Refusal> {
    let is_done = |source: &Source<'_>, length: usize| match within {
        None => source.rest().is_empty(),
        Some(bytes) => length >= bytes,
    };
    let mut length = 0;
    while !is_done(source, length) {
        let literal = source.string()?;
        each(&Part::Literal(literal));
        length += literal.len();
        if is_done(source, length) {
            if literal.is_empty() {
                return Err(Refusal::Malformed);
            }
            break;
        }
        let run = Part::read_run(source, within.is_some())?;
        length += run.length();
        each(&run);
    }
    match within {
        Some(bytes) if bytes != length => Err(Refusal::Malformed),
        _ => Ok(length),
    }
}

impl<'a> Part<'a> {
    fn read_run(source: &mut Source<'a>, is_within: bool) -> Result<Part<'a>, Refusal> {
        let tag = source.varint()?;
        let kind = Kind::of(tag).ok_or(Refusal::Malformed)?;
        let bytes = match (kind, tag >> KIND_BITS) {
            (Kind::Uuid, 0) => UUID,
            (Kind::Uuid, _) | (_, 0) => return Err(Refusal::Malformed),
            (_, bytes) => bytes,
        };
        if is_within && kind.base64().is_some() {
            return Err(Refusal::Malformed);
        }
        let mut body = *source;
        if kind.is_of_packed() {
            walk(source, Some(bytes), &mut |_| {})?;
        } else {
            source.take(bytes)?;
        }
        let body = body.take(source.at() - body.at())?;
        Ok(Part::Run { kind, bytes, body })
    }

    fn length(&self) -> usize {
        match self {
            Part::Literal(literal) => literal.len(),
            Part::Run { kind, bytes, .. } => kind.text_length(*bytes),
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        let (kind, bytes, body) = match *self {
            Part::Literal(literal) => return out.extend_from_slice(literal),
            Part::Run { kind, bytes, body } => (kind, bytes, body),
        };
        match kind.base64() {
            Some(engine) if kind.is_of_packed() => {
                engine.encode_append(unpack_parts(body, Some(bytes), bytes), out);
            }
            Some(engine) => engine.encode_append(body, out),
            None if kind == Kind::Uuid => scan::put_uuid(out, body),
            None => scan::put_digits(out, body),
        }
    }
}

#[cfg(test)]
mod tests;
