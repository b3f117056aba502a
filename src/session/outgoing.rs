//! From a record to the lines that a response carries.

use super::arrival::Held;
use super::context::{Context, Family};
use super::size::Size;
use crate::cookie::{Chunks, Jar, Overflow, split};
use crate::error::{Error, Measure, Oversize};
use crate::lifetime::Timestamp;
use crate::payload::{Record, UNPACKED_MAX};
use crate::seal::text_length;

/// A record within its budget, not yet sealed.
pub(super) struct Packed {
    payload: Vec<u8>,
    chunks: Chunks,
    max_age: Option<u64>,
}

impl Packed {
    /// `max_age` is that of the cookies, in seconds.
    pub(super) fn of(
        context: &Context,
        record: &Record,
        max_age: Option<u64>,
    ) -> Result<Packed, Error> {
        let too_large = |measure, needed, allowed| {
            Error::too_large(Oversize {
                measure,
                needed,
                allowed,
                largest: largest(record, 3),
            })
        };
        let payload = record
            .encode()
            .map_err(|over| too_large(Measure::Unpacked, over.0, UNPACKED_MAX))?;
        let Context { budget, family, .. } = context;
        let length = text_length(context.sealer.format(), payload.len());
        let tail = family.spec.tail(max_age).len();
        let chunks = Chunks::of(length, &family.names, tail, budget);
        let chunks = chunks.map_err(|overflow| match overflow {
            Overflow::Total(needed) => too_large(Measure::Total, needed, budget.total_limit()),
            Overflow::Cookies(needed) => too_large(Measure::Cookies, needed, budget.cookie_limit()),
        })?;
        Ok(Packed {
            payload,
            chunks,
            max_age,
        })
    }

    pub(super) fn size(&self, context: &Context, record: &Record) -> Size {
        Size {
            lines: {
                let names = context.family.names.chunks().map(str::to_owned);
                names.zip(self.chunks.lines().iter().copied()).collect()
            },
            budget: context.budget,
            attributes: largest(record, usize::MAX),
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.chunks.bytes()
    }

    /// The lines that set the session, and those that remove what it no longer needs.
    pub(super) fn lines(
        &self,
        context: &Context,
        jar: &Jar,
        issued: Timestamp,
    ) -> Result<Vec<String>, Error> {
        let Family {
            spec,
            names,
            binding,
        } = &context.family;
        let text = context.sealer.seal(&self.payload, issued, binding)?;
        let values = split(&text, &self.chunks);
        let set = names
            .chunks()
            .zip(&values)
            .map(|(name, value)| spec.set(name, value, self.max_age));
        Ok(set
            .chain(left_over(context, jar, self.chunks.count()))
            .collect())
    }
}

/// The lines that remove the cookies that came along, touches included, but for the first `kept` of
/// the own family.
fn left_over(context: &Context, jar: &Jar, kept: usize) -> impl Iterator<Item = String> {
    context.families().flat_map(move |(at, family)| {
        let kept = if at == 0 { kept } else { 0 };
        let came = move |&(index, _): &(usize, &str)| index >= kept && jar.has(at, index);
        let chunks = family.names.chunks().enumerate().filter(came);
        let touch = jar.touches(at).next().map(|_| family.names.touch());
        chunks
            .map(|(_, name)| name)
            .chain(touch)
            .map(|name| family.spec.remove(name))
    })
}

/// The lines that end a session: the base cookie goes even if it did not come along.
pub(super) fn farewell(context: &Context, jar: &Jar) -> Vec<String> {
    let Family { spec, names, .. } = &context.family;
    std::iter::once(spec.remove(names.base()))
        .chain(left_over(context, jar, 1))
        .collect()
}

/// The lines that keep `ended` from coming back by a response that is under way.
pub(super) fn tombstones(
    context: &Context,
    jar: &Jar,
    ended: &[Held],
    now: Timestamp,
) -> Vec<String> {
    let afterlife = |held: &Held| context.lifetime.afterlife(&held.times(held.used()), now);
    let Some(max_age) = ended.iter().map(afterlife).max() else {
        return Vec::new();
    };
    let bury = |(at, family): (usize, &Family)| {
        let Family { spec, names, .. } = family;
        let came: Vec<&[u8]> = jar.tombstones(at).collect();
        let add = |text: String, held: &Held| {
            let earlier = std::iter::once(text.as_bytes()).chain(came.iter().copied());
            let (sign_in, key) = (held.id.sign_in(), held.imprint.key());
            let sealer = &context.sealer;
            sealer.tombstones(sign_in, key, &family.binding, earlier, now)
        };
        // Each goes in front of those before it.
        let text = ended.iter().fold(String::new(), add);
        spec.set(names.tombstone(), &text, Some(max_age))
    };
    // Under a former name, too: nodes that do not know of the rename may be about to write it.
    context.families().map(bury).collect()
}

/// The lines that expire what may be left in the scopes of a former configuration.
pub(super) fn former_scopes(context: &Context, jar: &Jar) -> Vec<String> {
    let mut lines = Vec::new();
    for scope in &context.former_scopes {
        for (at, family) in context.families() {
            let spec = family.spec.rescoped(scope);
            if spec.check().is_err() {
                continue;
            }
            let chunks = family.names.chunks().enumerate();
            let wanted = chunks.filter(|(index, _)| *index == 0 || jar.has(at, *index));
            let touch = jar.touches(at).next().map(|_| family.names.touch());
            let wanted = wanted.map(|(_, name)| name).chain(touch);
            lines.extend(wanted.map(|name| spec.remove(name)));
        }
    }
    lines
}

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
