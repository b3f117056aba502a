//! The session of one slot in one request, as the lock keeps it.

use super::config::{Config, SlotList};
use super::depot::Depot;
use super::opening::{Deposited, open};
use super::revoking::Revoking;
use super::state::{Change, SessionState};
use crate::carrier::{Incoming, LinkUse};
use crate::cookie::CookieSpec;
use crate::error::Error;
use crate::head::{CookieLine, RequestHead};
use crate::lifetime::Timestamp;
use crate::payload::Compressed;
use crate::revocation::{Heard, Revocation};

/// The session of one slot.
pub(super) struct SlotState {
    pub(super) came: Incoming,
    /// `None` until the session is first looked at. Most requests never do.
    pub(super) session: Option<SessionState>,
    /// `None` if no link carries the session.
    pub(super) links: Option<Box<LinkUse>>,
    /// `None` in nearly every request, which moves a slot and drops it.
    pub(super) seldom: Option<Box<Seldom>>,
    pub(super) usage: Usage,
    /// Whether the response has something of the session's in it that nobody else may see.
    pub(super) is_told: bool,
    /// About how many of the sessions that came this request asked itself, and did not hear another's answer.
    pub(super) asked: u8,
    /// How many changes the table of revocations had seen when the request began.
    changes: u32,
}

/// What carries the session, and the use of links.
type Carried = (Incoming, Option<Box<LinkUse>>);

/// What few requests have of a slot.
#[derive(Default)]
pub(super) struct Seldom {
    /// The value that was refused last, until its attribute has another one.
    refused: Option<RefusedValue>,
    /// What is known of attributes that are stored elsewhere.
    depot: Depot,
    /// What a compressor made last at an insert.
    compressed: Option<Compressed>,
    /// What the request revoked, where it had heard of all that was revoked of the same target before.
    revoked: Vec<Revocation>,
}

/// A value with which no session could be sent.
struct RefusedValue {
    attribute: String,
    error: Error,
}

/// Whether a request counts as a use of its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Usage {
    Active,
    Passive,
}

impl SlotState {
    /// Reads what carries the session, and opens nothing.
    #[inline]
    pub(super) fn read<'a>(
        slots: &SlotList,
        config: &Config,
        lines: impl IntoIterator<Item: CookieLine<'a>>,
        request: &RequestHead<'_, ()>,
    ) -> Carried {
        let spec = &config.carriers.cookies().own().spec;
        match spec.is_development() && !is_served(spec, request) {
            true => (Incoming::Barred(request.host_name()), None),
            // Which requests of other origins are served is said by the main slot for all.
            false => config
                .carriers
                .read(lines, request, &slots.main().cross_origin),
        }
    }

    /// Begins a slot. Apart from [`read`](SlotState::read), so that it is made where it stays: a request moves
    /// what came, and not the room for a session that nobody looked at.
    #[inline]
    pub(super) fn of(config: &Config, (came, links): Carried) -> SlotState {
        SlotState {
            came,
            session: None,
            links,
            seldom: None,
            usage: Usage::Active,
            is_told: false,
            asked: 0,
            changes: match &config.revoking {
                None => 0,
                Some(revoking) => revoking.changes(),
            },
        }
    }

    /// Returns what the request has heard of revocations.
    pub(super) fn heard(&self) -> Heard<'_> {
        let seldom = self.seldom.as_ref();
        Heard {
            changes: self.changes,
            own: seldom.map(|seldom| &*seldom.revoked).unwrap_or_default(),
        }
    }

    /// Notes what the request revokes.
    pub(super) fn note_revoked(&mut self, revoking: &Revoking, all: &[Revocation]) {
        let own = revoking.revocations.own(all, self.heard());
        self.seldom.get_or_insert_default().revoked.extend(own);
    }

    /// Notes a value with which no session could be sent.
    pub(super) fn refuse(&mut self, attribute: String, error: Error) {
        self.seldom.get_or_insert_default().refused = Some(RefusedValue { attribute, error });
    }

    /// Returns whether a value was refused, and nothing took its place.
    pub(super) fn has_refused(&self) -> bool {
        let mut seldom = self.seldom.iter();
        seldom.any(|seldom| seldom.refused.is_some())
    }

    /// Takes out why a value was refused.
    pub(super) fn take_refused(&mut self) -> Option<Error> {
        Some(self.seldom.as_mut()?.refused.take()?.error)
    }

    /// Forgets a value that was refused, if its attribute has another one by now.
    pub(super) fn settle(&mut self, is_settled: impl Fn(&str) -> bool) {
        if let Some(seldom) = &mut self.seldom {
            seldom
                .refused
                .take_if(|refused| is_settled(&refused.attribute));
        }
    }

    /// Keeps what a compressor made at an insert, if it did, in place of what it made before.
    pub(super) fn note_compressed(&mut self, compressed: Option<Compressed>) {
        match (&mut self.seldom, compressed) {
            (Some(seldom), compressed) => seldom.compressed = compressed,
            (None, None) => {}
            (None, compressed) => self.seldom.get_or_insert_default().compressed = compressed,
        }
    }

    /// Returns what a compressor made last at an insert.
    pub(super) fn compressed(&self) -> Option<&Compressed> {
        self.seldom.as_ref()?.compressed.as_ref()
    }

    /// Returns what the request knows of deposits.
    pub(super) fn depot(&self) -> Option<&Depot> {
        self.seldom.as_ref().map(|seldom| &seldom.depot)
    }

    /// Returns what the request knows of deposits, to note more.
    pub(super) fn depot_mut(&mut self) -> &mut Depot {
        &mut self.seldom.get_or_insert_default().depot
    }

    /// Goes back to the session as it came.
    pub(super) fn reset(&mut self, config: &Config, now: Timestamp) {
        self.take_refused();
        // The links of the error page carry what came.
        self.links.iter_mut().for_each(|links| links.forget());
        self.forget_put();
        self.note_compressed(None);
        if self.session.is_some() {
            let deposited = Seldom::deposited(self.seldom.as_deref());
            let opening = open(config, &self.came, deposited, now);
            self.session = Some(SessionState::of(opening));
        }
    }

    /// Forgets a deposit of the session as it was.
    pub(super) fn forget_put(&mut self) {
        if let Some(seldom) = &mut self.seldom {
            seldom.depot.put = None;
        }
    }

    /// Gives up what was stored, and keeps an end. Returns whether there was anything.
    pub(super) fn give_up(&mut self, config: &Config, now: Timestamp) -> bool {
        let Some(state) = self.session.as_mut() else {
            return false;
        };
        match (state.change(), state.record()) {
            _ if !state.has_to_be_sent() => return false,
            (Change::Ended, None) => return false,
            // The page has it in a link already.
            _ if self
                .links
                .as_ref()
                .is_some_and(|links| links.made().is_some()) =>
            {
                return false;
            }
            (Change::Ended, Some(_)) => state.forget(),
            _ => self.reset(config, now),
        }
        true
    }
}

impl Seldom {
    /// Returns what becomes of a session whose attributes are in a deposit.
    pub(super) fn deposited(seldom: Option<&Seldom>) -> Deposited<'_> {
        Deposited::Fetched(seldom.map(|seldom| &seldom.depot))
    }
}

/// Returns whether the development profile serves the host that a request names.
fn is_served(spec: &CookieSpec, request: &RequestHead<'_, ()>) -> bool {
    request.is_loopback() || request.is_at_one_of(spec.plain_http_hosts())
}
