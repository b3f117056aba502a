//! Writes and reads the numbers and byte strings of a payload: postcard's varints, in their shortest form
//! only.

use std::num::NonZero;

use crate::error::Refusal;
use crate::lifetime::{Idle, OwnLifetimes};

/// Appends `number` in seven-bit groups, lowest first, as postcard writes a `u32`.
pub(super) fn put_varint(out: &mut Vec<u8>, number: usize) {
    let mut rest = u32::try_from(number).unwrap_or(u32::MAX);
    while rest > 0x7f {
        out.push((rest & 0x7f) as u8 | 0x80);
        rest >>= 7;
    }
    out.push((rest & 0x7f) as u8);
}

/// Returns how many bytes [`put_varint`] appends.
pub(super) fn varint_length(number: usize) -> usize {
    match number {
        0..=0x7f => 1,
        0x80..=0x3fff => 2,
        0x4000..=0x1f_ffff => 3,
        0x20_0000..=0xfff_ffff => 4,
        _ => 5,
    }
}

/// The most bytes of a subject.
pub(crate) const SUBJECT_MAX: usize = 255;

/// Reads the name of an account.
pub(super) fn read_subject(cursor: &mut Cursor<'_>) -> Result<Box<str>, Refusal> {
    let subject = cursor.string()?;
    if subject.is_empty() || subject.len() > SUBJECT_MAX {
        return Err(Refusal::Malformed);
    }
    std::str::from_utf8(subject)
        .map(Into::into)
        .map_err(|_| Refusal::Malformed)
}

/// The idle timeout of a session that never idles out.
const NEVER: u32 = u32::MAX;

/// Appends own lifetimes in seconds, idle and absolute. 0 stands for the policy's.
pub(super) fn put_own(out: &mut Vec<u8>, own: OwnLifetimes) {
    let idle = match own.idle {
        None => 0,
        Some(Idle::After(seconds)) => seconds,
        Some(Idle::Never) => NEVER,
    };
    put_varint(out, idle as usize);
    put_varint(out, own.absolute.map_or(0, NonZero::get) as usize);
}

/// Reads what [`put_own`] wrote. A record without own lifetimes leaves them out, so two zeros are malformed.
pub(super) fn read_own(cursor: &mut Cursor<'_>) -> Result<OwnLifetimes, Refusal> {
    let mut number = || {
        let number = cursor.varint()?;
        u32::try_from(number).map_err(|_| Refusal::Malformed)
    };
    let idle = match number()? {
        0 => None,
        NEVER => Some(Idle::Never),
        seconds => Some(Idle::After(seconds)),
    };
    let absolute = NonZero::new(number()?);
    let own = OwnLifetimes { idle, absolute };
    if own.is_none() {
        Err(Refusal::Malformed)
    } else {
        Ok(own)
    }
}

/// Reads from the front of a byte string.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    all: &'a [u8],
    /// What is not read yet: the end of `all`.
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    /// Reads `all` from the byte `at` on.
    #[inline]
    pub(super) fn new(all: &'a [u8], at: usize) -> Cursor<'a> {
        let rest = all.get(at..).unwrap_or_default();
        Cursor { all, rest }
    }

    #[inline]
    pub(super) fn at(&self) -> usize {
        self.all.len() - self.rest.len()
    }

    /// Returns what was read from the byte `at` on.
    #[inline]
    pub(super) fn since(&self, at: usize) -> &'a [u8] {
        self.all.get(at..self.at()).unwrap_or_default()
    }

    #[inline]
    pub(super) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    #[inline]
    pub(super) fn take(&mut self, length: usize) -> Result<&'a [u8], Refusal> {
        let split = self.rest.split_at_checked(length);
        let (part, rest) = split.ok_or(Refusal::Malformed)?;
        self.rest = rest;
        Ok(part)
    }

    #[inline]
    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Refusal> {
        let split = self.rest.split_first_chunk::<N>();
        let (array, rest) = split.ok_or(Refusal::Malformed)?;
        self.rest = rest;
        Ok(*array)
    }

    #[inline]
    pub(super) fn byte(&mut self) -> Result<u8, Refusal> {
        self.array::<1>().map(|[byte]| byte)
    }

    /// Reads a number. Nearly all have one byte, and nearly all others two.
    #[inline]
    pub(super) fn varint(&mut self) -> Result<usize, Refusal> {
        match *self.rest {
            [number @ ..=0x7f, ref rest @ ..] => {
                self.rest = rest;
                Ok(usize::from(number))
            }
            [low, high @ 1..=0x7f, ref rest @ ..] => {
                self.rest = rest;
                Ok(usize::from(low & 0x7f) | usize::from(high) << 7)
            }
            _ => {
                let (number, rest) = longer_varint(self.rest).ok_or(Refusal::Malformed)?;
                self.rest = rest;
                Ok(number)
            }
        }
    }

    /// Reads a byte string behind its length.
    #[inline]
    pub(super) fn string(&mut self) -> Result<&'a [u8], Refusal> {
        let length = self.varint()?;
        self.take(length)
    }
}

/// Reads a number of any length, and returns it with what is behind it. It takes bytes and no cursor, so that cursors
/// may stay in registers.
#[cold]
fn longer_varint(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut number: u64 = 0;
    for (group, &byte) in bytes.iter().enumerate().take(5) {
        number |= u64::from(byte & 0x7f) << (7 * group);
        if byte & 0x80 == 0 {
            let is_shortest = byte != 0 || group == 0;
            let number = u32::try_from(number).ok().filter(|_| is_shortest)?;
            return Some((number as usize, bytes.get(group + 1..)?));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn varints_are_those_of_postcard_and_have_one_form() {
        for number in [
            0,
            1,
            127,
            128,
            300,
            16_383,
            16_384,
            2_097_151,
            2_097_152,
            268_435_456,
        ] {
            let mut bytes = Vec::new();
            put_varint(&mut bytes, number);
            assert_eq!(
                bytes,
                postcard::to_allocvec(&u32::try_from(number).unwrap()).unwrap()
            );
            assert_eq!(bytes.len(), varint_length(number));
            assert_eq!(Cursor::new(&bytes, 0).varint(), Ok(number));
        }
        for bad in [
            &[0x80u8, 0][..],
            &[0xff, 0xff, 0xff, 0xff, 0x1f],
            &[0x80; 6],
            &[0x80],
            &[],
        ] {
            assert_eq!(
                Cursor::new(bad, 0).varint(),
                Err(Refusal::Malformed),
                "{bad:?}"
            );
        }
    }

    #[test]
    fn own_lifetimes_have_one_form() {
        let own = |idle, absolute| OwnLifetimes {
            idle,
            absolute: NonZero::new(absolute),
        };
        let table: &[(OwnLifetimes, &[u8])] = &[
            (own(Some(Idle::After(300)), 0), &[0xac, 2, 0]),
            (own(Some(Idle::Never), 0), &[255, 255, 255, 255, 15, 0]),
            (own(None, 127), &[0, 127]),
            (
                own(Some(Idle::After(1)), u32::MAX),
                &[1, 255, 255, 255, 255, 15],
            ),
        ];
        for (own, bytes) in table {
            let mut out = Vec::new();
            put_own(&mut out, *own);
            assert_eq!(out, *bytes);
            assert_eq!(read_own(&mut Cursor::new(bytes, 0)), Ok(*own));
        }
        for bad in [&[0u8, 0][..], &[1], &[], &[0x80, 0, 1]] {
            let read = read_own(&mut Cursor::new(bad, 0));
            assert_eq!(read, Err(Refusal::Malformed), "{bad:?}");
        }
    }
}
