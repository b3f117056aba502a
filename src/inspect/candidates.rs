//! The look with keys: what a server makes of each text, and what is in it.

use std::fmt;
use std::num::NonZero;
use std::time::Duration;

use time::OffsetDateTime;

use crate::error::Refusal;
use crate::lifetime::{Idle, Timestamp};
use crate::payload::{Codec, Entry, SessionId};
use crate::seal::TokenClaim;
use crate::session::{Renewal, Session, Times};
use crate::visit::{Authentic, Config, Looked};

/// A text that may be a token, as the server judges it; see [`candidates`].
///
/// ```
/// use sealed_session::{Key, KeyRing, Refusal, SessionManager, inspect};
/// use sealed_session::adapter::RequestHead;
/// # use time::OffsetDateTime;
/// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
///
/// let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
/// let session = manager.load(RequestHead::new([&b"__Host-shop=hello"[..]]), now);
/// let judged = &inspect::candidates(&session)[0];
/// assert_eq!((judged.name.as_str(), judged.refusal), ("__Host-shop", Some(Refusal::Malformed)));
/// assert!(judged.content.is_none());
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Judged {
    /// The name of the cookie for which it is read.
    pub name: String,
    /// What it says of itself, or why it is no token at all.
    pub claim: Result<TokenClaim, Refusal>,
    /// Why it is no live session; `None` if it is one. Several of them may contradict each other:
    /// [`Session::refusal`] is the verdict on all.
    pub refusal: Option<Refusal>,
    /// What is in it, if it is authentic, also if its time is over.
    pub content: Option<Content>,
}

/// The content of an authentic token. Its `Debug` shows neither who is signed in nor a value.
///
/// ```
/// use sealed_session::{Key, KeyRing, SessionManager, inspect};
/// # use sealed_session::testing::Browser;
/// # let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
/// # let browser = Browser::default().signed_in(&manager, "user-17")?;
/// # let session = browser.session(&manager);
///
/// // `session` came with a request:
/// let candidates = inspect::candidates(&session);
/// let content = candidates[0].content.as_ref().expect("it is authentic");
/// assert_eq!(content.subject.as_deref(), Some("user-17"));
/// assert_eq!(content.times.absolute_lifetime, content.times.policy.absolute_lifetime());
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct Content {
    /// The session's id.
    pub id: SessionId,
    /// Who is signed in.
    pub subject: Option<String>,
    /// Who acts as them, if [somebody does](Session::act_as).
    pub actor: Option<String>,
    /// Since when that somebody acts.
    pub acting_since: Option<OffsetDateTime>,
    /// When the visitor last [confirmed](Session::confirm) who they are, also if that is no time yet by this clock.
    pub confirmed_at: Option<OffsetDateTime>,
    /// The session at another site that this one was handed over from. Only the half of its id is known that stands for
    /// the sign-in; the other one is zero.
    pub origin: Option<SessionId>,
    /// The labels, in ascending order.
    pub labels: Vec<String>,
    /// When the token was sealed.
    pub issued_at: OffsetDateTime,
    /// The times of the session, the lifetimes that count for it, and what is left of each.
    pub times: Times,
    /// The idle timeout that the session asked for by [`Session::set_idle_timeout`], whether or not the policy
    /// permits it: `Some(None)` if it asked for none, and `None` if it has no wish of its own.
    pub own_idle_timeout: Option<Option<Duration>>,
    /// The absolute lifetime that the session asked for by [`Session::remember`], whether or not the policy
    /// permits it.
    pub own_absolute_lifetime: Option<Duration>,
    /// The attributes, in the order of their names.
    pub attributes: Vec<StoredAttribute>,
    /// Whether the attributes are [stored elsewhere](crate::overflow). There are none here then, unless
    /// [`adapter::pending`](crate::adapter::pending) fetched them.
    pub is_stored_elsewhere: bool,
}

/// One attribute of an authentic token. Its `Debug` does not show the value.
///
/// ```
/// use sealed_session::inspect::{self, Codec};
/// # use sealed_session::testing::Browser;
/// # use sealed_session::{Key, KeyRing, SessionManager};
/// # let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
/// # let mut browser = Browser::default();
/// # browser.visit(&manager, |session| session.insert("theme", "dark"))?;
/// # let session = browser.session(&manager);
///
/// // An earlier request said `session.insert("theme", "dark")`.
/// let candidates = inspect::candidates(&session);
/// let theme = &candidates[0].content.as_ref().expect("it is authentic").attributes[0];
/// assert_eq!((theme.name.as_str(), theme.codec, theme.bytes), ("theme", Some(Codec::Json), 15));
/// assert_eq!(theme.value, b"\"dark\"");
/// assert!(!format!("{theme:?}").contains("dark"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredAttribute {
    /// The name.
    pub name: String,
    /// How the value is written; `None` if this version does not know.
    pub codec: Option<Codec>,
    /// The schema number.
    pub schema: u32,
    /// Whether it is kept apart from what is compressed; see [`Attribute::secret`](crate::Attribute::secret).
    pub is_secret: bool,
    /// The bytes before packing and compression, name included; see
    /// [`Size::attributes`](crate::report::Size::attributes).
    pub bytes: usize,
    /// The value as its codec writes it.
    pub value: Vec<u8>,
}

/// Returns what the server makes of each text that came for this session and may be its token. It judges
/// what came with the request, whatever was changed since, and changes nothing.
///
/// ```
/// use sealed_session::{Key, KeyRing, Refusal, SessionManager, inspect};
/// use sealed_session::adapter::RequestHead;
/// # use sealed_session::testing::Browser;
/// # use time::{Duration, OffsetDateTime};
///
/// let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
/// # let browser = Browser::default().signed_in(&manager, "user-17")?;
/// # let (cookie, now) = (browser.cookie(), OffsetDateTime::now_utc());
/// // `cookie` is a session that was used an hour ago.
/// let in_an_hour = now + Duration::hours(1);
/// let session = manager.load(RequestHead::new([cookie.as_bytes()]), in_an_hour);
/// assert_eq!(session.refusal(), Some(Refusal::IdleExpired));
///
/// let candidates = inspect::candidates(&session);
/// assert_eq!(candidates[0].refusal, Some(Refusal::IdleExpired));
/// let content = candidates[0].content.as_ref().expect("it is authentic");
/// assert_eq!(content.subject.as_deref(), Some("user-17"));
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[must_use]
pub fn candidates(session: &Session) -> Vec<Judged> {
    let (config, now, looked) = session.look();
    let judged = |looked: Looked| Judged {
        name: name(config, looked.family),
        claim: looked.claim,
        refusal: looked.refusal,
        content: looked.read.map(|found| content(config, *found, now)),
    };
    looked.into_iter().map(judged).collect()
}

fn name(config: &Config, family: usize) -> String {
    let mut families = config.carriers.cookies().families();
    let found = families.find(|(at, _)| *at == family);
    found
        .map_or(config.cookie(), |(_, family)| family.names.base())
        .to_owned()
}

fn content(config: &Config, Authentic { record, held }: Authentic, now: Timestamp) -> Content {
    let times = held.times(held.used());
    let seconds = |seconds: u32| Duration::from_secs(u64::from(seconds));
    let acting = record.grounds.acting();
    Content {
        id: record.id,
        actor: acting.map(|acting| acting.actor.to_string()),
        acting_since: acting.map(|acting| acting.since.to_time()),
        confirmed_at: record.grounds.confirmed().map(Timestamp::to_time),
        origin: record.grounds.origin().map(SessionId::of_sign_in),
        issued_at: held.issued.to_time(),
        times: Times::of(config.lifetime, &times, Some(Renewal::of(&held)), now),
        own_idle_timeout: record.own.idle.map(|idle| match idle {
            Idle::After(after) => Some(seconds(after)),
            Idle::Never => None,
        }),
        own_absolute_lifetime: record.own.absolute.map(NonZero::get).map(seconds),
        attributes: record.attributes.iter().map(stored).collect(),
        is_stored_elsewhere: record.deposit.is_some(),
        labels: record.labels.iter().map(str::to_owned).collect(),
        subject: record.subject.map(String::from),
    }
}

fn stored(entry: Entry<'_>) -> StoredAttribute {
    StoredAttribute {
        name: String::from_utf8_lossy(entry.name).into_owned(),
        codec: entry.codec(),
        schema: entry.schema,
        is_secret: entry.is_secret(),
        bytes: entry.size(),
        value: entry.value().into_owned(),
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Content")
            .field("id", &self.id)
            .field("issued_at", &self.issued_at)
            .field("times", &self.times)
            .field("attributes", &self.attributes)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for StoredAttribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredAttribute")
            .field("name", &self.name)
            .field("codec", &self.codec)
            .field("schema", &self.schema)
            .field("is_secret", &self.is_secret)
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}
