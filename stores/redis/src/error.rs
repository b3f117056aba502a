//! What goes wrong between this node and the store. No text holds a password, a name or what is kept.

use std::fmt;
use std::time::Duration;

use redis::{ErrorKind, RedisError, ServerErrorKind};

/// Something went wrong with a store, or with how it is used.
///
/// Ask the predicates. The text says what happened, where, and what to do.
///
/// ```
/// use sealed_session_redis::RedisStore;
///
/// let error = RedisStore::open("redis:/cache.example", "shop").unwrap_err();
/// assert!(error.is_configuration());
/// ```
#[derive(Clone)]
pub struct Error(Box<Happened>);

#[derive(Clone)]
struct Happened {
    kind: Kind,
    what: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Configuration,
    Unreachable,
    Refused,
    Full,
    Lost,
    /// A key that was asked about is not there.
    Missing,
}

impl Error {
    /// Returns whether the store was not reached, or did not answer in time. What was revoked counts on this node, and
    /// is written once the store is back. What was claimed is nobody's.
    #[must_use]
    pub fn is_unreachable(&self) -> bool {
        self.0.kind == Kind::Unreachable
    }

    /// Returns whether the store refused: the password, a command by its ACL, a write for want of memory, or a write
    /// because it is a replica. What was revoked counts on this node, and is written once the store takes it. What was claimed
    /// is nobody's.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.0.kind == Kind::Refused
    }

    /// Returns whether the address or the use of this crate is at fault. Waiting does not mend it.
    #[must_use]
    pub fn is_configuration(&self) -> bool {
        self.0.kind == Kind::Configuration
    }

    /// Returns whether this node has no room for more revocations. Nothing was written.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.0.kind == Kind::Full
    }

    /// Returns whether the store has lost what it held. What was revoked counts on this node, and is written with all
    /// that was lost.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        self.0.kind == Kind::Lost
    }

    /// Returns whether a key that was asked about is not there, which no caller sees.
    pub(crate) fn is_missing(&self) -> bool {
        self.0.kind == Kind::Missing
    }

    pub(crate) fn configuration(what: impl Into<String>) -> Error {
        Error::new(Kind::Configuration, what)
    }

    pub(crate) fn unreachable(what: impl Into<String>) -> Error {
        Error::new(Kind::Unreachable, what)
    }

    pub(crate) fn refused(what: impl Into<String>) -> Error {
        Error::new(Kind::Refused, what)
    }

    pub(crate) fn late(address: &str, limit: Duration) -> Error {
        let limit = limit.as_millis();
        let what = format!("the store at {address} gave no answer within {limit} ms");
        Error::new(Kind::Unreachable, what)
    }

    pub(crate) fn unreadable(address: &str) -> Error {
        Error::refused(format!(
            "the store at {address} answers in a way that Redis 7.0, Valkey 7.2 and later do not"
        ))
    }

    pub(crate) fn lost(what: impl Into<String>) -> Error {
        Error::new(Kind::Lost, what)
    }

    pub(crate) fn full(what: impl Into<String>) -> Error {
        Error::new(Kind::Full, what)
    }

    /// Says what a client of Redis says, with where that was.
    pub(crate) fn of(cause: &RedisError, address: &str) -> Error {
        let advice = match cause.kind() {
            ErrorKind::InvalidClientConfig => {
                return Error::configuration(format!("the store at {address}: {cause}"));
            }
            ErrorKind::Server(_) if cause.detail() == Some("no such key") => {
                return Error::new(Kind::Missing, format!("{address}: {cause}"));
            }
            ErrorKind::AuthenticationFailed => "; check the user and the password of the URL",
            _ if cause.code() == Some("NOAUTH") => "; check the user and the password of the URL",
            _ if cause.code() == Some("WRONGTYPE") => {
                "; somebody else uses keys of this prefix: delete them, or choose another prefix"
            }
            ErrorKind::Server(ServerErrorKind::NoPerm) => {
                "; give the user the ACL line of this crate's documentation"
            }
            ErrorKind::Server(ServerErrorKind::ReadOnly) => {
                "; it is a replica: give the address of the primary"
            }
            // It says so itself, and it passes.
            ErrorKind::Server(
                ServerErrorKind::BusyLoading
                | ServerErrorKind::MasterDown
                | ServerErrorKind::ClusterDown
                | ServerErrorKind::TryAgain,
            ) => {
                return Error::unreachable(format!("the store at {address} is not ready: {cause}"));
            }
            ErrorKind::Server(_) | ErrorKind::Extension if cause.to_string().contains("OOM") => {
                "; give it more memory"
            }
            ErrorKind::Server(_) | ErrorKind::Extension => "",
            _ => {
                let what = format!("the store at {address} cannot be reached: {cause}");
                return Error::unreachable(what);
            }
        };
        Error::refused(format!("the store at {address} refused: {cause}{advice}"))
    }

    fn new(kind: Kind, what: impl Into<String>) -> Error {
        Error(Box::new(Happened {
            kind,
            what: what.into(),
        }))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.what)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("what", &self.0.what)
            .finish()
    }
}

impl std::error::Error for Error {}
