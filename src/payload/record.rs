//! A session's content, and its bytes. FORMAT.md is the normative description.

use super::UNPACKED_MAX;
use super::attributes::Attributes;
use super::id::SessionId;
use super::wire::{Source, put_own, put_varint, read_own, varint_length};
use crate::error::Refusal;
use crate::lifetime::{Own, Timestamp};
use crate::seal::Opened;

/// The longest subject, in bytes.
pub(crate) const SUBJECT_MAX: usize = 255;

const VERSION: u8 = 1;

/// In the flags: how the open attributes are packed.
const PACKING: u8 = 0b0000_0011;
const STORED: u8 = 0;
const LZ4: u8 = 1;
/// In the flags: a subject follows.
const SUBJECT: u8 = 0b0000_0100;
/// In the flags: lifetimes of the session's own follow.
const OWN: u8 = 0b0000_1000;

/// Payloads are padded to a multiple of this. It blurs the length of what is inside at a cost of
/// about 2 %; it does not hide it.
const PADDING: usize = 32;

/// What one session is.
#[derive(Clone)]
pub(crate) struct Record {
    pub(crate) id: SessionId,
    pub(crate) created: Timestamp,
    /// Who is signed in.
    pub(crate) subject: Option<String>,
    pub(crate) own: Own,
    pub(crate) attributes: Attributes,
}

/// The attributes take this many bytes before compression, which is more than a token may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OverCeiling(pub(crate) usize);

impl Record {
    /// The payload's bytes.
    pub(crate) fn encode(&self) -> Result<Vec<u8>, OverCeiling> {
        let mut open = Vec::new();
        self.attributes.write(false, &mut open);
        if open.len() > UNPACKED_MAX {
            return Err(OverCeiling(open.len()));
        }
        let packed = lz4_flex::block::compress(&open);
        let smaller = packed.len() + varint_length(open.len()) < open.len();

        let mut out = Vec::with_capacity(open.len() + 2 * PADDING);
        out.push(VERSION);
        let flag = |bit, is_set| if is_set { bit } else { 0 };
        out.push(
            if smaller { LZ4 } else { STORED }
                | flag(SUBJECT, self.subject.is_some())
                | flag(OWN, !self.own.is_none()),
        );
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
        if smaller {
            put_varint(&mut out, packed.len());
            put_varint(&mut out, open.len());
            out.extend_from_slice(&packed);
        } else {
            put_varint(&mut out, open.len());
            out.extend_from_slice(&open);
        }
        let mut secret = Vec::new();
        self.attributes.write(true, &mut secret);
        put_varint(&mut out, secret.len());
        out.extend_from_slice(&secret);
        out.resize(out.len().next_multiple_of(PADDING), 0);
        Ok(out)
    }

    /// Reads what [`encode`](Record::encode) wrote. The sizes that it claims are checked against
    /// the ceiling before anything is allocated for them.
    pub(crate) fn decode(opened: &Opened) -> Result<Record, Refusal> {
        let mut source = Source::new(opened.plain(), 0);
        match source.byte()? {
            0 => return Err(Refusal::Malformed),
            VERSION => {}
            _ => return Err(Refusal::RecordTooNew),
        }
        let flags = source.byte()?;
        if flags & !(PACKING | SUBJECT | OWN) != 0 || flags & PACKING > LZ4 {
            return Err(Refusal::RecordTooNew);
        }
        let id = SessionId {
            sign_in: source.array()?,
            renewal: source.array()?,
        };
        let created = Timestamp(u32::from_be_bytes(source.array()?));
        let subject = if flags & SUBJECT == 0 {
            None
        } else {
            Some(read_subject(&mut source)?)
        };
        let own = if flags & OWN == 0 {
            Own::default()
        } else {
            read_own(&mut source)?
        };

        let stored = source.varint()?;
        let unpacked = if flags & PACKING == LZ4 {
            source.varint()?
        } else {
            stored
        };
        if unpacked > UNPACKED_MAX {
            return Err(Refusal::OverCeiling);
        }
        let open = source.take(stored)?;
        let secret = source.string()?;
        if source.rest().iter().any(|&byte| byte != 0) {
            return Err(Refusal::Malformed);
        }
        let mut body = Vec::with_capacity(unpacked + secret.len());
        if flags & PACKING == LZ4 {
            body.resize(unpacked, 0);
            match lz4_flex::block::decompress_into(open, &mut body) {
                Ok(length) if length == unpacked => {}
                _ => return Err(Refusal::Malformed),
            }
        } else {
            body.extend_from_slice(open);
        }
        body.extend_from_slice(secret);
        let end = body.len();
        let attributes = Attributes::read(body, 0..unpacked, unpacked..end)?;
        Ok(Record {
            id,
            created,
            subject,
            own,
            attributes,
        })
    }
}

fn read_subject(source: &mut Source<'_>) -> Result<String, Refusal> {
    let subject = source.string()?;
    if subject.is_empty() || subject.len() > SUBJECT_MAX {
        return Err(Refusal::Malformed);
    }
    std::str::from_utf8(subject)
        .map(str::to_owned)
        .map_err(|_| Refusal::Malformed)
}
