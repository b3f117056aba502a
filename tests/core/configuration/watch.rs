//! A ring that changes while it is used: real files, a real thread, and requests that go on meanwhile.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use sealed_session::report::KeyId;
use sealed_session::{Event, KeyRing, SessionManager};

use super::files::{Folder, text};
use crate::common::{Browser, at, key};

/// Between two readings.
const EVERY: Duration = Duration::from_millis(5);

/// What a watcher told.
#[derive(Debug, PartialEq)]
enum Told {
    Kept(String, bool),
    Replaced(KeyId, usize),
}

/// A manager with the ring of a file, and what its watcher tells.
fn manager(file: &Path) -> (SessionManager, Receiver<Told>) {
    let (sender, told) = channel();
    let hook = move |event: &Event, _: &str| {
        let told = match event {
            Event::RingKept { error, again, .. } => Told::Kept(error.to_string(), *again),
            Event::RingReplaced { sealing, keys, .. } => Told::Replaced(*sealing, *keys),
            _ => return,
        };
        sender.send(told).ok();
    };
    let ring = KeyRing::from_file(file).unwrap();
    let builder = SessionManager::builder("session", ring).on_event(hook);
    (builder.build().unwrap(), told)
}

/// Waits for what is told next, but for repetitions.
fn next(told: &Receiver<Told>) -> Told {
    loop {
        match told.recv_timeout(Duration::from_secs(20)).unwrap() {
            Told::Kept(_, true) => {}
            news => return news,
        }
    }
}

#[test]
fn a_file_that_is_replaced_or_written_over_is_taken_and_a_bad_one_is_not() {
    let folder = Folder::new("watched");
    let file = folder.write("keys", text(1));
    let (manager, told) = manager(&file);
    let mut browser = Browser::default();
    browser.visit(&manager, at(0), |s| s.insert("name", "Ada").unwrap());
    let watcher = manager.watch_keys_every(EVERY).unwrap();

    // By `rename`, as careful writers do it.
    let next_text = folder.write("next", format!("{}\n{}", text(2), text(1)));
    fs::rename(&next_text, &file).unwrap();
    assert_eq!(next(&told), Told::Replaced(key(2).id(), 2));
    assert_eq!(browser.open(&manager, at(1)).refusal(), None);

    // What is bad, gone, or of another kind is told, and the ring stays.
    let bad_text = folder.write("bad", format!("{}\n{}", text(2), &text(1)[..50]));
    fs::rename(&bad_text, &file).unwrap();
    let place = format!("key in {}", file.display());
    let Told::Kept(cut, false) = next(&told) else {
        panic!("taken");
    };
    assert!(
        cut.starts_with(&format!("{place}, line 2: 36 characters follow")),
        "{cut}"
    );
    fs::remove_file(&file).unwrap();
    let Told::Kept(gone, false) = next(&told) else {
        panic!("taken");
    };
    assert!(
        gone.starts_with(&format!("{place}: cannot be read")),
        "{gone}"
    );
    // A policy that the ring breaks counts, too.
    let early = "stopped 2027-01-30T12:00:00Z until 2027-01-30T13:00:00Z";
    fs::write(&file, format!("{}\n{} {early}", text(2), text(1))).unwrap();
    let Told::Kept(policy, false) = next(&told) else {
        panic!("taken");
    };
    assert!(
        policy.contains("retires at 2027-01-30T13:00:00Z"),
        "{policy}"
    );
    assert_eq!(browser.open(&manager, at(1)).refusal(), None);

    // Written over in place.
    fs::write(&file, format!("{}\n{}\n{}", text(3), text(2), text(1))).unwrap();
    assert_eq!(next(&told), Told::Replaced(key(3).id(), 3));
    assert_eq!(browser.open(&manager, at(1)).refusal(), None);

    // The end of the watcher is the end of the watch.
    drop(watcher);
    fs::write(&file, text(4)).unwrap();
    thread::sleep(20 * EVERY);
    assert_eq!(told.try_recv().ok(), None);
}

#[cfg(unix)]
#[test]
fn a_link_that_kubernetes_swaps_is_seen() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new("swapped");
    for (at, seeds) in [("..1", &[1][..]), ("..2", &[2, 1])] {
        fs::create_dir(folder.at(at)).unwrap();
        let lines: Vec<String> = seeds.iter().map(|seed| text(*seed)).collect();
        folder.write(&format!("{at}/keys"), lines.join("\n"));
    }
    symlink("..1", folder.at("..data")).unwrap();
    symlink("..data/keys", folder.at("keys")).unwrap();
    let (manager, told) = manager(&folder.at("keys"));
    let _watcher = manager.watch_keys_every(EVERY).unwrap();
    // As kubelet does it: a new link, renamed over the old one, and then the old folder goes.
    symlink("..2", folder.at("..data_tmp")).unwrap();
    fs::rename(folder.at("..data_tmp"), folder.at("..data")).unwrap();
    fs::remove_dir_all(folder.at("..1")).unwrap();
    assert_eq!(next(&told), Told::Replaced(key(2).id(), 2));
}

#[test]
fn a_hook_that_panics_ends_no_watch() {
    let folder = Folder::new("panics");
    let file = folder.write("keys", text(1));
    let (sender, told) = channel();
    let hook = move |event: &Event, _: &str| {
        if let Event::RingReplaced { keys, .. } = event {
            sender.send(*keys).ok();
            assert_ne!(*keys, 2, "this test panics here");
        }
    };
    let builder = SessionManager::builder("session", KeyRing::from_file(&file).unwrap());
    let manager = builder.on_event(hook).build().unwrap();
    let _watcher = manager.watch_keys_every(EVERY).unwrap();
    fs::write(&file, format!("{},{}", text(1), text(2))).unwrap();
    assert_eq!(told.recv_timeout(Duration::from_secs(20)), Ok(2));
    // It was taken, so it is neither taken nor told again.
    thread::sleep(20 * EVERY);
    assert_eq!(told.try_recv().ok(), None);
    fs::write(&file, format!("{},{},{}", text(1), text(2), text(3))).unwrap();
    let three = told.iter().find(|keys| *keys == 3);
    assert_eq!(three, Some(3));
}

#[test]
fn a_ring_that_no_file_holds_cannot_be_watched() {
    let manager = SessionManager::new("session", KeyRing::new(key(1))).unwrap();
    let error = manager.watch_keys().unwrap_err();
    assert!(error.is_misuse(), "{error}");
    for way in [
        "`KeyRing::from_file`",
        "`from_credential`",
        "`SessionManager::replace_ring`",
    ] {
        assert!(error.to_string().contains(way), "{error}");
    }
}

#[test]
fn no_request_is_lost_while_rings_are_replaced() {
    let rings = [2, 3, 4].map(|seed| {
        let others = [1, 2, 3, 4].into_iter().filter(|other| *other != seed);
        others.fold(KeyRing::new(key(seed)), |ring, other| {
            ring.accept(key(other)).unwrap()
        })
    });
    let manager = SessionManager::new("session", rings[0].clone()).unwrap();
    let over = AtomicBool::new(false);
    let requests: usize = thread::scope(|scope| {
        let serve = || {
            let mut browser = Browser::default();
            let mut requests = 0;
            browser.visit(&manager, at(0), |s| s.insert("seen", 0_usize).unwrap());
            while requests < 200 || !over.load(Ordering::Relaxed) {
                let seen = browser.visit(&manager, at(0), |session| {
                    let seen: Option<usize> = session.get("seen").unwrap();
                    session.insert("seen", requests + 1).unwrap();
                    (session.refusal(), seen)
                });
                assert_eq!(seen, (None, Some(requests)));
                requests += 1;
            }
            requests
        };
        let serving = [scope.spawn(serve), scope.spawn(serve)];
        for turn in 0..300 {
            manager
                .replace_ring(rings[turn % 3].clone(), at(0))
                .unwrap();
            thread::yield_now();
        }
        over.store(true, Ordering::Relaxed);
        serving.map(|served| served.join().unwrap()).iter().sum()
    });
    assert!(requests >= 400, "{requests}");
}
