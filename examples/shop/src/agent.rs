//! What a visitor's browser calls itself, in words by which people recognise a device.
//!
//! A `User-Agent` is a claim, and proves nothing. Nothing of it is kept but the words below.

use std::convert::Infallible;
use std::fmt;

use axum::extract::FromRequestParts;
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;

/// A browser and its system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agent {
    browser: &'static str,
    system: &'static str,
}

/// What a browser puts into its `User-Agent`, and its name. Most also name others, so the first one counts.
const BROWSERS: [(&str, &str); 9] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
];

/// Likewise for systems. Android says that it is Linux, and an iPhone that it is like macOS.
const SYSTEMS: [(&str, &str); 7] = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

impl Agent {
    /// Reads a `User-Agent`, which may be anything.
    ///
    /// ```
    /// let agent = shop::Agent::of("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0");
    /// assert_eq!(agent.to_string(), "Firefox on Linux");
    /// assert_eq!(shop::Agent::of("?").to_string(), "A browser");
    /// ```
    #[must_use]
    pub fn of(text: &str) -> Agent {
        let word = |words: &[(&str, &'static str)]| {
            let found = words.iter().find(|(token, _)| text.contains(token));
            found.map_or("", |(_, word)| *word)
        };
        Agent {
            browser: word(&BROWSERS),
            system: word(&SYSTEMS),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Agent {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Agent, Infallible> {
        let text = parts.headers.get(USER_AGENT);
        let text = text.and_then(|text| text.to_str().ok());
        Ok(Agent::of(text.unwrap_or_default()))
    }
}

impl fmt::Display for Agent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.browser, self.system) {
            ("", "") => f.write_str("A browser"),
            (browser, "") => f.write_str(browser),
            ("", system) => write!(f, "A browser on {system}"),
            (browser, system) => write!(f, "{browser} on {system}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_that_name_each_other_are_told_apart() {
        let webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
        for (text, wanted) in [
            (
                format!(
                    "Mozilla/5.0 (Windows NT 10.0) {webkit} Chrome/142.0 Safari/537.36 Edg/142.0"
                ),
                "Edge on Windows",
            ),
            (
                format!(
                    "Mozilla/5.0 (Linux; Android 10; K) {webkit} Chrome/142.0 Mobile Safari/537.36"
                ),
                "Chrome on Android",
            ),
            (
                format!(
                    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) {webkit} Safari/604.1"
                ),
                "Safari on iPhone",
            ),
            (
                format!(
                    "Mozilla/5.0 (X11; Linux x86_64) {webkit} HeadlessChrome/142.0 Safari/537.36"
                ),
                "Chrome on Linux",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:145.0) Firefox/145.0".to_owned(),
                "Firefox on macOS",
            ),
            ("curl/8.14.1".to_owned(), "curl"),
            ("Lynx (Linux)".to_owned(), "A browser on Linux"),
            (String::new(), "A browser"),
        ] {
            assert_eq!(Agent::of(&text).to_string(), wanted, "{text}");
        }
    }
}
