//! What of a request may be its session, and by which transport it came.

use super::RequestHead;
use crate::cookie::{Jar, TEXT_MAX};
use crate::session::{Context, Links};
use crate::transport::{Field, LINK_MAX, Own, Source, Values, in_query};

/// What came of the first transport that the request uses, and what it knows of links.
pub(super) fn arriving<'a, I>(
    context: &Context,
    request: RequestHead<'a, I>,
) -> (Jar, Option<Box<Links>>)
where
    I: IntoIterator<Item = &'a [u8]>,
{
    let transport = &context.transport;
    if transport.is_plain() {
        return (in_cookies(context, request.cookie_lines), None);
    }
    let families = context.families().count();
    let in_link = transport
        .in_links()
        .and_then(|parameter| in_query(request.query?, parameter, LINK_MAX));
    let came = match &in_link {
        Some(Ok(text)) => !text.is_empty(),
        Some(Err(_)) => true,
        None => false,
    };
    let own = || Own::new(request.host, request.is_loopback());
    let links = transport
        .in_links()
        .map(|_| Box::new(Links::new(own(), came)));

    let in_field = transport.in_field();
    if let Some(jar) = in_field.and_then(|field| in_fields(field, families, &request)) {
        return (jar, links);
    }
    let cookies = transport
        .in_cookies()
        .then(|| in_cookies(context, request.cookie_lines));
    let jar = match (cookies, in_link) {
        // Whoever sends one of our cookies keeps cookies.
        (Some(jar), Some(_)) if !jar.is_empty() => jar,
        (_, Some(text)) => Jar::of_one(Source::Url, families, text),
        (Some(jar), None) => jar,
        (None, None) => Jar::of_one(transport.unasked(), families, Ok(Vec::new())),
    };
    (jar, links)
}

fn in_cookies<'a>(context: &Context, lines: impl IntoIterator<Item = &'a [u8]>) -> Jar {
    let families = context.families().map(|(_, family)| &family.names);
    Jar::read(lines, families)
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
