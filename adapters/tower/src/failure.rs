//! The answer to a commit that fails.

use std::any::Any;

use http::{Response, StatusCode};
use sealed_session::{Error, Session, adapter};

/// Makes the response for a session that could not be committed, or that had no room for a value.
/// The visitor's old session is whole; the handler's response is dropped, because it speaks of
/// changes that did not happen.
///
/// Functions from `&Error` and `&Session` to a response implement it. Another slot, for the visitor's
/// language, is there by [`Session::slot`].
///
/// ```
/// use http::Response;
/// use sealed_session_tower::{CommitFailure, Error, Session};
///
/// fn page(error: &Error, session: &Session) -> Response<String> {
///     Response::new(format!("{:?}: {error}", session.subject()))
/// }
///
/// fn answers(_: impl CommitFailure<String>) {}
/// answers(page);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not answer a failed commit with a `Response<{ResBody}>`",
    note = "the response has the body of the service inside: a function or a closure `|error, session| -> Response<{ResBody}>`"
)]
pub trait CommitFailure<ResBody> {
    /// Makes the response to send instead of the handler's. The session is the one that could not be sent, of
    /// any slot. It reads as the browser keeps it, and `error` has the sizes. None of the slots is sent, and
    /// none can be changed any more.
    fn respond(&self, error: &Error, session: &Session) -> Response<ResBody>;
}

impl<F, ResBody> CommitFailure<ResBody> for F
where
    F: Fn(&Error, &Session) -> Response<ResBody>,
{
    fn respond(&self, error: &Error, session: &Session) -> Response<ResBody> {
        self(error, session)
    }
}

/// Answers 500 with an empty body: the sizes are in the log, and are nothing to a visitor. The
/// default; it needs a body type that implements `Default`.
///
/// ```
/// use http::Response;
/// use sealed_session_tower::{CommitFailure, EmptyResponse};
/// # use sealed_session_tower::Error;
/// # let session = sealed_session_tower::testing::session();
/// # let error = session.insert("noise", "x".repeat(100_000)).unwrap_err();
///
/// let answer: Response<String> = EmptyResponse.respond(&error, &session);
/// assert_eq!(answer.status(), 500);
/// assert!(answer.body().is_empty());
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct EmptyResponse;

impl<ResBody: Default> CommitFailure<ResBody> for EmptyResponse {
    fn respond(&self, _: &Error, _: &Session) -> Response<ResBody> {
        empty(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

pub(crate) fn empty<ResBody: Default>(status: StatusCode) -> Response<ResBody> {
    let mut response = Response::new(ResBody::default());
    *response.status_mut() = status;
    response
}

/// Tells a mistake of whoever put the application together, and answers for it. The body says it in builds
/// with debug assertions, if it is of a type that is known: text, or that of axum.
pub(crate) fn mistaken<ResBody: Default + 'static>(mistake: &Error) -> Response<ResBody> {
    let mut response: Response<ResBody> = empty(StatusCode::INTERNAL_SERVER_ERROR);
    let text = adapter::tell_mistake(mistake);
    let body: &mut dyn Any = response.body_mut();
    #[cfg(feature = "axum-core-05")]
    if let Some(body) = body.downcast_mut::<axum_core::body::Body>() {
        *body = text.into();
        return response;
    }
    if let Some(body) = body.downcast_mut::<String>() {
        *body = text;
    }
    response
}
