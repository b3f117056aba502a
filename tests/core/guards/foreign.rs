//! Requests that other origins caused: what each browser, and whoever is none, is answered.

use sealed_session::adapter::{HeaderFields, RequestHead, ResponseHead};
use sealed_session::{
    Budget, CookieSpec, CrossOrigin, Error, Event, Session, SessionManager, Slot, Transport,
    adapter,
};
use std::sync::{Arc, Mutex};

use proptest::prelude::*;
use url::Url;

use super::cases::{Case, OTHER, OURS, PUBLISHED, SITE};
use crate::common::{at, ring};

fn slots(policy: CrossOrigin) -> SessionManager {
    let builder = SessionManager::builder("session", ring()).cross_origin(policy);
    builder.budget(Budget::within_8k()).build().unwrap()
}

fn load(
    manager: &SessionManager,
    (method, path, host): (Option<&str>, &str, Option<&str>),
    sent: &[(&str, &[u8])],
) -> Session {
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
    manager.load(head, at(0))
}

#[test]
fn what_is_served_and_what_is_not() {
    let manager = slots(CrossOrigin::new());
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
        let found = adapter::foreign(&load(&manager, (method, "/", host), fields));
        assert_eq!(found, wanted, "{method:?} {host:?} {shown:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is sent, nothing panics, and an origin that passes is of the host for a browser's parser, too.
    #[test]
    fn an_origin_that_passes_is_that_of_the_host(
        scheme in "(https?|HTTPS|ftp|h)",
        mark in "(://|:|//|:///)",
        name in "(shop\\.example|SHOP\\.example|evil\\.example|\\[::1\\]|127\\.0\\.0\\.1)?",
        port in "(:443|:80|:8443|:|:0443|:99999)?",
        odd in "([@/?#\\\\%. \\[\\]:]|shop\\.example){0,2}",
        host in "(shop\\.example|evil\\.example|\\[::1\\]|127\\.0\\.0\\.1)?(:443|:80|:8443|:)?",
        referer in any::<bool>(),
    ) {
        let manager = slots(CrossOrigin::new());
        let origin = format!("{scheme}{mark}{name}{odd}{port}");
        let field = if referer { "referer" } else { "origin" };
        let fields = [(field, origin.as_bytes())];
        let session = load(&manager, (Some("POST"), "/", Some(&host)), &fields);
        let foreign = adapter::foreign(&session);
        if foreign.is_none() {
            let sent = Url::parse(&origin).unwrap();
            let ours = Url::parse(&format!("{}://{host}", sent.scheme())).unwrap();
            prop_assert_eq!(sent.origin(), ours.origin(), "{} at {}", origin, host);
        }
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
    let manager = slots(policy);
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
            let session = load(&manager, (Some("POST"), path, Some("example.com")), &fields);
            assert_eq!(
                adapter::foreign(&session).is_none(),
                *passes,
                "{origin} {path}"
            );
        }
    }
    let unchecked = slots(CrossOrigin::unchecked());
    let session = load(
        &unchecked,
        (Some("POST"), "/", None),
        &[(SITE, b"cross-site")],
    );
    assert_eq!(adapter::foreign(&session), None);
}

#[test]
fn a_policy_that_can_never_be_meant_is_refused() {
    let build = |policy| {
        SessionManager::builder("session", ring())
            .cross_origin(policy)
            .build()
    };
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
    let manager = |name: &str| {
        let builder = SessionManager::builder(CookieSpec::exact(name), ring());
        builder.budget(Budget::within_8k())
    };
    let small = || Budget::portable().with_total_limit(1_000);
    let prefs = manager("__Host-prefs").budget(small());
    let prefs = prefs
        .cross_origin(CrossOrigin::unchecked())
        .build()
        .unwrap();
    let error = slots(CrossOrigin::new())
        .with_slot::<Prefs>(prefs)
        .unwrap_err();
    assert!(error.is_configuration(), "{error}");

    let prefs = manager("__Host-prefs").budget(small()).build().unwrap();
    let manager = slots(CrossOrigin::new().exempt("/in"))
        .with_slot::<Prefs>(prefs)
        .unwrap();
    let cross: &[(&str, &[u8])] = &[(SITE, b"cross-site")];
    assert!(adapter::foreign(&load(&manager, (Some("POST"), "/out", None), cross)).is_some());
    let session = load(&manager, (Some("POST"), "/in", None), cross);
    assert_eq!(adapter::foreign(&session), None);
    session
        .slot::<Prefs>()
        .unwrap()
        .insert("theme", "dark")
        .unwrap();
    let changes = manager
        .commit(&session, ResponseHead::new(200), at(0))
        .unwrap();
    assert!(
        format!("{changes:?}").contains("set-cookie: __Host-prefs=.."),
        "{changes:?}"
    );
}

#[test]
fn what_no_page_can_send_passes() {
    let field = Transport::header("x-session");
    let of = |transport: Transport| {
        let builder = SessionManager::builder("session", ring()).budget(Budget::within_8k());
        builder.transport(transport).build()
    };
    let cross: (&str, &[u8]) = (SITE, b"cross-site");
    let post = (Some("POST"), "/", Some("example.com"));

    // Nothing comes along unasked.
    let only_fields = of(field.clone()).unwrap();
    assert_eq!(adapter::foreign(&load(&only_fields, post, &[cross])), None);

    // A field stands for a client that has the token; other pages cannot set it.
    let both = of(field.clone().or_cookie()).unwrap();
    assert_eq!(adapter::foreign(&load(&both, post, &[cross])), OTHER);
    for value in [&b""[..], b"AQ", b"garbage"] {
        let session = load(&both, post, &[cross, ("x-session", value)]);
        assert_eq!(adapter::foreign(&session), None);
    }
    let bearer = of(Transport::bearer().or_cookie()).unwrap();
    let basic: (&str, &[u8]) = ("authorization", b"Basic AQ");
    assert_eq!(
        adapter::foreign(&load(&bearer, post, &[cross, basic])),
        OTHER,
        "browsers send it unasked"
    );
    let token: (&str, &[u8]) = ("authorization", b"Bearer AQ");
    assert_eq!(
        adapter::foreign(&load(&bearer, post, &[cross, token])),
        None
    );

    // A slot in cookies beside one in fields is one that comes along.
    let prefs = SessionManager::builder("prefs", ring());
    let prefs = prefs
        .budget(Budget::portable().with_total_limit(1_000))
        .build()
        .unwrap();
    let mixed = of(field).unwrap().with_slot::<Prefs>(prefs).unwrap();
    assert_eq!(adapter::foreign(&load(&mixed, post, &[cross])), OTHER);
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
        let builder = SessionManager::builder("session", ring())
            .transport(Transport::header(name).or_cookie());
        assert!(builder.build().unwrap_err().is_configuration(), "{name}");
    }
}

#[test]
fn a_refused_request_is_told_of_and_keeps_nothing() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&told);
    let hook = move |event: &Event, _: &str| heard.lock().unwrap().push(format!("{event:?}"));
    let builder = SessionManager::builder("session", ring()).on_event(hook);
    let manager = builder.build().unwrap();
    let fields: &[(&str, &[u8])] = &[("origin", b"https://attacker.example/\r\nforged: line")];
    let session = load(&manager, (Some("POST"), "/", Some("example.com")), fields);
    assert_eq!(
        *told.lock().unwrap(),
        ["ForeignRequest { reason: UnclearOrigin }"]
    );

    // An adapter that does not ask loses what the handler did.
    let error: Error = session.insert("role", "admin").unwrap_err();
    assert!(error.is_too_late());
    let changes = manager
        .commit(&session, ResponseHead::new(200), at(0))
        .unwrap();
    assert!(
        changes
            .iter()
            .all(|change| !format!("{change:?}").contains("set-cookie")),
        "{changes:?}"
    );
}
