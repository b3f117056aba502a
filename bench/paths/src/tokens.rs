//! `corpus/oidc.json`.

use sealed_session::mirrored;

mirrored! {
    /// What an identity provider handed out.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[serde(deny_unknown_fields)]
    pub struct Tokens {
        /// Opens other services; a JWT.
        pub access_token: String,
        /// Says who signed in; a JWT.
        pub id_token: String,
        /// Gets the next access token.
        pub refresh_token: String,
        /// When the access token ends, in seconds since 1970.
        pub expires_at: u64,
    }
}
