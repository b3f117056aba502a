//! How often a request allocates, counted: time is another matter on every machine, this is not.

use std::cell::Cell;

use allocation_counter::measure;
use sealed_session::adapter::{RequestHead, ResponseHead};
use sealed_session::{Attribute, Session};
use serde::{Deserialize, Serialize};

use crate::common::{Browser, at, manager};

/// `corpus/login.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Login {
    user_id: String,
    csrf: String,
    roles: Vec<String>,
    locale: String,
    theme: String,
}

const LOGIN: Attribute<Login> = Attribute::new("login");

/// Counts the calls of the allocator, growing included.
fn count<R>(run: impl FnOnce() -> R) -> (u64, R) {
    let mut result = None;
    let info = measure(|| result = Some(run()));
    (info.count_total, result.unwrap())
}

/// `corpus/oidc.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Tokens {
    access_token: String,
    id_token: String,
    refresh_token: String,
    expires_at: u64,
}

/// Packing takes a list of what was found, the bytes of each text, and what they become. LZ4 takes room for what it
/// makes.
#[test]
fn what_was_packed_at_the_insert_is_not_packed_at_the_commit() {
    const TOKENS: Attribute<Tokens> = Attribute::new("oidc");

    let tokens: Tokens = serde_json::from_str(include_str!("../../corpus/oidc.json")).unwrap();
    let manager = manager();
    let insert = |session: &Session| session.insert(TOKENS, tokens.clone()).unwrap();
    let theme = |session: &Session| session.insert("theme", "dark").unwrap();
    let written = |store: &dyn Fn(&Session)| {
        let session = manager.load(RequestHead::default(), at(0));
        store(&session);
        let commit = || manager.commit(&session, ResponseHead::new(200), at(0));
        let (commit, changes) = count(|| commit().unwrap());
        assert_eq!(changes.len(), 3);
        commit
    };
    // The first commit of a process allocates once more.
    written(&insert);
    assert_eq!(written(&insert), 5);
    let both = |first: &dyn Fn(&Session), then: &dyn Fn(&Session)| {
        written(&|session| {
            first(session);
            then(session);
        })
    };
    let (beside, changed_since) = (both(&theme, &insert), both(&insert, &theme));
    assert_eq!(changed_since - beside, 1);

    // An insert leaves out what is longer than its value.
    let long = |session: &Session| session.insert("a", "users:read ".repeat(500)).unwrap();
    let shorter = |session: &Session| session.insert("b", "orders:read ".repeat(300)).unwrap();
    let (last_is_long, last_is_shorter) = (both(&shorter, &long), both(&long, &shorter));
    assert_eq!(last_is_shorter - last_is_long, 1);
}

#[test]
fn requests_allocate_as_often_as_this() {
    let login: Login = serde_json::from_str(include_str!("../../corpus/login.json")).unwrap();
    let bytes = postcard::to_allocvec(&login).unwrap();
    let (own, _) = count(|| postcard::from_bytes::<Login>(&bytes).unwrap());
    assert_eq!(own, 7, "six texts and a list");

    let (manager, mut browser) = (manager(), Browser::default());
    browser.visit(&manager, at(0), |session| {
        session.insert(LOGIN, login.clone()).unwrap()
    });
    let line = browser.line();
    // A whole request, from its head to the changes of its response.
    let request = |use_it: &dyn Fn(&Session)| {
        let session = manager.load(RequestHead::new([line.as_bytes()]), at(1));
        use_it(&session);
        manager
            .commit(&session, ResponseHead::new(200), at(1))
            .unwrap()
    };

    // The session, and a copy of its cookie.
    let (untouched, changes) = count(|| request(&|_| {}));
    assert_eq!((untouched, changes.len()), (2, 0));

    // And the session, what its token holds, and the value with its text unpacked.
    let (read, _) = count(|| {
        let session = manager.load(RequestHead::new([line.as_bytes()]), at(1));
        assert_eq!(session.get(LOGIN).unwrap().as_ref(), Some(&login));
    });
    assert_eq!(read - own, 5);

    // And a list of two header fields, which say the same each time.
    let (whole, changes) = count(|| request(&|session| drop(session.get(LOGIN).unwrap())));
    assert_eq!((whole - own, changes.len()), (6, 2));

    // A write reads its value back, and seals what it becomes.
    let other = Login {
        theme: "light".to_owned(),
        ..login
    };
    let other = Cell::new(Some(other));
    let insert = |session: &Session| session.insert(LOGIN, other.take().unwrap()).unwrap();
    let (write, changes) = count(|| request(&insert));
    assert_eq!((write - own, changes.len()), (14, 3));
}
