//! What of a request may be its session, and by which transport it came.

use super::RequestHead;
use crate::cookie::{Jar, TEXT_MAX};
use crate::session::{Context, Links};
use crate::transport::{Field, LINK_MAX, Own, Source, Values, in_query};

/// What came in cookies.
pub(super) fn in_cookies<'a, I>(context: &Context, request: RequestHead<'a, I>) -> Jar
where
    I: IntoIterator<Item = &'a [u8]>,
{
    let families = context.families().map(|(_, family)| &family.names);
    Jar::read(request.cookie_lines, families)
}

/// What came by the first transport that the request uses. What it knows of links goes to `links`.
pub(super) fn arriving<'a, I>(
    context: &Context,
    request: RequestHead<'a, I>,
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
        let own = Own::new(request.host, request.is_loopback());
        *links = Some(Box::new(Links::new(own, came)));
        in_link
    });
    let in_field = transport.in_field();
    if let Some(jar) = in_field.and_then(|field| in_fields(field, families, &request)) {
        return jar;
    }
    let cookies = transport.in_cookies().then(|| in_cookies(context, request));
    match (cookies, in_link) {
        // Whoever sends one of our cookies keeps cookies.
        (Some(jar), Some(_)) if !jar.is_empty() => jar,
        (_, Some(text)) => Jar::of_one(Source::Url, families, text),
        (Some(jar), None) => jar,
        (None, None) => Jar::of_one(transport.unasked(), families, Ok(Vec::new())),
    }
}

/// What came in header fields; `None` if the request has none of the session's.
fn in_fields<I>(field: &Field, families: usize, request: &RequestHead<'_, I>) -> Option<Jar> {
    let mut values = Values::default();
    request.look_up(field.request(), &mut |value| {
        field.read(value, TEXT_MAX, &mut values);
    });
    let mut jar = Jar::of_one(Source::Header, families, values.only()?);
    request.look_up(field.touch(), &mut |value| jar.add_touch(families, value));
    Some(jar)
}
