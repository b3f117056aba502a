//! The parts of a request that decide how a guard answers a visitor who is not signed in.

use std::borrow::Cow;

use crate::cross_origin::{FieldValue, RequestParts};
use crate::head::RequestHead;

/// A request as a guard sees it. Whether it passes depends on its session alone; this decides where its
/// visitor is sent.
pub(super) struct GuardedRequest<'a> {
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

    pub(super) fn path(&self) -> &'a str {
        self.parts.path.unwrap_or_default()
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

    /// Returns whether somebody wants to see a page, and not a script its data.
    ///
    /// This is another question than [`RequestParts::brings_lax_cookies`]: a frame of this site shows a page
    /// as well, and older browsers say so in `Accept` alone.
    pub(super) fn wants_page(&self) -> bool {
        let is_navigation = |mode: &[u8]| mode == b"navigate";
        match self.parts.read("sec-fetch-mode", is_navigation) {
            FieldValue::One(is_navigation) => is_navigation,
            // Two of them do not parse, and such a field is ignored (RFC 9651 section 4.2).
            FieldValue::Absent | FieldValue::Several => self.accepts_page(),
        }
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
