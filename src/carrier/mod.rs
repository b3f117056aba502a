//! The ways by which a session travels: cookies, header fields and links, one file each.
//!
//! Owns what differs between them: how a token is read, how long it may be, which lines set, end and
//! touch it, what it is bound to, and what a response varies by. It opens nothing: whether a text is a
//! token is for `visit` to judge, by what `seal` says.

mod configured;
mod cookies;
mod field;
mod incoming;
mod line;
mod link;
mod own_link;
mod query;
mod reading;
mod registered;
mod source;
mod transport;
mod values;

pub(crate) use configured::{COOKIE, Carriers};
pub(crate) use cookies::{Cookies, Family};
pub(crate) use field::FieldNames;
pub(crate) use incoming::Incoming;
pub(crate) use line::HeaderLine;
pub(crate) use link::{LINK_MAX, LinkUse};
pub(crate) use own_link::{OwnLink, OwnOrigin, sent_length};
pub use source::Source;
pub use transport::Transport;

use crate::cookie::{Budget, Chunks, Overflow};
use crate::error::Measure;
use crate::seal::Binding;

/// One way by which a session travels.
///
/// What the defaults say is true of cookies and fields; a link overrides it.
pub(crate) trait Carrier {
    /// Returns the budget of a token that travels so.
    fn budget(&self) -> &Budget;

    /// Returns the limit that a token which is too long goes over.
    fn measure(&self) -> Measure;

    /// Cuts a token of `length` characters into pieces that fit. `max_age` is in seconds.
    fn fit(&self, length: usize, max_age: Option<u64>) -> Result<Chunks, Overflow>;

    /// Returns the names of the pieces, in order.
    fn names(&self) -> Vec<&str>;

    /// Counts the bytes that the pieces take in the `Cookie` field of the next request.
    fn pairs(&self, _: &Chunks, _: Option<u64>) -> usize {
        0
    }

    /// Returns what tokens under the names of `family` are bound to.
    fn binding<'f>(&self, family: &'f Family) -> &'f Binding {
        &family.binding
    }

    /// Returns the lines that set a session, and those that remove what it no longer needs.
    fn set(&self, outgoing: &Outgoing<'_>, came: &Incoming) -> Vec<HeaderLine>;

    /// Returns the lines that end a session.
    fn end(&self, came: &Incoming) -> Vec<HeaderLine>;

    /// Returns the line that touches a session of the family `family`; `None` where a token carries
    /// the time of its use itself.
    fn touch(&self, family: usize, mark: String, max_age: Option<u64>) -> Option<HeaderLine>;

    /// Returns whether a response's head carries the session, and touches of it.
    fn is_in_head(&self) -> bool {
        true
    }

    /// Returns whether tombstones keep what was ended from coming back.
    fn buries(&self) -> bool {
        false
    }
}

/// A sealed session on its way out.
#[derive(Debug)]
pub(crate) struct Outgoing<'a> {
    pub(crate) text: &'a str,
    pub(crate) chunks: &'a Chunks,
    /// In seconds; `None` if its cookies go with the browser.
    pub(crate) max_age: Option<u64>,
}
