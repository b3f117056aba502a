//! Verdicts of guards, and the answers to requests that may not pass.

use std::fmt;
use std::time::Duration;

use super::percent::split;
use crate::head::HeaderChange;

/// The decision of a [`Guard`](crate::Guard).
///
/// ```
/// use sealed_session::adapter::Verdict;
///
/// let verdict = Verdict::Redirect("/sign-in".to_owned());
/// assert_eq!(verdict.status(), Some(303));
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// The request goes on.
    Pass,
    /// Nobody is signed in, or there is no session: 401.
    Unauthorized,
    /// Somebody is signed in who did not [prove who they are](crate::Session::confirm) within this time: 401, with the
    /// challenge of RFC 9470, section 3.
    Unconfirmed(Duration),
    /// The visitor has a session, and may not pass: 403.
    Forbidden,
    /// The visitor may pass if the session was not revoked, and nobody knows that recently enough, or if it could be
    /// [fetched](crate::overflow): 503.
    Unavailable,
    /// Nobody is signed in, or not recently enough, and this `Location` is where they can see to that: 303.
    Redirect(String),
}

impl Verdict {
    /// Returns the status of the answer; `None` if the request goes on.
    ///
    /// ```
    /// use sealed_session::adapter::Verdict;
    ///
    /// assert_eq!(Verdict::Pass.status(), None);
    /// assert_eq!(Verdict::Unauthorized.status(), Some(401));
    /// assert_eq!(Verdict::Forbidden.status(), Some(403));
    /// ```
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self {
            Verdict::Pass => None,
            Verdict::Unauthorized | Verdict::Unconfirmed(_) => Some(401),
            Verdict::Forbidden => Some(403),
            Verdict::Unavailable => Some(503),
            Verdict::Redirect(_) => Some(303),
        }
    }

    /// Returns the header fields of the answer, whose body is empty. No cache may store it, because the same
    /// visitor gets another answer after the sign-in. The commit adds that it varies by the session.
    ///
    /// ```
    /// use sealed_session::adapter::Verdict;
    ///
    /// let changes = Verdict::Redirect("/sign-in".to_owned()).header_changes();
    /// let lines: Vec<String> = changes.iter().map(|change| format!("{change:?}")).collect();
    /// assert_eq!(lines, ["Replace(cache-control: no-store)", "Replace(location: /sign-in)"]);
    /// assert!(Verdict::Pass.header_changes().is_empty());
    /// ```
    #[must_use]
    pub fn header_changes(&self) -> Vec<HeaderChange> {
        let no_store = HeaderChange::replace("cache-control", "no-store");
        match self {
            Verdict::Pass => Vec::new(),
            Verdict::Unauthorized | Verdict::Forbidden | Verdict::Unavailable => vec![no_store],
            Verdict::Unconfirmed(within) => {
                let challenge = format!(
                    "Bearer error=\"insufficient_user_authentication\", \
                     error_description=\"confirm who you are\", max_age=\"{}\"",
                    within.as_secs()
                );
                vec![
                    no_store,
                    HeaderChange::replace("www-authenticate", challenge),
                ]
            }
            Verdict::Redirect(location) => {
                vec![
                    no_store,
                    HeaderChange::replace("location", location.clone()),
                ]
            }
        }
    }
}

/// Hides the query of a location, because it holds that of the request.
impl fmt::Debug for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verdict::Pass => f.write_str("Pass"),
            Verdict::Unauthorized => f.write_str("Unauthorized"),
            Verdict::Unconfirmed(within) => f.debug_tuple("Unconfirmed").field(within).finish(),
            Verdict::Forbidden => f.write_str("Forbidden"),
            Verdict::Unavailable => f.write_str("Unavailable"),
            Verdict::Redirect(location) => match split(location) {
                (path, "") => write!(f, "Redirect({path:?})"),
                (path, _) => write!(f, "Redirect({:?})", format!("{path}?..")),
            },
        }
    }
}
