//! What a page puts into its forms.

use super::Session;
use crate::cross_origin::FORM_FIELD;
use crate::error::Error;
use crate::visit::FormCheck;

impl Session {
    /// Returns a token for the forms and scripts of a page: 43 characters of the URL-safe base64 alphabet. See
    /// [`CrossOrigin::with_form_tokens`](crate::CrossOrigin::with_form_tokens), which asks for them; without it nobody does.
    /// Of several [slots](crate::slots) it is the token of the first that has a session, whichever slot this is.
    ///
    /// It is another text at each call, and all of them are good for as long as the sign-in lasts: a renewal keeps them. A
    /// [sign-in](Session::sign_in), a [start-over](Session::start_over) and an end make them worthless, so take it after
    /// those. A key that retires makes the tokens worthless that it made.
    ///
    /// Without a session there is nothing to protect, and the token is empty, unless a token is asked for
    /// [even then](crate::CrossOrigin::also_without_session): that begins a session, as
    /// [`insert`](Session::insert) does. A session that is there is not changed. The response is made `private`.
    ///
    /// # Errors
    ///
    /// [`Error::is_randomness`]; and where a session begins, those of [`insert`](Session::insert).
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// assert_eq!(session.form_token()?, "");
    ///
    /// session.sign_in("user-17", &[])?;
    /// let (one, other) = (session.form_token()?, session.form_token()?);
    /// assert!(one.len() == 43 && one != other);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("csrf_token"))]
    pub fn form_token(&self) -> Result<String, Error> {
        let made = self.visit.form_token();
        made.map_err(|error| self.beside(0).owned(error))
    }

    /// Returns a [form token](Session::form_token) as HTML. Write it as it is, and first into the form: in front of all
    /// other fields, whatever its method of encoding.
    ///
    /// # Errors
    ///
    /// Those of [`form_token`](Session::form_token).
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// session.sign_in("user-17", &[])?;
    /// let field = session.form_field()?;
    /// assert!(field.starts_with(r#"<input type="hidden" name="csrf_token" value=""#));
    /// let form = format!(r#"<form method="post" action="/transfer">{field}<input name="amount"></form>"#);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("csrf_field", "csrf_input"))]
    pub fn form_field(&self) -> Result<String, Error> {
        let token = self.form_token()?;
        Ok(format!(
            r#"<input type="hidden" name="{FORM_FIELD}" value="{token}">"#
        ))
    }

    /// Returns whether the request passes without a look at its body.
    #[inline]
    pub(crate) fn form_check(&self) -> FormCheck {
        self.visit.form_check()
    }
}
