//! What sessions cost, here and in other libraries: the sessions of `corpus/`, sent through each
//! library's own service stack, in process.
//!
//! `cargo xtask sizes` shows the bytes of the cookies' values, `cargo xtask bench` the time of
//! requests, and `cargo xtask counts` the instructions of our own paths.

#![forbid(unsafe_code)]

mod cart;
mod figure;
mod libraries;
mod login;
mod options;
mod readme;
mod sample;
mod section;
pub mod speed;
mod table;
mod tokens;

pub use cart::{Cart, Item};
pub use figure::Figure;
pub use libraries::Library;
pub use login::Login;
pub use options::{HELP, Mode, Options};
pub use readme::Readme;
pub use sample::{Part, Sample};
pub use table::Table;
pub use tokens::Tokens;
