//! The open region, as small as the policy asks for.
//!
//! Owns the two compressors, the choice between them, and the ceiling on what they may unpack to.

use std::borrow::Cow;
use std::cell::RefCell;

use lz4_flex::block::{
    CompressTable, compress_into, compress_into_with_table, get_maximum_output_size,
};
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress, inflate_flags};

use super::UNPACKED_MAX;
use super::wire::{Cursor, put_varint, varint_length};
use crate::error::Refusal;

/// How hard the library tries to make a session small.
///
/// Before compression, text that stands for bytes (base64 as in JWTs, hex, UUIDs) is packed, which
/// helps more than any compressor; see FORMAT.md. LZ4 and DEFLATE are always readable, whatever the
/// policy says, so it can be changed at any time.
///
/// | on the corpus, in characters of cookie value | login | cart | OIDC |
/// | --- | --- | --- | --- |
/// | [`Off`](Compression::Off) | 322 | 1,004 | 4,811, two cookies |
/// | [`Auto`](Compression::Auto) | 236 | 620 | 2,028 |
/// | [`Smallest`](Compression::Smallest) | 236 | 578 | 1,986 |
///
/// ```
/// use sealed_session::{Compression, SessionManager};
/// # use sealed_session::{Key, KeyRing, RequestHead};
/// # use time::OffsetDateTime;
/// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
/// # let ring = KeyRing::new(Key::generate()?);
///
/// let bytes = |compression| {
///     let manager = SessionManager::builder(ring.clone()).compression(compression).build()?;
///     let session = manager.load(RequestHead::default(), now);
///     session.insert("seen", "orders:read orders:write users:read users:write ".repeat(5))?;
///     session.size().map(|size| size.bytes())
/// };
/// let (off, auto) = (bytes(Compression::Off)?, bytes(Compression::Auto)?);
/// assert!(bytes(Compression::Smallest)? <= auto && auto < off);
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Compression {
    /// LZ4; and DEFLATE instead where LZ4 would need one more cookie, or would be over the budget.
    /// The default: LZ4 unpacks a cart in 0.3 us and DEFLATE in 4, and takes 15 times as long to
    /// pack, so that time is spent only where it buys something.
    #[default]
    Auto,
    /// LZ4 or DEFLATE, whichever is smaller: for sites that count every byte.
    Smallest,
    /// Neither, and no packing of text: the length of a session tells the lengths of its values,
    /// and nothing of what is in them. For single values, rather make them
    /// [`secret`](crate::Attribute::secret).
    Off,
}

/// How a region is stored. The numbers are frozen: see FORMAT.md.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Stored = 0,
    Lz4 = 1,
    Deflate = 2,
}

impl Method {
    pub(super) fn of(number: u8) -> Option<Method> {
        let known = [Method::Stored, Method::Lz4, Method::Deflate];
        known.get(usize::from(number)).copied()
    }
}

/// Regions smaller than this are not compressed: of pieces of session text of 48 to 63 bytes, neither
/// makes the padded payload of 1 in 100 smaller. See docs/design.md.
const LEAST: usize = 64;

/// The level of DEFLATE for so many bytes. Above 6 nothing of the corpus gets smaller. What is long
/// may be an attacker's, and random letters of an alphabet of two take a millisecond for 64 KiB at 3,
/// and seven at 6.
const fn level(bytes: usize) -> u8 {
    if bytes <= 8_192 { 6 } else { 3 }
}

thread_local! {
    /// What LZ4 notes where it saw what in; positions, and none of the text. Cleared before each use:
    /// it is kept for its 8 KiB, which cost more to allocate than to clear.
    static TABLE: RefCell<CompressTable> = RefCell::new(CompressTable::small());
}

/// From here on LZ4 takes a larger table, with which everything is packed otherwise. The one that is
/// kept would become that table for good, and what a thread packs is not to depend on what it packed.
const LARGE: usize = u16::MAX as usize;

fn lz4(region: &[u8]) -> Vec<u8> {
    let mut out = vec![0; get_maximum_output_size(region.len())];
    let written = match region.len() {
        ..LARGE => TABLE.with_borrow_mut(|table| compress_into_with_table(region, &mut out, table)),
        LARGE.. => compress_into(region, &mut out),
    };
    out.truncate(written.unwrap_or_else(|_| unreachable!("there is room for all it can become")));
    out
}

/// A region in one of its forms.
pub(super) struct Region<'a> {
    pub(super) method: Method,
    /// Bytes that it unpacks to.
    unpacked: usize,
    bytes: Cow<'a, [u8]>,
}

impl Region<'_> {
    fn of(method: Method, region: &[u8]) -> Region<'_> {
        let bytes = match method {
            Method::Stored => region.into(),
            Method::Lz4 => lz4(region).into(),
            Method::Deflate => compress_to_vec(region, level(region.len())).into(),
        };
        Region {
            method,
            unpacked: region.len(),
            bytes,
        }
    }

    /// How many bytes [`write`](Region::write) appends.
    pub(super) fn length(&self) -> usize {
        let unpacked = match self.method {
            Method::Stored => 0,
            _ => varint_length(self.unpacked),
        };
        varint_length(self.bytes.len()) + unpacked + self.bytes.len()
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        put_varint(out, self.bytes.len());
        if self.method != Method::Stored {
            put_varint(out, self.unpacked);
        }
        out.extend_from_slice(&self.bytes);
    }

    /// How many bytes [`unpack`](Region::unpack) fills.
    pub(super) fn unpacked_length(&self) -> usize {
        self.unpacked
    }

    /// Unpacks into all of `out`, which is as long as it has to be.
    pub(super) fn unpack(&self, out: &mut [u8]) -> Result<(), Refusal> {
        let is_whole = match self.method {
            Method::Stored => {
                out.copy_from_slice(&self.bytes);
                true
            }
            Method::Lz4 => is_unpacked_lz4(&self.bytes, out),
            Method::Deflate => is_unpacked_deflate(&self.bytes, out),
        };
        is_whole.then_some(()).ok_or(Refusal::Malformed)
    }
}

impl<'a> Region<'a> {
    /// Reads what [`write`](Region::write) wrote. What it claims is checked against the ceiling, so
    /// that room can be made for it.
    pub(super) fn read(method: Method, cursor: &mut Cursor<'a>) -> Result<Region<'a>, Refusal> {
        let length = cursor.varint()?;
        let unpacked = match method {
            Method::Stored => length,
            _ => cursor.varint()?,
        };
        if unpacked > UNPACKED_MAX {
            return Err(Refusal::OverCeiling);
        }
        let bytes = cursor.take(length)?.into();
        Ok(Region {
            method,
            unpacked,
            bytes,
        })
    }
}

/// Unpacks, and says whether all of `bytes` fill all of `out`.
fn is_unpacked_lz4(bytes: &[u8], out: &mut [u8]) -> bool {
    let length = out.len();
    lz4_flex::block::decompress_into(bytes, out).is_ok_and(|written| written == length)
}

fn is_unpacked_deflate(bytes: &[u8], out: &mut [u8]) -> bool {
    let flags = inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    let mut state = DecompressorOxide::new();
    let (status, read, written) = decompress(&mut state, bytes, out, 0, flags);
    status == TINFLStatus::Done && read == bytes.len() && written == out.len()
}

impl Compression {
    /// Whether a region whose text was packed is tried as it was, too: packing can hide from a
    /// compressor that two texts are alike. No session of the corpus is smaller for it.
    pub(super) fn tries_plain(self) -> bool {
        self == Compression::Smallest
    }

    /// The form of a region that is best by this policy, given its bytes, the same with their text
    /// packed, or both. `payload` tells the length of the payload around a region, `cookies` how many
    /// cookies a payload of some length takes. Of equally good ones it is that which is cheapest to
    /// read.
    pub(super) fn choose<'a>(
        self,
        plain: Option<&'a [u8]>,
        packed: Option<&'a [u8]>,
        payload: impl Fn(&Region<'_>) -> usize,
        cookies: &dyn Fn(usize) -> usize,
    ) -> Region<'a> {
        let all = || plain.into_iter().chain(packed);
        let compressed = |method| {
            let long = all().filter(|region| self != Compression::Off && region.len() >= LEAST);
            long.map(move |region| Region::of(method, region))
        };
        let smaller = |best: Region<'a>, other: Region<'a>| {
            if payload(&other) < payload(&best) {
                other
            } else {
                best
            }
        };
        let stored = all().map(|region| Region::of(Method::Stored, region));
        let best = stored.chain(compressed(Method::Lz4)).reduce(smaller);
        let best = best.unwrap_or_else(|| Region::of(Method::Stored, &[]));

        let taken = cookies(payload(&best));
        if self == Compression::Auto && taken <= 1 {
            return best;
        }
        match compressed(Method::Deflate).reduce(smaller) {
            // If neither can be sent, the error tells how much the better one was too large.
            Some(deflate) if self == Compression::Smallest || taken == usize::MAX => {
                smaller(best, deflate)
            }
            Some(deflate) if cookies(payload(&deflate)) < taken => deflate,
            _ => best,
        }
    }
}

#[cfg(test)]
mod tests;
