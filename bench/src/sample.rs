//! A session to measure: one of the corpus, or a JSON file.

use std::fs;
use std::path::Path;

use sealed_session_paths::value::Value;
use serde::Serialize;
use serde_json::Value as Json;

use crate::beside::{Beside, Theme};
use crate::{Cart, Kind, Login, Tokens};

/// The contents of one session, under a name.
#[derive(Clone, Debug)]
pub struct Sample {
    name: String,
    content: Content,
}

/// Serializes as what it holds.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
enum Content {
    Cart(Cart),
    Json(Json),
    CartBeside(Beside<Cart>),
    Login(Login),
    LoginBeside(Beside<Login>),
    Tokens(Tokens),
    TokensBeside(Beside<Tokens>),
}

/// One attribute's value. Serializes as what it holds.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(untagged)]
pub enum Part<'a> {
    /// The whole of `cart`.
    Cart(&'a Cart),
    /// A value of a further file.
    Json(&'a Json),
    /// The whole of `login`.
    Login(&'a Login),
    /// The small attribute beside one of these.
    Theme(&'a Theme),
    /// The whole of `oidc`.
    Tokens(&'a Tokens),
}

impl Sample {
    /// Reads a session of the corpus, with a struct type for each attribute.
    ///
    /// # Errors
    ///
    /// If a file there is not what its type says.
    pub fn of(kind: Kind) -> Result<Sample, String> {
        let name = kind.name();
        let content = match kind {
            Kind::Login => Login::original().map(Content::Login),
            Kind::Cart => Cart::original().map(Content::Cart),
            Kind::Oidc => Tokens::original().map(Content::Tokens),
            Kind::Large => Beside::original().map(Content::TokensBeside),
        };
        Sample::named(name, content)
    }

    /// Reads a session of the corpus, and puts a small attribute beside it.
    ///
    /// # Errors
    ///
    /// As [`Sample::of`].
    pub fn beside(kind: Kind) -> Result<Sample, String> {
        let content = match kind {
            Kind::Login => Beside::original().map(Content::LoginBeside),
            Kind::Cart => Beside::original().map(Content::CartBeside),
            Kind::Oidc | Kind::Large => Beside::original().map(Content::TokensBeside),
        };
        Sample::named(kind.name(), content)
    }

    fn named(name: &str, content: Result<Content, String>) -> Result<Sample, String> {
        let content = content.map_err(|cause| {
            format!("corpus/{name}.json does not fit its type ({cause}); change one")
        })?;
        Ok(Sample {
            name: name.to_owned(),
            content,
        })
    }

    /// Reads the three sessions that are one attribute each.
    ///
    /// # Errors
    ///
    /// As [`Sample::of`].
    pub fn corpus() -> Result<Vec<Sample>, String> {
        Kind::CORPUS.into_iter().map(Sample::of).collect()
    }

    /// Reads a JSON file, under the file's stem. Its members are attributes; what is no object is
    /// one attribute.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is not JSON.
    pub fn read(path: &Path) -> Result<Sample, String> {
        let shown = path.display();
        let text = fs::read_to_string(path)
            .map_err(|cause| format!("{shown}: {cause}; name a JSON file that can be read"))?;
        let value = serde_json::from_str(&text).map_err(|cause| {
            format!("{shown} is not JSON ({cause}); correct it or leave it out")
        })?;
        let stem = path.file_stem().unwrap_or(path.as_os_str());
        Ok(Sample {
            name: stem.to_string_lossy().into_owned(),
            content: Content::Json(value),
        })
    }

    /// Returns the name that the figures are reported under.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Gives the session another name.
    #[must_use]
    pub fn renamed(mut self, name: impl Into<String>) -> Sample {
        self.name = name.into();
        self
    }

    /// Returns the attributes, by name.
    #[must_use]
    pub fn parts(&self) -> Vec<(&str, Part<'_>)> {
        match &self.content {
            Content::Cart(cart) => vec![(Cart::NAME, Part::Cart(cart))],
            Content::CartBeside(both) => both.parts(Part::Cart, Part::Theme),
            Content::LoginBeside(both) => both.parts(Part::Login, Part::Theme),
            Content::TokensBeside(both) => both.parts(Part::Tokens, Part::Theme),
            Content::Login(login) => vec![(Login::NAME, Part::Login(login))],
            Content::Tokens(tokens) => vec![(Tokens::NAME, Part::Tokens(tokens))],
            Content::Json(Json::Object(members)) => members
                .iter()
                .map(|(name, value)| (name.as_str(), Part::Json(value)))
                .collect(),
            Content::Json(value) => vec![(&self.name, Part::Json(value))],
        }
    }

    /// Writes everything as one JSON text, for libraries that know cookies and no attributes.
    ///
    /// # Errors
    ///
    /// As `serde_json`.
    pub fn to_json(&self) -> Result<String, String> {
        serde_json::to_string(&self.content).map_err(|cause| cause.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_the_corpus_is_lost_in_its_types() {
        let texts = [
            include_str!("../../corpus/login.json"),
            include_str!("../../corpus/cart.json"),
            include_str!("../../corpus/oidc.json"),
        ];
        for (sample, text) in Sample::corpus().unwrap().iter().zip(texts) {
            assert_eq!(sample.to_json().unwrap(), text.trim_end());
            assert_eq!(sample.parts().len(), 1);
        }
    }

    #[test]
    fn members_are_attributes() {
        let sample = |text| Sample {
            name: "file".to_owned(),
            content: Content::Json(serde_json::from_str(text).unwrap()),
        };
        let names = |sample: &Sample| -> Vec<String> {
            let parts = sample.parts();
            parts.iter().map(|(name, _)| (*name).to_owned()).collect()
        };
        assert_eq!(names(&sample(r#"{"a": 1, "b": {"c": 2}}"#)), ["a", "b"]);
        assert_eq!(names(&sample("[1, 2]")), ["file"]);
        assert!(names(&sample("{}")).is_empty());
    }
}
