//! [`sealed-session`](sealed_session) for any tower service that speaks `http` 1: axum, hyper,
//! tonic.
//!
//! [`SessionLayer`] loads the session of each request, puts its handle into the request's extensions,
//! [in hand](InHand), and commits it when the response head is ready. It decides
//! nothing: the core knows what to send, and when.
//!
//! ```
//! use http::{Request, Response};
//! use sealed_session_tower::{InHand, Key, KeyRing, SessionLayer, SessionManager};
//! use tower::{Service, ServiceBuilder, ServiceExt, service_fn};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
//! let mut service = ServiceBuilder::new().layer(SessionLayer::new(manager)).service_fn(
//!     async |request: Request<()>| {
//!         let session: &InHand = request.extensions().get().expect("the layer is there");
//!         session.insert("greeted", true)?;
//!         Ok::<_, sealed_session_tower::Error>(Response::new(()))
//!     },
//! );
//!
//! let response = service.ready().await?.call(Request::new(())).await?;
//! assert!(response.headers().contains_key("set-cookie"));
//! # Ok(())
//! # }
//! ```
//!
//! # Several sessions
//!
//! An application whose sign-in lives for hours and whose preferences live for a year has a slot for
//! each; see the [guide](sealed_session::slots).
//!
//! ```
//! use http::Request;
//! use sealed_session_tower::{
//!     Budget, CookieSpec, Error, InHand, Key, KeyRing, SessionLayer, SessionManager, Slot,
//! };
//!
//! enum Prefs {}
//! impl Slot for Prefs {}
//!
//! fn remember(request: &Request<()>) -> Result<(), Error> {
//!     let session: &InHand = request.extensions().get().expect("the layer is there");
//!     session.slot::<Prefs>()?.insert("theme", "dark")
//! }
//!
//! let ring = KeyRing::new(Key::generate()?);
//! let prefs = SessionManager::builder("prefs", ring.clone())
//!     .budget(Budget::portable().with_total_limit(1_500))
//!     .build()?;
//! // Two sessions in one response are more than a stock nginx takes: `proxy_buffer_size 8k`.
//! let main = SessionManager::builder("shop", ring).budget(Budget::within_8k()).build()?;
//! let manager = main.with_slot::<Prefs>(prefs)?;
//! let layer = SessionLayer::new(manager);
//! # Ok::<(), Error>(())
//! ```
//!
//! # Who may pass
//!
//! A [`GuardLayer`] in front of a service asks a [`Guard`] who may pass.

#![forbid(unsafe_code)]

mod commit;
mod failure;
mod forms;
mod future;
mod guard;
mod head;
mod in_hand;
mod layer;
mod load;
mod passive;
mod refused;
mod shared;

pub use failure::{CommitFailure, EmptyResponse};
pub use forms::{FormBody, HeaderOnly, PeekedBody, Peeking};
pub use future::ResponseFuture;
pub use guard::{GuardFuture, GuardLayer, GuardService};
pub use in_hand::InHand;
pub use layer::{SessionLayer, SessionLayerWith, SessionService};
pub use passive::{PassiveLayer, PassiveService};
#[doc(inline)]
pub use sealed_session::*;
