//! axum.

use axum_core::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode};

use super::answer;
use crate::error::Error;
use crate::hand_over::Passage;
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

impl IntoResponse for Passage {
    fn into_response(self) -> Response {
        let mut response = StatusCode::SEE_OTHER.into_response();
        for change in self.header_changes() {
            let name = HeaderName::try_from(change.name());
            let value = HeaderValue::try_from(change.value());
            if let (Ok(name), Ok(mut value)) = (name, value) {
                value.set_sensitive(change.is_secret());
                response.headers_mut().insert(name, value);
            }
        }
        response
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
    #[test]
    fn a_redirect_of_a_hand_over_is_a_response() {
        let passage = Passage::to("https://b.example/arrive?ticket=BcyWvOtr".to_owned());
        let response = passage.clone().into_response();
        for change in passage.header_changes() {
            let values: Vec<_> = response.headers().get_all(change.name()).iter().collect();
            assert_eq!(values, [change.value()], "{}", change.name());
        }
        assert!(response.headers()["location"].is_sensitive());
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
    }
}
