//! Packs text: base64, hex and UUIDs in an attribute's value become the bytes that they stand for.
//!
//! Most of a real session is such text, and no compressor sees through it, because base64 shifts bits across
//! byte borders. Each value is packed by itself, so that no run joins the values of two attributes, and a
//! secret value is never packed. Text that would not come back exactly stays as it is. FORMAT.md is the
//! normative description.

mod encoding;
mod hex;
mod scan;

use base64_simd::Base64;

use self::encoding::{ENCODING_BITS, Encoding, UUID};
use self::scan::Span;
use super::wire::{Cursor, put_varint};
use crate::error::Refusal;

/// Packs `value`; `None` if that is not smaller.
pub(super) fn pack(value: &[u8]) -> Option<Vec<u8>> {
    pack_spans(value, &scan::spans(value))
}

/// Packs the bytes that base64 stood for. It looks for hex and UUIDs only: base64 within base64 is rare, and
/// a reader then has to bound one level only.
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
        let before = out.len();
        put_literal(&mut out, text.get(done..span.at).unwrap_or_default());
        let part = text.get(span.range()).unwrap_or_default();
        match put_run(&mut out, span.encoding, part) {
            Some(bytes) => done = span.at + span.encoding.text_length(bytes),
            None => out.truncate(before),
        }
    }
    let rest = text.get(done..).unwrap_or_default();
    if !rest.is_empty() {
        put_literal(&mut out, rest);
    }
    (out.len() < text.len()).then_some(out)
}

fn put_literal(out: &mut Vec<u8>, literal: &[u8]) {
    put_varint(out, literal.len());
    out.extend_from_slice(literal);
}

fn put_tag(out: &mut Vec<u8>, encoding: Encoding, bytes: usize) {
    // Every UUID has the same number of bytes, so the tag leaves it out and has one byte.
    let bytes = if encoding == Encoding::Uuid { 0 } else { bytes };
    put_varint(out, bytes << ENCODING_BITS | encoding as usize);
}

/// Appends what `text` stands for, and returns the number of its bytes. Of base64 it may take less than the whole
/// text.
fn put_run(out: &mut Vec<u8>, encoding: Encoding, text: &[u8]) -> Option<usize> {
    if let Some(engine) = encoding.base64() {
        // If the end does not fill whole bytes it is cut off. Whole groups of four always do.
        let mut lengths = [text.len(), text.len() / 4 * 4].into_iter();
        return lengths.find_map(|length| put_base64(out, encoding, engine, text.get(..length)?));
    }
    let bytes = encoding.bytes_of_text(text.len());
    put_tag(out, encoding, bytes);
    match encoding {
        Encoding::Uuid => hex::put_bytes_of_uuid(out, text),
        _ => hex::put_bytes(out, text),
    }
    Some(bytes)
}

/// Appends what the whole text stands for, and returns the number of its bytes; `None` if its end does not fill whole
/// bytes.
fn put_base64(
    out: &mut Vec<u8>,
    encoding: Encoding,
    engine: &Base64,
    text: &[u8],
) -> Option<usize> {
    let start = out.len();
    let bytes = encoding.bytes_of_text(text.len());
    put_tag(out, encoding, bytes);
    let body = out.len();
    if engine.decode_append(text, out).is_err() {
        out.truncate(start);
        return None;
    }
    if let Some(packed) = out.get(body..).and_then(pack_within) {
        out.truncate(start);
        put_tag(out, encoding.of_packed(), bytes);
        out.extend_from_slice(&packed);
    }
    Some(bytes)
}

/// Returns the length of the unpacked value, at most three times that of `packed`. It checks every rule of
/// the format, once, when the session is opened, and allocates nothing.
pub(super) fn unpacked_length(packed: &[u8]) -> Result<usize, Refusal> {
    walk(&mut Cursor::new(packed, 0), None, &mut |_| {})
}

/// Unpacks a value that [`unpacked_length`] has accepted, and whose length it returned.
pub(super) fn unpack(packed: &[u8], length: usize) -> Vec<u8> {
    unpack_parts(packed, None, length)
}

/// Returns whether a value that [`unpacked_length`] has accepted unpacks to `text`.
///
/// Base64 is by far the slowest to unpack, and seldom all that differs: everything else is compared first.
pub(super) fn is_packed_from(packed: &[u8], text: &[u8]) -> bool {
    let (mut at, mut is_like, mut is_certain) = (0, true, true);
    let checked = walk(&mut Cursor::new(packed, 0), None, &mut |part| {
        let end = at + part.length();
        let piece = text.get(at..end).unwrap_or_default();
        match part.is_from(piece) {
            Some(is_same) => is_like &= is_same,
            None => is_certain = false,
        }
        at = end;
    });
    debug_assert!(checked.is_ok(), "`unpacked_length` checked it");
    is_like && at == text.len() && (is_certain || unpack(packed, at) == text)
}

fn unpack_parts(packed: &[u8], within: Option<usize>, length: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(length);
    let mut cursor = Cursor::new(packed, 0);
    let checked = walk(&mut cursor, within, &mut |part| part.write(&mut out));
    debug_assert!(checked.is_ok(), "`unpacked_length` checked it");
    out
}

/// A piece of a packed form.
enum Part<'a> {
    Literal(&'a [u8]),
    Run {
        encoding: Encoding,
        bytes: usize,
        body: &'a [u8],
    },
}

/// Calls `each` with every part, and returns the length of their text. Without `within` it reads all of
/// `cursor`. Within base64 it stops when the parts have as many bytes as the base64 stands for.
///
/// Inline, as what it calls: where nobody looks at the parts, none is put together.
#[inline]
fn walk<'a>(
    cursor: &mut Cursor<'a>,
    within: Option<usize>,
    each: &mut impl FnMut(&Part<'a>),
) -> Result<usize, Refusal> {
    let is_done = |cursor: &Cursor<'_>, length: usize| match within {
        None => cursor.rest().is_empty(),
        Some(bytes) => length >= bytes,
    };
    let mut length = 0;
    while !is_done(cursor, length) {
        let literal = cursor.string()?;
        each(&Part::Literal(literal));
        length += literal.len();
        if is_done(cursor, length) {
            if literal.is_empty() {
                return Err(Refusal::Malformed);
            }
            break;
        }
        let run = Part::read_run(cursor, within.is_some())?;
        length += run.length();
        each(&run);
    }
    match within {
        Some(bytes) if bytes != length => Err(Refusal::Malformed),
        _ => Ok(length),
    }
}

/// Checks the parts within base64.
fn check_within(cursor: &mut Cursor<'_>, bytes: usize) -> Result<(), Refusal> {
    walk(cursor, Some(bytes), &mut |_| {}).map(drop)
}

impl<'a> Part<'a> {
    // Where the compiler decides, a look at a session of tokens takes 370 instructions more.
    #[inline(always)]
    fn read_run(cursor: &mut Cursor<'a>, is_within: bool) -> Result<Part<'a>, Refusal> {
        let tag = cursor.varint()?;
        let encoding = Encoding::of(tag).ok_or(Refusal::Malformed)?;
        let bytes = match (encoding, tag >> ENCODING_BITS) {
            (Encoding::Uuid, 0) => UUID,
            (Encoding::Uuid, _) | (_, 0) => return Err(Refusal::Malformed),
            (_, bytes) => bytes,
        };
        if is_within && encoding.base64().is_some() {
            return Err(Refusal::Malformed);
        }
        let body = match encoding.is_of_packed() {
            false => cursor.take(bytes)?,
            true => {
                let at = cursor.at();
                check_within(cursor, bytes)?;
                cursor.since(at)
            }
        };
        Ok(Part::Run {
            encoding,
            bytes,
            body,
        })
    }

    #[inline]
    fn length(&self) -> usize {
        match self {
            Part::Literal(literal) => literal.len(),
            Part::Run {
                encoding, bytes, ..
            } => encoding.text_length(*bytes),
        }
    }

    /// Returns whether the part unpacks to `text`; `None` if that takes unpacking it.
    fn is_from(&self, text: &[u8]) -> Option<bool> {
        match *self {
            Part::Literal(literal) => Some(literal == text),
            Part::Run { encoding, body, .. } => match encoding {
                Encoding::Hex => Some(hex::are_digits_of(text, body)),
                Encoding::Uuid => Some(hex::is_uuid_of(text, body)),
                _ => None,
            },
        }
    }

    #[inline]
    fn write(&self, out: &mut Vec<u8>) {
        match *self {
            Part::Literal(literal) => out.extend_from_slice(literal),
            Part::Run {
                encoding,
                bytes,
                body,
            } => put_text(out, encoding, bytes, body),
        }
    }
}

/// Appends the text of a run. Apart from literals, which are most parts and short.
#[inline(never)]
fn put_text(out: &mut Vec<u8>, encoding: Encoding, bytes: usize, body: &[u8]) {
    match encoding.base64() {
        Some(engine) if encoding.is_of_packed() => {
            engine.encode_append(unpack_parts(body, Some(bytes), bytes), out);
        }
        Some(engine) => engine.encode_append(body, out),
        None if encoding == Encoding::Uuid => hex::put_uuid(out, body),
        None => hex::put_digits(out, body),
    }
}

#[cfg(test)]
mod tests;
