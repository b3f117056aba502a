//! The record of a session, and its bytes. FORMAT.md is the normative description.

use super::UNPACKED_MAX;
use super::attributes::Attributes;
use super::compression::{Compressed, Method};
use super::grounds::Grounds;
use super::id::SessionId;
use super::labels::Labels;
use super::regions::{self, PADDING, Packing, Payload};
use super::wire::{Cursor, put_own, put_varint, read_own, read_subject};
use crate::error::Refusal;
use crate::lifetime::{OwnLifetimes, Timestamp};
use crate::seal::{Deposit, Format, Opened};

const VERSION: u8 = 1;

/// The flags that hold how the open attributes are compressed.
pub(super) const METHOD: u8 = 0b0000_0011;
/// The flag of a record with a subject.
const SUBJECT: u8 = 0b0000_0100;
/// The flag of a record with own lifetimes.
const OWN: u8 = 0b0000_1000;
/// The flag of a record with labels.
const LABELS: u8 = 0b0001_0000;

/// The flag of a record whose attributes are in a deposit.
const DEPOSIT: u8 = 0b0010_0000;
/// The flag of a record with grounds.
const GROUNDS: u8 = 0b0100_0000;

/// The byte with the flags.
const FLAGS: usize = 1;

/// The content of one session.
#[derive(Clone)]
pub(crate) struct Record {
    pub(crate) id: SessionId,
    pub(crate) created: Timestamp,
    /// The user who is signed in.
    pub(crate) subject: Option<Box<str>>,
    pub(crate) own: OwnLifetimes,
    pub(crate) labels: Labels,
    /// On what the sign-in rests.
    pub(crate) grounds: Grounds,
    pub(crate) attributes: Attributes,
    /// Where the attributes came from, or are to come from yet, if they were not in the token.
    pub(crate) deposit: Option<Box<Deposit>>,
}

/// The attributes take so many bytes before compression, which is more than a token may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OverCeiling(pub(crate) usize);

impl Record {
    /// Writes the payload's bytes.
    pub(crate) fn encode(&self, packing: Packing<'_>) -> Result<Payload, OverCeiling> {
        let open = self.check_ceiling()?;
        Ok(regions::put(
            self.head(0, 2 * PADDING + open),
            FLAGS,
            &self.attributes,
            packing,
        ))
    }

    /// Returns how many bytes the open attributes have before packing.
    fn check_ceiling(&self) -> Result<usize, OverCeiling> {
        match self.attributes.open_length() {
            open if open > UNPACKED_MAX => Err(OverCeiling(open)),
            open => Ok(open),
        }
    }

    /// Writes the payload's bytes for a session whose attributes are in this deposit.
    pub(crate) fn encode_with(&self, deposit: &Deposit) -> Payload {
        let mut bytes = self.head(DEPOSIT, 4 * PADDING);
        bytes.extend_from_slice(deposit.name());
        bytes.extend_from_slice(deposit.key());
        let content = bytes.len();
        bytes.resize(content.next_multiple_of(PADDING), 0);
        Payload { bytes, content }
    }

    /// Returns how many bytes [`encode`](Record::encode) writes, and what a compressor made on the way.
    pub(crate) fn measure(
        &self,
        packing: Packing<'_>,
    ) -> Result<(usize, Option<Compressed>), OverCeiling> {
        self.check_ceiling()?;
        let head = self.head(0, PADDING).len();
        Ok(regions::measure(head, &self.attributes, packing))
    }

    /// Makes a record of these attributes, to measure what they cost.
    pub(crate) fn to_measure(attributes: Attributes) -> Record {
        Record {
            id: SessionId::of_sign_in([0; 8]),
            created: Timestamp(0),
            subject: None,
            own: OwnLifetimes::default(),
            labels: Labels::default(),
            grounds: Grounds::default(),
            attributes,
            deposit: None,
        }
    }

    /// Writes the part before the regions, with these flags beside its own, and leaves room for `room` bytes in all.
    fn head(&self, flags: u8, room: usize) -> Vec<u8> {
        let mut out = Vec::with_capacity(room);
        out.push(VERSION);
        let flag = |bit, is_set| if is_set { bit } else { 0 };
        out.push(
            flags
                | flag(SUBJECT, self.subject.is_some())
                | flag(OWN, !self.own.is_none())
                | flag(LABELS, !self.labels.is_empty())
                | flag(GROUNDS, !self.grounds.is_empty()),
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
        if !self.labels.is_empty() {
            self.labels.put(&mut out);
        }
        self.grounds.put(&mut out);
        out
    }

    /// Reads what [`encode`](Record::encode) wrote.
    #[inline]
    pub(crate) fn decode(opened: &Opened<'_>) -> Result<Record, Refusal> {
        // A record of another version or with unknown flags is not read any further.
        let mut cursor = Cursor::new(opened.plain(), 0);
        match cursor.byte()? {
            0 => return Err(Refusal::Malformed),
            VERSION => {}
            _ => return Err(Refusal::RecordTooNew),
        }
        let flags = cursor.byte()?;
        if flags & !(METHOD | SUBJECT | OWN | LABELS | DEPOSIT | GROUNDS) != 0 {
            return Err(Refusal::RecordTooNew);
        }
        let method = Method::of(flags & METHOD).ok_or(Refusal::RecordTooNew)?;
        // The head.
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
        let labels = if flags & LABELS == 0 {
            Labels::default()
        } else {
            Labels::read(&mut cursor)?
        };
        let grounds = if flags & GROUNDS == 0 {
            Grounds::default()
        } else {
            Grounds::read(&mut cursor, subject.as_deref())?
        };

        // What is kept elsewhere, or the two regions; and padding of zeros.
        let (attributes, deposit);
        if flags & DEPOSIT == 0 {
            attributes = regions::read(method, &mut cursor, UNPACKED_MAX)?;
            deposit = None;
        } else {
            attributes = Attributes::default();
            deposit = Some(read_deposit(method, opened.format(), &mut cursor)?);
        }
        Ok(Record {
            id,
            created,
            subject,
            own,
            labels,
            grounds,
            attributes,
            deposit,
        })
    }
}

#[cold]
fn read_deposit(
    method: Method,
    format: Format,
    cursor: &mut Cursor<'_>,
) -> Result<Box<Deposit>, Refusal> {
    // Whoever holds a signed token knows the key.
    if method != Method::Stored || format != Format::Encrypted {
        return Err(Refusal::Malformed);
    }
    let deposit = Deposit::new(cursor.array()?, cursor.array()?);
    regions::check_padding(cursor)?;
    Ok(Box::new(deposit))
}

#[cfg(test)]
mod tests;
