//! What becomes of a fault of the application that is answered with a 500, and how a page or a redirect of ours is sent.
//!
//! Owns what is logged, shown and held back of a fault, and what each framework asks of the types of an error, of a
//! page and of a redirect, which only the crate that has the type may say. Makes no other response, and shows nothing of a visitor's.

#[cfg(feature = "actix-web-4")]
mod actix;
#[cfg(feature = "axum-core-05")]
mod axum;
#[cfg(feature = "rocket-05")]
mod rocket;

use std::fmt::Display;

use crate::error::Error;

/// Settles an error that becomes the response, and returns the body of that 500. The error goes to the
/// log, and what it holds back is [held back](Error::hold_back). The body is empty, unless the error is a
/// [mistake of the developer's](tell_mistake) and the build has debug assertions.
///
/// ```
/// use sealed_session::{Error, Key, adapter};
///
/// let key = "not a key".parse::<Key>().unwrap_err();
/// assert_eq!(adapter::answer(&key), "");
/// let mistake = Error::misuse("two session layers cover one request");
/// assert_eq!(adapter::answer(&mistake).is_empty(), !cfg!(debug_assertions));
/// ```
#[must_use]
pub fn answer(error: &Error) -> String {
    error.hold_back();
    if error.is_misuse() {
        return tell_mistake(error);
    }
    // The commit fails with what is too large, and reports it.
    if !error.is_too_large() && !error.tell() {
        tracing::error!(target: "sealed_session", %error, "session error in a handler");
    }
    String::new()
}

/// Logs a mistake of whoever put the application together, such as a route that no layer covers, and
/// returns the body of the 500 that answers for it. If the error knows its [session][mistake], it is an
/// [`Event::Mistake`](crate::Event::Mistake).
///
/// In builds with debug assertions the body is the text, which also goes to standard error if no
/// subscriber of `tracing` was ever set. In other builds it is empty. The text is to hold nothing that
/// comes from a visitor.
///
/// [mistake]: crate::adapter::mistake
///
/// ```
/// use sealed_session::{Error, adapter};
///
/// let body = adapter::tell_mistake(&Error::misuse("no session layer is around this service"));
/// assert_eq!(body.is_empty(), !cfg!(debug_assertions));
/// ```
pub fn tell_mistake(mistake: &Error) -> String {
    if !mistake.tell() {
        tracing::error!(target: "sealed_session", "{mistake}");
    }
    // With Rocket events go to `log`, too, and Rocket shows what comes there.
    let is_heard = tracing::dispatcher::has_been_set() || cfg!(feature = "rocket-05");
    let shown = Shown::of(mistake, cfg!(debug_assertions), is_heard);
    if let Some(line) = shown.line {
        #[expect(clippy::print_stderr, reason = "nobody listens elsewhere")]
        {
            eprintln!("{line}");
        }
    }
    shown.body
}

/// Returns the body of [`tell_mistake`], and tells nothing, for a response that is made later.
///
/// ```
/// use sealed_session::{Error, adapter};
///
/// let body = adapter::mistake_body(&Error::misuse("no session layer is around this service"));
/// assert_eq!(body.is_empty(), !cfg!(debug_assertions));
/// ```
#[must_use]
pub fn mistake_body(mistake: &Error) -> String {
    Shown::of(mistake, cfg!(debug_assertions), true).body
}

/// Where a mistake shows beside the log.
#[derive(Debug, Default, PartialEq, Eq)]
struct Shown {
    body: String,
    /// For standard error.
    line: Option<String>,
}

impl Shown {
    fn of(mistake: &dyn Display, is_debug: bool, is_heard: bool) -> Shown {
        if !is_debug {
            return Shown::default();
        }
        Shown {
            body: mistake.to_string(),
            line: (!is_heard).then(|| format!("sealed_session: {mistake}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Shown;

    #[test]
    fn a_mistake_shows_in_builds_with_debug_assertions_only() {
        let shown = |is_debug, is_heard| {
            let shown = Shown::of(&"no layer", is_debug, is_heard);
            (shown.body, shown.line)
        };
        let line = || Some("sealed_session: no layer".to_owned());
        assert_eq!(shown(true, false), ("no layer".to_owned(), line()));
        assert_eq!(shown(true, true), ("no layer".to_owned(), None));
        assert_eq!(shown(false, false), (String::new(), None));
        assert_eq!(shown(false, true), (String::new(), None));
    }
}
