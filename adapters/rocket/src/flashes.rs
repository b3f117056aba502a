//! `Flashes`, which takes the messages for this page.

use rocket::outcome::Outcome;
use rocket::request::{self, FromRequest};
use rocket::{Ignite, Request, Rocket, Sentinel};

use crate::cached::Cached;
use crate::load::{is_lacking, main_session};
use crate::missing::MissingFairing;

sealed_session::__flashes! {
    /// The messages for this page, the oldest first. **To ask for them is to take them**: only a route that shows them has
    /// them among its arguments. The response removes their cookie, unless it is a 500 or above; see
    /// [`take_flashes`](sealed_session::Session::take_flashes). It derefs to a slice of
    /// [`Message`](sealed_session::flash::Message)s, which a template takes.
    ///
    /// The routes and catchers that are tried for one request get the same messages. Where none of those that follow shows them,
    /// a route that forwards must not take them: make this its last argument.
    ///
    /// ```
    /// use rocket::response::Redirect;
    /// use rocket::{get, post};
    /// use sealed_session_rocket::flash::Level;
    /// use sealed_session_rocket::{Error, Flashes, Session};
    ///
    /// #[post("/")]
    /// fn save(session: Session) -> Result<Redirect, Error> {
    ///     session.flash(Level::Success, "Saved.")?;
    ///     Ok(Redirect::to("/"))
    /// }
    ///
    /// #[get("/")]
    /// fn page(flashes: Flashes) -> String {
    ///     flashes.iter().map(|message| format!("{}: {message}\n", message.level)).collect()
    /// }
    /// # let _ = rocket::routes![page, save];
    /// ```
    pub struct Flashes;
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Flashes {
    type Error = MissingFairing;

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Flashes, MissingFairing> {
        let taken = main_session(request)
            .and_then(|session| session.take_flashes().map_err(MissingFairing::slot));
        match taken {
            Ok(taken) => Outcome::Success(Flashes(Cached::of(request).with_taken(taken))),
            Err(missing) => missing.answer(),
        }
    }
}

impl Sentinel for Flashes {
    fn abort(rocket: &Rocket<Ignite>) -> bool {
        is_lacking(rocket, |session| session.take_flashes().map(drop))
    }
}
