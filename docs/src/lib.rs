//! Compiles the code blocks of the repository's documents, so that they stay true.

#![forbid(unsafe_code)]

#[cfg(test)]
mod lambda;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod recipe;

/// The README.
#[doc = include_str!("../../README.md")]
pub mod readme {}

/// The page about adapters.
#[doc = include_str!("../adapters.md")]
pub mod adapters {}

/// The page for axum.
#[doc = include_str!("../axum.md")]
pub mod axum {}

/// The page for leptos.
#[doc = include_str!("../leptos.md")]
pub mod leptos {}

/// The page for dioxus.
#[doc = include_str!("../dioxus.md")]
pub mod dioxus {}

/// The page for actix-web.
#[doc = include_str!("../actix.md")]
pub mod actix {}

/// The page for Rocket.
#[doc = include_str!("../rocket.md")]
pub mod rocket {}

/// The page for loco.
#[doc = include_str!("../loco.md")]
pub mod loco {}

/// The page for salvo.
#[doc = include_str!("../salvo.md")]
pub mod salvo {}

/// The page for poem.
#[doc = include_str!("../poem.md")]
pub mod poem {}

/// The page for tower services.
#[doc = include_str!("../tower.md")]
pub mod tower {}

/// Lambda, and servers that are only tower.
#[doc = include_str!("../lambda.md")]
pub mod lambda_page {}

/// Sessions that another server's proxy asks about.
#[doc = include_str!("../forward-auth.md")]
pub mod forward_auth {}

/// The sign-in page of guards.
#[doc = include_str!("../guards.md")]
pub mod guards {}

/// A recent proof of who the visitor is.
#[doc = include_str!("../step-up.md")]
pub mod step_up {}

/// Support that sees what a customer sees.
#[doc = include_str!("../acting-as.md")]
pub mod acting_as {}

/// Who signs in and out.
#[doc = include_str!("../signing-in.md")]
pub mod signing_in {}

/// Who signs in with an identity provider.
#[doc = include_str!("../oidc.md")]
pub mod oidc {}

/// Requests that other origins cause.
#[doc = include_str!("../cross-origin.md")]
pub mod cross_origin {}

/// Tokens in forms.
#[doc = include_str!("../form-tokens.md")]
pub mod form_tokens {}

/// A type of an attribute, across deploys.
#[doc = include_str!("../changing-types.md")]
pub mod changing_types {}

/// Sessions in header fields.
#[doc = include_str!("../clients-without-cookies.md")]
pub mod clients_without_cookies {}

/// Sessions that fit in no cookie.
#[doc = include_str!("../overflow.md")]
pub mod overflow {}

/// Keys, from the first one to a leaked one.
#[doc = include_str!("../keys.md")]
pub mod keys {}

/// Sessions that end at the server.
#[doc = include_str!("../revocation.md")]
pub mod revocation {}

/// Messages for the next page.
#[doc = include_str!("../flash.md")]
pub mod flash {}

/// Visitors of one site who come to another.
#[doc = include_str!("../hand-over.md")]
pub mod hand_over {}

/// Things that count once.
#[doc = include_str!("../once.md")]
pub mod once {}

/// Passkeys, of which a session holds a part.
#[doc = include_str!("../webauthn.md")]
pub mod webauthn {}

/// Links that reset, confirm and invite.
#[doc = include_str!("../tickets.md")]
pub mod tickets {}

/// Another name or scope, without signing anybody out.
#[doc = include_str!("../moving-cookies.md")]
pub mod moving_cookies {}

/// Metrics and log ids.
#[doc = include_str!("../observability.md")]
pub mod observability {}

/// Sessions in links.
#[doc = include_str!("../url-transport.md")]
pub mod url_transport {}

/// The README of the axum adapter.
#[doc = include_str!("../../adapters/axum/README.md")]
pub mod axum_front {}

/// The README of the actix-web adapter.
#[doc = include_str!("../../adapters/actix/README.md")]
pub mod actix_front {}

/// The README of the Rocket adapter.
#[doc = include_str!("../../adapters/rocket/README.md")]
pub mod rocket_front {}

/// The README of the tower adapter.
#[doc = include_str!("../../adapters/tower/README.md")]
pub mod tower_front {}

/// The README of the list of scenarios.
#[doc = include_str!("../../conformance/README.md")]
pub mod conformance {}
