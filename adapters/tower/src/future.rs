//! The wait for the response of the inner service.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use http::Response;
use pin_project_lite::pin_project;
use sealed_session::Session;

use crate::commit::commit;
use crate::failure::CommitFailure;
use crate::refused::Refused;
use crate::shared::Shared;

pin_project! {
    /// The response of a [`SessionService`](crate::SessionService). A service that fails commits
    /// nothing, and neither does one that is dropped.
    ///
    /// ```
    /// use http::{Request, Response};
    /// use sealed_session_tower::{Error, ResponseFuture, Session, SessionLayer};
    /// use tower::{Layer, Service, service_fn};
    /// # use sealed_session_tower::{Key, KeyRing, SessionManager};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let layer = SessionLayer::new(SessionManager::new("shop", KeyRing::new(Key::generate()?))?);
    /// let mut service = layer.layer(service_fn(async |request: Request<()>| {
    ///     let session: &Session = request.extensions().get().expect("the layer is there");
    ///     session.insert("theme", "dark")?;
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
        Running { #[pin] inner: Inner, session: Session },
        Refused { refused: Refused },
    }
}

impl<Inner, F> ResponseFuture<Inner, F> {
    pub(crate) fn new(
        inner: Inner,
        session: Session,
        shared: Arc<Shared<F>>,
    ) -> ResponseFuture<Inner, F> {
        ResponseFuture {
            state: State::Running { inner, session },
            shared,
        }
    }

    pub(crate) fn refused(refused: Refused, shared: Arc<Shared<F>>) -> ResponseFuture<Inner, F> {
        ResponseFuture {
            state: State::Refused { refused },
            shared,
        }
    }
}

impl<Inner, F, ResBody, E> Future for ResponseFuture<Inner, F>
where
    Inner: Future<Output = Result<Response<ResBody>, E>>,
    F: CommitFailure<ResBody>,
    ResBody: Default + 'static,
{
    type Output = Result<Response<ResBody>, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        match this.state.project() {
            StateProjection::Running { inner, session } => {
                let response = ready!(inner.poll(context))?;
                Poll::Ready(Ok(commit(this.shared, session, response)))
            }
            StateProjection::Refused { refused } => Poll::Ready(Ok(refused.answer())),
        }
    }
}

impl<Inner, F> fmt::Debug for ResponseFuture<Inner, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
