//! A browser, and times to test at.

#![allow(dead_code, reason = "each test binary uses its part of this")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::sync::Arc;

use sealed_session::adapter::{RequestHead, ResponseHead};
use sealed_session::testing::{self, ManualClock};
use sealed_session::{Attribute, Budget, Error, Event, Key, KeyRing, Session, SessionManager};
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
    SessionManager::new("session", ring()).unwrap()
}

/// Whether it is an event that a test of others leaves out.
pub(crate) fn is_everyday(event: &Event) -> bool {
    ["ended", "opened", "written"].contains(&event.name())
}

/// A manager whose sessions may take two cookies.
pub(crate) fn split_manager() -> SessionManager {
    SessionManager::builder("session", ring())
        .budget(Budget::within_8k())
        .build()
        .unwrap()
}

/// Some moment in 2027, and seconds after it.
pub(crate) fn at(seconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap() + Duration::seconds(seconds)
}

/// A browser on one page, whose cookies end by removal alone: every call says what time it is.
#[derive(Clone, Debug)]
pub(crate) struct Browser {
    cookies: testing::Browser,
    path: String,
}

impl Default for Browser {
    fn default() -> Browser {
        Browser::on("https://shop.example.com", "/shop")
    }
}

impl Browser {
    pub(crate) fn on(origin: &str, path: &str) -> Browser {
        let stopped = Arc::new(ManualClock::new(at(0)));
        Browser {
            cookies: testing::Browser::new(stopped).at(origin),
            path: path.trim_end().to_owned(),
        }
    }

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
        self.cookies.keep([line]);
    }

    /// The `Cookie` line of the next request for the page.
    pub(crate) fn line(&self) -> String {
        self.cookies.cookie_for(&self.path)
    }

    pub(crate) fn names(&self) -> Vec<&str> {
        self.cookies.cookies().map(|(name, _)| name).collect()
    }

    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        let mut values = self.cookies.cookies();
        values.find_map(|(of, value)| (of == name).then_some(value))
    }

    /// Drops a cookie, as at the end of its `Max-Age`.
    pub(crate) fn forget(&mut self, name: &str) {
        self.keep(&format!("{name}=; Max-Age=0; Path=/; Secure"));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.cookies.cookies().next().is_none()
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

/// Stores more than two cookies hold, in parts that each would fit into the default budget.
pub(crate) fn overfill(session: &Session) {
    for (name, seed) in [("one", 1), ("two", 2), ("three", 3), ("four", 4)] {
        let key = Attribute::<Vec<u8>>::new(name);
        session.insert(key, noise(1_600, seed)).unwrap();
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
