//! Messages for the next page: when they are shown, for how long they wait, and what they leave alone.

mod refused;
mod room;
mod tabs;

use sealed_session::adapter::{HeaderChange, HeaderFields, RequestHead, ResponseHead};
use sealed_session::flash::{Level, Message};
use sealed_session::{Session, SessionManager, SessionManagerBuilder, SiteData};
use time::OffsetDateTime;

use crate::common::{BASE, Browser, TOMBSTONE, at, key, ring};

/// The cookie that messages wait in.
const FLASH: &str = "__Host-session-flash";

fn builder() -> SessionManagerBuilder {
    SessionManager::builder("session", ring()).flash()
}

fn manager() -> SessionManager {
    builder().build().unwrap()
}

fn texts(messages: &[Message]) -> Vec<String> {
    messages.iter().map(Message::to_string).collect()
}

fn take(session: &Session) -> Vec<String> {
    texts(&session.take_flashes().unwrap())
}

fn say(session: &Session, text: &str) {
    session.flash(Level::Success, text).unwrap();
}

/// One request and its response; returns the names of the cookies that it set, those that it removed with a `-` in front.
fn visit(
    browser: &mut Browser,
    manager: &SessionManager,
    (status, now): (u16, OffsetDateTime),
    with: impl FnOnce(&Session),
) -> Vec<String> {
    let session = browser.open(manager, now);
    with(&session);
    let changes = manager.commit(&session, ResponseHead::new(status), now);
    let changes = changes.unwrap();
    let lines = changes.iter().filter(|one| one.name() == "set-cookie");
    let lines: Vec<&str> = lines.map(HeaderChange::value).collect();
    lines.iter().for_each(|line| browser.keep(line));
    let name = |line: &&str| {
        let sign = if line.contains("; Max-Age=0") {
            "-"
        } else {
            ""
        };
        format!("{sign}{}", line.split('=').next().unwrap())
    };
    lines.iter().map(name).collect()
}

/// What the next page shows at this time.
fn shown(browser: &mut Browser, manager: &SessionManager, now: OffsetDateTime) -> Vec<String> {
    let mut shown = Vec::new();
    visit(browser, manager, (200, now), |session| {
        shown = take(session);
    });
    shown
}

#[test]
fn a_message_is_shown_once_and_its_cookie_comes_and_goes_by_one_line() {
    let (manager, mut browser) = (manager(), Browser::default());
    let set = visit(&mut browser, &manager, (303, at(0)), |session| {
        session.flash(Level::Success, "Saved.").unwrap();
        session.flash(Level::Warning, "The stock is low.").unwrap();
    });
    assert_eq!(set, [FLASH]);
    let set = visit(&mut browser, &manager, (200, at(1)), |session| {
        let messages = session.take_flashes().unwrap();
        let levels: Vec<Level> = messages.iter().map(|message| message.level).collect();
        assert_eq!(levels, [Level::Success, Level::Warning]);
        assert_eq!(texts(&messages), ["Saved.", "The stock is low."]);
        assert!(session.take_flashes().unwrap().is_empty());
    });
    assert_eq!(set, [format!("-{FLASH}")]);
    assert!(browser.is_empty());
    let set = visit(&mut browser, &manager, (200, at(2)), |session| {
        assert!(session.take_flashes().unwrap().is_empty());
    });
    assert!(set.is_empty(), "{set:?}");
    // What is said and shown in one request leaves no trace.
    let set = visit(&mut browser, &manager, (200, at(3)), |session| {
        say(session, "Saved.");
        assert_eq!(take(session), ["Saved."]);
    });
    assert!(set.is_empty(), "{set:?}");
}

#[test]
fn the_cookie_of_one_message_is_as_long_as_the_guide_says() {
    let (manager, mut browser) = (manager(), Browser::default());
    let session = browser.open(&manager, at(0));
    say(&session, "Saved.");
    let lines = browser.close(&manager, &session, at(0)).unwrap();
    let [line] = lines.as_slice() else {
        panic!("{lines:?}")
    };
    assert!(
        line.ends_with("; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=300"),
        "{line}"
    );
    assert_eq!(line.len(), 225);
    let session = browser.open(&manager, at(1));
    take(&session);
    let lines = browser.close(&manager, &session, at(1)).unwrap();
    assert_eq!(lines.len(), 1);
    assert!(lines[0].starts_with(&format!("{FLASH}=;")), "{lines:?}");
}

#[test]
fn what_takes_no_message_leaves_it_and_says_nothing_of_it() {
    let (manager, mut browser) = (manager(), Browser::default());
    visit(&mut browser, &manager, (303, at(0)), |session| {
        session.insert("name", "Ada").unwrap();
        say(session, "Saved.");
    });
    // Redirects, pictures, and a page that reads its session, up to the last second. A touch of the session may be due.
    for second in 1..300 {
        let status = if second % 2 == 0 { 303 } else { 200 };
        let set = visit(&mut browser, &manager, (status, at(second)), |session| {
            if second % 3 == 0 {
                session.get::<String>("name").unwrap();
            }
        });
        assert!(!set.iter().any(|name| name.contains("flash")), "{set:?}");
    }
    let mut late = browser.clone();
    assert_eq!(shown(&mut browser, &manager, at(299)), ["Saved."]);
    assert!(shown(&mut late, &manager, at(300)).is_empty());
}

#[test]
fn five_minutes_begin_with_the_last_message() {
    let (manager, mut browser) = (manager(), Browser::default());
    visit(&mut browser, &manager, (303, at(0)), |session| {
        say(session, "One.");
    });
    // In a request that is no use of any session, too.
    visit(&mut browser, &manager, (303, at(200)), |session| {
        sealed_session::adapter::mark_passive(session);
        say(session, "Two.");
    });
    assert_eq!(shown(&mut browser, &manager, at(499)), ["One.", "Two."]);
}

#[test]
fn a_message_that_ends_while_its_handler_runs_fails_no_response() {
    let (manager, mut browser) = (manager(), Browser::default());
    visit(&mut browser, &manager, (303, at(0)), |session| {
        say(session, "One.");
    });
    let session = browser.open(&manager, at(299));
    say(&session, "Two.");
    browser.close(&manager, &session, at(310)).unwrap();
    assert_eq!(shown(&mut browser, &manager, at(311)), ["One.", "Two."]);
}

#[test]
fn a_page_that_fails_keeps_the_messages_that_it_took() {
    let (manager, mut browser) = (manager(), Browser::default());
    visit(&mut browser, &manager, (303, at(0)), |session| {
        say(session, "Saved.");
    });
    for status in [500, 503] {
        let set = visit(&mut browser, &manager, (status, at(1)), |session| {
            assert_eq!(take(session), ["Saved."]);
            say(session, "Lost with its page.");
        });
        assert!(set.is_empty(), "{set:?}");
    }
    // A refusal is a page like any other.
    let set = visit(&mut browser, &manager, (404, at(2)), |session| {
        assert_eq!(take(session), ["Saved."]);
    });
    assert_eq!(set, [format!("-{FLASH}")]);
}

#[test]
fn an_answer_that_nobody_may_see_takes_no_message() {
    let (manager, mut browser) = (manager(), Browser::default());
    visit(&mut browser, &manager, (303, at(0)), |session| {
        say(session, "Saved.");
    });
    let line = browser.line();
    for (method, purpose) in [
        ("HEAD", ""),
        ("GET", "prefetch"),
        ("GET", "prefetch;prerender"),
    ] {
        let fields: &HeaderFields<'_> = &|name, take| {
            if name == "sec-purpose" {
                take(purpose.as_bytes());
            }
        };
        let request = RequestHead::new([line.as_bytes()]).method(method);
        let session = manager.load(request.fields(fields), at(1));
        assert!(session.take_flashes().unwrap().is_empty(), "{method}");
        let changes = manager.commit(&session, ResponseHead::new(200), at(1));
        let names: Vec<String> = changes.unwrap().iter().map(|c| c.name().into()).collect();
        // It depends on the cookie all the same.
        assert_eq!(names, ["vary", "cache-control"], "{method} {purpose}");
    }
    assert_eq!(shown(&mut browser, &manager, at(2)), ["Saved."]);
}

#[test]
fn a_sign_out_and_a_sign_in_keep_messages() {
    let manager = builder()
        .clear_site_data([SiteData::Cache, SiteData::Storage])
        .no_store_on_destroy()
        .build()
        .unwrap();
    let mut browser = Browser::default();
    let set = visit(&mut browser, &manager, (303, at(0)), |session| {
        say(session, "Welcome.");
        session.sign_in("user-17", &[]).unwrap();
    });
    assert_eq!(set, [BASE, FLASH]);
    let mut told = browser.clone();
    let set = visit(&mut browser, &manager, (303, at(1)), |session| {
        say(session, "You are signed out.");
        session.destroy().unwrap();
    });
    let removed = format!("-{BASE}");
    assert_eq!(set, [&removed, TOMBSTONE, FLASH]);
    assert_eq!(
        shown(&mut browser, &manager, at(2)),
        ["Welcome.", "You are signed out."]
    );
    // Taking ends no session: nobody is signed out, and the browser is asked to forget nothing.
    let session = told.open(&manager, at(1));
    assert_eq!(take(&session), ["Welcome."]);
    let changes = manager.commit(&session, ResponseHead::new(200), at(1));
    let names: Vec<String> = changes.unwrap().iter().map(|c| c.name().into()).collect();
    assert_eq!(names, ["set-cookie", "vary", "cache-control"]);
    assert!(told.close(&manager, &session, at(1)).unwrap().is_empty());
}

#[test]
fn messages_follow_the_ring_of_the_manager() {
    let (manager, mut browser) = (manager(), Browser::default());
    visit(&mut browser, &manager, (303, at(0)), |session| {
        say(session, "Saved.");
    });
    let newer = sealed_session::KeyRing::new(key(2));
    let both = newer.clone().accept(key(1)).unwrap();
    manager.replace_ring(both, at(1)).unwrap();
    let mut old = browser.clone();
    assert_eq!(shown(&mut browser, &manager, at(1)), ["Saved."]);
    manager.replace_ring(newer, at(2)).unwrap();
    assert!(shown(&mut old, &manager, at(2)).is_empty());
}
