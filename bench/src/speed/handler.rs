//! What the handler of a request does with the session.

use super::kind::Kind;

/// Every library has one of each, in its own idiom. All answer 200 and [`DONE`] if they found what
/// they expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Handler {
    /// Does not look.
    Untouched,
    /// Reads all of it into its types.
    Read(Kind),
    /// Reads the small attribute of [`Kind::Large`].
    Theme,
    /// Looks for a session that is not accepted, and finds nothing.
    Nothing(Kind),
    /// Stores the session as the corpus has it.
    Store(Kind),
    /// Stores something else than the request before.
    Write(Kind),
}

/// The body of every expected answer.
pub(crate) const DONE: &str = "ok";
