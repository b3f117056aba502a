//! Every library that is measured, behind one function: a session in, `Set-Cookie` lines out.

mod actix_session;
mod axum_extra;
mod here;
mod reply;
mod tower_sessions;

use std::sync::Arc;

use crate::{Figure, Sample};

/// The `Set-Cookie` lines of the response to a request that stored all of a sample, or why there
/// are none.
type Lines = Result<Vec<String>, String>;

/// A library in one configuration.
#[derive(Clone, Debug)]
pub struct Library {
    name: String,
    is_ours: bool,
    respond: fn(Arc<Sample>) -> Lines,
}

impl Library {
    /// This library in its default configuration.
    #[must_use]
    pub fn here() -> Library {
        Library::ours("sealed-session", here::default)
    }

    /// This library where every byte counts.
    #[must_use]
    pub fn smallest() -> Library {
        Library::ours("sealed-session, smallest", here::smallest)
    }

    /// This library without packing and compression.
    #[must_use]
    pub fn uncompressed() -> Library {
        Library::ours("sealed-session, uncompressed", here::uncompressed)
    }

    /// All of them, in the order of the table.
    #[must_use]
    pub fn all() -> Vec<Library> {
        vec![
            Library::here(),
            Library::smallest(),
            Library::ours("sealed-session, signed", here::signed),
            Library::peer("axum-extra", "PrivateCookieJar", axum_extra::private),
            Library::peer("axum-extra", "SignedCookieJar", axum_extra::signed),
            Library::peer("actix-session", "private", actix_session::private),
            Library::peer(
                "tower-sessions-cookie-store",
                "private",
                tower_sessions::private,
            ),
        ]
    }

    fn ours(name: &str, respond: fn(Arc<Sample>) -> Lines) -> Library {
        Library {
            name: name.to_owned(),
            is_ours: true,
            respond,
        }
    }

    fn peer(package: &str, configuration: &str, respond: fn(Arc<Sample>) -> Lines) -> Library {
        let version = locked(package).unwrap_or("?");
        Library {
            name: format!("{package} {version}, {configuration}"),
            is_ours: false,
            respond,
        }
    }

    /// The package, its version and its configuration.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is this library.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        self.is_ours
    }

    /// What `sample` costs: the median of many requests, or what went wrong first.
    #[must_use]
    pub fn measure(&self, sample: &Sample) -> Figure {
        let sample = Arc::new(sample.clone());
        let once = || match (self.respond)(Arc::clone(&sample)) {
            Ok(lines) if lines.is_empty() && !sample.parts().is_empty() => {
                Figure::Failed("the response sets no cookie".to_owned())
            }
            Ok(lines) => Figure::of(&lines),
            Err(what) => Figure::Failed(what),
        };
        let mut figures = vec![once()];
        let runs = match figures.first().and_then(Figure::bytes) {
            // The longer a text the less its length varies in proportion.
            Some(bytes) => (BYTES / bytes.max(1)).clamp(RUNS_MIN, RUNS_MAX),
            None => 1,
        };
        while figures.len() < runs {
            let figure = once();
            if figure.bytes().is_none() {
                return figure;
            }
            figures.push(figure);
        }
        Figure::median(figures).unwrap_or(Figure::Kept(0))
    }
}

/// So many requests that the medians of two runs lie within 2 % of each other; odd.
const RUNS_MAX: usize = 101;
const RUNS_MIN: usize = 5;

/// How many bytes all requests for one figure produce, about.
const BYTES: usize = 500_000;

/// The version of `package` in the lock file.
pub(crate) fn locked(package: &str) -> Option<&'static str> {
    let entry = format!("name = \"{package}\"\nversion = \"");
    let (_, behind) = include_str!("../../Cargo.lock").split_once(&entry)?;
    behind.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::locked;

    #[test]
    fn versions_come_from_the_lock_file() {
        assert!(locked("axum-extra").unwrap().starts_with("0.12."));
        assert_eq!(locked("no-such-package"), None);
    }
}
