//! Guards in front of routes, and the fairing's part of their answers.

use std::fmt;
use std::marker::PhantomData;

use rocket::http::Status;
use rocket::outcome::Outcome;
use rocket::request::{self, FromRequest};
use rocket::{Ignite, Request, Response, Rocket, Sentinel};
use sealed_session::adapter::{self, RequestHead, Verdict, header_fields};
use sealed_session::{Error, Guard};

use crate::cached::Cached;
use crate::failure;
use crate::head::Headers;
use crate::load::{is_lacking, main_session};
use crate::missing::MissingFairing;

/// Names a [`Guard`], so that a route can ask for it: a type without values will do.
///
/// ```
/// use sealed_session_rocket::{Error, Guard, Policy};
///
/// enum Customers {}
///
/// impl Policy for Customers {
///     fn guard() -> Result<Guard, Error> {
///         Guard::signed_in().or_redirect("/sign-in")
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say who may pass",
    note = "write `impl sealed_session_rocket::Policy for {Self}`, whose `guard()` makes a `Guard`"
)]
pub trait Policy: Send + Sync + 'static {
    /// Makes the guard. It is called for every request: keep a guard that takes long to make in a
    /// `static`, and clone it here.
    ///
    /// # Errors
    ///
    /// What the guard's own functions say. Rocket does not launch with a route that asks for it then.
    ///
    /// ```
    /// use sealed_session_rocket::{Attribute, Error, Guard, Policy};
    ///
    /// const ROLE: Attribute<String> = Attribute::new("role");
    /// enum Editors {}
    ///
    /// impl Policy for Editors {
    ///     fn guard() -> Result<Guard, Error> {
    ///         Ok(Guard::signed_in().attribute(ROLE, |role| role == "editor"))
    ///     }
    /// }
    /// assert!(Editors::guard().is_ok());
    /// ```
    fn guard() -> Result<Guard, Error>;
}

/// A request that the guard of `P` lets pass: a route that asks for it is not called for others.
///
/// They are answered 401 or 403, by the application's catchers, or redirected to the sign-in page, by
/// the fairing. Other routes are not tried, as they are for
/// [`LiveSession`](crate::LiveSession): the redirect to the sign-in page must not get lost in a route
/// for files. A route for both asks for `Option<Guarded<P>>`.
///
/// ```
/// use rocket::local::blocking::Client;
/// use rocket::{get, http::Accept, routes};
/// use sealed_session_rocket::{Error, Guard, Guarded, Policy, SessionFairing};
/// # use sealed_session_rocket::{Key, KeyRing, SessionManager};
///
/// enum Customers {}
///
/// impl Policy for Customers {
///     fn guard() -> Result<Guard, Error> {
///         Guard::signed_in().or_redirect("/sign-in")
///     }
/// }
///
/// #[get("/orders/<_id>")]
/// fn order(_id: u32, _customer: Guarded<Customers>) -> &'static str {
///     "An order."
/// }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
/// let app = rocket::build().mount("/", routes![order]).attach(SessionFairing::new(manager));
/// let client = Client::untracked(app)?;
/// let response = client.get("/orders/17?tab=2").header(Accept::HTML).dispatch();
/// assert_eq!(response.status().code, 303);
/// assert_eq!(response.headers().get_one("location"), Some("/sign-in?next=/orders/17%3Ftab%3D2"));
/// assert_eq!(response.headers().get_one("cache-control"), Some("no-store"));
/// # Ok(())
/// # }
/// ```
#[doc(alias("login_required"))]
pub struct Guarded<P: Policy>(PhantomData<fn() -> P>);

impl<P: Policy> Clone for Guarded<P> {
    fn clone(&self) -> Guarded<P> {
        *self
    }
}

impl<P: Policy> Copy for Guarded<P> {}

impl<P: Policy> fmt::Debug for Guarded<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Guarded")
    }
}

/// Why a [`Guarded`] is not to be had.
///
/// ```
/// use rocket::{get, http::Status};
/// use sealed_session_rocket::{Error, Guard, Guarded, Policy, Refused};
/// use sealed_session_rocket::adapter::Verdict;
///
/// enum Staff {}
///
/// impl Policy for Staff {
///     fn guard() -> Result<Guard, Error> {
///         Ok(Guard::signed_in().subject(|who| who.ends_with("@shop.example")))
///     }
/// }
///
/// #[get("/office")]
/// fn office(staff: Result<Guarded<Staff>, Refused>) -> Result<&'static str, Status> {
///     match staff {
///         Ok(_) => Ok("The office."),
///         Err(Refused::Verdict(Verdict::Forbidden)) => Ok("Only staff may come in."),
///         Err(_) => Err(Status::Unauthorized),
///     }
/// }
/// # let _ = rocket::routes![office];
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Refused {
    /// The guard said no.
    Verdict(Verdict),
    /// No fairing is attached, or it has no such slot.
    MissingFairing(MissingFairing),
    /// The policy makes no guard.
    Policy(Error),
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refused::Verdict(_) => f.write_str("the guard does not let the request pass"),
            Refused::MissingFairing(missing) => missing.fmt(f),
            Refused::Policy(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Refused {}

async fn check<P: Policy>(request: &Request<'_>) -> Result<Verdict, Refused> {
    let session = main_session(request).map_err(Refused::MissingFairing)?;
    let guard = P::guard().map_err(Refused::Policy)?;
    let slot = |error| Refused::MissingFairing(MissingFairing::slot(error));
    if let Some(pending) = guard.pending(&session).map_err(slot)? {
        pending.await;
    }
    let fields = header_fields(|name| request.headers().get(name).map(str::as_bytes));
    let query = request.uri().query();
    let head = RequestHead::default()
        .method(request.method().as_str())
        .path(request.uri().path().as_str())
        .query(query.map_or("", |query| query.as_str()))
        .fields(&fields);
    guard.check(&session, &head).map_err(slot)
}

#[rocket::async_trait]
impl<'r, P: Policy> FromRequest<'r> for Guarded<P> {
    type Error = Refused;

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Guarded<P>, Refused> {
        let refused = match check::<P>(request).await {
            Ok(Verdict::Pass) => return Outcome::Success(Guarded(PhantomData)),
            Ok(verdict) => Refused::Verdict(verdict),
            Err(refused) => refused,
        };
        let status = match &refused {
            Refused::Verdict(verdict) => {
                Cached::of(request).refuse(verdict.clone());
                verdict.status().map_or(Status::Forbidden, Status::new)
            }
            Refused::MissingFairing(missing) => {
                missing.report();
                Status::InternalServerError
            }
            Refused::Policy(error) => {
                drop(adapter::tell_mistake(error));
                Status::InternalServerError
            }
        };
        Outcome::Error((status, refused))
    }
}

impl<P: Policy> Sentinel for Guarded<P> {
    fn abort(rocket: &Rocket<Ignite>) -> bool {
        is_lacking(rocket, |session| P::guard()?.check_slot(session))
    }
}

/// Completes the answer that a catcher made of a `verdict`. An answer of the
/// application's own stays, for instance that of a route with an `Option<Guarded<P>>`.
pub(crate) fn answer(verdict: &Verdict, response: &mut Response<'_>) {
    let status = response.status();
    if verdict.status() != Some(status.code) {
        return;
    }
    if matches!(verdict, Verdict::Redirect(_)) {
        if response.headers().contains("location") {
            return;
        }
        failure::clear(response);
    }
    for change in verdict.header_changes() {
        change.apply(&mut Headers(response));
    }
}
