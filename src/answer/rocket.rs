//! Rocket, whose catchers make the body.

use std::io::Cursor;

use rocket::Request;
use rocket::http::Status;
use rocket::response::{self, Responder, Response};

use super::answer;
use crate::error::Error;
use crate::hand_over::Passage;
use crate::ticket::TicketPage;

impl<'r> Responder<'r, 'static> for Error {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        let _ = answer(&self);
        Err(Status::InternalServerError)
    }
}

impl<'r> Responder<'r, 'static> for TicketPage {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        let html = self.html();
        let mut response = Response::build();
        for (name, value) in TicketPage::FIELDS {
            response.raw_header(name, value);
        }
        Ok(response
            .sized_body(html.len(), Cursor::new(html))
            .finalize())
    }
}

impl<'r> Responder<'r, 'static> for Passage {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        let mut response = Response::build();
        response.status(Status::SeeOther);
        for change in self.header_changes() {
            response.raw_header(change.name().to_owned(), change.value().to_owned());
        }
        response.ok()
    }
}

#[cfg(test)]
mod tests {
    use rocket::local::blocking::Client;

    use super::*;

    #[test]
    fn a_page_for_a_ticket_is_a_response() {
        let page = TicketPage::new("Reset", "Save", "/reset", "BcyWvOtr");
        let client = Client::untracked(rocket::build()).unwrap();
        let request = client.get("/");
        let mut response = page.clone().respond_to(request.inner()).unwrap();
        for (name, value) in TicketPage::FIELDS {
            let values: Vec<_> = response.headers().get(name).collect();
            assert_eq!(values, [value], "{name}");
        }
        assert_eq!(response.status(), Status::Ok);
        let size = response.body_mut().preset_size();
        assert_eq!(size, Some(page.html().len()));
    }
    #[test]
    fn a_redirect_of_a_hand_over_is_a_response() {
        let passage = Passage::to("https://b.example/arrive?ticket=BcyWvOtr".to_owned());
        let client = Client::untracked(rocket::build()).unwrap();
        let request = client.get("/");
        let response = passage.clone().respond_to(request.inner()).unwrap();
        for change in passage.header_changes() {
            let values: Vec<_> = response.headers().get(change.name()).collect();
            assert_eq!(values, [change.value()], "{}", change.name());
        }
        assert_eq!(response.status(), Status::SeeOther);
    }
}
