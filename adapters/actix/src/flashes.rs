//! `Flashes`, which takes the messages for this page.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use sealed_session::Main;

use crate::extract::session;
use crate::missing::MissingMiddleware;

sealed_session::__flashes! {
    /// The messages for this page, the oldest first. **To ask for them is to take them**: only a handler that shows them has
    /// them among its arguments. The response removes their cookie, unless it is a 500 or above; see
    /// [`take_flashes`](sealed_session::Session::take_flashes). It derefs to a slice of
    /// [`Message`](sealed_session::flash::Message)s, which a template takes.
    ///
    /// ```
    /// use actix_web::web::Redirect;
    /// use sealed_session_actix::flash::Level;
    /// use sealed_session_actix::{Error, Flashes, Session};
    ///
    /// async fn save(session: Session) -> Result<Redirect, Error> {
    ///     session.flash(Level::Success, "Saved.")?;
    ///     Ok(Redirect::to("/").see_other())
    /// }
    ///
    /// async fn page(flashes: Flashes) -> String {
    ///     flashes.iter().map(|message| format!("{}: {message}\n", message.level)).collect()
    /// }
    /// # let _ = (actix_web::web::to(page), actix_web::web::to(save));
    /// ```
    pub struct Flashes;
}

impl FromRequest for Flashes {
    type Error = MissingMiddleware;
    type Future = Ready<Result<Flashes, MissingMiddleware>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(session::<Main>(request).and_then(|session| {
            let taken = session.take_flashes().map_err(MissingMiddleware::slot);
            taken
                .map(Flashes)
                .inspect_err(|missing| drop(missing.report()))
        }))
    }
}
