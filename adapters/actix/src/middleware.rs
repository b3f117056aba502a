//! The middleware, and the service around an inner one.

use std::fmt;
use std::future::{Ready, ready};
use std::rc::Rc;
use std::sync::Arc;

use actix_web::body::EitherBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::{Error as ActixError, HttpResponse};
use sealed_session::adapter::{self, Clock, FormCheck, SystemClock};
use sealed_session::{Error, Session, SessionManager};

use crate::failure::Failure;
use crate::future::{Awaited, ResponseFuture, Waiting};
use crate::load::load;
use crate::shared::Shared;

/// Gives every request of an application its session, or its [several](sealed_session::slots).
///
/// Wrap the `App` in it, outside of everything that uses the session: of several `wrap` calls the last is
/// the outermost. Around the `App` it covers every scope, and what no route matches. Of two, one
/// inside the other, the inner one counts inside, and both commit. Where they share the name of a cookie, a
/// header field or a parameter of links, they are reported and answered with 500.
///
/// A request that may change something, and that a page of another origin caused, is answered with an
/// empty 403; see [`CrossOrigin`](sealed_session::CrossOrigin). So is one without the
/// [form token](sealed_session::CrossOrigin::with_form_tokens) that an application asks for.
///
/// A clone is the same middleware. Make one and clone it in the closure that `HttpServer` calls for
/// each of its workers.
///
/// ```
/// use actix_web::App;
/// use sealed_session_actix::{Key, KeyRing, SessionManager, SessionMiddleware};
///
/// let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
/// let sessions = SessionMiddleware::new(manager);
/// let app = move || App::new().wrap(sessions.clone());
/// # let _ = app();
/// # Ok::<(), sealed_session_actix::Error>(())
/// ```
#[doc(alias("CookieSessionStore", "session_middleware"))]
#[derive(Clone)]
pub struct SessionMiddleware {
    shared: Shared,
}

impl SessionMiddleware {
    /// Makes a middleware that reads the system's clock and answers a failed commit with an empty 500.
    ///
    /// ```
    /// use actix_web::test::{TestRequest, call_service, init_service};
    /// use actix_web::{App, web};
    /// use sealed_session_actix::{Key, KeyRing, SessionManager, SessionMiddleware};
    ///
    /// # #[actix_web::main]
    /// # async fn main() -> Result<(), sealed_session_actix::Error> {
    /// let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
    /// let app = App::new()
    ///     .route("/", web::get().to(async || "Hello."))
    ///     .wrap(SessionMiddleware::new(manager));
    ///
    /// // Nobody asks for the session, so the response stays as it is.
    /// let service = init_service(app).await;
    /// let response = call_service(&service, TestRequest::get().to_request()).await;
    /// assert!(!response.headers().contains_key("set-cookie"));
    /// assert!(!response.headers().contains_key("vary"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// An application with several sessions gives it a manager with
    /// [slots](SessionManager::with_slot); see the [guide](sealed_session::slots).
    #[must_use]
    pub fn new(manager: SessionManager) -> SessionMiddleware {
        SessionMiddleware {
            shared: Shared {
                manager,
                clock: Arc::new(SystemClock),
                failure: Failure::default(),
            },
        }
    }

    /// Reads another clock, for tests.
    ///
    /// ```
    /// use std::time::Duration;
    /// use actix_web::test::{TestRequest, call_and_read_body, init_service};
    /// use actix_web::{App, web};
    /// use sealed_session_actix::{Error, Session, SessionMiddleware};
    /// use sealed_session_actix::adapter::Clock;
    /// use sealed_session_actix::testing::ManualClock;
    /// use sealed_session_actix::time::OffsetDateTime;
    /// use std::sync::Arc;
    /// # use sealed_session_actix::{Key, KeyRing, SessionManager};
    ///
    /// # #[actix_web::main]
    /// # async fn main() -> Result<(), sealed_session_actix::Error> {
    /// # let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
    /// let clock = Arc::new(ManualClock::new(OffsetDateTime::now_utc()));
    /// let began = async |session: Session| -> Result<String, Error> {
    ///     session.insert("name", "Ada")?;
    ///     Ok(format!("{:?}", session.times().map(|times| times.created_at)))
    /// };
    /// let app = App::new()
    ///     .route("/", web::get().to(began))
    ///     .wrap(SessionMiddleware::new(manager).clock(clock.clone()));
    ///
    /// let service = init_service(app).await;
    /// clock.advance(Duration::from_secs(86_400));
    /// let body = call_and_read_body(&service, TestRequest::get().to_request()).await;
    /// assert_eq!(body, format!("{:?}", Some(clock.now())));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> SessionMiddleware {
        self.shared.clock = clock;
        self
    }

    /// Answers a failed commit otherwise: with a page that says what was too large, for instance.
    /// The handler's response is dropped, because it speaks of changes that did not happen; the
    /// visitor's old session is whole. The session reads as the browser keeps it, and cannot be
    /// changed any more; the error has the sizes of what could not be sent. With several slots it is the
    /// session that did not fit, and none is sent.
    ///
    /// A handler learns already at its insert of a value that can never fit. If that error becomes the
    /// response, as this crate's [`Error`], by a 5xx or with
    /// [`hold_back`](sealed_session::Error::hold_back), then nothing is committed, and this answers: one
    /// page for both. A response that a middleware within makes is dropped then.
    ///
    /// ```
    /// use actix_web::HttpResponse;
    /// use sealed_session_actix::{Error, Key, KeyRing, SessionManager, SessionMiddleware};
    ///
    /// let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
    /// let sessions = SessionMiddleware::new(manager).on_commit_failure(|error, _| match error.sizes() {
    ///     Some(sizes) => HttpResponse::UnprocessableEntity()
    ///         .body(format!("Too large: {} of {}", sizes.needed, sizes.allowed)),
    ///     None => HttpResponse::InternalServerError().finish(),
    /// });
    /// # Ok::<(), Error>(())
    /// ```
    #[must_use]
    pub fn on_commit_failure(
        mut self,
        respond: impl Fn(&Error, &Session) -> HttpResponse + Send + Sync + 'static,
    ) -> SessionMiddleware {
        self.shared.failure = Failure::new(respond);
        self
    }
}

impl<S, B> Transform<S, ServiceRequest> for SessionMiddleware
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = ActixError>,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = ActixError;
    type Transform = SessionService<S>;
    type InitError = ();
    type Future = Ready<Result<SessionService<S>, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(SessionService {
            inner: Rc::new(inner),
            shared: Rc::new(self.shared.clone()),
        }))
    }
}

impl fmt::Debug for SessionMiddleware {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionMiddleware")
            .field("slots", &self.shared.manager)
            .finish_non_exhaustive()
    }
}

/// A service whose requests have a session; [`SessionMiddleware`] makes it.
///
/// ```
/// use actix_web::dev::{Service, Transform};
/// use actix_web::test::{TestRequest, ok_service};
/// use sealed_session_actix::{SessionMiddleware, SessionService};
/// # use sealed_session_actix::{Key, KeyRing, SessionManager};
///
/// # #[actix_web::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
/// let sessions = SessionMiddleware::new(manager);
/// let service: SessionService<_> = sessions.new_transform(ok_service()).await.unwrap();
/// let response = service.call(TestRequest::get().to_srv_request()).await?;
/// assert_eq!(response.status(), 200);
/// # Ok(())
/// # }
/// ```
pub struct SessionService<S> {
    // A request that waits takes it along.
    inner: Rc<S>,
    shared: Rc<Shared>,
}

impl<S, B> Service<ServiceRequest> for SessionService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = ActixError>,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = ActixError;
    type Future = ResponseFuture<S, B>;

    forward_ready!(inner);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let shared = Rc::clone(&self.shared);
        let loaded = match load(&shared, &request) {
            Ok(loaded) => loaded,
            Err(refused) => return ResponseFuture::refused(refused, request),
        };
        let awaited = match adapter::pending(&loaded.session) {
            Some(pending) => Awaited::Answer(pending),
            None => match adapter::form_check(&loaded.session) {
                FormCheck::Passes => {
                    return ResponseFuture::running(self.inner.call(request), loaded, shared);
                }
                check => Awaited::Check(check),
            },
        };
        ResponseFuture::waiting(Waiting {
            awaited,
            inner: Rc::clone(&self.inner),
            request,
            loaded,
            shared,
        })
    }
}

impl<S> fmt::Debug for SessionService<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionService")
            .field("slots", &self.shared.manager)
            .finish_non_exhaustive()
    }
}
