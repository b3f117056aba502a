//! Compresses the open region as the policy asks.
//!
//! Owns the two compressors, the choice between them, and the ceiling on the bytes that they may unpack to.

use std::borrow::Cow;
use std::cell::RefCell;
use std::cmp::Ordering;
use std::mem::replace;

use lz4_flex::block::{
    CompressTable, compress_into, compress_into_with_table, get_maximum_output_size,
};
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress, inflate_flags};

use super::wire::{Cursor, put_varint, varint_length};
use crate::error::Refusal;

/// How hard the library tries to make a session small.
///
/// Before compression, text that stands for bytes (base64 as in JWTs, hex, UUIDs) is packed. That helps more
/// than any compressor; see FORMAT.md. LZ4 and DEFLATE can be read under every policy, so you can change the
/// policy at any time.
///
/// | on the corpus, in characters of cookie value | login | cart | OIDC |
/// | --- | --- | --- | --- |
/// | [`Off`](Compression::Off) | 279 | 1,004 | 4,811, two cookies, `within_8k` |
/// | [`Auto`](Compression::Auto) | 236 | 620 | 1,986 |
/// | [`Smallest`](Compression::Smallest) | 236 | 578 | 1,986 |
///
/// ```
/// use sealed_session::{Compression, SessionManager};
/// # use sealed_session::{Key, KeyRing};
/// # use sealed_session::adapter::RequestHead;
/// # use time::OffsetDateTime;
/// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
/// # let ring = KeyRing::new(Key::generate()?);
///
/// let bytes = |compression| {
///     let manager = SessionManager::builder("shop", ring.clone()).compression(compression).build()?;
///     let session = manager.load(RequestHead::default(), now);
///     session.insert("seen", "orders:read orders:write users:read users:write ".repeat(5))?;
///     session.size().map(|size| size.bytes)
/// };
/// let (off, auto) = (bytes(Compression::Off)?, bytes(Compression::Auto)?);
/// assert!(bytes(Compression::Smallest)? <= auto && auto < off);
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Compression {
    /// LZ4, or DEFLATE where LZ4 would need one more cookie or pass the budget. The default. LZ4 unpacks a
    /// cart in 0.3 us. DEFLATE takes 4 us, and 15 times as long as LZ4 to pack, so it is used only where it
    /// saves something.
    #[default]
    Auto,
    /// LZ4 or DEFLATE, whichever is smaller: for sites that count every byte.
    Smallest,
    /// Neither, and no packing of text. The length of a session then depends on the lengths of its values, and
    /// on nothing else in them. If that matters for single values only, make them
    /// [`secret`](crate::Attribute::secret).
    Off,
}

/// The way in which a region is stored. The numbers are frozen: see FORMAT.md.
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

/// Regions of fewer bytes are not compressed. Of pieces of session text with 48 to 63 bytes, 4 in 100 get a smaller
/// padded payload by LZ4, and none behind a subject. See docs/design.md.
const LEAST: usize = 64;

/// Returns the level of DEFLATE for so many bytes. Above 6 nothing of the corpus gets smaller. A long region
/// may be an attacker's: 64 KiB of random letters from an alphabet of two take a millisecond at level 3, and
/// seven at level 6.
const fn level(bytes: usize) -> u8 {
    if bytes <= 8_192 { 6 } else { 3 }
}

thread_local! {
    /// The table in which LZ4 notes positions, and none of the text. It is cleared before each use. It is kept
    /// because its 8 KiB cost more to allocate than to clear.
    static TABLE: RefCell<CompressTable> = RefCell::new(CompressTable::small());
}

/// From this length on LZ4 takes a larger table, which gives other bytes. The table that is kept would turn
/// into a large one for good, and then a thread's output would depend on what it packed before.
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

/// Regions of at most so many bytes are looked through before LZ4 is tried.
const SHORT: usize = 256;

/// The bytes at the end of a region that no match reaches (LZ4's block format, "End of block conditions").
const LZ4_LAST: usize = 5;

/// Returns no more bytes than LZ4 makes of a region: 0 for a long one. A match of `n` bytes saves at most `n - 3`, and at
/// `n - 3` of its bytes four bytes begin that stood before. Two that differ may count as the same here, which only lowers
/// the result. One byte is the token of what follows the last match.
fn lz4_at_best(region: &[u8]) -> usize {
    /// Fewer than 2 KiB, from which on clearing takes longer.
    const SLOTS: u32 = 1_984;
    /// 2^32 by the golden ratio (Knuth, The Art of Computer Programming, section 6.4).
    const SPREAD: u32 = 0x9e37_79b1;

    if region.len() > SHORT {
        return 0;
    }
    let mut seen = [false; SLOTS as usize];
    let mut stood_before = |four: &[u8; 4]| {
        let spread = u32::from_le_bytes(*four).wrapping_mul(SPREAD);
        let slot = (u64::from(spread) * u64::from(SLOTS)) >> u32::BITS;
        let slot = seen.get_mut(slot as usize);
        usize::from(slot.is_some_and(|slot| replace(slot, true)))
    };
    let reached = region.len().saturating_sub(LZ4_LAST);
    let fours = region.get(..reached).unwrap_or_default().windows(4);
    let saved: usize = fours
        .filter_map(<[u8]>::first_chunk)
        .map(&mut stood_before)
        .sum();
    region.len() + 1 - saved
}

/// What a compressor made of a region: a commit packs most often what the insert before it has measured.
pub(crate) struct Compressed {
    method: Method,
    region: Vec<u8>,
    bytes: Vec<u8>,
}

impl Compressed {
    /// Returns the bytes if this method made them of this very region.
    fn bytes_of(&self, method: Method, region: &[u8]) -> Option<&[u8]> {
        (self.method == method && self.region == region).then_some(&self.bytes)
    }
}

/// A region, stored in one of the ways.
pub(super) struct Region<'a> {
    pub(super) method: Method,
    /// What it unpacks to, if it was made here.
    open: &'a [u8],
    /// How many bytes it unpacks to.
    unpacked: usize,
    bytes: Cow<'a, [u8]>,
}

impl<'a> Region<'a> {
    fn of(method: Method, region: &'a [u8]) -> Region<'a> {
        let bytes = match method {
            Method::Stored => region.into(),
            Method::Lz4 => lz4(region).into(),
            Method::Deflate => compress_to_vec(region, level(region.len())).into(),
        };
        Region::made(method, region, bytes)
    }

    /// As [`of`](Region::of), unless it is `known` what comes out.
    fn of_known(method: Method, region: &'a [u8], known: Option<&'a Compressed>) -> Region<'a> {
        match known.and_then(|known| known.bytes_of(method, region)) {
            Some(bytes) => Region::made(method, region, bytes.into()),
            None => Region::of(method, region),
        }
    }

    /// Returns what LZ4 makes of a region at best, by its length. It cannot be unpacked.
    fn at_best(region: &'a [u8]) -> Region<'a> {
        let bytes = region.get(..lz4_at_best(region)).unwrap_or(region);
        Region::made(Method::Lz4, region, bytes.into())
    }

    fn made(method: Method, open: &'a [u8], bytes: Cow<'a, [u8]>) -> Region<'a> {
        Region {
            method,
            open,
            unpacked: open.len(),
            bytes,
        }
    }

    /// Returns what a compressor made, to be known at the commit.
    pub(super) fn into_compressed(self) -> Option<Compressed> {
        match self.method {
            Method::Stored => None,
            method => Some(Compressed {
                method,
                region: self.open.to_vec(),
                bytes: self.bytes.into_owned(),
            }),
        }
    }

    /// Returns how many bytes [`write`](Region::write) appends.
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

    /// Returns how many bytes [`unpack`](Region::unpack) fills.
    pub(super) fn unpacked_length(&self) -> usize {
        self.unpacked
    }

    /// Unpacks the region. `out` has exactly the length that it unpacks to.
    pub(super) fn unpack(&self, out: &mut [u8]) -> Result<(), Refusal> {
        let is_whole = match self.method {
            Method::Stored => {
                out.copy_from_slice(&self.bytes);
                true
            }
            Method::Lz4 => is_unpacked_lz4(&self.bytes, out),
            Method::Deflate => is_unpacked_deflate(&self.bytes, out),
        };
        if is_whole {
            Ok(())
        } else {
            Err(Refusal::Malformed)
        }
    }
}

impl<'a> Region<'a> {
    /// Reads what [`write`](Region::write) wrote. The length that it claims to unpack to is checked against the
    /// ceiling, so that the caller can make room for it.
    #[inline]
    pub(super) fn read(
        method: Method,
        cursor: &mut Cursor<'a>,
        ceiling: usize,
    ) -> Result<Region<'a>, Refusal> {
        let length = cursor.varint()?;
        let unpacked = match method {
            Method::Stored => length,
            _ => cursor.varint()?,
        };
        if unpacked > ceiling {
            return Err(Refusal::OverCeiling);
        }
        let bytes = cursor.take(length)?.into();
        Ok(Region {
            method,
            open: &[],
            unpacked,
            bytes,
        })
    }
}

/// Unpacks LZ4, and returns whether all of `bytes` filled all of `out`.
fn is_unpacked_lz4(bytes: &[u8], out: &mut [u8]) -> bool {
    let length = out.len();
    lz4_flex::block::decompress_into(bytes, out).is_ok_and(|written| written == length)
}

/// Unpacks DEFLATE, and returns whether all of `bytes` filled all of `out`.
fn is_unpacked_deflate(bytes: &[u8], out: &mut [u8]) -> bool {
    let flags = inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    let mut state = DecompressorOxide::new();
    let (status, read, written) = decompress(&mut state, bytes, out, 0, flags);
    status == TINFLStatus::Done && read == bytes.len() && written == out.len()
}

impl Compression {
    /// Returns whether a region whose text was packed is also tried unpacked: packing can hide from a
    /// compressor that two texts are alike. No session of the corpus gets smaller by it.
    pub(super) fn tries_plain(self) -> bool {
        self == Compression::Smallest
    }

    /// Chooses how a region is stored. `plain` has its bytes and `packed` the same with their text packed; one
    /// of them may be missing. `payload` returns the length of the payload around a region, and `cookies` how
    /// many cookies that takes. Of equally long payloads this returns the one with the fewest cookies, and of these the one
    /// that is cheapest to read. What is `known` saves the compressor's work, and changes nothing else.
    pub(super) fn choose<'a>(
        self,
        plain: Option<&'a [u8]>,
        packed: Option<&'a [u8]>,
        payload: impl Fn(&Region<'_>) -> usize,
        cookies: &dyn Fn(&Region<'_>) -> usize,
        known: Option<&'a Compressed>,
    ) -> Region<'a> {
        let all = || plain.into_iter().chain(packed);
        let long = || all().filter(|region| self != Compression::Off && region.len() >= LEAST);
        // One may have room in its padding for what a renewal adds, and the other not.
        let is_smaller = |one: &Region<'_>, other: &Region<'_>| {
            let by_length = payload(one).cmp(&payload(other));
            by_length.then_with(|| cookies(one).cmp(&cookies(other))) == Ordering::Less
        };
        let smaller = |best: Region<'a>, other: Region<'a>| match is_smaller(&other, &best) {
            true => other,
            false => best,
        };
        // The smallest without DEFLATE, which is by far the slowest.
        let stored = all().map(|region| Region::of(Method::Stored, region));
        let stored = stored.reduce(smaller);
        let stored = stored.unwrap_or_else(|| Region::of(Method::Stored, &[]));
        let best = long().fold(stored, |best, region| {
            match is_smaller(&Region::at_best(region), &best) {
                true => smaller(best, Region::of_known(Method::Lz4, region, known)),
                false => best,
            }
        });

        // DEFLATE is made only if it can save a cookie, or if the policy asks for the smallest.
        let taken = cookies(&best);
        if self == Compression::Auto && taken <= 1 {
            return best;
        }
        let deflated = long().map(|region| Region::of_known(Method::Deflate, region, known));
        match deflated.reduce(smaller) {
            // If neither fits the budget, the error reports the smaller one.
            Some(deflate) if self == Compression::Smallest || taken == usize::MAX => {
                smaller(best, deflate)
            }
            Some(deflate) if cookies(&deflate) < taken => deflate,
            _ => best,
        }
    }
}

#[cfg(test)]
mod tests;
