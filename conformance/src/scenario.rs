//! A scenario: what holds if an adapter passes it, and how to find out.

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
    pub(crate) topic: &'static str,
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) play: Play,
}

pub(crate) type Play = fn(&dyn Harness) -> Result<(), Failure>;

/// A scenario within its topic: name, what holds if it passes, and how to find out.
pub(crate) type Entry = (&'static str, &'static str, Play);

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
}
