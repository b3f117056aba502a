//! The application as its users run it, and a provider that answers as each test says.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod answers;
mod application;
mod discovery;
mod logout;
mod provider;
mod refresh;
mod sign_in;
