//! Requests that the inner service does not see, and their answers.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use sealed_session::Error;
use sealed_session::adapter::{self, Foreign};

/// Why a request goes no further.
pub(crate) enum Refused {
    /// Another middleware has given it a session under the same names.
    Covered(Error),
    /// Another origin caused it, or it brings no form token.
    Foreign(Foreign),
}

impl Refused {
    /// Makes the answer. The application's page for a failed commit speaks of what a visitor stored, and
    /// not of this.
    pub(crate) fn answer(&self) -> HttpResponse {
        let foreign = match self {
            Refused::Covered(mistake) => {
                let body = adapter::tell_mistake(mistake);
                return HttpResponse::InternalServerError().body(body);
            }
            Refused::Foreign(foreign) => *foreign,
        };
        let status = StatusCode::from_u16(foreign.status());
        HttpResponse::build(status.unwrap_or(StatusCode::FORBIDDEN))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .finish()
    }
}
