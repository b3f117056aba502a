//! What an operator is told once it is certain that a response carries what was written.

use super::packed::{Packed, request_bytes};
use super::state::State;
use super::{Context, Inner, Session, Slot};
use crate::cookie::Tally;
use crate::error::Refusal;
use crate::event::Event;
use crate::transport::Source;

/// A session that was written, in numbers.
#[derive(Clone, Copy)]
pub(super) struct Written {
    /// Bytes of all `Set-Cookie` values, or of the token elsewhere.
    bytes: usize,
    /// Above which that is worth a word.
    warn_above: usize,
    /// Bytes that its cookies take in the next request.
    pairs: usize,
    /// Why the cookie was refused that it goes over.
    refusal: Option<Refusal>,
}

impl Written {
    pub(super) fn of(context: &Context, state: &State, packed: &Packed<'_>) -> Written {
        Written {
            bytes: packed.bytes(),
            warn_above: packed.budget(context).warning_limit(),
            pairs: packed.pairs(),
            refusal: state.refusal,
        }
    }
}

/// Reports what one response writes of the sessions of its request, each with whether its lines were
/// asked for. The first one speaks for the request: it has one `Cookie` field.
pub(crate) fn report<'s>(said: impl Iterator<Item = (&'s Session, bool)>) {
    let (mut first, mut whole) = (None, None);
    let (mut pairs, mut came) = (0, Tally::default());
    for (session, asked) in said {
        first.get_or_insert(session);
        let Slot { jar, written, .. } = &*session.lock();
        if let Some(written) = written {
            session.inner.report(*written);
        }
        if jar.source() != Source::Cookie {
            continue; // Its jar knows nothing of that field.
        }
        let families = session.inner.context.families();
        let own = jar.own(families.map(|(_, family)| &family.names));
        came = came.with(own);
        pairs += match written {
            Some(written) => {
                whole = Some(own.with(jar.others()));
                written.pairs
            }
            None if asked => 0,
            None => own.bytes,
        };
    }
    if let (Some(first), Some(whole)) = (first, whole) {
        let foreign = whole.without(came);
        first.report_crowd(request_bytes(pairs, foreign), foreign.cookies);
    }
}

impl Session {
    fn report_crowd(&self, bytes: usize, others: usize) {
        let context = &self.inner.context;
        let warn_above = context.budget.request_warning_limit();
        if bytes > warn_above {
            context.observer.tell(&Event::CrowdedRequest {
                bytes,
                others,
                warn_above,
            });
        }
    }
}

impl Inner {
    /// Reports what concerns one session only.
    pub(super) fn report(&self, written: Written) {
        let observer = &self.context.observer;
        let overwritten = written
            .refusal
            .filter(|refusal| refusal.may_live_elsewhere());
        if let Some(refusal) = overwritten {
            observer.tell(&Event::Overwrote { refusal });
        }
        let Written {
            bytes, warn_above, ..
        } = written;
        if bytes > warn_above {
            observer.tell(&Event::NearBudget { bytes, warn_above });
        }
    }
}
