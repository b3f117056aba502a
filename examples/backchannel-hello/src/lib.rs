//! An identity provider signs visitors out of an application that it signed in: OpenID Connect Back-Channel Logout 1.0.
//!
//! The recipe is `application` and `logout_token`. The provider is here to be run against: it has real keys and tokens,
//! and believes whatever name it is told.

#![forbid(unsafe_code)]

mod application;
mod client;
mod keys;
mod logout_token;
mod provider;

pub use application::Application;
pub use keys::Registration;
pub use provider::Provider;
