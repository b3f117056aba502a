//! Guards in front of services.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::{Extensions, HeaderValue, Request, Response, StatusCode, Uri};
use pin_project_lite::pin_project;
use sealed_session::adapter::{Pending, RequestHead, Verdict, header_fields};
use sealed_session::{Error, Guard};
use tower_layer::Layer;
use tower_service::Service;

use crate::failure::{empty, mistaken};
use crate::head::Headers;
use crate::in_hand::InHand;
use crate::layer::take_ready;

/// Lets pass only what a [`Guard`] lets pass. Everything else is answered by it, with an empty body:
/// 401, 403, or a redirect to the sign-in page. The service inside is not called then.
///
/// It belongs inside the [`SessionLayer`](crate::SessionLayer): in axum, `route_layer` on the routes
/// that it is for. Without a session layer around it, and for a slot that this one lacks, every
/// request is answered 500, and the log names the fix.
///
/// ```
/// use http::{Request, Response};
/// use sealed_session_tower::{Error, Guard, GuardLayer, SessionLayer};
/// use tower::{Layer, Service, service_fn};
/// # use sealed_session_tower::{Key, KeyRing, SessionManager};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let layer = SessionLayer::new(SessionManager::new("shop", KeyRing::new(Key::generate()?))?);
/// let account = service_fn(async |_: Request<()>| Ok::<_, Error>(Response::new("Your account.")));
/// let guard = Guard::signed_in().or_redirect("/sign-in")?;
/// let mut service = layer.layer(GuardLayer::new(guard).layer(account));
///
/// let visit = Request::get("/account?tab=2").header("accept", "text/html").body(())?;
/// let response = service.call(visit).await?;
/// assert_eq!(response.status(), 303);
/// assert_eq!(response.headers()["location"], "/sign-in?next=/account%3Ftab%3D2");
/// assert_eq!(response.headers()["cache-control"], "no-store");
/// assert_eq!(response.headers()["vary"], "Cookie");
/// assert_eq!(*response.body(), "");
/// # Ok(())
/// # }
/// ```
#[doc(alias("login_required"))]
#[derive(Clone)]
pub struct GuardLayer {
    guard: Guard,
    whole: fn(&Extensions) -> Option<&Uri>,
}

impl GuardLayer {
    /// Makes a layer that asks `guard`.
    ///
    /// ```
    /// use sealed_session_tower::{Guard, GuardLayer};
    ///
    /// let layer = GuardLayer::new(Guard::signed_in());
    /// # let _ = layer;
    /// ```
    #[must_use]
    pub fn new(guard: Guard) -> GuardLayer {
        GuardLayer {
            guard,
            whole: |_| None,
        }
    }

    /// Says where the URI of the request is that came, among the request's extensions, for a router
    /// that cuts a prefix off before it calls this. Otherwise the path to come back to would be the
    /// rest. In axum, `sealed_session_axum::GuardLayer` says it.
    ///
    /// ```
    /// use http::Uri;
    /// use sealed_session_tower::{Guard, GuardLayer};
    ///
    /// #[derive(Clone)]
    /// struct Whole(Uri);
    ///
    /// let layer = GuardLayer::new(Guard::signed_in())
    ///     .whole_uri(|extensions| extensions.get::<Whole>().map(|Whole(uri)| uri));
    /// # let _ = layer;
    /// ```
    #[must_use]
    pub fn whole_uri(mut self, whole: fn(&Extensions) -> Option<&Uri>) -> GuardLayer {
        self.whole = whole;
        self
    }

    /// Returns what has to be awaited before the guard decides. What it lacks is told when it does.
    fn pending<ReqBody>(&self, request: &Request<ReqBody>) -> Option<Pending> {
        let session = InHand::find(request.extensions())?;
        self.guard.pending(session).ok().flatten()
    }

    fn refusal<ReqBody, ResBody: Default + 'static>(
        &self,
        request: &Request<ReqBody>,
    ) -> Option<Response<ResBody>> {
        let uri = (self.whole)(request.extensions()).unwrap_or(request.uri());
        let headers = request.headers();
        let fields = header_fields(|name| headers.get_all(name).iter().map(HeaderValue::as_bytes));
        let head = RequestHead::default()
            .method(request.method().as_str())
            .path(uri.path())
            .query(uri.query().unwrap_or_default())
            .fields(&fields);
        let Some(session) = InHand::find(request.extensions()) else {
            return Some(mistaken(&Error::misuse(
                "no session layer is around a guard, so nobody passes: add \
                 `.layer(SessionLayer::new(manager))` outside of it; in axum, after the routes",
            )));
        };
        match self.guard.check(session, &head) {
            Ok(verdict) => answer(&verdict),
            Err(mistake) => Some(mistaken(&mistake)),
        }
    }
}

/// Makes the answer to a request that may not pass.
fn answer<ResBody: Default>(verdict: &Verdict) -> Option<Response<ResBody>> {
    let status = StatusCode::from_u16(verdict.status()?);
    let mut response = empty(status.unwrap_or(StatusCode::FORBIDDEN));
    for change in verdict.header_changes() {
        change.apply(&mut Headers(response.headers_mut()));
    }
    Some(response)
}

impl<S> Layer<S> for GuardLayer {
    type Service = GuardService<S>;

    fn layer(&self, inner: S) -> GuardService<S> {
        GuardService {
            inner,
            layer: self.clone(),
        }
    }
}

impl fmt::Debug for GuardLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuardLayer")
            .field("guard", &self.guard)
            .finish_non_exhaustive()
    }
}

/// A service that a guard is in front of; [`GuardLayer`] makes it.
///
/// ```
/// use sealed_session_tower::{Guard, GuardLayer, GuardService};
/// use tower::Layer;
///
/// let service: GuardService<&str> = GuardLayer::new(Guard::signed_in()).layer("any service");
/// # let _ = service;
/// ```
#[derive(Clone, Debug)]
pub struct GuardService<S> {
    inner: S,
    layer: GuardLayer,
}

impl<S> GuardService<S> {
    /// Calls the service inside, or answers in its place.
    fn decide<ReqBody, ResBody>(&mut self, request: Request<ReqBody>) -> State<S, ReqBody>
    where
        S: Service<Request<ReqBody>, Response = Response<ResBody>>,
        ResBody: Default + 'static,
    {
        match self.layer.refusal(&request) {
            None => State::Passed {
                inner: self.inner.call(request),
            },
            Some(response) => State::Refused {
                response: Some(response),
            },
        }
    }
}

impl<S, ReqBody, ResBody> Service<Request<ReqBody>> for GuardService<S>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>> + Clone,
    ResBody: Default + 'static,
{
    type Response = Response<ResBody>;
    type Error = S::Error;
    type Future = GuardFuture<S, ReqBody>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        let state = match self.layer.pending(&request) {
            None => self.decide(request),
            Some(pending) => State::Waiting {
                waiting: Some(Box::new(Waiting {
                    pending,
                    service: take_ready(self),
                    request,
                })),
            },
        };
        GuardFuture { state }
    }
}

pin_project! {
    /// The response of a [`GuardService`].
    ///
    /// ```
    /// use http::{Request, Response};
    /// use sealed_session_tower::{Error, Guard, GuardFuture, GuardLayer};
    /// use tower::{Layer, Service, service_fn};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Error> {
    /// let inner = service_fn(async |_: Request<()>| Ok::<_, Error>(Response::new("secrets")));
    /// let mut service = GuardLayer::new(Guard::signed_in()).layer(inner);
    /// let future: GuardFuture<_, _> = service.call(Request::new(()));
    /// // There is no session layer around it, so nobody passes.
    /// assert_eq!(future.await?.status(), 500);
    /// # Ok(())
    /// # }
    /// ```
    pub struct GuardFuture<S, ReqBody>
    where
        S: Service<Request<ReqBody>>,
    {
        #[pin]
        state: State<S, ReqBody>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<S, ReqBody>
    where
        S: Service<Request<ReqBody>>,
    {
        Waiting { waiting: Option<Box<Waiting<S, ReqBody>>> },
        Passed { #[pin] inner: S::Future },
        Refused { response: Option<S::Response> },
    }
}

/// A request about which the guard does not decide before an answer is there.
struct Waiting<S, ReqBody> {
    pending: Pending,
    service: GuardService<S>,
    request: Request<ReqBody>,
}

impl<S, ReqBody, ResBody> Future for GuardFuture<S, ReqBody>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>>,
    ResBody: Default + 'static,
{
    type Output = Result<Response<ResBody>, S::Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.project().state;
        loop {
            match state.as_mut().project() {
                StateProjection::Waiting { waiting } => {
                    let waits = waiting.as_mut().expect("it is taken once");
                    ready!(Pin::new(&mut waits.pending).poll(context));
                    let waits = *waiting.take().expect("it was there");
                    let Waiting {
                        mut service,
                        request,
                        ..
                    } = waits;
                    state.set(service.decide(request));
                }
                StateProjection::Passed { inner } => return inner.poll(context),
                StateProjection::Refused { response } => {
                    let response = response.take().expect("polled after it was ready");
                    return Poll::Ready(Ok(response));
                }
            }
        }
    }
}

impl<S, ReqBody> fmt::Debug for GuardFuture<S, ReqBody>
where
    S: Service<Request<ReqBody>>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuardFuture").finish_non_exhaustive()
    }
}
