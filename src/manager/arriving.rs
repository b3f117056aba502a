//! What of a request may be its session, and by which transport it came.

use super::RequestHead;
use crate::cookie::{Jar, SameSite, TEXT_MAX};
use crate::cross_origin::RequestParts;
use crate::error::Refusal;
use crate::session::{Context, Family, Links};
use crate::transport::{Field, LINK_MAX, Own, Source, Values, in_query};

/// What came in cookies.
pub(super) fn in_cookies<'a, I>(context: &Context, lines: I, request: &RequestHead<'_, ()>) -> Jar
where
    I: IntoIterator<Item = &'a [u8]>,
{
    let families = context.families().map(|(_, family)| &family.names);
    Jar::read(lines, families, || is_withheld(context, request))
}

/// What came by the first transport that the request uses. What it knows of links goes to `links`.
pub(super) fn arriving<'a, I>(
    context: &Context,
    lines: I,
    request: &RequestHead<'_, ()>,
    links: &mut Option<Box<Links>>,
) -> Jar
where
    I: IntoIterator<Item = &'a [u8]>,
{
    let transport = &context.transport;
    let families = context.families().count();
    let in_link = transport.in_links().and_then(|parameter| {
        let in_link = in_query(request.query.unwrap_or_default(), parameter, LINK_MAX);
        let came = in_link.as_ref().is_some_and(|came| *came != Ok(Vec::new()));
        let in_link = in_link.filter(|came| counts(context, &request.asked, came));
        let own = Own::new(request.asked.host, request.is_loopback());
        *links = Some(Box::new(Links::new(own, came)));
        in_link
    });
    let in_field = transport.in_field();
    if let Some(jar) = in_field.and_then(|field| in_fields(field, families, request)) {
        return jar;
    }
    let cookies = transport
        .in_cookies()
        .then(|| in_cookies(context, lines, request));
    match (cookies, in_link) {
        // Whoever sends one of our cookies keeps cookies.
        (Some(jar), Some(_)) if !jar.is_empty() => jar,
        (_, Some(text)) => Jar::of_one(Source::Url, families, text),
        (Some(jar), None) => jar,
        (None, None) => Jar::of_one(transport.unasked(), families, Ok(Vec::new())),
    }
}

/// Whether what came in a link says how this visitor is answered. Nothing that could be a token asks for
/// links, and where cookies are the rule that is for pages of this site to offer: another one would
/// move its visitors into what leaks.
fn counts(context: &Context, asked: &RequestParts<'_>, came: &Result<Vec<u8>, Refusal>) -> bool {
    let is_token = came.as_ref().is_ok_and(|text| !text.is_empty());
    is_token || context.transport.unasked() == Source::Url || asked.is_from_here()
}

/// Whether another site caused the request, and the browser may have kept the session's cookies back
/// for that: a session that is begun now would replace the one in them.
fn is_withheld(context: &Context, request: &RequestHead<'_, ()>) -> bool {
    let asked = &request.asked;
    let is_kept_back = |family: &Family| match family.spec.sent() {
        SameSite::None => false,
        SameSite::Lax => !asked.brings_lax_cookies(),
        SameSite::Strict => true,
    };
    asked.is_cross_site()
        && !request.exempt
        && !context.cross_origin.exempts(asked.path)
        && context.families().any(|(_, family)| is_kept_back(family))
}

/// Whether the request uses the header transport, whatever comes of it.
pub(crate) fn is_in_field(context: &Context, asked: &RequestParts<'_>) -> bool {
    let Some((field, fields)) = context.transport.in_field().zip(asked.fields) else {
        return false;
    };
    let mut values = Values::default();
    fields(field.request(), &mut |value| {
        field.read(value, TEXT_MAX, &mut values)
    });
    values.only().is_some()
}

/// What came in header fields; `None` if the request has none of the session's.
fn in_fields(field: &Field, families: usize, request: &RequestHead<'_, ()>) -> Option<Jar> {
    let mut values = Values::default();
    request.look_up(field.request(), &mut |value| {
        field.read(value, TEXT_MAX, &mut values);
    });
    let mut jar = Jar::of_one(Source::Header, families, values.only()?);
    request.look_up(field.touch(), &mut |value| jar.add_touch(families, value));
    Some(jar)
}
