//! From a record to the lines that a response carries.

use super::context::Context;
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
}

impl Packed {
    pub(super) fn of(context: &Context, record: &Record) -> Result<Packed, Error> {
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
        let Context {
            budget,
            sealer,
            names,
            family,
            ..
        } = context;
        let length = text_length(sealer.format(), payload.len());
        let chunks = names.first().map_or(Err(Overflow::Cookies(0)), |names| {
            Chunks::of(length, names, family.spec.attributes().len(), budget)
        });
        let chunks = chunks.map_err(|overflow| match overflow {
            Overflow::Total(needed) => too_large(Measure::Total, needed, budget.total_limit()),
            Overflow::Cookies(needed) => too_large(Measure::Cookies, needed, budget.cookie_limit()),
        })?;
        Ok(Packed { payload, chunks })
    }

    pub(super) fn size(&self, context: &Context, record: &Record) -> Size {
        Size {
            bytes: self.chunks.bytes,
            cookies: self.chunks.count(),
            budget: context.budget,
            attributes: largest(record, usize::MAX),
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.chunks.bytes
    }

    /// The lines that set the session, and those that remove chunks it no longer needs.
    pub(super) fn lines(
        &self,
        context: &Context,
        jar: &Jar,
        issued: Timestamp,
    ) -> Result<Vec<String>, Error> {
        let text = context
            .sealer
            .seal(&self.payload, issued, &context.family.binding)?;
        let mut lines = Vec::with_capacity(self.chunks.count());
        for (at, family, names) in context.families() {
            if at == 0 {
                let values = split(&text, &self.chunks);
                let set =
                    |(index, value): (usize, &String)| family.spec.set(names.chunk(index), value);
                lines.extend(values.iter().enumerate().map(set));
            }
            let kept = if at == 0 { self.chunks.count() } else { 0 };
            let left_over = names.all().enumerate().skip(kept);
            lines.extend(
                left_over
                    .filter(|(index, _)| jar.has(at, *index))
                    .map(|(_, name)| family.spec.remove(name)),
            );
        }
        Ok(lines)
    }
}

/// The lines that remove every cookie of the session that came along, and the base cookie even if
/// it did not.
pub(super) fn removals(context: &Context, jar: &Jar) -> Vec<String> {
    let mut lines = Vec::new();
    for (at, family, names) in context.families() {
        let wanted = |index| (at == 0 && index == 0) || jar.has(at, index);
        let wanted = names.all().enumerate().filter(|(index, _)| wanted(*index));
        lines.extend(wanted.map(|(_, name)| family.spec.remove(name)));
    }
    lines
}

/// The lines that expire what may be left in the scopes of a former configuration.
pub(super) fn former_scopes(context: &Context, jar: &Jar) -> Vec<String> {
    let mut lines = Vec::new();
    for scope in &context.former_scopes {
        for (at, family, names) in context.families() {
            let spec = family.spec.rescoped(scope);
            if spec.check().is_err() {
                continue;
            }
            let wanted = names
                .all()
                .enumerate()
                .filter(|(index, _)| *index == 0 || jar.has(at, *index));
            lines.extend(wanted.map(|(_, name)| spec.remove(name)));
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
