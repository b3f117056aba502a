//! What a logout token has to say beyond what every token of the provider does: OpenID Connect Back-Channel Logout 1.0,
//! section 2.6. It ends no session.

use sealed_session_axum::time::OffsetDateTime;
use serde_json::Value;

use crate::keys::{Opened, ProviderKeys};

/// The member of `events` that makes a token one for a logout (section 2.4).
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// A verified logout token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Logout {
    /// Whose sessions end.
    pub(crate) who: Who,
    /// When the provider says so.
    pub(crate) at: OffsetDateTime,
}

/// Whose sessions end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    /// One session at the provider, by its `sid`.
    Session(String),
    /// All sessions of an account, by its `sub`.
    Account(String),
}

impl Logout {
    /// Verifies a logout token at this time. The error says what is wrong, and nothing that stands in the token.
    // Steps of section 2.6. Of those that are optional, the eighth, a `jti` that came before, is not needed: see
    // `Application::revoke`. Numbers 9 to 11 compare with sessions, of which nobody has a list here.
    pub(crate) async fn verify(
        token: &str,
        keys: &ProviderKeys,
        now: OffsetDateTime,
    ) -> Result<Logout, &'static str> {
        // Step 1, encryption, was not agreed upon. Steps 2 to 4: signature, algorithm, `iss`, `aud`, `iat`, `exp`.
        let Opened {
            typ,
            claims,
            issued_at,
        } = keys.open(token, now).await?;
        // Section 2.4 recommends the type, and an ID token has another one. `application/` may be left out (RFC 7515,
        // section 4.1.9).
        let is_typed = typ.is_none_or(|typ| {
            ["logout+jwt", "application/logout+jwt"]
                .iter()
                .any(|wanted| typ.eq_ignore_ascii_case(wanted))
        });
        if !is_typed {
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
            (Some(sid), _) => Who::Session(sid),
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
        Ok(Logout { who, at: issued_at })
    }
}
