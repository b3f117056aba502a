//! One field of a response.

/// One field of a response that carries a session, or takes it away.
#[derive(Clone)]
pub(crate) enum Line {
    /// The value of a `Set-Cookie` field.
    Cookie(String),
    /// A field of the session's own.
    Field { name: String, value: String },
}

impl Line {
    /// A field that tells its reader to forget.
    pub(super) fn empty(name: &str) -> Line {
        Line::field(name, String::new())
    }

    pub(super) fn field(name: &str, value: String) -> Line {
        Line::Field {
            name: name.to_owned(),
            value,
        }
    }
}
