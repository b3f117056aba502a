//! The configuration of how sessions travel.

use super::field::FieldNames;
use crate::error::Error;

/// How sessions travel: in cookies, the default; in header fields, for clients without a cookie jar;
/// or in links, for those that refuse cookies. In a cookie and a field it is the same token: what came
/// in one opens from the other. Tokens in links are for [links](Transport::url_that_leaks) only.
///
/// # In header fields
///
/// | | [`header("x-session")`](Transport::header) | [`bearer()`](Transport::bearer) |
/// | --- | --- | --- |
/// | the client sends | `x-session: TOKEN` | `Authorization: Bearer TOKEN` |
/// | a response to a request that changed the session | `x-session: TOKEN` | `x-session: TOKEN` |
/// | a response to one that used it, at most once per touch interval | `x-session-touch: TOUCH` | `x-session-touch: TOUCH` |
/// | the client sends that back beside its token | `x-session-touch: TOUCH` | `x-session-touch: TOUCH` |
///
/// A client has to do this:
///
/// - keep the value of `x-session`, and send it with every request. An empty one says that the session
///   is over: forget it. A response without the field changes nothing;
/// - the same with `x-session-touch`, which keeps a session alive that is only read;
/// - after a sign-out, ignore both fields in responses to requests that were sent before it. In a browser
///   a tombstone sees to that. Without a jar there is none, and a late response may bring the session
///   back: into a client that keeps it, until the session is over by itself.
///
/// A token in a field is never cut into chunks; the field, name and value, may be as long as the
/// [total of the budget](crate::Budget::total_limit). A response with one of these fields
/// says `Cache-Control: no-store`, because a client that finds it in its cache later would take an old
/// value for a new one, and one whose handler looked at the session varies by the field. Pages of
/// other origins see these fields only if CORS exposes them.
///
/// # Which one counts
///
/// The request is judged by the first transport of its manager that it uses, in the order of
/// this table, whatever comes of it, and answered in the same. What the others brought is neither read
/// nor removed, and a session is never moved from one to another.
///
/// | the request | session | answered in |
/// | --- | --- | --- |
/// | one token in the field | from the field, whatever cookies came along | fields |
/// | something else in the field | fresh, [`Malformed`](crate::Refusal::Malformed) or whatever reason its token is refused for | fields |
/// | more than 36,837 characters in the field | fresh, [`OverCeiling`](crate::Refusal::OverCeiling) | fields |
/// | two values, be it in two fields or joined by a comma | fresh, [`Conflict`](crate::Refusal::Conflict) | fields |
/// | an empty field, or `Authorization: Bearer` and nothing else | fresh, [`Absent`](crate::Refusal::Absent) | fields |
/// | no such field, or `Authorization` with another scheme, such as `Basic`; and a cookie of the session's names | as the cookies say | cookies |
/// | none of these, and one token in the parameter | from the link | links |
/// | something else there | fresh, `Malformed` or another reason | links |
/// | more than 2,000 characters there | fresh, `OverCeiling` | links; from elsewhere as if there were none |
/// | the parameter twice | fresh, `Conflict` | links; from elsewhere as if there were none |
/// | the parameter, and nothing in it | fresh, `Absent` | links; from elsewhere as if there were none |
/// | nothing of all this | fresh, `Absent` | cookies; without them fields; without these links |
///
/// So a first visit to a manager with cookies is answered by a cookie, unless the client asks
/// for a field, or for links, by an empty one.
///
/// A request comes *from elsewhere* if `Sec-Fetch-Site` is not `same-origin`, and, where that field is
/// missing, if neither `Origin` nor `Referer` names the host of the request. Another site must not move
/// visitors into links by one of its own. Where links are the only transport it makes no difference.
///
/// ```
/// use sealed_session::SessionManager;
/// use sealed_session::adapter::{HeaderFields, RequestHead, ResponseHead};
/// use sealed_session::Transport;
/// use sealed_session::report::Source;
/// # use sealed_session::{Key, KeyRing};
/// # use time::OffsetDateTime;
/// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
/// # let ring = KeyRing::new(Key::generate()?);
///
/// let manager = SessionManager::builder("shop", ring)
///     .transport(Transport::header("x-session").or_cookie())
///     .build()?;
///
/// // An app's first request: an empty field asks for one.
/// let asks: &HeaderFields<'_> = &|name, take| if name == "x-session" { take(b"") };
/// let session = manager.load(RequestHead::default().fields(asks), now);
/// session.insert("name", "Ada")?;
/// let changes = manager.commit(&session, ResponseHead::new(200), now)?;
/// assert_eq!(changes[0].name(), "x-session");
///
/// // The next one brings what came back.
/// let token = changes[0].value();
/// let brings: &HeaderFields<'_> = &|name, take| if name == "x-session" { take(token.as_bytes()) };
/// let session = manager.load(RequestHead::default().fields(brings), now);
/// assert_eq!(session.get::<String>("name")?.as_deref(), Some("Ada"));
/// assert_eq!(session.opened_from(), Some(Source::Field));
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transport {
    field: Option<FieldNames>,
    /// The name of a response's field where there is no header transport, which `check` refuses.
    lone_answer: Option<String>,
    cookie: bool,
    /// The query's parameter in links.
    parameter: Option<String>,
}

/// The cookie.
impl Default for Transport {
    fn default() -> Transport {
        Transport::cookie()
    }
}

impl Transport {
    /// Takes sessions in cookies only. The default.
    ///
    /// ```
    /// use sealed_session::Transport;
    ///
    /// assert_eq!(Transport::cookie(), Transport::default());
    /// ```
    #[must_use]
    pub fn cookie() -> Transport {
        Transport {
            field: None,
            lone_answer: None,
            cookie: true,
            parameter: None,
        }
    }

    /// Takes sessions in a header field of this name, in both directions, and in no cookies.
    ///
    /// ```
    /// use sealed_session::{SessionManager, Transport};
    /// use sealed_session::adapter::ResponseHead;
    /// # use sealed_session::{Key, KeyRing};
    /// # use sealed_session::adapter::RequestHead;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let ring = KeyRing::new(Key::generate()?);
    ///
    /// let transport = Transport::header("X-Session");
    /// let manager = SessionManager::builder("shop", ring).transport(transport).build()?;
    /// # let session = manager.load(RequestHead::default(), now);
    /// session.insert("name", "Ada")?;
    ///
    /// let changes = manager.commit(&session, ResponseHead::new(200), now)?;
    /// let shown: Vec<String> = changes.iter().map(|change| format!("{change:?}")).collect();
    /// assert_eq!(shown[0], "Replace(x-session: ..)");
    /// assert_eq!(shown[1], "Append(vary: x-session)");
    /// assert_eq!(shown[2], "Replace(cache-control: no-store)");
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn header(name: &str) -> Transport {
        Transport::in_fields(FieldNames::named(name))
    }

    /// Takes sessions from `Authorization: Bearer`, answers in `x-session`, and uses no cookies.
    ///
    /// ```
    /// use sealed_session::{SessionManager, Transport};
    /// use sealed_session::report::Source;
    /// use sealed_session::adapter::{HeaderFields, RequestHead};
    /// # use sealed_session::{Key, KeyRing};
    /// # use sealed_session::adapter::ResponseHead;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let ring = KeyRing::new(Key::generate()?);
    ///
    /// let manager = SessionManager::builder("shop", ring).transport(Transport::bearer()).build()?;
    /// # let session = manager.load(RequestHead::default(), now);
    /// # session.insert("name", "Ada")?;
    /// # let changes = manager.commit(&session, ResponseHead::new(200), now)?;
    /// # let token = changes[0].value();
    /// let credentials = format!("Bearer {token}");
    /// let fields: &HeaderFields<'_> = &|name, take| match name {
    ///     "authorization" => take(credentials.as_bytes()),
    ///     _ => {}
    /// };
    /// let session = manager.load(RequestHead::default().fields(fields), now);
    /// assert_eq!(session.opened_from(), Some(Source::Field));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn bearer() -> Transport {
        Transport::in_fields(FieldNames::bearer())
    }

    fn in_fields(names: FieldNames) -> Transport {
        Transport {
            field: Some(names),
            lone_answer: None,
            cookie: false,
            parameter: None,
        }
    }

    /// Names the response's field. Without it, that is the request's, or `x-session` for
    /// [`bearer`](Transport::bearer). The touch takes this name with `-touch` behind it.
    ///
    /// ```
    /// use sealed_session::Transport;
    ///
    /// assert_eq!(Transport::bearer(), Transport::bearer().answered_in("x-session"));
    /// assert_ne!(Transport::bearer(), Transport::bearer().answered_in("x-shop"));
    /// ```
    #[must_use]
    pub fn answered_in(mut self, name: &str) -> Transport {
        match self.field.take() {
            Some(names) => self.field = Some(names.answered_in(name)),
            None => self.lone_answer = Some(name.to_owned()),
        }
        self
    }

    /// Takes cookies, too, for requests that use no other transport.
    ///
    /// ```
    /// use sealed_session::{SessionManager, Transport};
    /// use sealed_session::report::Source;
    /// use sealed_session::adapter::RequestHead;
    /// # use sealed_session::{Key, KeyRing};
    /// # use sealed_session::adapter::ResponseHead;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let ring = KeyRing::new(Key::generate()?);
    ///
    /// let transport = Transport::bearer().or_cookie();
    /// let manager = SessionManager::builder("shop", ring).transport(transport).build()?;
    /// # let session = manager.load(RequestHead::default(), now);
    /// # session.insert("name", "Ada")?;
    /// # let changes = manager.commit(&session, ResponseHead::new(200), now)?;
    /// # let value = changes[0].value();
    /// # let cookie = value.split(';').next().unwrap_or_default().as_bytes();
    /// let session = manager.load(RequestHead::new([cookie]), now);
    /// assert_eq!(session.opened_from(), Some(Source::Cookie));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn or_cookie(mut self) -> Transport {
        self.cookie = true;
        self
    }

    /// Takes sessions in links only, under this parameter of their query, for clients that refuse
    /// cookies. **Links leak** into histories, bookmarks and logs, and everyone who has a link has
    /// the session.
    /// [The guide](https://github.com/sealed-session/sealed-session/blob/main/docs/url-transport.md)
    /// says when it is right all the same.
    ///
    /// Handlers put the session into links by [`Session::encode_url`](crate::Session::encode_url). No
    /// idle timeout that the policy permits may be longer than 15 minutes, a session is never moved
    /// from a link to a cookie or a field, and tokens of links open nowhere else.
    ///
    /// ```
    /// use sealed_session::{Lifetime, SessionManager, Transport};
    /// use sealed_session::report::Source;
    /// use sealed_session::adapter::RequestHead;
    /// use std::time::Duration;
    /// # use sealed_session::{Key, KeyRing};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let ring = KeyRing::new(Key::generate()?);
    ///
    /// let manager = SessionManager::builder("shop", ring)
    ///     .lifetime(Lifetime::new().with_idle_timeout(Duration::from_secs(15 * 60)))
    ///     .transport(Transport::url_that_leaks("s"))
    ///     .build()?;
    /// # let session = manager.load(RequestHead::default(), now);
    /// session.insert("name", "Ada")?;
    /// let link = session.encode_url("/cart")?;
    ///
    /// let query = link.strip_prefix("/cart?").unwrap();
    /// let session = manager.load(RequestHead::default().query(query), now);
    /// assert_eq!(session.opened_from(), Some(Source::Link));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn url_that_leaks(parameter: &str) -> Transport {
        Transport {
            field: None,
            lone_answer: None,
            cookie: false,
            parameter: Some(parameter.to_owned()),
        }
    }

    /// Takes links, too, for requests that use no other transport. A session begins in links only
    /// if the client asks for it by an empty parameter, and comes from a page of this site: give
    /// those who refuse cookies a link to `/?s=`. Otherwise as
    /// [`url_that_leaks`](Transport::url_that_leaks).
    ///
    /// ```
    /// use sealed_session::{Lifetime, SessionManager, Transport};
    /// use sealed_session::adapter::{HeaderFields, RequestHead};
    /// use std::time::Duration;
    /// # use sealed_session::{Key, KeyRing};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let ring = KeyRing::new(Key::generate()?);
    ///
    /// let manager = SessionManager::builder("shop", ring)
    ///     .lifetime(Lifetime::new().with_idle_timeout(Duration::from_secs(15 * 60)))
    ///     .transport(Transport::cookie().or_url_that_leaks("s"))
    ///     .build()?;
    ///
    /// // Nearly everybody.
    /// let session = manager.load(RequestHead::default(), now);
    /// session.insert("name", "Ada")?;
    /// assert_eq!(session.encode_url("/cart")?, "/cart");
    ///
    /// // Somebody who asked for links, on a page of this site.
    /// let fields: &HeaderFields<'_> = &|name, take| match name {
    ///     "sec-fetch-site" => take(b"same-origin"),
    ///     _ => {}
    /// };
    /// let session = manager.load(RequestHead::default().query("s=").fields(fields), now);
    /// session.insert("name", "Ada")?;
    /// assert!(session.encode_url("/cart")?.starts_with("/cart?s=A"));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn or_url_that_leaks(mut self, parameter: &str) -> Transport {
        self.parameter = Some(parameter.to_owned());
        self
    }

    /// Returns the fields of the header transport.
    pub(crate) fn in_field(&self) -> Option<&FieldNames> {
        self.field.as_ref()
    }

    /// Returns whether cookies are read.
    pub(crate) fn in_cookies(&self) -> bool {
        self.cookie
    }

    /// Returns the parameter of links.
    pub(crate) fn in_links(&self) -> Option<&str> {
        self.parameter.as_deref()
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.lone_answer.is_some() {
            return Err(Error::configuration(
                "`answered_in` names a field, and there is no header transport",
            ));
        }
        if let Some(parameter) = &self.parameter {
            // What no browser encodes (RFC 3986 section 2.3).
            let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
            if !(1..=64).contains(&parameter.len()) || !parameter.bytes().all(plain) {
                return Err(Error::configuration(format!(
                    "the parameter `{}` is not 1 to 64 characters of A-Z a-z 0-9 -._~",
                    parameter.escape_default()
                )));
            }
        }
        self.field.as_ref().map_or(Ok(()), FieldNames::check)
    }
}
