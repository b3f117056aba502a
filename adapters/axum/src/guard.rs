//! Guards in front of routes.

use axum::extract::OriginalUri;
use sealed_session::Guard;
use sealed_session_tower::GuardService;
use tower_layer::Layer;

/// Lets pass only what a [`Guard`] lets pass. Everything else is answered by it, with an empty body:
/// 401, 403, or a redirect to the sign-in page. The handler is not called then.
///
/// It is for `route_layer`, which leaves a 404 one, and belongs inside the
/// [`SessionLayer`](crate::SessionLayer), which is added after it. Without a session layer around it,
/// and for a slot that this one lacks, every request is answered 500, and the log names the fix. In a
/// nested router, too, the path to come back to is the whole one.
///
/// ```
/// use axum::body::Body;
/// use axum::http::Request;
/// use axum::{Router, routing::get};
/// use sealed_session_axum::{Guard, GuardLayer, Key, KeyRing, SessionLayer, SessionManager};
/// use tower::ServiceExt;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let guard = Guard::signed_in().or_redirect("/sign-in")?;
/// let orders = Router::new()
///     .route("/{id}", get(async || "An order."))
///     .route_layer(GuardLayer::new(guard));
/// let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
/// let app = Router::new().nest("/orders", orders).layer(SessionLayer::new(manager));
///
/// let visit = Request::get("/orders/17").header("accept", "text/html").body(Body::empty())?;
/// let response = app.oneshot(visit).await?;
/// assert_eq!(response.status(), 303);
/// assert_eq!(response.headers()["location"], "/sign-in?next=/orders/17");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct GuardLayer(sealed_session_tower::GuardLayer);

impl GuardLayer {
    /// Makes a layer that asks `guard`.
    ///
    /// ```
    /// use axum::{Router, routing::get};
    /// use sealed_session_axum::{Guard, GuardLayer};
    ///
    /// let account: Router = Router::new()
    ///     .route("/account", get(async || "Your account."))
    ///     .route_layer(GuardLayer::new(Guard::signed_in()));
    /// ```
    #[must_use]
    pub fn new(guard: Guard) -> GuardLayer {
        let layer = sealed_session_tower::GuardLayer::new(guard);
        GuardLayer(layer.whole_uri(|extensions| {
            let whole = extensions.get::<OriginalUri>();
            whole.map(|OriginalUri(uri)| uri)
        }))
    }
}

impl<S> Layer<S> for GuardLayer {
    type Service = GuardService<S>;

    fn layer(&self, inner: S) -> GuardService<S> {
        self.0.layer(inner)
    }
}
