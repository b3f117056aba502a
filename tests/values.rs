//! Values as an application stores and reads them: what is stored is what comes back, or an error.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod common;

use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;

use common::{Browser, at, manager};
use indexmap::IndexMap;
use sealed_session::{Attribute, WriteKey};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Stores one value, and in the next request another one over it, which has to be read in a third.
fn overwrites<T>(name: &'static str, first: T, second: T, same: impl Fn(&T, &T) -> bool)
where
    T: Serialize + DeserializeOwned + Default + Clone + Debug,
{
    fn run<T, K>(key: K, first: T, second: T, same: impl Fn(&T, &T) -> bool)
    where
        T: Clone + Debug + Default,
        K: sealed_session::ReadKey<T> + WriteKey<T> + Copy,
    {
        let manager = manager();
        for by_update in [false, true] {
            let mut browser = Browser::default();
            browser.visit(&manager, at(0), |session| {
                session.insert(key, first.clone()).unwrap()
            });
            browser.visit(&manager, at(1), |session| match by_update {
                false => session.insert(key, second.clone()).unwrap(),
                true => session
                    .update(key, |value| *value = second.clone())
                    .unwrap(),
            });
            browser.visit(&manager, at(2), |session| {
                let read = session.get(key).unwrap().unwrap();
                assert!(same(&read, &second), "{read:?} and not {second:?}");
            });
        }
    }
    run(name, first.clone(), second.clone(), &same);
    run(
        Attribute::<T>::json(name),
        first.clone(),
        second.clone(),
        &same,
    );
    run(Attribute::<T>::new(name), first, second, same);
}

#[test]
fn a_write_that_returns_is_not_lost() {
    let big = 100_000_000_000_000_000_000_u128;
    overwrites("big", big, big + 1_000, |a, b| a == b);
    overwrites(
        "low",
        -170_141_183_460_469_231_731_687_303_715_884_105_728_i128,
        -1,
        |a, b| a == b,
    );
    let forth: IndexMap<String, u32> = [("a".to_owned(), 1), ("b".to_owned(), 2)].into();
    let back: IndexMap<String, u32> = forth.clone().into_iter().rev().collect();
    overwrites("order", forth, back, |a, b| a.iter().eq(b.iter()));
    overwrites("zero", 0.0_f64, -0.0, |a, b| a.to_bits() == b.to_bits());
    overwrites("digits", 0.1_f64 + 0.2, 0.3, |a, b| {
        a.to_bits() == b.to_bits()
    });
}

#[test]
fn what_is_there_already_changes_nothing() {
    let manager = manager();
    let mut browser = Browser::default();
    let map = BTreeMap::from([("b", 1.5), ("a", -0.0)]);
    browser.visit(&manager, at(0), |session| {
        session.insert("map", &map_of(&map)).unwrap()
    });
    let session = browser.open(&manager, at(1));
    session.insert("map", map).unwrap();
    assert!(browser.close(&manager, &session, at(1)).unwrap().is_empty());
}

fn map_of(map: &BTreeMap<&str, f64>) -> BTreeMap<String, f64> {
    map.iter()
        .map(|(key, value)| ((*key).to_owned(), *value))
        .collect()
}

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
#[serde(tag = "type")]
enum Shape {
    Circle { radius: f64 },
}

#[test]
fn string_keys_are_proven_like_others() {
    let session = Browser::default().open(&manager(), at(0));
    let error = session.insert("lost", Some(None::<u8>)).unwrap_err();
    assert!(
        error.is_not_representable() && !session.contains("lost"),
        "{error}"
    );
    assert!(session.insert("lost", &Some(None::<u8>)).is_err());
    let circle = Shape::Circle { radius: 1.5 };
    session.insert("circle", circle.clone()).unwrap();
    assert_eq!(session.get("circle").unwrap(), Some(circle));
    // By value and by reference, owned and borrowed, under both kinds of string.
    let owned = String::from("owned");
    session.insert("a", "text").unwrap();
    session.insert("b", owned.as_str()).unwrap();
    session.insert("c", &owned).unwrap();
    session.insert(owned.as_str(), ("pair", 1)).unwrap();
    session.insert(String::from("d"), &[1_u64, 2][..]).unwrap();
    session
        .insert("e", HashMap::from([("k", vec!["v"])]))
        .unwrap();
    assert_eq!(session.get("owned").unwrap(), Some(("pair".to_owned(), 1)));
    assert_eq!(session.get("d").unwrap(), Some(vec![1_u64, 2]));
    let map = HashMap::from([("k".to_owned(), vec!["v".to_owned()])]);
    assert_eq!(session.get("e").unwrap(), Some(map));
    session.replace("a", Some("other")).unwrap();
    assert_eq!(
        session.get::<String>("a").unwrap().as_deref(),
        Some("other")
    );
}

#[derive(Serialize, Deserialize, Default, PartialEq, Debug)]
struct Cart {
    lines: Vec<u32>,
}

mod grown {
    use serde::Deserialize;

    #[derive(Deserialize, Debug)]
    #[expect(dead_code, reason = "is never read")]
    pub(super) struct Cart {
        lines: Vec<u32>,
        coupon: String,
    }
}

#[test]
fn the_missing_field_is_named() {
    let session = Browser::default().open(&manager(), at(0));
    session.insert("cart", Cart { lines: vec![4_711] }).unwrap();
    let error = session.get::<grown::Cart>("cart").unwrap_err().to_string();
    assert!(
        error.contains("`coupon`") && !error.contains("4711"),
        "{error}"
    );
}
