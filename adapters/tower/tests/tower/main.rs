//! What only a service without a framework shows; the layer runs the list of conformance besides.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod forms;
mod guards;
mod services;
mod waiting;
