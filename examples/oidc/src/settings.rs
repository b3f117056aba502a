//! What application and provider agreed upon at the registration, as the environment says it. It asks nobody.

use std::env;
use std::error::Error;

use openidconnect::IssuerUrl;

/// The variables that name a provider, and who the application is there.
const NAMES: [&str; 3] = ["OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"];

/// The provider beside this file.
const LOCAL: [&str; 3] = [
    "http://localhost:9090",
    "hello",
    "a-secret-for-this-machine-only",
];

/// What the two agreed upon.
pub(crate) struct Settings {
    pub(crate) issuer: IssuerUrl,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    /// The application's address, without a slash at the end.
    pub(crate) public_url: String,
}

impl Settings {
    /// Reads them. Without `PUBLIC_URL` browsers find the application at this address.
    pub(crate) fn from_env(address: String) -> Result<Settings, Box<dyn Error>> {
        let [issuer, client_id, client_secret] = match NAMES.map(|name| env::var(name).ok()) {
            [Some(issuer), Some(id), Some(secret)] => [issuer, id, secret],
            [None, None, None] => LOCAL.map(str::to_owned),
            // The id and secret of one provider are not sent to another.
            _ => return Err(format!("set all of {}, or none", NAMES.join(", ")).into()),
        };
        let public_url = env::var("PUBLIC_URL").unwrap_or(address);
        Ok(Settings {
            issuer: IssuerUrl::new(issuer)?,
            client_id,
            client_secret,
            public_url: public_url.trim_end_matches('/').to_owned(),
        })
    }
}
