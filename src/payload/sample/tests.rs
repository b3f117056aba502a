//! Losses that samples find, and types that they pass over.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::{IpAddr, SocketAddr};
use std::num::{NonZeroU8, NonZeroU64};
use std::ops::Range;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::payload::Codec::{self, Json, Postcard};

/// The message at the first insert of a value that comes back.
fn found<T: Serialize + DeserializeOwned>(codec: Codec, value: &T) -> Option<String> {
    let first = codec.encode(value).err();
    // It is remembered.
    assert_eq!(codec.encode(value).err(), first);
    first.inspect(|error| assert!(error.contains("a sample"), "{error}"))
}

#[derive(Serialize, Deserialize)]
struct Profile {
    #[serde(skip_serializing_if = "Option::is_none")]
    admin_of: Option<String>,
    nick: String,
}

fn profile() -> Profile {
    Profile {
        admin_of: Some("x".to_owned()),
        nick: "n".to_owned(),
    }
}

#[derive(Serialize, Deserialize)]
enum Skipping {
    Plain,
    #[serde(skip)]
    #[expect(dead_code, reason = "shifts the number of what is behind it")]
    Hidden,
    Behind(Box<Range<u8>>),
}

#[derive(Serialize, Deserialize)]
enum Deep {
    Plain(NonZeroU8),
    Struct {
        inner: BTreeMap<String, Vec<Profile>>,
    },
}

#[derive(Serialize, Deserialize)]
struct Counter {
    #[serde(skip_serializing_if = "is_zero")]
    count: u8,
}

fn is_zero(number: &u8) -> bool {
    *number == 0
}

#[test]
fn what_only_some_values_lose_is_found_with_the_first() {
    assert!(
        found(Postcard, &profile())
            .unwrap()
            .contains("skip_serializing_if")
    );
    assert_eq!(
        found(Json, &profile()),
        None,
        "in JSON a field may be missing"
    );
    assert!(found(Postcard, &vec![profile()]).is_some());
    assert!(found(Postcard, &HashMap::from([(1, (profile(), 2))])).is_some());
    assert!(found(Postcard, &Skipping::Plain).is_some());
    let plain = Deep::Plain(NonZeroU8::MIN);
    assert!(found(Postcard, &plain).is_some());
    assert!(found(Postcard, &Counter { count: 1 }).is_some());
    assert!(found(Json, &Counter { count: 1 }).is_some());
}

#[derive(Serialize, Deserialize)]
struct Tree {
    children: Vec<Tree>,
    parent: Option<Box<Tree>>,
}

#[derive(Serialize, Deserialize)]
enum Expression {
    Sum(Box<Expression>, Box<Expression>),
    Text(String),
}

#[derive(Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[derive(Clone)]
struct Email(String);

impl TryFrom<String> for Email {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Email, &'static str> {
        let good = text.contains('@');
        good.then(|| Email(text.to_lowercase())).ok_or("no address")
    }
}

impl From<Email> for String {
    fn from(email: Email) -> String {
        email.0
    }
}

#[derive(Serialize, Deserialize)]
struct Ordinary {
    id: NonZeroU64,
    email: Email,
    ip: IpAddr,
    socket: SocketAddr,
    path: PathBuf,
    range: Range<u32>,
    timeout: Duration,
    at: SystemTime,
    pair: (i128, char),
    array: [f32; 3],
    set: BTreeSet<String>,
    #[serde(default)]
    #[serde(alias = "remark")]
    note: Option<String>,
    #[serde(skip)]
    #[expect(dead_code, reason = "is never stored")]
    cached: u32,
}

fn ordinary() -> Ordinary {
    Ordinary {
        id: NonZeroU64::MIN,
        email: Email("a@b".to_owned()),
        ip: "::1".parse().unwrap(),
        socket: "127.0.0.1:80".parse().unwrap(),
        path: PathBuf::from("/"),
        range: 1..2,
        timeout: Duration::from_secs(1),
        at: SystemTime::UNIX_EPOCH,
        pair: (-1, 'x'),
        array: [1.5; 3],
        set: BTreeSet::new(),
        note: None,
        cached: 0,
    }
}

#[test]
fn ordinary_types_pass() {
    fn passes<T: Serialize + DeserializeOwned>(value: T) {
        for codec in [Postcard, Json] {
            assert_eq!(found(codec, &value), None);
        }
    }
    passes(ordinary());
    passes(NonZeroU8::MIN);
    passes("10.0.0.1".parse::<IpAddr>().unwrap());
    passes(Email("a@b".to_owned()));
    passes(Some(Some(1)));
    passes((
        1,
        "a".to_owned(),
        Some(SystemTime::UNIX_EPOCH),
        [Duration::ZERO],
    ));
    passes(Tree {
        children: vec![],
        parent: None,
    });
    let text = || Box::new(Expression::Text("x".to_owned()));
    passes(Expression::Sum(text(), text()));
    passes(Ok::<u8, String>(1));
    passes(1..=2);
}
