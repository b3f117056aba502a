//! Values as an application stores and reads them: what is stored is what comes back, or an error.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use indexmap::IndexMap;
use sealed_session::{Attribute, Event, Session, SessionManager, WriteKey};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::common::{Browser, at, manager, ring};

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
        session.insert("map", map_of(&map)).unwrap()
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
    let circle = Shape::Circle { radius: 1.5 };
    session.insert("circle", circle.clone()).unwrap();
    assert_eq!(session.get("circle").unwrap(), Some(circle));
    // Owned and borrowed, under both kinds of string.
    let owned = String::from("owned");
    session.insert("a", "text").unwrap();
    session.insert("b", owned.as_str()).unwrap();
    session.insert("c", owned.clone()).unwrap();
    session.insert(owned.as_str(), ("pair", 1)).unwrap();
    session.insert(String::from("d"), [1_u64, 2]).unwrap();
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

/// What this build does: a release build proves each value by itself.
#[cfg(debug_assertions)]
#[test]
fn a_type_that_loses_some_values_is_found_at_the_first_insert() {
    #[derive(Serialize, Deserialize, Clone)]
    struct Profile {
        #[serde(skip_serializing_if = "Option::is_none")]
        admin_of: Option<String>,
        nick: String,
    }

    let session = Browser::default().open(&manager(), at(0));
    let profile = Profile {
        admin_of: Some("shop".to_owned()),
        nick: "ada".to_owned(),
    };
    let error = session
        .insert(Attribute::new("profile"), profile.clone())
        .unwrap_err();
    assert!(error.is_not_representable(), "{error}");
    assert!(error.to_string().contains("skip_serializing_if"), "{error}");
    session.insert("profile", profile.clone()).unwrap();
    session.insert("profiles", vec![profile]).unwrap();
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Payment {
    user: u32,
    amount: u32,
}

mod next {
    use serde::{Deserialize, Serialize};

    #[derive(Serialize, Deserialize, PartialEq, Debug, Default)]
    pub(super) struct Payment {
        pub(super) amount: u32,
        pub(super) user: u32,
    }
}

#[test]
fn a_forgotten_schema_number_never_misreads() {
    let manager = manager();
    let mut browser = Browser::default();
    let before = Attribute::<Payment>::new("payment");
    let after = Attribute::<next::Payment>::new("payment");
    browser.visit(&manager, at(0), |session| {
        session
            .insert(
                before,
                Payment {
                    user: 1,
                    amount: 500,
                },
            )
            .unwrap();
        session.insert(Attribute::<i32>::new("number"), -1).unwrap();
        session.insert(Attribute::<u8>::new("byte"), 1).unwrap();
    });
    browser.visit(&manager, at(1), |session| {
        for error in [
            session.get(after).unwrap_err(),
            session.take(after).unwrap_err(),
            session
                .update(after, |payment| payment.user = 2)
                .unwrap_err(),
            session.get(Attribute::<u32>::new("number")).unwrap_err(),
            session.get(Attribute::<bool>::new("byte")).unwrap_err(),
        ] {
            assert!(error.is_unreadable(), "{error}");
            let text = error.to_string();
            assert!(
                text.contains("schema number") && text.contains("migrate"),
                "{text}"
            );
        }
        assert_eq!(
            session.get(before).unwrap(),
            Some(Payment {
                user: 1,
                amount: 500
            })
        );
    });
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Older {
    user: u32,
    amount: u32,
}

impl From<Older> for next::Payment {
    fn from(old: Older) -> next::Payment {
        next::Payment {
            amount: old.amount,
            user: old.user,
        }
    }
}

impl From<&next::Payment> for Older {
    fn from(new: &next::Payment) -> Older {
        Older {
            amount: new.amount,
            user: new.user,
        }
    }
}

/// One that is no old type of it, as a migration that was written down wrongly.
#[derive(Deserialize)]
struct Wrong(u32, u32);

impl From<Wrong> for next::Payment {
    fn from(old: Wrong) -> next::Payment {
        next::Payment {
            amount: old.1,
            user: old.0,
        }
    }
}

#[test]
fn migrations_compare_the_type_that_they_read() {
    let session = Browser::default().open(&manager(), at(0));
    let old = Attribute::<Payment>::new("payment");
    let new = Attribute::<next::Payment>::new("payment")
        .schema(2)
        .migrate::<Older>(1);
    let wrong = Attribute::<next::Payment>::new("payment")
        .schema(2)
        .migrate::<Wrong>(1);
    session
        .insert(
            old,
            Payment {
                user: 1,
                amount: 500,
            },
        )
        .unwrap();
    assert_eq!(
        session.get(new).unwrap(),
        Some(next::Payment {
            amount: 500,
            user: 1
        })
    );
    assert!(session.get(wrong).map(drop).unwrap_err().is_unreadable());
    session
        .insert(
            new.still_write::<Older>(1),
            next::Payment { amount: 7, user: 2 },
        )
        .unwrap();
    assert_eq!(
        session.get(old).unwrap(),
        Some(Payment { user: 2, amount: 7 })
    );
}

#[derive(Serialize, Deserialize, Default, PartialEq, Debug)]
struct Cart {
    lines: Vec<u32>,
}

mod grown {
    use serde::{Deserialize, Serialize};

    #[derive(Serialize, Deserialize, Default, PartialEq, Debug)]
    pub(super) struct Cart {
        pub(super) lines: Vec<u32>,
        pub(super) coupon: String,
    }
}

/// The lines that a hook wrote down, and the session that it asks.
type Told = Arc<Mutex<Vec<String>>>;
type Current = Arc<Mutex<Option<Session>>>;

/// What was told, by a hook that uses the session itself: it would wait for ever under the lock.
fn telling() -> (SessionManager, Told, Current) {
    let told = Arc::new(Mutex::new(Vec::new()));
    let current = Arc::new(Mutex::new(None::<Session>));
    let (log, asked) = (Arc::clone(&told), Arc::clone(&current));
    let manager = SessionManager::builder("session", ring())
        .on_event(move |event, _| {
            if let Event::Unreadable {
                attribute, error, ..
            } = event
            {
                let session = asked.lock().unwrap().clone().unwrap();
                assert!(session.contains(attribute.as_str()) && error.is_unreadable());
                log.lock().unwrap().push(format!("{attribute}: {error}"));
            }
        })
        .build()
        .unwrap();
    (manager, told, current)
}

#[test]
fn what_cannot_be_read_counts_as_absent_where_a_key_says_so() {
    let before = [Attribute::<Cart>::json("cart"), Attribute::new("cart")];
    let after = [
        Attribute::<grown::Cart>::json("cart"),
        Attribute::new("cart"),
    ];
    for (before, strict) in before.into_iter().zip(after) {
        let (manager, told, current) = telling();
        let mut browser = Browser::default();
        browser.visit(&manager, at(0), |session| {
            session.insert(before, Cart { lines: vec![1] }).unwrap()
        });
        let after = strict.absent_if_unreadable();
        browser.visit(&manager, at(1), |session| {
            *current.lock().unwrap() = Some(session.clone());
            assert!(session.get(strict).unwrap_err().is_unreadable());
            assert!(
                told.lock().unwrap().is_empty(),
                "an error is told by itself"
            );
            assert_eq!(session.get(after).unwrap(), None);
            assert_eq!(session.take(after).unwrap(), None);
            assert!(session.contains(after), "reading destroys nothing");
        });
        browser.visit(&manager, at(2), |session| {
            *current.lock().unwrap() = Some(session.clone());
            assert_eq!(session.get(before).unwrap(), Some(Cart { lines: vec![1] }));
            session.update(after, |cart| cart.coupon.push('x')).unwrap();
        });
        browser.visit(&manager, at(3), |session| {
            let cart = grown::Cart {
                lines: vec![],
                coupon: "x".to_owned(),
            };
            assert_eq!(session.get(strict).unwrap(), Some(cart));
        });
        let told = told.lock().unwrap();
        assert_eq!(told.len(), 3, "{told:?}");
        assert!(
            told.iter()
                .all(|line| line.starts_with("cart: attribute `cart`")),
            "{told:?}"
        );
    }
}

#[test]
fn a_key_that_counts_it_as_absent_replaces_what_it_does_not_know() {
    let (manager, told, current) = telling();
    let session = Browser::default().open(&manager, at(0));
    *current.lock().unwrap() = Some(session.clone());
    let newer = Attribute::<u32>::new("level").schema(3);
    let key = Attribute::<u32>::new("level").schema(2);
    session.insert(newer, 7).unwrap();
    assert!(session.insert(key, 1).unwrap_err().is_unreadable());
    assert_eq!(session.get(key.absent_if_unreadable()).unwrap(), None);
    session.insert(key.absent_if_unreadable(), 1).unwrap();
    assert_eq!(session.get(key).unwrap(), Some(1));
    assert_eq!(told.lock().unwrap().len(), 2);
    // What fails replaces nothing, and nothing is told.
    session.insert(Attribute::<f64>::json("rate"), 1.5).unwrap();
    let rate = Attribute::<f64>::json("rate")
        .schema(1)
        .absent_if_unreadable();
    assert!(
        session
            .insert(rate, f64::NAN)
            .unwrap_err()
            .is_not_representable()
    );
    assert_eq!(session.get::<f64>("rate").unwrap(), Some(1.5));
    assert_eq!(told.lock().unwrap().len(), 2);
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
