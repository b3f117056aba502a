//! The wait for the response of the inner service.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use actix_web::Error as ActixError;
use actix_web::body::EitherBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use pin_project_lite::pin_project;

use crate::commit::{commit, commit_error};
use crate::load::{Loaded, leave};
use crate::refused::Refused;
use crate::shared::Shared;

pin_project! {
    /// The response of a [`SessionService`](crate::SessionService). One that is dropped before it is
    /// ready commits nothing, and neither does one whose handler panics.
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
    pub struct ResponseFuture<Inner, B> {
        #[pin]
        state: State<Inner, B>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<Inner, B> {
        Running { #[pin] inner: Inner, loaded: Loaded, shared: Rc<Shared> },
        Refused { response: Option<ServiceResponse<EitherBody<B>>> },
    }
}

impl<Inner, B> ResponseFuture<Inner, B> {
    pub(crate) fn new(
        inner: Inner,
        loaded: Loaded,
        shared: Rc<Shared>,
    ) -> ResponseFuture<Inner, B> {
        ResponseFuture {
            state: State::Running {
                inner,
                loaded,
                shared,
            },
        }
    }

    pub(crate) fn refused(refused: Refused, request: ServiceRequest) -> ResponseFuture<Inner, B> {
        let response = request.into_response(refused.answer().map_into_right_body());
        ResponseFuture {
            state: State::Refused {
                response: Some(response),
            },
        }
    }
}

impl<Inner, B> Future for ResponseFuture<Inner, B>
where
    Inner: Future<Output = Result<ServiceResponse<B>, ActixError>>,
{
    type Output = Result<ServiceResponse<EitherBody<B>>, ActixError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().state.project() {
            StateProjection::Running {
                inner,
                loaded,
                shared,
            } => Poll::Ready(match ready!(inner.poll(context)) {
                Ok(response) => {
                    if loaded.is_nested {
                        leave(response.request());
                    }
                    Ok(commit(shared, &loaded.session, response))
                }
                // Nothing around it has the request any more.
                Err(error) => Err(commit_error(shared, &loaded.session, error)),
            }),
            StateProjection::Refused { response } => {
                let response = response.take().expect("polled after it was ready");
                Poll::Ready(Ok(response))
            }
        }
    }
}

impl<Inner, B> fmt::Debug for ResponseFuture<Inner, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
