//! What stands around a token when it is sent, and so how long it may be.

use super::context::Context;
use crate::cookie::{Budget, Chunks, Overflow};
use crate::error::{Measure, Oversize};
use crate::seal::text_length;
use crate::transport::{Field, LINK_MAX, Source};

/// What stands around a token when it is sent.
#[derive(Clone, Copy)]
pub(super) enum Frame<'a> {
    /// Cookies; `tail` bytes of each line are attributes.
    Cookies { max_age: Option<u64>, tail: usize },
    /// One header field.
    Field(&'a Field),
    /// A link, under this parameter.
    Link(&'a str),
}

impl<'a> Frame<'a> {
    /// The frame of a session that is answered in the way it came. `max_age` is that of its
    /// cookies, in seconds.
    pub(super) fn of(context: &'a Context, source: Source, max_age: Option<u64>) -> Frame<'a> {
        let transport = &context.transport;
        match (source, transport.in_field(), transport.in_links()) {
            (Source::Header, Some(field), _) => Frame::Field(field),
            (Source::Url, _, Some(parameter)) => Frame::Link(parameter),
            _ => Frame::Cookies {
                max_age,
                tail: context.family.renderer.tail(max_age),
            },
        }
    }

    /// The pieces of a payload of `length` bytes.
    pub(super) fn chunks(self, context: &Context, length: usize) -> Result<Chunks, Overflow> {
        let text = text_length(context.sealer.format(), length);
        let before = match self {
            Frame::Cookies { tail, .. } => {
                return Chunks::of(text, &context.family.names, tail, &context.budget);
            }
            Frame::Field(field) => field.response().len() + ": ".len(),
            Frame::Link(parameter) => "?".len() + parameter.len() + "=".len(),
        };
        Chunks::whole(text, before, self.budget(context).total_limit())
    }

    /// The budget that counts. A link has the least room.
    pub(super) fn budget(self, context: &Context) -> Budget {
        let budget = context.budget;
        match self {
            Frame::Cookies { .. } => budget,
            Frame::Field(_) => budget.cookies(1),
            Frame::Link(_) => {
                let total = budget.total_limit().min(LINK_MAX);
                budget.cookies(1).total(total).warn_above(total / 5 * 4)
            }
        }
    }

    /// Why a payload was not cut into pieces.
    pub(super) fn oversize(self, overflow: Overflow, context: &Context) -> Oversize {
        let budget = self.budget(context);
        match overflow {
            Overflow::Cookies(needed) => {
                Oversize::new(Measure::Cookies, needed, budget.cookie_limit())
            }
            Overflow::Total(needed) => {
                let measure = match self {
                    Frame::Cookies { .. } => Measure::Total,
                    Frame::Field(_) => Measure::Field,
                    Frame::Link(_) => Measure::Link,
                };
                let mut oversize = Oversize::new(measure, needed, budget.total_limit());
                if measure != Measure::Link {
                    oversize.reserved = budget.reserved();
                }
                oversize
            }
        }
    }

    /// The names of the pieces, in order.
    pub(super) fn names(self, context: &'a Context) -> Vec<&'a str> {
        match self {
            Frame::Cookies { .. } => context.family.names.chunks().collect(),
            Frame::Field(field) => vec![field.response()],
            Frame::Link(parameter) => vec![parameter],
        }
    }
}
