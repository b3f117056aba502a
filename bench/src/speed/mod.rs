//! How long sessions take, here and in other libraries, in one process and in interleaved rounds.

mod actix_stack;
mod axum_stack;
mod core;
mod entry;
mod floor;
mod goals;
mod grid;
mod growth;
mod handler;
mod kind;
mod machine;
mod peers;
mod report;
mod request;
mod results;
mod rounds;
mod seen;
mod spread;
mod stack;
mod stages;
mod value;
mod workload;

pub use entry::Subject;
pub use goals::Goal;
pub use growth::{Curve, Series, measure as growth};
pub use kind::Kind;
pub use machine::Machine;
pub use peers::Peer;
pub use report::Report;
pub use results::Results;
pub use rounds::{Plan, Timing};
pub use spread::Spread;
pub use stages::Stage;
pub use workload::Workload;
