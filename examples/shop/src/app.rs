//! The routes of one server, and what is around them.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::FromRef;
use axum::middleware::{from_fn_with_state, map_response};
use axum::routing::{get, post};
use sealed_session_axum::adapter::Clock;
use sealed_session_axum::{
    Error, Guard, GuardLayer, PassiveLayer, Session, SessionLayer, SessionManager,
};

use crate::accounts::{Accounts, ROLE, STAFF};
use crate::pages::{
    cart, confirm, devices, hand_over, health, inspect, missing, order, oversize, refused, reset,
    shelf, sign_in, style, support, tour,
};
use crate::resets::Resets;
use crate::server::{Letter, Server};

/// What the handlers of one server take parts of.
#[derive(Clone)]
struct State {
    server: Server,
    accounts: Accounts,
    resets: Resets,
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

impl FromRef<State> for Resets {
    fn from_ref(state: &State) -> Resets {
        state.resets.clone()
    }
}

/// The whole application of one server, with its [`sessions`](crate::sessions()). An order asks for the password again
/// after so long as `confirmed`.
///
/// # Errors
///
/// None: the paths of the pages that guards lead to are some.
pub fn app(
    server: Server,
    sessions: SessionManager,
    clock: Arc<dyn Clock>,
    accounts: Accounts,
    confirmed: Duration,
) -> Result<Router, Error> {
    let resets = Resets::new(sessions.clone(), Arc::clone(&clock));
    let sessions = SessionLayer::new(sessions).clock(clock);
    let sessions = sessions.on_commit_failure(move |error: &Error, session: &_| {
        oversize::answer(server, error, &Session::from(session.clone()))
    });
    let state = State {
        server,
        accounts,
        resets,
    };
    let router = open()
        .merge(guarded(&state, confirmed)?)
        .merge(entrances(server)?)
        .fallback(missing::show)
        .method_not_allowed_fallback(missing::wrong_method)
        // Behind the routes, so that they cover the fallback as well.
        .layer(sessions)
        .layer(map_response(refused::advise))
        .with_state(state);
    Ok(router)
}

/// What everybody may see.
fn open() -> Router<State> {
    // A health check keeps no session alive.
    let health = get(health::check).route_layer(PassiveLayer::new());
    Router::new()
        .route("/", get(tour::show))
        .route("/catalogue", get(shelf::show))
        .route("/cart", get(cart::show))
        .route("/cart/add", post(cart::add))
        .route("/cart/set", post(cart::set))
        .route("/cart/remove", post(cart::remove))
        .route("/cart/fill", post(cart::fill))
        .route("/cart/empty", post(cart::empty))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/forgot", get(reset::ask).post(reset::send))
        .route("/reset", get(reset::show).post(reset::set))
        .route("/session", get(inspect::show))
        .route("/style.css", get(style::serve))
        .route("/healthz", health)
}

/// How visitors sign in. At the second of two sites they are handed over by the first.
fn entrances(server: Server) -> Result<Router<State>, Error> {
    let form = get(sign_in::show).post(sign_in::sign_in);
    let members = Guard::signed_in().or_redirect("/sign-in")?;
    Ok(match server.origins().map(|_| server.letter()) {
        None => Router::new().route("/sign-in", form),
        Some(Letter::A) => Router::new()
            .route("/give", get(hand_over::give))
            .route_layer(GuardLayer::new(members))
            .route("/sign-in", form),
        Some(Letter::B) => Router::new()
            .route("/sign-in", get(hand_over::ask))
            .route("/enter", get(hand_over::ask))
            .route("/arrive", get(hand_over::arrive)),
    })
}

/// What asks for more than a visit. Who does not pass reads why.
fn guarded(state: &State, confirmed: Duration) -> Result<Router<State>, Error> {
    let members = Guard::signed_in().or_redirect("/sign-in")?;
    let own = members.clone().not_acting();
    let staff = own.clone().attribute(ROLE, |role: &String| role == STAFF);
    let fresh = own
        .clone()
        .confirmed_within(confirmed)
        .or_confirm("/confirm")?;
    let order = Router::new()
        .route("/order", get(order::show).post(order::place))
        .route_layer(GuardLayer::new(fresh));
    let personal = Router::new()
        .route("/confirm", get(confirm::show).post(confirm::confirm))
        .route("/devices", get(devices::show))
        .route("/devices/sign-out", post(devices::sign_out))
        .route("/devices/sign-out-others", post(devices::sign_out_others))
        .route("/devices/sign-out-all", post(devices::sign_out_all))
        .route_layer(GuardLayer::new(own));
    let support = Router::new()
        .route("/support", get(support::show))
        .route("/support/act", post(support::act))
        .route_layer(GuardLayer::new(staff));
    let stop = Router::new()
        .route("/support/stop", post(support::stop))
        .route_layer(GuardLayer::new(members));
    let all = order.merge(personal).merge(support).merge(stop);
    Ok(all.route_layer(from_fn_with_state(state.clone(), refused::explain)))
}
