//! Sizes: what does not fit, what is said of it, and that the old session stays.

use sealed_session::adapter::RequestHead;
use sealed_session::report::Measure;
use sealed_session::{Attribute, Budget, Compression, Event, SessionManager};

use crate::common::{self, BASE, Browser, at, manager, noise, overfill, ring, split_manager};

const BLOB: Attribute<Vec<u8>> = Attribute::new("blob");

#[test]
fn a_large_session_takes_two_cookies_and_gives_one_back() {
    let manager = split_manager();
    let mut browser = Browser::default();
    browser.visit(&manager, at(0), |session| {
        session.insert(BLOB, noise(4_000, 7)).unwrap()
    });
    let chunk = format!("{BASE}.1");
    assert_eq!(browser.names(), [BASE, &chunk]);
    assert!(browser.value(BASE).unwrap().starts_with('2'));
    browser.visit(&manager, at(1), |session| {
        assert_eq!(session.get(BLOB).unwrap(), Some(noise(4_000, 7)));
        session.insert(BLOB, vec![1]).unwrap();
    });
    assert_eq!(browser.names(), [BASE]);
    assert!(browser.value(BASE).unwrap().starts_with('A'));
}

#[test]
fn over_budget_is_an_error_with_sizes_and_the_old_session_stays() {
    let events = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let log = std::sync::Arc::clone(&events);
    let manager = SessionManager::builder("session", ring())
        .budget(Budget::within_8k())
        .on_event(move |event, _| log.lock().unwrap().push(format!("{event:?}")))
        .build()
        .unwrap();
    let mut browser = Browser::default();
    browser.visit(&manager, at(0), |session| session.insert("a", 1).unwrap());
    let before = browser.line();

    let session = browser.open(&manager, at(1));
    for (name, size) in [
        ("big", 3_900),
        ("small", 10),
        ("middle", 900),
        ("less", 300),
    ] {
        let key = Attribute::<Vec<u8>>::new(name);
        session.insert(key, noise(size, size as u64)).unwrap();
    }
    assert!(session.size().unwrap_err().is_too_large());
    let error = browser.close(&manager, &session, at(1)).unwrap_err();
    let sizes = error.sizes().unwrap();
    assert!(sizes.needed > 6_500 && sizes.allowed == 6_500, "{error}");
    let largest: Vec<&str> = sizes
        .largest
        .iter()
        .map(|each| each.name.as_str())
        .collect();
    assert_eq!(largest, ["big", "middle", "less"]);
    let text = error.to_string();
    for wanted in [&sizes.needed.to_string(), "6500", "`big`", "Budget"] {
        assert!(text.contains(wanted), "{text}");
    }
    assert_eq!(browser.line(), before);
    assert!(
        events
            .lock()
            .unwrap()
            .iter()
            .any(|event| event.starts_with("CommitFailed"))
    );

    // What is over the ceiling even when packed is refused likewise.
    let session = browser.open(&manager, at(2));
    for name in ["zeros", "more zeros"] {
        session.insert(name, "0".repeat(40_000)).unwrap();
    }
    let error = browser.close(&manager, &session, at(2)).unwrap_err();
    let sizes = error.sizes().unwrap();
    assert_eq!((sizes.measure, sizes.allowed), (Measure::Unpacked, 65_536));

    // Leaving is possible at any size.
    let session = browser.open(&manager, at(3));
    overfill(&session);
    session.destroy().unwrap();
    browser.close(&manager, &session, at(3)).unwrap();
    assert_eq!(browser.names(), [common::TOMBSTONE]);
}

/// The better of both forms decides by how much a session is too large.
#[test]
fn the_error_tells_what_is_missing_in_the_best_form() {
    let letters: String = noise(40_000, 3)
        .into_iter()
        .map(|byte| char::from(b'a' + (byte & 3)))
        .collect();
    let needed = [Compression::Auto, Compression::Smallest].map(|policy| {
        let builder = SessionManager::builder("session", ring()).compression(policy);
        let session = Browser::default().open(&builder.build().unwrap(), at(0));
        let error = session.insert("a", letters.as_str()).unwrap_err();
        error.sizes().unwrap().needed
    });
    assert_eq!(needed[0], needed[1]);
}

#[test]
fn an_attribute_that_can_never_fit_is_refused_and_changes_nothing() {
    let manager = manager();
    let session = Browser::default().open(&manager, at(0));
    session.insert("a", 1).unwrap();
    let before = session.size().unwrap();
    let table = [
        (session.insert(BLOB, noise(4_680, 5)), Measure::Total),
        (
            session.insert(BLOB.secret(), noise(4_680, 5)),
            Measure::Total,
        ),
        (session.insert("a", "0".repeat(65_536)), Measure::Unpacked),
        (session.replace("a", "0".repeat(65_536)), Measure::Unpacked),
        (
            session.update("text", |text: &mut String| *text = "0".repeat(65_536)),
            Measure::Unpacked,
        ),
    ];
    for (result, measure) in table {
        let error = result.unwrap_err();
        let text = error.to_string();
        let sizes = error.sizes().unwrap();
        assert!(error.is_too_large() && sizes.measure == measure, "{text}");
        let over = sizes.needed - sizes.allowed;
        assert!(
            text.contains(&format!("{over} more")) && text.contains("by itself"),
            "{text}"
        );
    }
    assert_eq!(session.size().unwrap(), before);
}

#[test]
fn text_that_fits_once_it_is_packed_is_taken_where_it_is_packed() {
    const HEX: Attribute<String> = Attribute::new("hex");
    let byte = |byte| format!("{byte:02x}");
    let hex: String = noise(1_500, 5).into_iter().map(byte).collect();
    let fits = |policy, key: Attribute<String>| {
        let builder = SessionManager::builder("session", ring()).compression(policy);
        let manager = builder.build().unwrap();
        let mut browser = Browser::default();
        let session = browser.open(&manager, at(0));
        if let Err(error) = session.insert(key, hex.clone()) {
            return !error.is_too_large();
        }
        assert_eq!(session.get(key).unwrap().as_ref(), Some(&hex));
        browser.close(&manager, &session, at(0)).unwrap();
        browser.visit(&manager, at(1), |session| {
            assert_eq!(session.get(key).unwrap().as_ref(), Some(&hex));
        });
        true
    };
    assert!(fits(Compression::Auto, HEX) && fits(Compression::Smallest, HEX));
    assert!(!fits(Compression::Auto, HEX.secret()) && !fits(Compression::Off, HEX));
}

#[test]
fn what_compresses_may_be_large_up_to_the_ceiling() {
    let manager = manager();
    let mut browser = Browser::default();
    // Name, flags, schema, a print and two lengths.
    let most = 65_536 - 15;
    browser.visit(&manager, at(0), |session| {
        let error = session.insert(BLOB, vec![0; most + 1]).unwrap_err();
        let sizes = error.sizes().unwrap();
        assert_eq!((sizes.needed, sizes.allowed), (65_537, 65_536));
        session.insert(BLOB, vec![0; most]).unwrap();
        assert_eq!(session.size().unwrap().lines.len(), 1);
        // One by one they fit, together they do not.
        session.insert("a", 1).unwrap();
        assert!(session.size().unwrap_err().is_too_large());
        session.remove("a").unwrap();
    });
    browser.visit(&manager, at(1), |session| {
        assert_eq!(session.get(BLOB).unwrap(), Some(vec![0; most]));
    });
}

#[test]
fn other_cookies_are_counted_and_warned_of_and_fail_nothing() {
    let events = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let log = std::sync::Arc::clone(&events);
    let manager = SessionManager::builder("session", ring())
        .on_event(move |event, _| {
            if let Event::CrowdedRequest {
                bytes,
                others,
                warning_limit,
                ..
            } = event
            {
                log.lock().unwrap().push((*bytes, *others, *warning_limit));
            }
        })
        .build()
        .unwrap();
    let write = |foreign: usize| {
        let cookie = format!("theme=dark; other={}", "x".repeat(foreign));
        let session = manager.load(RequestHead::new([cookie.as_bytes()]), at(0));
        session.insert(BLOB, noise(1_500, 5)).unwrap();
        let size = session.size().unwrap();
        let lines = common::commit(&manager, &session, at(0)).unwrap();
        let pairs: Vec<&str> = lines
            .iter()
            .map(|line| line.split(';').next().unwrap())
            .collect();
        assert_eq!(
            size.request_bytes,
            format!("{cookie}; {}", pairs.join("; ")).len()
        );
        assert_eq!(size.other_cookies, 2);
        let seen = std::mem::take(&mut *events.lock().unwrap());
        (size.request_bytes, seen)
    };
    let (bytes, seen) = write(1_000);
    assert!(seen.is_empty());
    let to_limit = 1_000 + 8_180 - bytes;
    assert_eq!(write(to_limit), (8_180, vec![]));
    assert_eq!(write(to_limit + 1), (8_181, vec![(8_181, 2, 8_180)]));
    // A neighbour cannot keep a session from being written.
    assert_eq!(write(60_000).1.len(), 1);
    // Nor does a request that writes nothing raise anything.
    let cookie = format!("other={}", "x".repeat(60_000));
    let session = manager.load(RequestHead::new([cookie.as_bytes()]), at(0));
    assert!(
        common::commit(&manager, &session, at(0))
            .unwrap()
            .is_empty()
    );
    assert!(events.lock().unwrap().is_empty());
}
