//! One session under every framework: a server for each, all with one ring.
//!
//! Real clients walk through all of them, and connections write to each as fast as they can.

mod applications;
mod faults;
mod load;
mod odd_cookies;
mod servers;
mod walk;
