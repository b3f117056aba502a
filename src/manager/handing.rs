//! Hands visitors over: asks, gives, and takes who arrives.
//!
//! Owns what stands in the URLs, and in which order an arrival is judged. What is given of a sign-in is decided in `visit`.

use sha2::{Digest, Sha256};

use super::SessionManager;
use crate::error::{Error, TicketRefusal};
use crate::guard::{ReturnPath, only};
use crate::hand_over::{AskedHere, HandOver, HandOverRefusal, Passage, TICKET};
use crate::lifetime::Timestamp;
use crate::session::{Attribute, AttributeName, Session};
use crate::visit::{Config, Edit, Handed};

/// The parameters of a request to give: who asks, and the hash of the nonce.
const ASKS: &str = "for";
const STATE: &str = "state";
/// The parameter of an arrival.
const TICKET_PARAMETER: &str = "ticket";

/// The most characters of a path to come back to. With the largest sign-in a ticket has 1,883.
const BACK_MAX: usize = 800;

/// What the browser keeps that asked.
const NONCE: Attribute<[u8; 16]> = Attribute::new("nonce").absent_if_unreadable();

impl Session {
    /// Asks another site for its sign-in: puts a nonce into a cookie, and returns the redirect to where that site
    /// [gives](Session::hand_over). Answer a visitor so who is not signed in here: put this in the place of a sign-in page.
    ///
    /// `partner` is the origin of that site, and `back` the page here that the visitor wanted. A page with more than 800
    /// characters, or one with which the URL there has more than 1,000 behind its origin, is left out, and the visitor comes
    /// to `/`.
    ///
    /// All tabs of a browser share one nonce, which lasts for ten minutes from the last one on. Two tabs that ask for the first time
    /// at the same moment get two, of which the browser keeps one. [`arrive`](Session::arrive) lets the other tab in as well, as soon as
    /// the first one has arrived.
    ///
    /// # Errors
    ///
    /// - [`Error::is_misuse`] if there is no such partner, or the manager was built without
    ///   [`hand_over`](crate::SessionManagerBuilder::hand_over);
    /// - as [`insert`](Session::insert) where nothing can be stored: [`Error::is_too_late`], [`Error::is_poisoned`],
    ///   [`Error::is_off_loopback`] and [`Error::is_randomness`].
    ///
    /// ```
    /// use sealed_session::ReturnPath;
    /// # use sealed_session::hand_over::HandOver;
    /// # use sealed_session::adapter::RequestHead;
    /// # use sealed_session::{Key, KeyRing, SessionManager};
    /// # let now = sealed_session::time::OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let sites = HandOver::new("https://b.example")?.with_partner("https://a.example", "/give")?;
    /// # let builder = SessionManager::builder("b", KeyRing::new(Key::generate()?));
    /// # let session = builder.hand_over(sites).build()?.load(RequestHead::default(), now);
    ///
    /// let back = ReturnPath::from_query("next=/orders");
    /// let passage = session.ask_hand_over("https://a.example", back.as_ref())?;
    /// assert!(passage.location().starts_with("https://a.example/give?for=https://b.example&state="));
    /// assert!(passage.location().ends_with("&next=/orders"));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn ask_hand_over(
        &self,
        partner: &str,
        back: Option<&ReturnPath>,
    ) -> Result<Passage, Error> {
        let sites = self.sites()?;
        let partner = sites.partner(partner).ok_or_else(|| {
            self.owned(Error::misuse(
                "no partner has the origin that is to be asked; add it by `HandOver::with_partner`",
            ))
        })?;
        let asking = self.slot::<AskedHere>()?;
        let nonce = match asking.get(NONCE)? {
            Some(nonce) => nonce,
            None => {
                let mut nonce = [0; 16];
                getrandom::fill(&mut nonce).map_err(Error::randomness)?;
                nonce
            }
        };
        // Begun anew, so that its time begins again.
        self.forget_asking()?;
        asking.insert(NONCE, nonce)?;
        let state = base64_simd::URL_SAFE_NO_PAD.encode_to_string(state_of(nonce));
        let url = format!("{}?{ASKS}={}&{STATE}={state}", partner.url(), sites.own());
        let with_back = back
            .filter(|back| back.as_str().len() <= BACK_MAX)
            .map(|back| format!("{url}&{}={}", ReturnPath::PARAMETER, back.encoded()))
            // A guard there writes it into its own redirect, as a way back.
            .filter(|whole| whole.len() - partner.origin.len() <= ReturnPath::LENGTH_MAX);
        Ok(Passage::to(with_back.unwrap_or(url)))
    }

    /// Gives the sign-in of this browser to the site that [asks](Session::ask_hand_over), and returns the redirect to where that
    /// site takes [arrivals](Session::arrive). `query` is that of the request, without the question mark. The session stays
    /// as it is.
    ///
    /// The other site gets the subject, the labels, when the visitor last [confirmed](Session::confirm) who they are, and
    /// that it came from this sign-in. Attributes stay here.
    ///
    /// Put a [guard](crate::Guard::or_redirect) in front, which sends visitors to the sign-in page and back here. It is always the main
    /// slot that is handed over.
    ///
    /// # Errors
    ///
    /// Within, the [`HandOverRefusal`]: the site that asks is no partner, nobody is signed in, somebody
    /// [acts](Session::act_as), or the sign-in was handed over itself. Around it, [`Error::is_misuse`] if the manager was built
    /// without [`hand_over`](crate::SessionManagerBuilder::hand_over), and [`Error::is_randomness`].
    ///
    /// ```
    /// use sealed_session::hand_over::HandOverRefusal;
    /// # use sealed_session::hand_over::HandOver;
    /// # use sealed_session::adapter::RequestHead;
    /// # use sealed_session::{Key, KeyRing, SessionManager};
    /// # let now = sealed_session::time::OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let sites = HandOver::new("https://a.example")?.with_partner("https://b.example", "/arrive")?;
    /// # let builder = SessionManager::builder("a", KeyRing::new(Key::generate()?));
    /// # let session = builder.hand_over(sites).build()?.load(RequestHead::default(), now);
    ///
    /// let query = format!("for=https://b.example&state={}&next=/orders", "A".repeat(43));
    /// assert_eq!(session.hand_over(&query)?, Err(HandOverRefusal::NotSignedIn));
    ///
    /// session.sign_in("user-17", &[])?;
    /// let passage = session.hand_over(&query)?.expect("somebody is signed in");
    /// assert!(passage.location().starts_with("https://b.example/arrive?ticket="));
    ///
    /// let evil = query.replace("b.example", "evil.example");
    /// assert_eq!(session.hand_over(&evil)?, Err(HandOverRefusal::UnknownSite));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn hand_over(&self, query: &str) -> Result<Result<Passage, HandOverRefusal>, Error> {
        let sites = self.sites()?;
        let (Some(asks), Some(state)) = (only(query, ASKS), asked_state(query)) else {
            return Ok(Err(HandOverRefusal::Malformed));
        };
        let Some(partner) = sites.partner(&asks) else {
            return Ok(Err(HandOverRefusal::UnknownSite));
        };
        let back = ReturnPath::from_query(query).filter(|back| back.as_str().len() <= BACK_MAX);
        let back = back.map_or_else(|| "/".to_owned(), String::from);
        let (visit, now) = (self.visit(), self.visit().now());
        let given = match visit.at(0, |slot| slot.open().given(back)) {
            Ok(given) => given,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let ticket = SessionManager::of(self).seal_ticket_for(
            TICKET,
            &partner.origin,
            &self.main().audience,
            Some(&state),
            &given,
            now.to_time(),
        )?;
        let url = partner.url();
        Ok(Ok(Passage::to(format!(
            "{url}?{TICKET_PARAMETER}={ticket}"
        ))))
    }

    /// Takes a visitor whom another site has [given](Session::hand_over): signs them in, as [`sign_in`](Session::sign_in)
    /// does, and returns the redirect to the page that they wanted. `query` is that of the request, without the question
    /// mark, and `keep` names the attributes that stay.
    ///
    /// The session is one of this site's own, with the subject, the labels and the confirmation of the sign-in
    /// there. Its lifetimes are those of this site, from now on. [`origin`](Session::origin) tells where it came from, and
    /// [revoking](crate::revocation) that sign-in ends it.
    ///
    /// A ticket counts in the browser that asked, and there once. A visitor who is signed in here as its subject already is
    /// sent on all the same, and nothing is changed: another tab, or the back button.
    ///
    /// # Errors
    ///
    /// Within, the [`HandOverRefusal`]; the session that was there stays then. Around it, [`Error::is_misuse`] if the manager was built
    /// without [`hand_over`](crate::SessionManagerBuilder::hand_over), and as [`sign_in`](Session::sign_in).
    ///
    /// ```
    /// use sealed_session::hand_over::HandOverRefusal;
    /// use sealed_session::ticket::TicketRefusal;
    /// # use sealed_session::hand_over::HandOver;
    /// # use sealed_session::adapter::RequestHead;
    /// # use sealed_session::{Key, KeyRing, SessionManager};
    /// # let now = sealed_session::time::OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let ring = KeyRing::new(Key::generate()?);
    /// # let load = |own, partner| {
    /// #     let sites = HandOver::new(own)?.with_partner(partner, "/hand-over")?;
    /// #     let manager = SessionManager::builder("shop", ring.clone()).hand_over(sites).build()?;
    /// #     Ok::<_, sealed_session::Error>(manager.load(RequestHead::default(), now))
    /// # };
    /// # let (at_a, at_b) = (load("https://a.example", "https://b.example")?, load("https://b.example", "https://a.example")?);
    /// # at_a.sign_in("user-17", &[])?;
    /// # let asked = at_b.ask_hand_over("https://a.example", None)?;
    /// # let given = at_a.hand_over(asked.location().split_once('?').unwrap().1)?.unwrap();
    /// # let query = given.location().split_once('?').unwrap().1;
    /// # let victim = load("https://b.example", "https://a.example")?;
    ///
    /// // In the browser that asked, and in another one.
    /// assert_eq!(at_b.arrive(query, &[])?.expect("a good ticket").location(), "/");
    /// assert_eq!(at_b.subject().as_deref(), Some("user-17"));
    /// assert_eq!(victim.arrive(query, &[])?, Err(HandOverRefusal::NotAsked));
    /// assert_eq!(victim.subject(), None);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn arrive(
        &self,
        query: &str,
        keep: &[&dyn AttributeName],
    ) -> Result<Result<Passage, HandOverRefusal>, Error> {
        let (sites, asking) = (self.sites()?, self.slot::<AskedHere>()?);
        let Some(text) = only(query, TICKET_PARAMETER) else {
            return Ok(Err(HandOverRefusal::Malformed));
        };
        let (visit, config, now) = (self.visit(), self.main(), self.visit().now());

        // The ticket: for this site, and in its time. Its browser is not known yet.
        let (own, audience) = (sites.own(), &config.audience);
        let opened = SessionManager::of(self).open_ticket_for(
            TICKET,
            own,
            audience,
            text.as_bytes(),
            now.to_time(),
        );
        let (given, sealed, seal) = match opened {
            Ok((ticket, Some(seal))) => {
                let sealed = Timestamp::of(ticket.good().start);
                (ticket.into_value(), sealed, seal)
            }
            Ok((_, None)) => return refused(TicketRefusal::OtherState),
            Err(reason) => return refused(reason),
        };
        let (handed, back) = (
            Handed::of(&given, sealed, now, config.lifetime.clock_skew().as_secs()),
            ReturnPath::parse(&given.back),
        );
        let (Some(handed), Some(back)) = (handed, back) else {
            return Ok(Err(HandOverRefusal::Malformed));
        };
        let onward = Passage::to(String::from(back));

        // The browser.
        let is_its_own = match asking.get(NONCE)? {
            None => Err(HandOverRefusal::NotAsked),
            Some(nonce) if seal.is_of(&state_of(nonce)) => Ok(()),
            Some(_) => Err(HandOverRefusal::Ticket(TicketRefusal::OtherState)),
        };
        if let Err(refusal) = is_its_own {
            let is_already = visit.at(0, |slot| slot.is_already(&given.subject));
            return Ok(if is_already { Ok(onward) } else { Err(refusal) });
        }

        // The sign-in, which may have been revoked.
        if config
            .lifetime
            .begins_too_late(Timestamp(given.created), now)
        {
            return refused(TicketRefusal::FromTheFuture);
        }
        if visit.at(0, |slot| slot.is_revoked(&given.subject, &handed)) {
            return Ok(Err(HandOverRefusal::Revoked));
        }
        let keep = self.beside(0).kept(keep);
        let taken = visit.at(0, |slot| slot.take_over(&given.subject, &handed, &keep));
        taken.map_err(|error| self.owned(error))?;
        self.forget_asking()?;
        Ok(Ok(onward))
    }

    /// Removes the nonce, if there is one.
    fn forget_asking(&self) -> Result<(), Error> {
        let forget = |at| {
            self.visit()
                .at(at, |slot| slot.apply("hand_over", Edit::Drop))
        };
        let gone = self.visit().find::<AskedHere>().map(forget).transpose();
        gone.map(drop).map_err(|error| self.owned(error))
    }

    fn main(&self) -> &Config {
        self.visit().config(0)
    }

    fn sites(&self) -> Result<&HandOver, Error> {
        self.main().hand_over.as_deref().ok_or_else(|| {
            self.owned(Error::misuse(
                "this manager hands nobody over; build it by `SessionManager::builder(..).hand_over(..).build()?`",
            ))
        })
    }
}

/// Refuses a ticket.
fn refused(reason: TicketRefusal) -> Result<Result<Passage, HandOverRefusal>, Error> {
    Ok(Err(HandOverRefusal::Ticket(reason)))
}

/// Returns what a ticket is bound to. The nonce itself never leaves its cookie.
fn state_of(nonce: [u8; 16]) -> [u8; 32] {
    Sha256::digest(nonce).into()
}

/// Reads the hash of the nonce from the query of a request to give.
fn asked_state(query: &str) -> Option<[u8; 32]> {
    let text = only(query, STATE)?;
    let state = base64_simd::URL_SAFE_NO_PAD.decode_to_vec(text).ok()?;
    state.try_into().ok()
}
