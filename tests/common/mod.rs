//! A minimal browser, and times to test at.

#![allow(dead_code, reason = "each test binary uses its part of this")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use sealed_session::{
    Attribute, Error, Key, KeyRing, RequestHead, ResponseHead, Session, SessionManager,
};
use time::{Duration, OffsetDateTime};

pub(crate) const BASE: &str = "__Host-session";
pub(crate) const TOUCH: &str = "__Host-session.t";
pub(crate) const TOMBSTONE: &str = "__Host-session.x";
pub(crate) const RENEWED: &str = "__Host-session.r";

pub(crate) fn ring() -> KeyRing {
    KeyRing::new(key(1))
}

pub(crate) fn key(seed: u8) -> Key {
    Key::new(&[seed; 32]).unwrap()
}

pub(crate) fn manager() -> SessionManager {
    SessionManager::new(ring()).unwrap()
}

/// Some moment in 2027, and seconds after it.
pub(crate) fn at(seconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap() + Duration::seconds(seconds)
}

/// Keeps cookies by name and scope, as browsers do. It has no clock: see [`Browser::forget`].
#[derive(Clone, Default, Debug, PartialEq)]
pub(crate) struct Browser {
    cookies: Vec<Cookie>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cookie {
    pub(crate) name: String,
    pub(crate) value: String,
    /// `Path`, `Domain` and `Partitioned`, as they were spelled.
    pub(crate) scope: Vec<String>,
}

impl Browser {
    /// One request: loads the session, lets `with` use it, commits, and keeps what comes back.
    pub(crate) fn visit<R>(
        &mut self,
        manager: &SessionManager,
        now: OffsetDateTime,
        with: impl FnOnce(&Session) -> R,
    ) -> R {
        let session = self.open(manager, now);
        let result = with(&session);
        self.close(manager, &session, now).unwrap();
        result
    }

    /// Sends a request.
    pub(crate) fn open(&self, manager: &SessionManager, now: OffsetDateTime) -> Session {
        let line = self.line();
        manager.load(RequestHead::new([line.as_bytes()]), now)
    }

    /// Receives the response; returns its `Set-Cookie` values.
    pub(crate) fn close(
        &mut self,
        manager: &SessionManager,
        session: &Session,
        now: OffsetDateTime,
    ) -> Result<Vec<String>, Error> {
        let lines = commit(manager, session, now)?;
        lines.iter().for_each(|line| self.keep(line));
        Ok(lines)
    }

    /// Stores or removes one cookie.
    pub(crate) fn keep(&mut self, line: &str) {
        let mut parts = line.split("; ");
        let (name, value) = parts.next().unwrap().split_once('=').unwrap();
        let attributes: Vec<&str> = parts.collect();
        let of_scope = |attribute: &&&str| {
            ["Path=", "Domain=", "Partitioned"]
                .iter()
                .any(|s| attribute.starts_with(s))
        };
        let scope: Vec<String> = attributes
            .iter()
            .filter(of_scope)
            .map(|attribute| (*attribute).to_owned())
            .collect();
        self.cookies
            .retain(|cookie| cookie.name != name || cookie.scope != scope);
        if !attributes.contains(&"Max-Age=0") {
            self.cookies.push(Cookie {
                name: name.to_owned(),
                value: value.to_owned(),
                scope,
            });
        }
    }

    /// The `Cookie` line of the next request.
    pub(crate) fn line(&self) -> String {
        let pair = |cookie: &Cookie| format!("{}={}", cookie.name, cookie.value);
        self.cookies.iter().map(pair).collect::<Vec<_>>().join("; ")
    }

    pub(crate) fn names(&self) -> Vec<&str> {
        self.cookies
            .iter()
            .map(|cookie| cookie.name.as_str())
            .collect()
    }

    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        let found = self.cookies.iter().find(|cookie| cookie.name == name)?;
        Some(&found.value)
    }

    /// Drops a cookie, as at the end of its `Max-Age`.
    pub(crate) fn forget(&mut self, name: &str) {
        self.cookies.retain(|cookie| cookie.name != name);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.cookies.is_empty()
    }
}

/// The `Set-Cookie` values of a plain 200.
pub(crate) fn commit(
    manager: &SessionManager,
    session: &Session,
    now: OffsetDateTime,
) -> Result<Vec<String>, Error> {
    let changes = manager.commit(session, ResponseHead::new(200), now)?;
    let lines = changes
        .iter()
        .filter(|change| change.name() == "set-cookie");
    Ok(lines.map(|line| line.value().to_owned()).collect())
}

/// Stores more than the default budget holds, in parts that each would fit.
pub(crate) fn overfill(session: &Session) {
    for (name, seed) in [("one", 1), ("two", 2)] {
        let key = Attribute::<Vec<u8>>::new(name);
        session.insert(key, noise(4_000, seed)).unwrap();
    }
}

/// Bytes that do not compress and are the same every time.
pub(crate) fn noise(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed | 1;
    std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        u8::try_from(state >> 56).unwrap()
    })
    .take(length)
    .collect()
}
