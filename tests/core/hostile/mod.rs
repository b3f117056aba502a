//! Hostile input: cookies that no server of ours sent, and attacks with those that one did send.

mod attacks;
mod cookies;
mod planted;
mod stock;
