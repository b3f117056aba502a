//! Guards that ask for a recent proof, and refuse who acts.

use std::time::Duration;

use sealed_session::adapter::{RequestHead, Verdict, header_fields};
use sealed_session::{Budget, Guard, KeyRing, Session, SessionManager, SignInPage, Slot};

use crate::common::{Browser, at, key, manager, split_manager};

const TEN: Duration = Duration::from_secs(600);

fn guard() -> Guard {
    let guard = Guard::signed_in().or_redirect("/sign-in").unwrap();
    guard.confirmed_within(TEN).or_confirm("/confirm").unwrap()
}

/// The verdict on a request, which is the visit of a page or comes from a script.
fn asked(guard: &Guard, session: &Session, (method, target): (&str, &str), mode: &str) -> Verdict {
    let fields = header_fields(|name| {
        let mode = (name == "sec-fetch-mode").then_some(mode.as_bytes());
        mode.into_iter()
    });
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let request = RequestHead::default()
        .method(method)
        .path(path)
        .query(query);
    guard.check(session, &request.fields(&fields)).unwrap()
}

fn visit(guard: &Guard, session: &Session, target: &str) -> Verdict {
    asked(guard, session, ("GET", target), "navigate")
}

fn to(location: &str) -> Verdict {
    Verdict::Redirect(location.to_owned())
}

/// A browser whose visitor signed in at 0 and confirmed at 100.
fn confirmed() -> Browser {
    let mut browser = Browser::default();
    browser.visit(&manager(), at(0), |session| {
        session.sign_in("ada", &[]).unwrap()
    });
    browser.visit(&manager(), at(100), |session| session.confirm().unwrap());
    browser
}

#[test]
fn a_proof_counts_for_as_long_as_the_guard_says_and_not_a_second_longer() {
    let browser = confirmed();
    for (now, wanted) in [
        (100, Verdict::Pass),
        (700, Verdict::Pass),
        (701, to("/confirm?next=/order%3Fa%3Db")),
    ] {
        let session = browser.open(&manager(), at(now));
        assert_eq!(visit(&guard(), &session, "/order?a=b"), wanted, "{now}");
    }
    let this_second = guard().confirmed_within(Duration::ZERO);
    for (now, wanted) in [(100, Verdict::Pass), (101, to("/confirm?next=/order"))] {
        let session = browser.open(&manager(), at(now));
        assert_eq!(visit(&this_second, &session, "/order"), wanted, "{now}");
    }
}

#[test]
fn each_visitor_is_sent_where_it_helps() {
    let (nobody, ada) = (Browser::default(), confirmed());
    let nobody = nobody.open(&manager(), at(1_000));
    let ada = ada.open(&manager(), at(1_000));
    let unconfirmed = Verdict::Unconfirmed(TEN);
    for (session, request, mode, wanted) in [
        (
            &nobody,
            ("GET", "/order"),
            "navigate",
            to("/sign-in?next=/order"),
        ),
        (&nobody, ("GET", "/order"), "cors", Verdict::Unauthorized),
        (
            &ada,
            ("GET", "/order"),
            "navigate",
            to("/confirm?next=/order"),
        ),
        (&ada, ("POST", "/order"), "navigate", to("/confirm")),
        (&ada, ("GET", "/order"), "cors", unconfirmed.clone()),
        (&ada, ("POST", "/order"), "cors", unconfirmed.clone()),
        // The page itself would be sent to itself for ever.
        (&ada, ("GET", "/confirm"), "navigate", unconfirmed.clone()),
    ] {
        assert_eq!(
            asked(&guard(), session, request, mode),
            wanted,
            "{request:?}"
        );
    }
    let without_pages = Guard::signed_in().confirmed_within(TEN);
    assert_eq!(visit(&without_pages, &ada, "/order"), unconfirmed);
    let page = SignInPage::new("/confirm").unwrap().below("/app").unwrap();
    let below = Guard::signed_in().confirmed_within(TEN).or_confirm_at(page);
    assert_eq!(
        visit(&below, &ada, "/order"),
        to("/app/confirm?next=/app/order")
    );
}

/// RFC 9470, section 3: a client learns by the challenge what to do about a 401.
#[test]
fn a_script_is_told_what_to_do() {
    let verdict = Verdict::Unconfirmed(TEN);
    let changes = verdict.header_changes();
    let value = |name| {
        let mut found = changes.iter().filter(|change| change.name() == name);
        found.next().map(|change| change.value().to_owned())
    };
    assert_eq!(verdict.status(), Some(401));
    assert_eq!(value("cache-control").as_deref(), Some("no-store"));
    let challenge = "Bearer error=\"insufficient_user_authentication\", \
                     error_description=\"confirm who you are\", max_age=\"600\"";
    assert_eq!(value("www-authenticate").as_deref(), Some(challenge));
    let bare = Verdict::Unauthorized.header_changes();
    assert!(
        bare.iter()
            .all(|change| change.name() != "www-authenticate")
    );
}

#[test]
fn who_acts_is_refused_whatever_was_confirmed() {
    let mut browser = confirmed();
    browser.visit(&manager(), at(110), |session| {
        session.act_as("user-17", &[]).unwrap()
    });
    let session = browser.open(&manager(), at(120));
    for guard in [
        guard(),
        Guard::live().confirmed_within(TEN),
        Guard::signed_in().not_acting(),
    ] {
        for mode in ["navigate", "cors"] {
            let verdict = asked(&guard, &session, ("GET", "/order"), mode);
            assert_eq!(verdict, Verdict::Forbidden);
        }
    }
    let masks = Guard::signed_in().subject(|who| who == "user-17");
    assert_eq!(visit(&masks, &session, "/order"), Verdict::Pass);
    browser.visit(&manager(), at(130), |session| {
        session.stop_acting(&[]).unwrap()
    });
    let session = browser.open(&manager(), at(140));
    assert_eq!(
        visit(&guard(), &session, "/order"),
        to("/confirm?next=/order")
    );
    assert_eq!(
        visit(&Guard::signed_in().not_acting(), &session, "/password"),
        Verdict::Pass
    );
}

/// Nobody is asked to confirm for a page that they may not see anyway.
#[test]
fn other_conditions_come_first() {
    let guard = guard().attribute("role", |role: &String| role == "admin");
    let session = confirmed().open(&manager(), at(1_000));
    assert_eq!(visit(&guard, &session, "/order"), Verdict::Forbidden);
    session.insert("role", "admin").unwrap();
    assert_eq!(
        visit(&guard, &session, "/order"),
        to("/confirm?next=/order")
    );
    session.confirm().unwrap();
    assert_eq!(visit(&guard, &session, "/order"), Verdict::Pass);
}

#[test]
fn a_guard_of_another_slot_asks_for_a_proof_in_that_slot() {
    enum Staff {}
    impl Slot for Staff {}
    let staff = SessionManager::builder("staff", KeyRing::new(key(7)))
        .budget(Budget::portable().with_total_limit(1_500));
    let staff = staff.build().unwrap();
    let manager = split_manager().with_slot::<Staff>(staff).unwrap();
    let session = manager.load(RequestHead::default(), at(0));
    session.sign_in("ada", &[]).unwrap();
    session.confirm().unwrap();
    let office = session.slot::<Staff>().unwrap();
    office.sign_in("ada", &[]).unwrap();
    let guard = guard().of::<Staff>();
    assert_eq!(
        visit(&guard, &session, "/office"),
        to("/confirm?next=/office")
    );
    office.confirm().unwrap();
    assert_eq!(visit(&guard, &session, "/office"), Verdict::Pass);
}
