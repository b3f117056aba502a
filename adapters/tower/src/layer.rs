//! The layer, and the service around an inner one.

use std::fmt;
use std::mem::replace;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{Request, Response};
use sealed_session::adapter::{self, Clock, FormCheck, SystemClock};
use sealed_session::{Error, Session, SessionManager};
use tower_layer::Layer;
use tower_service::Service;

use crate::failure::{CommitFailure, EmptyResponse};
use crate::forms::{FormBody, HeaderOnly};
use crate::future::ResponseFuture;
use crate::load::load;
use crate::shared::Shared;

/// Gives every request of a service its [`Session`](sealed_session::Session), with the slots of its manager.
///
/// Put it outside of everything that uses the session, and around the whole application: a route that
/// the layer does not cover, such as a fallback added later, has none. Of two
/// layers, one inside the other, the inner one counts inside, and both commit. Where they share the name of a
/// cookie, a header field or a parameter of links, they are reported and answered with an empty 500, for which
/// the body type implements `Default`.
///
/// The service inside is a `Clone`. Where a request has to wait for an answer about
/// [revocations](sealed_session::revocation), or for a [store](sealed_session::overflow), it takes the one that is ready
/// along, and calls it afterwards.
///
/// A request that may change something, and that a page of another origin caused, is answered with an
/// empty 403; see [`CrossOrigin`](sealed_session::CrossOrigin). The response has the
/// [`Foreign`](sealed_session::adapter::Foreign) among its extensions, for a layer outside that makes a page
/// of it. So is one without the [form token](sealed_session::CrossOrigin::with_form_tokens) that an application asks for.
/// The layer sees no form unless [`read_forms`](SessionLayerWith::read_forms) says how a body is put together again.
///
/// ```
/// use sealed_session_tower::{Key, KeyRing, SessionLayer, SessionManager};
///
/// let manager = SessionManager::new("session", KeyRing::new(Key::generate()?))?;
/// let layer = SessionLayer::new(manager);
/// # Ok::<(), sealed_session_tower::Error>(())
/// ```
#[doc(alias("SessionManagerLayer", "session_middleware"))]
pub type SessionLayer<F = EmptyResponse> = SessionLayerWith<F, HeaderOnly>;

/// A [`SessionLayer`] that reads form tokens in bodies by `P`.
///
/// ```
/// use axum_core::body::Body;
/// use sealed_session_tower::{EmptyResponse, FormBody, SessionLayerWith};
///
/// type ForAxum<P> = SessionLayerWith<EmptyResponse, P>;
/// fn is_for_axum<P: FormBody<Body>>(_: &ForAxum<P>) {}
/// # use sealed_session_tower::{HeaderOnly, Key, KeyRing, SessionManager};
/// # let manager = SessionManager::new("session", KeyRing::new(Key::generate()?))?;
/// is_for_axum(&ForAxum::<HeaderOnly>::new(manager));
/// # Ok::<(), sealed_session_tower::Error>(())
/// ```
pub struct SessionLayerWith<F, P> {
    // Counted here already: axum makes a service of a layer for each request, unless its router has its state.
    shared: Arc<Shared<F, P>>,
}

impl<P: Default> SessionLayerWith<EmptyResponse, P> {
    /// Makes a layer that reads the system's clock and answers a failed commit with an empty 500.
    ///
    /// ```
    /// use http::{Request, Response};
    /// use sealed_session_tower::{Error, Key, KeyRing, SessionLayer, SessionManager};
    /// use tower::{Layer, Service, service_fn};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let layer = SessionLayer::new(SessionManager::new("session", KeyRing::new(Key::generate()?))?);
    /// let hello = async |_: Request<()>| Ok::<_, Error>(Response::new("Hello."));
    ///
    /// // Nobody asks for the session, so the response stays as it is.
    /// let response = layer.layer(service_fn(hello)).call(Request::new(())).await?;
    /// assert!(response.headers().is_empty());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// An application with several sessions gives it a manager with
    /// [slots](SessionManager::with_slot); see the [guide](sealed_session::slots).
    #[must_use]
    pub fn new(manager: SessionManager) -> SessionLayerWith<EmptyResponse, P> {
        let clock = Arc::new(SystemClock);
        SessionLayerWith {
            shared: Arc::new(Shared {
                manager,
                clock,
                failure: Arc::new(EmptyResponse),
                forms: Arc::new(P::default()),
            }),
        }
    }
}

impl<F, P> SessionLayerWith<F, P> {
    /// Reads another clock, for tests.
    ///
    /// ```
    /// use std::time::Duration;
    /// use http::{Request, Response};
    /// use sealed_session_tower::{Error, InHand, SessionLayer};
    /// use sealed_session_tower::adapter::Clock;
    /// use sealed_session_tower::testing::ManualClock;
    /// use sealed_session_tower::time::OffsetDateTime;
    /// use std::sync::Arc;
    /// use tower::{Layer, Service, service_fn};
    /// # use sealed_session_tower::{Key, KeyRing, SessionManager};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let manager = SessionManager::new("session", KeyRing::new(Key::generate()?))?;
    /// let clock = Arc::new(ManualClock::new(OffsetDateTime::now_utc()));
    /// let layer = SessionLayer::new(manager).clock(clock.clone());
    /// let mut service = layer.layer(service_fn(async |request: Request<()>| {
    ///     let session: &InHand = request.extensions().get().expect("the layer is there");
    ///     session.insert("name", "Ada")?;
    ///     Ok::<_, Error>(Response::new(session.times().map(|times| times.created_at)))
    /// }));
    ///
    /// clock.advance(Duration::from_secs(86_400));
    /// let response = service.call(Request::new(())).await?;
    /// assert_eq!(*response.body(), Some(clock.now()));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> SessionLayerWith<F, P> {
        Arc::make_mut(&mut self.shared).clock = clock;
        self
    }

    /// Answers a failed commit otherwise: with a page that says what was too large, for instance.
    ///
    /// A handler learns already at its insert of a value that can never fit. If it answers that with a
    /// 5xx, or makes its response after [`hold_back`](sealed_session::Error::hold_back), as that error does where a
    /// framework makes a response of it, then nothing is committed, and this answers: one page for both.
    ///
    /// ```
    /// use http::Response;
    /// use sealed_session_tower::{Error, Key, KeyRing, SessionLayer, SessionManager};
    ///
    /// let manager = SessionManager::new("session", KeyRing::new(Key::generate()?))?;
    /// let layer = SessionLayer::new(manager).on_commit_failure(|error, _| {
    ///     let mut page = Response::new(match error.sizes() {
    ///         Some(sizes) => format!("Too large: {} of {}", sizes.needed, sizes.allowed),
    ///         None => String::new(),
    ///     });
    ///     *page.status_mut() = http::StatusCode::INTERNAL_SERVER_ERROR;
    ///     page
    /// });
    /// # Ok::<(), Error>(())
    /// ```
    #[must_use]
    pub fn on_commit_failure<G, B>(self, failure: G) -> SessionLayerWith<G, P>
    where
        G: Fn(&Error, &Session) -> Response<B>,
    {
        let Shared {
            manager,
            clock,
            forms,
            ..
        } = Arc::unwrap_or_clone(self.shared);
        SessionLayerWith {
            shared: Arc::new(Shared {
                manager,
                clock,
                failure: Arc::new(failure),
                forms,
            }),
        }
    }

    /// Looks for [form tokens](sealed_session::CrossOrigin::with_form_tokens) in bodies, too. `forms` puts a body together
    /// again of which at most 512 bytes were looked at. Without it the header field alone counts, and forms are refused.
    /// Nothing is read where no form token is asked for.
    ///
    /// ```
    /// use axum_core::body::Body;
    /// use sealed_session_tower::{Key, KeyRing, PeekedBody, SessionLayer, SessionManager};
    ///
    /// let manager = SessionManager::new("session", KeyRing::new(Key::generate()?))?;
    /// let layer = SessionLayer::new(manager).read_forms(|body: PeekedBody<Body>| Body::new(body));
    /// # Ok::<(), sealed_session_tower::Error>(())
    /// ```
    #[must_use]
    pub fn read_forms<Q>(self, forms: Q) -> SessionLayerWith<F, Q> {
        let Shared {
            manager,
            clock,
            failure,
            ..
        } = Arc::unwrap_or_clone(self.shared);
        SessionLayerWith {
            shared: Arc::new(Shared {
                manager,
                clock,
                failure,
                forms: Arc::new(forms),
            }),
        }
    }
}

/// By hand, so that a closure that answers need not be a `Clone`.
impl<F, P> Clone for SessionLayerWith<F, P> {
    fn clone(&self) -> SessionLayerWith<F, P> {
        SessionLayerWith {
            shared: Arc::clone(&self.shared),
        }
    }
}

impl<S, F, P> Layer<S> for SessionLayerWith<F, P> {
    type Service = SessionService<S, F, P>;

    fn layer(&self, inner: S) -> SessionService<S, F, P> {
        SessionService {
            inner,
            shared: Arc::clone(&self.shared),
        }
    }
}

impl<F, P> fmt::Debug for SessionLayerWith<F, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionLayer")
            .field("slots", &self.shared.manager)
            .finish_non_exhaustive()
    }
}

/// A service whose requests have a session; [`SessionLayer`] makes it.
///
/// ```
/// use http::{Request, Response};
/// use sealed_session_tower::{Error, InHand, SessionLayer, SessionService};
/// use tower::{Layer, Service, service_fn};
/// # use sealed_session_tower::{Key, KeyRing, SessionManager};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let layer = SessionLayer::new(SessionManager::new("session", KeyRing::new(Key::generate()?))?);
/// let mut service: SessionService<_> = layer.layer(service_fn(async |request: Request<()>| {
///     let session: &InHand = request.extensions().get().expect("the layer is there");
///     session.insert("theme", "dark")?;
///     Ok::<_, Error>(Response::new(()))
/// }));
///
/// let response = service.call(Request::new(())).await?;
/// assert!(response.headers()["set-cookie"].to_str()?.starts_with("__Host-session="));
/// assert_eq!(response.headers()["cache-control"], "private");
/// # Ok(())
/// # }
/// ```
pub struct SessionService<S, F = EmptyResponse, P = HeaderOnly> {
    inner: S,
    shared: Arc<Shared<F, P>>,
}

/// By hand, as for the layer.
impl<S: Clone, F, P> Clone for SessionService<S, F, P> {
    fn clone(&self) -> SessionService<S, F, P> {
        SessionService {
            inner: self.inner.clone(),
            shared: Arc::clone(&self.shared),
        }
    }
}

impl<S, F, P, ReqBody, ResBody> Service<Request<ReqBody>> for SessionService<S, F, P>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>> + Clone,
    F: CommitFailure<ResBody>,
    P: FormBody<ReqBody>,
    ResBody: Default + 'static,
{
    type Response = Response<ResBody>;
    type Error = S::Error;
    type Future = ResponseFuture<S, ReqBody, F, P>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<ReqBody>) -> Self::Future {
        let shared = Arc::clone(&self.shared);
        let session = match load(&shared, &mut request) {
            Ok(session) => session,
            Err(refused) => return ResponseFuture::refused(refused, shared),
        };
        if let Some(pending) = adapter::pending(&session) {
            let inner = take_ready(&mut self.inner);
            return ResponseFuture::waiting(pending, (inner, request, session), shared);
        }
        match adapter::form_check(&session) {
            FormCheck::Passes => ResponseFuture::running(self.inner.call(request), session, shared),
            check => {
                let inner = take_ready(&mut self.inner);
                ResponseFuture::checked(check, (inner, request, session), shared)
            }
        }
    }
}

/// Takes the service that was polled until it was ready, and leaves one in its place that was not: its permits and slots
/// belong to the call.
pub(crate) fn take_ready<S: Clone>(service: &mut S) -> S {
    let next = service.clone();
    replace(service, next)
}

impl<S, F, P> fmt::Debug for SessionService<S, F, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionService")
            .field("slots", &self.shared.manager)
            .finish_non_exhaustive()
    }
}
