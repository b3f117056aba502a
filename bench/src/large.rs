//! The session of two attributes: the tokens of the corpus, and a small one beside them.

use sealed_session::Attribute;
use sealed_session_paths::kind::{DARK, THEME};
use sealed_session_paths::value::Value;
use serde::{Deserialize, Serialize};

use crate::Tokens;

/// Both attributes as one value, for libraries that know cookies and no attributes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Large {
    pub(crate) oidc: Tokens,
    pub(crate) theme: Theme,
}

impl Large {
    pub(crate) fn original() -> Result<Large, String> {
        Ok(Large {
            oidc: Tokens::original()?,
            theme: Theme::original()?,
        })
    }
}

/// The small attribute: a word, stored as one.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Theme(String);

impl Value for Theme {
    const NAME: &'static str = THEME;
    const KEY: Attribute<Theme> = Attribute::new(THEME);

    fn original() -> Result<Theme, String> {
        Ok(Theme(DARK.to_owned()))
    }

    fn changed(self, n: u16) -> Theme {
        Theme(format!("{}-{n}", self.0))
    }
}
