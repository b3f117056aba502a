//! Who passes.

use sealed_session::adapter::Verdict;
use sealed_session::adapter::{RequestHead, ResponseHead};
use sealed_session::{Attribute, Budget, Guard, SessionManager, Slot};

use super::{ada, nobody, visit};
use crate::common::{Browser, at, key, manager, ring};

const LEVEL: Attribute<u8> = Attribute::new("level");
const NEWER: Attribute<u32> = Attribute::new("level").schema(2);

fn verdict(guard: &Guard, session: &sealed_session::Session) -> Verdict {
    visit(guard, session, "/a")
}

#[test]
fn a_session_is_not_a_sign_in() {
    let carted = nobody();
    carted.insert("cart", 1).unwrap();
    let nameless = nobody();
    nameless.insert("cart", 1).unwrap();
    nameless.start_over(&[&"cart"]).unwrap();
    for (session, live, signed_in) in [
        (nobody(), Verdict::Unauthorized, Verdict::Unauthorized),
        (carted, Verdict::Pass, Verdict::Unauthorized),
        (nameless, Verdict::Pass, Verdict::Unauthorized),
        (ada(), Verdict::Pass, Verdict::Pass),
    ] {
        assert_eq!(verdict(&Guard::live(), &session), live);
        assert_eq!(verdict(&Guard::signed_in(), &session), signed_in);
    }
}

#[test]
fn a_sign_out_is_the_end() {
    let session = ada();
    session.destroy().unwrap();
    assert_eq!(verdict(&Guard::live(), &session), Verdict::Unauthorized);
}

#[test]
fn what_is_over_does_not_pass() {
    let mut browser = Browser::default();
    browser.visit(&manager(), at(0), |session| {
        session.sign_in("ada", &[]).unwrap();
    });
    let line = browser.line();
    let manager = manager();
    for (seconds, wanted) in [(1_799, Verdict::Pass), (1_801, Verdict::Unauthorized)] {
        let request = RequestHead::new([line.as_bytes()]);
        let session = manager.load(request, at(seconds));
        assert_eq!(verdict(&Guard::signed_in(), &session), wanted);
    }
}

#[test]
fn every_condition_has_to_hold() {
    let guard = Guard::signed_in()
        .attribute(LEVEL, |level| *level > 2)
        .attribute("admin", |admin: &bool| *admin)
        .subject(|who| who == "ada");
    let session = ada();
    let main = session.clone();
    assert_eq!(verdict(&guard, &session), Verdict::Forbidden);
    main.insert(LEVEL, 3).unwrap();
    assert_eq!(verdict(&guard, &session), Verdict::Forbidden);
    main.insert("admin", false).unwrap();
    assert_eq!(verdict(&guard, &session), Verdict::Forbidden);
    main.insert("admin", true).unwrap();
    assert_eq!(verdict(&guard, &session), Verdict::Pass);
    main.insert(LEVEL, 2).unwrap();
    assert_eq!(verdict(&guard, &session), Verdict::Forbidden);
    main.sign_in("grace", &[&"admin", &"level"]).unwrap();
    main.insert(LEVEL, 3).unwrap();
    assert_eq!(verdict(&guard, &session), Verdict::Forbidden);
    main.start_over(&[&"admin", &"level"]).unwrap();
    assert_eq!(verdict(&guard, &session), Verdict::Unauthorized);
}

#[test]
fn a_predicate_on_the_subject_asks_for_one() {
    let session = nobody();
    session.insert("cart", 1).unwrap();
    let guard = Guard::live().subject(|_| true);
    assert_eq!(verdict(&guard, &session), Verdict::Unauthorized);
}

#[test]
fn what_a_guard_cannot_read_is_not_a_pass() {
    let session = ada();
    session.insert(NEWER, 300).unwrap();
    let guards = [
        Guard::signed_in().attribute(LEVEL, |_| true),
        Guard::signed_in().attribute("level", |_: &u8| true),
        Guard::signed_in().attribute("level", |_: &serde_json::Value| true),
        Guard::signed_in().attribute(Attribute::<u32>::json("level"), |_| true),
        Guard::signed_in().attribute("", |_: &u8| true),
    ];
    for guard in guards {
        assert_eq!(verdict(&guard, &session), Verdict::Forbidden);
    }
    let knows = Guard::signed_in().attribute(NEWER, |level| *level == 300);
    assert_eq!(verdict(&knows, &session), Verdict::Pass);
}

#[test]
fn a_guard_begins_nothing_and_counts_as_a_look() {
    let manager = manager();
    let guards = [
        Guard::live(),
        Guard::signed_in(),
        Guard::live().attribute("a", |_: &u8| true),
        Guard::signed_in().or_redirect("/sign-in").unwrap(),
    ];
    for guard in guards {
        let session = nobody();
        assert_eq!(
            guard
                .check(&session, &RequestHead::default().method("GET").path("/"))
                .unwrap()
                .status(),
            Some(401)
        );
        assert!(!session.is_live());
        let changes = manager
            .commit(&session, ResponseHead::new(401), at(0))
            .unwrap();
        let lines: Vec<String> = changes.iter().map(|change| format!("{change:?}")).collect();
        assert_eq!(lines, ["Append(vary: Cookie)"]);
    }
}

#[test]
fn what_is_answered_is_not_stored_also_with_a_touch() {
    let mut browser = Browser::default();
    browser.visit(&manager(), at(0), |session| {
        session.sign_in("ada", &[]).unwrap();
    });
    let manager = manager();
    let line = browser.line();
    let session = manager.load(RequestHead::new([line.as_bytes()]), at(1_200));
    let verdict = verdict(&Guard::signed_in().subject(|_| false), &session);
    assert_eq!(verdict, Verdict::Forbidden);
    let head = ResponseHead::new(403).headers([("cache-control", &b"no-store"[..])]);
    let changes = manager.commit(&session, head, at(1_200)).unwrap();
    let lines: Vec<String> = changes.iter().map(|change| format!("{change:?}")).collect();
    assert_eq!(lines[0], "Append(set-cookie: __Host-session.t=..)");
    assert_eq!(lines[1], "Append(vary: Cookie)");
    assert!(lines[2].contains("no-store"), "{lines:?}");
}

enum Staff {}
impl Slot for Staff {}

#[test]
fn a_guard_is_of_one_slot() {
    let staff = SessionManager::builder("staff", sealed_session::KeyRing::new(key(2)))
        .budget(Budget::portable().with_total_limit(1_600))
        .build()
        .unwrap();
    let manager = SessionManager::builder("session", ring())
        .budget(Budget::within_8k())
        .build()
        .unwrap();
    let main = Guard::signed_in();
    let of_staff = Guard::signed_in().of::<Staff>().subject(|who| who == "ada");
    let request = RequestHead::default().method("GET").path("/");

    let error = of_staff.check(&ada(), &request).unwrap_err();
    assert!(
        error.is_misuse() && error.to_string().contains(".with_slot::<Staff>("),
        "{error}"
    );

    let manager = manager.with_slot::<Staff>(staff).unwrap();
    let session = manager.load(RequestHead::default(), at(0));
    session.sign_in("ada", &[]).unwrap();
    assert_eq!(verdict(&main, &session), Verdict::Pass);
    assert_eq!(verdict(&of_staff, &session), Verdict::Unauthorized);
    session
        .slot::<Staff>()
        .unwrap()
        .sign_in("ada", &[])
        .unwrap();
    session.destroy().unwrap();
    assert_eq!(verdict(&main, &session), Verdict::Unauthorized);
    assert_eq!(verdict(&of_staff, &session), Verdict::Pass);
}

#[test]
fn a_clone_is_the_same_and_a_change_is_not_shared() {
    let base = Guard::signed_in();
    let strict = base.clone().subject(|_| false);
    assert_eq!(verdict(&base, &ada()), Verdict::Pass);
    assert_eq!(verdict(&strict.clone(), &ada()), Verdict::Forbidden);
    assert_eq!(
        format!("{strict:?}"),
        "Guard { signed_in: true, conditions: 1, sign_in: None, confirmed_within: None, confirm: None, .. }"
    );
}
