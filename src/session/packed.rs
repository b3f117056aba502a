//! A record within its budget, or by how much it is not.

use super::context::{Context, Family};
use super::frame::Frame;
use super::line::Line;
use super::outgoing::{left_over, left_over_touch};
use super::size::Size;
use crate::cookie::{Budget, Chunks, Jar, PAIR_END, Tally, split};
use crate::error::{AttributeSize, Error, Measure, Oversize};
use crate::lifetime::Timestamp;
use crate::payload::{Entry, PADDING, Packing, Payload, Record, UNPACKED_MAX};
use crate::seal::Format;
use crate::transport::Source;

/// A record within its budget, not yet sealed.
pub(super) struct Packed<'a> {
    payload: Payload,
    chunks: Chunks,
    frame: Frame<'a>,
}

impl<'a> Packed<'a> {
    pub(super) fn of(
        context: &Context,
        record: &Record,
        frame: Frame<'a>,
    ) -> Result<Packed<'a>, Error> {
        if let Some(secret) = record.attributes.iter().find(Entry::is_secret) {
            context.check_keeps_secrets(&secret)?;
        }
        Packed::measured(context, record, frame).map_err(|mut oversize| {
            oversize.largest = largest(record, 3);
            Error::too_large(oversize).of_cookie(context.family.names.base())
        })
    }

    fn measured(
        context: &Context,
        record: &Record,
        frame: Frame<'a>,
    ) -> Result<Packed<'a>, Oversize> {
        let cookies = |length| match frame.chunks(context, length) {
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
        let chunks = frame.chunks(context, payload.bytes.len());
        let chunks = chunks.map_err(|overflow| frame.oversize(overflow, context))?;
        Ok(Packed {
            payload,
            chunks,
            frame,
        })
    }

    pub(super) fn size(&self, context: &Context, record: &Record, jar: &Jar) -> Size {
        let names = self.frame.names(context).into_iter().map(str::to_owned);
        Size {
            lines: names.zip(self.chunks.lines().iter().copied()).collect(),
            request_bytes: self.request_bytes(jar),
            room: context.room(self.frame, self.payload.content),
            budget: self.budget(context),
            others: jar.others(),
            attributes: largest(record, usize::MAX),
        }
    }

    /// The budget that it is within.
    pub(super) fn budget(&self, context: &Context) -> Budget {
        self.frame.budget(context)
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
        match self.frame {
            Frame::Cookies { tail, .. } => {
                let lines = self.chunks.lines().iter();
                lines.map(|line| line - tail + PAIR_END).sum()
            }
            Frame::Field(_) | Frame::Link(_) => 0,
        }
    }

    /// The lines that set the session, and those that remove what it no longer needs.
    pub(super) fn lines(
        &self,
        context: &Context,
        jar: &Jar,
        issued: Timestamp,
    ) -> Result<Vec<Line>, Error> {
        let text = self.text(context, jar.source(), issued)?;
        let max_age = match self.frame {
            Frame::Cookies { max_age, .. } => max_age,
            Frame::Field(field) => {
                let set = std::iter::once(Line::field(field.response(), text));
                return Ok(set.chain(left_over_touch(field, jar)).collect());
            }
            // It stands in the links already.
            Frame::Link(_) => return Ok(Vec::new()),
        };
        let Family {
            renderer, names, ..
        } = &context.family;
        let values = split(&text, &self.chunks);
        let most = context.budget.removals(context.families().count());
        let set = names
            .chunks()
            .zip(values)
            .map(|(name, value)| renderer.set(name, &value, max_age));
        Ok(set
            .chain(left_over(context, jar, self.chunks.count()).take(most))
            .map(Line::Cookie)
            .collect())
    }
}

impl Packed<'_> {
    /// The token.
    pub(super) fn text(
        &self,
        context: &Context,
        source: Source,
        issued: Timestamp,
    ) -> Result<String, Error> {
        let binding = context.family.binding_in(source);
        context.sealer.seal(&self.payload.bytes, issued, binding)
    }
}

impl Size {
    /// Where there is no session; `frame` is that of one which would begin now.
    pub(super) fn nothing(context: &Context, jar: &Jar, frame: Frame<'_>) -> Size {
        Size {
            lines: Vec::new(),
            request_bytes: request_bytes(0, jar.others()),
            room: context.room(frame, HEAD),
            budget: frame.budget(context),
            others: jar.others(),
            attributes: Vec::new(),
        }
    }
}

impl Context {
    /// Bytes that fit beside a payload's `content`.
    fn room(&self, frame: Frame<'_>, content: usize) -> usize {
        let (mut fits, mut over) = (0, self.budget.total_limit());
        while over - fits > 1 {
            let middle = fits.midpoint(over);
            match frame.chunks(self, middle) {
                Ok(_) => fits = middle,
                Err(_) => over = middle,
            }
        }
        (fits / PADDING * PADDING).saturating_sub(content + LENGTHS)
    }

    /// Refuses an attribute with which no session could be sent, however little else it holds.
    pub(super) fn check_fits(&self, entry: &Entry<'_>, frame: Frame<'_>) -> Result<(), Error> {
        let length = (HEAD + LENGTHS + entry.size()).next_multiple_of(PADDING);
        if frame.chunks(self, length).is_ok() {
            return Ok(());
        }
        let alone = Record::to_measure(entry);
        let fits = Packed::measured(self, &alone, frame).map(drop);
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
pub(super) fn largest(record: &Record, most: usize) -> Vec<AttributeSize> {
    let named = |name: &[u8]| String::from_utf8_lossy(name).into_owned();
    let mut all: Vec<AttributeSize> = record
        .attributes
        .iter()
        .map(|entry| AttributeSize {
            name: named(entry.name),
            bytes: entry.size(),
        })
        .collect();
    all.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.name.cmp(&b.name)));
    all.truncate(most);
    all
}
