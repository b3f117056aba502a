//! What an operator is told once it is certain that a response carries what was written.

use super::packed::{Packed, request_bytes};
use super::state::State;
use super::{Context, Session};
use crate::cookie::Tally;
use crate::error::Refusal;
use crate::event::{Note, Notes};
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

    /// Notes what concerns one session only.
    pub(super) fn note(self, notes: &mut Notes) {
        let overwritten = self.refusal.filter(|refusal| refusal.may_live_elsewhere());
        notes.extend(overwritten.map(Note::Overwrote));
        let Written {
            bytes, warn_above, ..
        } = self;
        if bytes > warn_above {
            notes.push(Note::NearBudget { bytes, warn_above });
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
        session.inner.locked(|slot| {
            // Nobody made up for it, and no page says so.
            let refused = slot.refused.take();
            slot.notes
                .extend(refused.map(|refused| Note::NotStored(refused.1)));
            if let Some(written) = slot.written {
                written.note(&mut slot.notes);
            }
            let jar = &slot.jar;
            if jar.source() != Source::Cookie {
                return; // Its jar knows nothing of that field.
            }
            let families = session.inner.context.families();
            let own = jar.own(families.map(|(_, family)| &family.names));
            came = came.with(own);
            pairs += match slot.written {
                Some(written) => {
                    whole = Some(own.with(jar.others()));
                    written.pairs
                }
                None if asked => 0,
                None => own.bytes,
            };
        });
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
            context.observer.tell(&Note::CrowdedRequest {
                bytes,
                others,
                warn_above,
            });
        }
    }
}
