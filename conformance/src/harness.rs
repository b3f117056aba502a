//! What an adapter brings, so that the list can run against it.

use std::any::Any;
use std::error::Error;
use std::fmt;
use std::net::SocketAddr;

use crate::site::Site;
use crate::support::Support;

/// Starts the app of the list under one framework.
///
/// The app has these routes, for every method. `PATH` is the request's own path, as it came;
/// "acts" is `site.act(&session, PATH)` with the session from the adapter's extractor, and its error
/// is answered by the adapter's error type. Every [`Reply`](crate::Reply) becomes the framework's
/// response, field by field.
///
/// | route | what it does |
/// | --- | --- |
/// | `/act/..` | acts and replies |
/// | `/plain/..` | replies with `site.plain(PATH)`, and does not ask for a session |
/// | `/body` | replies with `site.received(..)` to the request's body, of up to 2 MiB; by `POST` is enough |
/// | `/early/..` | acts, and then returns the framework's own error with status 403, from the handler |
/// | `/before/..` | a middleware inside of the session layer acts, and then fails with status 502 by the framework's own means, so that no handler runs |
/// | `/after/..` | the handler acts and replies; then a middleware inside of the session layer fails with status 502 |
/// | `/redirect/..` | acts, and then answers with the framework's own redirect, a 303 to `/plain` |
/// | `/stream/..` | acts, and then streams `site.pieces(&session)`, each piece by itself |
/// | `/panic/..` | calls `site.panic(&session, PATH)`, which acts and panics |
/// | `/foreign/..` | acts, and sets a cookie `theirs=1` by the framework's own means |
/// | `/maybe/..` | replies with `site.greet(..)`, to `Option<LiveSession>` |
/// | `/live/..` | acts, with the session from `LiveSession` |
/// | `/prefs/..` | acts, with the session of the slot [`Prefs`](crate::Prefs) |
/// | `/both/..` | `site.act_both(..)`, with the sessions of both slots |
/// | `/passive/..` | as `/plain/..`, marked as no use of its session by the adapter's own means |
/// | `/members/..` | acts, behind the guard [`members`](crate::guards::members), by the adapter's own means |
/// | `/admins/..` | the same behind [`admins`](crate::guards::admins) |
/// | `/themed/..` | the same behind [`themed`](crate::guards::themed), with the session of the main slot |
/// | `/fresh/..` | the same behind [`fresh`](crate::guards::fresh) |
/// | `/confirmed/..` | the same behind [`confirmed`](crate::guards::confirmed) |
/// | any other | the framework's own 404; or, if [`Site::has_fallback`], the app's handler for such paths, which acts and answers with a 404 |
///
/// The app is served under [`Site::manager`] and [`Site::clock`], behind as many session layers as
/// [`Site::layers`] says, and with [`Site::catch`] and [`Site::page`] heeded.
pub trait Harness: Sync {
    /// What the adapter is called in the report.
    fn name(&self) -> &'static str;

    /// In what it legitimately differs from others.
    fn support(&self) -> Support;

    /// Starts the app on a free port of 127.0.0.1.
    ///
    /// # Errors
    ///
    /// Whatever keeps the app from starting.
    fn start(&self, site: Site) -> Result<Server, Box<dyn Error + Send + Sync>>;
}

/// An app that runs; dropped, it stops.
///
/// ```
/// use conformance::Server;
/// use std::net::TcpListener;
///
/// let listener = TcpListener::bind("127.0.0.1:0")?;
/// let server = Server::new(listener.local_addr()?, listener);
/// assert!(server.address().ip().is_loopback());
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Server {
    address: SocketAddr,
    _running: Box<dyn Any + Send + Sync>,
}

impl Server {
    /// An app at `address`, which runs until `running` is dropped: a tokio `Runtime`, for instance.
    ///
    /// ```
    /// let server = conformance::Server::new(([127, 0, 0, 1], 80).into(), ());
    /// assert_eq!(server.address().port(), 80);
    /// ```
    pub fn new(address: SocketAddr, running: impl Send + Sync + 'static) -> Server {
        Server {
            address,
            _running: Box::new(running),
        }
    }

    /// Where it listens.
    ///
    /// ```
    /// let server = conformance::Server::new(([127, 0, 0, 1], 80).into(), ());
    /// assert!(server.address().is_ipv4());
    /// ```
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}
