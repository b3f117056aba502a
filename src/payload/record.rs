//! A session's content, and its bytes. FORMAT.md is the normative description.

use std::sync::Arc;

use super::UNPACKED_MAX;
use super::attributes::{Attributes, Placed};
use super::compression::{Compression, Method, Region};
use super::entry::Entry;
use super::id::SessionId;
use super::wire::{Cursor, put_own, put_varint, read_own};
use crate::error::Refusal;
use crate::lifetime::{OwnLifetimes, Timestamp};
use crate::seal::Opened;

/// The longest subject, in bytes.
pub(crate) const SUBJECT_MAX: usize = 255;

const VERSION: u8 = 1;

/// In the flags: how the open attributes are compressed.
const METHOD: u8 = 0b0000_0011;
/// In the flags: a subject follows.
const SUBJECT: u8 = 0b0000_0100;
/// In the flags: lifetimes of the session's own follow.
const OWN: u8 = 0b0000_1000;

/// Payloads are padded to a multiple of this. It blurs the length of what is inside at a cost of
/// about 2 %; it does not hide it.
pub(crate) const PADDING: usize = 32;

/// What one session is.
#[derive(Clone)]
pub(crate) struct Record {
    pub(crate) id: SessionId,
    pub(crate) created: Timestamp,
    /// Who is signed in.
    pub(crate) subject: Option<String>,
    pub(crate) own: OwnLifetimes,
    pub(crate) attributes: Attributes,
}

/// A record's bytes.
pub(crate) struct Payload {
    pub(crate) bytes: Vec<u8>,
    /// How many of them are no padding.
    pub(crate) content: usize,
}

/// The attributes take this many bytes before compression, which is more than a token may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OverCeiling(pub(crate) usize);

/// What decides how a record is stored.
#[derive(Clone, Copy)]
pub(crate) struct Packing<'a> {
    pub(crate) compression: Compression,
    /// How many cookies a payload of so many bytes takes; `usize::MAX` if too many.
    pub(crate) cookies: &'a dyn Fn(usize) -> usize,
}

impl Record {
    /// The payload's bytes.
    pub(crate) fn encode(&self, packing: Packing<'_>) -> Result<Payload, OverCeiling> {
        self.encode_padded(packing, PADDING)
    }

    fn encode_padded(&self, packing: Packing<'_>, padding: usize) -> Result<Payload, OverCeiling> {
        let open = self.attributes.open_length();
        if open > UNPACKED_MAX {
            return Err(OverCeiling(open));
        }
        let mut out = self.head();
        let mut end = Vec::new();
        let secret = self.attributes.secret();
        put_varint(&mut end, secret.len());
        end.extend_from_slice(&secret);

        let compression = packing.compression;
        let packed = match compression {
            Compression::Off => None,
            _ => self.attributes.open_text_packed(),
        };
        let plain = match packed.is_some() && !compression.tries_plain() {
            true => None,
            false => Some(self.attributes.open()),
        };
        let content = |region: &Region<'_>| out.len() + region.length() + end.len();
        let region = compression.choose(
            plain.as_deref(),
            packed.as_deref(),
            |region| content(region).next_multiple_of(padding),
            packing.cookies,
        );
        let content = content(&region);
        out.reserve_exact(content.next_multiple_of(padding) - out.len());
        if let Some(flags) = out.get_mut(1) {
            *flags |= region.method as u8;
        }
        region.write(&mut out);
        out.extend_from_slice(&end);
        out.resize(content.next_multiple_of(padding), 0);
        Ok(Payload {
            bytes: out,
            content,
        })
    }

    /// A record of one attribute, to see what that costs.
    pub(crate) fn to_measure(entry: &Entry<'_>) -> Record {
        let mut attributes = Attributes::default();
        attributes.put(&Placed::first(*entry));
        Record {
            id: SessionId {
                sign_in: [0; 8],
                renewal: [0; 8],
            },
            created: Timestamp(0),
            subject: None,
            own: OwnLifetimes::default(),
            attributes,
        }
    }

    /// What stands before the regions, for one that is not compressed.
    fn head(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(2 * PADDING);
        out.push(VERSION);
        let flag = |bit, is_set| if is_set { bit } else { 0 };
        out.push(flag(SUBJECT, self.subject.is_some()) | flag(OWN, !self.own.is_none()));
        out.extend_from_slice(&self.id.sign_in);
        out.extend_from_slice(&self.id.renewal);
        out.extend_from_slice(&self.created.0.to_be_bytes());
        if let Some(subject) = &self.subject {
            put_varint(&mut out, subject.len());
            out.extend_from_slice(subject.as_bytes());
        }
        if !self.own.is_none() {
            put_own(&mut out, self.own);
        }
        out
    }

    /// Reads what [`encode`](Record::encode) wrote.
    pub(crate) fn decode(opened: &Opened) -> Result<Record, Refusal> {
        let mut cursor = Cursor::new(opened.plain(), 0);
        match cursor.byte()? {
            0 => return Err(Refusal::Malformed),
            VERSION => {}
            _ => return Err(Refusal::RecordTooNew),
        }
        let flags = cursor.byte()?;
        if flags & !(METHOD | SUBJECT | OWN) != 0 {
            return Err(Refusal::RecordTooNew);
        }
        let method = Method::of(flags & METHOD).ok_or(Refusal::RecordTooNew)?;
        let id = SessionId {
            sign_in: cursor.array()?,
            renewal: cursor.array()?,
        };
        let created = Timestamp(u32::from_be_bytes(cursor.array()?));
        let subject = if flags & SUBJECT == 0 {
            None
        } else {
            Some(read_subject(&mut cursor)?)
        };
        let own = if flags & OWN == 0 {
            OwnLifetimes::default()
        } else {
            read_own(&mut cursor)?
        };

        let open = Region::read(method, &mut cursor)?;
        let secret = cursor.string()?;
        if cursor.rest().iter().any(|&byte| byte != 0) {
            return Err(Refusal::Malformed);
        }
        let border = open.unpacked_length();
        let room = std::iter::repeat_n(0, border + secret.len());
        let mut body: Arc<[u8]> = room.collect();
        let (left, right) = Arc::make_mut(&mut body).split_at_mut(border);
        open.unpack(left)?;
        right.copy_from_slice(secret);
        Ok(Record {
            id,
            created,
            subject,
            own,
            attributes: Attributes::read(body, border)?,
        })
    }
}

fn read_subject(cursor: &mut Cursor<'_>) -> Result<String, Refusal> {
    let subject = cursor.string()?;
    if subject.is_empty() || subject.len() > SUBJECT_MAX {
        return Err(Refusal::Malformed);
    }
    std::str::from_utf8(subject)
        .map(str::to_owned)
        .map_err(|_| Refusal::Malformed)
}

#[cfg(test)]
mod tests;
