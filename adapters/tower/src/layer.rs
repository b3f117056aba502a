//! The layer, and the service around an inner one.

use std::fmt;
use std::mem::replace;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{Request, Response};
use sealed_session::adapter::{self, Clock, SystemClock};
use sealed_session::{Error, Session, SessionManager};
use tower_layer::Layer;
use tower_service::Service;

use crate::failure::{CommitFailure, EmptyResponse};
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
/// of it.
///
/// ```
/// use sealed_session_tower::{Key, KeyRing, SessionLayer, SessionManager};
///
/// let manager = SessionManager::new("session", KeyRing::new(Key::generate()?))?;
/// let layer = SessionLayer::new(manager);
/// # Ok::<(), sealed_session_tower::Error>(())
/// ```
#[doc(alias("SessionManagerLayer", "session_middleware"))]
#[derive(Clone)]
pub struct SessionLayer<F = EmptyResponse> {
    shared: Shared<F>,
}

impl SessionLayer {
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
    pub fn new(manager: SessionManager) -> SessionLayer {
        let clock = Arc::new(SystemClock);
        SessionLayer {
            shared: Shared {
                manager,
                clock,
                failure: EmptyResponse,
            },
        }
    }
}

impl<F> SessionLayer<F> {
    /// Reads another clock, for tests.
    ///
    /// ```
    /// use std::time::Duration;
    /// use http::{Request, Response};
    /// use sealed_session_tower::{Error, Session, SessionLayer};
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
    ///     let session: &Session = request.extensions().get().expect("the layer is there");
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
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> SessionLayer<F> {
        self.shared.clock = clock;
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
    pub fn on_commit_failure<G, B>(self, failure: G) -> SessionLayer<G>
    where
        G: Fn(&Error, &Session) -> Response<B>,
    {
        let Shared { manager, clock, .. } = self.shared;
        SessionLayer {
            shared: Shared {
                manager,
                clock,
                failure,
            },
        }
    }
}

impl<S, F: Clone> Layer<S> for SessionLayer<F> {
    type Service = SessionService<S, F>;

    fn layer(&self, inner: S) -> SessionService<S, F> {
        SessionService {
            inner,
            shared: Arc::new(self.shared.clone()),
        }
    }
}

impl<F> fmt::Debug for SessionLayer<F> {
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
/// use sealed_session_tower::{Error, Session, SessionLayer, SessionService};
/// use tower::{Layer, Service, service_fn};
/// # use sealed_session_tower::{Key, KeyRing, SessionManager};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let layer = SessionLayer::new(SessionManager::new("session", KeyRing::new(Key::generate()?))?);
/// let mut service: SessionService<_> = layer.layer(service_fn(async |request: Request<()>| {
///     let session: &Session = request.extensions().get().expect("the layer is there");
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
#[derive(Clone)]
pub struct SessionService<S, F = EmptyResponse> {
    inner: S,
    shared: Arc<Shared<F>>,
}

impl<S, F, ReqBody, ResBody> Service<Request<ReqBody>> for SessionService<S, F>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>> + Clone,
    F: CommitFailure<ResBody>,
    ResBody: Default + 'static,
{
    type Response = Response<ResBody>;
    type Error = S::Error;
    type Future = ResponseFuture<S, ReqBody, F>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<ReqBody>) -> Self::Future {
        let shared = Arc::clone(&self.shared);
        let session = match load(&shared, &mut request) {
            Ok(session) => session,
            Err(refused) => return ResponseFuture::refused(refused, shared),
        };
        match adapter::pending(&session) {
            None => ResponseFuture::running(self.inner.call(request), session, shared),
            Some(pending) => {
                let inner = take_ready(&mut self.inner);
                ResponseFuture::waiting((pending, inner, request, session), shared)
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

impl<S, F> fmt::Debug for SessionService<S, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionService")
            .field("slots", &self.shared.manager)
            .finish_non_exhaustive()
    }
}
