//! The answer to a request that another origin caused, for any route.
//!
//! A fairing sees every request and cannot answer one. A guard sees only the requests of routes that ask
//! for it. So routes for every method stand in front of all others, answer such a request, and let other
//! requests pass. The request stays as it is: another fairing may change its method, or log it.

use rocket::http::{Method, Status};
use rocket::route::{Handler, Outcome, Route};
use rocket::{Data, Request, Response};

use crate::cached::Cached;

/// Every method that Rocket knows.
const METHODS: [Method; 9] = [
    Method::Get,
    Method::Put,
    Method::Post,
    Method::Delete,
    Method::Options,
    Method::Head,
    Method::Trace,
    Method::Connect,
    Method::Patch,
];

/// Makes the routes that answer a request, or let it pass.
pub(crate) fn routes() -> Vec<Route> {
    let route = |method| {
        let mut route = Route::ranked(isize::MIN, method, "/<path..>", Answer);
        route.name = Some("requests of other origins".into());
        route
    };
    METHODS.map(route).to_vec()
}

/// Returns whether another origin caused the request.
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
