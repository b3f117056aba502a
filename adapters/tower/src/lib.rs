//! [`sealed-session`](sealed_session) for any tower service that speaks `http` 1: axum, hyper,
//! tonic.
//!
//! [`SessionLayer`] loads the session of each request, puts its handle into the request's
//! extensions, and commits it when the response head is ready. It decides nothing: what to send,
//! and when, is the core's business.
//!
//! ```
//! use http::{Request, Response};
//! use sealed_session_tower::SessionLayer;
//! use sealed_session_tower::sealed_session::{Key, KeyRing, Session, SessionManager};
//! use tower::{Service, ServiceBuilder, ServiceExt, service_fn};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let manager = SessionManager::new(KeyRing::new(Key::generate()?))?;
//! let mut service = ServiceBuilder::new().layer(SessionLayer::new(manager)).service_fn(
//!     async |request: Request<()>| {
//!         let session: &Session = request.extensions().get().expect("the layer is there");
//!         session.insert("greeted", true)?;
//!         Ok::<_, sealed_session_tower::sealed_session::Error>(Response::new(()))
//!     },
//! );
//!
//! let response = service.ready().await?.call(Request::new(())).await?;
//! assert!(response.headers().contains_key("set-cookie"));
//! # Ok(())
//! # }
//! ```

#![forbid(unsafe_code)]

mod failure;
mod future;
mod layer;
mod passive;

pub use failure::{CommitFailure, EmptyResponse};
pub use future::ResponseFuture;
pub use layer::{SessionLayer, SessionService};
pub use passive::{PassiveLayer, PassiveService};
pub use sealed_session;
