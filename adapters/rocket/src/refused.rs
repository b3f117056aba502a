//! The answer to a request that another origin caused, whatever route it was for.
//!
//! A fairing sees every request and cannot answer one, and a guard sees those only whose route asks for
//! it. So the fairing turns such a request into one of a method that no application has routes for, and
//! a route in front of all others answers it. Its path stays, for whoever logs it.

use rocket::http::{Method, Status};
use rocket::route::{Handler, Outcome, Route};
use rocket::{Data, Request, Response};

use crate::cached::Cached;

/// The method of WebSockets over HTTP/2, which Rocket does not speak.
const METHOD: Method = Method::Connect;

/// The route that answers. It lets requests pass that were sent so.
pub(crate) fn routes() -> Vec<Route> {
    let mut route = Route::ranked(isize::MIN, METHOD, "/<path..>", Answer);
    route.name = Some("requests of other origins".into());
    vec![route]
}

/// Makes the request one of that route.
pub(crate) fn redirect(request: &mut Request<'_>) {
    request.set_method(METHOD);
}

/// Whether another origin caused the request.
pub(crate) fn is_refused(request: &Request<'_>) -> bool {
    let sessions = Cached::of(request).there(request);
    sessions.is_some_and(|sessions| sessions.foreign().is_some())
}

#[derive(Clone)]
struct Answer;

#[rocket::async_trait]
impl Handler for Answer {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r> {
        if !is_refused(request) {
            return Outcome::forward(data, Status::NotFound);
        }
        let mut answer = Response::new();
        answer.set_status(Status::Forbidden);
        answer.set_raw_header("cache-control", "no-store");
        Outcome::Success(answer)
    }
}
