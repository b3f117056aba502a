//! What is told of attributes that a sign-in is to keep.

use tracing_subscriber::filter::LevelFilter;

use super::leaks::Log;
use crate::common::{Browser, at, manager};

#[test]
fn an_attribute_to_keep_that_is_not_there_is_told_at_level_debug() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::DEBUG)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::with_default(subscriber, || {
        let session = Browser::default().open(&manager(), at(0));
        session.insert("cart", [1]).unwrap();
        session.sign_in("user-17", &[&"cart", &"crat"]).unwrap();
        assert_eq!(session.names(), ["cart"]);
    });
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let told = |line: &&str| line.contains("is to keep an attribute that");
    let lines: Vec<_> = log.lines().filter(told).collect();
    let [line] = lines[..] else {
        panic!("{log}");
    };
    assert!(line.contains("DEBUG") && line.contains("crat"), "{line}");
}
