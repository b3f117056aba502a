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
