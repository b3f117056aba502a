//! Values and sealed texts as they are, however long.

use maud::{Markup, html};

/// The bytes that fit the box at any width. A longer text scrolls in it, which takes a stop of the
/// keyboard where a browser makes none by itself (Safari 26).
const SHORT: usize = 120;

/// Shows `text` in a box; `name` tells a screen reader what it is.
pub(crate) fn show(name: &str, text: &str) -> Markup {
    let stop = (text.len() > SHORT).then_some("0");
    html! { pre.verbatim role="group" aria-label=(name) tabindex=[stop] { (text) } }
}
