//! How much of the budget a session takes.

use maud::{Markup, html};
use sealed_session_axum::report::Size;

use crate::figures::{count, grouped};

/// Shows the bytes and the cookies, and how many there may be.
pub(crate) fn show(size: &Size) -> Markup {
    let (used, limit) = (size.bytes, size.budget.total_limit());
    let near = size.budget.warning_limit();
    let text = format!("{} of {} bytes", grouped(used), grouped(limit));
    html! {
        div.gauge {
            meter min="0" max=(limit) high=(near) optimum="0" value=(used)
                aria-label="Budget used" { (text) }
            p {
                strong { (text) } " in "
                (count(size.lines.len(), "cookie")) " of at most " (size.budget.cookie_limit()) "."
                @if used > near { " Above " (grouped(near)) ", the log has a warning." }
            }
        }
    }
}
