//! The contract of a carrier: all that differs between the ways by which a session travels.

use super::family::Family;
use super::incoming::Incoming;
use crate::cookie::{Budget, Chunks, OverBudget};
use crate::error::Measure;
use crate::head::HeaderChange;
use crate::seal::Binding;

/// One way by which a session travels.
///
/// The defaults are true of cookies and fields; a link overrides them.
pub(crate) trait Carrier {
    /// Returns the budget of a token that travels so.
    fn budget(&self) -> &Budget;

    /// Returns the limit that a token which is too long goes over.
    fn measure(&self) -> Measure;

    /// Cuts a token of `length` characters into pieces that fit. `max_age` is in seconds.
    fn fit(&self, length: usize, max_age: Option<u64>) -> Result<Chunks, OverBudget>;

    /// Returns the names of the pieces, in order.
    fn names(&self) -> Vec<&str>;

    /// Counts the bytes that the pieces take in the `Cookie` field of the next request.
    fn field_bytes(&self, _: &Chunks, _: Option<u64>) -> usize {
        0
    }

    /// Returns what tokens under the names of `family` are bound to.
    fn binding<'f>(&self, family: &'f Family) -> &'f Binding {
        &family.binding
    }

    /// Begins the text that [`set`](Carrier::set) takes, with what stands before the token in its line, in the room that
    /// the pieces take.
    fn begin(&self, pieces: &Chunks) -> String {
        String::with_capacity(pieces.bytes())
    }

    /// Returns the lines that set a session, which is this text in these pieces, and those that remove what it
    /// no longer needs. `max_age` is in seconds; `None` if its cookies go with the browser.
    fn set(
        &self,
        text: String,
        pieces: &Chunks,
        max_age: Option<u64>,
        came: &Incoming,
    ) -> Vec<HeaderChange>;

    /// Returns the lines that end a session.
    fn end(&self, came: &Incoming) -> Vec<HeaderChange>;

    /// Returns the line that touches a session of the family `family`; `None` where a token carries
    /// the time of its use itself.
    fn touch(&self, family: usize, mark: String, max_age: Option<u64>) -> Option<HeaderChange>;

    /// Returns whether a response's head carries the session, and touches of it.
    fn is_in_head(&self) -> bool {
        true
    }

    /// Returns whether tombstones keep what was ended from coming back.
    fn buries(&self) -> bool {
        false
    }
}
