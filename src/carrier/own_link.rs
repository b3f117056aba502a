//! Links to the own origin, which alone may carry a session.
//!
//! A link that some browser may read as one to elsewhere comes back as it was: losing a session costs
//! a sign-in, and sending one elsewhere gives it away.

use super::query::{is_of, pairs};
use crate::cross_origin::Origin;

/// The origin of a request, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OwnOrigin {
    host: Option<String>,
    may_be_plain: bool,
}

impl OwnOrigin {
    /// Takes the `host` that the request names, with or without a port, and whether plain http is good enough
    /// there: on this machine, and on the hosts of the development profile.
    pub(crate) fn new(host: Option<&str>, may_be_plain: bool) -> OwnOrigin {
        OwnOrigin {
            host: host.map(str::to_ascii_lowercase),
            may_be_plain,
        }
    }

    /// Returns whether an absolute link, split behind its scheme's colon, goes to this origin.
    ///
    /// The scheme of the request is not known behind a proxy. So https is meant, because a session
    /// does not travel in the clear, but where it may.
    fn is_at(&self, scheme: &str, rest: &str) -> bool {
        let is_good = scheme.eq_ignore_ascii_case("https")
            || (self.may_be_plain && scheme.eq_ignore_ascii_case("http"));
        if !is_good {
            return false;
        }
        let Some(rest) = rest.strip_prefix("//") else {
            return false;
        };
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        let there = Origin::new(scheme, authority);
        self.host.as_deref().is_some_and(|host| there.is_at(host))
    }
}

/// A link that may carry a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OwnLink<'a> {
    path: &'a str,
    query: Option<&'a str>,
    fragment: Option<&'a str>,
}

impl<'a> OwnLink<'a> {
    /// Reads `link` as one to the own origin; `None` if it is not certain that it is, and for one that
    /// stays on the page.
    pub(crate) fn own(link: &'a str, own: &OwnOrigin) -> Option<OwnLink<'a>> {
        // Browsers take backslashes for slashes, and drop tabs and line breaks wherever they stand
        // (URL standard, sections 4.4 and 4.1).
        let is_odd = |byte: u8| byte <= b' ' || byte == 0x7f || byte == b'\\';
        if link.bytes().any(is_odd) || link.starts_with("//") {
            return None;
        }
        let (rest, fragment) = match link.split_once('#') {
            Some((rest, fragment)) => (rest, Some(fragment)),
            None => (link, None),
        };
        if rest.is_empty() {
            return None;
        }
        // A colon before any slash ends a scheme, or what some browser takes for one.
        let first = rest.split(['/', '?']).next().unwrap_or_default();
        if let Some((scheme, _)) = first.split_once(':') {
            let behind = rest.get(scheme.len() + 1..).unwrap_or_default();
            if !own.is_at(scheme, behind) {
                return None;
            }
        }
        let (path, query) = match rest.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (rest, None),
        };
        Some(OwnLink {
            path,
            query,
            fragment,
        })
    }

    /// Returns the link with `value` as its only `parameter`, or without the parameter.
    pub(crate) fn with(&self, parameter: &str, value: Option<&str>) -> String {
        let mut link = self.path.to_owned();
        let others = pairs(self.query.unwrap_or_default());
        let others = others.filter(|pair| !is_of(pair, parameter));
        let added = value.map(|value| format!("{parameter}={value}"));
        let mut mark = '?';
        for pair in others.map(str::to_owned).chain(added) {
            link.push(mark);
            link.push_str(&pair);
            mark = '&';
        }
        if let Some(fragment) = self.fragment {
            link.push('#');
            link.push_str(fragment);
        }
        link
    }
}

/// Counts the characters of a link as a browser sends it: it writes each byte beyond ASCII as three.
pub(crate) fn sent_length(link: &str) -> usize {
    let beyond = link.bytes().filter(|byte| !byte.is_ascii()).count();
    link.len() + 2 * beyond
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(link: &str, host: Option<&str>, may_be_plain: bool) -> Option<String> {
        let own = OwnOrigin::new(host, may_be_plain);
        Some(OwnLink::own(link, &own)?.with("s", Some("AQ")))
    }

    #[test]
    fn links_of_this_origin_carry_the_session() {
        let table = [
            ("/", "/?s=AQ"),
            ("cart", "cart?s=AQ"),
            ("./cart", "./cart?s=AQ"),
            ("../cart;v=1", "../cart;v=1?s=AQ"),
            ("?page=2", "?page=2&s=AQ"),
            ("?", "?s=AQ"),
            ("/a?", "/a?s=AQ"),
            ("/a?&&b", "/a?b&s=AQ"),
            ("/a?b=c#d", "/a?b=c&s=AQ#d"),
            ("/a#b?c", "/a?s=AQ#b?c"),
            ("/a#", "/a?s=AQ#"),
            ("/a?s=old&b&s&s=#d", "/a?b&s=AQ#d"),
            ("/a?ss=1&S=2&%73=3", "/a?ss=1&S=2&%73=3&s=AQ"),
            ("/a:b", "/a:b?s=AQ"),
            ("./a:b", "./a:b?s=AQ"),
            ("?u=https://evil.example/", "?u=https://evil.example/&s=AQ"),
            ("/a?u=//evil.example", "/a?u=//evil.example&s=AQ"),
            ("/k\u{fc}che", "/k\u{fc}che?s=AQ"),
            ("/%2f%2fevil.example", "/%2f%2fevil.example?s=AQ"),
            ("https://shop.example", "https://shop.example?s=AQ"),
            ("https://shop.example/", "https://shop.example/?s=AQ"),
            (
                "HTTPS://Shop.Example:443/a",
                "HTTPS://Shop.Example:443/a?s=AQ",
            ),
            ("https://shop.example?a#b", "https://shop.example?a&s=AQ#b"),
        ];
        for (link, wanted) in table {
            assert_eq!(
                encoded(link, Some("shop.example"), false).as_deref(),
                Some(wanted)
            );
        }
        for (link, host) in [
            ("https://shop.example:8443/a", "shop.example:8443"),
            ("https://shop.example/a", "Shop.Example:443"),
            ("https://[2001:db8::1]/a", "[2001:db8::1]"),
        ] {
            assert!(encoded(link, Some(host), false).is_some(), "{link} {host}");
        }
        for link in ["http://localhost:3000/a", "https://localhost:3000/a"] {
            assert!(
                encoded(link, Some("localhost:3000"), true).is_some(),
                "{link}"
            );
        }
    }

    #[test]
    fn every_other_link_comes_back_as_it_was() {
        let table = [
            "",
            "#top",
            "//evil.example/",
            "//shop.example/",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "\\/evil.example",
            "/a\\b",
            " //evil.example",
            "\t//evil.example",
            "/\t/evil.example",
            "\u{0}//evil.example",
            "\u{1f}https://evil.example",
            "/\n/evil.example",
            "/\r/evil.example",
            "/a b",
            "/a\u{7f}",
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            "java\tscript:alert(1)",
            "data:text/html,x",
            "mailto:ada@shop.example",
            "tel:1",
            "blob:https://shop.example/1",
            "view-source:https://shop.example/",
            "a:b",
            "1a:b",
            ":b",
            "https:",
            "https:/shop.example/",
            "https:shop.example/",
            "https:evil.example",
            "https://",
            "https:///shop.example/",
            "https://evil.example/",
            "https://evil.example?shop.example",
            "https://evil.example#@shop.example/",
            "https://shop.example.evil.example/",
            "https://evilshop.example/",
            "https://sub.shop.example/",
            "https://shop.example./",
            "https://shop.example@evil.example/",
            "https://evil.example@shop.example/",
            "https://shop.example:8443/",
            "https://shop.example:80/",
            "https://shop.example:/",
            "https://shop.example:443:443/",
            "https://shop%2eexample/",
            "https://\u{ff53}hop.example/",
            "http://shop.example/",
            "http://shop.example:443/",
            "ws://shop.example/",
            "ftp://shop.example/",
            "//shop.example:443",
        ];
        for link in table {
            // A relative link that only looks odd may be encoded; none here is.
            assert_eq!(encoded(link, Some("shop.example"), false), None, "{link:?}");
        }
        // Without a host of its own, or with a strange one, nothing absolute is own.
        for host in [
            None,
            Some(""),
            Some(":443"),
            Some("shop.example@evil.example"),
        ] {
            for link in [
                "https://shop.example/",
                "https://:443/",
                "https://shop.example@evil.example/",
                "https://evil.example/",
            ] {
                assert_eq!(encoded(link, host, false), None, "{link} {host:?}");
            }
            assert!(encoded("/a", host, false).is_some());
        }
    }

    #[test]
    fn a_parameter_can_be_taken_away() {
        let own = OwnOrigin::new(None, false);
        for (link, wanted) in [("/a?s=x#b", "/a#b"), ("/a?s&b", "/a?b"), ("/a", "/a")] {
            assert_eq!(OwnLink::own(link, &own).unwrap().with("s", None), wanted);
        }
        assert_eq!((sent_length("/a?b"), sent_length("/\u{fc}")), (4, 7));
    }
}
