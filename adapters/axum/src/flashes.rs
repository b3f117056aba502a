//! `Flashes`, which takes the messages for this page.

use axum_core::extract::FromRequestParts;
use http::request::Parts;

use crate::extract::main_session;
use crate::missing::MissingLayer;

sealed_session::__flashes! {
    /// The messages for this page, the oldest first. **To ask for them is to take them**: only a handler that shows them has
    /// them among its arguments. The response removes their cookie, unless it is a 500 or above; see
    /// [`take_flashes`](sealed_session::Session::take_flashes). It derefs to a slice of
    /// [`Message`](sealed_session::flash::Message)s, which a template takes.
    ///
    /// ```
    /// use axum::response::Redirect;
    /// use sealed_session_axum::flash::Level;
    /// use sealed_session_axum::{Error, Flashes, Session};
    ///
    /// async fn save(session: Session) -> Result<Redirect, Error> {
    ///     session.flash(Level::Success, "Saved.")?;
    ///     Ok(Redirect::to("/"))
    /// }
    ///
    /// async fn page(flashes: Flashes) -> String {
    ///     flashes.iter().map(|message| format!("{}: {message}\n", message.level)).collect()
    /// }
    /// # let _: axum::routing::MethodRouter = axum::routing::get(page).post(save);
    /// ```
    pub struct Flashes;
}

impl<State: Send + Sync> FromRequestParts<State> for Flashes {
    type Rejection = MissingLayer;

    async fn from_request_parts(parts: &mut Parts, _: &State) -> Result<Flashes, MissingLayer> {
        let taken = main_session(parts)?.take_flashes();
        taken.map(Flashes).map_err(MissingLayer::slot)
    }
}
