//! The wait for the response of the inner service, and, where there is something to wait for, before it is called and
//! before its response is committed.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use http::{Request, Response};
use pin_project_lite::pin_project;
use sealed_session::Session;
use sealed_session::adapter::{self, Pending};
use sealed_session::time::OffsetDateTime;
use tower_service::Service;

use crate::commit::commit;
use crate::failure::CommitFailure;
use crate::head;
use crate::refused::Refused;
use crate::shared::Shared;

pin_project! {
    /// The response of a [`SessionService`](crate::SessionService). The inner service is called before the future is made,
    /// or, where an answer about [revocations](sealed_session::revocation) or a [store](sealed_session::overflow) has to be
    /// waited for, once it is there. A service that fails commits nothing, and neither does a future that is dropped.
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
    /// let future: ResponseFuture<_, _, _> = service.call(Request::new(()));
    /// assert!(future.await.unwrap_err().is_misuse());
    /// # Ok(())
    /// # }
    /// ```
    pub struct ResponseFuture<S, ReqBody, F>
    where
        S: Service<Request<ReqBody>>,
    {
        #[pin]
        state: State<S, ReqBody>,
        shared: Arc<Shared<F>>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<S, ReqBody>
    where
        S: Service<Request<ReqBody>>,
    {
        // Large, and seldom there.
        Waiting { waiting: Option<Box<Waiting<S, ReqBody>>> },
        Running { #[pin] inner: S::Future, session: Session },
        Committing { committing: Option<Box<Committing<S::Response>>> },
        Refused { refused: Refused },
    }
}

impl<S, ReqBody> State<S, ReqBody>
where
    S: Service<Request<ReqBody>>,
{
    #[cold]
    fn committing(
        pending: Pending,
        session: Session,
        response: S::Response,
        now: OffsetDateTime,
    ) -> Self {
        let committing = Some(Box::new(Committing {
            pending,
            session,
            response,
            now,
        }));
        State::Committing { committing }
    }
}

/// A request that is not handed on before an answer is there, and the service that is ready for it.
struct Waiting<S, ReqBody> {
    pending: Pending,
    inner: S,
    request: Request<ReqBody>,
    session: Session,
}

/// A response that is not committed before its session is stored.
struct Committing<Res> {
    pending: Pending,
    session: Session,
    response: Res,
    now: OffsetDateTime,
}

impl<S, ReqBody, F> ResponseFuture<S, ReqBody, F>
where
    S: Service<Request<ReqBody>>,
{
    #[cold]
    pub(crate) fn waiting(
        (pending, inner, request, session): (Pending, S, Request<ReqBody>, Session),
        shared: Arc<Shared<F>>,
    ) -> Self {
        let waiting = Some(Box::new(Waiting {
            pending,
            inner,
            request,
            session,
        }));
        ResponseFuture {
            state: State::Waiting { waiting },
            shared,
        }
    }

    pub(crate) fn running(inner: S::Future, session: Session, shared: Arc<Shared<F>>) -> Self {
        ResponseFuture {
            state: State::Running { inner, session },
            shared,
        }
    }

    pub(crate) fn refused(refused: Refused, shared: Arc<Shared<F>>) -> Self {
        ResponseFuture {
            state: State::Refused { refused },
            shared,
        }
    }
}

impl<S, ReqBody, ResBody, F> Future for ResponseFuture<S, ReqBody, F>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>>,
    F: CommitFailure<ResBody>,
    ResBody: Default + 'static,
{
    type Output = Result<Response<ResBody>, S::Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        loop {
            match this.state.as_mut().project() {
                StateProjection::Waiting { waiting } => {
                    let waits = waiting.as_mut().expect("it is taken once");
                    ready!(Pin::new(&mut waits.pending).poll(context));
                    let waits = *waiting.take().expect("it was there");
                    let Waiting {
                        mut inner,
                        request,
                        session,
                        ..
                    } = waits;
                    let inner = inner.call(request);
                    this.state.set(State::Running { inner, session });
                }
                StateProjection::Running { inner, session } => {
                    let mut response = ready!(inner.poll(context))?;
                    let (head, now) = (head::of_response(&response), this.shared.clock.now());
                    let Some(pending) = adapter::pending_commit(session, head, now) else {
                        commit(this.shared, session, &mut response, now);
                        return Poll::Ready(Ok(response));
                    };
                    let committing = State::committing(pending, session.clone(), response, now);
                    this.state.set(committing);
                }
                StateProjection::Committing { committing } => {
                    let waits = committing.as_mut().expect("it is taken once");
                    ready!(Pin::new(&mut waits.pending).poll(context));
                    let waits = *committing.take().expect("it was there");
                    let Committing {
                        session,
                        mut response,
                        now,
                        ..
                    } = waits;
                    commit(this.shared, &session, &mut response, now);
                    return Poll::Ready(Ok(response));
                }
                StateProjection::Refused { refused } => return Poll::Ready(Ok(refused.answer())),
            }
        }
    }
}

impl<S, ReqBody, F> fmt::Debug for ResponseFuture<S, ReqBody, F>
where
    S: Service<Request<ReqBody>>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
