//! The provider's public keys, and what holds of all of its tokens: who signed them, for whom, and until when. What else
//! a token has to say is none of its business.

use std::fmt;

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use sealed_session_axum::time::{Duration, OffsetDateTime};
use serde_json::{Map, Value};
use tokio::sync::Mutex;

use crate::client;

/// Nothing else is accepted, whatever a token says of itself. It is what the application registered as
/// `id_token_signed_response_alg`, which logout tokens have, too (Back-Channel Logout, section 2.6, step 3). Without a
/// registration it is RS256.
const ALGORITHM: Algorithm = Algorithm::ES256;

/// The keys are fetched no more often than that: somebody who makes up names of keys does not make us ask the provider.
const PAUSE: Duration = Duration::seconds(60);

/// How long either of the two waits for the other.
pub(crate) const TIMEOUT: std::time::Duration = std::time::Duration::from_secs(5);

/// How far the provider's clock may be off.
const LEEWAY: Duration = Duration::seconds(60);

/// What the provider and the application agreed upon at the registration.
#[derive(Clone, Debug)]
pub struct Registration {
    /// The provider, as its tokens name it.
    pub issuer: String,
    /// The application, as the provider's tokens name it.
    pub client_id: String,
    /// Where the application hears of sign-outs.
    pub backchannel_logout_uri: String,
}

/// The keys by which the provider's tokens are verified, fetched from its JWKS when a token names one that is not known.
pub(crate) struct ProviderKeys {
    registration: Registration,
    http: reqwest::Client,
    fetched: Mutex<Fetched>,
}

#[derive(Default)]
struct Fetched {
    keys: JwkSet,
    at: Option<OffsetDateTime>,
}

/// A token that is the provider's, is for this application, and has not expired.
pub(crate) struct Opened {
    pub(crate) typ: Option<String>,
    pub(crate) claims: Map<String, Value>,
    pub(crate) issued_at: OffsetDateTime,
}

impl ProviderKeys {
    /// Fetches nothing yet.
    pub(crate) fn new(registration: Registration) -> ProviderKeys {
        ProviderKeys {
            registration,
            http: client::new(),
            fetched: Mutex::default(),
        }
    }

    /// Verifies what ID tokens and logout tokens have in common (OpenID Connect Core, section 3.1.3.7). The error says
    /// what is wrong, and nothing that stands in the token.
    pub(crate) async fn open(
        &self,
        token: &str,
        now: OffsetDateTime,
    ) -> Result<Opened, &'static str> {
        let Registration {
            issuer, client_id, ..
        } = &self.registration;
        let header = decode_header(token).map_err(|_| "it is no signed token")?;
        let key = self
            .key(header.kid.as_deref(), now)
            .await
            .ok_or("it is signed by no key of the provider")?;

        let mut validation = Validation::new(ALGORITHM);
        validation.set_required_spec_claims(&["aud", "exp"]);
        validation.set_audience(&[client_id]);
        validation.leeway = LEEWAY.whole_seconds().unsigned_abs();
        // It reads the clock for `exp` by itself.
        let opened = decode::<Map<String, Value>>(token, &key, &validation).map_err(
            |_| "its signature, algorithm, audience or time is not what was agreed upon",
        )?;
        let claims = opened.claims;

        // The crate is content with one issuer of several and with one audience of several. Here others are not trusted
        // (steps 2 and 3).
        let is_alone = match claims.get("aud") {
            Some(Value::Array(all)) => all.iter().all(|one| one == client_id),
            _ => true,
        };
        if !is_alone || claims.get("iss").is_none_or(|iss| iss != issuer) {
            return Err("it is from another issuer, or for others, too");
        }
        let issued_at = claims.get("iat").and_then(Value::as_f64).and_then(date);
        let issued_at = issued_at.ok_or("it does not say when it was issued")?;
        if issued_at > now + LEEWAY {
            return Err("it was issued in the future: compare the clocks");
        }
        Ok(Opened {
            typ: header.typ,
            claims,
            issued_at,
        })
    }

    /// Returns the key of this name. A token has to name one only if there are several (OpenID Connect Core, section
    /// 10.1).
    async fn key(&self, kid: Option<&str>, now: OffsetDateTime) -> Option<DecodingKey> {
        let mut fetched = self.fetched.lock().await;
        if fetched.find(kid).is_none() && fetched.at.is_none_or(|at| now - at >= PAUSE) {
            fetched.at = Some(now);
            let url = format!("{}/jwks", self.registration.issuer);
            let response = self.http.get(url).timeout(TIMEOUT).send();
            fetched.keys = response.await.ok()?.json().await.ok()?;
        }
        fetched.find(kid)
    }
}

impl Fetched {
    fn find(&self, kid: Option<&str>) -> Option<DecodingKey> {
        let key = match (kid, self.keys.keys.as_slice()) {
            (Some(kid), _) => self.keys.find(kid),
            (None, [only]) => Some(only),
            (None, _) => None,
        };
        DecodingKey::from_jwk(key?).ok()
    }
}

impl fmt::Debug for ProviderKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProviderKeys").finish_non_exhaustive()
    }
}

/// Reads a `NumericDate`, which may have a fraction (RFC 7519, section 2), to whole seconds.
fn date(seconds: f64) -> Option<OffsetDateTime> {
    let since = Duration::checked_seconds_f64(seconds)?;
    OffsetDateTime::from_unix_timestamp(since.whole_seconds()).ok()
}
