//! This library without a framework: a manager, and a request that brings a session.

use std::hint::black_box;

use sealed_session::adapter::{HeaderChange, RequestHead, ResponseHead};
use sealed_session::time::OffsetDateTime;
use sealed_session::{Attribute, Error, Key, KeyRing, Session, SessionManager};

use super::kind::{DARK, Kind, THEME};
use super::line::cookies;
use super::value::Value;
use crate::{Cart, Login, Tokens};

/// The small attribute of [`Kind::Large`].
pub const THEME_KEY: Attribute<String> = Attribute::mirrored(THEME);

/// A manager and the `Cookie` line of a request.
#[derive(Clone, Debug)]
pub struct Core {
    /// Loads and commits.
    pub manager: SessionManager,
    /// What the request brings; empty if nothing.
    pub line: String,
    /// When it comes.
    pub now: OffsetDateTime,
}

impl Core {
    /// The default configuration, at the time it is.
    ///
    /// # Errors
    ///
    /// As the core.
    pub fn new(kind: Kind) -> Result<Core, Error> {
        let manager = SessionManager::new("session", KeyRing::new(Key::generate()?))?;
        Core::of(manager, OffsetDateTime::now_utc(), |session| {
            store(session, kind)
        })
    }

    /// With whatever `store` puts into the session.
    ///
    /// # Errors
    ///
    /// As `store`, and if the session does not fit.
    pub fn of(
        manager: SessionManager,
        now: OffsetDateTime,
        store: impl FnOnce(&Session) -> Result<(), Error>,
    ) -> Result<Core, Error> {
        let mut core = Core {
            manager,
            line: String::new(),
            now,
        };
        let session = core.manager.load(RequestHead::default(), now);
        store(&session)?;
        let changes = core.commit(&session)?;
        let lines = changes
            .iter()
            .filter(|change| change.name() == "set-cookie");
        let lines: Vec<String> = lines.map(|line| line.value().to_owned()).collect();
        core.line = cookies(&lines);
        Ok(core)
    }

    /// The text of the token, without the names of its cookies.
    #[must_use]
    pub fn token(&self) -> String {
        let pairs = self
            .line
            .split("; ")
            .filter_map(|pair| pair.split_once('='));
        pairs.map(|(_, value)| value).collect()
    }

    /// What the request brings.
    #[must_use]
    pub fn load(&self) -> Session {
        let head = RequestHead::new([self.line.as_bytes()]);
        self.manager.load(head, self.now)
    }

    /// What its response gets.
    ///
    /// # Errors
    ///
    /// If the session does not fit.
    pub fn commit(&self, session: &Session) -> Result<Vec<HeaderChange>, Error> {
        let response = ResponseHead::new(200);
        self.manager.commit(session, response, self.now)
    }
}

/// Puts the corpus's values into the session.
///
/// # Errors
///
/// As the core.
pub fn store(session: &Session, kind: Kind) -> Result<(), Error> {
    fn put<T: Value>(session: &Session) -> Result<(), Error> {
        let value = T::original().map_err(|_| Error::misuse("the corpus does not parse"))?;
        session.insert(T::KEY, value)
    }
    match kind {
        Kind::Login => put::<Login>(session),
        Kind::Cart => put::<Cart>(session),
        Kind::Oidc => put::<Tokens>(session),
        Kind::Large => {
            put::<Tokens>(session)?;
            session.insert(THEME_KEY, DARK.to_owned())
        }
    }
}

/// Whether the session has the attribute; opens the token, and decodes nothing for the application.
#[must_use]
pub fn has(session: &Session, kind: Kind) -> bool {
    match kind {
        Kind::Login => session.contains(Login::KEY),
        Kind::Cart => session.contains(Cart::KEY),
        Kind::Oidc => session.contains(Tokens::KEY),
        Kind::Large => session.contains(THEME_KEY),
    }
}

/// Reads the attribute into its type.
#[must_use]
pub fn read(session: &Session, kind: Kind) -> bool {
    fn get<T: Value>(session: &Session) -> bool {
        black_box(session.get(T::KEY)).is_ok_and(|value| value.is_some())
    }
    match kind {
        Kind::Login => get::<Login>(session),
        Kind::Cart => get::<Cart>(session),
        Kind::Oidc => get::<Tokens>(session),
        Kind::Large => black_box(session.get(THEME_KEY)).is_ok_and(|theme| theme.is_some()),
    }
}
