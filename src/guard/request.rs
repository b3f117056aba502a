//! The parts of a request that decide how a guard answers a visitor who is not signed in.

use std::borrow::Cow;
use std::fmt;

use crate::cross_origin::{FieldValue, RequestParts};
use crate::head::RequestHead;

/// Fields by which a library says that it loads a page by a script and shows what a redirect leads to, in
/// place of the page. Seen in Chromium 156 with Turbo 8.0.23, Unpoly 3.14.3, Pjax 0.2.8 (not `jquery-pjax`), and
/// htmx 2.0.11 and 4.0.1.
const PAGE_LOADERS: [&str; 5] = [
    "turbo-frame",
    "x-turbo-request-id",
    "x-up-version",
    "x-pjax-selectors",
    "hx-boosted",
];

/// A request as a guard sees it. Whether it passes depends on its session alone; this decides where its
/// visitor is sent. [`SignInPage::visits`](crate::SignInPage::visits) hands it over.
///
/// ```
/// use sealed_session::GuardedRequest;
///
/// fn is_visit(request: &GuardedRequest<'_>) -> bool {
///     request.is_visit() && request.method() == "GET" && !request.path().starts_with("/api/")
/// }
/// let page = sealed_session::SignInPage::new("/sign-in")?.visits(is_visit);
/// # let _ = page;
/// # Ok::<(), sealed_session::Error>(())
/// ```
pub struct GuardedRequest<'a> {
    parts: RequestParts<'a>,
    query: &'a str,
}

impl<'a> GuardedRequest<'a> {
    pub(super) fn of<I>(request: &RequestHead<'a, I>) -> GuardedRequest<'a> {
        GuardedRequest {
            parts: request.asked,
            query: request.query.unwrap_or_default(),
        }
    }

    /// Returns the method.
    ///
    /// ```
    /// let is_read = |request: &sealed_session::GuardedRequest<'_>| request.method() == "GET";
    /// # let _ = is_read;
    /// ```
    #[must_use]
    pub fn method(&self) -> &'a str {
        self.parts.method.unwrap_or_default()
    }

    /// Returns the path: raw, without the query.
    ///
    /// ```
    /// let is_page = |request: &sealed_session::GuardedRequest<'_>| !request.path().starts_with("/api/");
    /// # let _ = is_page;
    /// ```
    #[must_use]
    pub fn path(&self) -> &'a str {
        self.parts.path.unwrap_or_default()
    }

    /// Returns the value of a header field, or `None` if it did not come. Several values are joined by `, `
    /// (RFC 9110 section 5.3), and bytes that are no UTF-8 are replaced. The name may have any case.
    ///
    /// ```
    /// let is_ours = |request: &sealed_session::GuardedRequest<'_>| {
    ///     request.field("X-Requested-With").as_deref() == Some("our-page-loader")
    /// };
    /// # let _ = is_ours;
    /// ```
    #[must_use]
    pub fn field(&self, name: &str) -> Option<String> {
        let mut values: Vec<String> = Vec::new();
        let name = name.to_ascii_lowercase();
        self.parts.look_up(&name, &mut |value| {
            values.push(String::from_utf8_lossy(value).into_owned());
        });
        (!values.is_empty()).then(|| values.join(", "))
    }

    /// Returns the path and query, which a visitor can come back to if going there again does the same.
    pub(super) fn repeatable_target(&self) -> Option<Cow<'a, str>> {
        if !matches!(self.parts.method, Some("GET" | "HEAD")) {
            return None;
        }
        if self.query.is_empty() {
            return Some(self.path().into());
        }
        Some(format!("{}?{}", self.path(), self.query).into())
    }

    /// Returns whether somebody wants to see a page, and not a script its data. These are visits:
    ///
    /// - `Sec-Fetch-Mode: navigate`. Any other mode is none (Fetch Metadata Request Headers, section 2.2), unless
    ///   the last point applies. Every current browser sends it over https and to this machine.
    /// - Without that field, an `Accept` that names `text/html` or `application/xhtml+xml`. Browsers name them when
    ///   they navigate; `fetch`, curl and health checks ask for `*/*`.
    /// - What libraries send that load a page by a script, and show the page that a redirect leads to: `Turbo-Frame`
    ///   and `X-Turbo-Request-Id` (Turbo from 8), `X-Up-Version` (Unpoly), `X-PJAX-Selectors` (Pjax) and
    ///   `HX-Boosted` (htmx). Other requests of htmx put what they get into a part of the page, and
    ///   `jquery-pjax` navigates by itself after a 401, so they are no visits.
    ///
    /// ```
    /// use sealed_session::{GuardedRequest, SignInPage};
    ///
    /// // Turbo 7 tells a visit by `Accept` alone.
    /// let is_visit = |request: &GuardedRequest<'_>| {
    ///     let accept = request.field("accept").unwrap_or_default();
    ///     request.is_visit() || accept == "text/html, application/xhtml+xml"
    /// };
    /// let page = SignInPage::new("/sign-in")?.visits(is_visit);
    /// # let _ = page;
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    // This is another question than [`RequestParts::brings_lax_cookies`]: a frame of this site shows a page as
    // well, and older browsers say so in `Accept` alone.
    #[must_use]
    pub fn is_visit(&self) -> bool {
        let is_navigation = |mode: &[u8]| mode == b"navigate";
        let shows_page = match self.parts.read("sec-fetch-mode", is_navigation) {
            FieldValue::One(is_navigation) => is_navigation,
            // Two of them do not parse, and such a field is ignored (RFC 9651 section 4.2).
            FieldValue::Absent | FieldValue::Several => self.accepts_page(),
        };
        shows_page || PAGE_LOADERS.iter().any(|name| self.field(name).is_some())
    }

    fn accepts_page(&self) -> bool {
        let mut accepts = false;
        self.parts.look_up("accept", &mut |value| {
            accepts |= value.split(|byte| *byte == b',').any(is_page);
        });
        accepts
    }
}

/// Returns whether an element of `Accept` names a page.
fn is_page(range: &[u8]) -> bool {
    let kind = range.split(|byte| *byte == b';').next().unwrap_or_default();
    let kind = kind.trim_ascii();
    let pages = [&b"text/html"[..], b"application/xhtml+xml"];
    pages.iter().any(|page| kind.eq_ignore_ascii_case(page))
}

/// Hides the query, which may hold secrets.
impl fmt::Debug for GuardedRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuardedRequest")
            .field("method", &self.method())
            .field("path", &self.path())
            .finish_non_exhaustive()
    }
}
