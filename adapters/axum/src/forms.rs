//! The layer for axum, whose bodies can be put together again.

use axum_core::body::Body;
use sealed_session_tower::{EmptyResponse, FormBody, Peeking, SessionLayerWith};

/// Gives every request of a router its [`Session`](crate::Session). It is the
/// [layer](sealed_session_tower::SessionLayer) of `sealed-session-tower`, which says all about it, and looks for
/// [form tokens](sealed_session::CrossOrigin::with_form_tokens) in bodies, too.
///
/// ```
/// use axum::{Router, routing::get};
/// use sealed_session_axum::{Key, KeyRing, SessionLayer, SessionManager};
///
/// let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
/// let app: Router = Router::new().route("/", get(async || "Hello.")).layer(SessionLayer::new(manager));
/// # Ok::<(), sealed_session_axum::Error>(())
/// ```
#[doc(alias("SessionManagerLayer", "session_middleware"))]
pub type SessionLayer<F = EmptyResponse> = SessionLayerWith<F, AxumBody>;

/// Looks for form tokens in the body of axum.
///
/// ```
/// use axum::body::Body;
/// use sealed_session_axum::AxumBody;
/// use sealed_session_tower::FormBody;
///
/// assert!(AxumBody.peek(Body::from("csrf_token=..&amount=100")).is_some());
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct AxumBody;

impl FormBody<Body> for AxumBody {
    fn peek(&self, body: Body) -> Option<Peeking<Body>> {
        FormBody::peek(&Body::new, body)
    }
}
