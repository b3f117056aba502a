//! Configuration, and changes of it while sessions are out.

mod files;
mod keys;
mod migration;
mod moving;
mod schedules;
#[cfg(unix)]
mod sources;
mod watch;
