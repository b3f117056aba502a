//! Decides which carrier counts in a request: a field before cookies, and cookies before a link.

use super::configured::Carriers;
use super::cookies::Cookies;
use super::family::Family;
use super::incoming::{Incoming, Single};
use super::link::{LinkUse, Links};
use super::own_link::OwnOrigin;
use super::source::Source;
use crate::cookie::SameSite;
use crate::cross_origin::{CrossOrigin, RequestParts};
use crate::error::Refusal;
use crate::head::{CookieLine, RequestHead};

impl Carriers {
    /// Reads the session that came with a request, and what its links need, if there may be some.
    /// `policy` says which requests of other origins are served.
    #[inline]
    pub(crate) fn read<'a>(
        &self,
        lines: impl IntoIterator<Item: CookieLine<'a>>,
        request: &RequestHead<'_, ()>,
        policy: &CrossOrigin,
    ) -> (Incoming, Option<Box<LinkUse>>) {
        let (in_link, links) = match self.links() {
            None => (None, None),
            Some(own) => {
                let (in_link, links) = self.read_link(own, request);
                (in_link, Some(links))
            }
        };
        let came = match (self.read_field(request), in_link) {
            (Some(single), _) => Incoming::Field(single),
            (None, in_link) if self.reads_cookies() => {
                self.cookies().read_unless(in_link, lines, request, policy)
            }
            (None, Some(text)) => Incoming::Link(Single::new(text)),
            (None, None) => self.nothing(),
        };
        (came, links)
    }

    #[inline]
    fn read_field(&self, request: &RequestHead<'_, ()>) -> Option<Single> {
        let (own, fields) = self.fields().zip(request.asked.fields)?;
        own.read(fields)
    }

    /// Reads the link of a request, if it says how this visitor is answered, and what links of the
    /// response need.
    fn read_link(
        &self,
        links: &Links,
        request: &RequestHead<'_, ()>,
    ) -> (Option<Result<Vec<u8>, Refusal>>, Box<LinkUse>) {
        let came = links.read(request.query.unwrap_or_default());
        let has_token = came.as_ref().is_some_and(|came| *came != Ok(Vec::new()));
        let development = self.cookies().own().spec.plain_http_hosts();
        let may_be_plain = request.is_loopback() || request.is_at_one_of(development);
        let own = OwnOrigin::new(request.asked.host, may_be_plain);
        let counting = came.filter(|came| self.is_asked_for_links(&request.asked, came));
        (counting, Box::new(LinkUse::new(own, has_token)))
    }

    /// Returns what came of a request that uses none of the carriers, where cookies are not read.
    fn nothing(&self) -> Incoming {
        let nothing = Single::new(Ok(Vec::new()));
        match self.unasked() {
            Source::Link => Incoming::Link(nothing),
            Source::Field | Source::Cookie => Incoming::Field(nothing),
        }
    }

    /// Returns whether the parameter that came says how this visitor is answered. Nothing that could
    /// be a token asks for links, and where cookies are the rule, that is for pages of this site to
    /// offer: another one would move its visitors into what leaks.
    fn is_asked_for_links(
        &self,
        asked: &RequestParts<'_>,
        came: &Result<Vec<u8>, Refusal>,
    ) -> bool {
        let is_token = came.as_ref().is_ok_and(|text| !text.is_empty());
        is_token || self.unasked() == Source::Link || asked.is_from_here()
    }
}

impl Cookies {
    /// Reads the cookies of a request. Without any of ours, what came in a link counts: a client that
    /// sends one of our cookies keeps cookies.
    #[inline]
    fn read_unless<'a>(
        &self,
        in_link: Option<Result<Vec<u8>, Refusal>>,
        lines: impl IntoIterator<Item: CookieLine<'a>>,
        request: &RequestHead<'_, ()>,
        policy: &CrossOrigin,
    ) -> Incoming {
        let jar = self.read(lines);
        match in_link {
            Some(text) if jar.is_empty() => Incoming::Link(Single::new(text)),
            _ if jar.has_no_chunk() && self.is_withheld(request, policy) => Incoming::Withheld(jar),
            _ => Incoming::Cookies(jar),
        }
    }

    /// Returns whether another site caused the request, and the browser may have kept the session's
    /// cookies back for that: a session that is begun now would replace the one in them.
    fn is_withheld(&self, request: &RequestHead<'_, ()>, policy: &CrossOrigin) -> bool {
        let asked = &request.asked;
        let is_kept_back = |family: &Family| match family.spec.sent() {
            SameSite::None => false,
            SameSite::Lax => !asked.brings_lax_cookies(),
            SameSite::Strict => true,
        };
        asked.is_cross_site()
            && !policy.exempts(asked.path)
            && self.families().any(|(_, family)| is_kept_back(family))
    }
}
