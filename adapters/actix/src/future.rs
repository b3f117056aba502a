//! The wait for the response of the inner service, and, where there is something to wait for, before it is called and
//! before its response is committed.

use std::fmt;
use std::future::Future;
use std::mem::replace;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use actix_web::Error as ActixError;
use actix_web::body::EitherBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse};
use pin_project_lite::pin_project;
use sealed_session::Session;
use sealed_session::adapter::{self, Foreign, FormCheck, Pending};
use sealed_session::time::OffsetDateTime;

use crate::commit::Outcome;
use crate::forms::Peeking;
use crate::load::{Loaded, leave};
use crate::refused::Refused;
use crate::shared::Shared;

pin_project! {
    /// The response of a [`SessionService`](crate::SessionService). The inner service is called before the future is
    /// made, or, where an answer about [revocations](sealed_session::revocation), a [store](sealed_session::overflow) or a
    /// [form](sealed_session::CrossOrigin::with_form_tokens) has to be waited for, once it is there. A future that is dropped before it is ready commits nothing, and neither does
    /// one whose handler panics.
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
        Committing { committing: Option<Committing<B>> },
        Refused { response: Option<ServiceResponse<EitherBody<B>>> },
    }
}

/// A request that is not handed on yet.
pub(crate) struct Waiting<S> {
    pub(crate) awaited: Awaited,
    pub(crate) inner: Rc<S>,
    pub(crate) request: ServiceRequest,
    pub(crate) loaded: Loaded,
    pub(crate) shared: Rc<Shared>,
}

/// What a request waits for.
pub(crate) enum Awaited {
    Answer(Pending),
    /// It is decided already, or a form has to be read.
    Check(FormCheck),
    Form(Box<Peeking>),
}

impl<S> Waiting<S> {
    /// Waits, and returns why the request is refused, if it is.
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Foreign>> {
        loop {
            self.awaited = match replace(&mut self.awaited, Awaited::Check(FormCheck::Passes)) {
                Awaited::Answer(mut pending) => match Pin::new(&mut pending).poll(context) {
                    Poll::Ready(()) => Awaited::Check(adapter::form_check(&self.loaded.session)),
                    Poll::Pending => {
                        self.awaited = Awaited::Answer(pending);
                        return Poll::Pending;
                    }
                },
                Awaited::Check(FormCheck::Passes) => return Poll::Ready(None),
                Awaited::Check(FormCheck::Refused(foreign)) => return Poll::Ready(Some(foreign)),
                Awaited::Check(FormCheck::Reads(reader)) => {
                    Awaited::Form(Box::new(Peeking::of(reader, &mut self.request)))
                }
                Awaited::Form(mut peeking) => {
                    let polled = peeking.poll(context, &mut self.request);
                    if polled.is_pending() {
                        self.awaited = Awaited::Form(peeking);
                    }
                    return polled;
                }
            }
        }
    }
}

/// What is not committed before its session is stored.
struct Committing<B> {
    pending: Pending,
    outcome: Outcome<B>,
    now: OffsetDateTime,
    session: Session,
    shared: Rc<Shared>,
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
        ResponseFuture {
            state: State::refused(&refused, request),
        }
    }
}

impl<S, B> State<S, B>
where
    S: Service<ServiceRequest>,
{
    fn refused(refused: &Refused, request: ServiceRequest) -> State<S, B> {
        let response = request.into_response(refused.answer().map_into_right_body());
        State::Refused {
            response: Some(response),
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
                    let refused = ready!(waits.poll(context)).map(Refused::Foreign);
                    let waits = waiting.take().expect("it was there");
                    state.set(match refused {
                        Some(refused) => {
                            if waits.loaded.is_nested {
                                leave(waits.request.request());
                            }
                            State::refused(&refused, waits.request)
                        }
                        None => State::Running {
                            inner: waits.inner.call(waits.request),
                            loaded: waits.loaded,
                            shared: waits.shared,
                        },
                    });
                }
                StateProjection::Running {
                    inner,
                    loaded,
                    shared,
                } => {
                    let result = ready!(inner.poll(context));
                    // Nothing around an error has the request any more.
                    if let Ok(response) = &result
                        && loaded.is_nested
                    {
                        leave(response.request());
                    }
                    let result = match result {
                        Ok(response) if adapter::close_unused(&loaded.session) => {
                            return Poll::Ready(Ok(response.map_into_left_body()));
                        }
                        result => result,
                    };
                    let (outcome, now) = (Outcome::of(result), shared.clock.now());
                    let Some(pending) = outcome.pending(&loaded.session, now) else {
                        return Poll::Ready(outcome.commit(shared, &loaded.session, now));
                    };
                    let committing = Some(Committing {
                        pending,
                        outcome,
                        now,
                        session: loaded.session.clone(),
                        shared: Rc::clone(shared),
                    });
                    state.set(State::Committing { committing });
                }
                StateProjection::Committing { committing } => {
                    let waits = committing.as_mut().expect("it is taken once");
                    ready!(Pin::new(&mut waits.pending).poll(context));
                    let waits = committing.take().expect("it was there");
                    let Committing {
                        outcome,
                        now,
                        session,
                        shared,
                        ..
                    } = waits;
                    return Poll::Ready(outcome.commit(&shared, &session, now));
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
