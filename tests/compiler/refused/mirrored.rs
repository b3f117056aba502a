//! What `mirrored!` must not take, each with a text that says why.

use sealed_session::{Attribute, mirrored};

mirrored! { struct LeftOut { #[serde(skip_serializing_if = "Option::is_none")] a: Option<u8>, b: u8 } }
mirrored! { struct Skipped { #[serde(default, skip)] a: u8, b: u8 } }
mirrored! { struct Written { #[serde(skip_deserializing)] a: u8 } }
mirrored! { struct Flat { #[serde(flatten)] a: std::collections::BTreeMap<String, u8> } }
mirrored! { struct Renamed { #[serde(rename(serialize = "b"))] a: u8 } }
mirrored! { struct Aliased { #[serde(alias = "b")] a: u8 } }
mirrored! { struct With { #[serde(with = "module")] a: u8 } }
mirrored! { struct Newtype(#[serde(serialize_with = "module")] u8); }
mirrored! { struct Conditional { #[cfg_attr(all(), serde(skip))] a: u8 } }
mirrored! { struct RawName { #[r#cfg_attr(all(), serde(skip))] a: u8 } }
mirrored! { enum Shifted { #[serde(skip)] A, B } }
mirrored! { enum Other { A, #[serde(other)] B } }
mirrored! { enum Within { A { #[serde(skip)] a: u8, b: u8 } } }
mirrored! { #[serde(untagged)] enum Untagged { A(u8), B(u8) } }
mirrored! { #[derive(Clone)] #[serde(into = "u8", from = "u8")] struct Through { a: u8 } }
mirrored! { #[rewritten] struct Rewritten { a: u8 } }
mirrored! { struct Generic<T> { a: T } }
mirrored! { struct Tuple(u8, u8); }

macro_rules! wrapped {
    ($(#[$of:meta])* $name:ident { $(#[$within:meta])* $field:ident }) => {
        mirrored! { $(#[$of])* struct $name { $(#[$within])* $field: u8 } }
    };
}

wrapped! { Wrapped { #[serde(serialize_with = "module")] a } }
wrapped! { #[serde(transparent)] Around { a } }

mirrored! { #[derive(serde::Serialize)] struct Twice { a: u8 } }
mirrored! { struct ByHand { a: u8 } }

impl serde::Serialize for ByHand {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(self.a)
    }
}

impl From<Through> for u8 {
    fn from(through: Through) -> u8 {
        through.a
    }
}

impl From<u8> for Through {
    fn from(a: u8) -> Through {
        Through { a: a + 1 }
    }
}

#[derive(serde::Serialize, serde::Deserialize)]
struct Inner {
    a: u8,
}

mirrored! { struct Holding { inner: Vec<Inner> } }

mirrored! { #[derive(PartialEq, Eq)] struct Article(u8); }

// A map that is filled again would hold one article.
impl Ord for Article {
    fn cmp(&self, _: &Article) -> std::cmp::Ordering {
        std::cmp::Ordering::Equal
    }
}

impl PartialOrd for Article {
    fn partial_cmp(&self, other: &Article) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

mirrored! { struct Counted { articles: std::collections::BTreeMap<Article, u8> } }

const INNER: Attribute<Inner> = Attribute::mirrored("inner");

fn main() {}
