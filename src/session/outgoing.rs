//! The lines that end a session, and those that clean up after one.

use super::context::Context;
use super::line::Line;
use crate::cookie::Jar;
use crate::transport::{Field, Source};

/// The lines that remove the cookies that came along, touches included, but for the first `kept` of
/// the own family.
pub(super) fn left_over(context: &Context, jar: &Jar, kept: usize) -> impl Iterator<Item = String> {
    context.families().flat_map(move |(at, family)| {
        let kept = if at == 0 { kept } else { 0 };
        let came = move |&(index, _): &(usize, &str)| index >= kept && jar.has(at, index);
        let chunks = family.names.chunks().enumerate().filter(came);
        let touch = jar.touches(at).next().map(|_| family.names.touch());
        chunks
            .map(|(_, name)| name)
            .chain(touch)
            .map(|name| family.renderer.remove(name))
    })
}

/// The field that takes a touch back which came along.
pub(super) fn left_over_touch(field: &Field, jar: &Jar) -> Option<Line> {
    jar.touches(0).next().map(|_| Line::empty(field.touch()))
}

/// The lines that end a session. Of cookies, only those go that came: a removal hits a name, and under
/// it another response, or the browser itself, may hold a session that this request knows nothing of.
pub(super) fn farewell(context: &Context, jar: &Jar) -> Vec<Line> {
    if let Some(field) = context.field(jar.source()) {
        let end = std::iter::once(Line::empty(field.response()));
        return end.chain(left_over_touch(field, jar)).collect();
    }
    if jar.source() == Source::Url {
        return Vec::new();
    }
    left_over(context, jar, 0).map(Line::Cookie).collect()
}

/// The lines that expire what may be left in the scopes of a former configuration.
pub(super) fn former_scopes(context: &Context, jar: &Jar) -> Vec<String> {
    let mut lines = Vec::new();
    for scope in &context.former_scopes {
        for (at, family) in context.families() {
            let spec = family.spec.rescoped(scope);
            if spec.check().is_err() {
                continue;
            }
            let renderer = spec.renderer();
            let chunks = family.names.chunks().enumerate();
            let wanted = chunks.filter(|(index, _)| *index == 0 || jar.has(at, *index));
            let touch = jar.touches(at).next().map(|_| family.names.touch());
            let wanted = wanted.map(|(_, name)| name).chain(touch);
            lines.extend(wanted.map(|name| renderer.remove(name)));
        }
    }
    lines
}
