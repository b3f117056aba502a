//! How long sessions take, here and in other libraries, in one process and in interleaved rounds.

mod allocations;
mod arguments;
mod chart;
mod client;
mod documents;
mod entry;
mod floor;
mod goals;
mod growth;
mod load;
mod report;
mod request;
mod results;
mod rounds;
mod server;
mod spread;
mod stages;
mod workload;

pub use arguments::{Arguments, HELP};
pub use documents::write;
pub use entry::Subject;
pub use goals::Goal;
pub use growth::{Curve, Series, measure as growth};
pub use load::{Load, measure as load};
pub use report::Report;
pub use results::Results;
pub use rounds::{Plan, Timing};
pub use sealed_session_paths::{Kind, Machine, Stage};
pub use spread::Spread;
pub use workload::Workload;

use sealed_session_paths::{Baseline, CountedPath, core, grid, kind, line, stage, value};
