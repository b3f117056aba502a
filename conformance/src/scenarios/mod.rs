//! The list.

mod caching;
mod chunks;
mod cookies;
mod crossing;
mod expiry;
mod fields;
mod foreign;
mod forms;
mod guards;
mod identity;
mod links;
mod messages;
mod overflow;
mod panics;
mod refused;
mod responses;
mod revocation;
mod slots;
mod touch;
mod visits;
mod wiring;

use crate::scenario::{Entry, Scenario};

impl Scenario {
    /// The whole list, in its order.
    ///
    /// ```
    /// use conformance::Scenario;
    ///
    /// let first = Scenario::all().next().unwrap();
    /// assert_eq!((first.topic(), first.name()), ("visits", "first_visit"));
    /// assert_eq!(first.about(), "A visit that looks at nothing is answered without a word of sessions");
    /// ```
    pub fn all() -> impl Iterator<Item = Scenario> {
        TOPICS.iter().flat_map(|(topic, entries)| {
            entries.iter().map(|&(name, about, play)| Scenario {
                topic,
                name,
                about,
                play,
            })
        })
    }
}

const TOPICS: &[(&str, &[Entry])] = &[
    ("visits", visits::LIST),
    ("touches", touch::LIST),
    ("identity", identity::LIST),
    ("expiry", expiry::LIST),
    ("chunks and budget", chunks::LIST),
    ("cookie lines", cookies::LIST),
    ("refused cookies", refused::LIST),
    ("responses", responses::LIST),
    ("caching", caching::LIST),
    ("panics", panics::LIST),
    ("wiring", wiring::LIST),
    ("crossing requests", crossing::LIST),
    ("slots", slots::LIST),
    ("messages", messages::LIST),
    ("guards", guards::LIST),
    ("header fields", fields::LIST),
    ("links", links::LIST),
    ("other sites", foreign::LIST),
    ("form tokens", forms::LIST),
    ("revocation", revocation::LIST),
    ("overflow", overflow::LIST),
];
