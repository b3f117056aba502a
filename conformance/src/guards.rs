//! The guards in front of some routes of the list's app.

use std::time::Duration;

use sealed_session::{Error, Guard};

use crate::site::Prefs;

/// Lets pass who is signed in, and sends others to `/sign-in`.
///
/// # Errors
///
/// None in practice.
///
/// ```
/// assert!(conformance::guards::members().is_ok());
/// ```
pub fn members() -> Result<Guard, Error> {
    Guard::signed_in().or_redirect("/sign-in")
}

/// Lets pass who is signed in as anybody but Eve, and has a role, `admin`.
///
/// # Errors
///
/// None in practice.
///
/// ```
/// assert!(conformance::guards::admins().is_ok());
/// ```
pub fn admins() -> Result<Guard, Error> {
    let admins = members()?.attribute("role", |role: &String| role == "admin");
    Ok(admins.subject(|who| who != "eve"))
}

/// Lets pass who has a theme among their [`Prefs`], signed in or not.
///
/// # Errors
///
/// None in practice.
///
/// ```
/// assert!(conformance::guards::themed().is_ok());
/// ```
pub fn themed() -> Result<Guard, Error> {
    let themed = Guard::live().of::<Prefs>();
    Ok(themed.attribute("theme", |theme: &String| !theme.is_empty()))
}

/// Lets pass who is signed in, confirmed who they are within five minutes, and acts as nobody else.
///
/// # Errors
///
/// None in practice.
///
/// ```
/// assert!(conformance::guards::confirmed().is_ok());
/// ```
pub fn confirmed() -> Result<Guard, Error> {
    let confirmed = members()?.confirmed_within(Duration::from_secs(300));
    confirmed.or_confirm("/confirm")
}

/// Lets pass who is signed in, and is known in this request not to be signed out at the server.
///
/// ```
/// let _ = conformance::guards::fresh();
/// ```
#[must_use]
pub fn fresh() -> Guard {
    Guard::signed_in().known_within(Duration::ZERO)
}
