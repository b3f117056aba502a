//! The slot in which a browser keeps that it asked for a hand-over.
//!
//! Owns for how long that counts, and under which cookies it can. The sites are those of `hand_over`.

use std::time::Duration;

use super::SessionManagerBuilder;
use super::own_slot::OwnSlot;
use crate::cookie::{Budget, SameSite};
use crate::error::Error;
use crate::hand_over::{AskedHere, HandOver};
use crate::visit::SlotConfig;

/// How long a browser may be away: for a sign-in at the other site, with a second factor. Whoever takes longer is signed in
/// there by then, and asks again by one click.
const WAITS: Duration = Duration::from_secs(10 * 60);

/// What the name of the application has at its end there.
const SUFFIX: &str = "-hand-over";

impl SessionManagerBuilder {
    /// Hands visitors over to other sites that share the ring, the [audience](SessionManagerBuilder::audience) and the accounts, and
    /// takes theirs. See [`hand_over`](crate::hand_over).
    ///
    /// A browser that asks for it keeps a nonce, in a cookie and a [slot](crate::slots) of their own: the name of the application
    /// with `-hand-over` at the end, for ten minutes. Others have no such cookie. A budget that
    /// limits the [response head](crate::Budget::with_head_limit), as the default one does, gives 370 bytes of it to this cookie.
    ///
    /// # Errors
    ///
    /// [`build`](SessionManagerBuilder::build) refuses a manager whose sessions do not travel in cookies, or whose cookies are
    /// `SameSite=Strict`: browsers keep those back when a visitor comes from the other site.
    ///
    /// ```
    /// use sealed_session::hand_over::HandOver;
    /// use sealed_session::{CookieSpec, SameSite, SessionManager};
    /// # use sealed_session::{Key, KeyRing};
    /// # let ring = KeyRing::new(Key::generate()?);
    ///
    /// let sites = HandOver::new("https://b.example")?.with_partner("https://a.example", "/give")?;
    /// let builder = SessionManager::builder("b", ring.clone()).audience("accounts");
    /// assert!(builder.hand_over(sites.clone()).build().is_ok());
    ///
    /// let strict = SessionManager::builder(CookieSpec::new("b").same_site(SameSite::Strict), ring);
    /// assert!(strict.hand_over(sites).build().unwrap_err().is_configuration());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("single_sign_on", "sso"))]
    pub fn hand_over(mut self, sites: HandOver) -> SessionManagerBuilder {
        self.hand_over = Some(sites);
        self
    }

    /// Returns the slot for the nonce, if there is one.
    pub(super) fn asking_slot(&self) -> Result<Option<SlotConfig>, Error> {
        if self.hand_over.is_none() {
            return Ok(None);
        }
        if self.cookie.sent() == SameSite::Strict {
            return Err(Error::configuration(
                "browsers keep `SameSite=Strict` cookies back when a visitor comes from another site, so nobody can be \
                 handed over; use `SameSite::Lax`",
            ));
        }
        let own = OwnSlot {
            what: "hand-overs",
            suffix: SUFFIX,
            waits: WAITS,
            budget: Budget::for_nonce(),
        };
        self.own_slot::<AskedHere>(own).map(Some)
    }
}
