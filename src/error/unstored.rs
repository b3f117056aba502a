//! Why a session that fits in no cookie was not stored elsewhere.

use std::fmt;
use std::sync::Arc;

/// Why a session is not in the store that it would have to be in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unstored {
    /// Nobody awaited that it is put there, or it was changed since.
    NotAsked,
    /// The store failed, and said this.
    Failed(Arc<str>),
}

/// Says why, and what to do.
impl fmt::Display for Unstored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unstored::NotAsked => f.write_str(
                "nobody awaited `adapter::pending_commit` since its last change: see whether the adapter's version \
                 knows of overflow",
            ),
            Unstored::Failed(cause) => write!(f, "the store failed: {cause}"),
        }
    }
}
