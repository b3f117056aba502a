//! Configuration, and changes of it while sessions are out.

mod keys;
mod migration;
mod moving;
mod schedules;
