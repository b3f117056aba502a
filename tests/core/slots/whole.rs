//! All slots are sent, or none is.

use std::sync::{Arc, Mutex};

use sealed_session::adapter::ResponseHead;
use sealed_session::{Attribute, Event, Session, SessionManager, SessionManagerBuilder, adapter};

use super::{both, commit, lines, name, of_prefs, open, prefs, sign_in, visit};
use crate::common::{self, Browser, at, noise};

const BULK: Attribute<Vec<u8>> = Attribute::new("bulk");
const MORE: Attribute<Vec<u8>> = Attribute::new("more");

type Log = Arc<Mutex<Vec<String>>>;

fn logged(builder: SessionManagerBuilder, log: &Log, slot: &'static str) -> SessionManagerBuilder {
    let log = Arc::clone(log);
    builder.on_event(move |event: &Event, _: &str| {
        if !common::is_everyday(event) {
            let text = format!("{event:?}");
            let kind = text.split([' ', '{']).next().unwrap_or_default();
            log.lock().unwrap().push(format!("{slot} {kind}"));
        }
    })
}

fn logging(log: &Log) -> SessionManager {
    both(
        logged(sign_in(), log, "main"),
        logged(prefs(), log, "prefs"),
    )
}

/// A browser with a name in both slots.
fn browser(manager: &SessionManager) -> Browser {
    let mut browser = Browser::default();
    visit(&mut browser, manager, at(0), |session| {
        session.insert("name", "Ada").unwrap();
        of_prefs(session).insert("name", "dark").unwrap();
    });
    browser
}

fn overfill_prefs(session: &Session) {
    of_prefs(session).insert(BULK, noise(900, 1)).unwrap();
    of_prefs(session).insert(MORE, noise(900, 2)).unwrap();
}

#[test]
fn if_one_cannot_be_sent_none_is() {
    // What the handler does, when it ends, and which cookie is to blame.
    type Handler = fn(&Session);
    let table: [(&str, Handler, i64, &str); 4] = [
        (
            "the second too large",
            |session| {
                session.insert("name", "Eve").unwrap();
                overfill_prefs(session);
            },
            200,
            "__Host-prefs",
        ),
        (
            "the first too large",
            |session| {
                of_prefs(session).insert("name", "light").unwrap();
                common::overfill(session);
            },
            200,
            common::BASE,
        ),
        (
            "the first too large, the second destroyed",
            |session| {
                common::overfill(session);
                of_prefs(session).destroy().unwrap();
            },
            200,
            common::BASE,
        ),
        (
            "the first over",
            |session| {
                session.insert("name", "Eve").unwrap();
                of_prefs(session).insert("name", "light").unwrap();
            },
            2_200,
            common::BASE,
        ),
    ];
    for (case, handler, end, cookie) in table {
        let log = Log::default();
        let manager = logging(&log);
        let mut browser = browser(&manager);
        let session = open(&browser, &manager, at(200));
        handler(&session);
        let error = commit(&manager, &session, at(end)).unwrap_err();
        assert_eq!(error.cookie(), Some(cookie), "{case}");
        assert!(
            error.to_string().starts_with(&format!("`{cookie}`: ")),
            "{error}"
        );
        let slot = if cookie == common::BASE {
            "main"
        } else {
            "prefs"
        };
        assert_eq!(
            *log.lock().unwrap(),
            [format!("{slot} CommitFailed")],
            "{case}"
        );
        let failed = adapter::failed(&session, &error);
        assert_eq!(
            failed.id(),
            match slot {
                "main" => session.id(),
                _ => of_prefs(&session).id(),
            }
        );

        // Too late for any.
        for session in [session.clone(), of_prefs(&session)] {
            assert!(
                session.insert("late", 1).unwrap_err().is_too_late(),
                "{case}"
            );
        }
        // The head of the error page: what was used stays alive, and caches are told.
        let head = ResponseHead::new(500);
        let changes = manager.commit(&session, head, at(end)).unwrap();
        let shown: Vec<String> = changes.iter().map(|change| format!("{change:?}")).collect();
        assert!(shown.contains(&"Append(vary: Cookie)".to_owned()), "{case}");
        assert!(
            shown.contains(&"Replace(cache-control: private)".to_owned()),
            "{case}"
        );
        for line in lines(changes) {
            assert!(
                line.starts_with(common::TOUCH) && end == 200,
                "{case}: {line}"
            );
            browser.keep(&line);
        }
        let session = open(&browser, &manager, at(1_000));
        assert_eq!(name(&session).as_deref(), Some("Ada"), "{case}");
        assert_eq!(name(&of_prefs(&session)).as_deref(), Some("dark"), "{case}");
    }
}

#[test]
fn a_handler_that_gave_up_sends_nothing_of_any() {
    let log = Log::default();
    let manager = logging(&log);
    let browser = browser(&manager);
    let session = open(&browser, &manager, at(1));
    session.insert("name", "Eve").unwrap();
    let error = of_prefs(&session)
        .insert(BULK, noise(9_000, 1))
        .unwrap_err();
    assert!(error.is_too_large());
    error.hold_back();
    // Every slot reads as it came, and takes no more.
    assert_eq!(name(&session).as_deref(), Some("Ada"));
    assert!(session.insert("late", 1).unwrap_err().is_too_late());
    let failed = commit(&manager, &session, at(1)).unwrap_err();
    assert_eq!(failed.cookie(), Some("__Host-prefs"));
    assert_eq!(*log.lock().unwrap(), ["prefs CommitFailed"]);
    assert_eq!(
        commit(&manager, &session, at(1)).unwrap(),
        Vec::<String>::new()
    );
}

#[test]
fn a_panic_with_one_session_in_hand_holds_back_all() {
    for slot in ["main", "prefs"] {
        let log = Log::default();
        let manager = logging(&log);
        let browser = browser(&manager);
        let session = open(&browser, &manager, at(200));
        session.insert("name", "Eve").unwrap();
        overfill_prefs(&session);
        let held = match slot {
            "main" => adapter::in_hand(&session),
            _ => adapter::in_hand(&of_prefs(&session)),
        };
        let task = std::thread::spawn(move || {
            let _held = held;
            panic!("with a session in hand");
        });
        assert!(task.join().is_err());
        // No error, though one does not fit: the page of the panic stands.
        for _ in 0..2 {
            let page = ResponseHead::new(500);
            let changes = manager.commit(&session, page, at(200)).unwrap();
            assert_eq!(lines(changes), Vec::<String>::new());
        }
        assert_eq!(*log.lock().unwrap(), ["main Poisoned"]);
        for session in [session.clone(), of_prefs(&session)] {
            assert!(session.insert("late", 1).unwrap_err().is_poisoned());
        }
    }
}

#[test]
fn a_panic_with_all_sessions_in_hand_is_reported_once() {
    let log = Log::default();
    let manager = logging(&log);
    let session = open(&Browser::default(), &manager, at(0));
    of_prefs(&session).insert("name", "light").unwrap();
    let held = adapter::in_hand(&session);
    let task = std::thread::spawn(move || {
        let _held = held;
        panic!("with sessions in hand");
    });
    assert!(task.join().is_err());
    // A page that speaks of what was changed would be wrong.
    let failed = commit(&manager, &session, at(0)).unwrap_err();
    assert!(failed.is_poisoned());
    assert!(commit(&manager, &session, at(0)).unwrap().is_empty());
    assert_eq!(
        *log.lock().unwrap(),
        ["main Poisoned", "prefs CommitFailed"]
    );
}

#[test]
fn what_was_written_is_reported_only_if_all_of_it_is_sent() {
    let log = Log::default();
    let manager = logging(&log);
    let near = |session: &Session| {
        session.insert(BULK, noise(4_000, 1)).unwrap();
    };
    let session = open(&Browser::default(), &manager, at(0));
    near(&session);
    overfill_prefs(&session);
    assert!(commit(&manager, &session, at(0)).is_err());
    // Nor with the error page.
    assert!(commit(&manager, &session, at(0)).unwrap().is_empty());
    assert_eq!(
        std::mem::take(&mut *log.lock().unwrap()),
        ["prefs CommitFailed"]
    );
    visit(&mut Browser::default(), &manager, at(0), near);
    assert_eq!(*log.lock().unwrap(), ["main NearBudget"]);
}
