//! Guards in front of scopes and resources.

use std::fmt;
use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use actix_web::body::EitherBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderValue;
use actix_web::{Error as ActixError, HttpMessage, HttpResponse};
use pin_project_lite::pin_project;
use sealed_session::adapter::{Pending, RequestHead, Verdict, header_fields};
use sealed_session::{Guard, Session};

use crate::head::Headers;
use crate::missing::MissingMiddleware;

/// Lets pass only what a [`Guard`] lets pass. Everything else is answered by it, with an empty body:
/// 401, 403, or a redirect to the sign-in page. What is inside is not called then.
///
/// Wrap a scope or a resource in it, or the `App`, inside the
/// [`SessionMiddleware`](crate::SessionMiddleware). Without that around it, and for a slot that this
/// one lacks, every request is answered 500, and the log names the fix. It is no guard in the sense of
/// [`actix_web::guard`], which only choose a route.
///
/// ```
/// use actix_web::test::{TestRequest, call_service, init_service};
/// use actix_web::{App, web};
/// use sealed_session_actix::{
///     Guard, GuardMiddleware, Key, KeyRing, SessionManager, SessionMiddleware,
/// };
///
/// # #[actix_web::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let guard = GuardMiddleware::new(Guard::signed_in().or_redirect("/sign-in")?);
/// let orders = web::scope("/orders")
///     .route("/{id}", web::get().to(async || "An order."))
///     .wrap(guard);
/// let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
/// let service = init_service(App::new().service(orders).wrap(SessionMiddleware::new(manager))).await;
///
/// let visit = TestRequest::get().uri("/orders/17?tab=2").insert_header(("accept", "text/html"));
/// let response = call_service(&service, visit.to_request()).await;
/// assert_eq!(response.status(), 303);
/// assert_eq!(response.headers().get("location").unwrap(), "/sign-in?next=/orders/17%3Ftab%3D2");
/// assert_eq!(response.headers().get("cache-control").unwrap(), "no-store");
/// assert_eq!(response.headers().get("vary").unwrap(), "Cookie");
/// # Ok(())
/// # }
/// ```
#[doc(alias("IdentityMiddleware", "login_required"))]
#[derive(Clone, Debug)]
pub struct GuardMiddleware {
    guard: Guard,
}

impl GuardMiddleware {
    /// Makes a middleware that asks `guard`.
    ///
    /// ```
    /// use actix_web::{App, web};
    /// use sealed_session_actix::{Guard, GuardMiddleware};
    ///
    /// let guard = GuardMiddleware::new(Guard::signed_in());
    /// let app = App::new().service(web::scope("/account").wrap(guard));
    /// # let _ = app;
    /// ```
    #[must_use]
    pub fn new(guard: Guard) -> GuardMiddleware {
        GuardMiddleware { guard }
    }

    /// Returns what has to be awaited before the guard decides. What it lacks is told when it does.
    fn pending(&self, request: &ServiceRequest) -> Option<Pending> {
        // Nothing is borrowed meanwhile, as below.
        let session = request.extensions().get::<Session>().cloned()?;
        self.guard.pending(&session).ok().flatten()
    }

    fn refusal(&self, request: &ServiceRequest) -> Option<HttpResponse> {
        let headers = request.headers();
        let fields = header_fields(|name| headers.get_all(name).map(HeaderValue::as_bytes));
        let head = RequestHead::default()
            .method(request.method().as_str())
            .path(request.uri().path())
            .query(request.uri().query().unwrap_or_default())
            .fields(&fields);
        // Nothing is borrowed meanwhile: conditions are the application's.
        let session = request.extensions().get::<Session>().cloned();
        let verdict = match &session {
            Some(session) => {
                let verdict = self.guard.check(session, &head);
                verdict.map_err(MissingMiddleware::slot)
            }
            None => Err(MissingMiddleware::everything()),
        };
        match verdict {
            Ok(verdict) => answer(&verdict),
            Err(missing) => Some(HttpResponse::InternalServerError().body(missing.report())),
        }
    }
}

/// Makes the answer to a request that may not pass.
fn answer(verdict: &Verdict) -> Option<HttpResponse> {
    let status = StatusCode::from_u16(verdict.status()?);
    let mut response = HttpResponse::new(status.unwrap_or(StatusCode::FORBIDDEN));
    for change in verdict.header_changes() {
        change.apply(&mut Headers(response.headers_mut()));
    }
    Some(response)
}

impl<S, B> Transform<S, ServiceRequest> for GuardMiddleware
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = ActixError>,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = ActixError;
    type Transform = GuardService<S>;
    type InitError = ();
    type Future = Ready<Result<GuardService<S>, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(GuardService {
            inner: Rc::new(inner),
            middleware: self.clone(),
        }))
    }
}

/// A service that a guard is in front of; [`GuardMiddleware`] makes it.
///
/// ```
/// use actix_web::dev::Transform;
/// use actix_web::test::ok_service;
/// use sealed_session_actix::{Guard, GuardMiddleware, GuardService};
///
/// # #[actix_web::main]
/// # async fn main() {
/// let guard = GuardMiddleware::new(Guard::signed_in());
/// let service: GuardService<_> = guard.new_transform(ok_service()).await.unwrap();
/// # let _ = service;
/// # }
/// ```
#[derive(Debug)]
pub struct GuardService<S> {
    inner: Rc<S>,
    middleware: GuardMiddleware,
}

impl<S> GuardService<S> {
    /// Calls the service inside, or answers in its place.
    fn decide<B>(&self, request: ServiceRequest) -> State<S, B>
    where
        S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = ActixError>,
    {
        match self.middleware.refusal(&request) {
            None => State::Passed {
                inner: self.inner.call(request),
            },
            Some(response) => State::Refused {
                response: Some(request.into_response(response.map_into_right_body())),
            },
        }
    }
}

impl<S, B> Service<ServiceRequest> for GuardService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = ActixError>,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = ActixError;
    type Future = GuardFuture<S, B>;

    forward_ready!(inner);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let state = match self.middleware.pending(&request) {
            None => self.decide(request),
            Some(pending) => {
                let service = GuardService {
                    inner: Rc::clone(&self.inner),
                    middleware: self.middleware.clone(),
                };
                State::Waiting {
                    waiting: Some(Waiting {
                        pending,
                        service,
                        request,
                    }),
                }
            }
        };
        GuardFuture { state }
    }
}

pin_project! {
    /// The response of a [`GuardService`].
    ///
    /// ```
    /// use actix_web::dev::{Service, Transform};
    /// use actix_web::test::{TestRequest, ok_service};
    /// use sealed_session_actix::{Guard, GuardFuture, GuardMiddleware};
    ///
    /// # #[actix_web::main]
    /// # async fn main() -> Result<(), actix_web::Error> {
    /// let guard = GuardMiddleware::new(Guard::signed_in());
    /// let service = guard.new_transform(ok_service()).await.unwrap();
    /// let future: GuardFuture<_, _> = service.call(TestRequest::get().to_srv_request());
    /// // There is no session middleware around it, so nobody passes.
    /// assert_eq!(future.await?.status(), 500);
    /// # Ok(())
    /// # }
    /// ```
    pub struct GuardFuture<S, B>
    where
        S: Service<ServiceRequest>,
    {
        #[pin]
        state: State<S, B>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<S, B>
    where
        S: Service<ServiceRequest>,
    {
        Waiting { waiting: Option<Waiting<S>> },
        Passed { #[pin] inner: S::Future },
        Refused { response: Option<ServiceResponse<EitherBody<B>>> },
    }
}

/// A request about which the guard does not decide before an answer is there.
struct Waiting<S> {
    pending: Pending,
    service: GuardService<S>,
    request: ServiceRequest,
}

impl<S, B> Future for GuardFuture<S, B>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = ActixError>,
{
    type Output = Result<ServiceResponse<EitherBody<B>>, ActixError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.project().state;
        loop {
            match state.as_mut().project() {
                StateProjection::Waiting { waiting } => {
                    let waits = waiting.as_mut().expect("it is taken once");
                    ready!(Pin::new(&mut waits.pending).poll(context));
                    let waits = waiting.take().expect("it was there");
                    state.set(waits.service.decide(waits.request));
                }
                StateProjection::Passed { inner } => {
                    let outcome = ready!(inner.poll(context));
                    return Poll::Ready(outcome.map(ServiceResponse::map_into_left_body));
                }
                StateProjection::Refused { response } => {
                    let response = response.take().expect("polled after it was ready");
                    return Poll::Ready(Ok(response));
                }
            }
        }
    }
}

impl<S, B> fmt::Debug for GuardFuture<S, B>
where
    S: Service<ServiceRequest>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuardFuture").finish_non_exhaustive()
    }
}
