//! The application: it notes at the sign-in which of the provider's sessions it was, and revokes by that when the provider
//! says so. It keeps no list of sessions.

use std::sync::Arc;

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use sealed_session_axum::revocation::{Revocation, RevocationTable, Target};
use sealed_session_axum::time::OffsetDateTime;
use sealed_session_axum::{CookieSpec, Error, Key, KeyRing, Session, SessionLayer, SessionManager};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::client;
use crate::keys::{Opened, ProviderKeys, Registration, TIMEOUT};
use crate::logout_token::{Logout, Who};

/// Room for all sign-outs within the longest absolute lifetime.
const ROOM: usize = 100_000;

/// The application, as its handlers share it.
#[derive(Clone, Debug)]
pub struct Application {
    manager: SessionManager,
    revoked: RevocationTable,
    keys: Arc<ProviderKeys>,
    http: reqwest::Client,
    issuer: String,
}

#[derive(Deserialize)]
struct SignIn {
    name: String,
}

/// Section 2.5.
#[derive(Deserialize)]
struct LogoutRequest {
    logout_token: String,
}

/// `sid` and `sub` are unique for their provider only, so its name stands in front.
const PROVIDER: &str = "hello:";

/// A label has 64 bytes at most: of a provider whose `sid` is longer, take a digest.
fn label(sid: &str) -> String {
    format!("sid:{PROVIDER}{sid}")
}

fn subject(sub: &str) -> String {
    format!("{PROVIDER}{sub}")
}

impl Application {
    /// Makes an application with a key of its own.
    ///
    /// # Errors
    ///
    /// The random generator of the operating system does not answer.
    pub fn new(registration: Registration) -> Result<Application, Error> {
        let cookie = match cfg!(debug_assertions) {
            true => CookieSpec::development("backchannel-hello"),
            false => CookieSpec::new("backchannel-hello"),
        };
        // One process. Several need a store that they share, and a restart needs a file: see docs/revocation.md.
        let revoked = RevocationTable::new(ROOM);
        let manager = SessionManager::builder(cookie, KeyRing::new(Key::generate()?))
            .revocations(revoked.clone())
            .build()?;
        Ok(Application {
            manager,
            revoked,
            issuer: registration.issuer.clone(),
            keys: Arc::new(ProviderKeys::new(registration)),
            http: client::new(),
        })
    }

    /// Returns its routes.
    pub fn router(self) -> Router {
        let layer = SessionLayer::new(self.manager.clone());
        // The provider is no browser, and sends none of the fields by which requests of other origins are refused. So
        // its route needs no exemption.
        Router::new()
            .route("/", get(home))
            .route("/sign-in", post(sign_in))
            .route("/backchannel-logout", post(backchannel_logout))
            .with_state(self)
            .layer(layer)
    }

    /// Signs in whom an ID token names. `false` if it is no good, or if the provider has signed them out since it was
    /// issued.
    ///
    /// # Errors
    ///
    /// The session cannot be changed.
    pub async fn begin(
        &self,
        session: &Session,
        id_token: &str,
        now: OffsetDateTime,
    ) -> Result<bool, Error> {
        let Ok(Opened {
            claims, issued_at, ..
        }) = self.keys.open(id_token, now).await
        else {
            return Ok(false);
        };
        // A logout token is no ID token.
        if claims.contains_key("events") {
            return Ok(false);
        }
        let text = |name| claims.get(name).and_then(Value::as_str);
        let (Some(sub), Some(sid)) = (text("sub"), text("sid")) else {
            return Ok(false);
        };
        let (subject, label) = (subject(sub), label(sid));
        // A logout may overtake the sign-in that it ends. This session begins after it, and would outlive it. Nothing is
        // awaited from here on, so that hardly anything comes between the question and the sign-in.
        let is_over = |target| {
            let names = self.manager.revocations_of(target, issued_at);
            self.is_revoked(&names, issued_at)
        };
        if is_over(Target::Label(&label)) || is_over(Target::Subject(&subject)) {
            return Ok(false);
        }
        session.sign_in(&subject, &[])?;
        session.set_labels(&[&label])?;
        Ok(true)
    }

    /// Ends what began by the time of a logout token, and nothing more if the token comes again.
    ///
    /// A provider may send a token twice (section 2.5), and somebody who has a copy may, too, until it expires. Nobody
    /// has to remember its `jti`, because the time of the revocation is that of the token and not of its arrival: a later
    /// session is not hit. [`SessionManager::revocations_of`] puts a second revocation of a target behind the first, as
    /// there may be sessions between them. For a token that came before there are none that it means, so it is left out.
    ///
    /// What remains: a session that began within 120 seconds after the token was issued, on a node that had not heard of
    /// it, ends too, because clocks may differ by that.
    fn revoke(
        &self,
        target: Target<'_>,
        at: OffsetDateTime,
        now: OffsetDateTime,
    ) -> Result<(), Error> {
        let revocations = self.manager.revocations_of(target, at);
        match self.is_revoked(&revocations, at) {
            true => Ok(()),
            false => self.revoked.add(revocations, now),
        }
    }

    /// Returns whether a target is revoked by this time or a later one. It has a name under each key of the ring.
    fn is_revoked(&self, names: &[Revocation], by: OffsetDateTime) -> bool {
        let mut times = names
            .iter()
            .map(|name| Some(self.revoked.latest(name.target())?.at()));
        times.any(|time| time >= Some(by))
    }
}

async fn backchannel_logout(
    State(app): State<Application>,
    form: Result<Form<LogoutRequest>, FormRejection>,
) -> Response {
    let now = OffsetDateTime::now_utc();
    let Ok(Form(LogoutRequest { logout_token })) = form else {
        return answer(Err("there is no `logout_token`"));
    };
    let logout = match Logout::verify(&logout_token, &app.keys, now).await {
        Ok(logout) => logout,
        Err(why) => return answer(Err(why)),
    };
    let done = match &logout.who {
        Who::Session(sid) => app.revoke(Target::Label(&label(sid)), logout.at, now),
        Who::Account(sub) => app.revoke(Target::Subject(&subject(sub)), logout.at, now),
    };
    // A full table: somebody is still signed in, and the provider must not say otherwise.
    answer(done.map_err(|_| "the logout failed"))
}

/// Section 2.8: 200, or 400 if the request was no good or the logout failed, and neither is kept by a cache. The error is
/// that of OAuth 2.0 (RFC 6749, section 5.2).
fn answer(done: Result<(), &'static str>) -> Response {
    let no_store = [(CACHE_CONTROL, "no-store")];
    match done {
        Ok(()) => (StatusCode::OK, no_store).into_response(),
        Err(why) => {
            let error = json!({ "error": "invalid_request", "error_description": why });
            (StatusCode::BAD_REQUEST, no_store, Json(error)).into_response()
        }
    }
}

async fn home(State(app): State<Application>, session: Session) -> Html<String> {
    Html(match session.subject() {
        None => "<p>Who are you?\
            <form action=/sign-in method=post><input name=name required> <button>Sign in</button></form>"
            .to_owned(),
        Some(name) => format!(
            "<p>Hello, {}.<p>Sign out <a href='{}/'>at the provider</a>, and come back.",
            escaped(name.trim_start_matches(PROVIDER)),
            app.issuer
        ),
    })
}

/// Asks the provider for an ID token on behalf of the visitor. A real application sends the browser there, and gets the
/// token for a code.
async fn sign_in(
    State(app): State<Application>,
    session: Session,
    Form(form): Form<SignIn>,
) -> Result<Response, Error> {
    let asked = app.http.post(format!("{}/token", app.issuer));
    let asked = asked.form(&[("name", form.name)]).timeout(TIMEOUT);
    let answered = asked.send().await;
    let id_token = match answered {
        Ok(response) => response.text().await.unwrap_or_default(),
        Err(_) => String::new(),
    };
    let begun = app.begin(&session, &id_token, OffsetDateTime::now_utc());
    Ok(match begun.await? {
        true => Redirect::to("/").into_response(),
        false => (StatusCode::FORBIDDEN, "The provider has not signed you in.").into_response(),
    })
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
