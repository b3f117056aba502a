//! What a server keeps of accounts: where they are signed in, to be shown, and who was signed out, to be refused. It
//! keeps no session.

use axum::response::ErrorResponse;
use sealed_session_axum::Session;
use sealed_session_axum::report::SessionId;
use sealed_session_axum::revocation::Target;
use time::OffsetDateTime;

use crate::agent::Agent;
use crate::devices::{Device, Devices};
use crate::revoked::{Reach, Revoked};

/// The accounts, as one server knows them.
#[derive(Clone, Debug)]
pub struct Accounts {
    revoked: Revoked,
    devices: Devices,
}

impl Accounts {
    /// Makes them of where this server's sessions look for who was signed out, and of the shop's own table.
    #[must_use]
    pub fn new(revoked: Revoked, devices: Devices) -> Accounts {
        Accounts { revoked, devices }
    }

    /// Notes who has just signed in. Call it in the handler of the sign-in: an event of the library, as `Written`,
    /// holds neither account nor id, because events go to logs.
    ///
    /// If the response fails, a line is left of a session that nobody has. It harms nobody, and goes with its time.
    pub(crate) fn note(&self, session: &Session, agent: Agent) {
        let (account, id, times) = (session.subject(), session.id(), session.times());
        if let (Some(account), Some(id), Some(times)) = (account, id, times) {
            self.devices.note(Device {
                account,
                id,
                agent,
                since: times.created_at,
                until: times.loaded_at + times.absolute_left,
            });
        }
    }

    /// Returns where the account of this session is signed in, the latest first.
    pub(crate) fn devices(&self, session: &Session) -> Vec<Device> {
        let (account, times) = (session.subject(), session.times());
        let found = account.zip(times);
        found.map_or_else(Vec::new, |(account, times)| {
            self.devices.of(&account, times.loaded_at)
        })
    }

    /// Takes a session from the list that ends itself.
    pub(crate) fn forget(&self, session: &Session) {
        if let (Some(account), Some(id)) = (session.subject(), session.id()) {
            self.devices.forget(&account, id);
        }
    }

    /// Signs one device out, however often its session was renewed since.
    pub(crate) async fn sign_out(
        &self,
        session: &Session,
        (account, id): (&str, SessionId),
        now: OffsetDateTime,
    ) -> Result<Reach, ErrorResponse> {
        let revocations = session.revocations_of(Target::SignIn(id), now);
        let reach = self.revoked.add(revocations, now).await?;
        self.devices.forget(account, id);
        Ok(reach)
    }

    /// Signs an account out everywhere, and needs no list for it. A sign-in afterwards counts, even in this request.
    pub(crate) async fn sign_out_everywhere(
        &self,
        session: &Session,
        account: &str,
        now: OffsetDateTime,
    ) -> Result<Reach, ErrorResponse> {
        let revocations = session.revocations_of(Target::Subject(account), now);
        let reach = self.revoked.add(revocations, now).await?;
        self.devices.forget_all(account);
        Ok(reach)
    }

    /// Says how recent this server's knowledge of sign-outs is, if others sign out as well.
    pub(crate) fn freshness(&self, now: OffsetDateTime) -> Option<String> {
        self.revoked.freshness(now)
    }
}
