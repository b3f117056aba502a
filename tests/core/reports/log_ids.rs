//! The name of a session in logs, and the span that it stands in.

use std::cell::RefCell;
use std::sync::{Arc, Mutex};

use sealed_session::adapter::{RequestHead, ResponseHead};
use sealed_session::report::SessionId;
use sealed_session::{Session, SessionManager};
use tracing::field::{Empty, Field, Visit};
use tracing::span::{Id, Record};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

use crate::common::{Browser, at, ring};
use crate::logged::logged;

thread_local! {
    static CURRENT: RefCell<Option<Session>> = const { RefCell::new(None) };
}

/// Keeps what is recorded, and asks the session meanwhile.
#[derive(Clone, Default)]
struct Recorded(Arc<Mutex<Vec<String>>>);

impl<S: tracing::Subscriber> Layer<S> for Recorded {
    fn on_record(&self, _: &Id, values: &Record<'_>, _: Context<'_, S>) {
        if let Some(session) = CURRENT.with_borrow(Option::clone) {
            assert!(session.insert("recorded", true).is_ok());
        }
        values.record(&mut Fields(self));
    }
}

struct Fields<'r>(&'r Recorded);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let line = format!("{field}={value:?}");
        self.0.0.lock().unwrap().push(line);
    }
}

fn manager() -> SessionManager {
    let builder = SessionManager::builder("session", ring());
    builder.record_log_id("session").build().unwrap()
}

#[test]
fn a_log_id_lasts_for_a_sign_in_and_leads_to_no_id() {
    let manager = manager();
    let mut browser = Browser::default();
    let mut seen = Vec::new();
    for act in [
        |session: &Session| session.insert("cart", 1).unwrap(),
        |session: &Session| session.insert("cart", 2).unwrap(),
        |session: &Session| session.renew().unwrap(),
        |session: &Session| session.sign_in("ada", &[]).unwrap(),
        |session: &Session| session.renew().unwrap(),
    ] {
        let session = browser.open(&manager, at(0));
        act(&session);
        seen.push(session.log_id().unwrap());
        let (log_id, id) = (session.log_id().unwrap().to_string(), session.id().unwrap());
        assert_eq!(log_id.len(), 12);
        assert!(!id.to_string().contains(&log_id) && log_id.parse::<SessionId>().is_err());
        browser.close(&manager, &session, at(0)).unwrap();
    }
    let [begun, signed_in] = [seen[0], seen[3]];
    assert_ne!(begun, signed_in);
    assert_eq!(seen, [begun, begun, begun, signed_in, signed_in]);
    let session = browser.open(&manager, at(0));
    session.destroy().unwrap();
    assert_eq!(session.log_id(), None);
}

#[test]
fn the_span_of_the_request_knows_whose_it_is_from_the_first_look_on() {
    let manager = manager();
    let mut browser = Browser::default();
    browser.visit(&manager, at(0), |session| session.insert("n", 1).unwrap());
    let recorded = Recorded::default();
    let subscriber = tracing_subscriber::registry().with(recorded.clone());
    tracing::subscriber::with_default(subscriber, || {
        let take = || std::mem::take(&mut *recorded.0.lock().unwrap());
        let span = tracing::info_span!("request", session = Empty);
        let line = browser.line();
        let request = RequestHead::new([line.as_bytes()]);
        let session = span.in_scope(|| manager.load(request, at(1)));
        assert!(take().is_empty());
        CURRENT.set(Some(session.clone()));
        // Whatever span the handler runs in.
        let inner = tracing::info_span!("handler", session = Empty);
        inner.in_scope(|| assert!(session.contains("n")));
        let before = session.log_id().unwrap();
        assert_eq!(take(), [format!("session={before}")]);
        session.renew().unwrap();
        assert!(take().is_empty());
        session.sign_in("ada", &[]).unwrap();
        let after = session.log_id().unwrap();
        assert_eq!(take(), [format!("session={after}")]);
        session.destroy().unwrap();
        drop(manager.commit(&session, ResponseHead::new(200), at(1)));
        assert!(take().is_empty());
        CURRENT.set(None);
    });
}

#[test]
fn events_stand_in_that_span_and_an_untold_manager_records_nothing() {
    let text = |manager: &SessionManager| {
        let ((), text) = logged(|| {
            let span = tracing::info_span!("request", session = Empty);
            let _entered = span.enter();
            Browser::default().visit(manager, at(0), |session| {
                session.sign_in("ada", &[]).unwrap();
            });
        });
        text
    };
    let told = text(&manager());
    let is_told =
        |line: &str| line.contains("request{session=") && line.contains("session written");
    assert!(told.lines().any(is_told), "{told}");
    assert!(
        told.contains("event=\"written\" cookie=\"__Host-session\""),
        "{told}"
    );
    let untold = text(&crate::common::manager());
    assert!(
        untold.contains("request: ") && !untold.contains("session="),
        "{untold}"
    );
}
