//! A small provider whose every answer a test may change. It has a key of its own and real signatures, asks nobody for a
//! password, and is as strict as it may be: a code needs its PKCE verifier, and a refresh token is good once.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{Form, State};
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use p256::ecdsa::SigningKey;
use p256::elliptic_curve::Generate;
use p256::pkcs8::EncodePrivateKey;
use sealed_session::time::OffsetDateTime;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;

pub(crate) const CLIENT: &str = "hello";
pub(crate) const SECRET: &str = "a secret of this test";

/// Seconds for which a token is good.
const LIFETIME: i64 = 120;

/// A running provider. A clone is the same one.
#[derive(Clone)]
pub(crate) struct Provider(Arc<Inner>);

struct Inner {
    issuer: String,
    key: Mutex<Signer>,
    said: Mutex<Said>,
    /// How often each refresh token was used.
    refreshed: Mutex<HashMap<String, usize>>,
    /// How often its document was asked for.
    documents: AtomicUsize,
}

struct Signer {
    kid: String,
    key: EncodingKey,
    public: Jwk,
}

/// What it answers other than a good provider does.
#[derive(Clone, Default)]
pub(crate) struct Said {
    /// Members of the discovery document.
    pub(crate) document: Option<Value>,
    /// Claims of ID tokens. A text of `-` leaves one out.
    pub(crate) claims: Option<Value>,
    /// Whether ID tokens name their access token.
    pub(crate) with_hash: bool,
    pub(crate) signature: Signature,
    /// Whole answers, by the end of their path.
    pub(crate) reply: Option<(&'static str, Reply)>,
    /// Members of the answer of the token endpoint.
    pub(crate) tokens: Option<Value>,
    /// Whether a refresh token is good again and again.
    pub(crate) reuses: bool,
    /// Where a logout token goes before the token endpoint answers.
    pub(crate) overtaken_by: Option<(String, String)>,
}

#[derive(Clone, Copy, Default)]
pub(crate) enum Signature {
    #[default]
    Good,
    /// `alg` is `none`.
    None,
    /// By the client's secret, and in another row by the public key as if it were one.
    Secret,
    Public,
    /// Another key under the name of this one.
    Forged,
    /// A key of another name.
    Unknown,
}

#[derive(Clone)]
pub(crate) enum Reply {
    /// None, for longer than a test takes.
    Silence,
    /// A byte each 300 ms, for as long.
    Drops,
    /// A status and a body.
    Text(u16, String),
    /// Ask there.
    Redirect(String),
}

impl Signer {
    fn new() -> Signer {
        let key = SigningKey::generate().to_pkcs8_der().unwrap();
        let key = EncodingKey::from_ec_der(key.as_bytes());
        let kid = random();
        let mut public = Jwk::from_encoding_key(&key, Algorithm::ES256).unwrap();
        public.common.key_id = Some(kid.clone());
        Signer { kid, key, public }
    }
}

impl Provider {
    pub(crate) async fn start() -> Provider {
        Provider::start_under("").await
    }

    /// Starts one whose name ends so.
    pub(crate) async fn start_under(path: &str) -> Provider {
        // For the clients of this process.
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let provider = Provider(Arc::new(Inner {
            issuer: format!("http://{}{path}", listener.local_addr().unwrap()),
            key: Mutex::new(Signer::new()),
            said: Mutex::default(),
            refreshed: Mutex::default(),
            documents: AtomicUsize::new(0),
        }));
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(document))
            .route("/jwks", get(jwks))
            .route("/token", post(token))
            .route("/me", get(me))
            .with_state(provider.clone());
        let router = match path {
            "" => router,
            path => Router::new().nest(path, router),
        };
        tokio::spawn(async { axum::serve(listener, router).await });
        provider
    }

    pub(crate) fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// Changes what it answers from now on.
    pub(crate) fn say(&self, said: Said) {
        *self.0.said.lock().unwrap() = said;
    }

    fn said(&self) -> Said {
        self.0.said.lock().unwrap().clone()
    }

    /// Puts a new key in place of the one that it has.
    pub(crate) fn rotate(&self) {
        *self.0.key.lock().unwrap() = Signer::new();
    }

    /// Returns how often each refresh token was used.
    pub(crate) fn refreshed(&self) -> Vec<usize> {
        self.0.refreshed.lock().unwrap().values().copied().collect()
    }

    /// Returns how often its document was asked for.
    pub(crate) fn documents(&self) -> usize {
        self.0.documents.load(Ordering::SeqCst)
    }

    /// Returns the header of its tokens of this type.
    pub(crate) fn header(&self, typ: &str) -> Header {
        Header {
            typ: Some(typ.to_owned()),
            kid: Some(self.0.key.lock().unwrap().kid.clone()),
            ..Header::new(Algorithm::ES256)
        }
    }

    /// Returns the claims that all of its tokens have, and those of these objects. A text of `-` leaves one out.
    pub(crate) fn claims<const N: usize>(&self, more: [&Value; N]) -> Value {
        let now = OffsetDateTime::now_utc().unix_timestamp();
        let mut all = json!({
            "iss": self.0.issuer, "aud": CLIENT, "iat": now, "exp": now + LIFETIME, "jti": random(),
        });
        for more in more {
            merge(&mut all, more);
        }
        all
    }

    pub(crate) fn sign(&self, header: &Header, claims: &Value) -> String {
        encode(header, claims, &self.0.key.lock().unwrap().key).unwrap()
    }

    /// Returns its public key as JSON.
    pub(crate) fn public(&self) -> Value {
        json!(self.0.key.lock().unwrap().public)
    }

    /// Signs as it is told.
    pub(crate) fn sign_as(&self, how: Signature, typ: &str, claims: &Value) -> String {
        let header = self.header(typ);
        let secret = |secret: &[u8]| {
            let header = Header {
                alg: Algorithm::HS256,
                ..header.clone()
            };
            encode(&header, claims, &EncodingKey::from_secret(secret).unwrap()).unwrap()
        };
        match how {
            Signature::Good => self.sign(&header, claims),
            Signature::None => {
                let header = json!({ "alg": "none", "typ": typ, "kid": header.kid });
                let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
                format!("{}.{}.", part(&header), part(claims))
            }
            Signature::Secret => secret(SECRET.as_bytes()),
            // What a verifier falls for that believes the header.
            Signature::Public => secret(self.public()["x"].as_str().unwrap().as_bytes()),
            Signature::Forged => encode(&header, claims, &Signer::new().key).unwrap(),
            Signature::Unknown => {
                let header = Header {
                    kid: Some("of nobody".to_owned()),
                    ..header
                };
                self.sign(&header, claims)
            }
        }
    }

    /// Answers other than planned, if a test wants it.
    async fn instead(&self, path: &str) -> Option<Response> {
        let (wanted, reply) = self.said().reply?;
        if wanted != path {
            return None;
        }
        match reply {
            Reply::Text(status, body) => {
                let status = StatusCode::from_u16(status).unwrap();
                Some((status, [("content-type", "application/json")], body).into_response())
            }
            Reply::Redirect(url) => Some(Redirect::temporary(&url).into_response()),
            Reply::Silence => {
                tokio::time::sleep(Duration::from_secs(60)).await;
                None
            }
            Reply::Drops => {
                let drops = futures_util::stream::unfold((), async |()| {
                    tokio::time::sleep(Duration::from_millis(300)).await;
                    Some((Ok::<_, std::convert::Infallible>(" "), ()))
                });
                Some(axum::body::Body::from_stream(drops).into_response())
            }
        }
    }
}

async fn document(State(provider): State<Provider>) -> Response {
    provider.0.documents.fetch_add(1, Ordering::SeqCst);
    if let Some(other) = provider.instead("document").await {
        return other;
    }
    let issuer = provider.issuer();
    let mut document = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/auth"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/me"),
        "end_session_endpoint": format!("{issuer}/end"),
        "jwks_uri": format!("{issuer}/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        // It says itself that it does what nobody may follow.
        "id_token_signing_alg_values_supported": ["ES256", "HS256", "none"],
        "authorization_response_iss_parameter_supported": true,
    });
    if let Some(changed) = &provider.said().document {
        merge(&mut document, changed);
    }
    Json(document).into_response()
}

async fn jwks(State(provider): State<Provider>) -> Response {
    match provider.instead("jwks").await {
        Some(other) => other,
        None => Json(json!({ "keys": [provider.public()] })).into_response(),
    }
}

/// A code is `SUB.SID.NONCE.CHALLENGE`.
async fn token(
    State(provider): State<Provider>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    if let Some(other) = provider.instead("token").await {
        return other;
    }
    let refuse = || {
        (
            StatusCode::BAD_REQUEST,
            Json(json!({ "error": "invalid_grant" })),
        )
    };
    // RFC 6749, section 2.3.1: both as in a form.
    let client = BASE64_STANDARD.encode(format!("{CLIENT}:{}", SECRET.replace(' ', "+")));
    let basic = format!("Basic {client}");
    if headers
        .get("authorization")
        .is_none_or(|sent| *sent != basic)
    {
        let refusal = Json(json!({ "error": "invalid_client" }));
        return (StatusCode::UNAUTHORIZED, refusal).into_response();
    }
    let mut answer = json!({
        "access_token": random(), "token_type": "Bearer", "expires_in": 300, "refresh_token": random(),
    });
    if let Some(used) = form.get("refresh_token") {
        let times = {
            let mut all = provider.0.refreshed.lock().unwrap();
            let times = all.entry(used.clone()).or_default();
            *times += 1;
            *times
        };
        // Long enough for others to come meanwhile.
        tokio::time::sleep(Duration::from_millis(300)).await;
        if times > 1 && !provider.said().reuses {
            return refuse().into_response();
        }
        if let Some(changed) = &provider.said().tokens {
            merge(&mut answer, changed);
        }
        return Json(answer).into_response();
    }
    let parts: Vec<&str> = form["code"].split('.').collect();
    let [sub, sid, nonce, challenge] = parts[..] else {
        return refuse().into_response();
    };
    if BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&form["code_verifier"])) != challenge {
        return refuse().into_response();
    }
    let said = provider.said();
    let who = json!({ "sub": sub, "sid": sid, "nonce": nonce });
    let mut claims = provider.claims([&who, said.claims.as_ref().unwrap_or(&json!({}))]);
    if said.with_hash {
        // The left half (OpenID Connect Core, section 3.1.3.6).
        let hash = Sha256::digest(answer["access_token"].as_str().unwrap());
        claims["at_hash"] = json!(BASE64_URL_SAFE_NO_PAD.encode(&hash[..16]));
    }
    answer["id_token"] = json!(provider.sign_as(said.signature, "JWT", &claims));
    if let Some(changed) = &said.tokens {
        merge(&mut answer, changed);
    }
    if let Some((url, token)) = said.overtaken_by {
        let form = [("logout_token", token)];
        let sent = reqwest::Client::new().post(url).form(&form).send().await;
        assert_eq!(sent.unwrap().status(), 200);
    }
    Json(answer).into_response()
}

async fn me(State(provider): State<Provider>, headers: HeaderMap) -> Response {
    if let Some(other) = provider.instead("me").await {
        return other;
    }
    let bearer = headers["authorization"].to_str().unwrap();
    Json(json!({ "sub": "Ada", "name": bearer.replace("Bearer ", "by ") })).into_response()
}

/// Puts the members of one object into another. A text of `-` removes one.
fn merge(into: &mut Value, more: &Value) {
    for (name, value) in more.as_object().unwrap() {
        match value.as_str() {
            Some("-") => into.as_object_mut().unwrap().remove(name),
            _ => into
                .as_object_mut()
                .unwrap()
                .insert(name.clone(), value.clone()),
        };
    }
}

/// Returns a text that comes once.
pub(crate) fn random() -> String {
    format!("{:032x}", u128::from_be_bytes(Generate::generate()))
}
