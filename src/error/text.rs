//! What an error shows of itself.

use std::fmt;

use super::Error;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = &self.0.cookie {
            write!(f, "`{name}`: ")?;
        }
        self.0.kind.fmt(f)
    }
}

/// Writes the text of `Display`, because a `main` that returns an error shows its `Debug`.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({self})")
    }
}

impl std::error::Error for Error {}
