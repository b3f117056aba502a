//! Labels of a session, by which sessions are revoked together.

use super::Session;
use crate::error::Error;
use crate::payload::Labels;
use crate::visit::Edit;

impl Session {
    /// Gives this session up to four labels of 1 to 64 bytes, in place of those that it has. By a label all sessions
    /// that carry it can be [revoked](crate::revocation::Target::Label): an identity provider's `sid`, a tenant, a kind
    /// of device. They are no secrets to somebody who holds a signed session, and say nothing to anybody else. An order
    /// is not kept.
    ///
    /// Call it in the request that signs in, before or after the sign-in; the next sign-in forgets them. A copy of the
    /// cookie that was made before has the labels that it had then. Renewals keep them.
    ///
    /// # Errors
    ///
    /// [`Error::is_not_representable`] if there are more than four, or if one is empty or too long; and as
    /// [`renew`](Session::renew).
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// session.sign_in("user-17", &[])?;
    /// session.set_labels(&["sid:08a5019c-17e1-4977-8f42-65a12843ea02", "tenant:7"])?;
    /// session.renew()?;
    /// assert_eq!(session.labels(), ["sid:08a5019c-17e1-4977-8f42-65a12843ea02", "tenant:7"]);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn set_labels(&self, labels: &[&str]) -> Result<(), Error> {
        let labels = Labels::new(labels)?;
        self.change("labels", Edit::Label(&labels)).map(drop)
    }

    /// Returns the labels, in ascending order; none without a session.
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// assert!(session.labels().is_empty());
    /// session.sign_in("user-17", &[])?;
    /// session.set_labels(&["tenant:7", "device:phone"])?;
    /// assert_eq!(session.labels(), ["device:phone", "tenant:7"]);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn labels(&self) -> Vec<String> {
        self.read(|state| {
            let labels = state.record().map(|record| &record.labels);
            let texts = labels.into_iter().flat_map(Labels::iter);
            texts.map(str::to_owned).collect()
        })
    }
}
