//! The cookies that a browser sent, as they are: sealed.

use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use maud::{Markup, html};
use sealed_session_axum::report::Size;

use super::verbatim;
use crate::figures::{count, percent};

/// A cookie of the session, as it came.
pub(crate) struct Sent {
    /// The name of all of them, without what follows it.
    base: &'static str,
    name: String,
    value: String,
}

/// Returns the cookies of the session among those of a request.
///
/// An application has no business with them. This page shows what a browser's developer tools do.
pub(crate) fn sent(headers: &HeaderMap, base: &'static str) -> Vec<Sent> {
    let fields = headers.get_all(COOKIE).iter();
    let text = fields.map(|field| String::from_utf8_lossy(field.as_bytes()));
    let mut sent: Vec<Sent> = text
        .flat_map(|text| {
            let pairs = text.split(';');
            pairs
                .filter_map(|pair| Sent::of(base, pair))
                .collect::<Vec<_>>()
        })
        .collect();
    // The session in front, and what stands beside it after it.
    sent.sort_by(|a, b| a.name.cmp(&b.name));
    sent
}

impl Sent {
    fn of(base: &'static str, pair: &str) -> Option<Sent> {
        let (name, value) = pair.trim().split_once('=')?;
        let suffix = name.strip_prefix(base)?;
        (suffix.is_empty() || suffix.starts_with('.')).then(|| Sent {
            base,
            name: name.to_owned(),
            value: value.to_owned(),
        })
    }

    fn role(&self) -> &'static str {
        match self.name.strip_prefix(self.base) {
            Some(".t") => "a touch",
            Some(".x") => "a tombstone",
            _ => "the session, sealed",
        }
    }
}

/// Shows the cookies; `size` is that of the session in them, if it is live.
pub(crate) fn show(base: &str, sent: &[Sent], size: &Size) -> Markup {
    html! {
        @if sent.is_empty() { p { "It sent no cookie of this shop." } }
        dl.contents.sealed {
            @for cookie in sent {
                div {
                    dt { code { (cookie.name) } " " (cookie.role()) small { (weight(cookie, size)) } }
                    dd { (verbatim::show(&cookie.name, &cookie.value)) }
                }
            }
        }
        p.fine {
            "This page shows the sealed text so that you can look at it. A real application shows it to \
             nobody, because it opens the session for anybody who sends it."
        }
        p.fine {
            "Two kinds of cookies come beside the session. The budget does not count them. A "
            strong { "touch" } ", " code { (base) ".t" } ", records your visit where a page only reads: the \
            session stays alive, and is not written again. A " strong { "tombstone" } ", "
            code { (base) ".x" } ", records that a session ended in this browser: a late response cannot \
            bring it back."
        }
    }
}

/// What a cookie takes, of the budget if that counts it.
fn weight(cookie: &Sent, size: &Size) -> Markup {
    let line = size.lines.iter().find(|line| line.name == cookie.name);
    let limit = size.budget.total_limit();
    html! {
        @match line {
            Some(line) => {
                (count(line.bytes, "byte")) " with its attributes, "
                (percent(line.bytes, limit)) " % of the budget"
            }
            None => (count(cookie.name.len() + 1 + cookie.value.len(), "byte")),
        }
    }
}
