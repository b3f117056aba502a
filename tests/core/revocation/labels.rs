//! Labels of a session: from the sign-in on, through everything but the next one.

use sealed_session::{Error, Session};

use crate::common::{Browser, at, manager};

const LABELS: [&str; 2] = ["sid:1", "tenant:7"];

/// The labels of the next request.
fn kept(browser: &Browser) -> Vec<String> {
    browser.open(&manager(), at(1)).labels()
}

fn begun(with: impl FnOnce(&Session) -> Result<(), Error>) -> Browser {
    let mut browser = Browser::default();
    browser.visit(&manager(), at(0), |session| with(session).unwrap());
    browser
}

#[test]
fn what_a_request_asks_for_counts_before_and_after_its_sign_in() {
    let before = begun(|session| {
        session.set_labels(&LABELS)?;
        assert!(session.labels().is_empty(), "there is no session yet");
        session.sign_in("ada", &[])
    });
    assert_eq!(kept(&before), LABELS);
    let after = begun(|session| {
        session.sign_in("ada", &[])?;
        session.set_labels(&["tenant:7", "sid:1", "tenant:7"])
    });
    assert_eq!(kept(&after), LABELS);
    let begins_with_a_value = begun(|session| {
        session.set_labels(&LABELS)?;
        session.insert("cart", 1)
    });
    assert_eq!(kept(&begins_with_a_value), LABELS);
    let nothing = begun(|session| session.set_labels(&LABELS));
    assert!(nothing.is_empty(), "labels begin no session");
}

#[test]
fn a_renewal_and_a_write_keep_labels_and_a_new_beginning_does_not() {
    let later = |with: &dyn Fn(&Session) -> Result<(), Error>| {
        let mut browser = begun(|session| {
            session.sign_in("ada", &[])?;
            session.insert("cart", 1)?;
            session.set_labels(&LABELS)
        });
        browser.visit(&manager(), at(0), |session| with(session).unwrap());
        kept(&browser)
    };
    assert_eq!(later(&Session::renew), LABELS);
    assert_eq!(later(&|session| session.insert("name", "Ada")), LABELS);
    assert_eq!(later(&|session| session.clear().map(drop)), LABELS);
    assert_eq!(later(&|session| session.set_labels(&["x"])), ["x"]);
    let none: [&str; 0] = [];
    assert_eq!(later(&|session| session.set_labels(&[])), none);
    assert_eq!(later(&|session| session.sign_in("bob", &[&"cart"])), none);
    assert_eq!(later(&|session| session.start_over(&[&"cart"])), none);
    assert_eq!(later(&|session| session.destroy()), none);
    let planted = |session: &Session| {
        session.set_labels(&["y"])?;
        session.sign_in("bob", &[])
    };
    assert_eq!(later(&planted), ["y"]);
}

#[test]
fn labels_that_are_there_already_write_nothing() {
    let mut browser = begun(|session| {
        session.sign_in("ada", &[])?;
        session.set_labels(&LABELS)
    });
    let session = browser.open(&manager(), at(1));
    session.set_labels(&["tenant:7", "sid:1"]).unwrap();
    assert!(
        browser
            .close(&manager(), &session, at(1))
            .unwrap()
            .is_empty()
    );
    let error = session.set_labels(&["z"]).unwrap_err();
    assert!(error.is_too_late());
}
