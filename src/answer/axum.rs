//! axum.

use axum_core::response::{IntoResponse, Response};
use http::StatusCode;

use super::answer;
use crate::error::Error;
use crate::ticket::TicketPage;

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        (StatusCode::INTERNAL_SERVER_ERROR, answer(&self)).into_response()
    }
}

impl IntoResponse for TicketPage {
    fn into_response(self) -> Response {
        (TicketPage::FIELDS, self.html()).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_for_a_ticket_is_a_response() {
        let response = TicketPage::new("Reset", "Save", "/reset", "BcyWvOtr").into_response();
        for (name, value) in TicketPage::FIELDS {
            let values: Vec<_> = response.headers().get_all(name).iter().collect();
            assert_eq!(values, [value], "{name}");
        }
        assert_eq!(response.status(), StatusCode::OK);
    }
}
