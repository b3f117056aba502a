//! An identity provider to run the application against. It signs real tokens by a key of its own, publishes the key, and
//! tells the application of sign-outs. It asks nobody for a password.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use p256::ecdsa::SigningKey;
use p256::elliptic_curve::Generate;
use p256::pkcs8::EncodePrivateKey;
use sealed_session_axum::time::OffsetDateTime;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::client;
use crate::keys::{Registration, TIMEOUT};

/// The name of its only key.
const KID: &str = "1";

/// Seconds for which a token is good. Section 4 recommends two minutes at most for a logout token.
const LIFETIME: i64 = 120;

/// An identity provider with one application. A clone is the same provider.
#[derive(Clone)]
pub struct Provider {
    inner: Arc<Inner>,
}

struct Inner {
    key: EncodingKey,
    keys: JwkSet,
    registration: Registration,
    http: reqwest::Client,
    /// The `sid` and `sub` of whoever is signed in.
    sessions: Mutex<Vec<(String, String)>>,
}

#[derive(Deserialize)]
struct SignIn {
    name: String,
}

/// With a `sid` it is about that session, and without one about all of the account.
#[derive(Deserialize, Serialize)]
struct SignOut {
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<String>,
}

impl Provider {
    /// Makes a provider with a new key.
    ///
    /// # Errors
    ///
    /// The key cannot be written as the crate that signs by it reads it.
    pub fn new(registration: Registration) -> Result<Provider, Box<dyn std::error::Error>> {
        let key = SigningKey::generate().to_pkcs8_der()?;
        let key = EncodingKey::from_ec_der(key.as_bytes());
        let mut public = Jwk::from_encoding_key(&key, Algorithm::ES256)?;
        public.common.key_id = Some(KID.to_owned());
        Ok(Provider {
            inner: Arc::new(Inner {
                key,
                keys: JwkSet { keys: vec![public] },
                registration,
                http: client::new(),
                sessions: Mutex::default(),
            }),
        })
    }

    /// Returns its routes.
    pub fn router(self) -> Router {
        Router::new()
            .route("/", get(home))
            .route("/jwks", get(jwks))
            .route("/token", post(token))
            .route("/sign-out", post(sign_out))
            .with_state(self)
    }

    /// Returns the header of its tokens of this type.
    #[must_use]
    pub fn header(typ: &str) -> Header {
        Header {
            typ: Some(typ.to_owned()),
            kid: Some(KID.to_owned()),
            ..Header::new(Algorithm::ES256)
        }
    }

    /// Returns the claims that all of its tokens have, and those of these objects.
    #[must_use]
    pub fn claims<const N: usize>(&self, more: [Value; N], now: OffsetDateTime) -> Value {
        let all = json!({
            "iss": self.inner.registration.issuer,
            "aud": self.inner.registration.client_id,
            "iat": now.unix_timestamp(),
            "exp": now.unix_timestamp() + LIFETIME,
            "jti": random(),
        });
        let members = [all]
            .into_iter()
            .chain(more)
            .filter_map(|object| match object {
                Value::Object(members) => Some(members),
                _ => None,
            });
        members.flatten().collect()
    }

    /// Signs a token. One that cannot be signed is empty, and good for nothing.
    #[must_use]
    pub fn sign(&self, header: &Header, claims: &Value) -> String {
        encode(header, claims, &self.inner.key).unwrap_or_default()
    }

    /// Begins a session, and returns the ID token that says so.
    #[must_use]
    pub fn sign_in(&self, sub: &str, now: OffsetDateTime) -> String {
        let sid = random();
        let claims = self.claims([json!({ "sub": sub, "sid": sid })], now);
        let mut sessions = self.sessions();
        sessions.push((sid, sub.to_owned()));
        self.sign(&Provider::header("JWT"), &claims)
    }

    fn sessions(&self) -> std::sync::MutexGuard<'_, Vec<(String, String)>> {
        let sessions = self.inner.sessions.lock();
        sessions.unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider").finish_non_exhaustive()
    }
}

/// Names everybody who is signed in, with what ends it.
async fn home(State(provider): State<Provider>) -> Html<String> {
    let row = |(sid, sub): &(String, String)| {
        let sub = sub
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('"', "&quot;");
        format!(
            "<li>{sub}<form action=/sign-out method=post>\
             <button name=sid value=\"{sid}\">Sign out</button> \
             <button name=sub value=\"{sub}\">Sign out everywhere</button></form>"
        )
    };
    let rows: String = provider.sessions().iter().map(row).collect();
    Html(format!("<p>Signed in here:<ul>{rows}</ul>"))
}

async fn jwks(State(provider): State<Provider>) -> Json<JwkSet> {
    Json(provider.inner.keys.clone())
}

async fn token(State(provider): State<Provider>, Form(form): Form<SignIn>) -> String {
    provider.sign_in(&form.name, OffsetDateTime::now_utc())
}

/// Ends one session, or all of an account, and tells the application (sections 2.4 and 2.5).
async fn sign_out(State(provider): State<Provider>, Form(form): Form<SignOut>) -> Response {
    provider.sessions().retain(|(sid, sub)| match &form.sid {
        Some(ended) => ended != sid,
        None => form.sub.as_ref() != Some(sub),
    });
    let event = json!({ "events": { "http://schemas.openid.net/event/backchannel-logout": {} } });
    let claims = provider.claims([json!(form), event], OffsetDateTime::now_utc());
    let token = provider.sign(&Provider::header("logout+jwt"), &claims);
    let uri = &provider.inner.registration.backchannel_logout_uri;
    let request = provider
        .inner
        .http
        .post(uri)
        .form(&[("logout_token", token)]);
    match request.timeout(TIMEOUT).send().await {
        Ok(response) if response.status().is_success() => Redirect::to("/").into_response(),
        _ => (StatusCode::BAD_GATEWAY, "The application has not followed.").into_response(),
    }
}

/// Returns a text that comes once.
fn random() -> String {
    format!("{:032x}", u128::from_be_bytes(Generate::generate()))
}
