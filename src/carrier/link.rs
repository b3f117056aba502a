//! Sessions in links: one parameter of a query, for clients that refuse cookies.
//!
//! A link carries the time of its use itself, so it is sealed again where another carrier sends a
//! touch. What was sealed stands in the page already, and no line of the head sets or ends it.

use super::contract::Carrier;
use super::family::Family;
use super::incoming::Incoming;
use super::own_link::OwnOrigin;
use super::query::in_query;
use crate::cookie::{Budget, Chunks, OverBudget};
use crate::error::{Measure, Refusal};
use crate::head::HeaderChange;
use crate::seal::Binding;

/// The most characters of a link with a session in it. With scheme and host in front it stays below
/// 2,083, Internet Explorer's limit, which is the lowest that the web had to keep to.
pub(crate) const LINK_MAX: usize = 2_000;

/// The links of one session.
#[derive(Debug)]
pub(crate) struct Links {
    parameter: String,
    budget: Budget,
}

impl Links {
    /// Cuts the budget down to [`LINK_MAX`]: a link has the least room of all carriers.
    pub(super) fn new(parameter: &str, budget: Budget) -> Links {
        let total = budget.total_limit().min(LINK_MAX);
        Links {
            parameter: parameter.to_owned(),
            budget: budget
                .with_cookie_limit(1)
                .with_total_limit(total)
                .with_warning_limit(total / 5 * 4),
        }
    }

    /// Returns the parameter of the query.
    pub(crate) fn parameter(&self) -> &str {
        &self.parameter
    }

    /// Reads the parameter from a request's query; `None` if it is not there.
    pub(super) fn read(&self, query: &str) -> Option<Result<Vec<u8>, Refusal>> {
        in_query(query, &self.parameter, LINK_MAX)
    }
}

impl Carrier for Links {
    fn budget(&self) -> &Budget {
        &self.budget
    }

    fn measure(&self) -> Measure {
        Measure::Link
    }

    fn fit(&self, length: usize, _: Option<u64>) -> Result<Chunks, OverBudget> {
        let before = "?".len() + self.parameter.len() + "=".len();
        Chunks::whole(length, before, self.budget.total_limit())
    }

    fn names(&self) -> Vec<&str> {
        vec![&self.parameter]
    }

    /// Returns a binding of links alone. They leak, so their tokens open nowhere else.
    fn binding<'f>(&self, family: &'f Family) -> &'f Binding {
        &family.link_binding
    }

    fn set(&self, _: String, _: &Chunks, _: Option<u64>, _: &Incoming) -> Vec<HeaderChange> {
        Vec::new()
    }

    fn end(&self, _: &Incoming) -> Vec<HeaderChange> {
        Vec::new()
    }

    fn touch(&self, _: usize, _: String, _: Option<u64>) -> Option<HeaderChange> {
        None
    }

    fn is_in_head(&self) -> bool {
        false
    }
}

/// The links of one request and of its response.
#[derive(Debug)]
pub(crate) struct LinkUse {
    /// The origin of the request, to which links carry the session.
    pub(crate) own: OwnOrigin,
    /// Whether a token is in the request's URL, or in a link that was made. A link that is not to be
    /// sent may be in the response all the same.
    exposed: bool,
    /// The token of the links that were made; empty if there is no session.
    made: Option<String>,
}

impl LinkUse {
    /// Takes the origin of the request. `came` says whether its own URL has a token in it.
    pub(super) fn new(own: OwnOrigin, came: bool) -> LinkUse {
        LinkUse {
            own,
            exposed: came,
            made: None,
        }
    }

    /// Returns the token of the links that were made.
    pub(crate) fn made(&self) -> Option<&str> {
        self.made.as_deref()
    }

    /// Returns whether a token is in the request's URL or in a link.
    pub(crate) fn is_exposed(&self) -> bool {
        self.exposed
    }

    /// Notes a link with `text` in it. Of one that is not to be sent, only that it was made.
    pub(crate) fn note(&mut self, text: String, is_sent: bool) {
        self.exposed |= !text.is_empty();
        self.made = if is_sent { Some(text) } else { None };
    }

    /// Forgets the links that were made: they are not sent.
    pub(crate) fn forget(&mut self) {
        self.made = None;
    }
}
