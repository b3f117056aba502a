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
    pub(crate) panics: Panics,
    pub(crate) doubled: Doubled,
}

impl Support {
    /// Panics are caught where [`Site::catch`](crate::Site::catch) says, and a doubled layer is
    /// answered 500.
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
            panics: Panics::AreCaughtByLayers,
            doubled: Doubled::IsAnswered,
        }
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
}

/// What a handler that asks for a session gets where no session layer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Missing {
    /// An empty 500, and a line in the log that holds this text: the code that is lacking.
    Logs(&'static str),
    /// There is no extractor that could know; the app's handler sees that the request has no session,
    /// and answers 500.
    Unknown,
}

/// What becomes of a handler that panics.
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Doubled {
    /// Every request is answered 500, and the log says so.
    IsAnswered,
    /// The app does not start.
    RefusesToStart,
}
