//! The commit, when the response head is ready.

use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use pin_project_lite::pin_project;
use sealed_session::{Foreign, HeadersMut, ResponseHead, Sessions};

use crate::failure::{CommitFailure, empty};
use crate::layer::Shared;

pin_project! {
    /// The response of a [`SessionService`](crate::SessionService). A service that fails commits
    /// nothing, and neither does one that is dropped.
    ///
    /// ```
    /// use http::{Request, Response};
    /// use sealed_session_tower::sealed_session::{Error, Sessions};
    /// use sealed_session_tower::{ResponseFuture, SessionLayer};
    /// use tower::{Layer, Service, service_fn};
    /// # use sealed_session_tower::sealed_session::{Key, KeyRing, SessionManager};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let layer = SessionLayer::new(SessionManager::new(KeyRing::new(Key::generate()?))?);
    /// let mut service = layer.layer(service_fn(async |request: Request<()>| {
    ///     let sessions: &Sessions = request.extensions().get().expect("the layer is there");
    ///     sessions.main().insert("theme", "dark")?;
    ///     Err::<Response<()>, _>(Error::misuse("an example"))
    /// }));
    ///
    /// let future: ResponseFuture<_, _> = service.call(Request::new(()));
    /// assert!(future.await.unwrap_err().is_misuse());
    /// # Ok(())
    /// # }
    /// ```
    pub struct ResponseFuture<Inner, F> {
        #[pin]
        state: State<Inner>,
        shared: Arc<Shared<F>>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<Inner> {
        Running { #[pin] inner: Inner, sessions: Sessions },
        Misused,
        Refused { foreign: Foreign },
    }
}

impl<Inner, F> ResponseFuture<Inner, F> {
    pub(crate) fn new(
        inner: Inner,
        sessions: Sessions,
        shared: Arc<Shared<F>>,
    ) -> ResponseFuture<Inner, F> {
        ResponseFuture {
            state: State::Running { inner, sessions },
            shared,
        }
    }

    pub(crate) fn misused(shared: Arc<Shared<F>>) -> ResponseFuture<Inner, F> {
        ResponseFuture {
            state: State::Misused,
            shared,
        }
    }

    pub(crate) fn refused(foreign: Foreign, shared: Arc<Shared<F>>) -> ResponseFuture<Inner, F> {
        ResponseFuture {
            state: State::Refused { foreign },
            shared,
        }
    }
}

impl<Inner, F, ResBody, E> Future for ResponseFuture<Inner, F>
where
    Inner: Future<Output = Result<Response<ResBody>, E>>,
    F: CommitFailure<ResBody>,
    ResBody: Default,
{
    type Output = Result<Response<ResBody>, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let shared = this.shared;
        let (inner, sessions) = match this.state.project() {
            StateProjection::Running { inner, sessions } => (inner, sessions),
            // The application's page speaks of what a visitor stored, and not of this.
            StateProjection::Misused => {
                return Poll::Ready(Ok(empty(StatusCode::INTERNAL_SERVER_ERROR)));
            }
            StateProjection::Refused { foreign } => return Poll::Ready(Ok(refusal(*foreign))),
        };
        let mut response = ready!(inner.poll(context))?;
        if sessions.close_unused() {
            return Poll::Ready(Ok(response));
        }
        let now = shared.clock.now();
        let changes = shared
            .slots
            .commit(sessions, head(&response), now)
            .or_else(|error| {
                response = shared.failure.respond(&error, sessions);
                shared.slots.commit(sessions, head(&response), now)
            });
        for change in changes.into_iter().flatten() {
            change.apply(&mut Headers(response.headers_mut()));
        }
        Poll::Ready(Ok(response))
    }
}

/// The answer to what another origin caused.
fn refusal<ResBody: Default>(foreign: Foreign) -> Response<ResBody> {
    let mut response = Response::new(ResBody::default());
    let status = StatusCode::from_u16(foreign.status());
    *response.status_mut() = status.unwrap_or(StatusCode::FORBIDDEN);
    let no_store = HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, no_store);
    response.extensions_mut().insert(foreign);
    response
}

/// What the core needs of a response.
fn head<ResBody>(
    response: &Response<ResBody>,
) -> ResponseHead<'_, impl Iterator<Item = (&str, &[u8])>> {
    let headers = response.headers().iter();
    let headers = headers.map(|(name, value)| (name.as_str(), value.as_bytes()));
    ResponseHead::new(response.status().as_u16()).headers(headers)
}

/// The fields of a response, for [`HeaderChange::apply`](sealed_session::HeaderChange::apply).
pub(crate) struct Headers<'r>(pub(crate) &'r mut HeaderMap);

impl HeadersMut for Headers<'_> {
    fn append(&mut self, name: Cow<'static, str>, value: Cow<'static, str>, is_secret: bool) {
        if let Some((name, value)) = field(&name, value, is_secret) {
            self.0.append(name, value);
        }
    }

    fn replace(&mut self, name: Cow<'static, str>, value: Cow<'static, str>, is_secret: bool) {
        if let Some((name, value)) = field(&name, value, is_secret) {
            self.0.insert(name, value);
        }
    }

    fn remove(&mut self, name: &str) {
        self.0.remove(name);
    }
}

fn field(
    name: &str,
    value: Cow<'static, str>,
    is_secret: bool,
) -> Option<(HeaderName, HeaderValue)> {
    let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
    let mut value = match value {
        Cow::Borrowed(value) => HeaderValue::from_static(value),
        Cow::Owned(value) => HeaderValue::try_from(value).ok()?,
    };
    // Tokens stay out of HPACK's table and of `Debug`.
    value.set_sensitive(is_secret);
    Some((name, value))
}

impl<Inner, F> fmt::Debug for ResponseFuture<Inner, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
