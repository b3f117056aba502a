//! What a scenario expected, and what it saw.

use std::fmt;

/// Why a scenario did not pass.
///
/// ```
/// # use conformance::Failure;
/// let failure = Failure::new("GET /act/get.name", "the body", "Ada", "nothing");
/// assert_eq!(
///     failure.to_string(),
///     "GET /act/get.name: the body: expected Ada, saw nothing"
/// );
/// ```
#[derive(Clone, Debug)]
pub struct Failure {
    place: String,
    what: String,
    expected: String,
    seen: String,
}

impl Failure {
    /// At `place`, usually a request, `what` was not as `expected`.
    pub fn new(
        place: impl Into<String>,
        what: impl Into<String>,
        expected: impl Into<String>,
        seen: impl Into<String>,
    ) -> Failure {
        Failure {
            place: place.into(),
            what: what.into(),
            expected: expected.into(),
            seen: seen.into(),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Failure {
            place,
            what,
            expected,
            seen,
        } = self;
        write!(f, "{place}: {what}: expected {expected}, saw {seen}")
    }
}

impl std::error::Error for Failure {}

/// Passes if both are the same.
pub(crate) fn same<T: PartialEq + fmt::Debug>(
    place: &str,
    what: &str,
    expected: T,
    seen: T,
) -> Result<(), Failure> {
    if expected == seen {
        return Ok(());
    }
    let [expected, seen] = [expected, seen].map(|value| format!("{value:?}"));
    Err(Failure::new(place, what, expected, seen))
}

/// Passes if they are not the same.
pub(crate) fn differ(place: &str, what: &str, before: &str, now: &str) -> Result<(), Failure> {
    if before != now {
        return Ok(());
    }
    Err(Failure::new(
        place,
        what,
        format!("other than {before:?}"),
        "the same",
    ))
}
