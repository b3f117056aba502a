//! Routes and requests that do not count as a use of their session.

use std::fmt;
use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::dev::{Service, ServiceRequest, Transform, forward_ready};
use actix_web::http::header::HeaderMap;
use actix_web::{Error as ActixError, HttpMessage};
use sealed_session::{Error, adapter};

/// Marks requests as [passive](sealed_session::Session::mark_passive): they do not keep their session from
/// idling out, in any slot. For polling, prefetches and health checks.
///
/// It belongs inside the [`SessionMiddleware`](crate::SessionMiddleware): around a scope, a resource
/// or a route. A handler marks a single request, or a single slot of it, by
/// [`Session::mark_passive`](sealed_session::Session::mark_passive).
///
/// ```
/// use actix_web::{App, web};
/// use sealed_session_actix::{PassiveMiddleware, SessionMiddleware};
/// # use sealed_session_actix::{Key, KeyRing, SessionManager};
/// # let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
///
/// let unread = web::resource("/unread").get(async || "3").wrap(PassiveMiddleware::new());
/// let app = App::new().service(unread).wrap(SessionMiddleware::new(manager));
/// # Ok::<(), sealed_session_actix::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct PassiveMiddleware {
    wanted: Option<Arc<Wanted>>,
}

type Wanted = dyn Fn(&HeaderMap) -> bool + Send + Sync;

impl PassiveMiddleware {
    /// Marks every request that passes.
    ///
    /// ```
    /// use actix_web::web;
    /// use sealed_session_actix::PassiveMiddleware;
    ///
    /// let polled = web::scope("/poll").wrap(PassiveMiddleware::new());
    /// ```
    #[must_use]
    pub fn new() -> PassiveMiddleware {
        PassiveMiddleware::default()
    }

    /// Marks the requests for whose headers `wanted` returns true.
    ///
    /// ```
    /// use actix_web::http::header::HeaderMap;
    /// use sealed_session_actix::PassiveMiddleware;
    ///
    /// // Browsers fetch pages before anybody asks for them.
    /// fn is_prefetch(headers: &HeaderMap) -> bool {
    ///     let purpose = headers.get("sec-purpose").and_then(|purpose| purpose.to_str().ok());
    ///     purpose.is_some_and(|purpose| purpose.starts_with("prefetch"))
    /// }
    ///
    /// let passive = PassiveMiddleware::when(is_prefetch);
    /// # let _ = actix_web::App::new().wrap(passive);
    /// ```
    #[must_use]
    pub fn when(wanted: impl Fn(&HeaderMap) -> bool + Send + Sync + 'static) -> PassiveMiddleware {
        PassiveMiddleware {
            wanted: Some(Arc::new(wanted)),
        }
    }
}

impl<S> Transform<S, ServiceRequest> for PassiveMiddleware
where
    S: Service<ServiceRequest, Error = ActixError>,
{
    type Response = S::Response;
    type Error = ActixError;
    type Transform = PassiveService<S>;
    type InitError = ();
    type Future = Ready<Result<PassiveService<S>, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(PassiveService {
            inner,
            middleware: self.clone(),
        }))
    }
}

impl fmt::Debug for PassiveMiddleware {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PassiveMiddleware")
            .field("always", &self.wanted.is_none())
            .finish()
    }
}

/// A service with requests that do not count as a use of their session; [`PassiveMiddleware`] makes it.
///
/// ```
/// use actix_web::dev::Transform;
/// use actix_web::test::ok_service;
/// use sealed_session_actix::{PassiveMiddleware, PassiveService};
///
/// # #[actix_web::main]
/// # async fn main() {
/// let passive = PassiveMiddleware::new();
/// let service: PassiveService<_> = passive.new_transform(ok_service()).await.unwrap();
/// # let _ = service;
/// # }
/// ```
#[derive(Debug)]
pub struct PassiveService<S> {
    inner: S,
    middleware: PassiveMiddleware,
}

impl<S> Service<ServiceRequest> for PassiveService<S>
where
    S: Service<ServiceRequest, Error = ActixError>,
{
    type Response = S::Response;
    type Error = ActixError;
    type Future = S::Future;

    forward_ready!(inner);

    fn call(&self, request: ServiceRequest) -> S::Future {
        let wanted = self.middleware.wanted.as_ref();
        if wanted.is_none_or(|wanted| wanted(request.headers())) {
            let marked = request.extensions().get().map(adapter::mark_passive);
            // Nothing is borrowed meanwhile: subscribers of the log are the application's.
            if marked.is_none() {
                drop(adapter::tell_mistake(&Error::misuse(
                    "a passive middleware without a session middleware around it marks nothing",
                )));
            }
        }
        self.inner.call(request)
    }
}
