//! `Session` and `LiveSession`, of whichever slot.

use axum_core::extract::{FromRequestParts, OptionalFromRequestParts};
use http::request::Parts;
use sealed_session::Slot;
use sealed_session_tower::InHand;

use crate::missing::{MissingLayer, NotLive};

sealed_session::__extractors! {
    /// The request's session. It is always there, opens its token on first use, and creates nothing
    /// by itself. It derefs to [`sealed_session::Session`].
    ///
    /// ```
    /// use sealed_session_axum::{Error, Session};
    ///
    /// async fn theme(session: Session) -> Result<String, Error> {
    ///     Ok(session.get::<String>("theme")?.unwrap_or_else(|| "light".to_owned()))
    /// }
    /// # let _: axum::routing::MethodRouter = axum::routing::get(theme);
    /// ```
    ///
    /// `Session<Prefs>` is that of another [slot](sealed_session::slots):
    ///
    /// ```
    /// use sealed_session_axum::{Error, Session, Slot};
    ///
    /// enum Prefs {}
    /// impl Slot for Prefs {}
    ///
    /// async fn darken(session: Session, prefs: Session<Prefs>) -> Result<&'static str, Error> {
    ///     prefs.insert("theme", "dark")?;
    ///     Ok(if session.subject().is_some() { "For you." } else { "For everybody here." })
    /// }
    /// # let _: axum::routing::MethodRouter = axum::routing::post(darken);
    /// ```
    pub struct Session;

    /// The request's session, if the browser brought one: a handler that asks for it is not called for
    /// a visitor who has none, and the answer is 401 with an empty body. `Option<LiveSession>` is `None`
    /// then. `LiveSession<Prefs>` is that of another [slot](sealed_session::slots).
    ///
    /// **That a session is there does not mean that anybody is signed in**: a cart alone makes one. A
    /// guard asks for the [`subject`](sealed_session::Session::subject).
    ///
    /// ```
    /// use sealed_session_axum::LiveSession;
    ///
    /// async fn greeting(session: Option<LiveSession>) -> &'static str {
    ///     match session {
    ///         None => "Hello.",
    ///         Some(session) if session.subject().is_some() => "Welcome back.",
    ///         Some(_) => "Your cart is waiting.",
    ///     }
    /// }
    /// # let _: axum::routing::MethodRouter = axum::routing::get(greeting);
    /// ```
    pub struct LiveSession;

    type Missing = MissingLayer;
}

/// Returns what the layer has put into the request's extensions.
pub(crate) fn main_session(parts: &Parts) -> Result<&sealed_session::Session, MissingLayer> {
    let session = InHand::find(&parts.extensions);
    session.ok_or_else(MissingLayer::everything)
}

/// The trait's function, for a call that names no slot: where a value is made, Rust does not fall back
/// to the default type.
impl Session {
    /// Extracts the session of the main slot, for an extractor of your own.
    ///
    /// # Errors
    ///
    /// [`MissingLayer`].
    ///
    /// ```
    /// use axum::extract::FromRequestParts;
    /// use axum::http::request::Parts;
    /// use sealed_session_axum::{MissingLayer, Session};
    ///
    /// struct User(Option<String>);
    ///
    /// impl<S: Send + Sync> FromRequestParts<S> for User {
    ///     type Rejection = MissingLayer;
    ///
    ///     async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<User, MissingLayer> {
    ///         let session = Session::from_request_parts(parts, state).await?;
    ///         Ok(User(session.subject()))
    ///     }
    /// }
    /// ```
    pub async fn from_request_parts<State: Send + Sync>(
        parts: &mut Parts,
        state: &State,
    ) -> Result<Session, MissingLayer> {
        <Session as FromRequestParts<State>>::from_request_parts(parts, state).await
    }
}

/// As with [`Session`].
impl LiveSession {
    /// Extracts the live session of the main slot, for an extractor of your own.
    ///
    /// # Errors
    ///
    /// [`NotLive`].
    ///
    /// ```
    /// use axum::extract::FromRequestParts;
    /// use axum::http::request::Parts;
    /// use sealed_session_axum::{LiveSession, NotLive};
    ///
    /// struct User(Option<String>);
    ///
    /// impl<S: Send + Sync> FromRequestParts<S> for User {
    ///     type Rejection = NotLive;
    ///
    ///     async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<User, NotLive> {
    ///         let session = LiveSession::from_request_parts(parts, state).await?;
    ///         Ok(User(session.subject()))
    ///     }
    /// }
    /// ```
    pub async fn from_request_parts<State: Send + Sync>(
        parts: &mut Parts,
        state: &State,
    ) -> Result<LiveSession, NotLive> {
        <LiveSession as FromRequestParts<State>>::from_request_parts(parts, state).await
    }
}

impl<S: Slot, State: Send + Sync> FromRequestParts<State> for Session<S> {
    type Rejection = MissingLayer;

    async fn from_request_parts(parts: &mut Parts, _: &State) -> Result<Session<S>, MissingLayer> {
        Session::of(main_session(parts)?)
    }
}

impl<S: Slot, State: Send + Sync> FromRequestParts<State> for LiveSession<S> {
    type Rejection = NotLive;

    async fn from_request_parts(parts: &mut Parts, _: &State) -> Result<LiveSession<S>, NotLive> {
        let session = main_session(parts).and_then(Session::of);
        let session = session.map_err(NotLive::MissingLayer)?;
        session.live().ok_or(NotLive::Nobody)
    }
}

impl<S: Slot, State: Send + Sync> OptionalFromRequestParts<State> for LiveSession<S> {
    type Rejection = MissingLayer;

    async fn from_request_parts(
        parts: &mut Parts,
        _: &State,
    ) -> Result<Option<LiveSession<S>>, MissingLayer> {
        Ok(Session::of(main_session(parts)?)?.live())
    }
}
