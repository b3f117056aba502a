//! Nodes that share a server: a real one, which the tests start, kill and stop.

mod node;
mod server;
mod sharing;
