//! The wait for an answer about revocations, where there is one, and for the response of the inner service.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use actix_web::Error as ActixError;
use actix_web::body::EitherBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse};
use pin_project_lite::pin_project;
use sealed_session::adapter::Pending;

use crate::commit::{commit, commit_error};
use crate::load::{Loaded, leave};
use crate::refused::Refused;
use crate::shared::Shared;

pin_project! {
    /// The response of a [`SessionService`](crate::SessionService). The inner service is called before the future is
    /// made, or, where an answer about [revocations](sealed_session::revocation) has to be waited for, once it is there. A
    /// future that is dropped before it is ready commits nothing, and neither does one whose handler panics.
    ///
    /// ```
    /// use actix_web::dev::{Service, Transform};
    /// use actix_web::test::{TestRequest, ok_service};
    /// use sealed_session_actix::{ResponseFuture, SessionMiddleware};
    /// # use sealed_session_actix::{Key, KeyRing, SessionManager};
    ///
    /// # #[actix_web::main]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
    /// let sessions = SessionMiddleware::new(manager);
    /// let service = sessions.new_transform(ok_service()).await.unwrap();
    /// let future: ResponseFuture<_, _> = service.call(TestRequest::get().to_srv_request());
    /// assert!(future.await?.headers().is_empty());
    /// # Ok(())
    /// # }
    /// ```
    pub struct ResponseFuture<S, B>
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
        Running { #[pin] inner: S::Future, loaded: Loaded, shared: Rc<Shared> },
        Refused { response: Option<ServiceResponse<EitherBody<B>>> },
    }
}

/// A request that is not handed on before an answer is there.
pub(crate) struct Waiting<S> {
    pub(crate) pending: Pending,
    pub(crate) inner: Rc<S>,
    pub(crate) request: ServiceRequest,
    pub(crate) loaded: Loaded,
    pub(crate) shared: Rc<Shared>,
}

impl<S, B> ResponseFuture<S, B>
where
    S: Service<ServiceRequest>,
{
    pub(crate) fn waiting(waiting: Waiting<S>) -> ResponseFuture<S, B> {
        ResponseFuture {
            state: State::Waiting {
                waiting: Some(waiting),
            },
        }
    }

    pub(crate) fn running(
        inner: S::Future,
        loaded: Loaded,
        shared: Rc<Shared>,
    ) -> ResponseFuture<S, B> {
        ResponseFuture {
            state: State::Running {
                inner,
                loaded,
                shared,
            },
        }
    }

    pub(crate) fn refused(refused: Refused, request: ServiceRequest) -> ResponseFuture<S, B> {
        let response = request.into_response(refused.answer().map_into_right_body());
        ResponseFuture {
            state: State::Refused {
                response: Some(response),
            },
        }
    }
}

impl<S, B> Future for ResponseFuture<S, B>
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
                    state.set(State::Running {
                        inner: waits.inner.call(waits.request),
                        loaded: waits.loaded,
                        shared: waits.shared,
                    });
                }
                StateProjection::Running {
                    inner,
                    loaded,
                    shared,
                } => {
                    return Poll::Ready(match ready!(inner.poll(context)) {
                        Ok(response) => {
                            if loaded.is_nested {
                                leave(response.request());
                            }
                            Ok(commit(shared, &loaded.session, response))
                        }
                        // Nothing around it has the request any more.
                        Err(error) => Err(commit_error(shared, &loaded.session, error)),
                    });
                }
                StateProjection::Refused { response } => {
                    let response = response.take().expect("polled after it was ready");
                    return Poll::Ready(Ok(response));
                }
            }
        }
    }
}

impl<S, B> fmt::Debug for ResponseFuture<S, B>
where
    S: Service<ServiceRequest>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
