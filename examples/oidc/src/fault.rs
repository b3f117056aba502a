//! Why the provider has given no good answer. Nothing of an answer is in it.

use crate::http::NoAnswer;

/// Why there is no good answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// There is none.
    Silent(&'static str),
    /// It is not what was agreed upon.
    Wrong(&'static str),
    /// It is a refusal, of this code.
    Refused(&'static str),
}

impl From<NoAnswer> for Fault {
    fn from(NoAnswer(why): NoAnswer) -> Fault {
        Fault::Silent(why)
    }
}
