//! The page where visitors sign in: who is sent there, and by which path they come back.
//!
//! Owns what an application says of that page. It decides nothing about who may pass, and reads of a session
//! only the links that it travels in.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::percent::{has, split};
use super::reading;
use super::request::GuardedRequest;
use super::return_path::ReturnPath;
use super::verdict::Verdict;
use crate::error::Error;
use crate::event::Event;
use crate::session::Session;

/// The page where visitors sign in, and what leads there and back.
///
/// [`Guard::or_redirect`](crate::Guard::or_redirect) takes a path alone. This says more of it, once for all
/// guards that send visitors there and for the handler that sends them [back](SignInPage::way_back). All paths
/// are those that the application gets, without a [prefix](SignInPage::below).
///
/// ```
/// use sealed_session::{Error, Guard, SignInPage};
///
/// fn sign_in_page() -> Result<SignInPage, Error> {
///     SignInPage::new("/sign-in")?.below("/app")?.never_back_to("/sign-out")
/// }
///
/// let page = sign_in_page()?;
/// let back = page.way_back("next=/app/orders%3Fpage%3D2").map(String::from);
/// assert_eq!(back.as_deref(), Some("/app/orders?page=2"));
/// assert_eq!(page.way_back("next=/app/sign-out"), None);
/// let guard = Guard::signed_in().or_redirect_to(page);
/// # let _ = guard;
/// # Ok::<(), Error>(())
/// ```
#[doc(alias("login_page", "login_url"))]
#[derive(Clone)]
pub struct SignInPage {
    page: ReturnPath,
    /// What a proxy cuts off, without a slash at the end.
    prefix: String,
    /// Paths as [`reading::plain`] writes them.
    never: Vec<String>,
    longest: usize,
    visits: Arc<dyn Fn(&GuardedRequest<'_>) -> bool + Send + Sync>,
}

impl SignInPage {
    /// Makes one of a path on this site, which may have a query.
    ///
    /// # Errors
    ///
    /// [`Error::is_configuration`] if it is not a path on this site, as a [`ReturnPath`] is, or if it has a
    /// parameter `next`.
    ///
    /// ```
    /// use sealed_session::SignInPage;
    ///
    /// assert!(SignInPage::new("/sign-in?lang=de").is_ok());
    /// assert!(SignInPage::new("https://id.example/").is_err());
    /// ```
    pub fn new(path: &str) -> Result<SignInPage, Error> {
        match ReturnPath::parse(path) {
            Some(page) if !has(page.query(), ReturnPath::PARAMETER) => Ok(SignInPage {
                page,
                prefix: String::new(),
                never: Vec::new(),
                longest: ReturnPath::LENGTH_MAX,
                visits: Arc::new(|request: &GuardedRequest<'_>| request.is_visit()),
            }),
            _ => Err(Error::configuration(format!(
                "`{path}` is no sign-in page that a guard can redirect to: it takes a path on this site, such \
                 as `/sign-in`, without the parameter `{}`",
                ReturnPath::PARAMETER
            ))),
        }
    }

    /// Says below which prefix browsers find the application, if a proxy cuts it off: `/app` for nginx's
    /// `location /app/ { proxy_pass http://up/; }`. The sign-in page and the way back get it in front.
    ///
    /// It is told, and not read from `X-Forwarded-Prefix`, which a visitor can send as well. Where a router of
    /// the application cuts the prefix off, as axum's `nest` does, the adapter knows the whole path, and
    /// there is nothing to say.
    ///
    /// # Errors
    ///
    /// [`Error::is_configuration`] if it is no path on this site, or has a query.
    ///
    /// ```
    /// use sealed_session::adapter::{RequestHead, Verdict, header_fields};
    /// use sealed_session::{Guard, SignInPage};
    /// # let session = sealed_session::testing::session();
    ///
    /// let guard = Guard::signed_in().or_redirect_to(SignInPage::new("/sign-in")?.below("/app")?);
    /// let fields = header_fields(|_| std::iter::once(&b"navigate"[..]));
    /// let visit = RequestHead::default().method("GET").path("/orders").fields(&fields);
    /// let there = Verdict::Redirect("/app/sign-in?next=/app/orders".to_owned());
    /// assert_eq!(guard.check(&session, &visit)?, there);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn below(mut self, prefix: &str) -> Result<SignInPage, Error> {
        plain(prefix)?;
        prefix.trim_end_matches('/').clone_into(&mut self.prefix);
        Ok(self)
    }

    /// Names a path that is no page to come back to, however it is written, with any query: the sign-out, which
    /// would sign the visitor out once more. The sign-in page itself is none, and neither is a request that is
    /// not a `GET` or `HEAD`. May be called for several paths.
    ///
    /// # Errors
    ///
    /// [`Error::is_configuration`] if it is no path on this site, or has a query.
    ///
    /// ```
    /// use sealed_session::SignInPage;
    ///
    /// let page = SignInPage::new("/sign-in")?.never_back_to("/sign-out")?;
    /// for attempt in ["next=/sign-out", "next=/sign-out/%3Fa=b", "next=/sign%252Dout", "next=/sign-in"] {
    ///     assert_eq!(page.way_back(attempt), None);
    /// }
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn never_back_to(mut self, path: &str) -> Result<SignInPage, Error> {
        self.never.push(plain(path)?);
        Ok(self)
    }

    /// Sets the most characters of a way back, 1,000 by default. A longer one is left out, and the visitor comes
    /// to the page that the application shows without one.
    ///
    /// The redirect to the sign-in page encodes the way back, which triples it at most, and has to fit the
    /// response head that a proxy takes: 3,000 characters beside 1 KiB of other fields fill the 4 KiB of a stock
    /// nginx. A SAML request in a link has some 1,400.
    ///
    /// ```
    /// use sealed_session::SignInPage;
    ///
    /// let saml = format!("next=/sso%3FSAMLRequest%3D{}", "x".repeat(1_355));
    /// let page = SignInPage::new("/sign-in")?;
    /// assert_eq!(page.way_back(&saml), None);
    /// assert!(page.longest_way_back(2_000).way_back(&saml).is_some());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn longest_way_back(mut self, characters: usize) -> SignInPage {
        self.longest = characters;
        self
    }

    /// Says which requests are visits of a page, and are redirected. All others are answered 401. By default
    /// [`GuardedRequest::is_visit`] says it.
    ///
    /// It chooses between two answers to somebody who does not pass, so a field that anybody may send can decide
    /// here.
    ///
    /// ```
    /// use sealed_session::{Guard, GuardedRequest, SignInPage};
    ///
    /// let is_visit = |request: &GuardedRequest<'_>| {
    ///     request.is_visit() || request.field("x-my-page-loader").is_some()
    /// };
    /// let guard = Guard::signed_in().or_redirect_to(SignInPage::new("/sign-in")?.visits(is_visit));
    /// # let _ = guard;
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn visits(
        mut self,
        is_visit: impl Fn(&GuardedRequest<'_>) -> bool + Send + Sync + 'static,
    ) -> SignInPage {
        self.visits = Arc::new(is_visit);
        self
    }

    /// Reads the way back from the query of a request for the sign-in page, which is given as it came, without
    /// the question mark. Does what [`ReturnPath::from_query`] does, and besides returns `None` for a path that
    /// no guard of this page writes: one that is [named](SignInPage::never_back_to), longer than
    /// [allowed](SignInPage::longest_way_back), or not [below](SignInPage::below) the prefix.
    ///
    /// ```
    /// use sealed_session::SignInPage;
    ///
    /// let page = SignInPage::new("/sign-in")?.below("/app")?;
    /// assert_eq!(page.way_back("next=/app/orders").unwrap().as_str(), "/app/orders");
    /// assert_eq!(page.way_back("next=/orders"), None);
    /// assert_eq!(page.way_back("next=//evil.example"), None);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn way_back(&self, query: &str) -> Option<ReturnPath> {
        self.welcome(ReturnPath::read(query, self.longest)?)
    }

    /// Returns a way back if visitors may take it.
    fn welcome(&self, back: ReturnPath) -> Option<ReturnPath> {
        let inside = split(back.as_str()).0.strip_prefix(&self.prefix)?;
        let read = reading::plain(inside)?;
        let is_page = reading::plain(self.path()).as_ref() == Some(&read);
        let is_open = inside.starts_with('/') && !is_page && !self.never.contains(&read);
        is_open.then_some(back)
    }

    fn path(&self) -> &str {
        split(self.page.as_str()).0
    }

    /// Answers a visitor who is not signed in, or not recently enough.
    pub(super) fn answer(&self, session: &Session, request: &GuardedRequest<'_>) -> Verdict {
        if request.path() == self.path() {
            session.tell(&Event::Mistake {
                error: Error::misuse(format!(
                    "a guard is in front of the page that it redirects to; nobody can sign in or confirm by `{}`",
                    self.path()
                )),
            });
            return Verdict::Unauthorized;
        }
        if !(self.visits)(request) {
            return Verdict::Unauthorized;
        }
        let page = format!("{}{}", self.prefix, self.page);
        // A client whose session is in links has it in this one, too, if the link has room for it.
        let carry = |location: String| {
            session.all().try_fold(location, |location, session| {
                session.encode_url(&location).map(Cow::into_owned)
            })
        };
        if let Some(back) = self.return_path(session, request) {
            let mark = if page.contains('?') { '&' } else { '?' };
            let name = ReturnPath::PARAMETER;
            let whole = format!("{page}{mark}{name}={}", back.encoded());
            if let Ok(location) = carry(whole) {
                return Verdict::Redirect(location);
            }
        }
        Verdict::Redirect(carry(page.clone()).unwrap_or(page))
    }

    /// Returns the path to come back to, if the request can be repeated by going there.
    fn return_path(&self, session: &Session, request: &GuardedRequest<'_>) -> Option<ReturnPath> {
        let mut target = request.repeatable_target()?.into_owned();
        // A token in the request's own link is no part of where the visitor went.
        for session in session.all() {
            target = session.without_token(target);
        }
        target.insert_str(0, &self.prefix);
        self.welcome(ReturnPath::checked(&target, self.longest)?)
    }
}

/// Reads a path of the configuration.
fn plain(path: &str) -> Result<String, Error> {
    let checked = ReturnPath::parse(path).filter(|_| !path.contains('?'));
    let read = checked.and_then(|path| reading::plain(path.as_str()));
    read.ok_or_else(|| {
        Error::configuration(format!(
            "`{path}` is no path on this site: it takes one such as `/app`, without a query"
        ))
    })
}

impl fmt::Debug for SignInPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignInPage")
            .field("page", &self.page)
            .field("prefix", &self.prefix)
            .field("never", &self.never)
            .field("longest", &self.longest)
            .finish_non_exhaustive()
    }
}
