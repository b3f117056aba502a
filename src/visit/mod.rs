//! The visit of one request: what it knows of its sessions, from the first look to the last line.
//!
//! Owns everything between a request's head and its response's: opening, changes, fitting, closing,
//! touches, tombstones, what caches need, and what an operator is told. All slots of a request share one
//! visit, with one lock and one phase. It does no I/O, reads no clock, and runs nothing of an
//! application or an adapter under its lock.

mod acting;
mod asking;
mod caching;
mod closing;
mod config;
mod course;
mod depot;
mod fitting;
mod forms;
mod handed;
mod handing;
mod held;
mod linking;
mod opening;
mod phase;
mod recording;
mod report;
mod revoked;
mod revoking;
mod said;
mod shared;
mod signed_out;
mod slot;
mod slot_state;
mod state;
mod storing;
mod tombstones;
mod touching;

pub use asking::Pending;
pub(crate) use config::{Config, Parting, SlotConfig, SlotList};
pub(crate) use fitting::{largest, request_bytes};
pub use forms::{FormCheck, FormReader};
pub(crate) use handed::Handed;
pub(crate) use held::{Authentic, Held};
pub(crate) use opening::Looked;
pub(crate) use revoking::Revoking;
pub(crate) use shared::Visit;
pub(crate) use slot::SlotVisit;
pub(crate) use slot_state::Usage;
pub(crate) use state::{Edit, SessionState};
