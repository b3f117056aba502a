//! Containers whose order counts, and those whose order does not.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::fmt::Debug;
use std::hash::BuildHasherDefault;

use indexmap::{IndexMap, IndexSet};
use serde::de::DeserializeOwned;
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::ElementOrder;
use crate::payload::Codec::{self, Json, Postcard};

#[test]
fn types_without_order_are_known_by_name() {
    let value = |name| ElementOrder::of_value(name) == ElementOrder::Free;
    assert!(value(std::any::type_name::<HashMap<String, Vec<u8>>>()));
    assert!(value(std::any::type_name::<
        HashSet<u8, BuildHasherDefault<DefaultHasher>>,
    >()));
    assert!(value("hashbrown::map::HashMap<u8, u8>") && value("dashmap::DashMap<u8, u8>"));
    for ordered in [
        std::any::type_name::<IndexMap<String, HashMap<u8, u8>>>(),
        std::any::type_name::<Vec<HashSet<u8>>>(),
        std::any::type_name::<BTreeMap<u8, u8>>(),
        "hashlink::LinkedHashMap<u8, u8>",
        "app::Hashed",
        "",
    ] {
        assert!(!value(ordered), "{ordered}");
    }

    fn iterator<I>(_: I) -> ElementOrder {
        ElementOrder::of_iterator(std::any::type_name::<I>())
    }
    let map = HashMap::from([(1, 2)]);
    assert_eq!(iterator(&map), ElementOrder::Free);
    assert_eq!(iterator(map.iter()), ElementOrder::Free);
    // Keys, and what an adapter makes, are lists whose order has to agree with that of others.
    assert_eq!(iterator(map.keys()), ElementOrder::Unknown);
    assert_eq!(iterator(map.values()), ElementOrder::Unknown);
    assert_eq!(
        iterator(map.iter().filter(|(key, _)| **key > 0)),
        ElementOrder::Unknown
    );
    assert_eq!(iterator(&vec![map]), ElementOrder::Kept);
    assert_eq!(iterator(&IndexMap::from([(1, 2)])), ElementOrder::Kept);
    assert_eq!(iterator([1].iter()), ElementOrder::Unknown);
}

/// So many values of each kind: a set of two changes its order half of the time.
const ROUNDS: u32 = 60;

fn passes<T>(codecs: &[Codec], make: impl Fn(u32) -> T)
where
    T: Serialize + DeserializeOwned + PartialEq + Debug,
{
    for round in 0..ROUNDS {
        let value = make(round);
        for codec in codecs {
            let bytes = codec.encode(&value).unwrap();
            assert_eq!(codec.decode::<T>(&bytes).as_ref(), Ok(&value));
        }
    }
}

const BOTH: &[Codec] = &[Postcard, Json];

fn words(round: u32) -> impl Iterator<Item = String> {
    (0..round % 9 + 2).map(move |n| format!("{}", n * 7919 + round))
}

fn map(round: u32) -> HashMap<String, u32> {
    words(round).zip(0..).collect()
}

fn set(round: u32) -> HashSet<String> {
    words(round).collect()
}

/// The same hashes in every process; what was inserted first decides the order.
type Fixed<K, V> = HashMap<K, V, BuildHasherDefault<DefaultHasher>>;

#[derive(Serialize, Deserialize, PartialEq, Debug)]
#[serde(transparent)]
struct Transparent(HashMap<String, u32>);

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Both {
    first: HashSet<String>,
    second: Option<HashMap<String, u32>>,
}

/// Written by hand, entry by entry: only what is read tells what it is.
#[derive(PartialEq, Debug)]
struct ByHand(HashMap<String, u32>, HashSet<String>);

impl Serialize for ByHand {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (Entries(&self.0), Elements(&self.1)).serialize(serializer)
    }
}

struct Entries<'a>(&'a HashMap<String, u32>);

impl Serialize for Entries<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

struct Elements<'a>(&'a HashSet<String>);

impl Serialize for Elements<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(Some(self.0.len()))?;
        for element in self.0 {
            seq.serialize_element(element)?;
        }
        seq.end()
    }
}

impl<'de> Deserialize<'de> for ByHand {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<ByHand, D::Error> {
        Deserialize::deserialize(deserializer).map(|(map, set)| ByHand(map, set))
    }
}

#[test]
fn maps_and_sets_by_hashes_pass_wherever_they_are() {
    passes(BOTH, map);
    passes(BOTH, set);
    passes(BOTH, |round| {
        map(round).into_iter().collect::<Fixed<_, _>>()
    });
    passes(BOTH, |round| {
        vec![map(round), HashMap::new(), map(round + 1)]
    });
    passes(BOTH, |round| {
        (
            set(round),
            Some(map(round)),
            [set(round + 1), set(round + 2)],
        )
    });
    passes(BOTH, |round| {
        words(round)
            .map(|word| (word, set(round)))
            .collect::<HashMap<_, _>>()
    });
    passes(BOTH, |round| {
        let inner = |word: String| (word, words(round).zip(0..).collect::<Fixed<_, u8>>());
        words(round).map(inner).collect::<BTreeMap<_, _>>()
    });
    passes(BOTH, |round| Transparent(map(round)));
    passes(BOTH, |round| Both {
        first: set(round),
        second: (round % 2 == 0).then(|| map(round)),
    });
    passes(BOTH, |round| ByHand(map(round), set(round)));
    passes(BOTH, |round| words(round).collect::<VecDeque<_>>());
    passes(BOTH, |round| words(round).rev_set());
    passes(&[Postcard], |round| {
        words(round)
            .map(|word| (vec![word], 1))
            .collect::<HashMap<_, u8>>()
    });
}

trait RevSet {
    fn rev_set(self) -> IndexSet<String>;
}

impl<I: Iterator<Item = String>> RevSet for I {
    fn rev_set(self) -> IndexSet<String> {
        let all: Vec<_> = self.collect();
        all.into_iter().rev().collect()
    }
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
#[serde(tag = "type")]
enum Tagged {
    Fields {
        tags: HashSet<String>,
        counts: HashMap<String, u32>,
    },
    Map(HashMap<String, u32>),
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
#[serde(untagged)]
enum Untagged {
    Map(HashMap<String, u32>),
    Set(HashSet<String>),
    Deep {
        within: Vec<HashMap<String, HashSet<String>>>,
    },
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Flat {
    name: String,
    #[serde(flatten)]
    rest: HashMap<String, HashSet<String>>,
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Generic<T> {
    #[serde(flatten)]
    rest: HashMap<String, T>,
}

/// serde buffers these before it reads them.
#[test]
fn they_pass_where_the_content_tells_the_type() {
    passes(&[Json], |round| Tagged::Fields {
        tags: set(round),
        counts: map(round),
    });
    passes(&[Json], |round| vec![Tagged::Map(map(round))]);
    passes(&[Json], |round| Untagged::Map(map(round)));
    passes(&[Json], |round| Untagged::Set(set(round)));
    passes(&[Json], |round| Untagged::Deep {
        within: vec![words(round).map(|word| (word, set(round))).collect()],
    });
    passes(&[Json], |round| Flat {
        name: "n".to_owned(),
        rest: words(round).map(|word| (word, set(round))).collect(),
    });
    passes(&[Json], |round| Generic { rest: map(round) });
    passes(&[Json], |round| {
        serde_json::to_value((map(round), 1.5, Tagged::Map(map(round)))).unwrap()
    });
}

/// What is in it comes back in another order.
#[derive(Serialize, Debug, Clone)]
#[serde(transparent)]
struct Backwards<T>(T);

impl<'de, T, E> Deserialize<'de> for Backwards<T>
where
    T: Deserialize<'de> + IntoIterator<Item = E> + FromIterator<E>,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let all: Vec<E> = T::deserialize(deserializer)?.into_iter().collect();
        Ok(Backwards(all.into_iter().rev().collect()))
    }
}

/// A pair that comes back the other way round.
#[derive(Serialize, Clone)]
struct Pair(u8, u8);

impl<'de> Deserialize<'de> for Pair {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (first, second) = Deserialize::deserialize(deserializer)?;
        Ok(Pair(second, first))
    }
}

/// A map of its own that keeps an order, and loses it.
#[derive(Clone)]
struct Turned(Vec<(String, u32)>);

impl Serialize for Turned {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Turned {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let all = IndexMap::<String, u32>::deserialize(deserializer)?;
        Ok(Turned(all.into_iter().rev().collect()))
    }
}

/// Keeps an order that it does not get.
#[derive(Serialize, Deserialize, Clone)]
#[serde(from = "HashMap<String, u32>", into = "IndexMap<String, u32>")]
struct Unsorted(IndexMap<String, u32>);

impl From<Unsorted> for IndexMap<String, u32> {
    fn from(unsorted: Unsorted) -> IndexMap<String, u32> {
        unsorted.0
    }
}

impl From<HashMap<String, u32>> for Unsorted {
    fn from(map: HashMap<String, u32>) -> Unsorted {
        Unsorted(map.into_iter().collect())
    }
}

#[derive(Serialize, Deserialize, Clone)]
#[serde(tag = "type")]
enum Wrapped {
    List {
        list: Backwards<Vec<u32>>,
    },
    Map {
        map: Backwards<IndexMap<String, u32>>,
    },
}

/// Refused alone, and wherever else it stands.
fn refused<T: Serialize + DeserializeOwned + Clone>(codecs: &[Codec], value: &T) {
    for codec in codecs {
        let name = std::any::type_name::<T>();
        let again = || value.clone();
        assert!(codec.encode(value).is_err(), "{name}");
        assert!(codec.encode(&vec![again()]).is_err(), "{name} in a list");
        let beside = (Vec::<u8>::new(), map(3), again());
        assert!(codec.encode(&beside).is_err(), "{name} beside a map");
        let within = HashMap::from([("a".to_owned(), again()), ("b".to_owned(), again())]);
        assert!(codec.encode(&within).is_err(), "{name} in a map");
        assert!(
            codec.encode(&Some(Box::new(again()))).is_err(),
            "{name} in an option"
        );
    }
}

#[test]
fn order_is_not_forgiven_where_there_is_one() {
    let sorted: IndexMap<String, u32> = (10..30).map(|n| (n.to_string(), n)).collect();
    refused(BOTH, &Backwards(vec![1, 2, 3]));
    refused(BOTH, &Backwards(VecDeque::from([1, 2])));
    refused(BOTH, &Backwards(sorted.clone()));
    refused(BOTH, &Backwards(IndexSet::from([1, 2, 3])));
    refused(BOTH, &Pair(1, 2));
    refused(
        BOTH,
        &Turned(vec![("a".to_owned(), 1), ("b".to_owned(), 2)]),
    );
    refused(BOTH, &Unsorted(sorted.clone()));
    let list = Wrapped::List {
        list: Backwards(vec![1, 2]),
    };
    let map = Wrapped::Map {
        map: Backwards(sorted),
    };
    refused(&[Json], &list);
    refused(&[Json], &map);
    // What is the same from behind comes back as it is.
    assert!(Postcard.encode(&Backwards(vec![1, 2, 1])).is_ok());
    assert!(Json.encode(&Backwards(BTreeSet::from([1, 2]))).is_ok());
}

mod one {
    #[derive(serde::Serialize, Clone, Copy)]
    pub(super) enum Rank {
        User,
        Admin,
    }
}

mod other {
    #[derive(serde::Deserialize)]
    pub(super) enum Rank {
        Admin,
        User,
    }
}

/// Written as one enum and read as another, whose variants stand in another order.
#[derive(Serialize, Deserialize, Clone, Copy)]
#[serde(into = "one::Rank", from = "other::Rank")]
enum Crossed {
    User,
    Admin,
}

impl From<Crossed> for one::Rank {
    fn from(role: Crossed) -> one::Rank {
        match role {
            Crossed::User => one::Rank::User,
            Crossed::Admin => one::Rank::Admin,
        }
    }
}

impl From<other::Rank> for Crossed {
    fn from(role: other::Rank) -> Crossed {
        match role {
            other::Rank::User => Crossed::User,
            other::Rank::Admin => Crossed::Admin,
        }
    }
}

/// Reads a neighbour's value, as a type does that puts together what it read in another order.
#[derive(Clone)]
struct Shuffled(HashMap<String, u32>);

impl Serialize for Shuffled {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Shuffled {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let map = HashMap::<String, u32>::deserialize(deserializer)?;
        let (keys, values): (Vec<_>, Vec<_>) = map.into_iter().unzip();
        let values = values.into_iter().rev();
        Ok(Shuffled(keys.into_iter().zip(values).collect()))
    }
}

#[test]
fn an_element_is_forgiven_its_place_only_as_a_whole() {
    let roles = HashMap::from([
        ("alice".to_owned(), Crossed::Admin),
        ("mallory".to_owned(), Crossed::User),
    ]);
    refused(&[Postcard], &roles);
    refused(
        &[Postcard],
        &HashMap::from([(1, vec![Crossed::User]), (2, vec![Crossed::Admin])]),
    );
    refused(BOTH, &Shuffled(map(7)));
    // Each list is what it was, and each set has what it had.
    let lists =
        |a: u8, b: u8| HashMap::from([(1, Backwards(vec![a, b])), (2, Backwards(vec![b, a]))]);
    refused(BOTH, &lists(1, 2));
}

/// `{ admin: 7 }` would come back as `{ user: 7 }`.
#[derive(Serialize, Deserialize, Clone)]
struct Aliased {
    #[serde(skip_deserializing, default, skip_serializing_if = "is_zero")]
    admin: u32,
    #[serde(alias = "admin", default, skip_serializing_if = "is_zero")]
    user: u32,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// An alias changes what the list of names says of a number.
#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
enum Renamed {
    First,
    #[serde(alias = "Former")]
    Second,
    Third,
}

#[test]
fn names_count() {
    refused(BOTH, &Aliased { admin: 7, user: 0 });
    refused(&[Postcard], &Renamed::Third);
    if cfg!(debug_assertions) {
        // The others are found with it.
        refused(&[Postcard], &Renamed::First);
    }
    passes(&[Json], |_| {
        vec![Renamed::First, Renamed::Second, Renamed::Third]
    });
}
