//! Requests that the inner service does not see, and their answers.

use http::{HeaderValue, Response, StatusCode, header};
use sealed_session::Error;
use sealed_session::adapter::Foreign;

use crate::failure::{empty, mistaken};

/// Why a request goes no further.
pub(crate) enum Refused {
    /// Another layer has given it a session under the same names.
    Covered(Error),
    /// Another origin caused it, or it brings no form token.
    Foreign(Foreign),
}

impl Refused {
    /// Makes the answer. The application's page for a failed commit speaks of what a visitor stored, and
    /// not of this.
    pub(crate) fn answer<B: Default + 'static>(&self) -> Response<B> {
        let foreign = match self {
            Refused::Covered(mistake) => return mistaken(mistake),
            Refused::Foreign(foreign) => *foreign,
        };
        let status = StatusCode::from_u16(foreign.status());
        let mut response = empty(status.unwrap_or(StatusCode::FORBIDDEN));
        let no_store = HeaderValue::from_static("no-store");
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, no_store);
        response.extensions_mut().insert(foreign);
        response
    }
}
