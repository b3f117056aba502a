//! Cookies that move to another name or scope while old and new nodes serve the same visitors, as
//! docs/moving-cookies.md says.

use std::sync::Arc;
use std::time::Duration;

use sealed_session::testing::{Browser, ManualClock};
use sealed_session::{
    CookieSpec, KeyRing, Refusal, Scope, Session, SessionManager, SessionManagerBuilder,
};

use crate::common::{at, key, ring};

fn named(cookie: impl Into<CookieSpec>) -> SessionManagerBuilder {
    SessionManager::builder(cookie, ring())
}

fn wide(name: CookieSpec) -> CookieSpec {
    name.domain("example.com")
}

/// A move, and its configurations in the order in which they are rolled out.
type Move = (&'static str, [SessionManagerBuilder; 4]);

/// The moves in which every node sees all that any other one wrote.
fn moves() -> [Move; 3] {
    let sid = || CookieSpec::exact("sid");
    let scope = || Scope::new().domain("example.com");
    [
        (
            "a name",
            [
                named("session"),
                named("session").former_cookie("shop"),
                named("shop").former_cookie("session"),
                named("shop"),
            ],
        ),
        (
            "a domain, under one name",
            [
                named(sid()),
                named(sid()).former_scope(scope()),
                named(wide(sid())).former_scope(Scope::new()),
                named(wide(sid())),
            ],
        ),
        (
            "a domain, back",
            [
                named(wide(sid())),
                named(wide(sid())).former_scope(Scope::new()),
                named(sid()).former_scope(scope()),
                named(sid()),
            ],
        ),
    ]
}

/// The moves between a name that siblings can plant and one that they cannot: the first does not count beside
/// anything under the other.
fn prefixes() -> [Move; 2] {
    let shop = || wide(CookieSpec::new("shop"));
    let to = [
        named("shop"),
        named("shop").former_cookie(shop()),
        named(shop()).former_cookie("shop"),
        named(shop()),
    ];
    let from = [
        named(shop()),
        named(shop()).former_cookie("shop"),
        named("shop").former_cookie(shop()),
        named("shop"),
    ];
    [
        ("to a domain, with the name", to),
        ("from a domain, with the name", from),
    ]
}

/// What a visitor does in one request.
const DEEDS: [fn(&Session, u8); 3] = [
    |session, n| session.sign_in(&format!("user-{n}"), &[]).unwrap(),
    |session, n| session.insert("n", n).unwrap(),
    |session, _| session.destroy().unwrap(),
];

/// What the next request has to see after them.
fn seen(before: Sight, deed: usize, n: u8) -> Sight {
    match deed {
        0 => (Some(format!("user-{n}")), None),
        1 => (before.0, Some(n)),
        _ => (None, None),
    }
}

/// The subject of a session, and its one attribute.
type Sight = (Option<String>, Option<u8>);

/// Makes each order of four requests, at either of two neighbouring phases and with each of the deeds, and
/// compares what both see afterwards with what they should.
fn mix((case, phases): Move, compare: impl Fn(&Sight, &Sight) -> bool) {
    let nodes = phases.map(|phase| phase.build().unwrap());
    for pair in nodes.windows(2).take(2) {
        for order in 0..6_usize.pow(4) {
            let clock = Arc::new(ManualClock::new(at(0)));
            let mut browser = Browser::new(clock.clone()).at("https://www.example.com");
            let mut wanted = (None, None);
            for n in 0..4 {
                let step = order / 6_usize.pow(n.into()) % 6;
                let (node, deed) = (&pair[step % 2], step / 2);
                browser
                    .visit(node, |session| {
                        DEEDS[deed](session, n);
                        Ok(())
                    })
                    .unwrap();
                clock.advance(Duration::from_secs(1));
                wanted = seen(wanted, deed, n);
                for node in pair {
                    let session = browser.session(node);
                    let found = (session.subject(), session.get("n").unwrap());
                    assert!(
                        compare(&found, &wanted),
                        "{case}, {order}, {n}: {found:?} {wanted:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn nobody_loses_anything_while_two_neighbouring_phases_are_mixed() {
    for each in moves() {
        mix(each, |found, wanted| found == wanted);
    }
}

#[test]
fn where_the_prefix_moves_a_visitor_may_be_missed_and_never_mistaken() {
    for each in prefixes() {
        mix(each, |(found, _), (wanted, _)| {
            found.is_none() || found == wanted
        });
    }
}

#[test]
fn whoever_came_in_the_first_phase_is_still_there_in_the_last() {
    for (case, phases) in moves().into_iter().chain(prefixes()) {
        let clock = Arc::new(ManualClock::new(at(0)));
        let mut browser = Browser::new(clock.clone()).at("https://www.example.com");
        for (n, phase) in (0_u8..).zip(phases) {
            let node = phase.build().unwrap();
            let visit = browser.visit(&node, |session| {
                if n == 0 {
                    session.sign_in("user-17", &[])?;
                }
                assert_eq!(session.subject().as_deref(), Some("user-17"), "{case}, {n}");
                session.insert("n", n)
            });
            visit.unwrap();
            clock.advance(Duration::from_secs(600));
        }
    }
}

#[test]
fn a_move_in_one_step_loses_sessions_and_the_refusal_names_the_cause_first() {
    let clock = Arc::new(ManualClock::new(at(0)));
    let new = || Browser::new(clock.clone()).at("https://www.example.com");
    let node = |builder: SessionManagerBuilder| builder.build().unwrap();
    // Another name, and the old nodes were not told of it.
    let (before, after) = (
        node(named("session")),
        node(named("shop").former_cookie("session")),
    );
    let browser = new().signed_in(&after, "user-17").unwrap();
    assert_eq!(browser.session(&before).refusal(), Some(Refusal::Absent));

    // Another scope under the same name, which another host of the domain begins to use.
    let sid = || CookieSpec::exact("sid");
    let (before, after) = (node(named(sid())), node(named(wide(sid()))));
    let browser = new().signed_in(&before, "user-17").unwrap();
    let browser = browser.at("https://pay.example.com");
    let browser = browser.signed_in(&after, "user-17").unwrap();
    let browser = browser.at("https://www.example.com");
    let refusal = browser.session(&after).refusal();
    assert_eq!(refusal, Some(Refusal::Conflict));
    let told = Refusal::Conflict.to_string();
    let (cause, attack) = (told.find("former_scope"), told.find("sibling domain"));
    assert!(cause.is_some() && cause < attack, "{told}");

    // It takes a sign-in with `former_scope` to end it.
    let cured = node(named(wide(sid())).former_scope(Scope::new()));
    let browser = browser.signed_in(&cured, "user-17").unwrap();
    assert_eq!(
        browser.cookies().filter(|(name, _)| *name == "sid").count(),
        1
    );
    assert_eq!(
        browser.session(&after).subject().as_deref(),
        Some("user-17")
    );
}

#[test]
fn two_applications_of_one_host_leave_each_other_alone() {
    // Cookies do not tell ports apart.
    let shop = SessionManager::new("shop", ring()).unwrap();
    let forum = SessionManager::new("forum", KeyRing::new(key(2))).unwrap();
    let clock = Arc::new(ManualClock::new(at(0)));
    let browser = Browser::new(clock).at("https://www.example.com:3001");
    let browser = browser.signed_in(&shop, "Ada").unwrap();
    let browser = browser.at("https://www.example.com:3002");
    let mut browser = browser.signed_in(&forum, "Grace").unwrap();
    assert_eq!(browser.session(&shop).subject().as_deref(), Some("Ada"));
    browser.visit(&forum, Session::destroy).unwrap();
    assert_eq!(browser.session(&shop).subject().as_deref(), Some("Ada"));
    assert_eq!(browser.session(&forum).subject(), None);
}
