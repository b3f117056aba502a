//! Requests as browsers and others send them, and why each is refused if another origin caused it.

use sealed_session::adapter::Foreign;

/// One request, and why it is refused.
pub(crate) struct Case {
    pub(crate) method: Option<&'static str>,
    pub(crate) host: Option<&'static str>,
    pub(crate) fields: &'static [(&'static str, &'static [u8])],
    pub(crate) wanted: Option<Foreign>,
}

/// A request to `example.com`.
const fn case(
    method: &'static str,
    fields: &'static [(&'static str, &'static [u8])],
    wanted: Option<Foreign>,
) -> Case {
    Case {
        method: Some(method),
        host: Some("example.com"),
        fields,
        wanted,
    }
}

/// A POST to this host without `Sec-Fetch-Site`.
const fn posted(
    host: Option<&'static str>,
    fields: &'static [(&'static str, &'static [u8])],
    wanted: Option<Foreign>,
) -> Case {
    Case {
        method: Some("POST"),
        host,
        fields,
        wanted,
    }
}

pub(crate) const SITE: &str = "sec-fetch-site";
const OPAQUE: Option<Foreign> = Some(Foreign::OpaqueOrigin);
const ORIGIN: Option<Foreign> = Some(Foreign::OtherOrigin);
const ODD_ORIGIN: Option<Foreign> = Some(Foreign::UnclearOrigin);
const ODD_SITE: Option<Foreign> = Some(Foreign::UnclearSite);
pub(crate) const OTHER: Option<Foreign> = Some(Foreign::OtherSite);
const REFERER: Option<Foreign> = Some(Foreign::OtherReferer);
const SIBLING: Option<Foreign> = Some(Foreign::SameSite);

/// Those that Go 1.25 publishes (`src/net/http/csrf_test.go`) and tower-http 0.7 (`src/csrf/mod.rs`),
/// which agree wherever both have one.
#[rustfmt::skip]
pub(crate) const PUBLISHED: &[Case] = &[
    case("POST", &[(SITE, b"same-origin")], None),
    case("POST", &[(SITE, b"none")], None),
    case("POST", &[(SITE, b"cross-site")], OTHER),
    case("POST", &[(SITE, b"same-site")], SIBLING),
    case("POST", &[], None),
    case("POST", &[("origin", b"https://example.com")], None),
    case("POST", &[("origin", b"https://attacker.example")], ORIGIN),
    case("POST", &[("origin", b"null")], OPAQUE),
    case("GET", &[(SITE, b"same-origin")], None),
    case("GET", &[(SITE, b"cross-site")], None),
    case("HEAD", &[(SITE, b"cross-site")], None),
    case("OPTIONS", &[(SITE, b"cross-site")], None),
    case("PUT", &[(SITE, b"cross-site")], OTHER),
    case("POST", &[("origin", &[0xff, 0xfe])], ODD_ORIGIN),
    case("POST", &[(SITE, &[0xff, 0xfe])], ODD_SITE),
    case("POST", &[(SITE, b"")], None),
    case("POST", &[("origin", b"")], None),
    case("POST", &[(SITE, b"cross-site"), ("origin", b"https://attacker.example")], OTHER),
    posted(Some("example.com:8443"), &[("origin", b"https://example.com:8443")], None),
    posted(Some("example.com:443"), &[("origin", b"https://example.com:443")], None),
    posted(Some("example.com:8443"), &[("origin", b"https://example.com:8444")], ORIGIN),
    posted(Some("example.com"), &[("origin", b"https://example.com:443")], None),
    posted(Some("example.com:443"), &[("origin", b"https://example.com")], None),
    posted(Some("example.com"), &[("origin", b"https://example.com:8443")], ORIGIN),
    posted(Some("other.example"), &[("origin", b"https://example.com")], ORIGIN),
    posted(None, &[("origin", b"https://example.com")], Some(Foreign::NoHost)),
    posted(Some("example.com:8443"), &[("origin", b"example.com:8443")], ODD_ORIGIN),
    posted(Some("example.com:8443"), &[("origin", b"ftp://example.com:8443")], ORIGIN),
    // What Go tries against a server of its own.
    posted(Some("127.0.0.1:40001"), &[("origin", b"http://127.0.0.1:40001")], None),
    posted(Some("127.0.0.1:40001"), &[(SITE, b"same-origin")], None),
    posted(Some("127.0.0.1:40001"), &[("origin", b"https://attacker.example")], ORIGIN),
];

/// And what they leave open.
#[rustfmt::skip]
pub(crate) const OURS: &[Case] = &[
    // Methods have a case, and one that is not told may be any.
    case("get", &[(SITE, b"cross-site")], OTHER),
    case("TRACE", &[(SITE, b"cross-site")], OTHER),
    case("FROBNICATE", &[(SITE, b"cross-site")], OTHER),
    Case { method: None, host: None, fields: &[(SITE, b"cross-site")], wanted: OTHER },
    // WebSockets: a GET over HTTP/1.1, and a CONNECT over HTTP/2. Some browsers send no
    // `Sec-Fetch-Site` with them, and all send `Origin`.
    case("GET", &[("upgrade", b"websocket"), ("origin", b"https://attacker.example")], ORIGIN),
    case("GET", &[("upgrade", b"h2c, WebSocket/13"), (SITE, b"same-site")], SIBLING),
    case("GET", &[("upgrade", b"h2c"), ("upgrade", b"websocket"), (SITE, b"cross-site")], OTHER),
    case("GET", &[("upgrade", b"websocket"), ("origin", b"https://example.com")], None),
    case("GET", &[("upgrade", b"websocket")], None),
    case("GET", &[("upgrade", b"h2c"), (SITE, b"cross-site")], None),
    case("GET", &[("upgrade", b"websockets"), (SITE, b"cross-site")], None),
    case("CONNECT", &[("origin", b"https://attacker.example")], ORIGIN),
    // `Sec-Fetch-Site` says more than `Origin`: a page with `no-referrer`, and a proxy that sends its
    // own name as `Host`.
    case("POST", &[(SITE, b"same-origin"), ("origin", b"null")], None),
    posted(Some("upstream"), &[(SITE, b"same-origin"), ("origin", b"https://example.com")], None),
    posted(Some("upstream"), &[(SITE, b"cross-site"), ("origin", b"http://upstream")], OTHER),
    posted(Some("upstream"), &[("origin", b"https://example.com")], ORIGIN),
    // Values that no browser sends.
    case("POST", &[(SITE, b"Same-Origin")], ODD_SITE),
    case("POST", &[(SITE, b"same-origin;a=1")], ODD_SITE),
    case("POST", &[(SITE, b" \tsame-origin ")], None),
    case("POST", &[(SITE, b"same-origin, cross-site")], ODD_SITE),
    case("POST", &[(SITE, b"same-origin"), (SITE, b"same-origin")], ODD_SITE),
    case("POST", &[(SITE, b""), (SITE, b"cross-site")], OTHER),
    // Origins in full.
    case("POST", &[("origin", b"https://EXAMPLE.com")], None),
    case("POST", &[("origin", b"HTTP://example.com:80")], None),
    case("POST", &[("origin", b"http://example.com:443")], ORIGIN),
    case("POST", &[("origin", b"https://example.com.")], ORIGIN),
    case("POST", &[("origin", b"https://example.com/")], ODD_ORIGIN),
    case("POST", &[("origin", b"https://example.com@attacker.example")], ODD_ORIGIN),
    case("POST", &[("origin", b"https://attacker.example#@example.com")], ODD_ORIGIN),
    case("POST", &[("origin", b"https://example.com:")], ODD_ORIGIN),
    case("POST", &[("origin", b"https://")], ODD_ORIGIN),
    case("POST", &[("origin", b"https://:443")], ODD_ORIGIN),
    case("POST", &[("origin", b"//example.com")], ODD_ORIGIN),
    case("POST", &[("origin", b"NULL")], ODD_ORIGIN),
    case("POST", &[("origin", "https://ex\u{e4}mple.com".as_bytes())], ODD_ORIGIN),
    case("POST", &[("origin", b"chrome-extension://abcdefgh")], ORIGIN),
    case("POST", &[("origin", b"https://example.com"), ("origin", b"https://example.com")], ODD_ORIGIN),
    case("POST", &[("origin", b"https://example.com https://attacker.example")], ODD_ORIGIN),
    case("POST", &[("origin", b"https://sub.example.com")], ORIGIN),
    case("POST", &[("origin", b"https://example.com.attacker.example")], ORIGIN),
    // Hosts in full.
    posted(Some("Example.COM"), &[("origin", b"https://example.com")], None),
    posted(Some("[2001:db8::1]"), &[("origin", b"https://[2001:db8::1]")], None),
    posted(Some("[2001:DB8::1]:8443"), &[("origin", b"https://[2001:db8::1]:8443")], None),
    posted(Some("[2001:db8::2]"), &[("origin", b"https://[2001:db8::1]")], ORIGIN),
    posted(Some("[::1]:443"), &[("origin", b"https://[::1]")], None),
    posted(Some(""), &[("origin", b"https://example.com")], Some(Foreign::NoHost)),
    posted(Some("a@example.com"), &[("origin", b"https://example.com")], ORIGIN),
    posted(Some(":443"), &[("origin", b"https://example.com")], ORIGIN),
    case("POST", &[("host", b"example.com"), ("host", b"b"), ("origin", b"https://example.com")], Some(Foreign::NoHost)),
    // A browser that sends neither says where the visitor was, unless that was forbidden.
    case("POST", &[("referer", b"https://example.com/form?a=1")], None),
    case("POST", &[("referer", b"https://example.com")], None),
    case("POST", &[("referer", b"https://attacker.example/https://example.com/")], REFERER),
    case("POST", &[("referer", b"https://attacker.example?@example.com/")], REFERER),
    case("POST", &[("referer", b"https://example.com@attacker.example/")], ODD_ORIGIN),
    case("POST", &[("referer", b"about:blank")], ODD_ORIGIN),
    case("POST", &[("referer", b"")], None),
    posted(None, &[("referer", b"https://example.com/")], Some(Foreign::NoHost)),
    case("POST", &[("origin", b"https://attacker.example"), ("referer", b"https://example.com/")], ORIGIN),
    case("POST", &[(SITE, b"same-origin"), ("referer", b"https://attacker.example/")], None),
];
