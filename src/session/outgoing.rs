//! The lines that end a session, and those that clean up after one.

use super::context::Context;
use super::line::Line;
use crate::cookie::Jar;
use crate::transport::{Field, Source};

/// What stands around a value in a head.
const AROUND: usize = "set-cookie: \r\n".len();

/// `Clear-Site-Data` with all that it may say.
const CLEARED: usize = 80;

/// The lines that remove the cookies that came along, touches included, but for the first `kept` of
/// the own family. What counts by itself comes first.
pub(super) fn left_over(context: &Context, jar: &Jar, kept: usize) -> impl Iterator<Item = String> {
    let came = move |at: usize, index: usize| {
        let kept = if at == 0 { kept } else { 0 };
        index >= kept && jar.has(at, index)
    };
    let whole = context.families().filter(move |(at, _)| came(*at, 0));
    let bases = whole.map(|(_, family)| (family, family.names.base()));
    let touched = context
        .families()
        .filter(|(at, _)| jar.touches(*at).next().is_some());
    let touches = touched.map(|(_, family)| (family, family.names.touch()));
    let chunks = context.families().flat_map(move |(at, family)| {
        let names = family.names.chunks().enumerate().skip(1);
        names
            .filter(move |(index, _)| came(at, *index))
            .map(move |(_, name)| (family, name))
    });
    let all = bases.chain(touches).chain(chunks);
    all.map(|(family, name)| family.renderer.remove(name))
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
    // They may take what a session would have taken.
    let limit = context.budget.head_limit();
    let mut room = limit.map_or(usize::MAX, |_| context.budget.total_limit() - CLEARED);
    let fits = |line: &String| {
        let left = room.checked_sub(AROUND + line.len());
        room = left.unwrap_or_default();
        left.is_some()
    };
    left_over(context, jar, 0)
        .take_while(fits)
        .map(Line::Cookie)
        .collect()
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
            // Where a head is limited there is room for what counts by itself.
            let thorough = context.budget.head_limit().is_none();
            let wanted =
                chunks.filter(|(index, _)| *index == 0 || (thorough && jar.has(at, *index)));
            let touch = jar.touches(at).next().filter(|_| thorough);
            let touch = touch.map(|_| family.names.touch());
            let wanted = wanted.map(|(_, name)| name).chain(touch);
            lines.extend(wanted.map(|name| renderer.remove(name)));
        }
    }
    lines
}
