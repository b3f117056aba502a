//! Sessions in header fields and in links: which counts, why one is refused, and what comes back.

mod client;
mod configuration;
mod exposure;
mod fields;
mod links;
mod precedence;
mod slots;
