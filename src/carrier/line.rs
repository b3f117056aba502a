//! One field of a response.

/// A field of a response that carries a session, or takes it away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum HeaderLine {
    /// The value of a `Set-Cookie` field.
    Cookie(String),
    /// A field of the session's own.
    Field { name: String, value: String },
}

impl HeaderLine {
    /// Makes a field that tells its reader to forget.
    pub(super) fn empty(name: &str) -> HeaderLine {
        HeaderLine::field(name, String::new())
    }

    /// Makes a field of the session's own.
    pub(super) fn field(name: &str, value: String) -> HeaderLine {
        HeaderLine::Field {
            name: name.to_owned(),
            value,
        }
    }
}
