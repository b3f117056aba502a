//! The redirects of a hand-over.

use std::fmt;

use crate::head::HeaderChange;

/// A redirect to the next stop of a hand-over: 303, which no cache stores (`Cache-Control: no-store`), and whose URL no
/// other site hears of (`Referrer-Policy: no-referrer`).
///
/// It is a response in axum, actix-web and Rocket. Elsewhere carry out its [header changes](Passage::header_changes).
#[derive(Clone, PartialEq, Eq)]
#[must_use = "nobody goes on before this is the response"]
pub struct Passage(String);

impl Passage {
    /// The status of the redirect. A browser follows it by `GET`, whatever it sent.
    ///
    /// ```
    /// assert_eq!(sealed_session::hand_over::Passage::STATUS, 303);
    /// ```
    pub const STATUS: u16 = 303;

    pub(crate) fn to(location: String) -> Passage {
        Passage(location)
    }

    /// Returns where the browser goes. It may hold a ticket: keep it out of logs.
    ///
    /// ```
    /// # use sealed_session::hand_over::HandOver;
    /// # use sealed_session::adapter::RequestHead;
    /// # use sealed_session::{Key, KeyRing, SessionManager};
    /// # let now = sealed_session::time::OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let sites = HandOver::new("https://b.example")?.with_partner("https://a.example", "/give")?;
    /// # let builder = SessionManager::builder("b", KeyRing::new(Key::generate()?));
    /// # let session = builder.hand_over(sites).build()?.load(RequestHead::default(), now);
    /// let passage = session.ask_hand_over("https://a.example", None)?;
    /// assert!(passage.location().starts_with("https://a.example/give?for=https://b.example&state="));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn location(&self) -> &str {
        &self.0
    }

    /// Returns the header fields of the response, whose body is empty.
    ///
    /// ```
    /// # use sealed_session::hand_over::HandOver;
    /// # use sealed_session::adapter::RequestHead;
    /// # use sealed_session::{Key, KeyRing, SessionManager};
    /// # let now = sealed_session::time::OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let sites = HandOver::new("https://b.example")?.with_partner("https://a.example", "/give")?;
    /// # let builder = SessionManager::builder("b", KeyRing::new(Key::generate()?));
    /// # let session = builder.hand_over(sites).build()?.load(RequestHead::default(), now);
    /// let passage = session.ask_hand_over("https://a.example", None)?;
    /// let lines: Vec<String> = passage.header_changes().iter().map(|change| format!("{change:?}")).collect();
    /// assert_eq!(lines[0], "Replace(cache-control: no-store)");
    /// assert_eq!(lines[1], "Replace(referrer-policy: no-referrer)");
    /// assert_eq!(lines[2], "Replace(location: https://a.example/give?..)");
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn header_changes(&self) -> Vec<HeaderChange> {
        vec![
            HeaderChange::replace("cache-control", "no-store"),
            HeaderChange::replace("referrer-policy", "no-referrer"),
            HeaderChange::replace("location", self.0.clone()),
        ]
    }
}

/// Hides the query, which may hold a ticket.
impl fmt::Debug for Passage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = match self.0.split_once('?') {
            Some((path, _)) => format!("{path}?.."),
            None => self.0.clone(),
        };
        f.debug_tuple("Passage").field(&shown).finish()
    }
}
