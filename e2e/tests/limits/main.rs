//! What real clients and proxies do with sessions at the exact limit of each budget, and one byte
//! over it.

mod clients;
mod edges;
mod heads;
mod proxies;
mod support;
