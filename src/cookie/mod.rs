//! Carries a token in cookies: names, attributes, chunks, the budget, and parsing.
//!
//! Owns everything that browsers and proxies see. It does not know what a token holds, and trusts nothing
//! that it reads: every text that it hands out is a candidate for `seal` to judge.

mod budget;
mod candidates;
mod chunk;
mod clear_view;
mod jar;
mod kept_text;
mod name;
mod renderer;
mod scope;
mod spec;

pub use budget::Budget;
pub(crate) use candidates::{Candidate, Candidates, set_of};
pub(crate) use chunk::{Chunks, OverBudget, split};
pub(crate) use clear_view::ClearView;
pub(crate) use jar::{Jar, MARK_MAX, MARKS_KEPT, PAIR_END, Tally, pairs, trim};
pub(crate) use name::{CHUNKS_MAX, Names, Role, role_by_suffix};
pub(crate) use renderer::Renderer;
pub use scope::Scope;
pub use spec::{CookieSpec, SameSite};

/// The most characters a token's text can have: nine chunks of the largest line that any client
/// keeps. Longer input is refused before any work.
pub(crate) const TEXT_MAX: usize = CHUNKS_MAX * budget::LINE_MAX;
