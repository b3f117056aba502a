//! What the child does with keys: every way to get one, and every use of it.

use std::fs::{DirEntry, File};
use std::io::Read;
use std::path::Path;
use std::sync::mpsc::channel;
use std::thread::sleep;
use std::time::{Duration, Instant};

use sealed_session::adapter::RequestHead;
use sealed_session::ticket::{Bound, Purpose};
use sealed_session::{Event, Format, Key, KeyRing, Lifetime, Session, SessionManager};
use zeroize::Zeroizing;

use crate::common::at;

pub(crate) const PURPOSE: Purpose<u64, Bound> =
    Purpose::new("reset-password", Duration::from_secs(1_800)).bound();

/// Says where it is, and waits until the parent has looked.
fn stage(folder: &Path, name: &str) {
    println!("\n{name}");
    let begun = Instant::now();
    while !folder.join(name).exists() {
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "the parent is gone"
        );
        sleep(Duration::from_millis(2));
    }
}

pub(crate) fn all(folder: &Path, variable: &str) {
    let ring = KeyRing::from_file(folder.join("ring")).unwrap();
    let others = others(folder, variable);
    let encrypted = manager(&ring, Format::Encrypted);
    let signed = manager(&ring, Format::Signed);
    let tokens = [sessions(&encrypted), sessions(&signed)].concat();
    tickets(&encrypted);
    let tokens: Vec<&str> = tokens.iter().map(String::as_str).collect();
    std::fs::write(folder.join("tokens"), tokens.join("\n")).unwrap();
    // The keys of a ring that is replaced go, too.
    encrypted.replace_ring(others[3].clone(), at(0)).unwrap();
    let watched = watched(folder);
    stage(folder, "live");
    drop((ring, others, encrypted, signed, watched));
    stage(folder, "dropped");
}

/// Keys by every other way there is.
fn others(folder: &Path, variable: &str) -> Vec<KeyRing> {
    let mut raw = Zeroizing::new([0; 32]);
    let mut file = File::open(folder.join("raw")).unwrap();
    file.read_exact(&mut *raw).unwrap();
    let raw = Key::new(&*raw).unwrap();
    let text = Zeroizing::new(std::fs::read(folder.join("text")).unwrap());
    let parsed: Key = std::str::from_utf8(&text).unwrap().parse().unwrap();
    let generated = Key::generate().unwrap();
    std::fs::write(folder.join("generated"), generated.to_text().expose()).unwrap();
    let ring: KeyRing = std::str::from_utf8(&text).unwrap().parse().unwrap();
    let grown = (0..20).fold(KeyRing::new(generated), |ring, _| {
        ring.accept(Key::generate().unwrap()).unwrap()
    });
    let all = KeyRing::new(raw).accept(parsed).unwrap();
    assert!(!format!("{all:?} {grown:?}").is_empty());
    let long = KeyRing::from_file(folder.join("long")).unwrap();
    let in_env = KeyRing::from_env(variable).unwrap();
    vec![all.clone(), all, ring, grown, long, in_env]
}

/// A manager whose watcher read its file again and again, took another one, and is gone.
fn watched(folder: &Path) -> SessionManager {
    let (sender, told) = channel();
    let hook = move |event: &Event, _: &str| {
        if let Event::RingReplaced { .. } = event {
            sender.send(()).ok();
        }
    };
    let ring = KeyRing::from_file(folder.join("long")).unwrap();
    let builder = SessionManager::builder("session", ring).on_event(hook);
    let manager = builder.build().unwrap();
    let watcher = manager.watch_keys_every(Duration::from_millis(1)).unwrap();
    std::fs::rename(folder.join("ring"), folder.join("long")).unwrap();
    told.recv_timeout(Duration::from_secs(60)).unwrap();
    drop(watcher);
    let is_watcher = |task: std::io::Result<DirEntry>| {
        let name = std::fs::read_to_string(task.unwrap().path().join("comm"));
        name.is_ok_and(|name| name.starts_with("sealed-session"))
    };
    while std::fs::read_dir("/proc/self/task")
        .unwrap()
        .any(is_watcher)
    {
        sleep(Duration::from_millis(1));
    }
    manager
}

fn manager(ring: &KeyRing, format: Format) -> SessionManager {
    SessionManager::builder("session", ring.clone())
        .format(format)
        .lifetime(Lifetime::new())
        .build()
        .unwrap()
}

/// A ticket from its sealing to its use.
fn tickets(manager: &SessionManager) {
    let text = manager
        .seal_bound_ticket(PURPOSE, &17, "old", at(0))
        .unwrap();
    let opened = manager.open_bound_ticket(PURPOSE, &text, at(1)).unwrap();
    assert!(opened.bound_to("new").is_err());
    let opened = manager.open_bound_ticket(PURPOSE, &text, at(1)).unwrap();
    assert_eq!(opened.bound_to("old").unwrap().into_value(), 17);
}

/// A session from its first insert to its end; returns its tokens.
fn sessions(manager: &SessionManager) -> Vec<String> {
    let mut browser = crate::common::Browser::default();
    let mut tokens = Vec::new();
    for seconds in [0, 10] {
        browser.visit(manager, at(seconds), |session| {
            session.sign_in("Ada", &[&"member"]).unwrap();
            session.insert("seen", seconds).unwrap();
            assert_eq!(session.form_token().unwrap().len(), 43);
        });
        tokens.push(browser.value(crate::common::BASE).unwrap().to_owned());
    }
    // A touch is made, and read.
    for seconds in [600, 1_200] {
        browser.visit(manager, at(seconds), |session| {
            assert!(session.get::<i64>("seen").unwrap().is_some());
        });
    }
    assert!(browser.value(crate::common::TOUCH).is_some());
    let before = browser.line();
    // A tombstone is made, and read.
    browser.visit(manager, at(1_201), Session::destroy).unwrap();
    let buried = [before, browser.line()].join("; ");
    let head = RequestHead::new([buried.as_bytes()]);
    let session = manager.load(head, at(1_202));
    assert!(session.refusal().is_some());
    tokens
}
