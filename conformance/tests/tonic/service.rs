//! A gRPC service by hand, with messages that are plain text: what is tested is the way there.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, BufMut};
use conformance::Site;
use conformance::sealed_session::Error;
use sealed_session_tower::InHand;
use tonic::body::Body;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::server::{Grpc, NamedService, UnaryService};
use tonic::{Code, Request, Response, Status};
use tower::Service;

/// Where the service's one method is.
pub(crate) const ACT: &str = "/conformance.Session/Act";

/// Does to the session of the request what its message says.
#[derive(Clone)]
pub(crate) struct Acting(pub(crate) Site);

impl NamedService for Acting {
    const NAME: &'static str = "conformance.Session";
}

impl Service<http::Request<Body>> for Acting {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let acting = self.clone();
        let is_known = request.uri().path() == ACT;
        Box::pin(async move {
            Ok(match is_known {
                true => Grpc::new(Text).unary(acting, request).await,
                false => Status::unimplemented("no such method").into_http(),
            })
        })
    }
}

impl UnaryService<String> for Acting {
    type Response = String;
    type Future = Ready<Result<Response<String>, Status>>;

    fn call(&mut self, request: Request<String>) -> Self::Future {
        ready(self.act(&request))
    }
}

impl Acting {
    fn act(&self, request: &Request<String>) -> Result<Response<String>, Status> {
        let session = request.extensions().get::<InHand>();
        let session = session.ok_or_else(|| Status::internal("no session layer"))?;
        if request.get_ref().starts_with("/panic") {
            self.0.panic(session, request.get_ref());
        }
        let reply = self.0.act(session, request.get_ref());
        let reply = reply.map_err(|error: Error| Status::internal(error.to_string()))?;
        match reply.status {
            200 => Ok(Response::new(reply.body)),
            _ => Err(Status::new(Code::NotFound, reply.body)),
        }
    }
}

/// Messages that are their own bytes.
#[derive(Clone, Copy)]
pub(crate) struct Text;

impl Codec for Text {
    type Encode = String;
    type Decode = String;
    type Encoder = Text;
    type Decoder = Text;

    fn encoder(&mut self) -> Text {
        Text
    }

    fn decoder(&mut self) -> Text {
        Text
    }
}

impl Encoder for Text {
    type Item = String;
    type Error = Status;

    fn encode(&mut self, text: String, to: &mut EncodeBuf<'_>) -> Result<(), Status> {
        to.put_slice(text.as_bytes());
        Ok(())
    }
}

impl Decoder for Text {
    type Item = String;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<String>, Status> {
        let bytes = from.copy_to_bytes(from.remaining());
        let text = String::from_utf8(bytes.to_vec());
        text.map(Some)
            .map_err(|cause| Status::internal(cause.to_string()))
    }
}
