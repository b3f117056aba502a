//! The carriers of one manager, and which of them answers.

use super::contract::Carrier;
use super::cookies::Cookies;
use super::field::{FieldNames, Fields};
use super::link::Links;
use super::source::Source;
use super::transport::Transport;
use crate::cookie::Budget;
use crate::cross_origin::HeaderFields;

/// The request field of cookies, as it stands in `Vary`.
pub(crate) const COOKIE: &str = "Cookie";

/// All carriers that a manager reads.
#[derive(Debug)]
pub(crate) struct Carriers {
    /// Their names and scopes stand for the session in every carrier.
    cookies: Cookies,
    reads_cookies: bool,
    fields: Option<Fields>,
    links: Option<Links>,
}

impl Carriers {
    pub(crate) fn new(cookies: Cookies, transport: &Transport, budget: Budget) -> Carriers {
        let fields = transport.in_field();
        let links = transport.in_links();
        Carriers {
            cookies,
            reads_cookies: transport.in_cookies(),
            fields: fields.map(|names| Fields::new(names.clone(), budget)),
            links: links.map(|parameter| Links::new(parameter, budget)),
        }
    }

    /// Returns the carrier that answers what came from `source`.
    pub(crate) fn of(&self, source: Source) -> &dyn Carrier {
        match (source, &self.fields, &self.links) {
            (Source::Field, Some(fields), _) => fields,
            (Source::Link, _, Some(links)) => links,
            _ => &self.cookies,
        }
    }

    pub(crate) fn cookies(&self) -> &Cookies {
        &self.cookies
    }

    pub(crate) fn links(&self) -> Option<&Links> {
        self.links.as_ref()
    }

    /// Returns the names of the header fields.
    pub(crate) fn field_names(&self) -> Option<&FieldNames> {
        self.fields.as_ref().map(Fields::names)
    }

    pub(super) fn fields(&self) -> Option<&Fields> {
        self.fields.as_ref()
    }

    /// Returns whether cookies are read.
    pub(crate) fn reads_cookies(&self) -> bool {
        self.reads_cookies
    }

    /// Returns how a request is answered that uses none of the carriers.
    pub(crate) fn unasked(&self) -> Source {
        match (self.reads_cookies, &self.fields) {
            (true, _) => Source::Cookie,
            (false, Some(_)) => Source::Field,
            (false, None) => Source::Link,
        }
    }

    /// Returns whether browsers send a session along with requests that other sites cause.
    pub(crate) fn comes_along(&self) -> bool {
        self.reads_cookies || self.links.is_some()
    }

    /// Returns whether the request uses the header field, whatever comes of it.
    pub(crate) fn is_in_field(&self, fields: &HeaderFields<'_>) -> bool {
        self.fields.as_ref().is_some_and(|own| own.is_used(fields))
    }

    /// Returns the request fields by which a response varies whose handler looked at the session.
    pub(crate) fn varies_by(&self) -> impl Iterator<Item = &str> {
        let field = self.fields.as_ref().map(Fields::varies_by);
        let cookie = self.reads_cookies.then_some(COOKIE);
        field.into_iter().chain(cookie)
    }
}
