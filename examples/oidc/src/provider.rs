//! What the application and its OpenID provider say to each other: the code flow, refreshing, the name of an account and the
//! sign-out there. It begins and ends no session, and no fault that it reports holds
//! anything that stood in an answer.

use std::sync::Arc;
use std::time::Duration as Wait;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
// Nearly all of their names, and none of ours is among them.
use openidconnect::core::*;
use openidconnect::*;
use sealed_session_axum::time::{Duration, OffsetDateTime};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::discovery::{Discovery, FRESH, Metadata, PAUSE, algorithms};
use crate::fault::Fault;
use crate::http::{Http, NoAnswer};
use crate::settings::Settings;

/// How far the provider's clock may be off.
pub(crate) const LEEWAY: Duration = Duration::seconds(60);

/// How long an access token counts of which the provider does not say it (RFC 6749, section 5.1).
const LIFETIME: Wait = Wait::from_secs(3_600);

/// What is asked for beside `openid`. Most providers give no refresh token without `offline_access`.
const SCOPES: [&str; 1] = ["profile"];

/// The provider, and who the application is there.
pub(crate) struct Provider {
    settings: Settings,
    http: Http,
    pub(crate) discovery: Arc<Discovery>,
}

/// A sign-in that has begun, as the browser keeps it until the provider has answered.
#[derive(Deserialize, Serialize)]
pub(crate) struct Flow {
    pub(crate) state: String,
    /// A digest, because the name may be long, and three of these share a cookie.
    issuer: String,
    /// Of PKCE. The nonce is a hash of it.
    verifier: String,
    /// The page to come back to.
    pub(crate) back: Option<String>,
}

/// The provider's answer, which the browser brings.
#[derive(Deserialize)]
pub(crate) struct Answer {
    pub(crate) state: Option<String>,
    code: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

/// Whom the provider has signed in.
pub(crate) struct SignedIn {
    pub(crate) sub: String,
    pub(crate) sid: Option<String>,
    pub(crate) issued_at: OffsetDateTime,
    pub(crate) tokens: Tokens,
}

/// The provider's tokens.
#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct Tokens {
    pub(crate) access: String,
    /// When the access token is over, as a Unix time.
    pub(crate) until: i64,
    pub(crate) refresh: Option<String>,
    /// Tells the provider at the sign-out who it is.
    pub(crate) id: String,
}

impl Provider {
    /// Talks to nobody yet: the application starts without its provider.
    pub(crate) fn new(settings: Settings) -> Result<Provider, reqwest::Error> {
        let http = Http::new()?;
        let discovery = Discovery::new(settings.issuer.clone(), http.clone());
        Ok(Provider {
            settings,
            http,
            discovery: Arc::new(discovery),
        })
    }

    /// Begins a sign-in. Returns where the browser goes, and what it keeps.
    pub(crate) async fn begin(
        &self,
        back: Option<String>,
        now: OffsetDateTime,
    ) -> Result<(String, Flow), Fault> {
        let client = self.client(&*self.discovery.get(FRESH, now).await?)?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let code = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
        let nonce = nonce(verifier.secret());
        let (url, state, _) = client
            .authorize_url(code, CsrfToken::new_random, || nonce)
            .add_scopes(SCOPES.map(|scope| Scope::new(scope.to_owned())))
            .set_pkce_challenge(challenge)
            .url();
        let flow = Flow {
            state: state.into_secret(),
            issuer: digest(&self.settings.issuer),
            verifier: verifier.into_secret(),
            back,
        };
        Ok((url.into(), flow))
    }

    /// Ends the sign-in to which this is the answer.
    pub(crate) async fn finish(
        &self,
        flow: Flow,
        answer: Answer,
        now: OffsetDateTime,
    ) -> Result<SignedIn, Fault> {
        // Whom did this browser go to, and whose answer is it? (RFC 9207, section 2.4)
        let issuer = &self.settings.issuer;
        if flow.issuer != digest(issuer) || answer.iss.as_ref().is_some_and(|iss| iss != &**issuer)
        {
            return Err(OTHER_ISSUER);
        }
        let metadata = self.discovery.get(FRESH, now).await?;
        if answer.iss.is_none() && metadata.additional_metadata().names_itself {
            return Err(OTHER_ISSUER);
        }
        if let Some(code) = &answer.error {
            return Err(Fault::Refused(known(code)));
        }
        let code = answer.code.ok_or(Fault::Wrong("there is no code"))?;

        // The code and what this browser kept, for tokens.
        let response = self
            .client(&metadata)?
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|_| NO_ENDPOINT)?
            .set_pkce_verifier(PkceCodeVerifier::new(flow.verifier.clone()))
            .request_async(&self.http)
            .await
            .map_err(of_tokens)?;

        // Whom they are of.
        let id = response.id_token().ok_or(Fault::Wrong("no ID token"))?;
        let (access, nonce) = (response.access_token(), nonce(&flow.verifier));
        let claims = match self.claims(&metadata, id, access, &nonce) {
            // The provider has new keys.
            Err(UNKNOWN_KEY) => {
                let newer = self.discovery.get(PAUSE, now).await?;
                self.claims(&newer, id, access, &nonce)?
            }
            known => known?,
        };
        let sub = claims.subject().to_string();
        // OpenID Connect Core, section 2, and as many as a session takes.
        if sub.is_empty() || sub.len() > 255 {
            return Err(Fault::Wrong("the ID token's subject"));
        }
        let issued_at = OffsetDateTime::from_unix_timestamp(claims.issue_time().timestamp()).ok();
        let issued_at = issued_at.filter(|at| *at <= now + LEEWAY);
        Ok(SignedIn {
            sub,
            sid: claims.additional_claims().sid.clone(),
            issued_at: issued_at.ok_or(Fault::Wrong("the ID token's time of issue"))?,
            tokens: tokens(&response, None, id.to_string(), now)?,
        })
    }

    /// Verifies an ID token (OpenID Connect Core, section 3.1.3.7).
    fn claims<'t>(
        &self,
        metadata: &Metadata,
        id: &'t Id,
        access: &AccessToken,
        nonce: &Nonce,
    ) -> Result<&'t IdTokenClaims<Sid, CoreGenderClaim>, Fault> {
        let client = self.client(metadata)?;
        let verifier = client.id_token_verifier();
        let verifier = verifier.set_allowed_algs(algorithms(metadata));
        // The crate's texts quote the token.
        let claims = id.claims(&verifier, nonce).map_err(|error| match error {
            ClaimsVerificationError::SignatureVerification(
                SignatureVerificationError::NoMatchingKey,
            ) => UNKNOWN_KEY,
            ClaimsVerificationError::SignatureVerification(_) => {
                Fault::Wrong("the ID token's signature")
            }
            ClaimsVerificationError::Expired(_) => Fault::Wrong("the ID token's time"),
            ClaimsVerificationError::InvalidAudience(_) => Fault::Wrong("the ID token's audience"),
            ClaimsVerificationError::InvalidIssuer(_) => Fault::Wrong("the ID token's issuer"),
            ClaimsVerificationError::InvalidNonce(_) => Fault::Wrong("the ID token's nonce"),
            _ => Fault::Wrong("the ID token"),
        })?;
        // Step 5, which the crate leaves out. Step 4 does not occur: it refuses a token that is for others, too.
        if claims
            .authorized_party()
            .is_some_and(|azp| *azp != self.client_id())
        {
            return Err(Fault::Wrong("the ID token's authorized party"));
        }
        // Section 3.1.3.8: the access token that came with it is that of the same account.
        if let Some(hash) = claims.access_token_hash() {
            let (alg, key) = (id.signing_alg(), id.signing_key(&verifier));
            let actual = alg.ok().zip(key.ok());
            let actual = actual.map(|(alg, key)| AccessTokenHash::from_token(access, alg, key));
            if !matches!(actual, Some(Ok(actual)) if actual == *hash) {
                return Err(Fault::Wrong("the ID token's access token"));
            }
        }
        Ok(claims)
    }

    /// Gets a new access token. The provider may have a new refresh token, too, and take the old one no more.
    pub(crate) async fn refresh(
        &self,
        held: &Tokens,
        now: OffsetDateTime,
    ) -> Result<Tokens, Fault> {
        let refresh = held.refresh.clone();
        let refresh = RefreshToken::new(refresh.ok_or(Fault::Refused("no refresh token"))?);
        let response = self
            .client(&*self.discovery.get(FRESH, now).await?)?
            .exchange_refresh_token(&refresh)
            .map_err(|_| NO_ENDPOINT)?
            .request_async(&self.http)
            .await
            .map_err(of_tokens)?;
        tokens(&response, Some(refresh.into_secret()), held.id.clone(), now)
    }

    /// Asks for the name of an account, as an example of a call with an access token.
    pub(crate) async fn name(
        &self,
        access: String,
        sub: String,
        now: OffsetDateTime,
    ) -> Result<Option<String>, Fault> {
        let user: CoreUserInfoClaims = self
            .client(&*self.discovery.get(FRESH, now).await?)?
            .user_info(AccessToken::new(access), Some(SubjectIdentifier::new(sub)))
            .map_err(|_| NO_ENDPOINT)?
            .request_async(&self.http)
            .await
            .map_err(|error| match error {
                UserInfoError::Request(why) => why.into(),
                UserInfoError::Response(http::StatusCode::UNAUTHORIZED, ..) => {
                    Fault::Refused("invalid_token")
                }
                _ => Fault::Wrong("what it says of the account"),
            })?;
        let name = user.name().and_then(|name| name.get(None));
        Ok(name.map(|name| name.to_string()))
    }

    /// Returns where a browser signs out at the provider, if it is known to have such a page (OpenID Connect RP-Initiated
    /// Logout 1.0). Asks nobody.
    pub(crate) fn sign_out(&self, id: Option<String>) -> Option<String> {
        let metadata = self.discovery.known()?;
        let page = metadata.additional_metadata().end_session_endpoint.clone();
        let back = PostLogoutRedirectUrl::new(format!("{}/", self.settings.public_url));
        let mut request = LogoutRequest::from(page?)
            .set_client_id(self.client_id())
            .set_post_logout_redirect_uri(back.ok()?);
        if let Some(id) = id.and_then(|id| id.parse::<Id>().ok()) {
            request = request.set_id_token_hint(&id);
        }
        Some(request.http_get_url().into())
    }

    pub(crate) fn client_id(&self) -> ClientId {
        ClientId::new(self.settings.client_id.clone())
    }

    pub(crate) fn issuer(&self) -> &IssuerUrl {
        &self.settings.issuer
    }

    fn client(&self, metadata: &Metadata) -> Result<Client, Fault> {
        let secret = ClientSecret::new(self.settings.client_secret.clone());
        let back = RedirectUrl::new(format!("{}/callback", self.settings.public_url));
        let client =
            Client::from_provider_metadata(metadata.clone(), self.client_id(), Some(secret));
        Ok(client.set_redirect_uri(back.map_err(|_| Fault::Wrong("PUBLIC_URL"))?))
    }
}

/// Returns what is in the URL in place of what the browser keeps (OpenID Connect Core, section 15.5.2).
fn nonce(kept: &str) -> Nonce {
    Nonce::new(digest(&format!("nonce {kept}")))
}

/// Returns a digest of a text, in 43 characters.
pub(crate) fn digest(text: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(text))
}

fn tokens(
    response: &Response,
    held: Option<String>,
    id: String,
    now: OffsetDateTime,
) -> Result<Tokens, Fault> {
    let refresh = response.refresh_token().map(|new| new.secret().clone());
    // Seconds are whatever number the provider writes.
    let lifetime = Duration::try_from(response.expires_in().unwrap_or(LIFETIME)).ok();
    let until = lifetime.and_then(|lifetime| now.checked_add(lifetime));
    Ok(Tokens {
        access: response.access_token().secret().clone(),
        until: until
            .ok_or(Fault::Wrong("the access token's lifetime"))?
            .unix_timestamp(),
        refresh: refresh.or(held),
        id,
    })
}

fn of_tokens(
    error: RequestTokenError<NoAnswer, StandardErrorResponse<CoreErrorResponseType>>,
) -> Fault {
    match error {
        RequestTokenError::Request(why) => why.into(),
        RequestTokenError::ServerResponse(refusal) => {
            Fault::Refused(known(refusal.error().as_ref()))
        }
        _ => Fault::Wrong("its answer about tokens"),
    }
}

/// Returns an error code as we know it, because others hold whatever somebody wrote into a link.
fn known(code: &str) -> &'static str {
    let found = CODES.into_iter().find(|known| *known == code);
    found.unwrap_or("an unknown code")
}

/// RFC 6749, sections 4.1.2.1 and 5.2; OpenID Connect Core, section 3.1.2.6.
const CODES: [&str; 13] = [
    "access_denied",
    "account_selection_required",
    "consent_required",
    "interaction_required",
    "invalid_client",
    "invalid_grant",
    "invalid_request",
    "invalid_scope",
    "login_required",
    "server_error",
    "temporarily_unavailable",
    "unauthorized_client",
    "unsupported_response_type",
];

const NO_ENDPOINT: Fault = Fault::Wrong("its discovery document lacks an endpoint");
const OTHER_ISSUER: Fault = Fault::Wrong("the answer is another issuer's");
const UNKNOWN_KEY: Fault = Fault::Wrong("the ID token's key is none of the provider's");

/// What the crate does not read of an ID token by itself: the name of the session at the provider.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Sid {
    sid: Option<String>,
}

impl AdditionalClaims for Sid {}

// The crate's own aliases, with that in them.

type Id = IdToken<Sid, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;

type Response = StandardTokenResponse<
    IdTokenFields<
        Sid,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;

type Client = openidconnect::Client<
    Sid,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Response,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_sign_in_that_began_at_another_issuer_asks_nobody()
    -> Result<(), Box<dyn std::error::Error>> {
        let settings = Settings {
            issuer: IssuerUrl::new("http://127.0.0.1:9".to_owned())?,
            client_id: String::new(),
            client_secret: String::new(),
            public_url: "http://127.0.0.1".to_owned(),
        };
        let provider = Provider::new(settings)?;
        let began_at = async |issuer: &str| {
            let flow = Flow {
                state: String::new(),
                issuer: digest(issuer),
                verifier: String::new(),
                back: None,
            };
            let answer = Answer {
                state: None,
                code: Some("code".to_owned()),
                error: None,
                iss: None,
            };
            provider
                .finish(flow, answer, OffsetDateTime::UNIX_EPOCH)
                .await
                .err()
        };
        assert_eq!(began_at("http://127.0.0.1:8").await, Some(OTHER_ISSUER));
        assert_eq!(
            began_at("http://127.0.0.1:9").await,
            Some(Fault::Silent("no connection"))
        );
        Ok(())
    }
}
