//! A client that keeps its connection open, for tests beside the list.

use sealed_session::testing::Browser;

use crate::failure::Failure;
use crate::harness::Server;
use crate::stage::answered;
use crate::wire::{Connection, Request};

/// A client with one connection, which may send the cookies of several browsers.
#[derive(Debug)]
pub struct Caller(Connection);

impl Caller {
    /// Connects.
    ///
    /// # Errors
    ///
    /// If nobody listens.
    ///
    /// ```
    /// use conformance::{Caller, Server};
    ///
    /// let nobody = Server::new(([127, 0, 0, 1], 1).into(), ());
    /// assert!(Caller::new(&nobody).is_err());
    /// ```
    pub fn new(server: &Server) -> Result<Caller, Failure> {
        Connection::open(server.address()).map(Caller)
    }

    /// Asks for a page with the cookies of `browser`, which keeps those that come with the answer.
    ///
    /// # Errors
    ///
    /// If the answer is not a 200 that says `text`, or none comes. The browser is as it was then.
    ///
    /// ```
    /// use conformance::sealed_session::testing::Browser;
    /// use conformance::{Caller, Harness, Site};
    ///
    /// let site = Site::usual()?;
    /// let mut browser = Browser::new(site.clock());
    /// let server = frameworks::Axum.start(site)?;
    /// let mut caller = Caller::new(&server)?;
    /// caller.sees(&mut browser, "/act/put.name.Ada", "")?;
    /// caller.sees(&mut browser, "/act/get.name", "Ada")?;
    /// assert!(caller.sees(&mut browser, "/act/get.name", "Eve").is_err());
    /// # Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
    /// ```
    pub fn sees(&mut self, browser: &mut Browser, path: &str, text: &str) -> Result<(), Failure> {
        let request = Request::get(path).cookie(browser.cookie());
        let answer = answered(&request, self.0.send(&request)?)?;
        answer.is(200)?.says(text)?;
        browser.keep(answer.fields("set-cookie"));
        Ok(())
    }
}
