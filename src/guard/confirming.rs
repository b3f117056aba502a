//! What a guard asks of a sign-in beyond its being there: a recent proof of who the visitor is, and that nobody acts as
//! somebody else.

use std::time::Duration;

use super::Guard;
use super::request::GuardedRequest;
use super::sign_in_page::SignInPage;
use super::verdict::Verdict;
use crate::error::Error;
use crate::session::Session;

impl Guard {
    /// Demands that somebody is signed in and [proved who they are](Session::confirm) no longer ago than this, in whole
    /// seconds: where money moves, or a password changes. What has to be proven, such as a password or a passkey, is the
    /// application's.
    ///
    /// Who did not is [sent to confirm](Guard::or_confirm), or answered 401 with the challenge of RFC 9470, section 3: a
    /// script can tell by it that the visitor is signed in, and has to confirm. Of the other conditions the guard asks first.
    /// Who [acts](Session::act_as) as somebody else is answered 403, because nobody can prove to be who they are not.
    ///
    /// ```
    /// use sealed_session::Guard;
    /// use sealed_session::adapter::{RequestHead, Verdict};
    /// use std::time::Duration;
    /// # let session = sealed_session::testing::session();
    ///
    /// let ten_minutes = Duration::from_secs(600);
    /// let guard = Guard::signed_in().confirmed_within(ten_minutes);
    /// let request = RequestHead::default().method("POST").path("/transfers");
    /// session.sign_in("user-17", &[])?;
    /// assert_eq!(guard.check(&session, &request)?, Verdict::Unconfirmed(ten_minutes));
    /// session.confirm()?;
    /// assert_eq!(guard.check(&session, &request)?, Verdict::Pass);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("fresh_login_required", "password_confirm", "step_up", "sudo_mode"))]
    #[must_use]
    pub fn confirmed_within(self, age: Duration) -> Guard {
        self.not_acting().with(|rules| {
            rules.signed_in = true;
            rules.confirmed_within = Some(age);
        })
    }

    /// Redirects visitors who are signed in and did not [confirm](Guard::confirmed_within) in time to this page, with the
    /// way back, as [`or_redirect`](Guard::or_redirect) does with those who are not signed in. Put a guard in front of
    /// it that asks for a sign-in, and for nothing more.
    ///
    /// # Errors
    ///
    /// As [`or_redirect`](Guard::or_redirect).
    ///
    /// ```
    /// use sealed_session::Guard;
    /// use sealed_session::adapter::{RequestHead, Verdict, header_fields};
    /// use std::time::Duration;
    /// # let session = sealed_session::testing::session();
    ///
    /// let guard = Guard::signed_in().or_redirect("/sign-in")?;
    /// let guard = guard.confirmed_within(Duration::from_secs(600)).or_confirm("/confirm")?;
    /// let fields = header_fields(|_| std::iter::once(&b"navigate"[..]));
    /// let visit = RequestHead::default().method("GET").path("/order").fields(&fields);
    /// session.sign_in("user-17", &[])?;
    /// let there = Verdict::Redirect("/confirm?next=/order".to_owned());
    /// assert_eq!(guard.check(&session, &visit)?, there);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn or_confirm(self, page: &str) -> Result<Guard, Error> {
        Ok(self.or_confirm_at(SignInPage::new(page)?))
    }

    /// Does what [`or_confirm`](Guard::or_confirm) does, with a page of which more is said. It is a [`SignInPage`], because
    /// the way there and back is the same.
    ///
    /// ```
    /// use sealed_session::{Guard, SignInPage};
    /// use std::time::Duration;
    ///
    /// let page = SignInPage::new("/confirm")?.below("/app")?.never_back_to("/sign-out")?;
    /// let guard = Guard::signed_in().confirmed_within(Duration::from_secs(600)).or_confirm_at(page);
    /// # let _ = guard;
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn or_confirm_at(self, page: SignInPage) -> Guard {
        self.with(|rules| rules.confirm = Some(page))
    }

    /// Answers 403 to whoever [acts](Session::act_as) as somebody else: for pages that are the person's own business, such
    /// as a change of the password. The other conditions see the mask.
    ///
    /// ```
    /// use sealed_session::Guard;
    /// use sealed_session::adapter::{RequestHead, Verdict};
    /// # let session = sealed_session::testing::session();
    ///
    /// let guard = Guard::signed_in().not_acting();
    /// let request = RequestHead::default().method("GET").path("/password");
    /// session.sign_in("support-3", &[])?;
    /// assert_eq!(guard.check(&session, &request)?, Verdict::Pass);
    /// session.act_as("user-17", &[])?;
    /// assert_eq!(guard.check(&session, &request)?, Verdict::Forbidden);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn not_acting(self) -> Guard {
        self.when(|session| Ok(session.actor().is_none()))
    }

    /// Decides whether somebody who may pass otherwise has to confirm who they are.
    pub(super) fn confirmed(
        &self,
        session: &Session,
        asked: &Session,
        request: &GuardedRequest<'_>,
    ) -> Verdict {
        let within = match self.rules.confirmed_within {
            Some(within) if !asked.is_confirmed_within(within) => within,
            _ => return Verdict::Pass,
        };
        let page = self.rules.confirm.as_ref();
        match page.map(|page| page.answer(session, request)) {
            Some(Verdict::Redirect(location)) => Verdict::Redirect(location),
            _ => Verdict::Unconfirmed(within),
        }
    }
}
