//! The routes of one server, and what is around them.

use axum::Router;
use axum::extract::FromRef;
use axum::routing::{get, post};
use sealed_session_axum::{Error, Guard, GuardLayer, PassiveLayer, Session, SessionLayer};

use crate::accounts::Accounts;
use crate::pages::{
    cart, devices, health, inspect, missing, oversize, shelf, sign_in, style, tour,
};
use crate::server::Server;

/// What the handlers of one server take parts of.
#[derive(Clone, Debug)]
struct State {
    server: Server,
    accounts: Accounts,
}

impl FromRef<State> for Server {
    fn from_ref(state: &State) -> Server {
        state.server
    }
}

impl FromRef<State> for Accounts {
    fn from_ref(state: &State) -> Accounts {
        state.accounts.clone()
    }
}

/// The whole application of one server, with its [`sessions`](crate::sessions()).
///
/// # Errors
///
/// None: the path of the sign-in page is one.
pub fn app(server: Server, sessions: SessionLayer, accounts: Accounts) -> Result<Router, Error> {
    let sessions = sessions.on_commit_failure(move |error: &Error, session: &_| {
        oversize::answer(server, error, &Session::from(session.clone()))
    });
    // A health check keeps no session alive.
    let health = get(health::check).route_layer(PassiveLayer::new());
    let members = Guard::signed_in().or_redirect("/sign-in")?;
    let devices = Router::new()
        .route("/devices", get(devices::show))
        .route("/devices/sign-out", post(devices::sign_out))
        .route("/devices/sign-out-others", post(devices::sign_out_others))
        .route("/devices/sign-out-all", post(devices::sign_out_all))
        .route_layer(GuardLayer::new(members));
    let router = Router::new()
        .route("/", get(tour::show))
        .route("/catalogue", get(shelf::show))
        .route("/cart", get(cart::show))
        .route("/cart/add", post(cart::add))
        .route("/cart/set", post(cart::set))
        .route("/cart/remove", post(cart::remove))
        .route("/cart/fill", post(cart::fill))
        .route("/cart/empty", post(cart::empty))
        .route("/sign-in", get(sign_in::show).post(sign_in::sign_in))
        .route("/sign-out", post(sign_in::sign_out))
        .merge(devices)
        .route("/session", get(inspect::show))
        .route("/style.css", get(style::serve))
        .route("/healthz", health)
        .fallback(missing::show)
        .method_not_allowed_fallback(missing::wrong_method)
        // Last, so that it covers the fallback as well.
        .layer(sessions)
        .with_state(State { server, accounts });
    Ok(router)
}
