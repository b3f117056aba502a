//! The path that a visitor comes back to after the sign-in.

use std::fmt;

use super::percent::{encoded, only, split};
use super::reading;

/// A path on this site, to come back to after the sign-in. It is checked, so that a link to the sign-in page
/// cannot lead a visitor to a copy of the site (an *open redirect*,
/// [CWE-601](https://cwe.mitre.org/data/definitions/601.html)).
///
/// A guard writes it into the parameter [`next`](ReturnPath::PARAMETER) of its redirect. Anybody can make a
/// link to the sign-in page with another `next`, so the parameter is checked when it comes back as if nobody
/// had checked it before. An HTML form without an `action` is sent to the URL of its page, parameters
/// included, so the handler of the form finds it there, too:
///
/// ```
/// use sealed_session::ReturnPath;
///
/// /// Where to go once the password was checked. Frameworks hand over the query of the request.
/// fn target(query: Option<&str>) -> String {
///     let back = query.and_then(ReturnPath::from_query);
///     back.map_or_else(|| "/".to_owned(), String::from)
/// }
///
/// assert_eq!(target(Some("next=/orders%3Fpage%3D2")), "/orders?page=2");
/// assert_eq!(target(Some("next=//evil.example/")), "/");
/// assert_eq!(target(None), "/");
/// ```
///
/// # What is refused
///
/// Every path that is not certain to stay on this site. The visitor then comes to the page that the
/// application shows after a sign-in without a path to come back to.
///
/// | refused | because |
/// | --- | --- |
/// | what does not begin with one slash | it is a URL, `javascript:` among them, or relative to who knows what |
/// | `//evil.example`, `/\evil.example` | browsers read a host, with either slash ([URL Standard](https://url.spec.whatwg.org/#relative-slash-state), "relative slash state") |
/// | tabs and line breaks: `/⇥/evil.example` | browsers drop them first, wherever they stand (URL Standard, "basic URL parser", step 3); a line break also ends a header field |
/// | spaces, control characters, all that is not ASCII, `" < >` and `#` | no browser sends them in a path or query, so no guard wrote them |
/// | a backtick in the path | neither; in a query browsers send it |
/// | `//` anywhere in the path, `.` and `..` | `/.//evil.example` has the path `//evil.example` once dots are removed (RFC 3986 section 5.2.4), and whoever redirects to that path leaves |
/// | `/;a=b/evil.example`, `..;` | servers that cut off the parameters of a segment read `//evil.example`, and dots (RFC 3986 section 3.3) |
/// | slashes, backslashes, dots and control characters that mean this once decoded, however often: `/%2Fevil.example`, `/%5Cevil.example`, `/%252F`, `/%09/`, `/%2e%2e//` | proxies and scripts decode what they pass on |
/// | `^ { \| }` in the path | not every framework can redirect there |
/// | encoded bytes that are no UTF-8: `/%C0%AFevil.example` | lenient decoders read an overlong slash |
/// | full-width and small forms, and what looks like a slash: `／evil.example`, `∕evil.example`, encoded | normalisation (UAX #15) and best-fit tables make ASCII of them |
/// | more than 1,000 characters, unless a [`SignInPage`](crate::SignInPage::longest_way_back) allows more | so that the redirect fits a proxy's limits |
///
/// Behind a question mark slashes of either kind name no host, so encoded or not they may stand there:
/// `/open?url=https://shop.example/` is a path on this site. Browsers send backslashes and backticks of a query
/// as they are (URL Standard, "query percent-encode set").
#[doc(alias("next", "redirect_to", "return_to", "safe_redirect"))]
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ReturnPath(String);

impl ReturnPath {
    /// The name of the parameter that carries the path: the one that Django, Flask and axum-login use.
    ///
    /// ```
    /// use sealed_session::ReturnPath;
    ///
    /// assert_eq!(ReturnPath::PARAMETER, "next");
    /// ```
    pub const PARAMETER: &'static str = "next";

    /// The most characters, unless the application says otherwise. Encoding triples them at most, which still
    /// fits the response head of a proxy that takes 4 KiB.
    pub(crate) const LENGTH_MAX: usize = 1_000;

    /// Checks a path with its query, and returns it if it stays on this site. Give it decoded, as your
    /// framework's reader of forms hands it out; [`from_query`](ReturnPath::from_query) reads the parameter
    /// itself.
    ///
    /// ```
    /// use sealed_session::ReturnPath;
    ///
    /// assert!(ReturnPath::parse("/orders?page=2").is_some());
    /// assert!(ReturnPath::parse("/my%20files/").is_some());
    /// for elsewhere in ["https://evil.example/", "//evil.example", "/\\evil.example", "/%2Fevil.example"] {
    ///     assert!(ReturnPath::parse(elsewhere).is_none());
    /// }
    /// ```
    #[must_use]
    pub fn parse(path: &str) -> Option<ReturnPath> {
        ReturnPath::checked(path, ReturnPath::LENGTH_MAX)
    }

    /// Does the same with another limit.
    pub(super) fn checked(target: &str, longest: usize) -> Option<ReturnPath> {
        // Browsers send more than RFC 3986 allows, `[]` and `{}` for instance, but none of these.
        let is_sent = |byte: u8| byte.is_ascii_graphic() && !b"\"#<>".contains(&byte);
        if target.len() > longest || !target.bytes().all(is_sent) {
            return None;
        }
        let path = split(target).0;
        // Rocket's parser of URIs takes none of these in a path, so a redirect to one fails there.
        let is_known = |byte: u8| !b"^{|}`".contains(&byte);
        let is_ours = path.bytes().all(is_known) && reading::is_safe(path);
        is_ours.then(|| ReturnPath(target.to_owned()))
    }

    /// Reads the parameter `next` of a request's query, which is given as it came, without the question mark.
    /// Returns `None` if the parameter is missing, comes twice, or leads elsewhere.
    ///
    /// ```
    /// use sealed_session::ReturnPath;
    ///
    /// let back = ReturnPath::from_query("lang=de&next=/orders%3Fpage%3D2").unwrap();
    /// assert_eq!(back.as_str(), "/orders?page=2");
    /// assert_eq!(ReturnPath::from_query("next=%2F%2Fevil.example"), None);
    /// assert_eq!(ReturnPath::from_query("next=/orders&next=//evil.example"), None);
    /// ```
    #[must_use]
    pub fn from_query(query: &str) -> Option<ReturnPath> {
        ReturnPath::read(query, ReturnPath::LENGTH_MAX)
    }

    /// Does the same with another limit.
    pub(super) fn read(query: &str, longest: usize) -> Option<ReturnPath> {
        ReturnPath::checked(&only(query, ReturnPath::PARAMETER)?, longest)
    }

    /// Returns the path and query, ready for a `Location` field.
    ///
    /// ```
    /// use sealed_session::ReturnPath;
    ///
    /// let back = ReturnPath::parse("/orders?page=2").unwrap();
    /// assert_eq!(back.as_str(), "/orders?page=2");
    /// ```
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the path and query encoded as the value of a parameter, for a link or a redirect to a sign-in
    /// page. It needs no escaping in HTML.
    ///
    /// ```
    /// use sealed_session::ReturnPath;
    ///
    /// let back = ReturnPath::parse("/orders?page=2&by=date").unwrap();
    /// let link = format!("/sign-in?{}={}", ReturnPath::PARAMETER, back.encoded());
    /// assert_eq!(link, "/sign-in?next=/orders%3Fpage%3D2%26by%3Ddate");
    /// ```
    #[must_use]
    pub fn encoded(&self) -> String {
        encoded(&self.0)
    }

    pub(super) fn query(&self) -> &str {
        split(&self.0).1
    }
}

/// Writes the path and query, as [`as_str`](ReturnPath::as_str) returns them. The query may hold secrets:
/// keep it out of logs, for which there is `Debug`.
impl fmt::Display for ReturnPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for ReturnPath {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl From<ReturnPath> for String {
    fn from(path: ReturnPath) -> String {
        path.0
    }
}

/// Hides the query, which may hold secrets.
impl fmt::Debug for ReturnPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = match split(&self.0) {
            (path, "") => path.to_owned(),
            (path, _) => format!("{path}?.."),
        };
        f.debug_tuple("ReturnPath").field(&shown).finish()
    }
}
