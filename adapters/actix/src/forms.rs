//! Form tokens in bodies: reading the beginning of a payload, and handing on the whole.
//!
//! Keeps what has come in until 512 bytes of it have, and no more. It looks at nothing that it reads.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use actix_web::HttpMessage;
use actix_web::dev::{Payload, ServiceRequest};
use actix_web::error::PayloadError;
use actix_web::web::Bytes;
use futures_core::Stream;
use sealed_session::adapter::{Foreign, FormReader};

/// A payload of which the beginning is being read.
pub(crate) struct Peeking {
    reader: Option<FormReader>,
    first: Vec<u8>,
    peeked: Peeked,
}

/// A payload whose beginning was looked at: the same chunks, in the same order.
struct Peeked {
    came: VecDeque<Result<Bytes, PayloadError>>,
    rest: Payload,
}

impl Peeking {
    /// Takes the payload out of a request.
    pub(crate) fn of(reader: FormReader, request: &mut ServiceRequest) -> Peeking {
        Peeking {
            reader: Some(reader),
            first: Vec::with_capacity(FormReader::PEEK),
            peeked: Peeked {
                came: VecDeque::new(),
                rest: request.take_payload(),
            },
        }
    }

    /// Waits until enough has come in, puts the payload back, and returns why the request is refused, if it is. Empty
    /// chunks are not kept, so each takes a byte of it.
    pub(crate) fn poll(
        &mut self,
        context: &mut Context<'_>,
        request: &mut ServiceRequest,
    ) -> Poll<Option<Foreign>> {
        let Peeking { first, peeked, .. } = self;
        let mut is_whole = false;
        while first.len() < FormReader::PEEK {
            let Some(chunk) = ready!(Pin::new(&mut peeked.rest).poll_next(context)) else {
                is_whole = true;
                peeked.rest = Payload::None;
                break;
            };
            let room = FormReader::PEEK - first.len();
            match &chunk {
                Ok(bytes) if bytes.is_empty() => continue,
                Ok(bytes) => first.extend(bytes.iter().take(room)),
                Err(_) => {}
            }
            let is_error = chunk.is_err();
            peeked.came.push_back(chunk);
            if is_error {
                break;
            }
        }
        let came = std::mem::take(&mut peeked.came);
        let rest = peeked.rest.take();
        let payload = Box::pin(Peeked { came, rest });
        request.set_payload(Payload::Stream { payload });
        let reader = self.reader.take().expect("it is polled until it is ready");
        Poll::Ready(reader.check(&self.first, is_whole))
    }
}

impl Stream for Peeked {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match self.came.pop_front() {
            Some(chunk) => Poll::Ready(Some(chunk)),
            None => Pin::new(&mut self.rest).poll_next(context),
        }
    }
}
