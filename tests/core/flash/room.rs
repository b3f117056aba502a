//! How many messages there is room for, and what becomes of those for which there is none.

use std::sync::{Arc, Mutex};

use sealed_session::adapter::{HeaderChange, RequestHead, ResponseHead};
use sealed_session::flash::Level;
use sealed_session::report::Measure;
use sealed_session::{Attribute, Budget, Event, Session, SessionManager, Slot};

use super::{FLASH, builder, manager, say, shown, take, visit};
use crate::common::{Browser, at, key, noise, ring};

#[test]
fn a_message_of_4_kb_is_an_error_that_says_what_to_do_and_nothing_that_was_there_is_lost() {
    let (manager, mut browser) = (manager(), Browser::default());
    visit(&mut browser, &manager, (303, at(0)), |session| {
        session.sign_in("user-17", &[]).unwrap();
        say(session, "Saved.");
    });
    for is_answered in [false, true] {
        let session = browser.open(&manager, at(1));
        session.insert("name", "Ada").unwrap();
        // However well it would compress.
        let error = session.flash(Level::Error, "x".repeat(4_096)).unwrap_err();
        assert!(error.is_too_large());
        assert_eq!(error.cookie(), Some(FLASH));
        let sizes = error.sizes().unwrap();
        assert_eq!((sizes.measure, sizes.allowed), (Measure::Total, 754));
        let text = error.to_string();
        assert!(text.contains("a few sentences"), "{text}");
        assert!(
            !text.contains("xx") && !text.contains("within_8k"),
            "{text}"
        );
        let after = if is_answered {
            // The error is the response: nothing of either session is sent.
            error.hold_back();
            let failed = manager.commit(&session, ResponseHead::new(200), at(1));
            assert!(failed.unwrap_err().is_too_large());
            None
        } else {
            browser.close(&manager, &session, at(1)).unwrap();
            Some("Ada".to_owned())
        };
        let session = browser.open(&manager, at(2));
        assert_eq!(session.subject().as_deref(), Some("user-17"));
        if after.is_some() {
            assert_eq!(session.get::<String>("name").unwrap(), after);
            visit(&mut browser, &manager, (200, at(2)), |session| {
                session.remove("name").unwrap();
            });
        } else {
            assert_eq!(session.get::<String>("name").unwrap(), None);
        }
    }
    assert_eq!(shown(&mut browser, &manager, at(3)), ["Saved."]);
}

#[test]
fn the_oldest_messages_make_way_and_somebody_is_told_before() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let tells = heard.clone();
    let hook = move |event: &Event, cookie: &str| {
        if let Event::NearBudget { cure, again, .. } = event {
            assert!(cure.contains("a few sentences"), "{cure}");
            tells.lock().unwrap().push((cookie.to_owned(), *again));
        }
    };
    let (manager, mut browser) = (
        builder().on_event(hook).build().unwrap(),
        Browser::default(),
    );
    let message = |n: usize| format!("{n}: {}", "The order was changed. ".repeat(3));
    // A script that posts again and again, and loads no page.
    for n in 0..20 {
        let set = visit(&mut browser, &manager, (200, at(0)), |session| {
            say(session, &message(n));
        });
        assert_eq!(set, [FLASH]);
    }
    let shown = shown(&mut browser, &manager, at(1));
    assert!((4..10).contains(&shown.len()), "{}", shown.len());
    let newest: Vec<String> = (20 - shown.len()..20).map(message).collect();
    assert_eq!(shown, newest);
    let heard = heard.lock().unwrap();
    // Once aloud, and each time after that in a low voice.
    let aloud = heard.iter().filter(|(_, again)| !again).count();
    assert!(aloud == 1 && heard.iter().all(|(cookie, _)| cookie == FLASH));
}

/// Fills a session and the messages beside it to the last byte, and returns the length of all that is said in the head.
fn fullest(manager: &SessionManager) -> usize {
    let mut browser = Browser::default();
    visit(&mut browser, manager, (200, at(0)), |session| {
        session.sign_in("user-16", &[]).unwrap();
    });
    let session = browser.open(manager, at(1));
    session.sign_in("user-17", &[]).unwrap();
    let room = session.size().unwrap().room;
    let lump = Attribute::<Vec<u8>>::new("lump");
    let fits =
        |length: &usize| session.insert(lump, noise(*length, 1)).is_ok() && session.size().is_ok();
    assert!((room - 40..room).rev().any(|length| fits(&length)));
    fill(&session);
    let changes = manager.commit(&session, ResponseHead::new(303), at(1));
    let line = |change: &HeaderChange| change.name().len() + change.value().len() + 4;
    changes.unwrap().iter().map(line).sum()
}

fn fill(session: &Session) {
    let fits = |length: &usize| session.flash(Level::Info, "x".repeat(*length)).is_ok();
    assert!((300..700).rev().any(|length| fits(&length)));
}

#[test]
fn a_session_and_messages_fit_together_into_the_head_that_the_budget_names() {
    let portable = manager();
    let head = fullest(&portable);
    assert!((2_600..=3_072).contains(&head), "{head}");
    // The session has what the messages leave.
    let without = SessionManager::new("session", ring()).unwrap();
    let size =
        |manager: &SessionManager| manager.load(RequestHead::default(), at(0)).size().unwrap();
    let (with, without) = (size(&portable), size(&without));
    assert_eq!(
        without.budget.total_limit() - with.budget.total_limit(),
        754
    );
    assert_eq!(with.reserved - without.reserved, 754);
    assert_eq!(with.budget.total_limit() + with.reserved, 3_072);
    // A session that leaves as much by itself gives nothing up.
    let small = Budget::portable().with_total_limit(1_500);
    let small = builder().budget(small).build().unwrap();
    assert_eq!(size(&small).budget.total_limit(), 1_500);
    for larger in [Budget::within_8k(), Budget::within_16k(), Budget::direct()] {
        let manager = builder().budget(larger).build().unwrap();
        assert_eq!(size(&manager).budget.total_limit(), larger.total_limit());
    }
}

#[test]
fn there_is_room_for_four_hundred_bytes_of_text() {
    let session = manager().load(RequestHead::default(), at(0));
    // Of any letters: the text is not compressed.
    session.flash(Level::Info, "é".repeat(200)).unwrap();
    assert_eq!(take(&session).len(), 1);
    let error = session.flash(Level::Info, "é".repeat(250)).unwrap_err();
    assert!(error.is_too_large());
}

enum Prefs {}
impl Slot for Prefs {}

#[test]
fn other_slots_stand_beside_messages() {
    let prefs = || {
        let ring = sealed_session::KeyRing::new(key(2));
        let small = Budget::portable().with_total_limit(800);
        SessionManager::builder("prefs", ring)
            .budget(small)
            .build()
            .unwrap()
    };
    let roomy = builder().budget(Budget::within_8k()).build().unwrap();
    let manager = roomy.with_slot::<Prefs>(prefs()).unwrap();
    let mut browser = Browser::default();
    let set = visit(&mut browser, &manager, (303, at(0)), |session| {
        let prefs = session.slot::<Prefs>().unwrap();
        prefs.insert("theme", "dark").unwrap();
        // From any handle.
        say(&prefs, "Saved.");
    });
    assert_eq!(set, [FLASH, "__Host-prefs"]);
    assert_eq!(shown(&mut browser, &manager, at(1)), ["Saved."]);
    // There is no room for three in the default head.
    let error = manager_error(super::manager().with_slot::<Prefs>(prefs()));
    assert!(error.contains("`__Host-session-flash` 754"), "{error}");
}

fn manager_error(result: Result<SessionManager, sealed_session::Error>) -> String {
    let error = result.unwrap_err();
    assert!(error.is_configuration());
    error.to_string()
}
