//! The list.

mod caching;
mod chunks;
mod cookies;
mod crossing;
mod expiry;
mod fields;
mod foreign;
mod guards;
mod identity;
mod links;
mod panics;
mod refused;
mod responses;
mod slots;
mod touch;
mod visits;
mod wiring;

use crate::failure::Failure;
use crate::harness::Harness;

/// One scenario of the list.
///
/// ```
/// use conformance::Scenario;
///
/// let touches = Scenario::all().filter(|scenario| scenario.topic() == "touches");
/// assert!(touches.count() > 5);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Scenario {
    topic: &'static str,
    name: &'static str,
    about: &'static str,
    play: Play,
}

type Play = fn(&dyn Harness) -> Result<(), Failure>;

/// A scenario within its topic: name, what holds if it passes, and how to find out.
type Entry = (&'static str, &'static str, Play);

impl Scenario {
    /// What it is about, as are others.
    ///
    /// ```
    /// assert_eq!(conformance::Scenario::all().next().unwrap().topic(), "visits");
    /// ```
    #[must_use]
    pub fn topic(&self) -> &'static str {
        self.topic
    }

    /// Its name.
    ///
    /// ```
    /// assert_eq!(conformance::Scenario::all().next().unwrap().name(), "first_visit");
    /// ```
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What holds if it passes, in a sentence.
    ///
    /// ```
    /// for scenario in conformance::Scenario::all() {
    ///     assert!(!scenario.about().ends_with('.'));
    /// }
    /// ```
    #[must_use]
    pub fn about(&self) -> &'static str {
        self.about
    }

    pub(crate) fn run(&self, harness: &dyn Harness) -> Result<(), Failure> {
        (self.play)(harness)
    }

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
    ("guards", guards::LIST),
    ("header fields", fields::LIST),
    ("links", links::LIST),
    ("other sites", foreign::LIST),
];
