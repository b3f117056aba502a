//! The links that reset a password: what they hold, and when they are dead.

use std::sync::Arc;
use std::time::Duration;

use sealed_session_axum::adapter::Clock;
use sealed_session_axum::ticket::{Bound, Purpose, TicketRefusal};
use sealed_session_axum::{Error, SessionManager};
use time::OffsetDateTime;

use crate::accounts::Accounts;

/// How long a link is good.
pub(crate) const LIFETIME: Duration = Duration::from_secs(30 * 60);

/// An account, bound to the state of its password: a link that was used is dead, and so are all others of before.
const RESET: Purpose<String, Bound> = Purpose::new("reset-password", LIFETIME).bound();

/// Makes links, and reads them.
#[derive(Clone)]
pub(crate) struct Resets {
    manager: SessionManager,
    clock: Arc<dyn Clock>,
}

/// What a good link says.
pub(crate) struct Reset {
    pub(crate) account: String,
    /// The state of the password that it replaces.
    pub(crate) before: String,
}

impl Resets {
    /// Makes them of the manager whose ring seals, and of the clock that the sessions go by.
    pub(crate) fn new(manager: SessionManager, clock: Arc<dyn Clock>) -> Resets {
        Resets { manager, clock }
    }

    /// Seals the ticket of a link.
    pub(crate) fn seal(&self, accounts: &Accounts, account: &str) -> Result<String, Error> {
        let (state, account) = (accounts.password_state(account), account.to_owned());
        self.manager
            .seal_bound_ticket(RESET, &account, state, self.now())
    }

    /// Opens the ticket of a link, which uses nothing up.
    pub(crate) fn open(&self, accounts: &Accounts, text: &str) -> Result<Reset, TicketRefusal> {
        let opened = self.manager.open_bound_ticket(RESET, text, self.now())?;
        let before = accounts.password_state(opened.unproven());
        let account = opened.bound_to(&before)?.into_value();
        Ok(Reset { account, before })
    }

    /// Returns the time of this server.
    pub(crate) fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }
}
