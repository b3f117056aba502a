//! Clients that keep cookies by rules of their own.

mod bearer;
mod chromium;
mod curl;
mod python;
mod rust;

use std::future::Future;

pub use bearer::Bearer;
pub use chromium::Chromium;
pub use curl::Curl;
pub use python::Python;
pub use rust::Rust;

use crate::{Failure, Reply};

/// A client with one cookie jar.
pub trait Client {
    /// Returns whether it is to be given addresses over TLS.
    fn is_tls(&self) -> bool;

    /// Fetches a page, with the cookies it has, and keeps those that come.
    ///
    /// # Errors
    ///
    /// If the client itself fails. A request that fails is a [`Reply`].
    fn get(&mut self, url: &str) -> impl Future<Output = Result<Reply, Failure>>;

    /// Empties the jar.
    ///
    /// # Errors
    ///
    /// If the client itself fails.
    fn forget(&mut self) -> impl Future<Output = Result<(), Failure>>;
}
