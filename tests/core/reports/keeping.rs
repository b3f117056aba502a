//! What is told of attributes that a sign-in is to keep.

use crate::common::{Browser, at, manager};
use crate::logged::logged;

#[test]
fn an_attribute_to_keep_that_is_not_there_is_told_at_level_debug() {
    let ((), log) = logged(|| {
        let session = Browser::default().open(&manager(), at(0));
        session.insert("cart", [1]).unwrap();
        session.sign_in("user-17", &[&"cart", &"crat"]).unwrap();
        assert_eq!(session.names(), ["cart"]);
    });
    let told = |line: &&str| line.contains("is to keep an attribute that");
    let lines: Vec<_> = log.lines().filter(told).collect();
    let [line] = lines[..] else {
        panic!("{log}");
    };
    assert!(line.contains("DEBUG") && line.contains("crat"), "{line}");
}
