//! A client that keeps its connection open, for tests beside the list.

use crate::failure::Failure;
use crate::harness::Server;
use crate::jar::Jar;
use crate::stage::answered;
use crate::wire::{Connection, Request};

/// A client with one connection, which may send the cookies of several jars.
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

    /// Asks for a page with the cookies of `jar`, which keeps those that come with the answer.
    ///
    /// # Errors
    ///
    /// If the answer is not a 200 that says `text`, or none comes. The jar is as it was then.
    ///
    /// ```
    /// use conformance::{Caller, Harness, Jar, Site};
    ///
    /// let site = Site::usual()?;
    /// let mut jar = Jar::new(site.clock());
    /// let server = frameworks::Axum.start(site)?;
    /// let mut caller = Caller::new(&server)?;
    /// caller.sees(&mut jar, "/act/put.name.Ada", "")?;
    /// caller.sees(&mut jar, "/act/get.name", "Ada")?;
    /// assert!(caller.sees(&mut jar, "/act/get.name", "Eve").is_err());
    /// # Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
    /// ```
    pub fn sees(&mut self, jar: &mut Jar, path: &str, text: &str) -> Result<(), Failure> {
        let request = Request::get(path).cookie(jar.line());
        let answer = answered(&request, self.0.send(&request)?)?;
        answer.is(200)?.says(text)?;
        jar.obey(&answer);
        Ok(())
    }
}
