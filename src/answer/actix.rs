//! actix-web.

use actix_web::http::header::HeaderValue;
use actix_web::{HttpRequest, HttpResponse, Responder, ResponseError};

use super::answer;
use crate::error::Error;
use crate::hand_over::Passage;
use crate::ticket::TicketPage;

impl ResponseError for Error {
    fn error_response(&self) -> HttpResponse {
        HttpResponse::InternalServerError().body(answer(self))
    }
}

impl Responder for TicketPage {
    type Body = actix_web::body::BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::Ok();
        for field in TicketPage::FIELDS {
            response.insert_header(field);
        }
        response.body(self.html())
    }
}

impl Responder for Passage {
    type Body = actix_web::body::BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::SeeOther();
        for change in self.header_changes() {
            if let Ok(mut value) = HeaderValue::try_from(change.value()) {
                value.set_sensitive(change.is_secret());
                response.insert_header((change.name(), value));
            }
        }
        response.finish()
    }
}

#[cfg(test)]
mod tests {
    use actix_web::body::MessageBody;
    use actix_web::http::StatusCode;
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_page_for_a_ticket_is_a_response() {
        let page = TicketPage::new("Reset", "Save", "/reset", "BcyWvOtr");
        let response = page
            .clone()
            .respond_to(&TestRequest::default().to_http_request());
        for (name, value) in TicketPage::FIELDS {
            let values: Vec<_> = response.headers().get_all(name).collect();
            assert_eq!(values, [value], "{name}");
        }
        assert_eq!(response.status(), StatusCode::OK);
        let body = response.into_body().try_into_bytes().unwrap();
        assert_eq!(body, page.html().as_bytes());
    }
    #[test]
    fn a_redirect_of_a_hand_over_is_a_response() {
        let passage = Passage::to("https://b.example/arrive?ticket=BcyWvOtr".to_owned());
        let response = passage
            .clone()
            .respond_to(&TestRequest::default().to_http_request());
        for change in passage.header_changes() {
            let values: Vec<_> = response.headers().get_all(change.name()).collect();
            assert_eq!(values, [change.value()], "{}", change.name());
        }
        assert!(response.headers().get("location").unwrap().is_sensitive());
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
    }
}
