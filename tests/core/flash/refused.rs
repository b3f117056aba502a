//! What is no message, and where none can be said.

use sealed_session::adapter::{RequestHead, ResponseHead};
use sealed_session::flash::Level;
use sealed_session::{Attribute, CookieSpec, SessionManager, Transport};

use super::{FLASH, builder, manager, say, shown, take, visit};
use crate::common::{BASE, Browser, at, noise, ring};

#[test]
fn without_the_line_that_adds_them_the_error_names_it() {
    let manager = SessionManager::new("session", ring()).unwrap();
    let session = manager.load(RequestHead::default(), at(0));
    for error in [
        session.flash(Level::Info, "Saved.").unwrap_err(),
        session.take_flashes().unwrap_err(),
    ] {
        assert!(error.is_misuse());
        assert!(
            error
                .to_string()
                .contains("`SessionManager::builder(..).flash()"),
            "{error}"
        );
    }
}

#[test]
fn sessions_that_travel_in_no_cookie_have_no_messages() {
    let alone = builder().transport(Transport::bearer()).build();
    let error = alone.unwrap_err();
    assert!(
        error.is_configuration() && error.to_string().contains("or_cookie"),
        "{error}"
    );
    let either = builder().transport(Transport::bearer().or_cookie());
    let mut browser = Browser::default();
    let either = either.build().unwrap();
    let set = visit(&mut browser, &either, (303, at(0)), |s| say(s, "Saved."));
    assert_eq!(set, [FLASH]);
}

#[test]
fn a_name_that_is_taken_is_refused() {
    let manager = builder().former_cookie("session-flash").build();
    assert!(manager.unwrap_err().is_configuration());
}

#[test]
fn the_cookie_follows_the_attributes_of_the_session() {
    for (spec, start, tail) in [
        (
            CookieSpec::new("shop").domain("example.com"),
            "__Secure-shop-flash=",
            "; Path=/; Domain=example.com; Secure; HttpOnly; SameSite=Lax; Max-Age=300",
        ),
        (
            CookieSpec::development("shop"),
            "shop-flash=",
            "; Path=/; HttpOnly; SameSite=Lax; Max-Age=300",
        ),
        (
            CookieSpec::exact("sid").path("/shop"),
            "sid-flash=",
            "; Path=/shop; Secure; HttpOnly; SameSite=Lax; Max-Age=300",
        ),
    ] {
        let manager = SessionManager::builder(spec, ring())
            .flash()
            .build()
            .unwrap();
        let session = manager.load(RequestHead::default().host("localhost"), at(0));
        say(&session, "Saved.");
        let changes = manager
            .commit(&session, ResponseHead::new(303), at(0))
            .unwrap();
        let line = changes[0].value();
        assert!(line.starts_with(start) && line.ends_with(tail), "{line}");
    }
}

#[test]
fn what_is_no_message_shows_nothing_and_keeps_nothing_from_being_said() {
    let (manager, mut browser) = (manager(), Browser::default());
    visit(&mut browser, &manager, (303, at(0)), |session| {
        session.insert("flash", "of the session").unwrap();
        say(session, "Saved.");
    });
    let (session, flash) = (browser.value(BASE), browser.value(FLASH));
    let (session, flash) = (session.unwrap().to_owned(), flash.unwrap().to_owned());
    let cut = flash.get(..flash.len() - 1).unwrap();
    for value in ["", "?", cut, &session] {
        let mut browser = browser.clone();
        browser.keep(&format!("{FLASH}={value}; Path=/; Secure"));
        // One is no token of the other's.
        browser.keep(&format!("{BASE}={flash}; Path=/; Secure"));
        visit(&mut browser, &manager, (200, at(1)), |session| {
            assert_eq!(session.get::<String>("flash").unwrap(), None);
            assert!(take(session).is_empty());
            say(session, "Again.");
        });
        assert_eq!(shown(&mut browser, &manager, at(2)), ["Again."]);
    }
}

#[test]
fn a_response_that_cannot_be_sent_keeps_messages_as_they_were() {
    let (manager, mut browser) = (manager(), Browser::default());
    visit(&mut browser, &manager, (303, at(0)), |s| say(s, "Saved."));
    let session = browser.open(&manager, at(1));
    assert_eq!(take(&session), ["Saved."]);
    for (name, seed) in [("one", 1), ("two", 2)] {
        let lump = Attribute::<Vec<u8>>::new(name);
        session.insert(lump, noise(900, seed)).unwrap();
    }
    assert!(browser.close(&manager, &session, at(1)).is_err());
    // The error page shows none: it could not take them.
    assert!(session.take_flashes().unwrap_err().is_too_late());
    assert!(browser.close(&manager, &session, at(1)).unwrap().is_empty());
    assert_eq!(shown(&mut browser, &manager, at(2)), ["Saved."]);
}
