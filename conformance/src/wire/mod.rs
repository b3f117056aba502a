//! HTTP/1.1 to the byte: what is sent is what a scenario wrote, and what came is not interpreted
//! before it is kept.

mod answer;
mod connection;
mod request;

pub(crate) use answer::Answer;
pub(crate) use connection::{Connection, Outcome};
pub(crate) use request::Request;
