//! actix-web.

use actix_web::{HttpResponse, ResponseError};

use super::answer;
use crate::error::Error;

impl ResponseError for Error {
    fn error_response(&self) -> HttpResponse {
        HttpResponse::InternalServerError().body(answer(self))
    }
}
