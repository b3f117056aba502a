//! In what adapters may differ, because their frameworks do. What is declared here is checked.

/// What a harness declares.
///
/// ```
/// use conformance::{Doubled, Missing, Panics, Support};
///
/// let axum = Support::new(Missing::Logs(".layer(SessionLayer::new(manager))"));
/// let actix = axum.panics(Panics::CloseConnection);
/// let rocket = axum.panics(Panics::AreAnswered).doubled(Doubled::RefusesToStart);
/// assert_ne!(actix, rocket);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Support {
    pub(crate) missing: Missing,
    pub(crate) optional: Optional,
    pub(crate) panics: Panics,
    pub(crate) doubled: Doubled,
    pub(crate) odd_bytes: OddBytes,
}

/// What is declared of one thing, in a few words.
type Words = fn(&Support) -> &'static str;

impl Support {
    /// Everything that is declared, for the table of adapters.
    pub(crate) const DECLARED: &[(&str, Words)] = &[
        ("no session layer", |support| match support.missing {
            Missing::Logs(_) => "500; the log names the fix",
            Missing::RefusesToStart(_) => "does not start; the log names the fix",
            Missing::Unknown => "the app sees no session",
        }),
        (
            "`Option<LiveSession>` without a session layer",
            |support| match (support.missing, support.optional) {
                (Missing::Unknown, _) => "there is none",
                (Missing::RefusesToStart(_), _) => "does not start; the log names the fix",
                (_, Optional::IsAnswered) => "500; the log names the fix",
                (_, Optional::IsNone) => "`None`; the log names the fix",
            },
        ),
        ("two session layers", |support| match support.doubled {
            Doubled::IsAnswered => "500; the log says so",
            Doubled::RefusesToStart => "does not start",
        }),
        ("a handler that panics", |support| match support.panics {
            Panics::AreCaughtByLayers => "500 where a layer catches it",
            Panics::AreAnswered => "500",
            Panics::CloseConnection => "the connection is closed",
        }),
        (
            "`Cookie` lines that are not UTF-8",
            |support| match support.odd_bytes {
                OddBytes::AreHandedOver => "read",
                OddBytes::LoseTheirLine => "not handed over",
            },
        ),
    ];

    /// Panics are caught where [`Site::catch`](crate::Site::catch) says, a doubled layer is answered
    /// 500, and `Cookie` lines of any bytes are handed over.
    ///
    /// ```
    /// use conformance::{Missing, Support};
    ///
    /// let support = Support::new(Missing::Unknown);
    /// # let _ = support;
    /// ```
    #[must_use]
    pub fn new(missing: Missing) -> Support {
        Support {
            missing,
            optional: Optional::IsAnswered,
            panics: Panics::AreCaughtByLayers,
            doubled: Doubled::IsAnswered,
            odd_bytes: OddBytes::AreHandedOver,
        }
    }

    /// What becomes of an `Option<LiveSession>` where no session layer is.
    ///
    /// ```
    /// use conformance::{Missing, Optional, Support};
    ///
    /// let fix = Missing::Logs(".wrap(SessionMiddleware::new(manager))");
    /// let support = Support::new(fix).optional(Optional::IsNone);
    /// # let _ = support;
    /// ```
    #[must_use]
    pub fn optional(mut self, optional: Optional) -> Support {
        self.optional = optional;
        self
    }

    /// What becomes of a handler that panics.
    ///
    /// ```
    /// use conformance::{Missing, Panics, Support};
    ///
    /// let support = Support::new(Missing::Unknown).panics(Panics::CloseConnection);
    /// # let _ = support;
    /// ```
    #[must_use]
    pub fn panics(mut self, panics: Panics) -> Support {
        self.panics = panics;
        self
    }

    /// What becomes of an app with two session layers.
    ///
    /// ```
    /// use conformance::{Doubled, Missing, Support};
    ///
    /// let support = Support::new(Missing::Unknown).doubled(Doubled::RefusesToStart);
    /// # let _ = support;
    /// ```
    #[must_use]
    pub fn doubled(mut self, doubled: Doubled) -> Support {
        self.doubled = doubled;
        self
    }

    /// What becomes of a `Cookie` line that is not UTF-8.
    ///
    /// ```
    /// use conformance::{Missing, OddBytes, Support};
    ///
    /// let support = Support::new(Missing::Unknown).odd_bytes(OddBytes::LoseTheirLine);
    /// # let _ = support;
    /// ```
    #[must_use]
    pub fn odd_bytes(mut self, odd_bytes: OddBytes) -> Support {
        self.odd_bytes = odd_bytes;
        self
    }
}

/// What a handler that asks for a session gets where no session layer is.
///
/// ```
/// use conformance::Missing;
///
/// let fix = Missing::Logs(".layer(SessionLayer::new(manager))");
/// assert_ne!(fix, Missing::Unknown);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Missing {
    /// An empty 500, and a line in the log that holds this text: the code that is lacking.
    Logs(&'static str),
    /// Nothing, because the app does not start, and the log holds this text: the code that is lacking.
    RefusesToStart(&'static str),
    /// There is no extractor that could know; the app's handler sees that the request has no session,
    /// and answers 500.
    Unknown,
}

/// What becomes of an `Option<LiveSession>` where no session layer is.
///
/// ```
/// use conformance::{Missing, Optional, Support};
///
/// let usual = Support::new(Missing::Unknown);
/// assert_ne!(usual.optional(Optional::IsNone), usual);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Optional {
    /// It is answered as without the `Option`.
    IsAnswered,
    /// The framework makes `None` of whatever an extractor fails with; the log has the same line.
    IsNone,
}

/// What becomes of a handler that panics.
///
/// ```
/// use conformance::{Missing, Panics, Support};
///
/// let usual = Support::new(Missing::Unknown);
/// assert_ne!(usual.panics(Panics::CloseConnection), usual);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Panics {
    /// A layer catches it, inside or outside of the session layer, and answers 500. Without one the
    /// connection is closed.
    AreCaughtByLayers,
    /// The framework catches it and answers 500, always.
    AreAnswered,
    /// The framework closes the connection, always.
    CloseConnection,
}

/// What becomes of an app with two session layers.
///
/// ```
/// use conformance::{Missing, Doubled, Support};
///
/// let usual = Support::new(Missing::Unknown);
/// assert_ne!(usual.doubled(Doubled::RefusesToStart), usual);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Doubled {
    /// Every request is answered 500, and the log says so.
    IsAnswered,
    /// The app does not start.
    RefusesToStart,
}

/// What becomes of a `Cookie` line that is not UTF-8: browsers send any bytes that a page set.
///
/// ```
/// use conformance::{Missing, OddBytes, Support};
///
/// let usual = Support::new(Missing::Unknown);
/// assert_ne!(usual.odd_bytes(OddBytes::LoseTheirLine), usual);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OddBytes {
    /// The framework hands it over as it came.
    AreHandedOver,
    /// The framework drops the line, and with it a session that is in it.
    LoseTheirLine,
}
