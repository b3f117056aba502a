//! Reports: the events that the library raises, and the secrets that none of them holds.

mod closing;
mod events;
mod everyday;
mod inspect;
mod keeping;
mod leaks;
mod levels;
mod log_ids;
