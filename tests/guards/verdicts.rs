//! Who passes.

use sealed_session::{
    Attribute, Budget, CookieSpec, Guard, RequestHead, ResponseHead, SessionManager, Slot, Slots,
    Verdict,
};

use crate::common::{Browser, at, key, manager, ring};
use crate::{ada, nobody, visit};

const LEVEL: Attribute<u8> = Attribute::new("level");
const NEWER: Attribute<u32> = Attribute::new("level").schema(2);

fn verdict(guard: &Guard, sessions: &sealed_session::Sessions) -> Verdict {
    visit(guard, sessions, "/a")
}

#[test]
fn a_session_is_not_a_sign_in() {
    let carted = nobody();
    carted.main().insert("cart", 1).unwrap();
    let nameless = nobody();
    nameless.main().insert("cart", 1).unwrap();
    nameless.main().sign_in(&["cart"]).unwrap();
    for (sessions, live, signed_in) in [
        (nobody(), Verdict::Unauthorized, Verdict::Unauthorized),
        (carted, Verdict::Pass, Verdict::Unauthorized),
        (nameless, Verdict::Pass, Verdict::Unauthorized),
        (ada(), Verdict::Pass, Verdict::Pass),
    ] {
        assert_eq!(verdict(&Guard::live(), &sessions), live);
        assert_eq!(verdict(&Guard::signed_in(), &sessions), signed_in);
    }
}

#[test]
fn a_sign_out_is_the_end() {
    let sessions = ada();
    sessions.main().destroy().unwrap();
    assert_eq!(verdict(&Guard::live(), &sessions), Verdict::Unauthorized);
}

#[test]
fn what_is_over_does_not_pass() {
    let mut browser = Browser::default();
    browser.visit(&manager(), at(0), |session| {
        session.sign_in_as("ada", &[]).unwrap();
    });
    let line = browser.line();
    let slots = Slots::new(manager());
    for (seconds, wanted) in [(1_799, Verdict::Pass), (1_801, Verdict::Unauthorized)] {
        let request = RequestHead::new([line.as_bytes()]);
        let sessions = slots.load(request, at(seconds));
        assert_eq!(verdict(&Guard::signed_in(), &sessions), wanted);
    }
}

#[test]
fn every_condition_has_to_hold() {
    let guard = Guard::signed_in()
        .attribute(LEVEL, |level| *level > 2)
        .attribute("admin", |admin: &bool| *admin)
        .subject(|who| who == "ada");
    let sessions = ada();
    let main = sessions.main();
    assert_eq!(verdict(&guard, &sessions), Verdict::Forbidden);
    main.insert(LEVEL, 3).unwrap();
    assert_eq!(verdict(&guard, &sessions), Verdict::Forbidden);
    main.insert("admin", false).unwrap();
    assert_eq!(verdict(&guard, &sessions), Verdict::Forbidden);
    main.insert("admin", true).unwrap();
    assert_eq!(verdict(&guard, &sessions), Verdict::Pass);
    main.insert(LEVEL, 2).unwrap();
    assert_eq!(verdict(&guard, &sessions), Verdict::Forbidden);
    main.sign_in_as("grace", &["admin", "level"]).unwrap();
    main.insert(LEVEL, 3).unwrap();
    assert_eq!(verdict(&guard, &sessions), Verdict::Forbidden);
    main.sign_in(&["admin", "level"]).unwrap();
    assert_eq!(verdict(&guard, &sessions), Verdict::Unauthorized);
}

#[test]
fn a_predicate_on_the_subject_asks_for_one() {
    let sessions = nobody();
    sessions.main().insert("cart", 1).unwrap();
    let guard = Guard::live().subject(|_| true);
    assert_eq!(verdict(&guard, &sessions), Verdict::Unauthorized);
}

#[test]
fn what_a_guard_cannot_read_is_not_a_pass() {
    let sessions = ada();
    sessions.main().insert(NEWER, 300).unwrap();
    let guards = [
        Guard::signed_in().attribute(LEVEL, |_| true),
        Guard::signed_in().attribute("level", |_: &u8| true),
        Guard::signed_in().attribute("level", |_: &serde_json::Value| true),
        Guard::signed_in().attribute(Attribute::<u32>::json("level"), |_| true),
        Guard::signed_in().attribute("", |_: &u8| true),
    ];
    for guard in guards {
        assert_eq!(verdict(&guard, &sessions), Verdict::Forbidden);
    }
    let knows = Guard::signed_in().attribute(NEWER, |level| *level == 300);
    assert_eq!(verdict(&knows, &sessions), Verdict::Pass);
}

#[test]
fn a_guard_begins_nothing_and_counts_as_a_look() {
    let slots = Slots::new(manager());
    let guards = [
        Guard::live(),
        Guard::signed_in(),
        Guard::live().attribute("a", |_: &u8| true),
        Guard::signed_in().or_redirect("/sign-in").unwrap(),
    ];
    for guard in guards {
        let sessions = nobody();
        assert_eq!(
            guard
                .check(&sessions, &RequestHead::default().method("GET").path("/"))
                .unwrap()
                .status(),
            Some(401)
        );
        assert!(!sessions.main().is_live());
        assert!(!sessions.close_unused());
        let changes = slots
            .commit(&sessions, ResponseHead::new(401), at(0))
            .unwrap();
        let lines: Vec<String> = changes.iter().map(|change| format!("{change:?}")).collect();
        assert_eq!(lines, ["Append(vary: Cookie)"]);
    }
}

#[test]
fn what_is_answered_is_not_stored_also_with_a_touch() {
    let mut browser = Browser::default();
    browser.visit(&manager(), at(0), |session| {
        session.sign_in_as("ada", &[]).unwrap();
    });
    let slots = Slots::new(manager());
    let line = browser.line();
    let sessions = slots.load(RequestHead::new([line.as_bytes()]), at(1_200));
    let verdict = verdict(&Guard::signed_in().subject(|_| false), &sessions);
    assert_eq!(verdict, Verdict::Forbidden);
    let head = ResponseHead::new(403).headers([("cache-control", &b"no-store"[..])]);
    let changes = slots.commit(&sessions, head, at(1_200)).unwrap();
    let lines: Vec<String> = changes.iter().map(|change| format!("{change:?}")).collect();
    assert_eq!(lines[0], "Append(set-cookie: __Host-session.t=..)");
    assert_eq!(lines[1], "Append(vary: Cookie)");
    assert!(lines[2].contains("no-store"), "{lines:?}");
}

enum Staff {}
impl Slot for Staff {}

#[test]
fn a_guard_is_of_one_slot() {
    let staff = SessionManager::builder(sealed_session::KeyRing::new(key(2)))
        .cookie(CookieSpec::new("__Host-staff"))
        .budget(Budget::compact().total(1_600))
        .build()
        .unwrap();
    let slots = Slots::new(SessionManager::new(ring()).unwrap());
    let main = Guard::signed_in();
    let of_staff = Guard::signed_in().of::<Staff>().subject(|who| who == "ada");
    let request = RequestHead::default().method("GET").path("/");

    let error = of_staff.check(&ada(), &request).unwrap_err();
    assert!(
        error.is_misuse() && error.to_string().contains(".with::<Staff>("),
        "{error}"
    );

    let slots = slots.with::<Staff>(staff).unwrap();
    let sessions = slots.load(RequestHead::default(), at(0));
    sessions.main().sign_in_as("ada", &[]).unwrap();
    assert_eq!(verdict(&main, &sessions), Verdict::Pass);
    assert_eq!(verdict(&of_staff, &sessions), Verdict::Unauthorized);
    sessions
        .get::<Staff>()
        .unwrap()
        .sign_in_as("ada", &[])
        .unwrap();
    sessions.main().destroy().unwrap();
    assert_eq!(verdict(&main, &sessions), Verdict::Unauthorized);
    assert_eq!(verdict(&of_staff, &sessions), Verdict::Pass);
}

#[test]
fn a_clone_is_the_same_and_a_change_is_not_shared() {
    let base = Guard::signed_in();
    let strict = base.clone().subject(|_| false);
    assert_eq!(verdict(&base, &ada()), Verdict::Pass);
    assert_eq!(verdict(&strict.clone(), &ada()), Verdict::Forbidden);
    assert_eq!(
        format!("{strict:?}"),
        "Guard { signed_in: true, conditions: 1, sign_in: None, .. }"
    );
}
