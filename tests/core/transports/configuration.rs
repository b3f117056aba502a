//! What a configuration of transports is refused for.

use std::time::Duration;

use sealed_session::{CookieSpec, Error, Lifetime, Refusal, SessionManager, Transport};

use super::client::Request;
use super::precedence::token;
use crate::common::{at, ring};

fn build(transport: Transport) -> Result<SessionManager, Error> {
    SessionManager::builder("session", ring())
        .transport(transport)
        .build()
}

#[test]
fn fields_that_mean_something_else_are_refused() {
    let table = [
        (Transport::cookie(), None),
        (Transport::header("X-Session"), None),
        (Transport::bearer().answered_in("x-shop").or_cookie(), None),
        (Transport::header(""), Some("1 to 64")),
        (Transport::header("x session"), Some("x session")),
        (
            Transport::header("x\r\nset-cookie"),
            Some("x\\r\\nset-cookie"),
        ),
        (
            Transport::header("Authorization"),
            Some("Transport::bearer"),
        ),
        (Transport::header("Cookie"), Some("cookie")),
        (Transport::bearer().answered_in("Vary"), Some("vary")),
        (Transport::header("s-touch").answered_in("s"), Some("touch")),
        (
            Transport::cookie().answered_in("x-session"),
            Some("answered_in"),
        ),
    ];
    for (transport, fault) in table {
        let told = format!("{transport:?}");
        match (build(transport), fault) {
            (Ok(_), None) => {}
            (Err(error), Some(named)) => {
                assert!(error.is_configuration());
                assert!(error.to_string().contains(named), "{error}");
            }
            (result, _) => panic!("{told}: {result:?}"),
        }
    }
}

#[test]
fn a_development_profile_serves_this_machine_only_in_fields_too() {
    let manager = SessionManager::builder(CookieSpec::development("__dev"), ring())
        .transport(Transport::header("x-session"))
        .build()
        .unwrap();
    let token = token("Ada");
    for (host, refusal) in [
        (Some("localhost:3000"), Refusal::Tampered), // sealed for another name
        (Some("shop.example.com"), Refusal::OffLoopback),
        (None, Refusal::OffLoopback),
    ] {
        let fields = [("x-session", token.as_str())];
        let request = Request {
            host,
            ..Request::with(&fields)
        };
        assert_eq!(request.load(&manager, at(60)).refusal(), Some(refusal));
    }
}

#[test]
fn a_development_profile_serves_the_hosts_that_it_was_told_of() {
    let hosts = [
        "web",
        "192.168.1.7",
        "10.0.2.2",
        "MyApp.test",
        "0.0.0.0",
        "[fe80::1]",
    ];
    let spec = hosts
        .into_iter()
        .fold(CookieSpec::development("shop"), CookieSpec::plain_http_host);
    let manager = SessionManager::new(spec, ring()).unwrap();
    for (host, served) in [
        ("web:8080", true),
        ("WEB", true),
        ("192.168.1.7:3000", true),
        ("10.0.2.2:3000", true),
        ("myapp.test", true),
        ("0.0.0.0:8080", true),
        ("[fe80:0::1]:80", true),
        ("localhost:3000", true),
        ("web.evil.example", false),
        ("a.myapp.test", false),
        ("web:8080@evil.example", false),
        ("192.168.1.70", false),
        ("[fe80::2]", false),
        ("shop.example.com", false),
    ] {
        let request = Request {
            host: Some(host),
            ..Request::default()
        };
        let session = request.load(&manager, at(0));
        let written = session.insert("n", 1);
        assert_eq!(written.is_ok(), served, "{host}");
        if let Err(error) = written {
            assert!(error.is_off_loopback(), "{error}");
            let told = error.to_string();
            assert!(
                told.contains(host) && told.contains(".plain_http_host(..)"),
                "{told}"
            );
            assert!(told.contains("`CookieSpec::new` and https"), "{told}");
        }
    }
}

#[test]
fn hosts_that_would_match_nothing_or_reach_production_are_refused() {
    let host = |host: &str| CookieSpec::development("shop").plain_http_host(host);
    for (spec, named) in [
        (host("web:8080"), "without scheme and port"),
        (host("http://web"), "without scheme and port"),
        (host("*"), "`*` is no host"),
        (host("*.test"), "each by itself"),
        (host("192.168.1.0/24"), "each by itself"),
        (host("fe80::1"), "[fe80::1]"),
        (host("[fe80::1%25eth0]"), "no host"),
        (host("me@web"), "no host"),
        (host("a b"), "no host"),
        (host(""), "no host"),
        (
            CookieSpec::new("shop").plain_http_host("web"),
            "`CookieSpec::development`",
        ),
    ] {
        let error = SessionManager::new(spec, ring()).unwrap_err();
        assert!(
            error.is_configuration() && error.to_string().contains(named),
            "{error}"
        );
    }
}

#[test]
fn links_are_refused_a_long_idle_timeout_and_odd_parameters() {
    let minutes = |n: u64| Duration::from_secs(n * 60);
    let table = [
        (Lifetime::new().with_idle_timeout(minutes(15)), "s", None),
        (
            Lifetime::new().with_idle_timeout(minutes(1)),
            "a-b._~9",
            None,
        ),
        (Lifetime::new(), "s", Some("1800 s")),
        (
            Lifetime::new().with_idle_timeout(Duration::from_secs(901)),
            "s",
            Some("901 s"),
        ),
        (
            Lifetime::new()
                .with_idle_timeout(minutes(5))
                .allow_idle(minutes(1), minutes(60)),
            "s",
            Some("3600 s"),
        ),
        (
            Lifetime::new()
                .with_idle_timeout(minutes(5))
                .allow_never_idle(),
            "s",
            Some("none at all"),
        ),
        (
            Lifetime::new().with_idle_timeout(minutes(5)),
            "",
            Some("1 to 64"),
        ),
        (
            Lifetime::new().with_idle_timeout(minutes(5)),
            "a b",
            Some("a b"),
        ),
        (
            Lifetime::new().with_idle_timeout(minutes(5)),
            "a&b",
            Some("a&b"),
        ),
        (
            Lifetime::new().with_idle_timeout(minutes(5)),
            "a%",
            Some("a%"),
        ),
        (
            Lifetime::new().with_idle_timeout(minutes(5)),
            "\u{e4}",
            Some("u{e4}"),
        ),
    ];
    for (policy, parameter, fault) in table {
        for transport in [
            Transport::url_that_leaks(parameter),
            Transport::bearer().or_cookie().or_url_that_leaks(parameter),
        ] {
            let built = SessionManager::builder("session", ring())
                .lifetime(policy)
                .transport(transport);
            match (built.build(), fault) {
                (Ok(_), None) => {}
                (Err(error), Some(named)) => {
                    assert!(error.is_configuration());
                    assert!(error.to_string().contains(named), "{error}");
                }
                (result, _) => panic!("{policy:?} {parameter}: {result:?}"),
            }
        }
    }
}
