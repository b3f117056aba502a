//! Which session a request brings or writes.

use serde::Serialize;

use crate::{Cart, Login, Tokens};

use super::value::{self, Value};

/// The small attribute beside the tokens of [`Kind::Large`].
pub const THEME: &str = "theme";
/// Its value.
pub const DARK: &str = "dark";

/// A session of the corpus, or one of several attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `corpus/login.json`, one attribute.
    Login,
    /// `corpus/cart.json`, one attribute.
    Cart,
    /// `corpus/oidc.json`, one attribute.
    Oidc,
    /// The tokens of `corpus/oidc.json`, and a small attribute `theme`.
    Large,
}

impl Kind {
    /// Those of the corpus.
    pub const CORPUS: [Kind; 3] = [Kind::Login, Kind::Cart, Kind::Oidc];

    /// Returns what it is called in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::Login => "login",
            Kind::Cart => "cart",
            Kind::Oidc => "oidc",
            Kind::Large => "oidc + theme",
        }
    }

    /// Returns what a handler sees that reads all of it, each value as JSON.
    ///
    /// # Errors
    ///
    /// If the corpus does not parse.
    pub fn values(self) -> Result<Vec<String>, String> {
        let dark = format!("\"{DARK}\"");
        Ok(match self {
            Kind::Login => vec![json(&Login::original()?)?],
            Kind::Cart => vec![json(&Cart::original()?)?],
            Kind::Oidc => vec![json(&Tokens::original()?)?],
            Kind::Large => vec![json(&Tokens::original()?)?, dark],
        })
    }

    /// Returns what a handler sees after one of the changes that a write makes.
    ///
    /// # Errors
    ///
    /// If the corpus does not parse.
    pub fn changes(self) -> Result<Vec<String>, String> {
        fn changes<T: Value>() -> Result<Vec<String>, String> {
            value::changes::<T>()?.iter().map(json).collect()
        }
        match self {
            Kind::Login => changes::<Login>(),
            Kind::Cart => changes::<Cart>(),
            Kind::Oidc | Kind::Large => changes::<Tokens>(),
        }
    }
}

fn json<T: Serialize>(value: &T) -> Result<String, String> {
    serde_json::to_string(value).map_err(|cause| cause.to_string())
}
