//! What a server keeps of accounts: their passwords, where they are signed in, to be shown, and who was signed out, to
//! be refused. It keeps no session.

use axum::response::ErrorResponse;
use sealed_session_axum::report::SessionId;
use sealed_session_axum::revocation::Target;
use sealed_session_axum::{Error, Session};
use time::OffsetDateTime;
use tokio::task::spawn_blocking;

use crate::agent::Agent;
use crate::devices::{Device, Devices};
use crate::passwords::Passwords;
use crate::revoked::{Reach, Revoked};

/// The name of the one account that serves the others.
pub(crate) const STAFF: &str = "support";

/// The name that a visitor is shown. A string key: its value is stored as JSON text.
pub(crate) const NAME: &str = "name";

/// What a guard asks of staff.
pub(crate) const ROLE: &str = "role";

/// What the subject of an account begins with. A real shop's subject is the account's id.
const PREFIX: &str = "demo:";

/// Returns the subject of the account of this name.
pub(crate) fn subject(name: &str) -> String {
    format!("{PREFIX}{name}")
}

/// Returns the name of the account of this subject.
pub(crate) fn name(subject: &str) -> &str {
    subject.strip_prefix(PREFIX).unwrap_or(subject)
}

/// Stores in a session what pages show and guards ask of its subject, as a shop looks it up in its database.
pub(crate) fn look_up(session: &Session) -> Result<(), Error> {
    let subject = session.subject().unwrap_or_default();
    let name = name(&subject);
    session.insert(NAME, name)?;
    if name == STAFF {
        session.insert(ROLE, STAFF)?;
    }
    Ok(())
}

/// The accounts, as one server knows them.
#[derive(Clone, Debug)]
pub struct Accounts {
    revoked: Revoked,
    devices: Devices,
    passwords: Passwords,
}

impl Accounts {
    /// Makes them of where this server's sessions look for who was signed out, and of the shop's own tables.
    #[must_use]
    pub fn new(revoked: Revoked, devices: Devices, passwords: Passwords) -> Accounts {
        Accounts {
            revoked,
            devices,
            passwords,
        }
    }

    /// Returns whether this is the password of an account.
    pub(crate) async fn is_password(&self, account: &str, password: String) -> bool {
        let (passwords, account) = (self.passwords.clone(), account.to_owned());
        let asked = spawn_blocking(move || passwords.is_of(&account, &password));
        asked.await.unwrap_or(false)
    }

    /// Returns what is another text with each password of an account.
    pub(crate) fn password_state(&self, account: &str) -> String {
        self.passwords.state(account)
    }

    /// Sets a password if its state still is `before`. Returns whether it did.
    pub(crate) async fn replace_password(
        &self,
        account: &str,
        before: String,
        password: String,
    ) -> bool {
        let (passwords, account) = (self.passwords.clone(), account.to_owned());
        let replaced = spawn_blocking(move || passwords.replace(&account, &before, &password));
        replaced.await.unwrap_or(false)
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
        // Who acts as somebody else signed in as themselves.
        let account = session.actor().or_else(|| session.subject());
        if let (Some(account), Some(id)) = (account, session.id()) {
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
