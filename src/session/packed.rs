//! A record within its budget, or by how much it is not.

use super::context::{Context, Family};
use super::outgoing::left_over;
use super::size::Size;
use crate::cookie::{Chunks, Jar, Overflow, PAIR_END, Tally, split};
use crate::error::{Error, Measure, Oversize};
use crate::lifetime::Timestamp;
use crate::payload::{Entry, PADDING, Packing, Payload, Record, UNPACKED_MAX};
use crate::seal::{Format, text_length};

/// A record within its budget, not yet sealed.
pub(super) struct Packed {
    payload: Payload,
    chunks: Chunks,
    max_age: Option<u64>,
    /// Bytes of a line's attributes.
    tail: usize,
}

impl Packed {
    /// `max_age` is that of the cookies, in seconds.
    pub(super) fn of(
        context: &Context,
        record: &Record,
        max_age: Option<u64>,
    ) -> Result<Packed, Error> {
        if let Some(secret) = record.attributes.iter().find(Entry::is_secret) {
            context.check_keeps_secrets(&secret)?;
        }
        Packed::measured(context, record, max_age).map_err(|mut oversize| {
            oversize.largest = largest(record, 3);
            Error::too_large(oversize).of_cookie(context.family.names.base())
        })
    }

    fn measured(
        context: &Context,
        record: &Record,
        max_age: Option<u64>,
    ) -> Result<Packed, Oversize> {
        let tail = context.family.renderer.tail(max_age);
        let cookies = |length| match context.chunks(length, tail) {
            Ok(chunks) => chunks.count(),
            Err(_) => usize::MAX,
        };
        let packing = Packing {
            compression: context.compression,
            cookies: &cookies,
        };
        let payload = record.encode(packing).map_err(|over| {
            let allowed = UNPACKED_MAX;
            Oversize::new(Measure::Unpacked, over.0, allowed)
        })?;
        let budget = &context.budget;
        let chunks = context.chunks(payload.bytes.len(), tail);
        let chunks = chunks.map_err(|overflow| match overflow {
            Overflow::Total(needed) => Oversize::new(Measure::Total, needed, budget.total_limit()),
            Overflow::Cookies(needed) => {
                Oversize::new(Measure::Cookies, needed, budget.cookie_limit())
            }
        })?;
        Ok(Packed {
            payload,
            chunks,
            max_age,
            tail,
        })
    }

    pub(super) fn size(&self, context: &Context, record: &Record, jar: &Jar) -> Size {
        let names = context.family.names.chunks().map(str::to_owned);
        Size {
            lines: names.zip(self.chunks.lines().iter().copied()).collect(),
            request_bytes: self.request_bytes(jar),
            room: context.room(self.tail, self.payload.content),
            budget: context.budget,
            others: jar.others(),
            attributes: largest(record, usize::MAX),
        }
    }

    /// Bytes of all `Set-Cookie` values.
    pub(super) fn bytes(&self) -> usize {
        self.chunks.bytes()
    }

    /// Bytes of the `Cookie` field that a browser sends from now on, if it still has the other
    /// cookies that came along.
    fn request_bytes(&self, jar: &Jar) -> usize {
        request_bytes(self.pairs(), jar.others())
    }

    /// Bytes that its cookies take in a `Cookie` field, with what stands between cookies.
    pub(super) fn pairs(&self) -> usize {
        let pair = |line: &usize| line - self.tail + PAIR_END;
        self.chunks.lines().iter().map(pair).sum()
    }

    /// The lines that set the session, and those that remove what it no longer needs.
    pub(super) fn lines(
        &self,
        context: &Context,
        jar: &Jar,
        issued: Timestamp,
    ) -> Result<Vec<String>, Error> {
        let Family {
            renderer,
            names,
            binding,
            ..
        } = &context.family;
        let text = context.sealer.seal(&self.payload.bytes, issued, binding)?;
        let values = split(&text, &self.chunks);
        let set = names
            .chunks()
            .zip(values)
            .map(|(name, value)| renderer.set(name, &value, self.max_age));
        Ok(set
            .chain(left_over(context, jar, self.chunks.count()))
            .collect())
    }
}

impl Size {
    /// Where there is no session; `max_age` is that of one which would begin now.
    pub(super) fn nothing(context: &Context, jar: &Jar, max_age: Option<u64>) -> Size {
        let tail = context.family.renderer.tail(max_age);
        Size {
            lines: Vec::new(),
            request_bytes: request_bytes(0, jar.others()),
            room: context.room(tail, HEAD),
            budget: context.budget,
            others: jar.others(),
            attributes: Vec::new(),
        }
    }
}

impl Context {
    /// The cookies of a payload of `length` bytes.
    fn chunks(&self, length: usize, tail: usize) -> Result<Chunks, Overflow> {
        let text = text_length(self.sealer.format(), length);
        Chunks::of(text, &self.family.names, tail, &self.budget)
    }

    /// Bytes that fit beside a payload's `content`.
    fn room(&self, tail: usize, content: usize) -> usize {
        let (mut fits, mut over) = (0, self.budget.total_limit());
        while over - fits > 1 {
            let middle = fits.midpoint(over);
            match self.chunks(middle, tail) {
                Ok(_) => fits = middle,
                Err(_) => over = middle,
            }
        }
        (fits / PADDING * PADDING).saturating_sub(content + LENGTHS)
    }

    /// Refuses an attribute with which no session could be sent, however little else it holds.
    pub(super) fn check_fits(&self, entry: &Entry<'_>, max_age: Option<u64>) -> Result<(), Error> {
        let tail = self.family.renderer.tail(max_age);
        let size = entry.size();
        if self
            .chunks((HEAD + LENGTHS + size).next_multiple_of(PADDING), tail)
            .is_ok()
        {
            return Ok(());
        }
        let alone = Record::to_measure(entry);
        let fits = Packed::measured(self, &alone, max_age).map(drop);
        fits.map_err(|mut oversize| {
            oversize.largest = largest(&alone, 1);
            oversize.is_alone = true;
            Error::too_large(oversize).of_cookie(self.family.names.base())
        })
    }

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

/// Bytes of a `Cookie` field with cookies that take `pairs` bytes, and with `others`.
pub(super) fn request_bytes(pairs: usize, others: Tally) -> usize {
    (pairs + others.bytes).saturating_sub(PAIR_END)
}

/// Bytes of a payload without attributes, subject and padding.
const HEAD: usize = 24;

/// Bytes by which the lengths of a payload's regions can grow.
const LENGTHS: usize = 5;

/// The largest attributes, with their sizes before compression.
fn largest(record: &Record, most: usize) -> Vec<(String, usize)> {
    let named = |name: &[u8]| String::from_utf8_lossy(name).into_owned();
    let mut all: Vec<(String, usize)> = record
        .attributes
        .iter()
        .map(|entry| (named(entry.name), entry.size()))
        .collect();
    all.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    all.truncate(most);
    all
}
