//! Signs visitors in with an OpenID Connect provider, and keeps all of it in cookies: the sign-in under way, who is signed in,
//! and the provider's tokens.
//!
//! `npm start --prefix examples/oidc/provider` starts a provider on this machine, and `cargo run -p oidc` the application. Open
//! the URL that it prints. `cargo run -p oidc 3000` listens on another port, and then the provider has to know it:
//! `PUBLIC_URL=http://127.0.0.1:3000 npm start --prefix examples/oidc/provider`.
//!
//! `OIDC_ISSUER`, `OIDC_CLIENT_ID` and `OIDC_CLIENT_SECRET`, all of them, name another provider and who the application is there,
//! and `PUBLIC_URL` where browsers find it. docs/oidc.md explains each step.
//!
//! This file is the application. `provider` says what goes to the provider and comes from it.

#![forbid(unsafe_code)]

mod discovery;
mod fault;
mod http;
mod logout_token;
mod provider;
mod refreshed;
mod settings;
#[cfg(test)]
mod tests;

use std::error::Error as StdError;
use std::sync::Arc;

use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Query, RawQuery, State};
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use sealed_session_axum::revocation::{Revocation, RevocationTable, Target};
use sealed_session_axum::time::{Duration, OffsetDateTime};
use sealed_session_axum::{
    Attribute, Budget, CookieSpec, Error, Guard, GuardLayer, Key, KeyRing, Lifetime, ReturnPath,
    Session, SessionLayer, SessionManager, Slot,
};
use serde::Deserialize;
use serde_json::json;
use tokio::net::TcpListener;

use crate::fault::Fault;
use crate::logout_token::{Logout, Who};
use crate::provider::{Answer, Flow, Provider, SignedIn, Tokens, digest};
use crate::refreshed::Refreshed;
use crate::settings::Settings;

/// Sign-ins that have begun and not ended. A slot of their own, so that a tab which begins one changes nothing else.
enum Flows {}
impl Slot for Flows {}

/// The provider's tokens. A slot of their own, so that a refresh overwrites nothing that another request stores meanwhile, and
/// no other request brings back a refresh token that is used up.
enum Held {}
impl Slot for Held {}

// Whatever is in there that this version cannot read, a sign-out must not fail by it, nor a sign-in.
const FLOWS: Attribute<Vec<Flow>> = Attribute::new("flows").secret().absent_if_unreadable();
const TOKENS: Attribute<Tokens> = Attribute::new("tokens").secret().absent_if_unreadable();

/// Tabs in which a sign-in may be under way at once. The oldest makes room for another.
const FLOWS_MAX: usize = 3;

/// The longest path to come back to, in bytes, so that three of them fit.
const BACK_MAX: usize = 300;

/// Room for all sign-outs within the longest absolute lifetime.
const SIGN_OUTS_MAX: usize = 100_000;

/// An access token with less time left than that is refreshed first.
const SOON: Duration = Duration::seconds(10);

/// What the handlers share.
#[derive(Clone)]
struct Application {
    manager: SessionManager,
    revoked: RevocationTable,
    provider: Arc<Provider>,
    refreshed: Refreshed,
}

/// Why a visitor gets an error page. The session that was there stays.
enum Failure {
    Provider(Fault),
    /// The answer to a sign-in that this browser has not begun, or has ended.
    NotBegun,
    /// The provider signed the visitor out before the sign-in had ended.
    Overtaken,
    /// There are no tokens of this account.
    NoToken,
    Session(Error),
}

/// Makes the manager of sign-ins under way.
fn flows(cookie: CookieSpec, ring: KeyRing) -> Result<SessionManager, Error> {
    let hour = Duration::HOUR.unsigned_abs();
    SessionManager::builder(cookie, ring)
        .lifetime(
            Lifetime::new()
                .with_idle_timeout(hour / 6)
                .with_absolute_lifetime(hour),
        )
        .budget(Budget::within_8k().with_total_limit(2_000))
        .build()
}

fn manager(public_url: &str, revoked: &RevocationTable) -> Result<SessionManager, Error> {
    let cookie = |name| match public_url.starts_with("https:") {
        true => CookieSpec::new(name),
        // On this machine only.
        false => CookieSpec::development(name),
    };
    // A fresh key with every start signs everybody out. A real application reads its key, by
    // `KeyRing::from_env("SESSION_KEYS")` for instance.
    let ring = KeyRing::new(Key::generate()?);
    // `SameSite=Lax`, the default: the callback is a link on another site to browsers.
    let flows = flows(cookie("oidc-flow"), ring.clone())?;
    // docs/oidc.md says what fits, and what to do if that is too little.
    let held = SessionManager::builder(cookie("oidc-tokens"), ring.clone())
        .budget(Budget::within_16k().with_total_limit(10_000))
        .revocations(revoked.clone())
        .build()?;
    SessionManager::builder(cookie("oidc"), ring)
        .budget(Budget::within_16k().with_total_limit(2_000))
        .revocations(revoked.clone())
        .build()?
        .with_slot::<Flows>(flows)?
        .with_slot::<Held>(held)
}

impl Application {
    fn new(settings: Settings) -> Result<Application, Box<dyn StdError>> {
        // One process. Several need a store that they share, and a restart needs a file: see docs/revocation.md.
        let revoked = RevocationTable::new(SIGN_OUTS_MAX);
        Ok(Application {
            manager: manager(&settings.public_url, &revoked)?,
            revoked,
            provider: Arc::new(Provider::new(settings)?),
            refreshed: Refreshed::default(),
        })
    }

    fn router(self) -> Result<Router, Error> {
        let members = Guard::signed_in().or_redirect("/sign-in")?;
        let layer = SessionLayer::new(self.manager.clone())
            .on_commit_failure(|error: &Error, _: &_| not_kept(error));
        Ok(Router::new()
            .route("/profile", get(profile))
            .route_layer(GuardLayer::new(members))
            .route("/", get(home))
            .route("/sign-in", get(sign_in))
            .route("/callback", get(callback))
            .route("/sign-out", post(sign_out))
            // The provider is no browser, and sends none of the fields by which requests of other origins are refused.
            // So its route needs no exemption.
            .route("/backchannel-logout", post(backchannel_logout))
            .with_state(self)
            .layer(layer))
    }

    /// Begins the session of whom the provider has signed in, with its tokens.
    fn welcome(
        &self,
        session: &Session,
        held: &Session<Held>,
        who: SignedIn,
    ) -> Result<(), Failure> {
        // By which a logout finds it that names the session at the provider. Without a `sid` it may be any of the account.
        let label = match &who.sid {
            Some(sid) => label("sid", sid),
            None => label("sub", &who.sub),
        };
        // A logout may overtake the sign-in that it ends. This session begins after it, and would outlive it.
        let is_over = |target| {
            let names = self.manager.revocations_of(target, who.issued_at);
            self.is_revoked(&names, who.issued_at)
        };
        if is_over(Target::Subject(&who.sub)) || is_over(Target::Label(&label)) {
            return Err(Failure::Overtaken);
        }
        for session in [&**session, &**held] {
            session.sign_in(&who.sub, &[])?;
            session.set_labels(&[&label])?;
        }
        Ok(held.insert(TOKENS, who.tokens)?)
    }

    /// Returns an access token of this account that is good for a while. It may have been refreshed, so a page that uses it
    /// stays below 500: others give up what was stored, and with it the new refresh token.
    async fn access_token(
        &self,
        account: &str,
        held: &Session<Held>,
        now: OffsetDateTime,
    ) -> Result<String, Failure> {
        // Two slots, two cookies: somebody may have planted one of them.
        if held.subject().as_deref() != Some(account) {
            return Err(Failure::NoToken);
        }
        let tokens = held.get(TOKENS)?.ok_or(Failure::NoToken)?;
        if tokens.until > (now + SOON).unix_timestamp() {
            return Ok(tokens.access);
        }
        let (provider, old) = (self.provider.clone(), tokens.clone());
        let refresh = async move { provider.refresh(&old, now).await };
        let fresh = self.refreshed.of(&tokens, now, refresh).await?;
        held.insert(TOKENS, fresh.clone())?;
        Ok(fresh.access)
    }

    /// Ends whose sessions a logout token says.
    fn log_out(&self, logout: &Logout, now: OffsetDateTime) -> Result<(), Error> {
        match &logout.who {
            Who::Account(sub) => self.revoke(Target::Subject(sub), logout.at, now),
            Who::Session(sid, sub) => {
                self.revoke(Target::Label(&label("sid", sid)), logout.at, now)?;
                // One whose ID token had no `sid` may be that session (section 2.7).
                match sub {
                    Some(sub) => self.revoke(Target::Label(&label("sub", sub)), logout.at, now),
                    None => Ok(()),
                }
            }
        }
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

/// The value of a claim as a label. It may be longer than one, which has 64 bytes at most.
fn label(claim: &str, value: &str) -> String {
    format!("{claim}:{}", digest(value))
}

async fn home(session: Session, held: Session<Held>) -> Result<Html<String>, Failure> {
    let Some(account) = session.subject() else {
        return Ok(page(
            "<p>You are not signed in. <a href=/sign-in rel=nofollow>Sign in</a>",
        ));
    };
    let size = held.size()?;
    Ok(page(&format!(
        "<p>You are signed in as {}, and the tokens take {} bytes in {}.\
         <p><a href=/profile>Your profile</a>\
         <form action=/sign-out method=post><button>Sign out</button></form>",
        escaped(&account),
        size.bytes,
        match size.lines.len() {
            1 => "1 cookie".to_owned(),
            cookies => format!("{cookies} cookies"),
        },
    )))
}

async fn profile(
    State(app): State<Application>,
    session: Session,
    held: Session<Held>,
) -> Result<Html<String>, Failure> {
    let now = OffsetDateTime::now_utc();
    let account = session.subject().ok_or(Failure::NoToken)?;
    let access = app.access_token(&account, &held, now).await?;
    let said = match app.provider.name(access, account, now).await {
        Ok(Some(name)) => format!("The provider calls you {}.", escaped(&name)),
        Ok(None) => "The provider has no name for you.".to_owned(),
        // The page is ours, and does without. One of 502 or 504 would give up what was just refreshed.
        Err(Fault::Silent(why) | Fault::Wrong(why)) => {
            tracing::warn!(why, "the provider has not said a name");
            "The provider does not say what it calls you. Please try again in a minute.".to_owned()
        }
        Err(refused) => return Err(refused.into()),
    };
    Ok(page(&format!("<p>{said} <a href=/>Back</a>")))
}

async fn sign_in(
    State(app): State<Application>,
    flows: Session<Flows>,
    RawQuery(query): RawQuery,
) -> Result<Redirect, Failure> {
    let back = query.as_deref().and_then(ReturnPath::from_query);
    let back = back
        .map(|back| back.to_string())
        .filter(|back| back.len() <= BACK_MAX);
    let (url, flow) = app.provider.begin(back, OffsetDateTime::now_utc()).await?;
    let mut all = flows.get(FLOWS)?.unwrap_or_default();
    all.drain(..(all.len() + 1).saturating_sub(FLOWS_MAX));
    all.push(flow);
    flows.insert(FLOWS, all)?;
    Ok(Redirect::to(&url))
}

async fn callback(
    State(app): State<Application>,
    session: Session,
    flows: Session<Flows>,
    held: Session<Held>,
    answer: Result<Query<Answer>, QueryRejection>,
) -> Result<Redirect, Failure> {
    let Query(answer) = answer.map_err(|_| Failure::NotBegun)?;
    // By its `state` an answer belongs to a sign-in that this browser began, and it counts once.
    let mut all = flows.get(FLOWS)?.unwrap_or_default();
    let begun = all
        .iter()
        .position(|flow| Some(&flow.state) == answer.state.as_ref());
    let flow = all.remove(begun.ok_or(Failure::NotBegun)?);
    let is_last = all.is_empty();
    // Not kept if the page is one of 500 or above: if the provider was away for a moment, the same link counts again.
    flows.insert(FLOWS, all)?;
    let back = flow.back.clone();
    let who = app
        .provider
        .finish(flow, answer, OffsetDateTime::now_utc())
        .await?;
    app.welcome(&session, &held, who)?;
    if is_last {
        flows.destroy()?;
    }
    Ok(Redirect::to(back.as_deref().unwrap_or("/")))
}

/// Signs out here, and then there. It waits for nobody: until its end a visitor who leaves is not signed out.
async fn sign_out(
    State(app): State<Application>,
    session: Session,
    held: Session<Held>,
) -> Result<Redirect, Failure> {
    let id = held.get(TOKENS)?.map(|tokens| tokens.id);
    session.destroy()?;
    held.destroy()?;
    let there = app.provider.sign_out(id);
    Ok(Redirect::to(there.as_deref().unwrap_or("/")))
}

/// Back-Channel Logout, section 2.5.
#[derive(Deserialize)]
struct LogoutRequest {
    logout_token: String,
}

async fn backchannel_logout(
    State(app): State<Application>,
    form: Result<Form<LogoutRequest>, FormRejection>,
) -> Response {
    let now = OffsetDateTime::now_utc();
    let done = match form {
        Err(_) => Err("there is no `logout_token`"),
        Ok(Form(request)) => {
            match Logout::verify(&request.logout_token, &app.provider, now).await {
                Err(why) => Err(why),
                // A full table: somebody is still signed in, and the provider must not say otherwise.
                Ok(logout) => app.log_out(&logout, now).map_err(|_| "the logout failed"),
            }
        }
    };
    // Section 2.8: 200, or 400 if the request was no good or the logout failed, and neither is kept by a cache. The error is
    // that of OAuth 2.0 (RFC 6749, section 5.2).
    let no_store = [(CACHE_CONTROL, "no-store")];
    match done {
        Ok(()) => (StatusCode::OK, no_store).into_response(),
        Err(why) => {
            tracing::warn!(why, "logout token refused");
            let error = json!({ "error": "invalid_request", "error_description": why });
            (StatusCode::BAD_REQUEST, no_store, Json(error)).into_response()
        }
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Failure {
        Failure::Provider(fault)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Session(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let (status, why, text) = match self {
            Failure::Provider(Fault::Silent(why)) => (
                StatusCode::GATEWAY_TIMEOUT,
                why,
                "The identity provider does not answer. Please try again in a minute.",
            ),
            Failure::Provider(Fault::Wrong(why)) => (
                StatusCode::BAD_GATEWAY,
                why,
                "The identity provider has not answered as agreed. We know, and look at it.",
            ),
            Failure::Provider(Fault::Refused(why)) => (
                StatusCode::FORBIDDEN,
                why,
                "The identity provider has refused. You can sign in again.",
            ),
            Failure::NotBegun => (
                StatusCode::BAD_REQUEST,
                "this browser has begun no such sign-in",
                "This sign-in is over, or began in another browser. You can begin again.",
            ),
            Failure::Overtaken => (
                StatusCode::FORBIDDEN,
                "a logout has overtaken the sign-in",
                "The identity provider has signed you out meanwhile. You can sign in again.",
            ),
            Failure::NoToken => (
                StatusCode::FORBIDDEN,
                "there are no tokens of this account",
                "Please sign in again to see this page.",
            ),
            // It logs, and holds back what was changed.
            Failure::Session(error) => return error.into_response(),
        };
        tracing::warn!(why, "OpenID Connect failed");
        failed(status, text)
    }
}

fn failed(status: StatusCode, text: &str) -> Response {
    let links = "<p><a href=/sign-in rel=nofollow>Sign in</a> <a href=/>Start page</a>";
    (status, page(&format!("<p>{text}{links}"))).into_response()
}

/// Answers in place of a handler whose changes could not be sent. The log has the sizes.
fn not_kept(error: &Error) -> Response {
    let text = match error.is_too_large() {
        true => {
            "The identity provider's tokens are larger than we can keep. We know, and look at it."
        }
        false => "That did not work. We know, and look at it.",
    };
    failed(StatusCode::INTERNAL_SERVER_ERROR, text)
}

fn page(body: &str) -> Html<String> {
    Html(format!(
        "<!doctype html><title>OpenID Connect</title>{body}"
    ))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "read at the terminal")]
async fn main() -> Result<(), Box<dyn StdError>> {
    // On standard error: the URL goes to standard output.
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .init();
    let port = std::env::args().nth(1).unwrap_or_else(|| "8080".to_owned());
    let listener = TcpListener::bind(("127.0.0.1", port.parse()?)).await?;
    let address = format!("http://{}", listener.local_addr()?);
    let settings = Settings::from_env(address)?;
    println!("{}/", settings.public_url);
    Ok(axum::serve(listener, Application::new(settings)?.router()?).await?)
}
