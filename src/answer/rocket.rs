//! Rocket, whose catchers make the body.

use std::io::Cursor;

use rocket::Request;
use rocket::http::Status;
use rocket::response::{self, Responder, Response};

use super::answer;
use crate::error::Error;
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
}
