//! What stands around a token when it is sent, and so how long it may be.

use super::context::Context;
use crate::cookie::{Budget, Chunks, Overflow};
use crate::error::{Measure, Oversize};
use crate::seal::text_length;
use crate::transport::{Field, Source};

/// What stands around a token when it is sent.
#[derive(Clone, Copy)]
pub(super) enum Frame<'a> {
    /// Cookies; `tail` bytes of each line are attributes.
    Cookies { max_age: Option<u64>, tail: usize },
    /// One header field.
    Field(&'a Field),
}

impl<'a> Frame<'a> {
    /// The frame of a session that is answered in the way it came. `max_age` is that of its
    /// cookies, in seconds.
    pub(super) fn of(context: &'a Context, source: Source, max_age: Option<u64>) -> Frame<'a> {
        match context.field(source) {
            Some(field) => Frame::Field(field),
            None => Frame::Cookies {
                max_age,
                tail: context.family.renderer.tail(max_age),
            },
        }
    }

    /// The pieces of a payload of `length` bytes.
    pub(super) fn chunks(self, context: &Context, length: usize) -> Result<Chunks, Overflow> {
        let text = text_length(context.sealer.format(), length);
        let budget = &context.budget;
        match self {
            Frame::Cookies { tail, .. } => Chunks::of(text, &context.family.names, tail, budget),
            Frame::Field(field) => {
                let before = field.response().len() + ": ".len();
                Chunks::whole(text, before, budget.total_limit())
            }
        }
    }

    /// Why a payload was not cut into pieces.
    pub(super) fn oversize(self, overflow: Overflow, budget: &Budget) -> Oversize {
        match overflow {
            Overflow::Cookies(needed) => {
                Oversize::new(Measure::Cookies, needed, budget.cookie_limit())
            }
            Overflow::Total(needed) => {
                let measure = match self {
                    Frame::Cookies { .. } => Measure::Total,
                    Frame::Field(_) => Measure::Field,
                };
                Oversize::new(measure, needed, budget.total_limit())
            }
        }
    }

    /// The names of the pieces, in order.
    pub(super) fn names(self, context: &'a Context) -> Vec<&'a str> {
        match self {
            Frame::Cookies { .. } => context.family.names.chunks().collect(),
            Frame::Field(field) => vec![field.response()],
        }
    }
}
