//! Fixed loops over our own paths, whose instructions are counted.
//!
//! Counts hardly differ from run to run and from machine to machine, because the counter shows every
//! program the same processor. Times do.

use std::hint::black_box;

use sealed_session::adapter::RequestHead;
use sealed_session::time::{Duration, OffsetDateTime};
use sealed_session::{Error, Key, KeyRing, SessionManager};

use super::core::{Core, THEME_KEY, has, read, store};
use super::kind::{DARK, Kind};
use super::line::{beside, tampered};
use super::value::{Changes, Value};
use crate::{Cart, Login, Tokens};

/// A request, from its `Cookie` line to the changes of its response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountedPath {
    /// Loads and commits, and does not look.
    Untouched(Kind),
    /// Loads, and looks whether the attribute is there: opens the token, and decodes nothing.
    Look(Kind),
    /// Loads, reads and commits.
    Read(Kind),
    /// Loads, reads the attribute and a small one beside it, changes the small one and commits.
    Beside(Kind),
    /// Loads, inserts and commits.
    Write(Kind),
    /// Brings no cookie, and stores a login.
    FirstVisit,
    /// Brings a cookie that was tampered with, looks and commits.
    Refused(Kind),
    /// Reads a login beside fifty cookies of others.
    Foreign,
}

/// What the small attribute is changed to.
const LIGHT: &str = "light";

/// November 2026: the same in every run.
const NOW: Duration = Duration::seconds(1_763_712_000 + 365 * 86_400);

impl CountedPath {
    /// All of them.
    pub const ALL: [CountedPath; 19] = [
        CountedPath::Untouched(Kind::Login),
        CountedPath::Untouched(Kind::Oidc),
        CountedPath::Look(Kind::Login),
        CountedPath::Look(Kind::Cart),
        CountedPath::Look(Kind::Oidc),
        CountedPath::Read(Kind::Login),
        CountedPath::Read(Kind::Cart),
        CountedPath::Read(Kind::Oidc),
        CountedPath::Read(Kind::Large),
        CountedPath::Beside(Kind::Login),
        CountedPath::Beside(Kind::Cart),
        CountedPath::Beside(Kind::Oidc),
        CountedPath::Write(Kind::Login),
        CountedPath::Write(Kind::Cart),
        CountedPath::Write(Kind::Oidc),
        CountedPath::FirstVisit,
        CountedPath::Refused(Kind::Login),
        CountedPath::Refused(Kind::Oidc),
        CountedPath::Foreign,
    ];

    /// Those with limits: what they may count at most, and what would be better still.
    pub const LOOKS: [(CountedPath, (u64, u64)); 3] = [
        (CountedPath::Look(Kind::Login), (6_300, 5_800)),
        (CountedPath::Look(Kind::Cart), (10_800, 10_000)),
        (CountedPath::Look(Kind::Oidc), (23_500, 22_000)),
    ];

    /// Returns what it is called in the baseline.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            CountedPath::Untouched(kind) => format!("not looked at, {}", kind.name()),
            CountedPath::Read(Kind::Large) => "read theme of oidc + theme".to_owned(),
            CountedPath::Read(kind) => format!("read {}", kind.name()),
            CountedPath::Look(kind) => format!("look at {}", kind.name()),
            CountedPath::Beside(kind) => format!("read {} and theme, change theme", kind.name()),
            CountedPath::Write(kind) => format!("write {}", kind.name()),
            CountedPath::FirstVisit => "first visit, write login".to_owned(),
            CountedPath::Refused(kind) => format!("refused, {}", kind.name()),
            CountedPath::Foreign => "read login beside 50 cookies".to_owned(),
        }
    }

    /// Finds the path of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<CountedPath> {
        CountedPath::ALL
            .into_iter()
            .find(|path| path.name() == name)
    }

    /// Walks it so many times.
    ///
    /// # Errors
    ///
    /// If a request does not find what it expects.
    pub fn run(self, count: u32) -> Result<(), String> {
        let core = self.core().map_err(|error| error.to_string())?;
        match self {
            CountedPath::Untouched(_) => each(&core, count, |_| true),
            CountedPath::Read(kind) => each(&core, count, |session| read(session, kind)),
            CountedPath::Look(kind) => looks(&core, count, kind),
            CountedPath::Beside(kind) => besides(&core, count, kind),
            CountedPath::Refused(kind) => each(&core, count, |session| !read(session, kind)),
            CountedPath::Foreign => each(&core, count, |session| read(session, Kind::Login)),
            CountedPath::Write(Kind::Cart) => writes::<Cart>(&core, count),
            CountedPath::Write(Kind::Oidc | Kind::Large) => writes::<Tokens>(&core, count),
            CountedPath::Write(Kind::Login) | CountedPath::FirstVisit => {
                writes::<Login>(&core, count)
            }
        }
    }

    fn core(self) -> Result<Core, Error> {
        let kind = match self {
            CountedPath::Untouched(kind)
            | CountedPath::Look(kind)
            | CountedPath::Beside(kind)
            | CountedPath::Read(kind)
            | CountedPath::Write(kind)
            | CountedPath::Refused(kind) => kind,
            CountedPath::FirstVisit | CountedPath::Foreign => Kind::Login,
        };
        let manager = SessionManager::new("session", KeyRing::new(Key::new(&[7; 32])?))?;
        let now = OffsetDateTime::UNIX_EPOCH + NOW;
        let mut core = Core::of(manager, now, |session| {
            store(session, kind)?;
            match self {
                CountedPath::Beside(_) => session.insert(THEME_KEY, DARK.to_owned()),
                _ => Ok(()),
            }
        })?;
        match self {
            CountedPath::FirstVisit => core.line.clear(),
            CountedPath::Refused(_) => core.line = tampered(&core.line),
            CountedPath::Foreign => core.line = beside(&core.line, 50),
            _ => {}
        }
        Ok(core)
    }
}

fn each(
    core: &Core,
    count: u32,
    act: impl Fn(&sealed_session::Session) -> bool,
) -> Result<(), String> {
    for _ in 0..count {
        let session = match core.line.is_empty() {
            true => core.manager.load(RequestHead::default(), core.now),
            false => core.load(),
        };
        if !act(&session) {
            return Err("a request does not find what it expects".to_owned());
        }
        black_box(core.commit(&session).map_err(|error| error.to_string())?);
    }
    Ok(())
}

/// Looks, and answers nothing: what a look adds is not to hide behind a commit.
fn looks(core: &Core, count: u32, kind: Kind) -> Result<(), String> {
    for _ in 0..count {
        if !black_box(has(&core.load(), kind)) {
            return Err("a request does not find what it expects".to_owned());
        }
    }
    Ok(())
}

fn besides(core: &Core, count: u32, kind: Kind) -> Result<(), String> {
    each(core, count, |session| {
        read(session, kind)
            && read(session, Kind::Large)
            && session.insert(THEME_KEY, LIGHT.to_owned()).is_ok()
    })
}

fn writes<T: Value>(core: &Core, count: u32) -> Result<(), String> {
    let changes: Changes<T> = Changes::new()?;
    each(core, count, |session| {
        let value = changes.next();
        value.is_some_and(|value| session.insert(T::KEY, value.clone()).is_ok())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_is_gone_and_has_a_name_of_its_own() {
        for path in CountedPath::ALL {
            assert_eq!(path.run(2), Ok(()), "{}", path.name());
            assert_eq!(CountedPath::named(&path.name()), Some(path));
        }
    }
}
