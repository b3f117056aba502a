//! The settings of a manager, and their defaults.

use super::SiteData;
use crate::carrier::Transport;
use crate::cookie::{Budget, CookieSpec, Scope};
use crate::cross_origin::CrossOrigin;
use crate::event::{Event, Observer};
use crate::hand_over::HandOver;
use crate::keys::KeyRing;
use crate::lifetime::Lifetime;
use crate::overflow::Overflow;
use crate::payload::Compression;
use crate::revocation::{Revocations, Staleness};
use crate::seal::Format;
use crate::visit::Parting;

/// Configures a [`SessionManager`](crate::SessionManager). Everything but the name and the ring has a default; an invalid configuration is refused
/// by [`build`](SessionManagerBuilder::build), and never when a request arrives.
///
/// ```
/// use sealed_session::{Budget, Key, KeyRing, Lifetime, SessionManager};
/// use std::time::Duration;
///
/// let manager = SessionManager::builder("shop", KeyRing::new(Key::generate()?))
///     .audience("shop.example.com")
///     .lifetime(Lifetime::new().with_idle_timeout(Duration::from_secs(3_600)))
///     .budget(Budget::within_16k())
///     .build()?;
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "a builder does nothing before `build`"]
pub struct SessionManagerBuilder {
    pub(super) ring: KeyRing,
    pub(super) cookie: CookieSpec,
    pub(super) former: Option<CookieSpec>,
    pub(super) former_scopes: Vec<Scope>,
    pub(super) audience: String,
    pub(super) lifetime: Lifetime,
    pub(super) budget: Budget,
    pub(super) compression: Compression,
    pub(super) format: Format,
    pub(super) accepted: Vec<Format>,
    pub(super) parting: Parting,
    pub(super) transport: Transport,
    pub(super) cross_origin: CrossOrigin,
    pub(super) revocations: Option<Revocations>,
    pub(super) staleness: Staleness,
    pub(super) overflow: Option<Overflow>,
    /// Whether messages for the next page have a slot.
    pub(super) has_flash: bool,
    /// This site and others, if visitors are handed over.
    pub(super) hand_over: Option<HandOver>,
    pub(super) observer: Observer,
    pub(super) log_id_field: Option<&'static str>,
}

impl SessionManagerBuilder {
    pub(super) fn new(cookie: CookieSpec, ring: KeyRing) -> SessionManagerBuilder {
        SessionManagerBuilder {
            ring,
            cookie,
            former: None,
            former_scopes: Vec::new(),
            audience: String::new(),
            lifetime: Lifetime::default(),
            budget: Budget::default(),
            compression: Compression::default(),
            format: Format::Encrypted,
            accepted: Vec::new(),
            parting: Parting::default(),
            transport: Transport::default(),
            cross_origin: CrossOrigin::default(),
            revocations: None,
            staleness: Staleness::default(),
            overflow: None,
            has_flash: false,
            hand_over: None,
            observer: Observer::default(),
            log_id_field: None,
        }
    }

    /// Reads the session from its cookie before a rename, too. A session found there moves to the
    /// new name when it is next written. In a rolling deploy the nodes have to read the name to come before any
    /// of them writes it, as the page on [moving cookies] says.
    ///
    /// [moving cookies]: https://github.com/sealed-session/sealed-session/blob/main/docs/moving-cookies.md
    ///
    /// ```
    /// use sealed_session::SessionManager;
    /// use sealed_session::adapter::{RequestHead, ResponseHead};
    /// # use sealed_session::{Key, KeyRing};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let ring = KeyRing::new(Key::generate()?);
    /// # let before = SessionManager::new("session", ring.clone())?;
    /// # let session = before.load(RequestHead::default(), now);
    /// # session.insert("name", "Ada")?;
    /// # let changes = before.commit(&session, ResponseHead::new(200), now)?;
    /// # let value = changes[0].value();
    /// # let cookie = value.split(';').next().unwrap_or_default().as_bytes();
    ///
    /// let manager = SessionManager::builder("shop", ring).former_cookie("session").build()?;
    ///
    /// // `cookie` is named `__Host-session`.
    /// let session = manager.load(RequestHead::new([cookie]), now);
    /// assert_eq!(session.get::<String>("name")?.as_deref(), Some("Ada"));
    ///
    /// session.insert("theme", "dark")?;
    /// let changes = manager.commit(&session, ResponseHead::new(200), now)?;
    /// assert_eq!(format!("{:?}", changes[0]), "Append(set-cookie: __Host-shop=..)");
    /// let removed = "Append(set-cookie: __Host-session=..; Max-Age=0)";
    /// assert_eq!(format!("{:?}", changes[1]), removed);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn former_cookie(mut self, cookie: impl Into<CookieSpec>) -> SessionManagerBuilder {
        self.former = Some(cookie.into().resolved());
        self
    }

    /// Expires cookies left in a scope that was configured before, or is on another node, whenever somebody signs
    /// in or the session is destroyed. Without it the browser sends two sessions after the next sign-in, and
    /// neither counts ([`Refusal::Conflict`](crate::Refusal::Conflict)). See [moving cookies].
    ///
    /// [moving cookies]: https://github.com/sealed-session/sealed-session/blob/main/docs/moving-cookies.md
    ///
    /// ```
    /// use sealed_session::{CookieSpec, Scope, SessionManager};
    /// # use sealed_session::{Key, KeyRing};
    /// # use sealed_session::adapter::{RequestHead, ResponseHead};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    ///
    /// let cookie = CookieSpec::exact("sid");
    /// let manager = SessionManager::builder(cookie, KeyRing::new(Key::generate()?))
    ///     .former_scope(Scope::new().path("/shop"))
    ///     .build()?;
    /// # let session = manager.load(RequestHead::default(), now);
    /// session.sign_in("user-17", &[])?;
    ///
    /// let changes = manager.commit(&session, ResponseHead::new(200), now)?;
    /// let value = changes[1].value();
    /// assert_eq!(value, "sid=; Path=/shop; Secure; HttpOnly; SameSite=Lax; Max-Age=0");
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn former_scope(mut self, scope: Scope) -> SessionManagerBuilder {
        self.former_scopes.push(scope);
        self
    }

    /// Binds tokens to this string, at most 255 bytes: those of one audience never open for
    /// another. It keeps applications that share a ring apart by mistake, not by malice: each
    /// holds the keys to seal for the other. Empty by default.
    ///
    /// ```
    /// use sealed_session::{Refusal, SessionManager};
    /// use sealed_session::adapter::RequestHead;
    /// # use sealed_session::{Key, KeyRing};
    /// # use sealed_session::adapter::ResponseHead;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let ring = KeyRing::new(Key::generate()?);
    /// # let before = SessionManager::builder("session", ring.clone()).audience("shop.example.com").build()?;
    /// # let session = before.load(RequestHead::default(), now);
    /// # session.insert("name", "Ada")?;
    /// # let changes = before.commit(&session, ResponseHead::new(200), now)?;
    /// # let value = changes[0].value();
    /// # let cookie = value.split(';').next().unwrap_or_default().as_bytes();
    ///
    /// let forum = SessionManager::builder("session", ring).audience("forum.example.com").build()?;
    ///
    /// // `cookie` was sealed for `shop.example.com`.
    /// let session = forum.load(RequestHead::new([cookie]), now);
    /// assert_eq!(session.refusal(), Some(Refusal::Tampered));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn audience(mut self, audience: impl Into<String>) -> SessionManagerBuilder {
        self.audience = audience.into();
        self
    }

    /// Sets how long sessions live.
    ///
    /// ```
    /// use sealed_session::{Lifetime, SessionManager};
    /// use std::time::Duration;
    /// # use sealed_session::{Key, KeyRing};
    /// # use sealed_session::adapter::RequestHead;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let ring = KeyRing::new(Key::generate()?);
    ///
    /// let policy = Lifetime::new().with_idle_timeout(Duration::from_secs(3_600));
    /// let manager = SessionManager::builder("session", ring).lifetime(policy).build()?;
    /// # let session = manager.load(RequestHead::default(), now);
    /// session.insert("name", "Ada")?;
    /// assert_eq!(session.time_left(now), Ok(Duration::from_secs(3_600)));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn lifetime(mut self, lifetime: Lifetime) -> SessionManagerBuilder {
        self.lifetime = lifetime;
        self
    }

    /// Sets how many bytes of header a session may take.
    ///
    /// ```
    /// use sealed_session::{Budget, SessionManager};
    /// # use sealed_session::{Key, KeyRing};
    /// # use sealed_session::adapter::RequestHead;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let ring = KeyRing::new(Key::generate()?);
    ///
    /// let manager = SessionManager::builder("session", ring).budget(Budget::within_16k()).build()?;
    /// # let session = manager.load(RequestHead::default(), now);
    /// assert_eq!(session.size()?.budget.total_limit(), 12_000);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn budget(mut self, budget: Budget) -> SessionManagerBuilder {
        self.budget = budget;
        self
    }

    /// Sets how hard to compress. What was written under another policy stays readable.
    ///
    /// ```
    /// use sealed_session::{Compression, SessionManager};
    /// # use sealed_session::{Key, KeyRing};
    /// # use sealed_session::adapter::RequestHead;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let ring = KeyRing::new(Key::generate()?);
    ///
    /// let manager = SessionManager::builder("session", ring).compression(Compression::Off).build()?;
    /// # let session = manager.load(RequestHead::default(), now);
    /// session.insert("noise", "x".repeat(1_000))?;
    /// assert!(session.size()?.bytes > 1_400);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn compression(mut self, compression: Compression) -> SessionManagerBuilder {
        self.compression = compression;
        self
    }

    /// Sets how tokens are protected. Only this format is accepted, unless
    /// [`accept_format`](SessionManagerBuilder::accept_format) names another.
    ///
    /// ```
    /// use sealed_session::{Format, Refusal, SessionManager};
    /// use sealed_session::adapter::RequestHead;
    /// # use sealed_session::{Key, KeyRing};
    /// # use sealed_session::adapter::ResponseHead;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let ring = KeyRing::new(Key::generate()?);
    /// # let before = SessionManager::new("session", ring.clone())?;
    /// # let session = before.load(RequestHead::default(), now);
    /// # session.insert("name", "Ada")?;
    /// # let changes = before.commit(&session, ResponseHead::new(200), now)?;
    /// # let value = changes[0].value();
    /// # let cookie = value.split(';').next().unwrap_or_default().as_bytes();
    ///
    /// let manager = SessionManager::builder("session", ring).format(Format::Signed).build()?;
    ///
    /// // `cookie` was encrypted, which is the default.
    /// let session = manager.load(RequestHead::new([cookie]), now);
    /// assert_eq!(session.refusal(), Some(Refusal::WrongFormat));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn format(mut self, format: Format) -> SessionManagerBuilder {
        self.format = format;
        self
    }

    /// Accepts tokens of this format, too, for a migration.
    ///
    /// ```
    /// use sealed_session::{Format, SessionManager};
    /// use sealed_session::adapter::RequestHead;
    /// # use sealed_session::{Key, KeyRing};
    /// # use sealed_session::adapter::ResponseHead;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let ring = KeyRing::new(Key::generate()?);
    /// # let before = SessionManager::builder("session", ring.clone()).format(Format::Signed).build()?;
    /// # let session = before.load(RequestHead::default(), now);
    /// # session.insert("name", "Ada")?;
    /// # let changes = before.commit(&session, ResponseHead::new(200), now)?;
    /// # let value = changes[0].value();
    /// # let cookie = value.split(';').next().unwrap_or_default().as_bytes();
    ///
    /// let manager = SessionManager::builder("session", ring).accept_format(Format::Signed).build()?;
    ///
    /// // `cookie` was signed, and is encrypted when it is next written.
    /// let session = manager.load(RequestHead::new([cookie]), now);
    /// assert_eq!(session.get::<String>("name")?.as_deref(), Some("Ada"));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn accept_format(mut self, format: Format) -> SessionManagerBuilder {
        self.accepted.push(format);
        self
    }

    /// Asks the browser to forget data of these kinds when a session is destroyed
    /// (`Clear-Site-Data`). Nothing by default: what else an application keeps in a browser is its
    /// own affair, and clearing a cache can take a browser seconds.
    ///
    /// ```
    /// use sealed_session::{SessionManager, SiteData};
    /// # use sealed_session::{Key, KeyRing};
    /// # let ring = KeyRing::new(Key::generate()?);
    ///
    /// let manager = SessionManager::builder("session", ring).clear_site_data([SiteData::Cache]).build()?;
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn clear_site_data(
        mut self,
        kinds: impl IntoIterator<Item = SiteData>,
    ) -> SessionManagerBuilder {
        self.parting.clear_site_data = kinds.into_iter().map(SiteData::element).collect();
        self
    }

    /// Says `Cache-Control: no-store` on a response that destroys a session, instead of `private`.
    /// Off by default: such a response is a redirect almost always, and says nothing of anybody.
    ///
    /// ```
    /// use sealed_session::SessionManager;
    /// use sealed_session::adapter::ResponseHead;
    /// # use sealed_session::{Key, KeyRing};
    /// # use sealed_session::adapter::RequestHead;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let ring = KeyRing::new(Key::generate()?);
    ///
    /// let manager = SessionManager::builder("session", ring).no_store_on_destroy().build()?;
    /// # let cookie = format!("__Host-session={}", "A".repeat(100));
    /// # let session = manager.load(RequestHead::new([cookie.as_bytes()]), now);
    /// session.destroy()?;
    ///
    /// let changes = manager.commit(&session, ResponseHead::new(200), now)?;
    /// let control = changes.iter().find(|change| change.name() == "cache-control");
    /// assert_eq!(control.map(|change| change.value()), Some("no-store"));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn no_store_on_destroy(mut self) -> SessionManagerBuilder {
        self.parting.no_store = true;
        self
    }

    /// Sets how sessions travel: in cookies by default, or in header fields, for clients without a
    /// cookie jar, or in links. [`Transport`] says which of several counts.
    ///
    /// ```
    /// use sealed_session::{SessionManager, Transport};
    /// # use sealed_session::{Key, KeyRing};
    /// # let ring = KeyRing::new(Key::generate()?);
    ///
    /// // For browsers and for apps that send `Authorization: Bearer`.
    /// let transport = Transport::bearer().or_cookie();
    /// let manager = SessionManager::builder("session", ring).transport(transport).build()?;
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn transport(mut self, transport: Transport) -> SessionManagerBuilder {
        self.transport = transport;
        self
    }

    /// Sets which requests of other origins are served; see [`CrossOrigin`]. Of several
    /// [slots](crate::slots) the main one says so for all.
    ///
    /// ```
    /// use sealed_session::{CrossOrigin, SessionManager};
    /// # use sealed_session::{Key, KeyRing};
    /// # let ring = KeyRing::new(Key::generate()?);
    ///
    /// let policy = CrossOrigin::new().trust("https://app.example.com");
    /// let manager = SessionManager::builder("session", ring).cross_origin(policy).build()?;
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn cross_origin(mut self, policy: CrossOrigin) -> SessionManagerBuilder {
        self.cross_origin = policy;
        self
    }

    /// Calls `hook` for every [`Event`], for metrics, with the name of the cookie of the session that the event is
    /// about. It runs within the request, and no lock is held: it may ask the session. Keep it short, because the
    /// request waits for it.
    ///
    /// The hook of the main [slot](crate::slots) hears of those slots, too, whose managers have none. What happens to the
    /// [ring](crate::SessionManager::replace_ring) is told where that is replaced, be it the thread of a watcher. The page on
    /// [observability] has one that counts.
    ///
    /// [observability]: https://github.com/sealed-session/sealed-session/blob/main/docs/observability.md
    ///
    /// ```
    /// use sealed_session::{Event, Refusal, SessionManager};
    /// use sealed_session::adapter::RequestHead;
    /// use std::sync::mpsc;
    /// # use sealed_session::{Key, KeyRing};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let ring = KeyRing::new(Key::generate()?);
    ///
    /// let (sender, refusals) = mpsc::channel();
    /// let hook = move |event: &Event, _cookie: &str| {
    ///     if let Event::Refused { refusal, .. } = event {
    ///         sender.send(*refusal).ok();
    ///     }
    /// };
    /// let manager = SessionManager::builder("session", ring).on_event(hook).build()?;
    ///
    /// assert!(manager.load(RequestHead::new([&b"__Host-session=?"[..]]), now).is_new());
    /// assert_eq!(refusals.try_recv(), Ok(Refusal::Malformed));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn on_event(
        mut self,
        hook: impl Fn(&Event, &str) + Send + Sync + 'static,
    ) -> SessionManagerBuilder {
        self.observer = Observer::new(hook);
        self
    }

    /// Records the session's [log id](crate::Session::log_id) in the field `field` of the `tracing` span that is
    /// current when the request is loaded. All lines of the request then stand under it. The span has to declare the
    /// field: `tracing` drops what is recorded in another one.
    ///
    /// It is recorded once the session was opened or begun, so a request that never looks at its session has none. A
    /// sign-in begins another session, and what comes after it stands under the new id. Of a field that is recorded
    /// twice, the text format of `tracing-subscriber` shows both values, the older one first, and JSON the newer one.
    ///
    /// Nothing is recorded by default, because it is known then which lines belong to one visitor. With several
    /// [slots](crate::slots), each manager has a field of its own.
    ///
    /// ```
    /// use sealed_session::SessionManager;
    /// # use sealed_session::{Key, KeyRing};
    /// # use sealed_session::adapter::RequestHead;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let ring = KeyRing::new(Key::generate()?);
    ///
    /// let manager = SessionManager::builder("session", ring).record_log_id("session").build()?;
    ///
    /// // A middleware makes such a span, outside of the session layer.
    /// let span = tracing::info_span!("request", session = tracing::field::Empty);
    /// let session = span.in_scope(|| manager.load(RequestHead::default(), now));
    /// session.sign_in("user-17", &[])?;
    /// span.in_scope(|| tracing::info!("signed in")); // request{session=694ee3a394ec}: signed in
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn record_log_id(mut self, field: &'static str) -> SessionManagerBuilder {
        self.log_id_field = Some(field);
        self
    }
}
