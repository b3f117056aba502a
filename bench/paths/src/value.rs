//! The values of the corpus, and how requests change them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sealed_session::Attribute;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Cart, Login, Tokens};

/// So many different values are written in turn.
const CHANGES: u16 = 16;

/// Something that is stored as one attribute.
pub trait Value: Clone + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The attribute's name.
    const NAME: &'static str;
    /// The attribute here.
    const KEY: Attribute<Self>;

    /// Reads the one in `corpus/`.
    ///
    /// # Errors
    ///
    /// If it does not parse.
    fn original() -> Result<Self, String>;

    /// Changes a little of it, as a request does; `n` is above zero.
    fn changed(self, n: u16) -> Self;
}

impl Value for Login {
    const NAME: &'static str = "login";
    const KEY: Attribute<Login> = Attribute::mirrored(Self::NAME);

    fn original() -> Result<Login, String> {
        parse(include_str!("../../../corpus/login.json"))
    }

    fn changed(mut self, n: u16) -> Login {
        let rest = self.csrf.get(4..).unwrap_or_default();
        self.csrf = format!("{n:04x}{rest}");
        self
    }
}

impl Value for Cart {
    const NAME: &'static str = "cart";
    const KEY: Attribute<Cart> = Attribute::mirrored(Self::NAME);

    fn original() -> Result<Cart, String> {
        parse(include_str!("../../../corpus/cart.json"))
    }

    fn changed(mut self, n: u16) -> Cart {
        if let Some(item) = self.items.first_mut() {
            item.qty += n;
        }
        self
    }
}

impl Value for Tokens {
    const NAME: &'static str = "oidc";
    const KEY: Attribute<Tokens> = Attribute::mirrored(Self::NAME);

    fn original() -> Result<Tokens, String> {
        parse(include_str!("../../../corpus/oidc.json"))
    }

    fn changed(mut self, n: u16) -> Tokens {
        self.expires_at += u64::from(n);
        self
    }
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|cause| cause.to_string())
}

/// Returns everything that a write stores in turn; the original is not among it.
///
/// # Errors
///
/// If the corpus does not parse.
pub fn changes<T: Value>() -> Result<Vec<T>, String> {
    let original = T::original()?;
    let changed = |n| original.clone().changed(n);
    Ok((1..=CHANGES).map(changed).collect())
}

/// Hands out the changes in turn; a clone hands out the same.
#[derive(Clone, Debug)]
pub struct Changes<T> {
    values: Arc<Vec<T>>,
    next: Arc<AtomicUsize>,
}

impl<T: Value> Changes<T> {
    /// Begins with all that there are.
    ///
    /// # Errors
    ///
    /// If the corpus does not parse.
    pub fn new() -> Result<Changes<T>, String> {
        Ok(Changes::of(changes()?))
    }

    /// Holds only the one that requests find.
    ///
    /// # Errors
    ///
    /// If the corpus does not parse.
    pub fn original() -> Result<Changes<T>, String> {
        Ok(Changes::of(vec![T::original()?]))
    }

    /// Holds only this one.
    pub fn of_one(value: T) -> Changes<T> {
        Changes::of(vec![value])
    }

    fn of(values: Vec<T>) -> Changes<T> {
        Changes {
            values: Arc::new(values),
            next: Arc::default(),
        }
    }

    /// Returns the next one; `None` if there are none at all.
    #[must_use]
    pub fn next(&self) -> Option<&T> {
        let next = self.next.fetch_add(1, Ordering::Relaxed);
        self.values.get(next % self.values.len().max(1))
    }
}
