//! What is stored: nothing that tells of a session, and nothing larger than it may be.

use sealed_session::report::Measure;
use sealed_session::{Attribute, Compression, Format, Refusal};

use super::*;
use crate::common::at;

#[test]
fn the_store_alone_reveals_nothing() {
    let (manager, store) = stored();
    let mut browsers = [Browser::default(), Browser::default()];
    for browser in &mut browsers {
        visit(browser, (&manager, &store), at(0), |session| {
            session.sign_in("ada@example.com", &[]).unwrap();
            session
                .insert("account", "4711 0815".repeat(9_000))
                .unwrap();
            let secret = Attribute::json("secret").secret();
            session.insert(secret, "hunter2".repeat(600)).unwrap();
        });
    }
    let kept: Vec<(Name, Vec<u8>)> = store.with(|inner| {
        let kept = inner.kept.iter();
        kept.map(|(name, (sealed, _))| (*name, sealed.clone()))
            .collect()
    });
    let [(_, one), (_, other)] = kept.as_slice() else {
        panic!("{} are kept", kept.len());
    };
    // Equal sessions have nothing in common but their length.
    assert_eq!(one.len(), other.len());
    assert_eq!(one.len() % 32, 16, "padded, and a tag");
    let equal = one.iter().zip(other).filter(|(a, b)| a == b).count();
    assert!(equal < one.len() / 64, "{equal} of {}", one.len());
    for (name, sealed) in &kept {
        for word in [&b"ada"[..], b"account", b"4711", b"hunter2"] {
            let found = sealed.windows(word.len()).any(|part| part == word);
            assert!(!found && !name.windows(word.len()).any(|part| part == word));
        }
    }
    // A cookie holds a name that the store sees, and the store no key: neither opens by itself, nor with the
    // other's half.
    store.with(|inner| inner.kept.clear());
    let session = open(&browsers[0], &manager, &store, at(1));
    assert_eq!(session.refusal(), Some(Refusal::Missing));
}

#[test]
fn each_write_has_a_name_and_a_key_of_its_own() {
    let (manager, store) = stored();
    let mut browser = Browser::default();
    for turn in 0..20 {
        visit(&mut browser, (&manager, &store), at(turn), |session| {
            session.insert("draft", much(1)).unwrap();
            session.renew().unwrap();
        });
    }
    let all: std::collections::HashSet<Vec<u8>> = store.with(|inner| {
        let kept = inner.kept.values();
        kept.map(|(sealed, _)| sealed[..32].to_vec()).collect()
    });
    assert_eq!(all.len(), 20, "the same bytes under twenty keys");
}

#[test]
fn the_limit_counts_all_attributes_and_takes_the_place_of_the_ceiling() {
    for compression in [Compression::Auto, Compression::Smallest, Compression::Off] {
        let store = Store::default();
        let overflow = store.overflow().with_limit(300_000);
        let manager = builder().overflow(overflow).compression(compression);
        let manager = manager.build().unwrap();
        let browser = Browser::default();
        let session = open(&browser, &manager, &store, at(0));
        assert_eq!(session.size().unwrap().room, 300_000);
        let text = |length| "x".repeat(length);
        let error = session.insert("a", text(300_000)).unwrap_err();
        let sizes = error.sizes().unwrap();
        assert_eq!((sizes.measure, sizes.allowed), (Measure::Stored, 300_000));

        // A name of one byte, its length, flags, schema, the value's length, two quotation marks.
        let beside = 2 + 1 + 1 + 3 + 2;
        session.insert("a", text(200_000 - beside)).unwrap();
        let size = session.size().unwrap();
        assert_eq!((size.stored, size.room), (200_000, 100_000));
        let secret = Attribute::json("b").secret();
        session.insert(secret, text(100_000 - beside)).unwrap();
        assert_eq!(session.size().unwrap().room, 0);
        let mut browser = browser;
        let lines = send(&manager, &session, at(0)).unwrap();
        lines.iter().for_each(|line| browser.keep(line));

        let session = open(&browser, &manager, &store, at(1));
        assert_eq!(
            session.get::<String>("a").unwrap().map(|a| a.len()),
            Some(200_000 - beside)
        );
        session.insert("c", 1).unwrap();
        let error = session.size().unwrap_err();
        assert!(error.is_too_large() && !error.is_overflow());
        let error = send(&manager, &session, at(1)).unwrap_err();
        assert_eq!(error.sizes().unwrap().measure, Measure::Stored);
        assert_eq!(store.calls(), ["put", "get"]);
    }
}

#[test]
fn a_limit_below_what_a_cookie_holds_takes_nothing_away() {
    let store = Store::default();
    let overflow = store.overflow().with_limit(100);
    let manager = builder().overflow(overflow).build().unwrap();
    let plain = builder().build().unwrap();
    let browser = Browser::default();
    let [with, without] = [&manager, &plain].map(|manager| browser.open(manager, at(0)));
    for step in 0..3 {
        if step > 0 {
            // More than the store takes, and little once it is compressed.
            for session in [&with, &without] {
                session.insert("text", "x".repeat(step * 5_000)).unwrap();
            }
        }
        let [with, without] = [&with, &without].map(|session| session.size().unwrap());
        assert_eq!(with.room, without.room, "step {step}");
        assert_eq!((with.bytes, with.stored), (without.bytes, 0));
    }
    assert!(send(&manager, &with, at(0)).is_ok());
    assert!(store.calls().is_empty());
}

#[test]
fn a_node_with_a_lower_limit_refuses_and_keeps_the_cookie() {
    let (manager, store) = stored();
    let mut browser = Browser::default();
    visit(&mut browser, (&manager, &store), at(0), |session| {
        session.insert("draft", "x".repeat(100_000)).unwrap()
    });
    let smaller = builder().overflow(store.overflow().with_limit(50_000));
    let smaller = smaller.build().unwrap();
    let session = open(&browser, &smaller, &store, at(1));
    assert_eq!(session.refusal(), Some(Refusal::OverCeiling));
    assert!(send(&smaller, &session, at(1)).unwrap().is_empty());
    assert!(open(&browser, &manager, &store, at(2)).is_live());
}

#[test]
fn signed_sessions_have_no_overflow() {
    let (_, store) = stored();
    let signed = builder().format(Format::Signed).overflow(store.overflow());
    let error = signed.build().unwrap_err();
    assert!(error.is_configuration(), "{error}");
}

#[test]
fn what_fits_is_as_it_was() {
    let (manager, store) = stored();
    let plain = builder().build().unwrap();
    let mut browser = Browser::default();
    visit(&mut browser, (&manager, &store), at(0), |session| {
        session.insert("small", "x".repeat(500)).unwrap()
    });
    assert!(store.calls().is_empty());
    let session = browser.open(&plain, at(1));
    assert!(session.is_live(), "{:?}", session.refusal());
    let room = |session: &Session| {
        let size = session.size().unwrap();
        (size.bytes, size.lines, size.stored)
    };
    let there = open(&browser, &manager, &store, at(1));
    assert_eq!(room(&session), room(&there));
}
