//! The attributes of a session that are not in its token: the plain text of a deposit.

use super::attributes::Attributes;
use super::compression::Compression;
use super::record::OverCeiling;
use super::regions::{self, Layout, PADDING, Packing};
use super::wire::Cursor;
use crate::error::Refusal;
use crate::seal::{Contents, Deposit};

/// The most bytes that a deposit has beside its attributes: flags, three lengths, padding and the tag.
pub(crate) const BESIDE_MAX: usize = 1 + 3 * 5 + (PADDING - 1) + Deposit::OVERHEAD;

impl Attributes {
    /// Counts the bytes of all attributes before packing and compression.
    pub(crate) fn length(&self) -> usize {
        self.iter().map(|entry| entry.size()).sum()
    }

    /// Writes the plain text of a deposit.
    pub(crate) fn encode_apart(
        &self,
        compression: Compression,
        limit: usize,
    ) -> Result<Vec<u8>, OverCeiling> {
        let length = self.length();
        if length > limit {
            return Err(OverCeiling(length));
        }
        // DEFLATE takes long, and saves no cookie here.
        let packing = Packing {
            compression,
            cookies: &|_| 1,
            padding: PADDING,
            known: None,
        };
        Ok(regions::put(vec![0], self, packing).bytes)
    }

    /// Reads what [`encode_apart`](Attributes::encode_apart) wrote.
    pub(crate) fn decode_apart(contents: &Contents, limit: usize) -> Result<Attributes, Refusal> {
        let mut cursor = Cursor::new(contents.plain(), 0);
        let flags = cursor.byte()?;
        if flags & !Layout::FLAGS != 0 {
            return Err(Refusal::RecordTooNew);
        }
        regions::read(Layout::of(flags)?, &mut cursor, limit)
    }
}
