//! What a client got for a request, whoever it came from.

use serde::de::DeserializeOwned;

use crate::Failure;

/// A response, or the lack of one.
#[derive(Clone, Debug)]
pub struct Reply {
    /// `None` if the connection ended without a response.
    pub status: Option<u16>,
    /// `HTTP/1.1` or `HTTP/2`, as the client saw it; empty if it does not say.
    pub protocol: String,
    /// The body; what went wrong if there was no response.
    pub body: String,
}

impl Reply {
    /// Says that there was no response.
    pub(crate) fn none(why: impl ToString) -> Reply {
        Reply {
            status: None,
            protocol: String::new(),
            body: why.to_string(),
        }
    }

    /// Reads what the origin said, if it was the origin that answered and the status is this one.
    ///
    /// # Errors
    ///
    /// If the answer is another one, or of somebody else: a proxy's error page is none.
    pub fn json<T: DeserializeOwned>(&self, status: u16) -> Result<T, Failure> {
        if self.status != Some(status) {
            return Err(format!("{status} was expected: {self:?}").into());
        }
        let parsed = serde_json::from_str(&self.body);
        parsed.map_err(|cause| format!("not from the origin ({cause}): {self:?}").into())
    }
}
