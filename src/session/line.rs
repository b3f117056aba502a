//! One field of a response.

use std::sync::Arc;

/// One field of a response that carries a session, or takes it away.
#[derive(Clone)]
pub(crate) enum Line {
    /// The value of a `Set-Cookie` field.
    Cookie(String),
    /// A field of the session's own.
    Field { name: Arc<str>, value: String },
}

impl Line {
    /// A field that tells its reader to forget.
    pub(super) fn empty(name: &Arc<str>) -> Line {
        Line::field(name, String::new())
    }

    pub(super) fn field(name: &Arc<str>, value: String) -> Line {
        Line::Field {
            name: Arc::clone(name),
            value,
        }
    }
}
