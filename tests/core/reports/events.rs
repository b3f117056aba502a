//! Events are told when no lock is held: a hook may do with the session whatever a handler may.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt::{self, Write};
use std::pin::pin;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sealed_session::adapter::{HeaderFields, RequestHead, ResponseHead};
use sealed_session::flash::Level;
use sealed_session::overflow::{BoxError, Overflow, OverflowStore};
use sealed_session::revocation::Target;
use sealed_session::{
    Attribute, AttributeName, Budget, CookieSpec, CrossOrigin, Event, Guard, Key, KeyRing,
    Lifetime, Session, SessionManager, SessionManagerBuilder, Slot, Transport, adapter,
};
use time::OffsetDateTime;
use tracing::subscriber::Interest;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

use crate::common::{at, noise};

thread_local! {
    /// The session of the request that this thread handles, as a task-local of an application.
    static CURRENT: RefCell<Option<Session>> = const { RefCell::new(None) };
}

fn current() -> Option<Session> {
    CURRENT.with_borrow(Option::clone)
}

/// Calls every method, the ones that change first. `tests/house/hooks.rs` looks whether one is missing.
fn everything(session: &Session) {
    drop(session.insert("hook", 1));
    drop(session.replace("hook", 2));
    drop(session.update("hook", |n: &mut u32| *n += 1));
    drop(session.take::<u32>("hook"));
    drop(session.remove("hook"));
    drop(session.set_idle_timeout(Duration::from_secs(60)));
    drop(session.set_idle_timeout(None));
    drop(session.remember(Duration::from_secs(3_600)));
    drop(session.renew());
    drop(session.set_labels(&["hook"]));
    drop(session.flash(Level::Info, "hook"));
    drop(session.take_flashes());
    drop(session.ask_hand_over("https://a.example", None));
    drop((
        session.hand_over(""),
        session.arrive("", &[]),
        session.origin(),
    ));
    drop(session.revocations_of(Target::Everything, at(1)));
    session.mark_passive();
    session.count_as_use();
    drop(session.get::<u32>("hook"));
    let _ = (session.contains("hook"), session.names(), session.id());
    let _ = session.log_id();
    let _ = (session.is_live(), session.is_new(), session.opened_from());
    let _ = (session.subject(), session.labels(), session.refusal());
    let _ = session.sealed_under();
    let _ = (
        session.times(),
        session.time_left(at(1)),
        session.slot::<sealed_session::Main>().is_ok(),
    );
    drop(session.size());
    drop(session.encode_url("/"));
    drop((session.form_token(), session.form_field()));
    drop(adapter::form_check(session));
    drop((
        session.clone(),
        adapter::in_hand(session),
        adapter::foreign(session),
        format!("{session:?}"),
    ));
    drop(session.clear());
    drop(session.start_over(&[]));
    drop(session.sign_in("hook", &[]));
    drop(session.confirm());
    drop(session.act_as("mask", &[]));
    let _ = (session.actor(), session.confirmed_at());
    drop(session.stop_acting(&[]));
    drop(session.destroy());
}

enum Nowhere {}
impl Slot for Nowhere {}

/// Causes each kind of event, each with the session that it is about at hand.
fn cause_all(manager: &SessionManager, links: &SessionManager) {
    cause_refusals_and_failures(manager, links);
    cause_by_other_sites(manager);
    cause_everyday(manager);
    // Unreadable.
    let session = load(manager, "");
    drop(session.insert(Attribute::<String>::json("cart"), "text".to_owned()));
    let numbers = Attribute::<Vec<u32>>::json("cart").absent_if_unreadable();
    drop(session.get(numbers));
    // GivenUp.
    drop(manager.commit(&session, ResponseHead::new(500), at(1)));
    // NotStored.
    let session = load(manager, "");
    drop(session.insert("name", "Ada"));
    drop(session.insert("noise", noise(20_000, 1)));
    commit(manager, &session);
}

/// Written; Opened, Denied, NothingToKeep and Ended; Mistake and HandlerError; Acting.
fn cause_everyday(manager: &SessionManager) {
    let session = load(manager, "");
    session.insert("name", "Ada").unwrap();
    let changes = manager.commit(&session, ResponseHead::new(200), at(1));
    let line = changes.unwrap_or_default().remove(0).value().to_owned();
    let session = load(manager, line.split(';').next().unwrap());
    drop(Guard::signed_in().check(&session, &RequestHead::default()));
    drop(session.start_over(&[&"nowhere"]));
    drop(session.destroy());
    drop(adapter::answer(&session.slot::<Nowhere>().unwrap_err()));
    drop(adapter::answer(&session.sign_in("", &[]).unwrap_err()));
    commit(manager, &session);
    let session = load(manager, "");
    drop(session.sign_in("support-3", &[]));
    drop(session.act_as("user-17", &[]));
    commit(manager, &session);
}

fn load(manager: &SessionManager, line: &str) -> Session {
    let request = RequestHead::new([line.as_bytes()]).host("shop.example");
    in_hand(manager, request.query("s="))
}

/// Loads a session, which hooks find then.
fn in_hand<'a>(
    manager: &SessionManager,
    request: RequestHead<'a, impl IntoIterator<Item = &'a [u8]>>,
) -> Session {
    let session = manager.load(request, at(0));
    CURRENT.with_borrow_mut(|current| *current = Some(session.clone()));
    session
}

fn commit(manager: &SessionManager, session: &Session) {
    drop(manager.commit(session, ResponseHead::new(200), at(1)));
}

/// ForeignRequest, Withheld and PlainHttp.
fn cause_by_other_sites(manager: &SessionManager) {
    let frame: &[(&str, &str)] = &[
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-dest", "iframe"),
    ];
    let plain: &[(&str, &str)] = &[("origin", "http://shop.example")];
    for (method, sent) in [("POST", frame), ("GET", frame), ("POST", plain)] {
        let fields: &HeaderFields<'_> = &|wanted, take| {
            let wanted = sent.iter().filter(|(name, _)| *name == wanted);
            wanted.for_each(|(_, value)| take(value.as_bytes()));
        };
        let request = RequestHead::default().method(method).host("shop.example");
        let session = in_hand(manager, request.fields(fields));
        drop(session.insert("name", "Ada"));
        commit(manager, &session);
    }
}

fn cause_refusals_and_failures(manager: &SessionManager, links: &SessionManager) {
    let commit = |session: &Session| commit(manager, session);
    // Refused; TooLate.
    let session = load(manager, "__Host-session=garbage");
    drop(session.subject());
    commit(&session);
    drop(session.insert("late", 1));
    // Overwrote, NearBudget and CrowdedRequest: the hook hears of them when all is closed.
    let crowd = format!("__Host-session=A; other={}", "x".repeat(8_000));
    let session = load(manager, &crowd);
    drop(session.replace("name", noise(2_000, 1)));
    commit(&session);
    // CommitFailed.
    let session = load(manager, "");
    drop(session.insert("one", noise(2_500, 1)));
    drop(session.insert("two", noise(2_500, 2)));
    commit(&session);
    // StoreFailed.
    let session = load(links, "");
    session.insert("large", noise(20_000, 1)).unwrap();
    session.encode_url("/").unwrap();
    let pending = adapter::pending_commit(&session, ResponseHead::new(200), at(1));
    if let Some(pending) = pending {
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(pin!(pending).poll(&mut context).is_ready());
    }
    // TooLate, of a link.
    let session = load(links, "");
    session.insert("name", "Ada").unwrap();
    session.encode_url("/").unwrap();
    drop(session.insert("late", 1));
    // Poisoned.
    let session = load(manager, "");
    session.insert("name", "Ada").unwrap();
    let held = adapter::in_hand(&session);
    let task = std::thread::spawn(move || {
        let _held = held;
        panic!("with a session in hand");
    });
    assert!(task.join().is_err());
    commit(&session);
}

/// Runs `act` on a thread of its own: one that waits for ever fails the test, and does not hang it.
fn within_ten_seconds(act: impl FnOnce() + Send + 'static) {
    let (done, waits) = channel();
    std::thread::spawn(move || {
        act();
        done.send(()).unwrap();
    });
    let ended = waits.recv_timeout(Duration::from_secs(10));
    assert!(ended.is_ok(), "the application is called under a lock");
}

/// A store that is down.
struct Down;

impl OverflowStore for Down {
    async fn put(&self, _: [u8; 16], _: Vec<u8>, _: OffsetDateTime) -> Result<(), BoxError> {
        Err("down".into())
    }

    async fn get(&self, _: [u8; 16]) -> Result<Option<Vec<u8>>, BoxError> {
        Err("down".into())
    }

    async fn expire(&self, _: [u8; 16], _: OffsetDateTime) -> Result<(), BoxError> {
        Err("down".into())
    }
}

type Seen = Arc<Mutex<BTreeSet<String>>>;

fn managers(seen: &Seen, ask: fn(&Session)) -> [SessionManager; 2] {
    builders().map(|builder| {
        let seen = Arc::clone(seen);
        let hook = move |event: &Event, _: &str| {
            let shown = format!("{event:?}");
            let kind = shown.split([' ', '{']).next().unwrap_or_default();
            seen.lock().unwrap().insert(kind.to_owned());
            current().iter().for_each(ask);
        };
        builder.on_event(hook).build().unwrap()
    })
}

/// For sessions in cookies, and for sessions in links.
fn builders() -> [SessionManagerBuilder; 2] {
    let ring = KeyRing::new(Key::generate().unwrap());
    let quarter = Lifetime::new().with_idle_timeout(Duration::from_secs(900));
    let links = Transport::url_that_leaks("s");
    let plain = SessionManager::builder("session", ring.clone());
    let linked = SessionManager::builder("session", ring)
        .lifetime(quarter)
        .transport(links)
        .overflow(Overflow::new(Down));
    let budget = Budget::within_8k().with_warning_limit(3_072);
    [plain, linked].map(|builder| builder.budget(budget))
}

const ALL: [&str; 22] = [
    "Acting",
    "CommitFailed",
    "CrowdedRequest",
    "Denied",
    "Ended",
    "ForeignRequest",
    "GivenUp",
    "HandlerError",
    "Mistake",
    "NearBudget",
    "NotStored",
    "NothingToKeep",
    "Opened",
    "Overwrote",
    "PlainHttp",
    "Poisoned",
    "Refused",
    "StoreFailed",
    "TooLate",
    "Unreadable",
    "Withheld",
    "Written",
];

#[test]
fn a_hook_may_call_every_method() {
    let seen = Seen::default();
    let [manager, links] = managers(&seen, everything);
    within_ten_seconds(move || cause_all(&manager, &links));
    // What the hook changed took one or the other event away.
    assert!(seen.lock().unwrap().contains("Refused"));

    let seen = Seen::default();
    let [manager, links] = managers(&seen, |session| drop(session.subject()));
    within_ten_seconds(move || cause_all(&manager, &links));
    assert_eq!(*seen.lock().unwrap(), ALL.map(str::to_owned).into());
}

/// A key whose name is that of the visitor.
struct OfVisitor(Session);

impl AttributeName for OfVisitor {
    fn name(&self) -> &str {
        match self.0.subject().is_some() {
            true => "known",
            false => "unknown",
        }
    }
}

/// Text that somebody writes who asks the session.
struct Asking(Session);

impl Write for Asking {
    fn write_str(&mut self, _: &str) -> fmt::Result {
        assert!(self.0.is_live());
        Ok(())
    }
}

#[test]
fn a_name_and_a_formatter_may_ask_the_session() {
    let manager = crate::common::manager();
    within_ten_seconds(move || {
        let session = load(&manager, "");
        session.insert("unknown", 1).unwrap();
        let key = || OfVisitor(session.clone());
        assert!(session.contains(key()));
        session.sign_in("ada", &[&key()]).unwrap();
        assert!(!session.contains(key()) && !session.remove(key()).unwrap());
        write!(Asking(session.clone()), "{session:?}").unwrap();
    });
}

/// Adds the user to every line.
struct UserOfEveryLine;

impl<S: tracing::Subscriber> Layer<S> for UserOfEveryLine {
    fn on_event(&self, _: &tracing::Event<'_>, _: Context<'_, S>) {
        if let Some(session) = current() {
            let _ = (session.subject(), session.insert("logged", true));
        }
    }
}

#[test]
fn a_layer_of_tracing_may_ask_the_session() {
    let seen = Seen::default();
    let [manager, links] = managers(&seen, |_| {});
    within_ten_seconds(move || {
        let subscriber = tracing_subscriber::registry().with(UserOfEveryLine);
        tracing::subscriber::with_default(subscriber, || cause_all(&manager, &links));
    });
}

/// Shows lines to those who are signed in only, as a filter of an application may.
struct LinesOfUsers;

impl<S: tracing::Subscriber> Layer<S> for LinesOfUsers {
    fn register_callsite(&self, _: &tracing::Metadata<'_>) -> Interest {
        Interest::sometimes()
    }

    fn enabled(&self, _: &tracing::Metadata<'_>, _: Context<'_, S>) -> bool {
        current().is_some_and(|session| session.subject().is_some())
    }
}

#[test]
fn a_filter_of_tracing_may_ask_the_session() {
    // Without a hook, so that the filter decides whether anybody hears of everyday events.
    let [manager, links] = builders().map(|builder| builder.build().unwrap());
    within_ten_seconds(move || {
        let subscriber = tracing_subscriber::registry().with(LinesOfUsers);
        tracing::subscriber::with_default(subscriber, || cause_all(&manager, &links));
    });
}

/// Counts the warnings of a manager that serves the `POST` of a page of `origin` to `host`.
fn warned(manager: &SessionManager, seen: &Seen, fields: &[(&str, &str)], host: &str) -> bool {
    let look_up: &HeaderFields<'_> = &|wanted, take| {
        let wanted = fields.iter().filter(|(name, _)| *name == wanted);
        wanted.for_each(|(_, value)| take(value.as_bytes()));
    };
    let request = RequestHead::default().method("POST").host(host);
    let session = manager.load(request.fields(look_up), at(0));
    drop(session.sign_in("user-17", &[]));
    drop(manager.commit(&session, ResponseHead::new(303), at(0)));
    std::mem::take(&mut *seen.lock().unwrap()).contains("PlainHttp")
}

#[test]
fn a_cookie_that_browsers_drop_over_plain_http_is_warned_of_once() {
    let seen = Seen::default();
    let told = |cookie: CookieSpec, transport: Transport| {
        let seen = Arc::clone(&seen);
        let hook = move |event: &Event, _: &str| {
            if let Event::PlainHttp { host, .. } = event {
                assert_eq!(*host, "web:8080");
                seen.lock().unwrap().insert("PlainHttp".to_owned());
            }
        };
        let ring = KeyRing::new(Key::generate().unwrap());
        let builder = SessionManager::builder(cookie, ring).transport(transport);
        builder.on_event(hook)
    };
    let unchecked = told(CookieSpec::new("shop"), Transport::default());
    let unchecked = unchecked.cross_origin(CrossOrigin::unchecked());
    let told = |cookie, transport| told(cookie, transport).build().unwrap();
    let cookies = Transport::default;
    let shop = || told(CookieSpec::new("shop"), cookies());
    let plain: &[(&str, &str)] = &[("origin", "http://web:8080")];
    let by_referer: &[(&str, &str)] = &[("referer", "http://web:8080/sign-in")];
    let https: &[(&str, &str)] = &[("origin", "https://web:8080")];
    let fetched: &[(&str, &str)] = &[
        ("origin", "http://web:8080"),
        ("sec-fetch-site", "same-origin"),
    ];
    let here: &[(&str, &str)] = &[("origin", "http://localhost:8080")];
    let development = || CookieSpec::development("shop").plain_http_host("web");
    for (manager, fields, host, wanted) in [
        (shop(), plain, "web:8080", true),
        (shop(), by_referer, "web:8080", true),
        // The application has a check of its own.
        (unchecked.build().unwrap(), plain, "web:8080", true),
        // A proxy that ends TLS, a browser that says where it is, a client that is none, this machine.
        (shop(), https, "web:8080", false),
        (shop(), fetched, "web:8080", false),
        (shop(), &[], "web:8080", false),
        (shop(), here, "localhost:8080", false),
        // Another origin, which is refused.
        (shop(), plain, "shop.example", false),
        // Nothing that browsers drop.
        (told(development(), cookies()), plain, "web:8080", false),
        (
            told(CookieSpec::new("shop"), Transport::header("x-session")),
            plain,
            "web:8080",
            false,
        ),
    ] {
        assert_eq!(
            warned(&manager, &seen, fields, host),
            wanted,
            "{fields:?} {host}"
        );
        // Each request would say the same.
        assert!(!warned(&manager, &seen, fields, host), "{fields:?} {host}");
    }
}

#[test]
fn a_hook_that_panics_takes_nothing_along() {
    let ring = KeyRing::new(Key::generate().unwrap());
    let hook = |_: &Event, _: &str| panic!("in the hook");
    let manager = SessionManager::builder("session", ring)
        .on_event(hook)
        .build()
        .unwrap();
    let request = RequestHead::new([&b"__Host-session=garbage"[..]]);
    let session = manager.load(request, at(0));
    let asked = std::panic::AssertUnwindSafe(|| session.subject());
    assert!(std::panic::catch_unwind(asked).is_err());
    // It was told, and the session goes on.
    session.insert("name", "Ada").unwrap();
    assert_eq!(
        session.get::<String>("name").unwrap().as_deref(),
        Some("Ada")
    );
}
