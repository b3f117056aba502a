//! The time that a session lives: its limits, its renewal and its end.

mod failures;
mod life;
mod limits;
mod own;
mod tombstones;
mod touches;
