//! Form tokens in bodies: reading the beginning of a body, and handing on the whole.
//!
//! Keeps what has come in until 512 bytes of it have, and no more. It looks at nothing that it reads.

use std::collections::VecDeque;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http_body::{Body, Frame, SizeHint};
use sealed_session::adapter::FormReader;

/// Reads the beginning of a request's body for a [form token](sealed_session::CrossOrigin::with_form_tokens), if it can.
/// [`SessionLayerWith::read_forms`](crate::SessionLayerWith::read_forms) takes one.
///
/// Functions from a [`PeekedBody`] to the body that it was before implement it: `Body::new` of axum, and
/// `BodyExt::boxed` of `http-body-util` for the body `BoxBody`.
///
/// ```
/// use axum_core::body::Body;
/// use sealed_session_tower::{FormBody, PeekedBody};
///
/// let forms = |body: PeekedBody<Body>| Body::new(body);
/// assert!(forms.peek(Body::from("csrf_token=..&amount=100")).is_some());
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not put a request's body `{B}` together again",
    note = "a closure from `PeekedBody<{B}>` to `{B}` does, if `{B}` is an `http_body::Body` that is `Unpin` and crosses threads, with data such as `Bytes`"
)]
pub trait FormBody<B> {
    /// Begins to read a body; `None` if that is not possible, and the header field alone counts.
    fn peek(&self, body: B) -> Option<Peeking<B>>;
}

/// Looks for form tokens in the header field alone, whatever the body is. The default of the tower layer.
///
/// ```
/// use sealed_session_tower::{FormBody, HeaderOnly};
///
/// assert!(HeaderOnly.peek("any body").is_none());
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct HeaderOnly;

impl<B> FormBody<B> for HeaderOnly {
    fn peek(&self, _: B) -> Option<Peeking<B>> {
        None
    }
}

impl<G, B> FormBody<B> for G
where
    G: Fn(PeekedBody<B>) -> B + Clone + Send + 'static,
    B: Body<Data: AsRef<[u8]> + Send, Error: Send> + Send + Unpin + 'static,
{
    fn peek(&self, body: B) -> Option<Peeking<B>> {
        let rebuild = self.clone();
        Some(Peeking(Box::pin(async move {
            let mut peeked = PeekedBody::of(body);
            let beginning = peeked.fill().await;
            (beginning, rebuild(peeked))
        })))
    }
}

/// A body of which the beginning is being read.
///
/// ```
/// use sealed_session_tower::{FormBody, Peeking};
///
/// fn begin<B>(body: B, forms: impl FormBody<B>) -> Option<Peeking<B>> {
///     forms.peek(body)
/// }
/// # assert!(begin((), sealed_session_tower::HeaderOnly).is_none());
/// ```
pub struct Peeking<B>(Pin<Box<dyn Future<Output = (Beginning, B)> + Send>>);

impl<B> Peeking<B> {
    pub(crate) fn poll(&mut self, context: &mut Context<'_>) -> Poll<(Beginning, B)> {
        self.0.as_mut().poll(context)
    }
}

impl<B> fmt::Debug for Peeking<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Peeking").finish_non_exhaustive()
    }
}

/// The first bytes of a body.
pub(crate) struct Beginning {
    pub(crate) first: Vec<u8>,
    pub(crate) is_whole: bool,
}

/// A body whose beginning was looked at: the same frames, in the same order.
///
/// ```
/// use axum_core::body::Body;
/// use sealed_session_tower::PeekedBody;
///
/// fn rebuilt(body: PeekedBody<Body>) -> Body {
///     Body::new(body)
/// }
/// # let _ = rebuilt;
/// ```
pub struct PeekedBody<B: Body> {
    came: VecDeque<Result<Frame<B::Data>, B::Error>>,
    /// `None` when it has ended.
    rest: Option<B>,
}

impl<B: Body<Data: AsRef<[u8]>> + Unpin> PeekedBody<B> {
    fn of(body: B) -> PeekedBody<B> {
        PeekedBody {
            came: VecDeque::new(),
            rest: Some(body),
        }
    }

    /// Waits until enough has come in. Empty data is not kept, so each frame of data takes a byte of it.
    async fn fill(&mut self) -> Beginning {
        let mut first = Vec::with_capacity(FormReader::PEEK);
        while first.len() < FormReader::PEEK {
            let Some(frame) = poll_fn(|context| self.poll_rest(context)).await else {
                let is_whole = true;
                return Beginning { first, is_whole };
            };
            let data = frame.as_ref().ok().and_then(Frame::data_ref);
            let data = data.map(AsRef::as_ref);
            if data.is_some_and(<[u8]>::is_empty) {
                continue;
            }
            let room = FormReader::PEEK - first.len();
            first.extend(data.unwrap_or_default().iter().take(room));
            let is_error = frame.is_err();
            self.came.push_back(frame);
            if is_error {
                break;
            }
        }
        let is_whole = false;
        Beginning { first, is_whole }
    }
}

impl<B: Body + Unpin> PeekedBody<B> {
    fn poll_rest(&mut self, context: &mut Context<'_>) -> PolledFrame<B> {
        let Some(rest) = &mut self.rest else {
            return Poll::Ready(None);
        };
        let frame = ready!(Pin::new(rest).poll_frame(context));
        if frame.is_none() {
            self.rest = None;
        }
        Poll::Ready(frame)
    }
}

type PolledFrame<B> = Poll<Option<Result<Frame<<B as Body>::Data>, <B as Body>::Error>>>;

/// The frames that came are moved out by value.
impl<B: Body + Unpin> Unpin for PeekedBody<B> {}

impl<B: Body<Data: AsRef<[u8]>> + Unpin> Body for PeekedBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> PolledFrame<B> {
        match self.came.pop_front() {
            Some(frame) => Poll::Ready(Some(frame)),
            None => self.poll_rest(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.came.is_empty() && self.rest.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        let frames = self
            .came
            .iter()
            .filter_map(|frame| frame.as_ref().ok()?.data_ref());
        let came: usize = frames.map(|data| data.as_ref().len()).sum();
        let came = u64::try_from(came).unwrap_or(u64::MAX);
        let rest = self
            .rest
            .as_ref()
            .map_or(SizeHint::with_exact(0), Body::size_hint);
        let mut hint = SizeHint::new();
        hint.set_lower(rest.lower().saturating_add(came));
        if let Some(upper) = rest.upper() {
            hint.set_upper(upper.saturating_add(came));
        }
        hint
    }
}

impl<B: Body> fmt::Debug for PeekedBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PeekedBody").finish_non_exhaustive()
    }
}
