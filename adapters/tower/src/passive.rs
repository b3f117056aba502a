//! Routes and requests that do not count as a use of their session.

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{HeaderMap, Request};
use sealed_session::{Error, adapter};
use tower_layer::Layer;
use tower_service::Service;

use crate::in_hand::InHand;

/// Marks requests as [passive](sealed_session::Session::mark_passive): they do not keep their session from idling
/// out, in any slot. For polling, prefetches and health checks.
///
/// It belongs inside the [`SessionLayer`](crate::SessionLayer): in axum, `route_layer` on the
/// routes that it is for. A handler marks a single request, or a single slot of it, by
/// [`Session::mark_passive`](sealed_session::Session::mark_passive).
///
/// ```
/// use http::{Request, Response};
/// use sealed_session_tower::{Error, PassiveLayer, Session, SessionLayer};
/// use tower::{Layer, Service, service_fn};
/// # use sealed_session_tower::{Key, KeyRing, SessionManager};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let layer = SessionLayer::new(SessionManager::new("shop", KeyRing::new(Key::generate()?))?);
/// let unread = service_fn(async |_: Request<()>| Ok::<_, Error>(Response::new("0")));
/// let mut service = layer.layer(PassiveLayer::new().layer(unread));
///
/// assert_eq!(*service.call(Request::new(())).await?.body(), "0");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct PassiveLayer {
    wanted: Option<Arc<Wanted>>,
}

type Wanted = dyn Fn(&HeaderMap) -> bool + Send + Sync;

impl PassiveLayer {
    /// Marks every request that passes.
    ///
    /// ```
    /// use sealed_session_tower::PassiveLayer;
    ///
    /// let layer = PassiveLayer::new();
    /// # let _ = layer;
    /// ```
    #[must_use]
    pub fn new() -> PassiveLayer {
        PassiveLayer::default()
    }

    /// Marks the requests for whose headers `wanted` returns true.
    ///
    /// ```
    /// use http::HeaderMap;
    /// use sealed_session_tower::PassiveLayer;
    ///
    /// // Browsers fetch pages before anybody asks for them.
    /// fn is_prefetch(headers: &HeaderMap) -> bool {
    ///     let purpose = headers.get("sec-purpose").and_then(|purpose| purpose.to_str().ok());
    ///     purpose.is_some_and(|purpose| purpose.starts_with("prefetch"))
    /// }
    ///
    /// let layer = PassiveLayer::when(is_prefetch);
    /// # let _ = layer;
    /// ```
    #[must_use]
    pub fn when(wanted: impl Fn(&HeaderMap) -> bool + Send + Sync + 'static) -> PassiveLayer {
        PassiveLayer {
            wanted: Some(Arc::new(wanted)),
        }
    }
}

impl<S> Layer<S> for PassiveLayer {
    type Service = PassiveService<S>;

    fn layer(&self, inner: S) -> PassiveService<S> {
        PassiveService {
            inner,
            layer: self.clone(),
        }
    }
}

impl fmt::Debug for PassiveLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PassiveLayer")
            .field("always", &self.wanted.is_none())
            .finish()
    }
}

/// A service with requests that do not count as a use of their session; [`PassiveLayer`] makes it.
///
/// ```
/// use sealed_session_tower::{PassiveLayer, PassiveService};
/// use tower::Layer;
///
/// let service: PassiveService<&str> = PassiveLayer::new().layer("any service");
/// # let _ = service;
/// ```
#[derive(Clone, Debug)]
pub struct PassiveService<S> {
    inner: S,
    layer: PassiveLayer,
}

impl<S, ReqBody> Service<Request<ReqBody>> for PassiveService<S>
where
    S: Service<Request<ReqBody>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<ReqBody>) -> S::Future {
        let wanted = self.layer.wanted.as_ref();
        if wanted.is_none_or(|wanted| wanted(request.headers())) {
            match InHand::find(request.extensions()) {
                Some(session) => adapter::mark_passive(session),
                None => drop(adapter::tell_mistake(&Error::misuse(
                    "a passive layer without a session layer around it marks nothing",
                ))),
            }
        }
        self.inner.call(request)
    }
}
