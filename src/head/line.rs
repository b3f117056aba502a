//! One value of a request's `Cookie` field: as an adapter hands it over, and as a visit keeps it.
//!
//! Owns what may be kept without a copy. It parses nothing.

/// One value of a `Cookie` field, for [`RequestHead::new`](crate::adapter::RequestHead::new): raw bytes, of which the session's
/// cookies are copied; or, behind the feature `http-1`, a `HeaderValue`, which is shared. A server cuts it from the buffer
/// that it read the request's head into, and the buffer stays as long as a clone of the session does: in a WebSocket, as long
/// as that is open.
///
/// ```
/// use sealed_session::adapter::{CookieLine, RequestHead};
///
/// fn head<'a, L: CookieLine<'a>>(line: L) -> RequestHead<'a, [L; 1]> {
///     RequestHead::new([line]).method("GET")
/// }
/// let request = head(&b"theme=dark"[..]);
/// ```
pub trait CookieLine<'a>: Line<'a> {}

impl<'a, L: Line<'a>> CookieLine<'a> for L {}

pub(crate) use kept::{Line, SharedLine};

/// Only the core says what a line is.
mod kept {
    use std::fmt;

    #[cfg(feature = "http-1")]
    use http::HeaderValue;

    #[cfg(not(feature = "http-1"))]
    type HeaderValue = std::convert::Infallible;

    pub trait Line<'a>: Copy {
        /// Returns the line as it came.
        fn bytes(self) -> &'a [u8];

        /// Returns the line to be kept, if that takes no copy.
        fn share(self) -> Option<SharedLine>;
    }

    /// A line that is shared with its request.
    #[derive(Clone)]
    pub struct SharedLine(HeaderValue);

    impl SharedLine {
        pub(crate) fn bytes(&self) -> &[u8] {
            #[cfg(feature = "http-1")]
            return self.0.as_bytes();
            #[cfg(not(feature = "http-1"))]
            match self.0 {}
        }
    }

    /// What is in it is not shown: among it are cookies.
    impl fmt::Debug for SharedLine {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.debug_struct("SharedLine").finish_non_exhaustive()
        }
    }

    impl<'a> Line<'a> for &'a [u8] {
        fn bytes(self) -> &'a [u8] {
            self
        }

        fn share(self) -> Option<SharedLine> {
            None
        }
    }

    #[cfg(feature = "http-1")]
    impl<'a> Line<'a> for &'a HeaderValue {
        fn bytes(self) -> &'a [u8] {
            self.as_bytes()
        }

        fn share(self) -> Option<SharedLine> {
            Some(SharedLine(self.clone()))
        }
    }
}
