//! What of a request may be its session: by which transport it came.

use super::RequestHead;
use crate::cookie::{Jar, TEXT_MAX};
use crate::session::Context;
use crate::transport::{Field, Source, Values};

/// What came of the first transport that the request uses.
pub(super) fn arriving<'a, I>(context: &Context, request: RequestHead<'a, I>) -> Jar
where
    I: IntoIterator<Item = &'a [u8]>,
{
    let transport = &context.transport;
    if let Some(field) = transport.in_field() {
        let jar = in_field(context, field, &request);
        if let Some(jar) = jar.or_else(|| (!transport.in_cookies()).then(|| nothing(context))) {
            return jar;
        }
    }
    let families = context.families().map(|(_, family)| &family.names);
    Jar::read(request.cookie_lines, families)
}

/// A request without a session, which is answered in a field.
fn nothing(context: &Context) -> Jar {
    Jar::of_one(Source::Header, context.families().count(), Ok(Vec::new()))
}

/// What came in header fields; `None` if the request has none of the session's.
fn in_field<I>(context: &Context, field: &Field, request: &RequestHead<'_, I>) -> Option<Jar> {
    let mut values = Values::default();
    request.look_up(field.request(), &mut |value| {
        field.read(value, TEXT_MAX, &mut values);
    });
    let families = context.families().count();
    let mut jar = Jar::of_one(Source::Header, families, values.only()?);
    request.look_up(field.touch(), &mut |value| jar.add_touch(families, value));
    Some(jar)
}
