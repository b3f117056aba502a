//! What an operator is told once it is certain that a response carries what was written.

use super::packed::{Packed, request_bytes};
use super::state::State;
use super::{Context, Inner, Outcome, Session};
use crate::cookie::{Jar, Tally};
use crate::error::Refusal;
use crate::event::Event;

/// A session that was written, in numbers.
#[derive(Clone, Copy)]
pub(crate) struct Written {
    /// Bytes of all `Set-Cookie` values, or of the token elsewhere.
    bytes: usize,
    /// Above which that is worth a word.
    warn_above: usize,
    /// Bytes that its cookies take in the next request.
    pairs: usize,
    /// What came along and is not of this session.
    others: Tally,
    /// Why the cookie was refused that it goes over.
    refusal: Option<Refusal>,
}

impl Written {
    pub(super) fn of(context: &Context, state: &State, packed: &Packed<'_>, jar: &Jar) -> Written {
        Written {
            bytes: packed.bytes(),
            warn_above: packed.budget(context).warning_limit(),
            pairs: packed.pairs(),
            others: jar.others(),
            refusal: state.refusal,
        }
    }
}

/// Reports what one response does to all sessions of its request. The first one speaks for the
/// request: it has one `Cookie` field.
pub(crate) fn report<'s>(said: impl Iterator<Item = (&'s Session, &'s Outcome)> + Clone) {
    let written = said
        .clone()
        .enumerate()
        .filter_map(|(at, (session, outcome))| Some((at, session, outcome.written?)));
    for (_, session, written) in written.clone() {
        session.inner.report(written);
    }
    let mut written = written;
    let (Some((at, _, one)), Some((first, _))) = (written.next(), said.clone().next()) else {
        return;
    };
    // What is not of one session, without what is of the others.
    let siblings = said.clone().enumerate().filter(|(other, _)| *other != at);
    let foreign = siblings.fold(one.others, |others, (_, (sibling, _))| {
        others.without(sibling.came())
    });
    let pairs = said.map(|(session, outcome)| match outcome.written {
        Some(written) => written.pairs,
        None if outcome.asked => 0,
        None => session.came().bytes,
    });
    first.report_crowd(request_bytes(pairs.sum(), foreign), foreign.cookies);
}

impl Session {
    /// The cookies that came along under this session's names.
    fn came(&self) -> Tally {
        self.lock().jar.own()
    }

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
