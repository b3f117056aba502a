//! The wait for the response of the inner service.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use actix_web::Error as ActixError;
use actix_web::body::EitherBody;
use actix_web::dev::ServiceResponse;
use pin_project_lite::pin_project;

use crate::commit::Commit;

pin_project! {
    /// The response of a [`SessionService`](crate::SessionService). One that is dropped before it is
    /// ready commits nothing, and neither does one whose handler panics.
    ///
    /// ```
    /// use actix_web::dev::{Service, Transform};
    /// use actix_web::test::{TestRequest, ok_service};
    /// use sealed_session_actix::{ResponseFuture, SessionMiddleware};
    /// # use sealed_session_actix::sealed_session::{Key, KeyRing, SessionManager};
    ///
    /// # #[actix_web::main]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let manager = SessionManager::new(KeyRing::new(Key::generate()?))?;
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
        Running { #[pin] inner: Inner, commit: Option<Commit> },
        Refused { response: Option<ServiceResponse<EitherBody<B>>> },
    }
}

impl<Inner, B> ResponseFuture<Inner, B> {
    pub(crate) fn new(inner: Inner, commit: Commit) -> ResponseFuture<Inner, B> {
        let commit = Some(commit);
        ResponseFuture {
            state: State::Running { inner, commit },
        }
    }

    pub(crate) fn refused(response: ServiceResponse<EitherBody<B>>) -> ResponseFuture<Inner, B> {
        let response = Some(response);
        ResponseFuture {
            state: State::Refused { response },
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
            StateProjection::Running { inner, commit } => {
                let outcome = ready!(inner.poll(context));
                let commit = commit.take().expect("polled after it was ready");
                Poll::Ready(commit.on(outcome))
            }
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
