//! The wait for the response of the inner service, and, where there is something to wait for, before it is called and
//! before its response is committed.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use http::request::Parts;
use http::{Request, Response};
use pin_project_lite::pin_project;
use sealed_session::Session;
use sealed_session::adapter::{self, Foreign, FormCheck, FormReader, Pending};
use sealed_session::time::OffsetDateTime;
use tower_service::Service;

use crate::commit::commit;
use crate::failure::CommitFailure;
use crate::forms::{FormBody, HeaderOnly, Peeking};
use crate::head;
use crate::refused::Refused;
use crate::shared::Shared;

pin_project! {
    /// The response of a [`SessionService`](crate::SessionService). The inner service is called before the future is made,
    /// or, where an answer about [revocations](sealed_session::revocation), a [store](sealed_session::overflow) or a
    /// [form](sealed_session::CrossOrigin::with_form_tokens) has to be waited for, once it is there. A service that fails commits nothing, and neither does a future that is dropped.
    ///
    /// ```
    /// use http::{Request, Response};
    /// use sealed_session_tower::{Error, InHand, ResponseFuture, SessionLayer};
    /// use tower::{Layer, Service, service_fn};
    /// # use sealed_session_tower::{Key, KeyRing, SessionManager};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let layer = SessionLayer::new(SessionManager::new("shop", KeyRing::new(Key::generate()?))?);
    /// let mut service = layer.layer(service_fn(async |request: Request<()>| {
    ///     let session: &InHand = request.extensions().get().expect("the layer is there");
    ///     session.insert("theme", "dark")?;
    ///     Err::<Response<()>, _>(Error::misuse("an example"))
    /// }));
    ///
    /// let future: ResponseFuture<_, _, _> = service.call(Request::new(()));
    /// assert!(future.await.unwrap_err().is_misuse());
    /// # Ok(())
    /// # }
    /// ```
    pub struct ResponseFuture<S, ReqBody, F, P = HeaderOnly>
    where
        S: Service<Request<ReqBody>>,
    {
        #[pin]
        state: State<S, ReqBody>,
        shared: Arc<Shared<F, P>>,
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
    fn waiting(awaited: Awaited<ReqBody>, inner: S, session: Session) -> Self {
        let waiting = Some(Box::new(Waiting {
            inner,
            session,
            awaited,
        }));
        State::Waiting { waiting }
    }

    /// Goes on when it is known whether there is a session.
    fn checked<P: FormBody<ReqBody>>(
        check: FormCheck,
        (mut inner, request, session): Ready<S, ReqBody>,
        forms: &P,
    ) -> Self {
        let reader = match check {
            FormCheck::Passes => {
                let inner = inner.call(request);
                return State::Running { inner, session };
            }
            FormCheck::Refused(foreign) => return State::foreign(foreign),
            FormCheck::Reads(reader) => reader,
        };
        let (parts, body) = request.into_parts();
        match forms.peek(body) {
            None => State::foreign(reader.refuse()),
            Some(peeking) => State::waiting(Awaited::Form(reader, peeking, parts), inner, session),
        }
    }

    fn foreign(foreign: Foreign) -> Self {
        let refused = Refused::Foreign(foreign);
        State::Refused { refused }
    }

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

/// A request that is not handed on yet, and the service that is ready for it.
struct Waiting<S, ReqBody> {
    inner: S,
    session: Session,
    awaited: Awaited<ReqBody>,
}

/// What a request waits for.
enum Awaited<ReqBody> {
    Answer(Pending, Request<ReqBody>),
    Form(FormReader, Peeking<ReqBody>, Parts),
}

impl<S, ReqBody> Waiting<S, ReqBody>
where
    S: Service<Request<ReqBody>>,
{
    /// Waits, and returns what comes next.
    fn poll<P: FormBody<ReqBody>>(
        waiting: &mut Option<Box<Self>>,
        context: &mut Context<'_>,
        forms: &P,
    ) -> Poll<State<S, ReqBody>> {
        let waits = waiting.as_mut().expect("it is taken once");
        let read = match &mut waits.awaited {
            Awaited::Answer(pending, _) => {
                ready!(Pin::new(pending).poll(context));
                None
            }
            Awaited::Form(_, peeking, _) => Some(ready!(peeking.poll(context))),
        };
        let Waiting {
            inner,
            session,
            awaited,
        } = *waiting.take().expect("it was there");
        let (check, request) = match (awaited, read) {
            (Awaited::Answer(_, request), _) => (adapter::form_check(&session), request),
            (Awaited::Form(reader, _, parts), Some((beginning, body))) => {
                let refused = reader.check(&beginning.first, beginning.is_whole);
                let check = refused.map_or(FormCheck::Passes, FormCheck::Refused);
                (check, Request::from_parts(parts, body))
            }
            (Awaited::Form(..), None) => unreachable!("a form was read"),
        };
        Poll::Ready(State::checked(check, (inner, request, session), forms))
    }
}

/// A request, its session, and the service that is ready for it.
type Ready<S, ReqBody> = (S, Request<ReqBody>, Session);

/// A response that is not committed before its session is stored.
struct Committing<Res> {
    pending: Pending,
    session: Session,
    response: Res,
    now: OffsetDateTime,
}

impl<S, ReqBody, F, P> ResponseFuture<S, ReqBody, F, P>
where
    S: Service<Request<ReqBody>>,
{
    #[cold]
    pub(crate) fn waiting(
        pending: Pending,
        (inner, request, session): Ready<S, ReqBody>,
        shared: Arc<Shared<F, P>>,
    ) -> Self {
        let awaited = Awaited::Answer(pending, request);
        ResponseFuture {
            state: State::waiting(awaited, inner, session),
            shared,
        }
    }

    #[cold]
    pub(crate) fn checked(
        check: FormCheck,
        ready: Ready<S, ReqBody>,
        shared: Arc<Shared<F, P>>,
    ) -> Self
    where
        P: FormBody<ReqBody>,
    {
        ResponseFuture {
            state: State::checked(check, ready, &*shared.forms),
            shared,
        }
    }

    pub(crate) fn running(inner: S::Future, session: Session, shared: Arc<Shared<F, P>>) -> Self {
        ResponseFuture {
            state: State::Running { inner, session },
            shared,
        }
    }

    pub(crate) fn refused(refused: Refused, shared: Arc<Shared<F, P>>) -> Self {
        ResponseFuture {
            state: State::Refused { refused },
            shared,
        }
    }
}

impl<S, ReqBody, ResBody, F, P> Future for ResponseFuture<S, ReqBody, F, P>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>>,
    F: CommitFailure<ResBody>,
    P: FormBody<ReqBody>,
    ResBody: Default + 'static,
{
    type Output = Result<Response<ResBody>, S::Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        loop {
            match this.state.as_mut().project() {
                StateProjection::Waiting { waiting } => {
                    let next = ready!(Waiting::poll(waiting, context, &*this.shared.forms));
                    this.state.set(next);
                }
                StateProjection::Running { inner, session } => {
                    let mut response = ready!(inner.poll(context))?;
                    if adapter::close_unused(session) {
                        return Poll::Ready(Ok(response));
                    }
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

impl<S, ReqBody, F, P> fmt::Debug for ResponseFuture<S, ReqBody, F, P>
where
    S: Service<Request<ReqBody>>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
