//! Acting as somebody else: who is who, what comes along, and what ends it.

use std::time::Duration;

use sealed_session::{Error, Lifetime, Refusal, Session, SessionManager};

use crate::common::{BASE, Browser, RENEWED, at, manager, ring};

/// A member of the support staff, with a role, labels and a confirmation.
fn support() -> Browser {
    let mut browser = Browser::default();
    browser.visit(&manager(), at(0), |session| {
        session.sign_in("support-3", &[]).unwrap();
        session.set_labels(&["device:desk"]).unwrap();
        session.insert("role", "support").unwrap();
        session.insert("theme", "dark").unwrap();
        session.confirm().unwrap();
    });
    browser
}

fn acting() -> Browser {
    let mut browser = support();
    browser.visit(&manager(), at(10), |session| {
        session.act_as("user-17", &[&"theme"]).unwrap();
        session.insert("cart", 1).unwrap();
    });
    browser
}

/// Subject, actor and names of attributes.
fn who(session: &Session) -> (Option<String>, Option<String>, Vec<String>) {
    (session.subject(), session.actor(), session.names())
}

fn is(
    subject: &str,
    actor: Option<&str>,
    names: &[&str],
) -> (Option<String>, Option<String>, Vec<String>) {
    let names = names.iter().map(|&name| name.to_owned()).collect();
    (Some(subject.to_owned()), actor.map(str::to_owned), names)
}

#[test]
fn the_mask_is_the_subject_and_brings_nothing_of_the_person_but_what_is_kept() {
    let session = acting().open(&manager(), at(20));
    assert_eq!(
        who(&session),
        is("user-17", Some("support-3"), &["cart", "theme"])
    );
    assert_eq!(session.confirmed_at(), None);
    assert_eq!(session.labels(), ["device:desk"]);
    assert_eq!(session.times().unwrap().created_at, at(0));
    assert!(!format!("{session:?}").contains("support-3"));

    let mut browser = support();
    let before = browser.open(&manager(), at(5)).id().unwrap();
    browser.visit(&manager(), at(10), |session| {
        session.act_as("user-17", &[&"theme"]).unwrap();
    });
    let acted = browser.open(&manager(), at(20)).id().unwrap();
    assert!(acted != before && acted.is_same_sign_in(&before));
    browser.visit(&manager(), at(30), |session| {
        session.stop_acting(&[&"theme"]).unwrap();
    });
    let session = browser.open(&manager(), at(40));
    assert_eq!(who(&session), is("support-3", None, &["theme"]));
    assert_eq!(session.confirmed_at(), None, "it was forgotten");
    assert_eq!(session.labels(), ["device:desk"]);
    let back = session.id().unwrap();
    assert!(back != acted && back.is_same_sign_in(&acted));
    browser.visit(&manager(), at(50), |session| {
        session.stop_acting(&[]).unwrap();
    });
    let session = browser.open(&manager(), at(60));
    assert_eq!(
        session.id(),
        Some(back),
        "a form that is sent twice changes nothing"
    );
    assert_eq!(session.names(), ["theme"]);
}

#[test]
fn lifetimes_of_the_persons_own_stay() {
    let policy = Lifetime::new().allow_idle(Duration::from_secs(60), Duration::from_secs(3_600));
    let manager = SessionManager::builder("session", ring())
        .lifetime(policy)
        .build()
        .unwrap();
    let mut browser = Browser::default();
    browser.visit(&manager, at(0), |session| {
        session.sign_in("support-3", &[]).unwrap();
        session.set_idle_timeout(Duration::from_secs(60)).unwrap();
    });
    browser.visit(&manager, at(10), |session| {
        session.act_as("user-17", &[]).unwrap()
    });
    assert!(browser.open(&manager, at(69)).is_live());
    assert_eq!(
        browser.open(&manager, at(70)).refusal(),
        Some(Refusal::IdleExpired)
    );
}

/// Nothing is lost of the session that was there.
#[test]
fn who_may_not_act_changes_nothing() {
    let long = "u".repeat(256);
    type Begins<'b> = &'b dyn Fn() -> Browser;
    type Is = fn(&Error) -> bool;
    let guest = || {
        let mut browser = Browser::default();
        browser.visit(&manager(), at(0), |session| {
            session.insert("cart", 1).unwrap()
        });
        browser
    };
    let table: [(Begins<'_>, &str, Is); 8] = [
        (&acting, "user-18", Error::is_not_permitted),
        (&acting, "user-17", Error::is_not_permitted),
        (&acting, "support-3", Error::is_not_permitted),
        (&support, "support-3", Error::is_not_permitted),
        (&support, "", Error::is_not_representable),
        (&support, &long, Error::is_not_representable),
        (&guest, "user-17", Error::is_not_permitted),
        (&Browser::default, "user-17", Error::is_not_permitted),
    ];
    for (begins, subject, is_wanted) in table {
        let mut browser = begins();
        let before = browser.line();
        browser.visit(&manager(), at(20), |session| {
            let was = (who(session), session.id());
            let error = session.act_as(subject, &[]).unwrap_err();
            assert!(is_wanted(&error), "{error}");
            assert!(!error.to_string().contains("support-3"), "{error}");
            assert_eq!((who(session), session.id()), was);
        });
        assert_eq!(browser.line(), before, "{subject}");
    }
    let mut browser = acting();
    browser.visit(&manager(), at(20), |session| {
        let error = session.confirm().unwrap_err();
        assert!(
            error.is_not_permitted() && error.to_string().contains("stop_acting"),
            "{error}"
        );
        assert_eq!(session.confirmed_at(), None);
    });
}

#[test]
fn a_sign_in_and_every_other_end_of_the_session_end_it() {
    let later = |with: &dyn Fn(&Session) -> Result<(), Error>| {
        let mut browser = acting();
        browser.visit(&manager(), at(20), |session| with(session).unwrap());
        let session = browser.open(&manager(), at(30));
        (session.subject(), session.actor())
    };
    let ada = Some("ada".to_owned());
    assert_eq!(later(&|session| session.sign_in("ada", &[])), (ada, None));
    assert_eq!(later(&|session| session.start_over(&[])), (None, None));
    assert_eq!(later(&Session::destroy), (None, None));
    let (subject, actor) = later(&Session::renew);
    assert!(subject.is_some() && actor.is_some());
    let anew = later(&|session| {
        session.sign_in("support-4", &[])?;
        session.act_as("user-18", &[])
    });
    assert_eq!(
        anew,
        (Some("user-18".to_owned()), Some("support-4".to_owned()))
    );
}

/// A response that was under way when somebody began to act, or stopped, has the session as it was.
#[test]
fn a_slower_response_brings_neither_back() {
    type Turns<'t> = &'t dyn Fn(&Session) -> Result<(), Error>;
    let begins: Turns<'_> = &|session| session.act_as("user-17", &[]);
    let stops: Turns<'_> = &|session| session.stop_acting(&[]);
    for (mut browser, turns) in [(support(), begins), (acting(), stops)] {
        let slow = browser.open(&manager(), at(20));
        slow.insert("late", 1).unwrap();
        let copy = browser.value(BASE).unwrap().to_owned();
        browser.visit(&manager(), at(21), |session| turns(session).unwrap());
        assert!(browser.names().contains(&RENEWED));
        browser.close(&manager(), &slow, at(22)).unwrap();
        let session = browser.open(&manager(), at(23));
        assert_eq!(session.refusal(), Some(Refusal::Superseded));
        assert_ne!(browser.value(BASE), Some(copy.as_str()));
        assert_eq!((session.subject(), session.actor()), (None, None));
    }
}
