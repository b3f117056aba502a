//! The session of one slot in one request, as the lock keeps it.

use super::config::{Config, SlotList};
use super::depot::Depot;
use super::opening::{Deposited, open};
use super::state::{Change, SessionState};
use crate::carrier::{Incoming, LinkUse};
use crate::cookie::CookieSpec;
use crate::error::Error;
use crate::head::RequestHead;
use crate::lifetime::Timestamp;
use crate::revocation::Heard;

/// The session of one slot.
pub(super) struct SlotState {
    pub(super) came: Incoming,
    /// `None` until the session is first looked at.
    pub(super) session: Option<SessionState>,
    /// `None` if no link carries the session.
    pub(super) links: Option<Box<LinkUse>>,
    /// The value that was refused last, until its attribute has another one.
    pub(super) refused: Option<Box<RefusedValue>>,
    pub(super) usage: Usage,
    /// What it had heard of revocations.
    pub(super) heard: Heard,
    /// About how many of the sessions that came this request asked itself, and did not hear another's answer.
    pub(super) asked: u8,
    /// Seldom anything: what a request knows of attributes that are stored elsewhere.
    pub(super) depot: Option<Box<Depot>>,
}

/// A value with which no session could be sent.
pub(super) struct RefusedValue {
    pub(super) attribute: String,
    pub(super) error: Error,
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
        lines: impl IntoIterator<Item = &'a [u8]>,
        request: &RequestHead<'_, ()>,
    ) -> SlotState {
        let spec = &config.carriers.cookies().own().spec;
        let (came, links) = match spec.is_development() && !is_served(spec, request) {
            true => (Incoming::Barred(request.host_name()), None),
            // Which requests of other origins are served is said by the main slot for all.
            false => config
                .carriers
                .read(lines, request, &slots.main().cross_origin),
        };
        SlotState {
            came,
            session: None,
            links,
            refused: None,
            usage: Usage::Active,
            heard: config
                .revoking
                .as_ref()
                .map_or_else(Heard::default, |revoking| revoking.heard()),
            asked: 0,
            depot: None,
        }
    }

    /// Goes back to the session as it came.
    pub(super) fn reset(&mut self, config: &Config, now: Timestamp) {
        self.refused = None;
        // The links of the error page carry what came.
        self.links.iter_mut().for_each(|links| links.forget());
        self.forget_put();
        if self.session.is_some() {
            let deposited = Deposited::Fetched(self.depot.as_deref());
            self.session = Some(SessionState::of(open(config, &self.came, deposited, now)));
        }
    }

    /// Forgets a deposit of the session as it was.
    pub(super) fn forget_put(&mut self) {
        if let Some(depot) = &mut self.depot {
            depot.put = None;
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

/// Returns whether the development profile serves the host that a request names.
fn is_served(spec: &CookieSpec, request: &RequestHead<'_, ()>) -> bool {
    request.is_loopback() || request.is_at_one_of(spec.plain_http_hosts())
}
