//! axum.

use axum_core::response::{IntoResponse, Response};
use http::StatusCode;

use super::answer;
use crate::error::Error;

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        (StatusCode::INTERNAL_SERVER_ERROR, answer(&self)).into_response()
    }
}
