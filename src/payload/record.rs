//! The record of a session, and its bytes. FORMAT.md is the normative description.

use super::UNPACKED_MAX;
use super::attributes::Attributes;
use super::compression::Compressed;
use super::grounds::Grounds;
use super::id::SessionId;
use super::labels::Labels;
use super::regions::{self, Layout, PADDING, Packing, Payload};
use super::wire::{Cursor, put_own, put_varint, read_own, read_subject};
use crate::error::Refusal;
use crate::lifetime::{OwnLifetimes, Timestamp};
use crate::seal::{Deposit, Format, Opened};

/// The flag of a record with a subject.
const SUBJECT: u8 = 0b0000_0100;
/// The flag of a record whose id has a second half.
const RENEWED: u8 = 0b0000_1000;
/// The flag of a record with a second byte of flags.
const MORE: u8 = 0b0010_0000;

/// In the second byte, the flag of a record with own lifetimes.
const OWN: u8 = 0b0000_0001;
/// The flag of a record with labels.
const LABELS: u8 = 0b0000_0010;
/// The flag of a record whose attributes are in a deposit.
const DEPOSIT: u8 = 0b0000_0100;
/// The flag of a record with grounds.
const GROUNDS: u8 = 0b0000_1000;

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

    /// Returns how many bytes [`encode`](Record::encode) writes before padding, and what a compressor made on the way.
    pub(crate) fn measure(
        &self,
        packing: Packing<'_>,
    ) -> Result<(usize, Option<Compressed>), OverCeiling> {
        self.check_ceiling()?;
        let head = self.head(0, PADDING).len();
        Ok(regions::measure(head, &self.attributes, packing))
    }

    /// Returns by how many bytes a renewal makes the payload longer.
    pub(crate) fn spare(&self) -> usize {
        match self.id.is_renewed() {
            true => 0,
            false => SessionId::NEVER_RENEWED.len(),
        }
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

    /// Writes the part before the regions, with `more` in the second byte of flags, and leaves room for `room` bytes in
    /// all.
    fn head(&self, more: u8, room: usize) -> Vec<u8> {
        let mut out = Vec::with_capacity(room);
        let flag = |bit, is_set| if is_set { bit } else { 0 };
        let more = more
            | flag(OWN, !self.own.is_none())
            | flag(LABELS, !self.labels.is_empty())
            | flag(GROUNDS, !self.grounds.is_empty());
        let is_renewed = self.id.is_renewed();
        out.push(
            flag(SUBJECT, self.subject.is_some())
                | flag(RENEWED, is_renewed)
                | flag(MORE, more != 0),
        );
        if more != 0 {
            out.push(more);
        }
        out.extend_from_slice(&self.id.sign_in);
        if is_renewed {
            out.extend_from_slice(&self.id.renewal);
        }
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
        // A record with unknown flags is not read any further.
        let mut cursor = Cursor::new(opened.plain(), 0);
        let flags = cursor.byte()?;
        if flags & !(Layout::FLAGS | SUBJECT | RENEWED | MORE) != 0 {
            return Err(Refusal::RecordTooNew);
        }
        let layout = Layout::of(flags)?;
        let more = if flags & MORE == 0 {
            0
        } else {
            read_more(&mut cursor)?
        };
        // The head.
        let sign_in = cursor.array()?;
        let renewal = if flags & RENEWED == 0 {
            SessionId::NEVER_RENEWED
        } else {
            read_renewal(&mut cursor)?
        };
        let id = SessionId { sign_in, renewal };
        let created = Timestamp(u32::from_be_bytes(cursor.array()?));
        let subject = if flags & SUBJECT == 0 {
            None
        } else {
            Some(read_subject(&mut cursor)?)
        };
        let own = if more & OWN == 0 {
            OwnLifetimes::default()
        } else {
            read_own(&mut cursor)?
        };
        let labels = if more & LABELS == 0 {
            Labels::default()
        } else {
            Labels::read(&mut cursor)?
        };
        let grounds = if more & GROUNDS == 0 {
            Grounds::default()
        } else {
            Grounds::read(&mut cursor, subject.as_deref())?
        };

        // What is kept elsewhere, or the two regions; and padding of zeros.
        let (attributes, deposit);
        if more & DEPOSIT == 0 {
            attributes = regions::read(layout, &mut cursor, UNPACKED_MAX)?;
            deposit = None;
        } else {
            attributes = Attributes::default();
            deposit = Some(read_deposit(layout, opened.format(), &mut cursor)?);
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

/// Reads the second byte of flags.
#[cold]
fn read_more(cursor: &mut Cursor<'_>) -> Result<u8, Refusal> {
    match cursor.byte()? {
        0 => Err(Refusal::Malformed),
        more if more & !(OWN | LABELS | DEPOSIT | GROUNDS) != 0 => Err(Refusal::RecordTooNew),
        more => Ok(more),
    }
}

/// Reads the second half of an id. A record without one has no flag for it.
fn read_renewal(cursor: &mut Cursor<'_>) -> Result<[u8; 8], Refusal> {
    match cursor.array()? {
        SessionId::NEVER_RENEWED => Err(Refusal::Malformed),
        renewal => Ok(renewal),
    }
}

#[cold]
fn read_deposit(
    layout: Layout,
    format: Format,
    cursor: &mut Cursor<'_>,
) -> Result<Box<Deposit>, Refusal> {
    // Whoever holds a signed token knows the key.
    if !layout.is_plain() || format != Format::Encrypted {
        return Err(Refusal::Malformed);
    }
    let deposit = Deposit::new(cursor.array()?, cursor.array()?);
    regions::check_padding(cursor)?;
    Ok(Box::new(deposit))
}

#[cfg(test)]
mod tests;
