//! The answer to a request without a session to extract, and what the log says of it.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use sealed_session::adapter;

sealed_session::__missing! {
    /// No [`SessionMiddleware`](crate::SessionMiddleware) covers the route, or the one that does has no
    /// such slot. Answers 500; the log names the fix, and so does the body in builds with debug
    /// assertions.
    ///
    /// ```
    /// use actix_web::test::TestRequest;
    /// use sealed_session_actix::Session;
    ///
    /// # #[actix_web::main]
    /// # async fn main() {
    /// let request = TestRequest::get().to_http_request();
    /// let missing = Session::extract(&request).await.unwrap_err();
    /// assert!(missing.to_string().contains(".wrap(SessionMiddleware::new(manager))"));
    /// # }
    /// ```
    pub struct MissingMiddleware =
        "no session middleware covers this route: add `.wrap(SessionMiddleware::new(manager))` to \
         the `App`";
}

impl MissingMiddleware {
    /// Tells, and returns the body of the answer.
    pub(crate) fn report(&self) -> String {
        adapter::tell_mistake(&self.mistake)
    }
}

impl ResponseError for MissingMiddleware {
    fn error_response(&self) -> HttpResponse {
        HttpResponse::InternalServerError().body(adapter::mistake_body(&self.mistake))
    }
}

sealed_session::__not_live! {
    /// Why there is no [`LiveSession`](crate::LiveSession).
    ///
    /// ```
    /// use actix_web::ResponseError;
    /// use sealed_session_actix::NotLive;
    ///
    /// assert_eq!(NotLive::Nobody.error_response().status(), 401);
    /// ```
    pub enum NotLive {
        /// No middleware covers the route, or it has no such slot.
        MissingMiddleware,
        /// The visitor has no session. Answers 401 with an empty body.
        Nobody,
    }
}

impl ResponseError for NotLive {
    fn status_code(&self) -> StatusCode {
        match self {
            NotLive::MissingMiddleware(missing) => missing.status_code(),
            NotLive::Nobody => StatusCode::UNAUTHORIZED,
        }
    }

    fn error_response(&self) -> HttpResponse {
        match self {
            NotLive::MissingMiddleware(missing) => missing.error_response(),
            NotLive::Nobody => HttpResponse::new(self.status_code()),
        }
    }
}
