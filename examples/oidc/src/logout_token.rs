//! A logout token: OpenID Connect Back-Channel Logout 1.0, section 2.6. It ends no session.

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{DecodingKey, Header, Validation, decode, decode_header};
use openidconnect::core::CoreJsonWebKey;
use openidconnect::{JsonWebKey, JsonWebKeyUse};
use sealed_session_axum::time::{Duration, OffsetDateTime};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::discovery::{FRESH, Metadata, PAUSE, algorithms};
use crate::provider::{LEEWAY, Provider};

/// The member of `events` that makes a token one for a logout (section 2.4).
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// A verified logout token.
pub(crate) struct Logout {
    pub(crate) who: Who,
    /// When the provider says so.
    pub(crate) at: OffsetDateTime,
}

/// Whose sessions end.
pub(crate) enum Who {
    /// One session at the provider, by its `sid`, and the account that it is of, by its `sub`, if the token says that, too.
    Session(String, Option<String>),
    /// All sessions of an account, by its `sub`.
    Account(String),
}

impl Logout {
    /// Verifies a logout token at this time. The error says what is wrong, and nothing that stands in the token.
    // Steps of section 2.6. Of those that are optional, the eighth, a `jti` that came before, is not needed: see
    // `Application::revoke`. Numbers 9 to 11 compare with sessions, of which nobody has a list here.
    pub(crate) async fn verify(
        token: &str,
        provider: &Provider,
        now: OffsetDateTime,
    ) -> Result<Logout, &'static str> {
        // Step 1, encryption, was not agreed upon. Steps 2 to 4: signature, algorithm, `iss`, `aud`, `iat`, `exp`.
        let header = decode_header(token).map_err(|_| "it is no signed token")?;
        let claims = open(token, &header, provider, now).await?;
        let at = claims.get("iat").and_then(Value::as_f64).and_then(date);
        let at = at.ok_or("it does not say when it was issued")?;
        if at > now + LEEWAY {
            return Err("it was issued in the future: compare the clocks");
        }
        // Section 2.4 recommends the type, and an ID token has another one. `application/` may be left out (RFC 7515,
        // section 4.1.9).
        let types = ["logout+jwt", "application/logout+jwt"];
        let is_type = |typ: &String| types.iter().any(|one| typ.eq_ignore_ascii_case(one));
        if !header.typ.as_ref().is_none_or(is_type) {
            return Err("its type is another one");
        }
        // Section 2.4 requires it, although nothing is done with it.
        if !claims.get("jti").is_some_and(Value::is_string) {
            return Err("it has no `jti`");
        }
        // Step 5. With a `sid` it is about that session; without one, about all of the account (section 2.4).
        let text = |name| match claims.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err("its `sid` or `sub` is no text"),
        };
        let who = match (text("sid")?, text("sub")?) {
            (Some(sid), sub) => Who::Session(sid, sub),
            (None, Some(sub)) => Who::Account(sub),
            (None, None) => return Err("it has neither `sid` nor `sub`"),
        };
        // Step 6.
        let event = claims.get("events").and_then(|events| events.get(EVENT));
        if !event.is_some_and(Value::is_object) {
            return Err("it is about another event");
        }
        // Step 7: an ID token has one, where it was asked for.
        if claims.contains_key("nonce") {
            return Err("it has a `nonce`");
        }
        Ok(Logout { who, at })
    }
}

/// Verifies what a logout token has in common with an ID token.
async fn open(
    token: &str,
    header: &Header,
    provider: &Provider,
    now: OffsetDateTime,
) -> Result<Map<String, Value>, &'static str> {
    let mut known = provider.discovery.get(FRESH, now).await;
    if let Ok(metadata) = &known
        && key(header, metadata).is_none()
    {
        known = provider.discovery.get(PAUSE, now).await;
    }
    let metadata = known.map_err(|_| "the provider's keys are not known")?;
    // By the list of the provider's algorithms, and not by what the token says of itself.
    let is_agreed = |alg| as_other(alg) == Some(header.alg);
    if !algorithms(&metadata).iter().any(is_agreed) {
        return Err("its algorithm is none of the provider's");
    }
    let key = key(header, &metadata).ok_or("it is signed by no key of the provider")?;

    let client_id = provider.client_id();
    let mut validation = Validation::new(header.alg);
    validation.set_required_spec_claims(&["aud", "exp"]);
    validation.set_audience(&[client_id.as_str()]);
    validation.leeway = LEEWAY.whole_seconds().unsigned_abs();
    // It reads the clock for `exp` by itself.
    let opened = decode::<Map<String, Value>>(token, &key, &validation)
        .map_err(|_| "its signature, audience or time is not what was agreed upon")?;

    // The crate is content with one issuer of several and with one audience of several. Here others are not trusted
    // (OpenID Connect Core, section 3.1.3.7, steps 2 and 3).
    let claims = opened.claims;
    let is_alone = match claims.get("aud") {
        Some(Value::Array(all)) => all.iter().all(|one| one == client_id.as_str()),
        _ => true,
    };
    if !is_alone
        || claims
            .get("iss")
            .is_none_or(|iss| iss != provider.issuer().as_str())
    {
        return Err("it is from another issuer, or for others, too");
    }
    Ok(claims)
}

/// Returns the key that signed. A token has to name one only if there are several (OpenID Connect Core, section 10.1).
fn key(header: &Header, metadata: &Metadata) -> Option<DecodingKey> {
    // Some are there for others to encrypt by (RFC 7517, section 4.2).
    let signs = |key: &&CoreJsonWebKey| key.key_use().is_none_or(JsonWebKeyUse::allows_signature);
    let mut keys = metadata.jwks().keys().iter().filter(signs);
    let key = match &header.kid {
        Some(kid) => keys.find(|key| key.key_id().is_some_and(|id| **id == *kid)),
        None => keys.next().filter(|_| keys.next().is_none()),
    };
    DecodingKey::from_jwk(&as_other::<Jwk>(key?)?).ok()
}

/// Hands over what two crates write alike.
fn as_other<T: DeserializeOwned>(value: &impl Serialize) -> Option<T> {
    serde_json::from_value(serde_json::to_value(value).ok()?).ok()
}

/// Reads a `NumericDate`, which may have a fraction (RFC 7519, section 2), to whole seconds.
fn date(seconds: f64) -> Option<OffsetDateTime> {
    let since = Duration::checked_seconds_f64(seconds)?;
    OffsetDateTime::from_unix_timestamp(since.whole_seconds()).ok()
}
