//! How many lines a busy site reads: loud at the first time, as far as the cookie tells, and then not.

use std::sync::{Arc, Mutex};

use sealed_session::adapter::RequestHead;
use sealed_session::{Attribute, Budget, Event, Key, KeyRing, SessionManager};
use tracing::Level;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

use crate::common::{self, Browser, at, noise};

const BLOB: Attribute<Vec<u8>> = Attribute::new("blob");

/// Keeps the level of every line.
#[derive(Clone, Default)]
struct Levels(Arc<Mutex<Vec<Level>>>);

impl<S: tracing::Subscriber> Layer<S> for Levels {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "sealed_session" {
            self.0.lock().unwrap().push(*event.metadata().level());
        }
    }
}

/// The levels of what `act` logs, but for what is everyday. The hook hears of each.
fn levels(act: impl FnOnce(&SessionManager)) -> Vec<Level> {
    let (levels, heard) = (Levels::default(), Arc::new(Mutex::new(Vec::new())));
    let log = Arc::clone(&heard);
    let hook = move |event: &Event, _: &str| log.lock().unwrap().push(common::is_everyday(event));
    let builder = SessionManager::builder("session", common::ring())
        .budget(Budget::within_8k().with_warning_limit(3_072))
        .on_event(hook);
    let manager = builder.build().unwrap();
    let subscriber = tracing_subscriber::registry().with(levels.clone());
    tracing::subscriber::with_default(subscriber, || act(&manager));
    let (levels, heard) = (levels.0.lock().unwrap().clone(), heard.lock().unwrap());
    assert_eq!(levels.len(), heard.len());
    let told = levels.into_iter().zip(heard.iter());
    told.filter_map(|(level, is_everyday)| (!is_everyday).then_some(level))
        .collect()
}

fn store(browser: &mut Browser, manager: &SessionManager, length: usize) {
    let value = noise(length, 7);
    browser.visit(manager, at(0), |session| {
        session.insert(BLOB, value).unwrap()
    });
}

#[test]
fn a_session_that_is_over_is_no_news() {
    let over = levels(|manager| {
        let mut browser = Browser::default();
        store(&mut browser, manager, 10);
        (0..3).for_each(|_| drop(browser.open(manager, at(1_800)).subject()));
    });
    assert_eq!(over, [Level::DEBUG; 3]);
    // One that this node cannot know may be the sign of a bad deploy.
    let unknown = levels(|manager| {
        let other = SessionManager::new("session", KeyRing::new(Key::generate().unwrap())).unwrap();
        let mut browser = Browser::default();
        let unheard = tracing::subscriber::NoSubscriber::default();
        tracing::subscriber::with_default(unheard, || store(&mut browser, &other, 10));
        drop(browser.open(manager, at(0)).subject());
    });
    assert_eq!(unknown, [Level::INFO]);
}

#[test]
fn a_session_near_its_budget_is_news_once() {
    let told = levels(|manager| {
        let mut browser = Browser::default();
        // Below, near, nearer, below, near again, and a sign-in that keeps it.
        [2_000, 2_500, 2_600, 2_000, 2_500]
            .into_iter()
            .for_each(|length| store(&mut browser, manager, length));
        browser.visit(manager, at(0), |session| {
            session.sign_in("ada", &[&BLOB]).unwrap();
        });
        browser.visit(manager, at(0), |session| session.insert("a", 1).unwrap());
    });
    let (loud, quiet) = (Level::WARN, Level::DEBUG);
    assert_eq!(told, [loud, quiet, loud, loud, quiet]);
}

#[test]
fn a_crowded_request_is_news_once() {
    let told = levels(|manager| {
        let mut browser = Browser::default();
        browser.keep(&format!("other={}; Path=/", "x".repeat(4_000)));
        browser.keep(&format!("more={}; Path=/", "x".repeat(4_000)));
        // A session begins in the crowd, and stays.
        [300, 301, 302]
            .into_iter()
            .for_each(|length| store(&mut browser, manager, length));
        // Another cookie goes, and comes back.
        browser.keep("more=; Path=/; Max-Age=0");
        store(&mut browser, manager, 303);
        assert!(browser.line().len() < 8_180);
        store(&mut browser, manager, 4_000);
        store(&mut browser, manager, 4_001);
    });
    let (loud, quiet) = (Level::WARN, Level::DEBUG);
    // The last two are near the budget, too.
    assert_eq!(told, [loud, quiet, quiet, loud, loud, quiet, quiet]);
}

#[test]
fn a_value_that_cannot_be_read_is_news_when_it_is_lost() {
    const BEFORE: Attribute<u32> = Attribute::new("recent");
    const NOW: Attribute<String> = Attribute::new("recent").schema(2).absent_if_unreadable();
    let told = levels(|manager| {
        let session = manager.load(RequestHead::default(), at(0));
        session.insert(BEFORE, 7).unwrap();
        assert_eq!(session.get(NOW).unwrap(), None);
        assert_eq!(session.get(NOW).unwrap(), None);
        session.insert(NOW, "seven".to_owned()).unwrap();
        assert_eq!(session.get(NOW).unwrap().as_deref(), Some("seven"));

        let session = manager.load(RequestHead::default(), at(0));
        session.insert(BEFORE, 7).unwrap();
        session
            .update(NOW, |seven| seven.push_str("seven"))
            .unwrap();
    });
    let (loud, quiet) = (Level::WARN, Level::DEBUG);
    assert_eq!(told, [quiet, quiet, loud, loud]);
}
