//! Requests that other origins caused: what each browser, and whoever is none, is answered.

use sealed_session::{
    CookieSpec, CrossOrigin, Error, Event, Foreign, HeaderFields, RequestHead, ResponseHead,
    SessionManager, Sessions, Slot, Slots, Transport,
};
use std::sync::{Arc, Mutex};

use crate::common::{at, ring};

/// One request, and why it is refused.
struct Case {
    method: Option<&'static str>,
    host: Option<&'static str>,
    fields: &'static [(&'static str, &'static [u8])],
    wanted: Option<Foreign>,
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

const SITE: &str = "sec-fetch-site";
const OPAQUE: Option<Foreign> = Some(Foreign::OpaqueOrigin);
const ORIGIN: Option<Foreign> = Some(Foreign::OtherOrigin);
const ODD_ORIGIN: Option<Foreign> = Some(Foreign::UnclearOrigin);
const ODD_SITE: Option<Foreign> = Some(Foreign::UnclearSite);
const OTHER: Option<Foreign> = Some(Foreign::OtherSite);
const REFERER: Option<Foreign> = Some(Foreign::OtherReferer);
const SIBLING: Option<Foreign> = Some(Foreign::SameSite);

/// Those that Go 1.25 publishes (`src/net/http/csrf_test.go`) and tower-http 0.7 (`src/csrf/mod.rs`),
/// which agree wherever both have one.
const PUBLISHED: &[Case] = &[
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
    case(
        "POST",
        &[
            (SITE, b"cross-site"),
            ("origin", b"https://attacker.example"),
        ],
        OTHER,
    ),
    posted(
        Some("example.com:8443"),
        &[("origin", b"https://example.com:8443")],
        None,
    ),
    posted(
        Some("example.com:443"),
        &[("origin", b"https://example.com:443")],
        None,
    ),
    posted(
        Some("example.com:8443"),
        &[("origin", b"https://example.com:8444")],
        ORIGIN,
    ),
    posted(
        Some("example.com"),
        &[("origin", b"https://example.com:443")],
        None,
    ),
    posted(
        Some("example.com:443"),
        &[("origin", b"https://example.com")],
        None,
    ),
    posted(
        Some("example.com"),
        &[("origin", b"https://example.com:8443")],
        ORIGIN,
    ),
    posted(
        Some("other.example"),
        &[("origin", b"https://example.com")],
        ORIGIN,
    ),
    posted(
        None,
        &[("origin", b"https://example.com")],
        Some(Foreign::NoHost),
    ),
    posted(
        Some("example.com:8443"),
        &[("origin", b"example.com:8443")],
        ODD_ORIGIN,
    ),
    posted(
        Some("example.com:8443"),
        &[("origin", b"ftp://example.com:8443")],
        ORIGIN,
    ),
    // What Go tries against a server of its own.
    posted(
        Some("127.0.0.1:40001"),
        &[("origin", b"http://127.0.0.1:40001")],
        None,
    ),
    posted(Some("127.0.0.1:40001"), &[(SITE, b"same-origin")], None),
    posted(
        Some("127.0.0.1:40001"),
        &[("origin", b"https://attacker.example")],
        ORIGIN,
    ),
];

/// And what they leave open.
const OURS: &[Case] = &[
    // Methods have a case, and one that is not told may be any.
    case("get", &[(SITE, b"cross-site")], OTHER),
    case("TRACE", &[(SITE, b"cross-site")], OTHER),
    case("FROBNICATE", &[(SITE, b"cross-site")], OTHER),
    Case {
        method: None,
        host: None,
        fields: &[(SITE, b"cross-site")],
        wanted: OTHER,
    },
    // WebSockets: a GET over HTTP/1.1, and a CONNECT over HTTP/2. Some browsers send no
    // `Sec-Fetch-Site` with them, and all send `Origin`.
    case(
        "GET",
        &[
            ("upgrade", b"websocket"),
            ("origin", b"https://attacker.example"),
        ],
        ORIGIN,
    ),
    case(
        "GET",
        &[("upgrade", b"h2c, WebSocket/13"), (SITE, b"same-site")],
        SIBLING,
    ),
    case(
        "GET",
        &[
            ("upgrade", b"h2c"),
            ("upgrade", b"websocket"),
            (SITE, b"cross-site"),
        ],
        OTHER,
    ),
    case(
        "GET",
        &[
            ("upgrade", b"websocket"),
            ("origin", b"https://example.com"),
        ],
        None,
    ),
    case("GET", &[("upgrade", b"websocket")], None),
    case("GET", &[("upgrade", b"h2c"), (SITE, b"cross-site")], None),
    case(
        "GET",
        &[("upgrade", b"websockets"), (SITE, b"cross-site")],
        None,
    ),
    case(
        "CONNECT",
        &[("origin", b"https://attacker.example")],
        ORIGIN,
    ),
    // `Sec-Fetch-Site` says more than `Origin`: a page with `no-referrer`, and a proxy that sends its
    // own name as `Host`.
    case("POST", &[(SITE, b"same-origin"), ("origin", b"null")], None),
    posted(
        Some("upstream"),
        &[(SITE, b"same-origin"), ("origin", b"https://example.com")],
        None,
    ),
    posted(
        Some("upstream"),
        &[(SITE, b"cross-site"), ("origin", b"http://upstream")],
        OTHER,
    ),
    posted(
        Some("upstream"),
        &[("origin", b"https://example.com")],
        ORIGIN,
    ),
    // Values that no browser sends.
    case("POST", &[(SITE, b"Same-Origin")], ODD_SITE),
    case("POST", &[(SITE, b"same-origin;a=1")], ODD_SITE),
    case("POST", &[(SITE, b" \tsame-origin ")], None),
    case("POST", &[(SITE, b"same-origin, cross-site")], ODD_SITE),
    case(
        "POST",
        &[(SITE, b"same-origin"), (SITE, b"same-origin")],
        ODD_SITE,
    ),
    case("POST", &[(SITE, b""), (SITE, b"cross-site")], OTHER),
    // Origins in full.
    case("POST", &[("origin", b"https://EXAMPLE.com")], None),
    case("POST", &[("origin", b"HTTP://example.com:80")], None),
    case("POST", &[("origin", b"http://example.com:443")], ORIGIN),
    case("POST", &[("origin", b"https://example.com.")], ORIGIN),
    case("POST", &[("origin", b"https://example.com/")], ODD_ORIGIN),
    case(
        "POST",
        &[("origin", b"https://example.com@attacker.example")],
        ODD_ORIGIN,
    ),
    case(
        "POST",
        &[("origin", b"https://attacker.example#@example.com")],
        ODD_ORIGIN,
    ),
    case("POST", &[("origin", b"https://example.com:")], ODD_ORIGIN),
    case("POST", &[("origin", b"https://")], ODD_ORIGIN),
    case("POST", &[("origin", b"https://:443")], ODD_ORIGIN),
    case("POST", &[("origin", b"//example.com")], ODD_ORIGIN),
    case("POST", &[("origin", b"NULL")], ODD_ORIGIN),
    case(
        "POST",
        &[("origin", "https://ex\u{e4}mple.com".as_bytes())],
        ODD_ORIGIN,
    ),
    case(
        "POST",
        &[("origin", b"chrome-extension://abcdefgh")],
        ORIGIN,
    ),
    case(
        "POST",
        &[
            ("origin", b"https://example.com"),
            ("origin", b"https://example.com"),
        ],
        ODD_ORIGIN,
    ),
    case(
        "POST",
        &[("origin", b"https://example.com https://attacker.example")],
        ODD_ORIGIN,
    ),
    case("POST", &[("origin", b"https://sub.example.com")], ORIGIN),
    case(
        "POST",
        &[("origin", b"https://example.com.attacker.example")],
        ORIGIN,
    ),
    // Hosts in full.
    posted(
        Some("Example.COM"),
        &[("origin", b"https://example.com")],
        None,
    ),
    posted(
        Some("[2001:db8::1]"),
        &[("origin", b"https://[2001:db8::1]")],
        None,
    ),
    posted(
        Some("[2001:DB8::1]:8443"),
        &[("origin", b"https://[2001:db8::1]:8443")],
        None,
    ),
    posted(
        Some("[2001:db8::2]"),
        &[("origin", b"https://[2001:db8::1]")],
        ORIGIN,
    ),
    posted(Some("[::1]:443"), &[("origin", b"https://[::1]")], None),
    posted(
        Some(""),
        &[("origin", b"https://example.com")],
        Some(Foreign::NoHost),
    ),
    posted(
        Some("a@example.com"),
        &[("origin", b"https://example.com")],
        ORIGIN,
    ),
    posted(Some(":443"), &[("origin", b"https://example.com")], ORIGIN),
    case(
        "POST",
        &[
            ("host", b"example.com"),
            ("host", b"b"),
            ("origin", b"https://example.com"),
        ],
        Some(Foreign::NoHost),
    ),
    // A browser that sends neither says where the visitor was, unless that was forbidden.
    case(
        "POST",
        &[("referer", b"https://example.com/form?a=1")],
        None,
    ),
    case("POST", &[("referer", b"https://example.com")], None),
    case(
        "POST",
        &[("referer", b"https://attacker.example/https://example.com/")],
        REFERER,
    ),
    case(
        "POST",
        &[("referer", b"https://attacker.example?@example.com/")],
        REFERER,
    ),
    case(
        "POST",
        &[("referer", b"https://example.com@attacker.example/")],
        ODD_ORIGIN,
    ),
    case("POST", &[("referer", b"about:blank")], ODD_ORIGIN),
    case("POST", &[("referer", b"")], None),
    posted(
        None,
        &[("referer", b"https://example.com/")],
        Some(Foreign::NoHost),
    ),
    case(
        "POST",
        &[
            ("origin", b"https://attacker.example"),
            ("referer", b"https://example.com/"),
        ],
        ORIGIN,
    ),
    case(
        "POST",
        &[
            (SITE, b"same-origin"),
            ("referer", b"https://attacker.example/"),
        ],
        None,
    ),
];

fn slots(policy: CrossOrigin) -> Slots {
    let builder = SessionManager::builder(ring()).cross_origin(policy);
    Slots::new(builder.build().unwrap())
}

fn load(
    slots: &Slots,
    (method, path, host): (Option<&str>, &str, Option<&str>),
    sent: &[(&str, &[u8])],
) -> Sessions {
    let fields: &HeaderFields<'_> = &|wanted, take| {
        let wanted = sent.iter().filter(|(name, _)| *name == wanted);
        wanted.for_each(|(_, value)| take(value));
    };
    let mut head = RequestHead::default().path(path).fields(fields);
    if let Some(method) = method {
        head = head.method(method);
    }
    if let Some(host) = host {
        head = head.host(host);
    }
    slots.load(head, at(0))
}

#[test]
fn what_is_served_and_what_is_not() {
    let slots = slots(CrossOrigin::new());
    for case in PUBLISHED.iter().chain(OURS) {
        let Case {
            method,
            host,
            fields,
            wanted,
        } = *case;
        let shown: Vec<_> = fields
            .iter()
            .map(|(name, value)| format!("{name}: {}", value.escape_ascii()))
            .collect();
        let found = load(&slots, (method, "/", host), fields).foreign();
        assert_eq!(found, wanted, "{method:?} {host:?} {shown:?}");
    }
}

#[test]
fn trusted_origins_and_exempt_routes_pass() {
    let policy = CrossOrigin::new()
        .trust("HTTPS://Trusted.example:443")
        .trust("http://127.0.0.1:3000")
        .trust("capacitor://localhost")
        .exempt("/bypass/")
        .exempt("/only/this");
    let slots = slots(policy);
    let table: &[(&str, &str, bool)] = &[
        ("https://trusted.example", "/", true),
        ("https://trusted.example:443", "/", true),
        ("http://127.0.0.1:3000", "/", true),
        ("capacitor://localhost", "/", true),
        ("http://trusted.example", "/", false),
        ("https://trusted.example:8443", "/", false),
        ("https://trusted.example.attacker.example", "/", false),
        ("https://sub.trusted.example", "/", false),
        ("http://127.0.0.1:3001", "/", false),
        ("null", "/", false),
        ("https://attacker.example", "/bypass/", true),
        ("null", "/bypass/", true),
        ("https://attacker.example", "/bypass/a/b", true),
        ("https://attacker.example", "/only/this", true),
        ("https://attacker.example", "/bypass", false),
        ("https://attacker.example", "/only/this/", false),
        ("https://attacker.example", "/only", false),
        ("https://attacker.example", "/Bypass/", false),
        ("https://attacker.example", "/api/", false),
        ("https://attacker.example", "", false),
        // Whoever reads a path otherwise is not let in by it.
        ("https://attacker.example", "/bypass/../api", false),
        ("https://attacker.example", "/bypass/..", false),
        ("https://attacker.example", "/bypass/./a", false),
        ("https://attacker.example", "/bypass//api", false),
        ("https://attacker.example", "/bypass/%2e%2e/api", false),
        ("https://attacker.example", "/bypass/..%2fapi", false),
        ("https://attacker.example", "/bypass/..\\api", false),
        ("https://attacker.example", "/bypass/..;/api", false),
        ("https://attacker.example", "/foo/../bypass/a", false),
        ("https://attacker.example", "/bypas%73/", false),
    ];
    for (origin, path, passes) in table {
        for site in [&b""[..], b"cross-site", b"same-site"] {
            let fields = [(SITE, site), ("origin", origin.as_bytes())];
            let sessions = load(&slots, (Some("POST"), path, Some("example.com")), &fields);
            assert_eq!(sessions.foreign().is_none(), *passes, "{origin} {path}");
        }
    }
    let unchecked = self::slots(CrossOrigin::unchecked());
    let sessions = load(
        &unchecked,
        (Some("POST"), "/", None),
        &[(SITE, b"cross-site")],
    );
    assert_eq!(sessions.foreign(), None);
}

#[test]
fn a_policy_that_can_never_be_meant_is_refused() {
    let build = |policy| SessionManager::builder(ring()).cross_origin(policy).build();
    for good in [
        "https://example.com",
        "https://example.com:8080",
        "http://example.com",
        "http://[::1]:3000",
    ] {
        assert!(build(CrossOrigin::new().trust(good)).is_ok(), "{good}");
    }
    for bad in [
        "",
        "null",
        "*",
        "example.com",
        "https://",
        "https://example.com/",
        "https://example.com/path",
        "https://example.com?query=value",
        "https://example.com#fragment",
        "https://ex ample.com",
        "https://user@example.com",
        "https://*.example.com",
        "https://ex\u{e4}mple.com",
        "file:///",
        "mailto:x@y.z",
        "javascript:alert(1)",
        "//example.com",
        "https://example.com:port",
    ] {
        let error = build(CrossOrigin::new().trust(bad)).unwrap_err();
        assert!(
            error.is_configuration() && error.to_string().contains("https://"),
            "{bad}"
        );
    }
    for bad in [
        "", "/", "hooks", "/a?b", "/a#b", "/a/../b", "//a", "/a//", "/a%2fb", "/a b", "/\u{e4}",
    ] {
        let error = build(CrossOrigin::new().exempt(bad)).unwrap_err();
        assert!(
            error.is_configuration() && error.to_string().contains("unchecked"),
            "{bad}"
        );
    }
}

enum Prefs {}
impl Slot for Prefs {}

#[test]
fn the_main_slot_speaks_for_all() {
    let manager = |name: &str| SessionManager::builder(ring()).cookie(CookieSpec::new(name));
    let small = || sealed_session::Budget::compact().total(1_000);
    let prefs = manager("__Host-prefs").budget(small());
    let prefs = prefs
        .cross_origin(CrossOrigin::unchecked())
        .build()
        .unwrap();
    let error = slots(CrossOrigin::new()).with::<Prefs>(prefs).unwrap_err();
    assert!(error.is_configuration(), "{error}");

    let prefs = manager("__Host-prefs").budget(small()).build().unwrap();
    let slots = slots(CrossOrigin::new().exempt("/in"))
        .with::<Prefs>(prefs)
        .unwrap();
    let cross: &[(&str, &[u8])] = &[(SITE, b"cross-site")];
    assert!(
        load(&slots, (Some("POST"), "/out", None), cross)
            .foreign()
            .is_some()
    );
    let sessions = load(&slots, (Some("POST"), "/in", None), cross);
    assert_eq!(sessions.foreign(), None);
    sessions
        .require::<Prefs>()
        .unwrap()
        .insert("theme", "dark")
        .unwrap();
    let changes = slots
        .commit(&sessions, ResponseHead::new(200), at(0))
        .unwrap();
    assert!(
        format!("{changes:?}").contains("set-cookie: __Host-prefs=.."),
        "{changes:?}"
    );
}

#[test]
fn what_no_page_can_send_passes() {
    let field = Transport::header("x-session");
    let of = |transport: Transport| SessionManager::builder(ring()).transport(transport).build();
    let cross: (&str, &[u8]) = (SITE, b"cross-site");
    let post = (Some("POST"), "/", Some("example.com"));

    // Nothing comes along unasked.
    let only_fields = Slots::new(of(field.clone()).unwrap());
    assert_eq!(load(&only_fields, post, &[cross]).foreign(), None);

    // A field stands for a client that has the token; other pages cannot set it.
    let both = Slots::new(of(field.clone().or_cookie()).unwrap());
    assert_eq!(load(&both, post, &[cross]).foreign(), OTHER);
    for value in [&b""[..], b"AQ", b"garbage"] {
        let sessions = load(&both, post, &[cross, ("x-session", value)]);
        assert_eq!(sessions.foreign(), None);
    }
    let bearer = Slots::new(of(Transport::bearer().or_cookie()).unwrap());
    let basic: (&str, &[u8]) = ("authorization", b"Basic AQ");
    assert_eq!(
        load(&bearer, post, &[cross, basic]).foreign(),
        OTHER,
        "browsers send it unasked"
    );
    let token: (&str, &[u8]) = ("authorization", b"Bearer AQ");
    assert_eq!(load(&bearer, post, &[cross, token]).foreign(), None);

    // A slot in cookies beside one in fields is one that comes along.
    let prefs = SessionManager::builder(ring()).cookie(CookieSpec::new("__Host-prefs"));
    let prefs = prefs
        .budget(sealed_session::Budget::compact().total(1_000))
        .build()
        .unwrap();
    let mixed = Slots::new(of(field).unwrap()).with::<Prefs>(prefs).unwrap();
    assert_eq!(load(&mixed, post, &[cross]).foreign(), OTHER);
}

#[test]
fn a_field_that_browsers_set_by_themselves_carries_no_session() {
    for name in [
        "Accept",
        "accept-language",
        "Content-Language",
        "range",
        "User-Agent",
        "Referer",
        "Sec-Fetch-Site",
        "sec-anything",
        "Proxy-Anything",
        "x-requested-with",
        "dnt",
        "if-none-match",
        "X-Forwarded-For",
    ] {
        let builder =
            SessionManager::builder(ring()).transport(Transport::header(name).or_cookie());
        assert!(builder.build().unwrap_err().is_configuration(), "{name}");
    }
}

#[test]
fn a_refused_request_is_told_of_and_keeps_nothing() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&told);
    let hook = move |event: &Event<'_>| heard.lock().unwrap().push(format!("{event:?}"));
    let slots = Slots::new(
        SessionManager::builder(ring())
            .on_event(hook)
            .build()
            .unwrap(),
    );
    let fields: &[(&str, &[u8])] = &[("origin", b"https://attacker.example/\r\nforged: line")];
    let sessions = load(&slots, (Some("POST"), "/", Some("example.com")), fields);
    assert_eq!(
        *told.lock().unwrap(),
        ["ForeignRequest { reason: UnclearOrigin }"]
    );

    // An adapter that does not ask loses what the handler did.
    let error: Error = sessions.main().insert("role", "admin").unwrap_err();
    assert!(error.is_too_late());
    let changes = slots
        .commit(&sessions, ResponseHead::new(200), at(0))
        .unwrap();
    assert!(
        changes
            .iter()
            .all(|change| !format!("{change:?}").contains("set-cookie")),
        "{changes:?}"
    );
}
