//! A small attribute beside one of the corpus: what most handlers change, while they only read the rest.

use sealed_session::{Attribute, mirrored};
use sealed_session_paths::kind::{DARK, THEME};
use sealed_session_paths::value::Value;
use serde::{Deserialize, Serialize};

/// Both attributes as one value, for libraries that know cookies and no attributes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Beside<T> {
    pub(crate) value: T,
    pub(crate) theme: Theme,
}

impl<T: Value> Beside<T> {
    pub(crate) fn original() -> Result<Beside<T>, String> {
        Ok(Beside {
            value: T::original()?,
            theme: Theme::original()?,
        })
    }

    /// Returns the attributes, by name.
    pub(crate) fn parts<'a, P>(
        &'a self,
        value: fn(&'a T) -> P,
        theme: fn(&'a Theme) -> P,
    ) -> Vec<(&'a str, P)> {
        vec![
            (T::NAME, value(&self.value)),
            (Theme::NAME, theme(&self.theme)),
        ]
    }
}

mirrored! {
    /// The small attribute: a word, stored as one.
    #[derive(Clone, Debug)]
    pub struct Theme(String);
}

impl Value for Theme {
    const NAME: &'static str = THEME;
    const KEY: Attribute<Theme> = Attribute::mirrored(THEME);

    fn original() -> Result<Theme, String> {
        Ok(Theme(DARK.to_owned()))
    }

    fn changed(self, n: u16) -> Theme {
        Theme(format!("{}-{n}", self.0))
    }
}
