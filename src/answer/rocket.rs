//! Rocket, whose catchers make the body.

use rocket::Request;
use rocket::http::Status;
use rocket::response::{self, Responder};

use super::answer;
use crate::error::Error;

impl<'r> Responder<'r, 'static> for Error {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        let _ = answer(&self);
        Err(Status::InternalServerError)
    }
}
