//! What the origin says of a request.

use serde::{Deserialize, Serialize};

/// How a request came, and what its session held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// `HTTP/1.1`, or what it was.
    pub protocol: String,
    /// How many `Cookie` fields came.
    pub fields: usize,
    /// Bytes of all their values.
    pub bytes: usize,
    /// Each cookie's name, and the bytes of name and value.
    pub cookies: Vec<(String, usize)>,
    /// What the session held, of those that the origin gives out.
    pub holds: Holds,
    /// Why there was no session.
    pub refusal: Option<String>,
}

/// The sessions that the origin gives out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Holds {
    /// All that fits, to the last byte.
    Full,
    /// Very little.
    Small,
    /// There was no session.
    Nothing,
    /// Something that the origin never gave out.
    Other,
}

/// A session that the library did not send, with status 422.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// What it would take.
    pub needed: usize,
    /// What the budget allows.
    pub allowed: usize,
    /// The error in words.
    pub text: String,
}
