//! What only axum does; every adapter runs the list of conformance besides.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod errors;
mod extractors;
mod guards;
mod middlewares;
mod nested;
mod support;
