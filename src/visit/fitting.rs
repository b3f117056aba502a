//! Fits a session into its budget, or says by how much it does not fit.

use std::cell::Cell;

use super::config::Config;
use super::held::Held;
use super::state::SessionState;
use crate::carrier::{Carrier, Incoming, Source};
use crate::cookie::{Budget, Chunks, OverBudget, PAIR_END, Tally};
use crate::error::{AttributeSize, Error, Measure, Oversize};
use crate::event::Event;
use crate::head::HeaderChange;
use crate::lifetime::Timestamp;
use crate::payload::{
    Attributes, Compressed, Compression, Entry, OverCeiling, PackedText, Packing, Payload, Placed,
    Record, UNPACKED_MAX, padding,
};
use crate::seal::{Binding, Deposit, Format, text_length};

/// A way out for the session of one request.
#[derive(Clone, Copy)]
pub(crate) struct Exit<'c> {
    pub(super) config: &'c Config,
    pub(super) carrier: &'c dyn Carrier,
    /// Of its cookies, in seconds; `None` if they go with the browser.
    pub(super) max_age: Option<u64>,
}

/// A payload that fits, not yet sealed.
pub(crate) struct Fitted<'c> {
    exit: Exit<'c>,
    payload: Payload,
    chunks: Chunks,
    /// Whether its attributes are in the store.
    pub(crate) is_stored: bool,
}

/// What was made of an attribute to see whether a session can hold it. The commit goes on from there.
#[derive(Default)]
pub(super) struct Checked {
    /// Its text as packed.
    pub(super) text: Option<PackedText>,
    /// What the open attributes became, with those beside it or without.
    pub(super) compressed: Option<Compressed>,
}

/// The sizes of a session that was written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WriteSize<'c> {
    /// Bytes of all its lines.
    pub(super) bytes: usize,
    /// How many lines these are.
    cookies: usize,
    /// The budget that they count against.
    budget: &'c Budget,
    /// Whether it was above that already when it came.
    pub(super) was_near: bool,
    /// Bytes that its cookies take in the next request.
    pub(crate) field_bytes: usize,
    /// Whether its attributes are in the store.
    is_stored: bool,
}

impl WriteSize<'_> {
    /// Notes what an operator is told of the session `state`, which is written. `is_heard` tells whether that is
    /// told which happens every day.
    pub(super) fn note(self, state: &SessionState, is_heard: bool, mut note: impl FnMut(Event)) {
        if is_heard {
            let stored = state.record().filter(|_| self.is_stored);
            note(Event::Written {
                bytes: self.bytes,
                cookies: self.cookies,
                stored: stored.map_or(0, |record| record.attributes.length()),
                reason: state.written_for(),
            });
        }
        let refusal = state.refusal();
        if let Some(refusal) = refusal.filter(|refusal| refusal.may_live_elsewhere()) {
            note(Event::Overwrote { refusal });
        }
        if self.bytes > self.budget.warning_limit() {
            note(Event::NearBudget {
                bytes: self.bytes,
                warning_limit: self.budget.warning_limit(),
                allowed: self.budget.total_limit(),
                largest: state.record().and_then(|record| largest(record, 1).pop()),
                cure: self.budget.cure(),
                again: self.was_near,
            });
        }
    }
}

impl<'c> Exit<'c> {
    /// Returns the way out for a session that came from `source`.
    pub(super) fn of(
        config: &'c Config,
        source: Source,
        state: &SessionState,
        now: Timestamp,
    ) -> Exit<'c> {
        Exit {
            config,
            carrier: config.carriers.of(source),
            max_age: config.lifetime.max_age(&state.times(now), now),
        }
    }

    /// Fits a session into its budget. What a compressor made of it before may be `known`.
    pub(super) fn fit(
        self,
        record: &Record,
        known: Option<&Compressed>,
    ) -> Result<Fitted<'c>, Error> {
        if let Some(secret) = record.attributes.iter().find(Entry::is_secret) {
            self.config.check_keeps_secrets(&secret)?;
        }
        self.try_fit(record, known).map_err(|mut oversize| {
            if let Some(over) = self.over_limit(record.attributes.length()) {
                oversize = over;
            }
            oversize.largest = largest(record, 3);
            Error::too_large(oversize).of_cookie(self.config.cookie())
        })
    }

    fn try_fit(self, record: &Record, known: Option<&Compressed>) -> Result<Fitted<'c>, Oversize> {
        let payload = self.packed(record, known, Record::encode)?;
        self.fitted(record, payload, false)
    }

    /// Packs a session as this way out asks for.
    fn packed<R>(
        self,
        record: &Record,
        known: Option<&Compressed>,
        pack: impl FnOnce(&Record, Packing<'_>) -> Result<R, OverCeiling>,
    ) -> Result<R, Oversize> {
        // Most often all ways to store it are equally long.
        let counted = Cell::new(None);
        let cookies = |content| {
            let lengths = self.lengths(content, record.spare());
            match counted.get() {
                Some((same, count)) if same == lengths => count,
                _ => {
                    let count = self
                        .cut(lengths)
                        .map_or(usize::MAX, |chunks| chunks.count());
                    counted.set(Some((lengths, count)));
                    count
                }
            }
        };
        let packing = Packing {
            compression: self.config.compression,
            cookies: &cookies,
            padding: self.padding(),
            known,
        };
        let packed = pack(record, packing);
        packed.map_err(|over| Oversize::new(Measure::Unpacked, over.0, UNPACKED_MAX))
    }

    fn fitted(
        self,
        record: &Record,
        payload: Payload,
        is_stored: bool,
    ) -> Result<Fitted<'c>, Oversize> {
        let chunks = self.chunks(payload.content, record.spare());
        let chunks = chunks.map_err(|overflow| self.oversize(overflow))?;
        Ok(Fitted {
            exit: self,
            payload,
            chunks,
            is_stored,
        })
    }

    /// Returns whether a session needs no deposit. Where there is a store, no insert has compressed what it would take.
    pub(super) fn fits(self, record: &Record) -> bool {
        self.try_fit(record, None).is_ok()
    }

    /// Fits what a cookie keeps of a session whose attributes are in this deposit.
    pub(super) fn fit_with(self, record: &Record, deposit: &Deposit) -> Result<Fitted<'c>, Error> {
        let fitted = self.fitted(record, record.encode_with(deposit), true);
        fitted.map_err(|oversize| Error::too_large(oversize).of_cookie(self.config.cookie()))
    }

    /// Fits a session, or what its cookie would keep of one that has to be stored, to measure it.
    pub(crate) fn measure(self, record: &Record) -> Result<Fitted<'c>, Error> {
        match self.fit(record, None) {
            Err(_) if self.can_be_stored(record) => {
                let deposit = Deposit::new([0; 16], [0; 32]);
                self.fit_with(record, &deposit)
            }
            fitted => fitted,
        }
    }

    /// Returns whether a session is small enough for the store, if there is one.
    pub(super) fn can_be_stored(self, record: &Record) -> bool {
        self.config.overflow.is_some() && self.over_limit(record.attributes.length()).is_none()
    }

    /// Says by how much so many bytes of attributes are too many for the store, if there is one and they are.
    fn over_limit(self, bytes: usize) -> Option<Oversize> {
        let limit = self.config.overflow.as_ref()?.limit();
        (bytes > limit).then(|| Oversize::new(Measure::Stored, bytes, limit))
    }

    /// Returns what tokens are bound to that travel so.
    pub(super) fn binding(self) -> &'c Binding {
        self.carrier.binding(self.config.carriers.cookies().own())
    }

    /// Cuts a payload of `content` bytes and padding into pieces. It has to fit with `spare` bytes more, too, so that no
    /// session is too large to be renewed.
    fn chunks(self, content: usize, spare: usize) -> Result<Chunks, OverBudget> {
        self.cut(self.lengths(content, spare))
    }

    /// Returns how long a payload is with its padding, and how long it is with `spare` bytes more.
    fn lengths(self, content: usize, spare: usize) -> [usize; 2] {
        [content, content + spare].map(|bytes| bytes.next_multiple_of(self.padding()))
    }

    /// Cuts a payload of the first length, if one of the second fits, too.
    fn cut(self, [length, longer]: [usize; 2]) -> Result<Chunks, OverBudget> {
        let cut = |length| {
            let text = text_length(self.config.sealer.format(), length);
            self.carrier.fit(text, self.max_age)
        };
        let chunks = cut(length)?;
        if longer > length {
            cut(longer)?;
        }
        Ok(chunks)
    }

    fn padding(self) -> usize {
        padding(self.config.sealer.format())
    }

    fn oversize(self, overflow: OverBudget) -> Oversize {
        let budget = self.carrier.budget();
        let mut oversize = match overflow {
            OverBudget::Cookies(needed) => {
                Oversize::new(Measure::Cookies, needed, budget.cookie_limit())
            }
            OverBudget::Total(needed) => {
                Oversize::new(self.carrier.measure(), needed, budget.total_limit())
            }
        };
        if oversize.measure == Measure::Total || oversize.measure == Measure::Field {
            oversize.reserved = budget.reserved();
        }
        if oversize.measure != Measure::Link {
            oversize.cure = budget.cure();
        }
        oversize
    }

    /// Returns the budget that counts.
    pub(crate) fn budget(&self) -> &'c Budget {
        self.carrier.budget()
    }

    /// Counts the bytes of attributes that fit into the store beside `used` bytes of them, if there is one.
    fn room_in_store(self, used: usize) -> usize {
        let overflow = self.config.overflow.as_ref();
        overflow.map_or(0, |overflow| overflow.limit().saturating_sub(used))
    }

    /// Counts the bytes of attributes that fit into cookies beside a payload's `content`.
    fn room(self, content: usize) -> usize {
        let (mut fits, mut over) = (0, self.config.budget.total_limit());
        while over - fits > 1 {
            let middle = fits.midpoint(over);
            match self.chunks(middle, 0) {
                Ok(_) => fits = middle,
                Err(_) => over = middle,
            }
        }
        (fits - fits % self.padding()).saturating_sub(content + LENGTHS)
    }

    /// Counts the bytes of attributes that fit into a session which begins.
    pub(crate) fn empty_room(self) -> usize {
        self.room(EMPTY_PAYLOAD).max(self.room_in_store(0))
    }

    /// Refuses an attribute with which no session could be sent, however little else it holds. `beside` are the
    /// attributes among which it takes its place.
    pub(super) fn check_fits(
        self,
        placed: &Placed<'_>,
        beside: Option<&Attributes>,
    ) -> Result<Checked, Error> {
        // As it stands, or with its text packed.
        let entry = &placed.entry;
        if self.has_room_for(entry) {
            return Ok(Checked::default());
        }
        let mut checked = Checked::default();
        if self.config.compression != Compression::Off && entry.size() <= UNPACKED_MAX {
            checked.text = entry.pack_text();
        }
        let stored = placed.with_text(checked.text.as_ref());
        if checked.text.is_some() && self.has_room_for(&stored.entry) {
            return Ok(checked);
        }
        // What is too large for the store may still be small once it is compressed.
        let over = self.over_limit(entry.size());
        if over.is_none() && self.config.overflow.is_some() {
            return Ok(checked);
        }
        // Compressed, with the others if these fit as well.
        let alone = Record::to_measure(Attributes::of_one(stored.entry));
        let whole = beside.and_then(|beside| to_measure_beside(&stored, beside));
        let fits = match whole.map(|whole| self.compressed(&whole)) {
            Some(Ok(compressed)) => Ok(compressed),
            Some(Err(_)) | None => self.compressed(&alone),
        };
        match fits {
            Ok(compressed) => {
                checked.compressed = compressed;
                Ok(checked)
            }
            Err(oversize) => {
                let mut oversize = over.unwrap_or(oversize);
                oversize.largest = largest(&alone, 1);
                oversize.is_alone = true;
                Err(Error::too_large(oversize).of_cookie(self.config.cookie()))
            }
        }
    }

    /// Compresses a session, if it fits.
    fn compressed(self, record: &Record) -> Result<Option<Compressed>, Oversize> {
        let (content, compressed) = self.packed(record, None, Record::measure)?;
        let chunks = self.chunks(content, record.spare());
        chunks.map_err(|overflow| self.oversize(overflow))?;
        Ok(compressed)
    }

    /// Returns whether a session with this attribute alone could be sent without compression.
    fn has_room_for(self, entry: &Entry<'_>) -> bool {
        let content = EMPTY_PAYLOAD + LENGTHS + entry.stored_size();
        self.chunks(content, 0).is_ok()
    }
}

impl<'c> Fitted<'c> {
    /// Seals the payload, behind what stands before it in its line.
    pub(super) fn seal(&self, issued: Timestamp) -> Result<String, Error> {
        let config = self.exit.config;
        let (plain, binding) = (&self.payload.bytes, self.exit.binding());
        let line = self.exit.carrier.begin(&self.chunks);
        config.sealer.seal(plain, issued, binding, line)
    }

    /// Seals the payload and returns the lines that carry it.
    pub(super) fn lines(
        &self,
        came: &Incoming,
        issued: Timestamp,
    ) -> Result<Vec<HeaderChange>, Error> {
        let (text, exit) = (self.seal(issued)?, self.exit);
        Ok(exit.carrier.set(text, &self.chunks, exit.max_age, came))
    }

    /// Returns its sizes; `held` is the token that it takes the place of, if it is the same session.
    pub(crate) fn write_size(&self, held: Option<&Held>) -> WriteSize<'c> {
        let (carrier, chunks, max_age) = (self.exit.carrier, &self.chunks, self.exit.max_age);
        let (bytes, budget) = (chunks.bytes(), carrier.budget());
        let is_near = |held: &Held| match carrier.fit(held.text as usize, max_age) {
            Ok(chunks) => chunks.bytes() > budget.warning_limit(),
            Err(_) => true,
        };
        WriteSize {
            bytes,
            cookies: chunks.count(),
            budget,
            is_stored: self.is_stored,
            was_near: bytes > budget.warning_limit() && held.is_some_and(is_near),
            field_bytes: carrier.field_bytes(chunks, max_age),
        }
    }

    /// Returns the pieces: their names, and the bytes of their lines.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = (&str, usize)> {
        let names = self.exit.carrier.names().into_iter();
        names.zip(self.chunks.lines().iter().copied())
    }

    /// Counts the bytes of attributes that would still fit.
    pub(crate) fn room(&self, record: &Record) -> usize {
        let in_store = self.exit.room_in_store(record.attributes.length());
        match self.is_stored {
            false => {
                let content = self.payload.content + record.spare();
                self.exit.room(content).max(in_store)
            }
            true => in_store,
        }
    }
}

impl Config {
    /// Refuses a secret in a session that its holder can read.
    pub(super) fn check_keeps_secrets(&self, entry: &Entry<'_>) -> Result<(), Error> {
        match self.sealer.format() {
            Format::Signed if entry.is_secret() => Err(Error::not_permitted(format!(
                "`{}` is secret, and this session is signed and not encrypted: whoever holds the \
                 cookie can read it",
                String::from_utf8_lossy(entry.name)
            ))),
            _ => Ok(()),
        }
    }
}

/// Makes a record of an attribute and those `beside` it: most often that is what the commit packs. Returns `None` if
/// there are no others, or if they are longer than it: no series of inserts is to cost the square of its length.
fn to_measure_beside(placed: &Placed<'_>, beside: &Attributes) -> Option<Record> {
    let name = placed.entry.name;
    let others = beside.iter().filter(|other| other.name != name);
    let bytes: usize = others.map(|other| other.size()).sum();
    if bytes == 0 || bytes > placed.entry.size() {
        return None;
    }
    let mut all = beside.clone();
    all.put(placed);
    Some(Record::to_measure(all))
}

/// Counts the bytes of a `Cookie` field with cookies that take `field_bytes`, and with `others`.
pub(crate) fn request_bytes(field_bytes: usize, others: Tally) -> usize {
    (field_bytes + others.bytes).saturating_sub(PAIR_END)
}

/// Bytes of the payload of a renewed session, without attributes, subject and padding.
const EMPTY_PAYLOAD: usize = 22;

/// Bytes by which the lengths of a payload's regions can grow: that of the open one to three, and that of the secret one
/// from none to three.
const LENGTHS: usize = 5;

/// Returns the largest attributes, with their sizes before compression.
pub(crate) fn largest(record: &Record, most: usize) -> Vec<AttributeSize> {
    let size = |entry: Entry<'_>| AttributeSize {
        name: String::from_utf8_lossy(entry.name).into_owned(),
        bytes: entry.size(),
    };
    let mut all: Vec<AttributeSize> = record.attributes.iter().map(size).collect();
    all.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.name.cmp(&b.name)));
    all.truncate(most);
    all
}
