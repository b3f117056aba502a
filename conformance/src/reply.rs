//! What a handler of the app answers, in no framework's types.

/// A response that a harness turns into its framework's.
///
/// ```
/// use conformance::Reply;
///
/// let reply = Reply::text("Ada");
/// assert_eq!((reply.status, reply.body.as_str()), (200, "Ada"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// Header fields in order, each to be added beside those of the same name.
    pub headers: Vec<(String, String)>,
    /// The body, of a length that is known.
    pub body: String,
}

impl Reply {
    /// A 200 with this body.
    ///
    /// ```
    /// assert!(conformance::Reply::text("Ada").headers.is_empty());
    /// ```
    pub fn text(body: impl Into<String>) -> Reply {
        Reply {
            status: 200,
            headers: Vec::new(),
            body: body.into(),
        }
    }
}
