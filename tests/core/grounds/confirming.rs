//! A proof of who the visitor is: from the request that says so, for one session, until the next sign-in.

use std::time::Duration;

use sealed_session::{Error, Lifetime, Session, SessionManager};
use time::OffsetDateTime;

use crate::common::{Browser, at, commit, manager, ring};

/// A browser whose visitor signed in at 0 and confirmed at 10.
fn confirmed() -> Browser {
    let mut browser = Browser::default();
    browser.visit(&manager(), at(0), |session| {
        session.sign_in("ada", &[]).unwrap()
    });
    browser.visit(&manager(), at(10), |session| session.confirm().unwrap());
    browser
}

fn stamp(browser: &Browser, now: i64) -> Option<OffsetDateTime> {
    browser.open(&manager(), at(now)).confirmed_at()
}

#[test]
fn a_confirmation_is_of_the_request_and_stays_until_the_next_sign_in() {
    let mut browser = Browser::default();
    browser.visit(&manager(), at(0), |session| {
        session.sign_in("ada", &[]).unwrap()
    });
    assert_eq!(stamp(&browser, 5), None, "a sign-in by itself is no proof");
    let browser = confirmed();
    assert_eq!(stamp(&browser, 20), Some(at(10)));

    let later = |with: &dyn Fn(&Session) -> Result<(), Error>| {
        let mut browser = browser.clone();
        browser.visit(&manager(), at(30), |session| with(session).unwrap());
        stamp(&browser, 40)
    };
    assert_eq!(later(&|_| Ok(())), Some(at(10)));
    assert_eq!(later(&Session::renew), Some(at(10)));
    assert_eq!(
        later(&|session| session.insert("name", "Ada")),
        Some(at(10))
    );
    assert_eq!(later(&|session| session.clear().map(drop)), Some(at(10)));
    assert_eq!(later(&Session::confirm), Some(at(30)));
    assert_eq!(later(&|session| session.sign_in("ada", &[])), None);
    assert_eq!(later(&|session| session.start_over(&[])), None);
    let both = later(&|session| {
        session.sign_in("ada", &[])?;
        session.confirm()
    });
    assert_eq!(both, Some(at(30)));
}

#[test]
fn nobody_confirms_who_is_not_signed_in() {
    let refuses = |session: &Session| {
        let error = session.confirm().unwrap_err();
        assert!(error.is_not_permitted(), "{error}");
        assert_eq!(session.confirmed_at(), None);
    };
    let mut browser = Browser::default();
    browser.visit(&manager(), at(0), refuses);
    assert!(browser.is_empty(), "it begins no session");
    browser.visit(&manager(), at(0), |session| {
        session.insert("cart", 1).unwrap()
    });
    browser.visit(&manager(), at(1), refuses);
    assert!(browser.open(&manager(), at(2)).contains("cart"));
    let session = confirmed().open(&manager(), at(20));
    commit(&manager(), &session, at(20)).unwrap();
    assert!(session.confirm().unwrap_err().is_too_late());
}

/// The response that was under way has the session without the mark. Nobody is signed out by it, and nobody is confirmed
/// who is not.
#[test]
fn a_slower_response_loses_no_more_than_the_mark() {
    let mut browser = Browser::default();
    browser.visit(&manager(), at(0), |session| {
        session.sign_in("ada", &[]).unwrap()
    });
    let slow = browser.open(&manager(), at(9));
    slow.insert("name", "Ada").unwrap();
    browser.visit(&manager(), at(10), |session| session.confirm().unwrap());
    browser.close(&manager(), &slow, at(11)).unwrap();
    let session = browser.open(&manager(), at(12));
    assert_eq!(session.subject().as_deref(), Some("ada"));
    assert_eq!(session.confirmed_at(), None);
}

/// Somebody took a copy of the cookie before.
#[test]
fn a_copy_that_was_made_before_is_not_confirmed() {
    let mut browser = Browser::default();
    browser.visit(&manager(), at(0), |session| {
        session.sign_in("ada", &[]).unwrap()
    });
    let copy = browser.clone();
    browser.visit(&manager(), at(10), |session| session.confirm().unwrap());
    assert_eq!(stamp(&browser, 20), Some(at(10)));
    assert_eq!(stamp(&copy, 20), None);
}

/// A node whose clock is ahead wrote it, and the clock was set right since.
#[test]
fn a_time_that_is_yet_to_come_confirms_nobody() {
    let node = |skew| {
        SessionManager::builder("session", ring())
            .lifetime(Lifetime::new().with_clock_skew(Duration::from_secs(skew)))
            .build()
            .unwrap()
    };
    let mut browser = Browser::default();
    browser.visit(&node(120), at(0), |session| {
        session.sign_in("ada", &[]).unwrap()
    });
    // A passive request keeps the time of the last use on the token, and stamps its own.
    browser.visit(&node(120), at(1_000), |session| {
        session.mark_passive();
        session.confirm().unwrap();
    });
    for (now, wanted) in [(1_000, true), (880, true), (879, false), (10, false)] {
        let session = browser.open(&node(120), at(now));
        assert!(session.is_live(), "{now}");
        assert_eq!(session.confirmed_at().is_some(), wanted, "{now}");
    }
    let exact = |now| browser.open(&node(0), at(now)).confirmed_at();
    assert_eq!((exact(999), exact(1_000)), (None, Some(at(1_000))));
}
