//! What a guard asks of a request.

use std::fmt;

use super::percent::split;
use crate::cross_origin::HeaderFields;

/// The parts of a request that decide how a guard answers somebody who is not signed in. Whether they
/// pass depends on their session alone.
///
/// ```
/// use sealed_session::GuardedRequest;
///
/// let request = GuardedRequest::new("GET", "/orders?page=2");
/// ```
#[derive(Clone, Copy)]
pub struct GuardedRequest<'a> {
    method: &'a str,
    target: &'a str,
    fields: Option<&'a HeaderFields<'a>>,
}

impl<'a> GuardedRequest<'a> {
    /// A request with this method and this path and query: raw, and the whole of them, where a router
    /// hands only a part of the path to what it mounts.
    ///
    /// ```
    /// use sealed_session::GuardedRequest;
    ///
    /// let request = GuardedRequest::new("GET", "/orders?page=2");
    /// assert!(!format!("{request:?}").contains("page"), "a query may hold secrets");
    /// ```
    #[must_use]
    pub fn new(method: &'a str, target: &'a str) -> GuardedRequest<'a> {
        GuardedRequest {
            method,
            target,
            fields: None,
        }
    }

    /// A way to look header fields up, which tell whether this is the visit of a page. A script that
    /// fetches data would follow a redirect to the sign-in page, and take that for its data; it can do
    /// something about a 401.
    ///
    /// - `Sec-Fetch-Mode: navigate` is a visit, and any other mode is none (Fetch Metadata Request
    ///   Headers, section 2.2). Every current browser sends it over https and to this machine.
    /// - Without that field it is a visit if `Accept` names `text/html` or `application/xhtml+xml`,
    ///   which browsers do when they navigate; `fetch`, curl and health checks ask for `*/*`.
    ///
    /// ```
    /// use sealed_session::{Guard, GuardedRequest, HeaderFields, Verdict};
    /// # use sealed_session::{Key, KeyRing, RequestHead, SessionManager, Slots};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let slots = Slots::new(SessionManager::new(KeyRing::new(Key::generate()?))?);
    /// # let sessions = slots.load(RequestHead::default(), now);
    /// # let guard = Guard::signed_in().or_redirect("/sign-in")?;
    ///
    /// let script: &HeaderFields<'_> = &|name, take| match name {
    ///     "sec-fetch-mode" => take(b"cors"),
    ///     "accept" => take(b"text/html"),
    ///     _ => {}
    /// };
    /// let request = GuardedRequest::new("GET", "/orders").fields(script);
    /// assert_eq!(guard.check(&sessions, &request)?, Verdict::Unauthorized);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn fields(mut self, fields: &'a HeaderFields<'a>) -> GuardedRequest<'a> {
        self.fields = Some(fields);
        self
    }

    pub(super) fn target(&self) -> &'a str {
        self.target
    }

    pub(super) fn path(&self) -> &'a str {
        split(self.target).0
    }

    /// Whether going to the same place once more does the same.
    pub(super) fn is_repeatable(&self) -> bool {
        ["GET", "HEAD"].contains(&self.method)
    }

    /// Whether somebody wants to see a page.
    pub(super) fn is_visit(&self) -> bool {
        let mut mode = None;
        self.look_up("sec-fetch-mode", &mut |value| {
            mode = Some(value.trim_ascii() == b"navigate");
        });
        mode.unwrap_or_else(|| {
            let mut wants = false;
            self.look_up("accept", &mut |value| {
                wants |= value.split(|byte| *byte == b',').any(is_page);
            });
            wants
        })
    }

    fn look_up(&self, name: &str, take: &mut dyn FnMut(&[u8])) {
        if let Some(fields) = self.fields {
            fields(name, take);
        }
    }
}

/// Whether an element of `Accept` names a page.
fn is_page(range: &[u8]) -> bool {
    let kind = range.split(|byte| *byte == b';').next().unwrap_or_default();
    let kind = kind.trim_ascii();
    let pages = [&b"text/html"[..], b"application/xhtml+xml"];
    pages.iter().any(|page| kind.eq_ignore_ascii_case(page))
}

/// The query and fields are not shown.
impl fmt::Debug for GuardedRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuardedRequest")
            .field("method", &self.method)
            .field("path", &self.path())
            .finish_non_exhaustive()
    }
}
