//! One cookie, as a browser keeps it (RFC 6265bis sections 5.6 to 5.8).
//!
//! Knows no public suffixes, and no `SameSite`: every request of a test is one of the same site.

use time::format_description::well_known::Rfc2822;
use time::{Duration, OffsetDateTime};

/// Bytes of name and value together (section 5.6, step 5).
const PAIR_MAX: usize = 4_096;
/// Bytes of an attribute's value (section 5.6).
const ATTRIBUTE_MAX: usize = 1_024;
/// As long as a browser keeps any cookie (section 5.5).
const LIFETIME_MAX: Duration = Duration::days(400);

/// The page that a browser is on: cookies of one origin are not kept for all others.
#[derive(Clone)]
pub(super) struct Page {
    pub(super) is_https: bool,
    /// Without a port, which cookies ignore; in lower case.
    pub(super) host: String,
}

impl Page {
    /// Reads `scheme://host:port`.
    pub(super) fn parse(origin: &str) -> Page {
        let (scheme, rest) = origin.split_once("://").unwrap_or(("https", origin));
        let authority = rest.split('/').next().unwrap_or_default();
        let host = match authority.find(']') {
            Some(end) => authority.get(..=end),
            None => authority.split(':').next(),
        };
        Page {
            is_https: scheme.eq_ignore_ascii_case("https"),
            host: host.unwrap_or_default().to_ascii_lowercase(),
        }
    }

    /// Returns whether cookies for `domain` are those of this host (section 5.1.3).
    fn matches(&self, domain: &str) -> bool {
        let is_address =
            self.host.starts_with('[') || self.host.parse::<std::net::IpAddr>().is_ok();
        let above = self.host.strip_suffix(domain);
        above.is_some_and(|above| above.is_empty() || (above.ends_with('.') && !is_address))
    }
}

/// A cookie that a browser has.
#[derive(Clone)]
pub(super) struct StoredCookie {
    pub(super) name: String,
    pub(super) value: String,
    /// The host that set it.
    host: String,
    /// This host and all below it; `None` for the host that set it.
    domain: Option<String>,
    /// That of its attribute, if there was one.
    path: Option<String>,
    is_secure: bool,
    /// In a jar of its own, for each site that embeds this one (CHIPS, section 2).
    is_partitioned: bool,
    /// `None` until the browser is closed.
    until: Option<OffsetDateTime>,
}

impl StoredCookie {
    /// Reads a `Set-Cookie` value. `None` if a browser on this page ignores it.
    pub(super) fn parse(line: &str, page: &Page, now: OffsetDateTime) -> Option<StoredCookie> {
        if line
            .bytes()
            .any(|byte| byte.is_ascii_control() && byte != b'\t')
        {
            return None;
        }
        let mut parts = line.split(';').map(str::trim);
        let pair = parts.next()?;
        let (name, value) = pair.split_once('=').unwrap_or(("", pair));
        let (name, value) = (name.trim_end(), value.trim_start());
        if (name.is_empty() && value.is_empty()) || name.len() + value.len() > PAIR_MAX {
            return None;
        }
        let mut cookie = StoredCookie {
            name: name.to_owned(),
            value: value.to_owned(),
            host: page.host.clone(),
            domain: None,
            path: None,
            is_secure: false,
            is_partitioned: false,
            until: None,
        };
        let (mut expires, mut max_age) = (None, None);
        for part in parts {
            let (attribute, value) = part.split_once('=').unwrap_or((part, ""));
            let (attribute, value) = (attribute.trim_end(), value.trim_start());
            if value.len() > ATTRIBUTE_MAX {
                continue;
            }
            // The last one of a name counts.
            match attribute.to_ascii_lowercase().as_str() {
                "expires" => expires = OffsetDateTime::parse(value, &Rfc2822).ok().or(expires),
                "max-age" => max_age = seconds(value).or(max_age),
                "domain" => cookie.domain = domain(value),
                "path" => cookie.path = path(value),
                "secure" => cookie.is_secure = true,
                "partitioned" => cookie.is_partitioned = true,
                _ => {}
            }
        }
        let aged = max_age.map(|age| now.checked_add(age.min(LIFETIME_MAX)).unwrap_or(now));
        let latest = now.checked_add(LIFETIME_MAX).unwrap_or(now);
        cookie.until = aged.or(expires).map(|until| until.min(latest));
        cookie.is_allowed(page).then_some(cookie)
    }

    /// Returns whether this page may set it: its domain, its scheme, and the prefix of its name, in which
    /// case does not count (sections 5.4 and 5.7).
    fn is_allowed(&self, page: &Page) -> bool {
        let name = self.name.to_ascii_lowercase();
        let value = self.value.to_ascii_lowercase();
        let is_host_only = self.domain.is_none() && self.path.as_deref() == Some("/");
        let prefix_holds = match name.as_str() {
            "" => !value.starts_with("__host-") && !value.starts_with("__secure-"),
            name if name.starts_with("__host-") => self.is_secure && is_host_only,
            name => self.is_secure || !name.starts_with("__secure-"),
        };
        let domain_holds = self.domain.as_deref().is_none_or(|domain| {
            // One label is a public suffix, such as `com`, unless it is the host itself.
            page.matches(domain) && (domain.contains('.') || domain == page.host)
        });
        let secure_holds = match self.is_secure {
            true => page.is_https,
            false => !self.is_partitioned,
        };
        prefix_holds && domain_holds && secure_holds
    }

    fn path(&self) -> &str {
        self.path.as_deref().unwrap_or("/")
    }

    /// Returns whether it takes the place of `other`: all that a browser tells cookies apart by is equal.
    pub(super) fn replaces(&self, other: &StoredCookie) -> bool {
        self.name == other.name
            && self.domain == other.domain
            && (self.domain.is_some() || self.host == other.host)
            && self.path() == other.path()
            && self.is_partitioned == other.is_partitioned
    }

    /// Returns whether it has ended.
    pub(super) fn is_over(&self, now: OffsetDateTime) -> bool {
        self.until.is_some_and(|until| until <= now)
    }

    /// Returns whether it stays when the browser is closed.
    pub(super) fn is_lasting(&self) -> bool {
        self.until.is_some()
    }

    /// Returns the length of its path: longer ones are sent first.
    pub(super) fn depth(&self) -> usize {
        self.path().len()
    }

    /// Returns whether a request for this path on this page carries it (sections 5.1.4 and 5.8.3).
    pub(super) fn is_sent(&self, page: &Page, path: &str) -> bool {
        let below = path.strip_prefix(self.path());
        let path_matches = below.is_some_and(|below| {
            below.is_empty() || self.path().ends_with('/') || below.starts_with('/')
        });
        let host_matches = match &self.domain {
            Some(domain) => page.matches(domain),
            None => page.host == self.host,
        };
        host_matches && path_matches && (page.is_https || !self.is_secure)
    }

    /// Returns `name=value`, as it is sent.
    pub(super) fn pair(&self) -> String {
        match self.name.as_str() {
            "" => self.value.clone(),
            name => format!("{name}={}", self.value),
        }
    }
}

/// Reads a `Max-Age`: digits, behind a sign at most. So many that they overflow are a long time.
fn seconds(text: &str) -> Option<Duration> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let seconds = digits.parse().unwrap_or(i64::MAX);
    Some(if digits.len() < text.len() {
        Duration::ZERO
    } else {
        Duration::seconds(seconds)
    })
}

fn domain(value: &str) -> Option<String> {
    let value = value.strip_prefix('.').unwrap_or(value);
    (!value.is_empty()).then(|| value.to_ascii_lowercase())
}

fn path(value: &str) -> Option<String> {
    value.starts_with('/').then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

    /// Returns what a request for `path` carries after `line` came from `origin`.
    fn sent(origin: &str, line: &str, path: &str) -> String {
        let page = Page::parse(origin);
        let cookie = StoredCookie::parse(line, &page, NOW);
        let cookie = cookie.filter(|cookie| !cookie.is_over(NOW) && cookie.is_sent(&page, path));
        cookie.map(|cookie| cookie.pair()).unwrap_or_default()
    }

    #[test]
    fn cookies_are_kept_or_ignored_as_browsers_do_it() {
        let (https, http) = ("https://a.example.com:8443/page", "http://a.example.com");
        let long = format!("a={}", "x".repeat(4_095));
        let longer = format!("{long}x");
        let far = format!("a=1; Path=/{}", "x".repeat(1_024));
        // From where, the line, and what is sent: all of the pair, or nothing.
        let table = [
            (https, "a=1", "a=1"),
            (https, " a = 1=2 ; Secure", "a=1=2"),
            (https, "a=", "a="),
            (https, "alone", "alone"),
            (https, "=alone", "alone"),
            (https, "", ""),
            (https, "=", ""),
            (https, "a=1\0", ""),
            (https, "a=1\t; Secure", "a=1"),
            (https, &long, &long),
            (https, &longer, ""),
            (https, &far, "a=1"),
            (https, "a=1; Secure", "a=1"),
            (http, "a=1; Secure", ""),
            (http, "a=1", "a=1"),
            (https, "a=1; Secure; Partitioned", "a=1"),
            (https, "a=1; Partitioned", ""),
            (https, "__Secure-a=1; secure", "__Secure-a=1"),
            (https, "__secure-a=1", ""),
            (https, "__Host-a=1; Secure; Path=/", "__Host-a=1"),
            (https, "__HOST-a=1; Secure", ""),
            (https, "__Host-a=1; Path=/", ""),
            (https, "__Host-a=1; Secure; Path=/shop", ""),
            (
                https,
                "__Host-a=1; Secure; Path=/; Domain=a.example.com",
                "",
            ),
            (https, "=__Host-a; Secure; Path=/", ""),
            (https, "=__secure-a; Secure", ""),
            (https, "a=1; Domain=a.example.com", "a=1"),
            (https, "a=1; Domain=.EXAMPLE.com", "a=1"),
            (https, "a=1; Domain=", "a=1"),
            (https, "a=1; Domain=b.a.example.com", ""),
            (https, "a=1; Domain=ample.com", ""),
            (https, "a=1; Domain=com", ""),
            (https, "a=1; Domain=b.example; Domain=example.com", "a=1"),
            ("https://localhost", "a=1; Domain=localhost", "a=1"),
            ("http://127.0.0.1:80", "a=1; Domain=0.0.1", ""),
            ("http://[::1]:80", "a=1; Domain=[::1]", "a=1"),
            (https, "a=1; Path=/; Path=/shop/cart", "a=1"),
            (https, "a=1; Path=/shop", "a=1"),
            (https, "a=1; Path=/shop/", "a=1"),
            (https, "a=1; Path=shop", "a=1"),
            (https, "a=1; Path=/sh", ""),
            (https, "a=1; Path=/shop/cart/2", ""),
            (https, "a=1; Max-Age=1", "a=1"),
            (https, "a=1; Max-Age=0", ""),
            (https, "a=1; Max-Age=-1", ""),
            (https, "a=1; Max-Age=-99999999999999999999", ""),
            (https, "a=1; Max-Age=99999999999999999999", "a=1"),
            (https, "a=1; Max-Age=0; Max-Age=9", "a=1"),
            (https, "a=1; Max-Age=0x; Max-Age=; Max-Age=-", "a=1"),
            (https, "a=1; Expires=Thu, 01 Jan 1970 00:00:01 GMT", "a=1"),
            (https, "a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT", ""),
            (
                https,
                "a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; max-age=9",
                "a=1",
            ),
            (https, "a=1; Expires=yesterday", "a=1"),
        ];
        for (origin, line, wanted) in table {
            assert_eq!(
                sent(origin, line, "/shop/cart"),
                wanted,
                "{line} from {origin}"
            );
        }
    }

    #[test]
    fn no_cookie_lives_longer_than_400_days() {
        let page = Page::parse("https://localhost");
        for age in ["Max-Age=999999999", "Expires=Fri, 31 Dec 9999 23:59:59 GMT"] {
            let cookie = StoredCookie::parse(&format!("a=1; {age}"), &page, NOW).unwrap();
            assert!(!cookie.is_over(NOW + Duration::days(400) - Duration::SECOND));
            assert!(cookie.is_over(NOW + Duration::days(400)) && cookie.is_lasting());
        }
    }
}
