//! The stages of a request in this library, each with all that come before it, so that the
//! difference to the one before is its own.

use std::hint::black_box;

use sealed_session::Session;

use super::core::{Core, has, read};
use super::kind::Kind;
use super::value::{Changes, Value};
use crate::{Cart, Login, Tokens};

/// Runs something so many times.
pub type Times = Box<dyn FnMut(u32)>;

/// How far a request goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The `Cookie` line is read.
    Load,
    /// And the token is opened, and the attribute found.
    Open,
    /// And the attribute is read into its type.
    Read,
    /// Loaded, and the attribute replaced.
    Insert,
    /// And the response is given the session.
    Commit,
}

impl Stage {
    /// In the order of a request.
    pub const ALL: [Stage; 5] = [
        Stage::Load,
        Stage::Open,
        Stage::Read,
        Stage::Insert,
        Stage::Commit,
    ];

    /// Returns what it is called in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Stage::Load => "load",
            Stage::Open => "load, look",
            Stage::Read => "load, read",
            Stage::Insert => "load, insert",
            Stage::Commit => "load, insert, commit",
        }
    }
}

/// Runs a request up to `stage`.
///
/// # Errors
///
/// If the session is not found, or the corpus does not parse.
pub fn times(stage: Stage, kind: Kind, core: Core) -> Result<Times, String> {
    if !read(&core.load(), kind) {
        return Err(format!("{} is not found in its session", kind.name()));
    }
    Ok(match (stage, kind) {
        (Stage::Load, _) => Box::new(move |count| {
            for _ in 0..count {
                black_box(core.load());
            }
        }),
        (Stage::Open, _) => Box::new(move |count| {
            for _ in 0..count {
                black_box(has(&core.load(), kind));
            }
        }),
        (Stage::Read, _) => Box::new(move |count| {
            for _ in 0..count {
                black_box(read(&core.load(), kind));
            }
        }),
        (Stage::Insert | Stage::Commit, Kind::Login) => {
            writes::<Login>(stage, core, Changes::new()?)
        }
        (Stage::Insert | Stage::Commit, Kind::Cart) => writes::<Cart>(stage, core, Changes::new()?),
        (Stage::Insert | Stage::Commit, Kind::Oidc | Kind::Large) => {
            writes::<Tokens>(stage, core, Changes::new()?)
        }
    })
}

/// Replaces the attribute by one change after the other.
#[must_use]
pub fn writes<T: Value>(stage: Stage, core: Core, changes: Changes<T>) -> Times {
    let insert = move |session: &Session| {
        if let Some(value) = changes.next() {
            black_box(session.insert(T::KEY, value.clone()).is_ok());
        }
    };
    let is_committed = stage == Stage::Commit;
    Box::new(move |count| {
        for _ in 0..count {
            let session = core.load();
            insert(&session);
            if is_committed {
                black_box(core.commit(&session).is_ok());
            }
        }
    })
}
